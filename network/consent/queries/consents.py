"""Each time she was asked: how, by whom, and what she said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from network.cases.envelopes import fetch_keys, opened
from network.consent.models import Consent, ConsentEvent
from network.core.asking import Question, ask
from network.core.db import db
from network.tenants.context import acting
from network.tenants.rows import get_own

_CONSENT = Consent.__table__.c
_ASKED = (
    select(_CONSENT.client_id)
    .where(
        _CONSENT.tenant_id == bindparam("tenant"),
        _CONSENT.client_id == func.any(bindparam("clients", type_=ARRAY(Uuid()))),
    )
    .distinct()
)


@dataclass(frozen=True)
class ConsentRecord:
    """A consent, opened: how she was asked and what she said. ``asked`` holds her words and the evidence."""

    id: UUID
    client_id: UUID
    case_id: UUID | None
    state: str
    capacity: str
    method: str
    language: str
    notice_version: str
    recorded_by: UUID
    given_at: datetime
    provisional_until: datetime | None
    confirmed_at: datetime | None
    version: int
    asked: Mapping[str, Any]

    @property
    def is_provisional(self) -> bool:
        """Whether it ends unless it is confirmed."""
        return self.provisional_until is not None and self.confirmed_at is None


def get_consent(consent_id: UUID, *, lock: bool = False) -> Consent:
    """A consent; raises ``NotFound``."""
    return get_own(Consent, consent_id, lock=lock)


def consent_record(consent: Consent) -> ConsentRecord:
    """A consent, opened."""
    return ConsentRecord(
        consent.id,
        consent.client_id,
        consent.case_id,
        consent.state,
        consent.capacity,
        consent.method,
        consent.language,
        consent.notice_version,
        consent.recorded_by,
        consent.given_at,
        consent.provisional_until,
        consent.confirmed_at,
        consent.version,
        opened(consent),
    )


def list_consents(client_id: UUID) -> list[ConsentRecord]:
    """Every time she was asked, newest first."""
    rows = list(
        db.session.scalars(
            select(Consent)
            .where(Consent.tenant_id == acting().tenant, Consent.client_id == client_id)
            .order_by(Consent.given_at.desc(), Consent.id.desc())
        )
    )
    fetch_keys(rows)
    return [consent_record(row) for row in rows]


def find_latest_consent(client_id: UUID) -> Consent | None:
    """The last time she was asked, or None."""
    return db.session.scalars(
        select(Consent)
        .where(Consent.tenant_id == acting().tenant, Consent.client_id == client_id)
        .order_by(Consent.given_at.desc(), Consent.id.desc())
        .limit(1)
    ).first()


def list_unasked(client_ids: Iterable[UUID]) -> list[UUID]:
    """Who of these was never asked anything yet, and so not whom she does not want to be told: every way of asking
    for the first time asks that."""
    wanted = list(dict.fromkeys(client_ids))
    asked = {row[0] for row in ask(Question(_ASKED, {"tenant": acting().tenant, "clients": wanted}))}
    return [one for one in wanted if one not in asked]


def list_events(client_id: UUID) -> list[ConsentEvent]:
    """What happened to her consents, grants and refusals, newest first."""
    return list(
        db.session.scalars(
            select(ConsentEvent)
            .where(ConsentEvent.tenant_id == acting().tenant, ConsentEvent.client_id == client_id)
            .order_by(ConsentEvent.at.desc(), ConsentEvent.id.desc())
        )
    )


def has_event(consent_id: UUID, kind: str, grant_id: UUID) -> bool:
    """Whether this has been noted of a grant."""
    statement = select(ConsentEvent.id).where(
        ConsentEvent.tenant_id == acting().tenant,
        ConsentEvent.consent_id == consent_id,
        ConsentEvent.kind == kind,
        ConsentEvent.grant_id == grant_id,
    )
    return db.session.scalars(statement.limit(1)).first() is not None
