"""How a service of the acting tenant has answered the referrals that it received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import distinct, func, select

from network.core import clock
from network.core.db import db
from network.exchange.models import Exchange, ExchangeEvent
from network.referrals.models import Referral
from network.tenants.context import acting

COUNTED_FOR = timedelta(days=180)
# What came later may still be answered in time.
TIME_TO_ANSWER = timedelta(days=3)
ANSWERS = ("accept", "decline")
TAKEN_BACK = ("withdrawn", "recalled")


@dataclass(frozen=True, slots=True)
class Response:
    """Referrals that waited long enough or were answered, from how many centres, and the median of the answers."""

    referrals: int
    answered: int
    centres: int
    median_hours: float | None


def response_of(service_id: UUID) -> Response:
    """Half a year of referrals to a service; those that were taken back before an answer do not count."""
    now = clock.now()
    first = (
        select(func.min(ExchangeEvent.at))
        .where(
            ExchangeEvent.exchange_id == Exchange.id,
            ExchangeEvent.side == "receiver",
            ExchangeEvent.move.in_(ANSWERS),
        )
        .scalar_subquery()
    )
    asked = (
        select(Exchange.from_tenant_id.label("centre"), Exchange.sent_at, first.label("answered_at"))
        .join(Referral, Referral.exchange_id == Exchange.id)
        .where(
            Referral.service_id == service_id,
            Exchange.to_tenant_id == acting().tenant,
            Exchange.sent_at > now - COUNTED_FOR,
            Exchange.sent_at < now - TIME_TO_ANSWER,
            Exchange.state.not_in(TAKEN_BACK) | first.is_not(None),
        )
        .subquery()
    )
    hours = func.extract("epoch", asked.c.answered_at - asked.c.sent_at) / 3600
    referrals, answered, centres, median = db.session.execute(
        select(
            func.count(),
            func.count(asked.c.answered_at),
            func.count(distinct(asked.c.centre)),
            func.percentile_cont(0.5).within_group(hours),
        ).select_from(asked)
    ).one()
    return Response(referrals, answered, centres, None if median is None else float(median))
