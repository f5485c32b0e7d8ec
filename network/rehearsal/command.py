"""`network rehearse`: the main job through the API, on an installation that is thrown away afterwards."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from network.app import create_app
from network.opening import load_reference_data
from network.rehearsal.database import Database
from network.rehearsal.running import Result, take_steps
from network.rehearsal.steps import STEPS
from network.rehearsal.story import Story
from network.stack.logs import configure_logs
from network.stack.supervisor import StopRequested, running_stack, stopping_on_signals
from network.stack.throwaway import throwaway_plan
from network.tenants.isolation import ContextSigner

HOST = "127.0.0.1"
LAST_LINES = 20


@click.command()
@click.option("--json", "as_data", is_flag=True, help="Print the steps as JSON and nothing else.")
def rehearse(as_data: bool) -> None:
    """Run the main job on a throwaway installation, and say of each step whether it came out right."""
    try:
        with stopping_on_signals(), _story(quiet=as_data) as story:
            results = take_steps(STEPS, story, _nothing if as_data else _tell)
    except StopRequested:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    failed = [result for result in results if not result.ok]
    if as_data:
        click.echo(json.dumps({"steps": [result.as_data() for result in results]}, ensure_ascii=False))
    else:
        seconds = sum(result.ms for result in results) / 1000
        click.echo(
            f"{len(results) - len(failed)} of {len(results)} steps came out right, in {seconds:.1f} s."
        )
    for result in failed:
        click.echo(f"Wrong: {result.name}: {result.words}", err=True)
    sys.exit(bool(failed))


@contextmanager
def _story(*, quiet: bool) -> Iterator[Story]:
    """Everything running, with nobody in it yet."""
    if not quiet:
        click.echo("Starting a throwaway installation: servers, web, worker and scheduler.", err=True)
    with throwaway_plan("rehearsal") as plan, (plan.instance.logs_dir / "processes.log").open("wb") as log:
        configure_logs(plan.environment, "rehearsal")
        with (
            _errors_told(Path(log.name)),
            plan.instance.locked(),
            running_stack(plan, host=HOST, port=0, durable=False, output=log) as stack,
        ):
            settings = plan.settings("tool")
            app = create_app(settings)
            load_reference_data(app)
            story = Story(stack.address, app, Database(plan.app_url, ContextSigner(settings.context_key)))
            try:
                yield story
            finally:
                story.people.close()
                story.nobody.close()


@contextmanager
def _errors_told(log: Path) -> Iterator[None]:
    """At the end, what the processes called an error: their words go with the throwaway folder."""
    try:
        yield
    finally:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in [one for one in lines if '"level": "error"' in one or "Error" in one][-LAST_LINES:]:
            click.echo(line, err=True)


def _tell(result: Result) -> None:
    mark = "ok   " if result.ok else "WRONG"
    click.echo(f"{mark} {result.ms:8.0f} ms  {result.actor:<30}  {result.name}: {result.words}")


def _nothing(_result: Result) -> None:
    """The JSON is printed whole at the end."""
