"""Running the migrations, and knowing where a database stands."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from network.tenants import isolation

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
# Two copies that start together must not migrate at once.
MIGRATION_LOCK = "SELECT pg_advisory_lock(hashtext('network migrations'))"


def sqlalchemy_url(url: str) -> str:
    """A libpq address with the name of the driver that SQLAlchemy shall use."""
    scheme, rest = url.split("://", 1)
    return url if "+" in scheme else f"postgresql+psycopg://{rest}"


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`; at once finished where it already is there."""
    with psycopg.connect(owner_url, autocommit=True) as lock:
        lock.execute(MIGRATION_LOCK)
        if revision != "head" or current(owner_url) != head():
            command.upgrade(_config(owner_url), revision)
        # The application compares where the database stands with what it needs.
        lock.execute("GRANT SELECT ON alembic_version TO network_app")


def install_context_key(owner_url: str, context_key: bytes) -> None:
    """Give the database the key by which it checks who acts. Run after every upgrade and key change."""
    engine = create_engine(sqlalchemy_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        isolation.install_context_key(connection, isolation.ContextSigner(context_key))


def current(url: str) -> str | None:
    """The revision that the database is at, or None before the first. The application's role may ask."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        try:
            row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return row[0] if row else None


def head() -> str | None:
    """The newest revision in the code."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def _config(owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    # env.py reads the address from the attributes: a percent sign in a password would break an option.
    config.attributes["url"] = sqlalchemy_url(owner_url)
    return config
