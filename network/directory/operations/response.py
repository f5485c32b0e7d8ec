"""Publishing how a service answers referrals."""

from __future__ import annotations

from uuid import UUID

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.directory.models import ServiceResponse
from network.tenants.context import acting


def publish_response(service_id: UUID, answered_percent: int, usual_hours: int | None) -> None:
    """Say how one of the acting tenant's own services answers; the database refuses it of another's."""
    given = {"answered_percent": answered_percent, "usual_hours": usual_hours}
    kept = db.session.get(ServiceResponse, service_id)
    if kept is None:
        kept = ServiceResponse(service_id=service_id, **given)
        db.session.add(kept)
    kept.answered_percent, kept.usual_hours = answered_percent, usual_hours
    kept.published_by, kept.published_at = acting().tenant, clock.now()
    db.session.flush()
    record("response.published", "service", service_id)


def withdraw_response(service_id: UUID) -> None:
    """Say no more how a service answers: there is too little to count."""
    kept = db.session.get(ServiceResponse, service_id)
    if kept is not None and kept.published_by == acting().tenant:
        db.session.delete(kept)
        db.session.flush()
        record("response.withdrawn", "service", service_id)
