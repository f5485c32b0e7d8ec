"""What somebody who copied the database finds in it without the keys."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from network.cases import queries as read
from network.core.errors import NotFound
from network.tenants.keys import destroy_key
from tests.cases.conftest import Act, Centre
from tests.cases.test_isolation import TABLES, fill
from tests.support.servers import Database

SECRETS = (
    "Rina", "Akter", "রিনা", "আক্তার", "رينا", "أختر", "Mitu", "790012345", "ZZ0012345", "0012345",
    "Blue Thread", "passport.", "umbrella", "cried", "Hotel", "Thumbprint", "her number",
)  # fmt: skip


def everything(database: Database) -> bytes:
    """Every value of every table of this floor, as its administrator reads it."""
    found = b""
    with psycopg.connect(database.admin_url) as connection:
        for table in TABLES:
            rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            found += "\n".join(row[0] for row in rows).encode()
            raw = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            for row in raw:
                found += b"\n".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    return found


def test_a_stolen_copy_names_nobody(database: Database, centre: Centre, act: Act) -> None:
    fill(centre, act)
    copied = everything(database)
    assert len(copied) > 10_000
    assert [secret for secret in SECRETS if secret.encode() in copied] == []
    assert [secret for secret in SECRETS if secret.encode().hex().encode() in copied] == []


def test_an_erased_client_can_be_read_by_nobody(centre: Centre, act: Act) -> None:
    client_id, _case_id = fill(centre, act)
    with act(centre.rana):
        destroy_key(centre.id, client_id)
    with act(centre.rana):
        for ask in (lambda: read.card_of(read.get_client(client_id)), lambda: read.list_contacts(client_id)):
            with pytest.raises(NotFound):
                ask()
