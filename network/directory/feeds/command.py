"""`network directory`: bringing listings in and taking them out from the command line."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from network.core.application import this_application
from network.core.db import db, unit_of_work
from network.core.errors import Invalid
from network.core.ids import new_id
from network.directory.feeds import carrying, mapping, operations, queries, writing
from network.directory.feeds.comparing import plan_of, totals
from network.directory.feeds.comparing.absent import absent_from
from network.directory.feeds.reading.archives import LARGEST_FILE
from network.directory.feeds.records import Settings, Unreadable
from network.tenants.context import Identity, job_identity, scope
from network.tenants.models import Tenant

_ALONE: Final = timedelta(minutes=10)  # if the command is gone by then, a worker goes on with it


@click.group("directory")
def directory() -> None:
    """Bring listings in, and take them out."""


def _member(named: str) -> Identity:
    """The member of this name, code or id."""
    with scope(job_identity(new_id())):
        found = or_(
            Tenant.name == named,
            Tenant.code == named,
            *([Tenant.id == UUID(named)] if _is_uuid(named) else []),
        )
        tenants = db.session.scalars(select(Tenant).where(found)).all()
        if len(tenants) != 1:
            raise click.ClickException(
                f"There is no member called {named}." if not tenants else "Name it by its id."
            )
        return job_identity(tenants[0].id, tenants[0].kind)  # type: ignore[arg-type]  # the table holds the three kinds


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _mapped(named: str | None) -> dict[str, Any] | None:
    if named is None:
        return None
    path = Path(named)
    return mapping.parse(path.read_bytes()) if path.is_file() else mapping.named(named)


@directory.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "member", required=True, help="The member (name, code or id) that becomes the steward.")
@click.option("--source", help="Where it comes from; the name of the file if not said.")
@click.option("--mapping", "mapped", help="A mapping: a file (JSON, YAML), or the name of a stored one.")
@click.option("--public", is_flag=True, help="Everybody may read what is new; otherwise members alone.")
@click.option("--confidential", is_flag=True, help="All places of the file are confidential.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, and write nothing.")
@click.option(
    "--set-aside", type=click.Path(dir_okay=False, path_type=Path), help="Write there what was set aside."
)
@with_appcontext
def import_file(
    file: Path,
    member: str,
    source: str | None,
    mapped: str | None,
    public: bool,
    confidential: bool,
    dry_run: bool,
    set_aside: Path | None,
) -> None:
    """Bring FILE in for a member. Prints how many rows of which outcome; exits 1 where the file cannot be read."""
    if file.stat().st_size > LARGEST_FILE:
        raise click.ClickException("This file is too large: at most 25 MB.")
    app = this_application()
    data, named = file.read_bytes(), source or file.stem
    options = {"visibility": "public" if public else "network", "confidential": confidential}
    try:
        with app.test_request_context(), scope(_member(member)) as identity:
            rules = _mapped(mapped)
            if dry_run:
                _compare(data, file.name, rules, named, options, identity)
            else:
                _carry_out(data, file.name, rules, named, options, set_aside)
    except Unreadable as wrong:
        with app.test_request_context():
            raise click.ClickException(mapping.told(wrong)) from None
    except Invalid as wrong:
        raise click.ClickException(
            "; ".join(line for lines in wrong.fields.values() for line in lines)
        ) from None


def _compare(
    data: bytes,
    name: str,
    rules: dict[str, Any] | None,
    source: str,
    options: dict[str, Any],
    identity: Identity,
) -> None:
    own = db.session.get_one(Tenant, identity.tenant)
    settings = Settings.of(options | {"country": own.country, "time_zone": own.time_zone})
    records, planned = plan_of(data, name, rules, source, settings)
    gone = absent_from(source, planned)
    for each in gone:
        click.echo(f"-  {each.entity}  {each.foreign_id}  missing")
    for one in planned:
        row = one.row
        if one.verdict.outcome in ("created", "unchanged") and not row.doubts:
            continue
        doubts = (
            ""
            if row.confidential
            else "; ".join(f"{field}: {reason}" for field, _value, reason in row.doubts)
        )
        changed = ",".join(one.verdict.changes)
        words = (
            row.line,
            row.entity or "?",
            row.foreign_id,
            one.verdict.outcome,
            ",".join(one.verdict.reasons),
        )
        click.echo("  ".join(word for word in (*words, changed, doubts) if word))
    missing = dict(Counter(each.entity for each in gone))
    click.echo(json.dumps({"records": records, "rows": len(planned), **totals(planned), "missing": missing}))


def _carry_out(
    data: bytes,
    name: str,
    rules: dict[str, Any] | None,
    source: str,
    options: dict[str, Any],
    set_aside: Path | None,
) -> None:
    with unit_of_work():
        import_id = operations.start_import(
            data, file_name=name, source=source, mapped=rules, worker_after=_ALONE, **options
        )
    carrying.carry_out_here(import_id, unit_of_work, _progress)
    one = queries.get_import(import_id)
    if one.problem:
        raise Unreadable(one.problem)
    if set_aside is not None:
        set_aside.write_text(queries.set_aside_csv(one), "utf-8")
    click.echo(json.dumps({"records": one.records, "rows": one.rows, **one.totals}))


def _progress(done: int, rows: int) -> None:
    click.echo(f"{done} of {rows} rows", err=True)


@directory.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "member", required=True, help="The member (name, code or id) that reads.")
@click.option("--form", type=click.Choice(list(writing.FORMS)), default="json", show_default=True)
@click.option("--own", is_flag=True, help="Only the listings of which the member is the steward.")
@with_appcontext
def export_file(file: Path, member: str, form: str, own: bool) -> None:
    """Write the listings that a member may read into FILE."""
    app = this_application()
    with app.test_request_context(), scope(_member(member)), file.open("wb") as out:
        writing.export(form, out, own=own)
    click.echo(f"Written: {file}")
