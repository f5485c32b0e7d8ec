"""Finding clients: one, her contacts, papers, people and team, and the latest of a centre."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from uuid import UUID

from sqlalchemy import bindparam, func, select

from network.cases.envelopes import fetch_keys, opened
from network.cases.models import (
    Client,
    ClientContact,
    ClientDocument,
    ClientRelationship,
    ClientTeam,
)
from network.cases.queries.cards import (
    ClientRow,
    Contact,
    Document,
    Related,
    card_of,
    contact_of,
    document_of,
    home_today,
    row_of,
)
from network.cases.queries.columns import (
    CONTACTS,
    DOCUMENTS,
    ClientColumns,
    ContactColumns,
    DocumentColumns,
    RelationColumns,
    about,
    columns_of,
    read,
)
from network.cases.queries.rows import get_row
from network.core.asking import ask
from network.core.db import db
from network.core.errors import NotFound
from network.tenants.context import acting
from network.tenants.keys import unwrap_key
from network.tenants.models import StoredKey
from network.web.paging import PAGE_SIZE, Page, page_of

_RELATION, _CLIENT, _KEY = ClientRelationship.__table__.c, Client.__table__.c, StoredKey.__table__.c
_OF_RELATION = len(fields(RelationColumns))
# Each relation with the client who it is, as far as we may see her, and her key.
RELATED = (
    select(*columns_of(ClientRelationship, RelationColumns), *columns_of(Client, ClientColumns), _KEY.wrapped)
    .outerjoin_from(
        ClientRelationship.__table__,
        Client.__table__,
        (_CLIENT.tenant_id == _RELATION.tenant_id) & (_CLIENT.id == _RELATION.related_client_id),
    )
    .outerjoin(StoredKey.__table__, (_KEY.tenant_id == _CLIENT.tenant_id) & (_KEY.id == _CLIENT.id))
    .where(_RELATION.tenant_id == bindparam("tenant"), _RELATION.client_id == bindparam("about"))
    .order_by(_RELATION.id)
)
_HELD = (
    select(*columns_of(Client, ClientColumns))
    .where(_CLIENT.tenant_id == bindparam("tenant"), _CLIENT.id == bindparam("about"))
    .with_for_update()
)
_MEMBER = ClientTeam.__table__.c
TEAM = (
    select(_MEMBER.account_id)
    .where(_MEMBER.tenant_id == bindparam("tenant"), _MEMBER.client_id == bindparam("about"))
    .order_by(_MEMBER.added_at, _MEMBER.account_id)
)


def get_client(client_id: UUID, *, lock: bool = False) -> Client:
    """The client; raises NotFound for one that does not exist, is another centre's, or is restricted to a
    team that we are not on: the same answer."""
    return get_row(Client, client_id, lock=lock)


def hold_clients(client_ids: Iterable[UUID | None]) -> None:
    """Lock several clients until the unit ends, in the one order in which everybody locks several."""
    for client_id in sorted({one for one in client_ids if one is not None}):
        get_client(client_id, lock=True)


def held_clients(client_ids: Iterable[UUID]) -> dict[UUID, ClientColumns]:
    """The same for whoever only reads them: as they stand once they are locked. Raises NotFound."""
    rows = {one: read(_HELD, ClientColumns, one) for one in sorted(set(client_ids))}
    if not all(rows.values()):
        raise NotFound
    return {client_id: found[0] for client_id, found in rows.items()}


def find_client(client_id: UUID) -> Client | None:
    """Like ``get_client``, or None."""
    return db.session.get(Client, (acting().tenant, client_id))


def list_contacts(client_id: UUID) -> list[Contact]:
    """Every way to reach a client with its rules, in the order in which they were recorded."""
    rows = read(CONTACTS, ContactColumns, client_id)
    fetch_keys(rows)
    return [contact_of(row) for row in rows]


def get_contact(contact_id: UUID, *, lock: bool = False) -> ClientContact:
    """A way to reach a client; raises NotFound."""
    return get_row(ClientContact, contact_id, lock=lock)


def list_documents(client_id: UUID) -> list[Document]:
    """A client's papers, in the order in which they were recorded."""
    rows = read(DOCUMENTS, DocumentColumns, client_id)
    fetch_keys(rows)
    return [document_of(row) for row in rows]


def get_document(document_id: UUID, *, lock: bool = False) -> ClientDocument:
    """A paper of a client's; raises NotFound."""
    return get_row(ClientDocument, document_id, lock=lock)


def list_related(client_id: UUID) -> list[Related]:
    """Who is who to a client. A related client whom we may not see is not listed."""
    rows: list[tuple[RelationColumns, ClientColumns | None]] = []
    for *found, wrapped in ask(about(RELATED, client_id)):
        relation = RelationColumns(*found[:_OF_RELATION])
        related = ClientColumns(*found[_OF_RELATION:]) if found[_OF_RELATION] is not None else None
        if relation.related_client_id is not None and related is None:
            continue
        if related is not None and wrapped is not None:
            unwrap_key(related.tenant_id, related.id, wrapped)
        rows.append((relation, related))
    fetch_keys([relation for relation, _related in rows])
    return [
        Related(
            relation.id,
            relation.relationship,
            tuple(relation.flags),
            card_of(related) if related is not None else None,
            opened(relation),
        )
        for relation, related in rows
    ]


def list_team(client_id: UUID) -> list[UUID]:
    """The accounts of the people who work with a client, who came first, first."""
    return [account_id for (account_id,) in ask(about(TEAM, client_id))]


def list_clients(cursor: str | None = None, *, size: int = PAGE_SIZE) -> Page[ClientRow]:
    """The clients, who was registered last first. Names nobody. Raises Invalid for a cursor that is not ours."""
    statement = select(Client).where(Client.tenant_id == acting().tenant)
    today = home_today()
    return page_of(
        statement,
        [Client.id],
        name="clients",
        cursor=cursor,
        size=size,
        make=lambda client: row_of(client, today),
    )


def count_clients() -> int:
    """How many clients the centre has, as far as we may see them."""
    return (
        db.session.scalar(select(func.count()).select_from(Client).where(Client.tenant_id == acting().tenant))
        or 0
    )


def contact_is_stopped(client_id: UUID) -> bool:
    """Whether neither people nor machines may reach the client any more."""
    return get_client(client_id).contact_stopped_at is not None
