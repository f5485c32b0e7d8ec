"""The demonstration network on servers of its own, with its people signed in: to look at, and to attack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask

from network.accounts.permissions import ROLES, permissions_of
from network.app import create_app
from network.core.settings import Settings
from network.demonstration.acting import Stage
from network.demonstration.loading import tell
from network.demonstration.people import PASSWORD, Colleague, Names
from network.demonstration.world import World
from network.stack.migrations import install_context_key
from tests.attack.rows import Rows
from tests.factories import Person, sign_in
from tests.support.servers import (
    Database,
    copy_of,
    make_template,
    network_environment,
    running_postgres,
    running_redis,
)
from tests.support.visitor import Visitor


@dataclass(frozen=True)
class Somebody:
    """A person of the demonstration, signed in."""

    who: Colleague
    browser: Visitor

    @property
    def title(self) -> str:
        """Where she works, and as what."""
        return f"{self.who.tenant}/{self.who.roles[0]}"

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What her role allows."""
        role = self.who.roles[0]
        return permissions_of([role], ROLES[role].tenant_kind)


@dataclass(frozen=True)
class Installation:
    """The demonstration network as it runs, and what its administrator can reach besides."""

    folder: Path
    settings: Settings
    app: Flask
    worker_app: Flask
    world: World
    database: Database
    redis_url: str

    def sign_in(self, tenant: str, role: str) -> Somebody:
        """Sign somebody in, in a browser of her own."""
        colleague = self.world.colleague(tenant, role)
        person = Person(colleague.tenant_id, colleague.membership_id, colleague.email, PASSWORD)
        return Somebody(colleague, sign_in(self.app, person))

    def rows(self) -> Rows:
        """The rows of every table, as the administrator sees them."""
        return Rows(self.database.admin_url)


@contextmanager
def running_demonstration(folder: Path) -> Iterator[Installation]:
    """The demonstration, told in a database of its own with its data in ``folder``."""
    with running_postgres(folder) as server, running_redis() as redis_url:
        with copy_of(server, make_template(server)) as database:
            settings = Settings.from_environ(network_environment(database, redis_url, folder / "instance"))
            install_context_key(settings.owner_database_url, settings.context_key)
            app, worker_app = create_app(settings), create_app(settings, worker=True)
            world = tell(Stage(app, worker_app), Names())
            yield Installation(folder, settings, app, worker_app, world, database, redis_url)
