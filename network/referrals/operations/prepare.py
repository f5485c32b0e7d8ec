"""Preparing a referral: a draft that nobody else sees, with the needs it asks for and how soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _

from network.accounts.queries import get_tenant
from network.cases.models import CaseFile
from network.cases.policies import check_may_write_case
from network.cases.queries import get_case
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Invalid
from network.directory.queries import Listing, listing
from network.exchange.models import Exchange
from network.exchange.operations import Given, Moved, Reason, prepare
from network.exchange.queries import get_exchange, get_side
from network.referrals import policies
from network.referrals.models import Referral, ReferralNeed, ReferralOwnNeed
from network.referrals.operations.moves import make
from network.referrals.queries.records import find_draft
from network.tenants.context import acting


def prepare_referral(
    case_id: UUID,
    service_at_location_id: UUID,
    need_codes: Sequence[str],
    priority: str | None = None,
    needed_by: datetime | None = None,
    parent_id: UUID | None = None,
) -> Exchange:
    """A draft for one service at one location; the same draft if it is prepared again.

    Without a priority the most urgent that the needs propose; without ``needed_by`` the end of the shortest
    time-critical window. Raises ``NotFound``, ``Conflict`` (the service takes none, or not here) and ``Invalid``.
    """
    case = get_case(case_id)
    check_may_write_case(acting(), case)
    codes = policies.check_needs(need_codes)
    priority = vocabulary.priority(priority or policies.default_priority(codes)).code
    policies.check_needed_by(needed_by, clock.now())
    found = listing(service_at_location_id)
    receiver = policies.check_can_be_asked(found, acting().tenant)
    if parent_id is not None:
        _check_parent(parent_id, case_id)
    draft = find_draft(case_id, service_at_location_id, codes, receiver)
    if draft is not None:
        return draft
    exchange = prepare(
        "referral",
        "draft",
        prefix=get_tenant(acting().tenant).reference_prefix,
        to_organization_id=found.organization_id,
        to_tenant_id=receiver,
        case_id=case_id,
        client_id=case.client_id,
        restricted=case.restricted,
        parent_id=parent_id,
    )
    _describe(exchange, found, priority, needed_by or critical_end(codes))
    _add_needs(exchange, case, codes)
    db.session.flush()
    return exchange


def _describe(exchange: Exchange, found: Listing, priority: str, needed_by: datetime | None) -> None:
    """Which service, and how soon: both sides read it once it was sent."""
    db.session.add(
        Referral(
            exchange_id=exchange.id,
            from_tenant_id=exchange.from_tenant_id,
            to_tenant_id=exchange.to_tenant_id,
            service_id=found.service_id,
            service_at_location_id=found.service_at_location_id,
            priority=priority,
            needed_by=needed_by,
        )
    )


def _add_needs(exchange: Exchange, case: CaseFile, codes: Sequence[str]) -> None:
    """Each need twice: as the other side may read it, and as it is."""
    for position, code in enumerate(codes):
        db.session.add(
            ReferralNeed(
                exchange_id=exchange.id,
                position=position,
                from_tenant_id=exchange.from_tenant_id,
                to_tenant_id=exchange.to_tenant_id,
                shown_code=policies.shown_code(code),
            )
        )
        db.session.add(
            ReferralOwnNeed(
                tenant_id=case.tenant_id,
                exchange_id=exchange.id,
                position=position,
                client_id=case.client_id,
                restricted=case.restricted,
                need_code=code,
            )
        )


def discard_draft(
    exchange_id: UUID, expected_version: int | None = None, *, reason: Reason | None = None
) -> Moved:
    """Throw a draft away. Nobody else has seen it, and nobody else ever will."""
    given = Given(reason=reason) if reason is not None else None
    return make(exchange_id, "discard", side="sender", given=given, expected_version=expected_version)


def critical_end(need_codes: Sequence[str]) -> datetime | None:
    """The end of the shortest window of the time-critical needs, from now: the sender may know better."""
    hours = [
        need.time_critical.hours
        for need in map(vocabulary.need, need_codes)
        if need.time_critical is not None
    ]
    return clock.now() + timedelta(hours=min(hours)) if hours else None


def _check_parent(parent_id: UUID, case_id: UUID) -> None:
    """A referral goes on from one of the same case."""
    parent, side = get_exchange(parent_id), get_side(parent_id)
    if parent.kind != "referral" or side.role != "sender" or side.case_id != case_id:
        raise Invalid(fields={"parent_id": [_("This is no referral of the same case.")]})
