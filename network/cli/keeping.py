"""Looking after an installation: its headquarters, its health, its database and its audit trail."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import click

from network.cli.building import built, load_reference_data
from network.stack.errors import StackError

PUBLIC_KEY = re.compile(r"[0-9a-fA-F]{64}\Z")


@click.command()
@click.option("--name", prompt="Name of the headquarters", help="As members of the network shall read it.")
@click.option("--country", prompt="Its country, in two letters", help="ISO 3166-1 alpha-2, for example JO.")
def headquarters(name: str, country: str) -> None:
    """Open the headquarters of a new network, and print where its first administrator joins.

    Where they are open already, their first invitation is made valid again, as long as nobody has joined.
    """
    from network.cases.card.values import countries
    from network.stack.running import installed_servers

    if not name.strip():
        raise click.BadParameter("say how it is called", param_hint="--name")
    if country.upper() not in countries():
        raise click.BadParameter(f"{country!r} is no country in two letters", param_hint="--country")
    with installed_servers() as plan:
        settings = plan.settings("tool")
        app = built(settings)
        from network.opening import open_headquarters

        token = open_headquarters(app, name.strip(), country.upper())
        click.echo(f"Join here: {settings.base_url}/join/{token}")
        click.echo("The address works once, and as soon as a worker has prepared it. Keep it to yourself.")


@click.command()
def doctor() -> None:
    """Look at this machine and the installation, and say what is wrong; exit code 1 where something is."""
    from network.audit.anchors import last_anchored_at
    from network.stack.doctor import examine

    findings = examine(os.environ, last_anchored_at)
    for finding in findings:
        click.echo(f"{finding.verdict:<8} {finding.subject}: {finding.words}")
    sys.exit(1 if any(finding.verdict == "wrong" for finding in findings) else 0)


@click.group()
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
        load_reference_data(plan)
        click.echo(f"The database is at {head()}.")


@db.command("current")
def db_current() -> None:
    """Say at which migration the database is, and which one this version needs."""
    from network.stack.migrations import current, head
    from network.stack.running import installed_servers
    from network.stack.servers import wait_for_database

    with installed_servers(migrated=False) as plan:
        wait_for_database(url := plan.owner_url or plan.app_url)
        click.echo(f"database {current(url)}, this version {head()}")


@click.group()
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
        with built(settings).app_context():
            report = verify(anchors or (settings.anchors_file,), [public_key(settings.audit_key), *keys])
    click.echo(json.dumps(report.as_data(), indent=1) if as_json else "\n".join(report.in_words()))
    sys.exit(not report.ok)


@audit.command("key")
def audit_key() -> None:
    """Print the public key by which anybody can check our anchors."""
    from network.audit.anchors import public_key
    from network.stack.running import own_plan

    click.echo(public_key(own_plan().settings("tool").audit_key))
