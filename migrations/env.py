"""Runs the migrations as the owner of the tables, forward only."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from network.core.db import Base


def run(connection: Connection) -> None:
    """Run what is outstanding on this connection, in one transaction."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


url = context.config.attributes.get("url")
if url is None:
    raise SystemExit("Migrations run through `network db upgrade`")
with create_engine(url, poolclass=pool.NullPool).connect() as connection:
    run(connection)
