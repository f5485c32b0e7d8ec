"""A service was closed, or is listed no more, while somebody waits for it: whoever asked is told."""

from __future__ import annotations

from sqlalchemy import or_, select

from network.audit.trail import record
from network.cases.models import CaseEvent
from network.core.db import db
from network.directory.models import Service, ServiceSearch
from network.directory.queries import listing_asked
from network.exchange.models import Exchange, ExchangeSide
from network.referrals.models import Referral
from network.referrals.operations.moves import tell_case
from network.referrals.states import AGREED, UNDECIDED
from network.tenants.context import acting

_TOLD = "service_gone"


def tell_of_gone() -> int:
    """Note at each referral of ours that waits for such a service, once: news on the home, a line in the case.

    Returns how many were noted. In the scope of who sent them: nobody else knows who waits.
    """
    told = select(CaseEvent.id).where(
        CaseEvent.subject_id == ExchangeSide.exchange_id, CaseEvent.kind == f"referral.{_TOLD}"
    )
    waiting = db.session.execute(
        select(ExchangeSide, Referral, Service.status)
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .join(Referral, Referral.exchange_id == Exchange.id)
        .join(Service, Service.id == Referral.service_id)
        .outerjoin(ServiceSearch, ServiceSearch.service_at_location_id == Referral.service_at_location_id)
        .where(
            ExchangeSide.tenant_id == acting().tenant,
            ExchangeSide.kind == "referral",
            ExchangeSide.role == "sender",
            ExchangeSide.open,
            Exchange.state.in_(("draft", *UNDECIDED, *AGREED)),
            or_(ServiceSearch.service_at_location_id.is_(None), Service.status != "active"),
            ~told.exists(),
        )
        .order_by(ExchangeSide.exchange_id)
    ).all()
    noted = 0
    for side, referral, status in waiting:
        if status == "active" and not listing_asked(referral.service_at_location_id).gone:
            continue  # it was merged into one that stands
        side.unread = True
        tell_case(side, _TOLD)
        record(_TOLD, "referral", side.exchange_id)
        noted += 1
    db.session.flush()
    return noted
