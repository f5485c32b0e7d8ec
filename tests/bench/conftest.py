"""A small network, filled as the benchmark fills a large one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from network.app import create_app
from network.bench.scenarios import Known, pages
from network.bench.seeding.filling import Network, fill
from network.bench.seeding.knowledge import look_up
from network.bench.seeding.size import Size
from network.bench.visitor import Visitor
from network.bench.visits import Page
from network.core.settings import Settings
from network.stack.migrations import install_context_key
from tests.factories import make_account
from tests.support.servers import Server, copy_of, network_environment
from tests.support.visitor import Visitor as Browser


@dataclass(frozen=True)
class Filled:
    """A filled database and its application. At its largest centre, ``visitor`` is a caseworker, ``administrator``
    manages its staff."""

    app: Flask
    settings: Settings
    network: Network
    known: Known
    visitor: Visitor
    administrator: Visitor

    @property
    def pages(self) -> dict[str, Page]:
        """The measured pages by their names."""
        return {page.name: page for page in pages(self.app, self.known)}


def _filled(
    postgres: Server, template: str, redis_url: str, folder: pytest.TempPathFactory, size: Size
) -> Iterator[Filled]:
    with copy_of(postgres, template) as database:
        variables = network_environment(database, redis_url, folder.mktemp("instance"))
        settings = Settings.from_environ(variables)
        install_context_key(settings.owner_database_url, settings.context_key)
        network = fill(variables, size, lambda _words: None, database.admin_url)
        app = create_app(settings)
        manager = make_account(app, network.largest.tenant_id, "centre_administrator", "caseworker")
        yield Filled(
            app,
            settings,
            network,
            look_up(app, network),
            _signed_in(app, network.largest.email, network.password),
            _signed_in(app, manager.email, manager.password),
        )


def _signed_in(app: Flask, email: str, password: str) -> Visitor:
    browser = Browser(app, app.response_class)
    answer = browser.send_form("/sign-in", email=email, password=password)
    assert answer.status_code == 303
    visitor = Visitor("")
    visitor.csrf_token = browser.csrf_token()
    for name in ("network", "network_form"):
        cookie = browser.get_cookie(name)
        assert cookie is not None
        visitor.cookies[name] = cookie.value
    return visitor


@pytest.fixture(scope="session")
def small(
    postgres: Server, database_template: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    """Two centres with a few cases."""
    size = Size(centres=2, cases=64, listings=12, drafts=8, asking=6, by_hand=0.5)
    yield from _filled(postgres, database_template, redis_url, tmp_path_factory, size)


@pytest.fixture(scope="session")
def larger(
    postgres: Server, database_template: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    """Three times the centres, many more cases and listings."""
    size = Size(centres=6, cases=300, listings=40, drafts=8)
    yield from _filled(postgres, database_template, redis_url, tmp_path_factory, size)
