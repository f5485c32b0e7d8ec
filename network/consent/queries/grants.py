"""Grants as they stand in the database now, and those that end soon."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from network.consent.models import Consent, ConsentGrant
from network.consent.states import ConsentState, GrantState
from network.consent.terms import GrantTerms
from network.core import clock
from network.core.asking import Question, ask
from network.core.db import db
from network.tenants.context import acting
from network.tenants.rows import get_own

WARNED_AHEAD = timedelta(days=14)

_GRANT, _CONSENT = ConsentGrant.__table__.c, Consent.__table__.c
# In the order of GrantTerms.
_GRANTS = (
    select(
        *(_GRANT.id, _GRANT.consent_id, _GRANT.purpose, _GRANT.need_code),
        *(_GRANT.categories, _GRANT.recipient_organization_id, _GRANT.recipient_class),
        *(_GRANT.recipient_country, _GRANT.onward, _GRANT.created_at),
        *(_GRANT.expires_at, _GRANT.withdrawn_at),
        *(_CONSENT.provisional_until, _CONSENT.confirmed_at, _CONSENT.capacity),
    )
    .where(
        _GRANT.tenant_id == bindparam("tenant"),
        _CONSENT.tenant_id == _GRANT.tenant_id,
        _CONSENT.id == _GRANT.consent_id,
    )
    .order_by(_GRANT.created_at.desc(), _GRANT.id.desc())
)
_OF_CLIENT = _GRANTS.where(_GRANT.client_id == bindparam("client"))
_BY_ID = _GRANTS.where(_GRANT.id == func.any(bindparam("grants", type_=ARRAY(Uuid()))))


_CATEGORIES = [field.name for field in fields(GrantTerms)].index("categories")


@dataclass(frozen=True)
class Expiring:
    """A live grant that ends soon. Names nobody."""

    grant_id: UUID
    consent_id: UUID
    client_id: UUID
    case_id: UUID | None
    purpose: str
    ends_at: datetime
    provisional: bool


def get_grant(grant_id: UUID, *, lock: bool = False) -> ConsentGrant:
    """A grant; raises ``NotFound``."""
    return get_own(ConsentGrant, grant_id, lock=lock)


def list_grants(client_id: UUID) -> tuple[GrantTerms, ...]:
    """Every grant she ever gave, newest first, as it stands in the database now."""
    return _grants(grants_of(client_id))


def live_grants(client_id: UUID) -> tuple[GrantTerms, ...]:
    """The grants under which data may leave now, newest first."""
    now = clock.now()
    return tuple(grant for grant in list_grants(client_id) if grant.state(now) is GrantState.LIVE)


def grants_by_id(grant_ids: Collection[UUID]) -> dict[UUID, GrantTerms]:
    """Grants by their ids; whichever is not there is left out."""
    if not grant_ids:
        return {}
    asked = Question(_BY_ID, {"tenant": acting().tenant, "grants": list(grant_ids)})
    return {grant.id: grant for grant in _grants(asked)}


def grants_of(client_id: UUID) -> Question:
    """What ``list_grants`` asks: it may be asked together with more."""
    return Question(_OF_CLIENT, {"tenant": acting().tenant, "client": client_id})


def _grants(question: Question) -> tuple[GrantTerms, ...]:
    """Read as columns: what another transaction has withdrawn meanwhile is seen, not what was loaded before."""
    terms = []
    for row in ask(question):
        columns = list(row)
        columns[_CATEGORIES] = frozenset(columns[_CATEGORIES])
        terms.append(GrantTerms(*columns))
    return tuple(terms)


def expiring(client_id: UUID) -> list[Expiring]:
    """Her live grants that end within 14 days, and those of provisional consents, soonest first."""
    now = clock.now()
    provisional = and_(Consent.provisional_until.is_not(None), Consent.confirmed_at.is_(None))
    rows = db.session.execute(
        select(
            *(ConsentGrant.id, ConsentGrant.consent_id, ConsentGrant.client_id, Consent.case_id),
            *(ConsentGrant.purpose, ConsentGrant.expires_at, Consent.provisional_until),
            provisional.label("provisional"),
        )
        .join(
            Consent, and_(Consent.tenant_id == ConsentGrant.tenant_id, Consent.id == ConsentGrant.consent_id)
        )
        .where(
            ConsentGrant.tenant_id == acting().tenant,
            ConsentGrant.client_id == client_id,
            ConsentGrant.withdrawn_at.is_(None),
            Consent.state == ConsentState.GIVEN,
            ConsentGrant.expires_at > now,
            or_(~provisional, Consent.provisional_until > now),
            or_(ConsentGrant.expires_at <= now + WARNED_AHEAD, provisional),
        )
    )
    found = [
        Expiring(
            row.id,
            row.consent_id,
            row.client_id,
            row.case_id,
            row.purpose,
            min(row.expires_at, row.provisional_until) if row.provisional else row.expires_at,
            row.provisional,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.ends_at)
