"""Once a day, in each tenant's own scope: what has ended is forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func

from network.accounts.models import Session
from network.background.outbox import enqueue
from network.core import clock
from network.core.db import db
from network.tenants.context import acting
from network.tenants.models import Draft, IdempotencyKey
from network.web.doors import KEPT_FOR

TOPIC = "accounts.tidy"
EVERY = timedelta(days=1)
DRAFTS_KEPT_FOR = timedelta(days=14)
SESSIONS_KEPT_FOR = timedelta(days=7)


def tidy_up() -> None:
    """Delete ended sessions, keys of old requests, and drafts that nobody sent; come again tomorrow."""
    tenant_id = acting().tenant
    old = (
        delete(Session).where(
            Session.tenant_id == tenant_id, Session.expires_at < func.now() - SESSIONS_KEPT_FOR
        ),
        delete(IdempotencyKey).where(
            IdempotencyKey.tenant_id == tenant_id, IdempotencyKey.created_at < clock.now() - KEPT_FOR
        ),
        delete(Draft).where(Draft.tenant_id == tenant_id, Draft.saved_at < clock.now() - DRAFTS_KEPT_FOR),
    )
    for statement in old:
        db.session.execute(statement.execution_options(synchronize_session=False))
    come_again()


def come_again() -> None:
    """Have this tenant tidied up tomorrow."""
    enqueue(TOPIC, acting().tenant, available_at=clock.now() + EVERY)
