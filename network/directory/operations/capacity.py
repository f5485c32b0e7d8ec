"""What a service has free: said in two taps, kept in the history, never guessed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.ids import new_id
from network.directory import fields
from network.directory.models import ServiceCapacity, Unit
from network.directory.policies import require_own
from network.directory.queries import get_service
from network.tenants.context import acting

MOST = 100_000


def say_capacity(
    service_id: UUID,
    unit_id: UUID,
    available: int,
    *,
    maximum: int | None = None,
    next_free_at: datetime | None = None,
) -> UUID:
    """Say how much is free now, and when something will be. Said again, it is as fresh as new; none is said, too.

    ``maximum`` that is not given stays. Returns the service's id.
    """
    service = get_service(service_id)
    require_own(acting(), service.steward_tenant_id)
    if db.session.get(Unit, unit_id) is None:
        raise fields.wrong("unit_id", _("There is no such unit."))
    for name, count in (("available", available), ("maximum", maximum or 0)):
        if not 0 <= count <= MOST:
            raise fields.wrong(name, _("Enter a whole number, 0 or more."))
    now = clock.now()
    if next_free_at is not None and next_free_at < now:
        raise fields.wrong("next_free_at", _("Enter a time that is still to come."))
    kept = db.session.scalar(
        select(ServiceCapacity)
        .where(ServiceCapacity.service_id == service_id, ServiceCapacity.unit_id == unit_id)
        .with_for_update()
    )
    if kept is None:
        kept = ServiceCapacity(
            id=new_id(), service_id=service_id, unit_id=unit_id, steward_tenant_id=service.steward_tenant_id
        )
        db.session.add(kept)
    kept.available, kept.updated_at = available, now
    kept.maximum = maximum if maximum is not None else kept.maximum
    kept.next_free_at = next_free_at
    db.session.flush()
    record("capacity.said", "service", service_id)
    return service_id
