"""The `network` command: runs an installation and looks after it.

Starting it builds no application: a command that needs one builds it itself.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import ScriptInfo, routes_command

from network.core.settings import Settings, SettingsError, read_variable
from network.stack.errors import StackError
from network.stack.starting import starting

if TYPE_CHECKING:
    from network.stack.environment import Plan

PORT = 8000
PUBLIC_KEY = re.compile(r"[0-9a-fA-F]{64}\Z")
# Commands whose packages are imported only when they are called, with what `--help` says of them.
LAZY = {
    "rehearse": ("network.rehearsal.command:rehearse", "Run the main job on a throwaway installation."),
    "directory": ("network.directory.feeds.command:directory", "Bring listings in, and take them out."),
    "bench": ("network.bench.command:bench", "Measure pages and searches beside their floor."),
}
# What the scheduler asks a worker for, and how often (seconds). By name: it imports none of it.
ERRANDS = {
    "network.audit.jobs.anchor_heads": 300,
    "network.directory.jobs.sweep_listings": 86_400,
    "network.directory.jobs.find_all_twins": 86_400,
    "network.directory.jobs.tend_searches": 86_400,
    "network.directory.jobs.close_doors": 86_400,
    "network.referrals.jobs.tell_of_gone": 86_400,
    "network.directory.feeds.jobs.forget_old_imports": 86_400,
}


class Network(click.Group):
    """The group of all commands."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Every command, the lazy ones too."""
        return sorted([*super().list_commands(context), *LAZY])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """A command; a lazy one is imported now."""
        if name not in LAZY:
            return super().get_command(context, name)
        module, _, attribute = LAZY[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing the lazy ones."""
        rows = []
        for name in self.list_commands(context):
            command = self.commands.get(name)
            if command is None:
                rows.append((name, LAZY[name][1]))
            elif not command.hidden:
                rows.append((name, command.get_short_help_str(limit=90)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=Network, context_settings={"help_option_names": ["-h", "--help"]})
def network() -> None:
    """Links Migrant Resource Centres. Settings are read from NETWORK_*; data lives in ./instance."""


def main() -> None:
    """Run the command; what the operator can mend is said in a sentence, not in a traceback."""
    try:
        network.main(prog_name="network", obj=ScriptInfo(create_app=_application))
    except (StackError, SettingsError) as error:
        click.echo(f"network: {error}", err=True)
        sys.exit(1)


def _application() -> Flask:
    """The application as this installation's settings make it, whether or not it runs."""
    from network.stack.running import own_plan

    return _built(own_plan().settings("tool"))


def _built(settings: Settings | None = None, *, worker: bool = False) -> Flask:
    with starting():
        from network.app import create_app

        return create_app(settings, worker=worker)


# Running it


@network.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=PORT, show_default=True, envvar="NETWORK_PORT", help="The next free one is taken."
)
@click.option("--check", is_flag=True, help="Start, wait until everything is ready, ask a few pages, stop.")
def up(host: str, port: int, check: bool) -> None:
    """Run everything: servers, web, worker and scheduler."""
    _run(host, port, check=check, demonstration=False)


@network.command()
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
            _load_reference_data(stack.plan)
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


def _load_reference_data(plan: Plan) -> None:
    """Bring the taxonomy in step with the vocabulary; builds the application only where it is not."""
    import psycopg

    from network.core import vocabulary

    with psycopg.connect(plan.app_url) as connection:
        loaded = connection.execute("SELECT version FROM taxonomy").fetchone()
    if loaded != (vocabulary.version(),):
        app = _built(plan.settings("tool"))
        importlib.import_module("network.opening").load_reference_data(app)


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


@network.command("load-demonstration", hidden=True)
def load_demonstration() -> None:
    """Load the demonstration into a running installation; prints the sign-ins as JSON."""
    app = _built()
    demonstration = importlib.import_module("network.demonstration")
    click.echo(json.dumps([asdict(sign_in) for sign_in in demonstration.load(app)]))


# The processes of an installation, one container each


@network.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=PORT, show_default=True, envvar="NETWORK_PORT")
@click.option(
    "--workers", type=click.IntRange(1), envvar="NETWORK_WEB_WORKERS", help="One a core by default."
)
def web(host: str, port: int, workers: int | None) -> None:
    """Run the web server alone."""
    from network.stack.web import serve

    _logs("web")
    serve(host, port, workers)


@network.command()
def worker() -> None:
    """Run a worker alone: it does what waits in the outbox."""
    _logs("worker")
    app = _built(worker=True)
    importlib.import_module("network.background.worker").work(app)


@network.command()
def scheduler() -> None:
    """Run the scheduler alone: it has the outbox looked at every few seconds."""
    from redis import Redis

    from network.background.schedule import Errand, tick

    _logs("scheduler")
    clock = Flask("network.scheduler")  # it only asks for work to be done, so it needs Redis and nothing else
    settings = Settings.from_environ(os.environ)
    clock.extensions["network_redis"] = Redis.from_url(settings.redis_url, socket_timeout=5)
    tick(clock, [Errand(function, every_s) for function, every_s in ERRANDS.items()])


def _logs(process: str) -> None:
    from network.stack.logs import configure_logs

    configure_logs(os.environ.get("NETWORK_ENVIRONMENT", "production"), process)


@network.command()
@click.argument("process", type=click.Choice(["web", "worker", "scheduler"]))
@click.option("--port", default=PORT, show_default=True, envvar="NETWORK_PORT", help="Where the web listens.")
def alive(process: str, port: int) -> None:
    """Say by the exit code whether a process of this installation lives (for containers)."""
    from redis import Redis
    from redis.exceptions import RedisError

    from network.background import schedule
    from network.background import worker as working
    from network.stack.supervisor import probe

    if process == "web":
        sys.exit(probe(port, "/healthz")[0] != 200)
    redis = Redis.from_url(read_variable(os.environ, "REDIS_URL") or "", socket_timeout=5)
    try:
        lives = (working if process == "worker" else schedule).is_alive(redis)
    except RedisError:
        lives = False
    sys.exit(not lives)


# Looking after it


@network.command()
@click.option("--name", prompt="Name of the headquarters", help="As members of the network shall read it.")
@click.option("--country", prompt="Its country, in two letters", help="ISO 3166-1 alpha-2, for example JO.")
def headquarters(name: str, country: str) -> None:
    """Open the headquarters of a new network, and print where its first administrator joins.

    Where they are open already, their first invitation is made valid again, as long as nobody has joined.
    """
    from network.stack.running import installed_servers

    with installed_servers() as plan:
        settings = plan.settings("tool")
        app = _built(settings)
        from network.opening import open_headquarters

        token = open_headquarters(app, name, country.upper())
        click.echo(f"Join here: {settings.base_url}/join/{token}")
        click.echo("The address works once, and as soon as a worker has prepared it. Keep it to yourself.")


@network.command()
def doctor() -> None:
    """Look at this machine and the installation, and say what is wrong; exit code 1 where something is."""
    from network.audit.anchors import last_anchored_at
    from network.stack.doctor import examine

    findings = examine(os.environ, last_anchored_at)
    for finding in findings:
        click.echo(f"{finding.verdict:<8} {finding.subject}: {finding.words}")
    sys.exit(1 if any(finding.verdict == "wrong" for finding in findings) else 0)


@network.group()
def db() -> None:
    """The database: roles, migrations, where it stands."""


@db.command("bootstrap")
def db_bootstrap() -> None:
    """Make roles, database and extensions, as the server's administrator. Safe to run again."""
    from network.stack.bootstrap import bootstrap
    from network.stack.running import reachable_servers

    with reachable_servers() as plan:
        if plan.admin_url is None:
            raise StackError("Set NETWORK_ADMIN_DATABASE_URL: roles are made by the server's administrator.")
        bootstrap(plan.admin_url, plan.passwords, plan.database)
        click.echo(f"Roles, database {plan.database} and extensions are there.")


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's migration, as its owner."""
    from network.stack.migrations import head
    from network.stack.running import reachable_servers
    from network.stack.servers import migrate

    with reachable_servers() as plan:
        migrate(plan)
        _load_reference_data(plan)
        click.echo(f"The database is at {head()}.")


@db.command("current")
def db_current() -> None:
    """Say at which migration the database is, and which one this version needs."""
    from network.stack.migrations import current, head
    from network.stack.running import reachable_servers

    with reachable_servers() as plan:
        click.echo(f"database {current(plan.owner_url or plan.app_url)}, this version {head()}")


@network.group()
def audit() -> None:
    """The audit trail: proving that nobody rewrote it."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Anchors kept apart, or a log that holds them; as often as there are. By default our own file.",
)
@click.option(
    "--key", "keys", multiple=True, help="A public key of anchors signed before the key was changed."
)
def audit_verify(as_json: bool, anchors: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    """Walk every chain and compare it with its anchors; exit code 1 where something is wrong."""
    from network.audit.anchors import public_key
    from network.audit.verifying import verify
    from network.stack.running import installed_servers

    if wrong := [key for key in keys if not PUBLIC_KEY.match(key)]:
        raise click.BadParameter(f"{wrong[0]!r} is not 64 hexadecimal digits", param_hint="--key")
    with installed_servers() as plan:
        settings = plan.settings("tool")
        with _built(settings).app_context():
            report = verify(anchors or (settings.anchors_file,), [public_key(settings.audit_key), *keys])
    click.echo(json.dumps(report.as_data(), indent=1) if as_json else "\n".join(report.in_words()))
    sys.exit(not report.ok)


@audit.command("key")
def audit_key() -> None:
    """Print the public key by which anybody can check our anchors."""
    from network.audit.anchors import public_key
    from network.stack.running import own_plan

    click.echo(public_key(own_plan().settings("tool").audit_key))


network.add_command(routes_command)


if __name__ == "__main__":
    main()
