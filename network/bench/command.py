"""`network bench`: measures the product beside its floor, on a throwaway installation of this machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import click
from flask import Flask

from network.app import create_app
from network.bench import feeds, searches
from network.bench.first_visit import MOST_BYTES, MOST_REQUESTS, Visit, first_visit
from network.bench.installation import product, serving, throwaway_installation
from network.bench.measuring import Row
from network.bench.report import aligned, as_json, as_table
from network.bench.scenarios import NAMES
from network.bench.scenarios import pages as pages_of
from network.bench.seeding.directory import fill_directory
from network.bench.seeding.filling import Network, fill
from network.bench.seeding.knowledge import look_up
from network.bench.seeding.size import Size
from network.bench.visitor import Visitor
from network.bench.visits import Bench, Effort, Page, measure, served, signed_in
from network.stack.bootstrap import with_database
from network.stack.environment import Plan
from network.stack.supervisor import StopRequested, stopping_on_signals
from network.tenants.context import Identity

SESSIONS = 20
MEASURED = (*searches.NAMES, *feeds.NAMES)
USUAL = Size()


@click.group()
def bench() -> None:
    """Measure pages and searches beside their floor, on a throwaway installation."""


@bench.command()
@click.option("--json", "as_data", is_flag=True, help="Print the figures as JSON.")
@click.option("--centres", type=click.IntRange(1, 100), default=USUAL.centres, show_default=True)
@click.option("--cases", type=click.IntRange(20, 100_000), default=USUAL.cases, show_default=True)
@click.option("--listings", type=click.IntRange(10, 10_000), default=USUAL.listings, show_default=True)
@click.option("--rounds", type=click.IntRange(2, 1000), default=200, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="May be given several times.")
def pages(as_data: bool, centres: int, cases: int, listings: int, rounds: int, only: tuple[str, ...]) -> None:
    """Measure the pages that a caseworker uses most, with one client and with four."""
    effort = Effort(rounds=rounds, rounds_together=max(2, rounds // 2), warm_up=min(40, rounds))
    once = effort.once().requests()
    size = Size(centres=centres, cases=cases, listings=listings, drafts=once, asking=once)
    try:
        with stopping_on_signals(), throwaway_installation() as plan:
            admin_url = with_database(plan.admin_url or "", plan.database)
            network = fill(plan.variables("tool"), size, _progress(), admin_url)
            rows, notes, visits = measure_pages(plan, network, effort, only)
    except StopRequested:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    for line in [as_json(rows)] if as_data else [*as_table(rows), "", *notes, "", *_visits(visits)]:
        click.echo(line)
    if heavy := [visit.name for visit in visits if not visit.is_light]:
        click.echo(
            f"Too heavy for a first visit (at most {MOST_REQUESTS} requests and {MOST_BYTES // 1000} KB): "
            + ", ".join(heavy),
            err=True,
        )
        sys.exit(1)


@bench.command()
@click.option("--json", "as_data", is_flag=True, help="Print the figures as JSON.")
@click.option("--services", type=click.IntRange(100, 1_000_000), default=100_000, show_default=True)
@click.option("--rounds", type=click.IntRange(2, 1000), default=200, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(MEASURED), help="May be given several times.")
def directory(as_data: bool, services: int, rounds: int, only: tuple[str, ...]) -> None:
    """Measure searches of a large directory, its HSDS API, and the page of results."""
    effort = Effort(rounds=rounds, rounds_together=max(2, rounds // 2), warm_up=min(40, rounds))
    say = _progress()
    try:
        with stopping_on_signals(), throwaway_installation() as plan:
            admin_url = with_database(plan.admin_url or "", plan.database)
            network = fill(plan.variables("tool"), Size(centres=4, cases=20, listings=10), say, admin_url)
            app = create_app(plan.settings("tool"))
            with app.app_context():
                fill_directory(admin_url, [one.tenant_id for one in network.centres], services, say)
            rows = measure_directory(plan, app, network, effort, only)
    except StopRequested:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    for line in [as_json(rows)] if as_data else as_table(rows):
        click.echo(line)


def measure_directory(
    plan: Plan, app: Flask, network: Network, effort: Effort, only: Sequence[str] = ()
) -> list[Row]:
    """The rows of the searches, and, unless only some were asked for, of the page."""
    member = network.largest
    identity = Identity(
        kind="staff",
        tenant_id=member.tenant_id,
        account_id=member.accounts[0],
        roles=frozenset({"caseworker"}),
        tenant_kind="centre",
    )
    url = plan.settings("tool").database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    rows = searches.measure_searches(app, identity, url, effort, only)
    rows += feeds.measure_feeds(app, identity, url, effort, only)
    if only:
        return rows
    asked = [page.first(effort.different()) for page in searches.pages()]
    with (
        serving(plan, product(), plan.instance.folder / "web.log") as address,
        _visiting(address, network, effort) as visitors,
        served(plan, address, asked, visitors) as bench,
    ):
        rows += [row for turn, page in enumerate(asked) for row in measure(bench, page, effort, turn)]
    return rows


def measure_pages(
    plan: Plan, network: Network, effort: Effort, only: Sequence[str] = ()
) -> tuple[list[Row], list[str], list[Visit]]:
    """The rows of all pages, what else is worth knowing of them, in lines, and what a first visit of each fetches."""
    app = create_app(plan.settings("tool"))
    found = pages_of(app, look_up(app, network))
    chosen = [page.first(effort.different()) for page in found if not only or page.name in only]
    with (
        serving(plan, product(), plan.instance.folder / "web.log") as address,
        _visiting(address, network, effort) as visitors,
        served(plan, address, chosen, visitors) as bench,
    ):
        rows = [row for turn, page in enumerate(chosen) for row in measure(bench, page, effort, turn)]
        visits = [first_visit(page.name, visitors[0], page.asks[0].path) for page in chosen if _is_read(page)]
        return rows, _facts(bench), visits


def _visiting(address: str, network: Network, effort: Effort) -> AbstractContextManager[list[Visitor]]:
    sessions = effort.sessions(SESSIONS)
    return signed_in(address, sessions, network.largest.email, network.password)


def _is_read(page: Page) -> bool:
    return page.asks[0].method == "GET"


def _facts(bench: Bench) -> list[str]:
    rows: list[tuple[str, ...]] = [("", "SQL statements", "transactions", "commits", "template")]
    for name, facts in bench.facts.items():
        rows.append((name, *map(str, (facts.statements, facts.transactions, facts.commits)), facts.template))
    return aligned(rows)


def _visits(visits: Sequence[Visit]) -> list[str]:
    rows: list[tuple[str, ...]] = [
        ("first visit", "requests", "page KB", "assets KB", "parts KB", "total KB")
    ]
    for visit in visits:
        sizes = (visit.page_bytes, visit.asset_bytes, visit.part_bytes, visit.total_bytes)
        rows.append((visit.name, str(visit.requests), *(f"{size / 1000:.1f}" for size in sizes)))
    return aligned(rows)


def _progress() -> Callable[[str], None]:
    begun = time.monotonic()

    def say(words: str) -> None:
        click.echo(f"{time.monotonic() - begun:6.1f} s  {words}", err=True)

    return say
