"""Standing refusals, and what an organization is in their eyes."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from network.cases.envelopes import opened
from network.cases.models import CaseNeed
from network.cases.states import NeedState
from network.consent.models import ConsentRefusal, RefusalLift
from network.consent.terms import Recipient, RefusalTerms
from network.core.asking import Question, ask
from network.core.db import db
from network.core.errors import NotFound
from network.directory.models import Organization
from network.directory.queries import behind, recipient_classes_of
from network.tenants.context import acting
from network.tenants.models import Tenant

_REFUSAL, _LIFT = ConsentRefusal.__table__.c, RefusalLift.__table__.c
_LISTED, _TENANT = Organization.__table__.c, Tenant.__table__.c
_STANDING = (
    select(
        _REFUSAL.id,
        _REFUSAL.recipient_class,
        _REFUSAL.organization_id,
        _REFUSAL.country,
        _REFUSAL.created_at,
        func.array(
            select(_LIFT.purpose)
            .where(
                _LIFT.tenant_id == _REFUSAL.tenant_id,
                _LIFT.refusal_id == _REFUSAL.id,
                _LIFT.used_at.is_(None),
            )
            .correlate(ConsentRefusal.__table__)
            .scalar_subquery(),
            type_=ARRAY(Text),
        ).label("lifted_for"),
    )
    .where(
        _REFUSAL.tenant_id == bindparam("tenant"),
        _REFUSAL.client_id == bindparam("client"),
        _REFUSAL.ended_at.is_(None),
    )
    .order_by(_REFUSAL.created_at, _REFUSAL.id)
)
_RECIPIENT = (
    select(
        _LISTED.recipient_class,
        _LISTED.country,
        _LISTED.name,
        _TENANT.id.label("tenant_id"),
        _TENANT.status,
    )
    .outerjoin_from(Organization.__table__, Tenant.__table__, _TENANT.organization_id == _LISTED.id)
    .where(_LISTED.id == bindparam("asked"))
)

_NEED = CaseNeed.__table__.c
_NEED_OF_CLIENT = (
    select(_NEED.id)
    .where(
        _NEED.tenant_id == bindparam("tenant"),
        _NEED.client_id == bindparam("client"),
        _NEED.need_code == bindparam("need"),
        _NEED.state != NeedState.WITHDRAWN.value,
    )
    .limit(1)
)


def _standing_refusals(client_id: UUID) -> Question:
    return Question(_STANDING, {"tenant": acting().tenant, "client": client_id})


def _recipient(organization_id: UUID) -> Question:
    return Question(_RECIPIENT, {"asked": organization_id})


def _need_of(client_id: UUID, need_code: str) -> Question:
    asked = {"tenant": acting().tenant, "client": client_id, "need": need_code}
    return Question(_NEED_OF_CLIENT, asked)


def questions_of_standing(client_id: UUID, organization_id: UUID, need_code: str) -> list[Question]:
    """What ``live_refusals``, ``get_recipient`` and ``has_need`` will ask: it may be asked together with more."""
    return [
        _standing_refusals(client_id),
        _recipient(organization_id),
        behind([organization_id]),
        _need_of(client_id, need_code),
    ]


def get_refusal(refusal_id: UUID) -> ConsentRefusal:
    """A refusal; raises ``NotFound``."""
    found = db.session.scalars(
        select(ConsentRefusal).where(
            ConsentRefusal.tenant_id == acting().tenant, ConsentRefusal.id == refusal_id
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def live_refusals(client_id: UUID) -> tuple[RefusalTerms, ...]:
    """Her standing refusals, oldest first, with the purposes for which she lifted one and did not use it yet."""
    return tuple(
        RefusalTerms(*[*standing, frozenset(lifted_for)])
        for *standing, lifted_for in ask(_standing_refusals(client_id))
    )


def refused_persons(client_id: UUID) -> dict[UUID, str]:
    """The names of persons whom she refused, by refusal."""
    rows = db.session.scalars(
        select(ConsentRefusal).where(
            ConsentRefusal.tenant_id == acting().tenant,
            ConsentRefusal.client_id == client_id,
            ConsentRefusal.ended_at.is_(None),
            ConsentRefusal.sealed.is_not(None),
        )
    )
    return {row.id: opened(row).get("person", "") for row in rows}


def get_recipient(organization_id: UUID) -> Recipient:
    """An organization as the door sees it: its class, its tenant, and everybody behind it; raises ``NotFound``."""
    found = next(iter(ask(_recipient(organization_id))), None)
    if found is None:
        raise NotFound
    class_code, country, name, tenant_id, status = found
    return Recipient(
        organization_id=organization_id,
        class_code=class_code,
        country=country,
        bodies=recipient_classes_of(organization_id),
        tenant_id=tenant_id,
        suspended=tenant_id is not None and status == "suspended",
        planned=tenant_id is not None and status == "planned",
        name=name,
    )


def organization_names(organization_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of organizations; one that is listed no more is left out."""
    if not organization_ids:
        return {}
    rows = db.session.execute(
        select(Organization.id, Organization.name).where(Organization.id.in_(organization_ids))
    )
    return {row.id: row.name for row in rows}


def has_need(client_id: UUID, need_code: str) -> bool:
    """Whether this need is recorded in any of her cases and was not withdrawn."""
    return bool(ask(_need_of(client_id, need_code)))
