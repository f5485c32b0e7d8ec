"""Days on which the hours of a whole country do not hold: the headquarters keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from network.audit.trail import record
from network.core.db import db
from network.core.errors import NotFound
from network.core.ids import new_id
from network.directory import fields, formats
from network.directory.models import ScheduleException
from network.directory.operations.parts import expect_part
from network.directory.policies import require_headquarters
from network.tenants.context import acting

_TABLE = ScheduleException.__table__.c


def add_holiday(country: str, values: Mapping[str, Any]) -> UUID:
    """Say that all of a country is closed, or keeps other hours, on these days (``schedule_exception``'s fields)."""
    require_headquarters(acting())
    row = ScheduleException(id=new_id(), steward_tenant_id=acting().tenant)
    row.country = fields.country("country", country)
    _fill(row, values)
    db.session.add(row)
    db.session.flush()
    record("holiday.added", "schedule_exception", row.id)
    return row.id


def change_holiday(exception_id: UUID, values: Mapping[str, Any], version: int) -> UUID:
    """Say it anew; the country stays. Raises StaleVersion where somebody else has changed it meanwhile."""
    row = _country_day(exception_id)
    expect_part("schedule_exception", exception_id, version)
    _fill(row, values)
    db.session.flush()
    record("holiday.changed", "schedule_exception", exception_id)
    return exception_id


def remove_holiday(exception_id: UUID) -> UUID:
    """Take such days back."""
    row = _country_day(exception_id)
    db.session.delete(row)
    db.session.flush()
    record("holiday.removed", "schedule_exception", exception_id)
    return exception_id


def _country_day(exception_id: UUID) -> ScheduleException:
    require_headquarters(acting())
    row = db.session.get(ScheduleException, exception_id)
    if row is None or row.country is None:
        raise NotFound
    return row


def _fill(row: ScheduleException, values: Mapping[str, Any]) -> None:
    for name in ("first_on", "last_on", "closed", "byday", "opens_at", "closes_at", "kind", "description"):
        value = values.get(name)
        setattr(row, name, None if value in (None, "") else formats.checked(name, value, _TABLE[name]))
    formats.check_whole(row)
