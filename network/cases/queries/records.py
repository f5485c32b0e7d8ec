"""Cases and what belongs to them as they are read: opened and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from network.cases.envelopes import opened
from network.cases.models import CaseFile, ClaimAuthorization
from network.cases.queries.cards import ClientCard, Contact, Document, Related
from network.cases.queries.columns import (
    CaseColumns,
    ClaimColumns,
    EventColumns,
    NeedColumns,
    NoteColumns,
    ServiceColumns,
)
from network.cases.states import CaseState, Custody


@dataclass(frozen=True)
class CaseRecord:
    """A case, opened."""

    id: UUID
    client_id: UUID
    reference: str
    version: int
    restricted: bool
    state: str
    closed_reason: str | None
    opened_on: date
    closed_on: date | None
    assignee_account_id: UUID | None
    priority: str
    custody: str
    read_only_since: datetime | None
    origin_exchange_id: UUID | None
    summary: str
    what_happened: str

    @property
    def writable(self) -> bool:
        """Whether work on it goes on here."""
        return self.custody == Custody.HELD and self.state != CaseState.CLOSED


@dataclass(frozen=True)
class Note:
    """What somebody wrote about the work."""

    id: UUID
    at: datetime
    author_account_id: UUID | None
    text: str


@dataclass(frozen=True)
class Authorization:
    """The client's signed leave to act for her in a claim."""

    id: UUID
    instrument: str
    scope: tuple[str, ...]
    signed_on: date
    valid_until: date | None
    revoked_on: date | None
    evidence: str

    def is_live(self, on: date) -> bool:
        """Whether the centre may act by it on this day."""
        return (
            self.revoked_on is None
            and self.signed_on <= on
            and (self.valid_until is None or on <= self.valid_until)
        )


@dataclass(frozen=True)
class ClaimRecord:
    """A legal complaint, opened."""

    id: UUID
    case_id: UUID
    version: int
    kind: str
    forum: str
    state: str
    remedies: tuple[str, ...]
    remedies_obtained: tuple[str, ...]
    amount_claimed: Decimal | None
    amount_awarded: Decimal | None
    amount_paid: Decimal | None
    currency: str | None
    lodged_on: date | None
    decided_on: date | None
    paid_on: date | None
    lapses_on: date | None
    respondent: str
    facts: str
    authorizations: tuple[Authorization, ...]


@dataclass(frozen=True)
class CaseRow:
    """A case as a list shows it: nothing that names anybody."""

    id: UUID
    client_id: UUID
    reference: str
    client_reference: str
    restricted: bool
    state: str
    custody: str
    priority: str
    opened_on: date
    assignee_account_id: UUID | None
    age_band: str
    sex: str
    nationality: str | None
    needs: tuple[str, ...]


@dataclass(frozen=True)
class CasePage:
    """All that a case's page shows of this floor, fetched with a fixed number of queries."""

    case: CaseRecord
    card: ClientCard
    needs: tuple[NeedColumns, ...]
    events: tuple[EventColumns, ...]
    notes: tuple[Note, ...]
    contacts: tuple[Contact, ...]
    documents: tuple[Document, ...]
    related: tuple[Related, ...]
    claims: tuple[ClaimRecord, ...]
    services: tuple[ServiceColumns, ...]
    team: tuple[UUID, ...]

    def accounts(self) -> set[UUID]:
        """Everybody of the staff whom the page names."""
        named = {self.case.assignee_account_id, *self.team}
        named |= {event.actor_account_id for event in self.events}
        named |= {note.author_account_id for note in self.notes}
        return {account for account in named if account is not None}


@dataclass(frozen=True)
class ClientPage:
    """All that a client's page shows of this floor."""

    client: ClientCard
    contacts: tuple[Contact, ...]
    documents: tuple[Document, ...]
    related: tuple[Related, ...]
    team: tuple[UUID, ...]
    cases: tuple[CaseFile, ...]

    @property
    def case_ids(self) -> list[UUID]:
        """Her cases, newest first."""
        return [case.id for case in self.cases]


def case_record(case: CaseFile | CaseColumns) -> CaseRecord:
    """A case, opened."""
    held = opened(case)
    return CaseRecord(
        id=case.id,
        client_id=case.client_id,
        reference=case.reference,
        version=case.version,
        restricted=case.restricted,
        state=case.state,
        closed_reason=case.closed_reason,
        opened_on=case.opened_on,
        closed_on=case.closed_on,
        assignee_account_id=case.assignee_account_id,
        priority=case.priority,
        custody=case.custody,
        read_only_since=case.read_only_since,
        origin_exchange_id=case.origin_exchange_id,
        summary=held.get("summary", ""),
        what_happened=held.get("what_happened", ""),
    )


def note_record(note: NoteColumns) -> Note:
    """A note, opened."""
    return Note(note.id, note.at, note.author_account_id, opened(note).get("text", ""))


def authorization_record(row: ClaimAuthorization) -> Authorization:
    """An authorization, opened."""
    return Authorization(
        row.id,
        row.instrument,
        tuple(row.scope),
        row.signed_on,
        row.valid_until,
        row.revoked_on,
        opened(row).get("evidence", ""),
    )


def claim_record(claim: ClaimColumns, authorizations: list[ClaimAuthorization]) -> ClaimRecord:
    """A claim, opened, with the authorizations signed for it."""
    held = opened(claim)
    return ClaimRecord(
        id=claim.id,
        case_id=claim.case_id,
        version=claim.version,
        kind=claim.kind,
        forum=claim.forum,
        state=claim.state,
        remedies=tuple(claim.remedies),
        remedies_obtained=tuple(claim.remedies_obtained),
        amount_claimed=claim.amount_claimed,
        amount_awarded=claim.amount_awarded,
        amount_paid=claim.amount_paid,
        currency=claim.currency,
        lodged_on=claim.lodged_on,
        decided_on=claim.decided_on,
        paid_on=claim.paid_on,
        lapses_on=claim.lapses_on,
        respondent=held.get("respondent", ""),
        facts=held.get("facts", ""),
        authorizations=tuple(authorization_record(row) for row in authorizations if row.claim_id == claim.id),
    )
