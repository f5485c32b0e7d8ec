"""Single records: the handoff beside an exchange, its group and milestones, and the screening before a return."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from network.cases.envelopes import opened
from network.core.db import db
from network.core.errors import NotFound
from network.crossborder.models import DeletionRequest, Handoff, HandoffMilestone, ReturnScreening
from network.crossborder.states import ARRIVING, BEFORE_TAKE_OVER, JOURNEY
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.exchange.queries import get_exchange
from network.tenants.context import acting
from network.tenants.rows import get_own


def get_handoff(exchange_id: UUID) -> Handoff:
    """The details of a handoff; raises ``NotFound``, also for a referral."""
    found = find_handoff(exchange_id)
    if found is None:
        raise NotFound
    return found


def find_handoff(exchange_id: UUID) -> Handoff | None:
    """The details of a handoff; None for a referral, and for what is not ours to see."""
    return db.session.scalars(
        select(Handoff).where(Handoff.exchange_id == exchange_id).execution_options(populate_existing=True)
    ).first()


def list_milestones(exchange_id: UUID) -> list[HandoffMilestone]:
    """What was told after the arrival and not taken back, oldest first."""
    return list(
        db.session.scalars(
            select(HandoffMilestone)
            .where(HandoffMilestone.exchange_id == exchange_id, HandoffMilestone.taken_back_at.is_(None))
            .order_by(HandoffMilestone.at, HandoffMilestone.id)
        )
    )


def list_members(exchange: Exchange) -> list[tuple[ExchangeSide, Exchange]]:
    """The others who travel in the same group, as far as they lie in the own mailbox; first offered first."""
    if exchange.group_id is None:
        return []
    rows = db.session.execute(
        select(ExchangeSide, Exchange)
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .where(
            ExchangeSide.tenant_id == acting().tenant,
            Exchange.group_id == exchange.group_id,
            Exchange.id != exchange.id,
        )
        .order_by(Exchange.id)
    )
    return [(side, member) for side, member in rows]


def list_group(exchange_id: UUID) -> list[UUID]:
    """This handoff, then the others of its group, as far as they lie in the own mailbox."""
    exchange = get_exchange(exchange_id)
    return [exchange.id, *(member.id for _side, member in list_members(exchange))]


def open_handoffs_of(case_ids: Collection[UUID]) -> list[Exchange]:
    """The handoffs of these cases that lie with another centre and were not taken over yet, oldest first."""
    return list(
        db.session.scalars(
            select(Exchange)
            .join(ExchangeSide, ExchangeSide.exchange_id == Exchange.id)
            .where(
                ExchangeSide.tenant_id == acting().tenant,
                ExchangeSide.case_id.in_(case_ids),
                ExchangeSide.role == "sender",
                Exchange.kind == "handoff",
                Exchange.state.in_(BEFORE_TAKE_OVER),
            )
            .order_by(Exchange.id)
        )
    )


def journey_version(exchange_id: UUID) -> int:
    """The version of the journey's last move; 0 where it has not begun. Questions and answers leave it alone."""
    moves = {move.name for move in JOURNEY.moves}
    found = db.session.scalars(
        select(ExchangeEvent.version)
        .where(ExchangeEvent.exchange_id == exchange_id, ExchangeEvent.move.in_(moves))
        .order_by(ExchangeEvent.version.desc())
        .limit(1)
    ).first()
    return found or 0


def before_arrival(exchange_id: UUID) -> str:
    """Where the journey stood when the arrival that counts now was recorded."""
    return db.session.scalars(
        select(ExchangeEvent.from_state)
        .where(ExchangeEvent.exchange_id == exchange_id, ExchangeEvent.move.in_(ARRIVING))
        .order_by(ExchangeEvent.version.desc())
        .limit(1)
    ).one()


def find_event(exchange_id: UUID, version: int) -> ExchangeEvent | None:
    """What brought the exchange to this version."""
    return db.session.scalars(
        select(ExchangeEvent).where(
            ExchangeEvent.exchange_id == exchange_id, ExchangeEvent.version == version
        )
    ).first()


def get_screening(screening_id: UUID, *, lock: bool = False) -> ReturnScreening:
    """A screening; raises ``NotFound``."""
    return get_own(ReturnScreening, screening_id, lock=lock)


def latest_screening(case_id: UUID) -> ReturnScreening | None:
    """The last time a return was screened in this case, or None."""
    return latest_screenings([case_id]).get(case_id)


def latest_screenings(case_ids: Collection[UUID]) -> dict[UUID, ReturnScreening]:
    """The last screening of each of these cases that has one."""
    rows = db.session.scalars(
        select(ReturnScreening)
        .where(ReturnScreening.tenant_id == acting().tenant, ReturnScreening.case_id.in_(case_ids))
        .order_by(ReturnScreening.screened_at, ReturnScreening.id)
    )
    return {screening.case_id: screening for screening in rows}


def screening_words(screening: ReturnScreening) -> dict[str, Any]:
    """What was said when the return was screened: her words, and a note."""
    return opened(screening)


def find_deletion_request(exchange_id: UUID, *, lock: bool = False) -> DeletionRequest | None:
    """What is asked of the own centre since the permission behind a take-over is gone, or None."""
    statement = select(DeletionRequest).where(
        DeletionRequest.tenant_id == acting().tenant, DeletionRequest.exchange_id == exchange_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).first()
