"""The tables are those that the migrations make."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import network.cases.models
import network.directory.models  # noqa: F401  # declares the tables
from network.core.db import Base
from network.stack.migrations import sqlalchemy_url
from tests.support.servers import Database

MINE = ("client", "case", "claim", "service_record", "incident")


def test_the_models_are_what_the_migration_made(database: Database) -> None:
    engine = create_engine(sqlalchemy_url(database.owner_url), poolclass=NullPool)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    mine = {table for table in Base.metadata.tables if table.startswith(MINE)}
    assert [one for one in differences if mine & set(str(one).split("'"))] == []
