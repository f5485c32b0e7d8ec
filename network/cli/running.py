"""Running an installation whole: servers, web, worker and scheduler under one command."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict

import click

from network.cli.building import built, load_reference_data

PORT = 8000


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=PORT, show_default=True, envvar="NETWORK_PORT", help="The next free one is taken."
)
@click.option("--check", is_flag=True, help="Start, wait until everything is ready, ask a few pages, stop.")
def up(host: str, port: int, check: bool) -> None:
    """Run everything: servers, web, worker and scheduler."""
    _run(host, port, check=check, demonstration=False)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=PORT, show_default=True, envvar="NETWORK_PORT", help="The next free one is taken."
)
@click.option("--check", is_flag=True, help="Start, wait until everything is ready, ask a few pages, stop.")
def demo(host: str, port: int, check: bool) -> None:
    """Run the demonstration: a network of invented people, with a sign-in for every role."""
    _run(host, port, check=check, demonstration=True)


def _run(host: str, port: int, *, check: bool, demonstration: bool) -> None:
    from network.stack.running import load_demonstration, running_installation
    from network.stack.supervisor import StopRequested, stopping_on_signals

    try:
        with (
            stopping_on_signals(),
            running_installation(host, port, demonstration=demonstration) as stack,
        ):
            load_reference_data(stack.plan)
            if demonstration and stack.plan.instance.demonstration_sign_ins() is None:
                click.echo("Loading the demonstration. The first time this takes a minute or two.")
            sign_ins = load_demonstration(stack) if demonstration else []
            if port and not stack.address.endswith(f":{port}"):
                click.echo(f"Port {port} is taken by another program; the next free one is used.")
            for line in _sign_in_table(sign_ins):
                click.echo(line)
            click.echo(f"Ready: {stack.address}    (Ctrl-C stops it)")
            sys.stdout.flush()
            if check:
                stack.probe()
            else:
                stack.watch()
    except StopRequested:
        click.echo("Stopped.")


def _sign_in_table(sign_ins: list[dict[str, str]]) -> list[str]:
    if not sign_ins:
        return []
    titles = list(sign_ins[0])
    rows = [titles, *([str(one[title]) for title in titles] for one in sign_ins)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(titles))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return ["", *lines, "", "People, cases and partners' answers are invented."]


@click.command("load-demonstration", hidden=True)
def load_demonstration() -> None:
    """Load the demonstration into a running installation; prints the sign-ins as JSON."""
    app = built()
    demonstration = importlib.import_module("network.demonstration")
    click.echo(json.dumps([asdict(sign_in) for sign_in in demonstration.load(app)]))
