"""Reading exchanges: always by way of the own mailbox, so that a restricted client's stay hidden."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from network.core.db import db
from network.core.errors import NotFound
from network.exchange.models import Exchange, ExchangeEvent, ExchangeReason, ExchangeSide
from network.tenants.context import acting


def get_exchange(exchange_id: UUID) -> Exchange:
    """The exchange, if the acting tenant has it in a mailbox that she may see; raises ``NotFound``."""
    exchange = db.session.scalars(
        select(Exchange)
        .join(ExchangeSide, ExchangeSide.exchange_id == Exchange.id)
        .where(Exchange.id == exchange_id, ExchangeSide.tenant_id == acting().tenant)
    ).first()
    if exchange is None:
        raise NotFound
    return exchange


def get_side(exchange_id: UUID) -> ExchangeSide:
    """The acting tenant's mailbox row; raises ``NotFound``."""
    side = db.session.get(ExchangeSide, (acting().tenant, exchange_id))
    if side is None:
        raise NotFound
    return side


def list_events(exchange_id: UUID) -> list[ExchangeEvent]:
    """Every move, oldest first."""
    return list(
        db.session.scalars(
            select(ExchangeEvent)
            .where(ExchangeEvent.exchange_id == exchange_id)
            .order_by(ExchangeEvent.version)
        )
    )


def own_reasons(exchange_id: UUID) -> dict[UUID, ExchangeReason]:
    """Reasons that only the acting side may see, by event."""
    rows = db.session.scalars(
        select(ExchangeReason).where(
            ExchangeReason.tenant_id == acting().tenant, ExchangeReason.exchange_id == exchange_id
        )
    )
    return {row.event_id: row for row in rows}


def asked_from(exchange_id: UUID) -> str:
    """The state in which the last question was asked; an unacknowledged one counts as received."""
    state = db.session.scalars(
        select(ExchangeEvent.from_state)
        .where(ExchangeEvent.exchange_id == exchange_id, ExchangeEvent.move == "ask")
        .order_by(ExchangeEvent.version.desc())
        .limit(1)
    ).first()
    return {"sent": "received", "offered": "in_review"}.get(state or "", state or "received")


def list_open(role: str, kind: str, limit: int = 50) -> list[tuple[ExchangeSide, Exchange]]:
    """The mailbox: what is open for this role, what is due first on top."""
    rows = db.session.execute(
        select(ExchangeSide, Exchange)
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .where(
            ExchangeSide.tenant_id == acting().tenant,
            ExchangeSide.role == role,
            ExchangeSide.kind == kind,
            ExchangeSide.open.is_(True),
        )
        .order_by(ExchangeSide.due_at.asc().nulls_last(), Exchange.created_at)
        .limit(limit)
    )
    return [(side, exchange) for side, exchange in rows]
