"""Finding cases: one, its page, and what belongs to it."""

from __future__ import annotations

from dataclasses import fields
from uuid import UUID

from sqlalchemy import bindparam, func, select

from network.cases.envelopes import fetch_keys
from network.cases.models import (
    CaseFile,
    CaseNeed,
    ClaimAuthorization,
    Client,
    Incident,
)
from network.cases.queries.cards import ClientCard, Related, card_of
from network.cases.queries.clients import (
    RELATED,
    TEAM,
    get_client,
    list_contacts,
    list_documents,
    list_related,
    list_team,
)
from network.cases.queries.columns import (
    CLAIMS,
    CONTACTS,
    DOCUMENTS,
    NEEDS,
    SERVICES,
    CaseColumns,
    ClaimColumns,
    ClientColumns,
    EventColumns,
    NeedColumns,
    NoteColumns,
    ServiceColumns,
    about,
    columns_of,
    events,
    notes,
    read,
)
from network.cases.queries.records import (
    CasePage,
    CaseRecord,
    ClaimRecord,
    ClientPage,
    Note,
    case_record,
    claim_record,
    note_record,
)
from network.cases.queries.rows import get_row
from network.cases.states import CaseState
from network.core import vocabulary
from network.core.asking import Question, ask, asked_together
from network.core.db import db
from network.core.errors import NotFound
from network.tenants import keys
from network.tenants.context import acting
from network.tenants.models import StoredKey
from network.web.paging import PAGE_SIZE

LATEST_EVENTS = 100
LATEST_NOTES = 50

_CASE, _CLIENT, _KEY = CaseFile.__table__.c, Client.__table__.c, StoredKey.__table__.c
_OF_CASE = len(fields(CaseColumns))
# The case, its client and her key, in one row.
_PAGE = select(*columns_of(CaseFile, CaseColumns), *columns_of(Client, ClientColumns), _KEY.wrapped).where(
    _CASE.tenant_id == bindparam("tenant"),
    _CASE.id == bindparam("about"),
    _CLIENT.tenant_id == _CASE.tenant_id,
    _CLIENT.id == _CASE.client_id,
    _KEY.tenant_id == _CASE.tenant_id,
    _KEY.id == _CASE.client_id,
)
_CLIENT_LOCKED = (
    select(_CLIENT.id)
    .where(
        _CLIENT.tenant_id == bindparam("tenant"),
        _CLIENT.id
        == select(_CASE.client_id)
        .where(_CASE.tenant_id == bindparam("tenant"), _CASE.id == bindparam("about"))
        .scalar_subquery(),
    )
    .with_for_update()
)
_OF_WHOM = select(_CASE.client_id).where(
    _CASE.tenant_id == bindparam("tenant"), _CASE.id == bindparam("about")
)
_EVENTS, _NOTES = events(LATEST_EVENTS), notes(LATEST_NOTES)
_NEEDS = (
    select(CaseNeed)
    .where(CaseNeed.tenant_id == bindparam("tenant"), CaseNeed.case_id == bindparam("case"))
    .order_by(CaseNeed.id)
)


def get_case(case_id: UUID, *, lock: bool = False) -> CaseFile:
    """The case; raises NotFound, the same for one that is not there and one that we may not see."""
    return get_row(CaseFile, case_id, lock=lock)


def client_of(case_id: UUID) -> UUID:
    """Whose case it is; raises NotFound."""
    found = ask(about(_OF_WHOM, case_id))
    if not found:
        raise NotFound
    client_id: UUID = found[0][0]
    return client_id


def find_case(case_id: UUID) -> CaseFile | None:
    """Like ``get_case``, or None."""
    statement = select(CaseFile).where(CaseFile.tenant_id == acting().tenant, CaseFile.id == case_id)
    return db.session.scalars(statement).one_or_none()


def case_page(case_id: UUID) -> CasePage:
    """All that a case's page shows of this floor; the number of queries does not depend on the case."""
    case, card = open_case_with_card(case_id)
    of_case = [about(statement, case_id) for statement in (NEEDS, _EVENTS, _NOTES, CLAIMS, SERVICES)]
    of_client = [about(statement, card.id) for statement in (TEAM, CONTACTS, DOCUMENTS, RELATED)]
    with asked_together(*of_case, *of_client):
        team = list_team(card.id)
        return CasePage(
            case=case,
            card=card,
            needs=tuple(read(NEEDS, NeedColumns, case_id)),
            events=tuple(list_events(case_id)),
            notes=tuple(list_notes(case_id)),
            contacts=tuple(list_contacts(card.id)),
            documents=tuple(list_documents(card.id)),
            related=_told(list_related(card.id), team),
            claims=tuple(list_claims(case_id)),
            services=tuple(list_services(case_id)),
            team=tuple(team),
        )


def open_case_with_card(case_id: UUID) -> tuple[CaseRecord, ClientCard]:
    """A case and its client's card as they stand in the database now, opened, with one query; raises NotFound."""
    found = next(iter(ask(about(_PAGE, case_id))), None)
    if found is None:
        raise NotFound
    *columns, wrapped = found
    case, client = CaseColumns(*columns[:_OF_CASE]), ClientColumns(*columns[_OF_CASE:])
    keys.unwrap_key(client.tenant_id, client.id, wrapped)
    return case_record(case), card_of(client)


def lock_client_of(case_id: UUID) -> None:
    """Lock the client of a case until the unit ends; raises NotFound. Whatever is read after it stands still."""
    if not ask(about(_CLIENT_LOCKED, case_id)):
        raise NotFound


def questions_of_opening(case_id: UUID, *, lock: bool = False) -> list[Question]:
    """What ``open_case_with_card`` will ask, and before it, with ``lock``, what ``lock_client_of`` does: it may be
    asked together with more. Each is answered as things stand when its turn comes: what follows the lock stands still.
    """
    locking = [about(_CLIENT_LOCKED, case_id)] if lock else []
    return [*locking, about(_PAGE, case_id)]


def client_page(client_id: UUID) -> ClientPage:
    """All that a client's page shows of this floor; the number of queries does not depend on the client."""
    client = get_client(client_id)
    team = list_team(client.id)
    return ClientPage(
        client=card_of(client),
        contacts=tuple(list_contacts(client.id)),
        documents=tuple(list_documents(client.id)),
        related=_told(list_related(client.id), team),
        team=tuple(team),
        cases=tuple(list_cases_of(client.id)),
    )


def _told(related: list[Related], team: list[UUID]) -> tuple[Related, ...]:
    """Who is who to her; a guarded relation, who is said to have harmed her, is told to her team alone."""
    ours = acting().account_id in team
    return tuple(one for one in related if ours or not vocabulary.relationship(one.relationship).guarded)


def list_needs(case_id: UUID) -> list[CaseNeed]:
    """A case's needs, in the order in which they were recorded."""
    return list(db.session.scalars(_NEEDS, {"tenant": acting().tenant, "case": case_id}))


def list_events(case_id: UUID) -> list[EventColumns]:
    """A case's timeline, newest first: the latest hundred."""
    return read(_EVENTS, EventColumns, case_id)


def list_notes(case_id: UUID) -> list[Note]:
    """A case's notes, newest first: the latest fifty."""
    rows = read(_NOTES, NoteColumns, case_id)
    fetch_keys(rows)
    return [note_record(row) for row in rows]


def list_services(case_id: UUID) -> list[ServiceColumns]:
    """The services delivered in a case, in the order in which they were recorded."""
    return read(SERVICES, ServiceColumns, case_id)


def list_claims(case_id: UUID) -> list[ClaimRecord]:
    """A case's claims with their authorizations, in the order in which they were recorded."""
    claims = read(CLAIMS, ClaimColumns, case_id)
    if not claims:
        return []
    statement = (
        select(ClaimAuthorization)
        .where(
            ClaimAuthorization.tenant_id == acting().tenant,
            ClaimAuthorization.claim_id.in_([claim.id for claim in claims]),
        )
        .order_by(ClaimAuthorization.id)
    )
    signed = list(db.session.scalars(statement))
    fetch_keys(claims)
    return [claim_record(claim, signed) for claim in claims]


def list_cases_of(client_id: UUID) -> list[CaseFile]:
    """A client's cases, newest first."""
    statement = (
        select(CaseFile)
        .where(CaseFile.tenant_id == acting().tenant, CaseFile.client_id == client_id)
        .order_by(CaseFile.id.desc())
    )
    return list(db.session.scalars(statement))


def count_cases(*, mine: bool = False, state: str | None = CaseState.OPEN) -> int:
    """How many cases there are, as far as we may see them."""
    statement = select(func.count()).select_from(CaseFile).where(CaseFile.tenant_id == acting().tenant)
    if mine:
        statement = statement.where(CaseFile.assignee_account_id == acting().account)
    if state is not None:
        statement = statement.where(CaseFile.state == state)
    return db.session.scalar(statement) or 0


def list_incidents(state: str | None = "open", limit: int = PAGE_SIZE) -> list[Incident]:
    """The incident register, newest first."""
    statement = select(Incident).where(Incident.tenant_id == acting().tenant)
    if state is not None:
        statement = statement.where(Incident.state == state)
    return list(db.session.scalars(statement.order_by(Incident.id.desc()).limit(limit)))
