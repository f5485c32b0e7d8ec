"""The `network` command: runs an installation and looks after it.

Starting it builds no application: a command that needs one builds it itself (``building``). ``running`` runs
everything, ``processes`` one process alone, ``keeping`` looks after it.
"""

from __future__ import annotations

import importlib
import sys

import click
from flask.cli import ScriptInfo, routes_command

from network.cli.building import application
from network.cli.keeping import audit, db, doctor, headquarters
from network.cli.processes import alive, scheduler, web, worker
from network.cli.running import demo, load_demonstration, up
from network.core.settings import SettingsError
from network.stack.errors import StackError

# Commands whose packages are imported only when they are called, with what `--help` says of them.
LAZY = {
    "rehearse": ("network.rehearsal.command:rehearse", "Run the main job on a throwaway installation."),
    "directory": ("network.directory.feeds.command:directory", "Bring listings in, and take them out."),
    "bench": ("network.bench.command:bench", "Measure pages and searches beside their floor."),
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
        network.main(prog_name="network", obj=ScriptInfo(create_app=application))
    except (StackError, SettingsError) as error:
        click.echo(f"network: {error}", err=True)
        sys.exit(1)


for command in (
    *(up, demo, load_demonstration),
    *(web, worker, scheduler, alive),
    *(headquarters, doctor, db, audit),
    routes_command,
):
    network.add_command(command)
