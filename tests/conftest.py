"""Fixtures for every test: real servers, a migrated database, the application's settings.

The machinery is in tests/support; a folder that needs more has a small conftest of its own.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import event
from sqlalchemy.pool import Pool

from network.app import create_app
from network.core.settings import Settings
from network.stack.migrations import install_context_key
from tests.support import order
from tests.support.browser import open_browser
from tests.support.demonstration import Installation, running_demonstration
from tests.support.servers import (
    Database,
    Server,
    copy_of,
    make_template,
    network_environment,
    running_postgres,
    running_redis,
)
from tests.support.web import serving

# A test may let go of an application whose pool keeps connections: they live as long as the process, and are no
# leak. One that anybody opens by hand and forgets still is an error.
_POOLED: list[Any] = []
_SHARED: list[Database] = []


@event.listens_for(Pool, "connect")
def keep(connection: Any, _record: object) -> None:
    """Hold every connection that a pool has opened."""
    _POOLED.append(connection)


def pytest_unconfigure() -> None:
    """Close what is still open, so that the end is quiet."""
    for connection in _POOLED:
        connection.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first; otherwise the order stays as it was."""
    items.sort(key=order.rank)


def pytest_collection_finish() -> None:
    """What is imported by now stays: it need not be looked through for garbage again and again."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> order.SideBySide | None:
    """Where whole files are dealt out, do it our way."""
    return order.SideBySide(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server for this run, one for each xdist worker."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def database_template(postgres: Server) -> str:
    """Name of a migrated database that holds no data, for copying."""
    return make_template(postgres)


@pytest.fixture(scope="session")
def database(postgres: Server, database_template: str) -> Iterator[Database]:
    """The migrated database that tests share; each makes its own tenants in it."""
    with copy_of(postgres, database_template) as made:
        _SHARED.append(made)
        yield made
        _SHARED.clear()


@pytest.fixture(scope="module", autouse=True)
def no_work_for_others() -> Iterator[None]:
    """What a file leaves undone in the shared database is forgotten with it: a test of another that sets its clock
    far ahead would find all of it due."""
    yield
    for made in _SHARED:
        with psycopg.connect(made.admin_url) as administrator:
            administrator.execute(
                "DELETE FROM outbox WHERE ctid = ANY(ARRAY("
                "SELECT ctid FROM outbox WHERE done_at IS NULL FOR UPDATE SKIP LOCKED))"
            )


@pytest.fixture
def fresh_database(postgres: Server, database_template: str) -> Iterator[Database]:
    """A migrated database for one test alone: for tests of migrations, counts and whole networks."""
    with copy_of(postgres, database_template) as made:
        yield made


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a Redis for this run."""
    with running_redis() as url:
        yield url


@pytest.fixture(scope="session")
def environment(
    database: Database, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The NETWORK_* variables of an installation on the servers of this run."""
    return network_environment(database, redis_url, tmp_path_factory.mktemp("instance"))


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    """The application's settings on the servers of this run."""
    settings = Settings.from_environ(environment)
    install_context_key(settings.owner_database_url, settings.context_key)
    return settings


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The application, as the role that owns nothing."""
    return create_app(settings)


@pytest.fixture(scope="session")
def worker_app(settings: Settings) -> Flask:
    """The application as the worker runs it."""
    return create_app(settings, worker=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, opened once: two of them in one process do not get on."""
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the application answers a browser."""
    with serving(app) as url:
        yield url


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration network, told once for all who look at it in this process."""
    with running_demonstration(tmp_path_factory.mktemp("demonstration")) as running:
        yield running
