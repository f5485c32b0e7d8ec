"""Single referrals: the details beside an exchange, its needs on either side, and how its loop was closed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from network.consent.models import Packet
from network.core import crypto
from network.core.db import db
from network.core.errors import NotFound
from network.exchange.models import Exchange, ExchangeSide
from network.referrals.models import Referral, ReferralClosure, ReferralNeed, ReferralOwnNeed, ReferralTold
from network.tenants.context import acting
from network.tenants.keys import client_key

_NEEDED = (
    select(
        func.coalesce(
            func.array_agg(aggregate_order_by(ReferralOwnNeed.need_code, ReferralOwnNeed.position)),
            cast([], ARRAY(Text)),
            type_=ARRAY(Text),
        )
    )
    .where(
        ReferralOwnNeed.tenant_id == ExchangeSide.tenant_id,
        ReferralOwnNeed.exchange_id == ExchangeSide.exchange_id,
    )
    .correlate(ExchangeSide)
    .scalar_subquery()
)
_AS_SENDER = (
    select(ExchangeSide, Referral, _NEEDED)
    .join(Referral, Referral.exchange_id == ExchangeSide.exchange_id)
    .where(
        ExchangeSide.tenant_id == bindparam("tenant"),
        ExchangeSide.exchange_id == bindparam("asked"),
        ExchangeSide.role == "sender",
    )
)


TOLD_SEALED_AS = "referral_told"
# Sealed for these, whoever was told outside the platform holds what she no longer shares.
_TAKEN_BACK = ("withdrawn", "refused", "recalled", "error", "incident")


def is_outside(exchange: Exchange) -> bool:
    """Whether it was told outside the platform: nobody receives it here, and its sender keeps it by hand."""
    return exchange.to_tenant_id is None


def must_be_told(exchange: Exchange) -> bool:
    """Whether the other side holds what it should forget, and nobody has called: no sealing reaches it."""
    if not is_outside(exchange) or exchange.sent_at is None:
        return False
    reason = db.session.scalars(
        select(Packet.seal_reason)
        .where(Packet.exchange_id == exchange.id)
        .order_by(Packet.created_at.desc())
        .limit(1)
    ).first()
    ended = reason == "expired" and exchange.state in ("recalled", "in_progress")
    return (reason in _TAKEN_BACK or ended) and not any(one.kind == "ended" for one in list_told(exchange.id))


def list_told(exchange_id: UUID) -> Sequence[ReferralTold]:
    """What went to and fro outside the platform, oldest first."""
    return db.session.scalars(
        select(ReferralTold)
        .where(ReferralTold.tenant_id == acting().tenant, ReferralTold.exchange_id == exchange_id)
        .order_by(ReferralTold.at, ReferralTold.id)
    ).all()


def told_to(told: ReferralTold) -> str:
    """The one person who was told, opened; empty where nobody was named."""
    if told.sealed is None:
        return ""
    key = client_key(told.tenant_id, told.client_id)
    return str(crypto.unseal(key, TOLD_SEALED_AS, told.tenant_id, told.id, told.sealed)["to"])


def get_referral(exchange_id: UUID) -> Referral:
    """The details of a referral; raises ``NotFound``, also for a handoff."""
    found = db.session.get(Referral, exchange_id)
    if found is None:
        raise NotFound
    return found


def get_as_sender(exchange_id: UUID) -> tuple[ExchangeSide, Referral, tuple[str, ...]]:
    """The sender's mailbox row, the details of the referral, and what was asked for, by position. Raises
    ``NotFound``, also for a handoff and for what others have sent."""
    found = db.session.execute(_AS_SENDER, {"tenant": acting().tenant, "asked": exchange_id}).first()
    if found is None:
        raise NotFound
    side, referral, codes = found
    return side, referral, tuple(codes)


def list_needs(exchange_id: UUID) -> Sequence[ReferralNeed]:
    """What was asked for, as both sides see it, by position."""
    return db.session.scalars(
        select(ReferralNeed).where(ReferralNeed.exchange_id == exchange_id).order_by(ReferralNeed.position)
    ).all()


def own_need_codes(exchange_id: UUID) -> tuple[str, ...]:
    """The sender's own record of what was asked for, by position; empty for the receiver."""
    return tuple(
        db.session.scalars(
            select(ReferralOwnNeed.need_code)
            .where(ReferralOwnNeed.tenant_id == acting().tenant, ReferralOwnNeed.exchange_id == exchange_id)
            .order_by(ReferralOwnNeed.position)
        )
    )


def find_closure(exchange_id: UUID) -> ReferralClosure | None:
    """How the sender closed the loop, its own to see."""
    return db.session.scalars(
        select(ReferralClosure).where(
            ReferralClosure.tenant_id == acting().tenant, ReferralClosure.exchange_id == exchange_id
        )
    ).first()


def find_draft(
    case_id: UUID, service_at_location_id: UUID, need_codes: tuple[str, ...], receiver: UUID | None
) -> Exchange | None:
    """A draft of the same case to the same place for the same needs, by the same way: preparing twice makes one."""
    drafts = db.session.scalars(
        select(Exchange)
        .join(Referral, Referral.exchange_id == Exchange.id)
        .join(ExchangeSide, ExchangeSide.exchange_id == Exchange.id)
        .where(
            ExchangeSide.tenant_id == acting().tenant,
            ExchangeSide.case_id == case_id,
            Exchange.state == "draft",
            Referral.service_at_location_id == service_at_location_id,
            Exchange.to_tenant_id.is_not_distinct_from(receiver),
        )
        .order_by(Exchange.created_at.desc())
    )
    return next((one for one in drafts if set(own_need_codes(one.id)) == set(need_codes)), None)


def list_rivals(case_id: UUID, need_codes: Sequence[str], states: Sequence[str], but: UUID) -> list[UUID]:
    """Other referrals of a case in one of these states that ask for any of these needs."""
    return list(
        db.session.scalars(
            select(Exchange.id)
            .join(ExchangeSide, ExchangeSide.exchange_id == Exchange.id)
            .join(
                ReferralOwnNeed,
                (ReferralOwnNeed.tenant_id == ExchangeSide.tenant_id)
                & (ReferralOwnNeed.exchange_id == Exchange.id),
            )
            .where(
                ExchangeSide.tenant_id == acting().tenant,
                ExchangeSide.case_id == case_id,
                ExchangeSide.role == "sender",
                Exchange.kind == "referral",
                Exchange.state.in_(states),
                ReferralOwnNeed.need_code.in_(need_codes),
                Exchange.id != but,
            )
            .distinct()
        )
    )
