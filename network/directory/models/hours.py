"""When a listing is open: weekly or monthly hours as HSDS has them, and the days on which they do not hold."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base
from network.directory.models.owners import of_steward, one_owner, owned_by
from network.directory.states import EXCEPTION_KINDS, FREQUENCIES, WEEKDAYS
from network.tenants.models import one_of

OPENS_AT = "opens_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'"
CLOSES_AT = "closes_at ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'"
BYDAY = (
    "byday ~ '^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$' "
    "AND (freq = 'MONTHLY' OR byday !~ '[0-9]')"
)


class Schedule(Base):
    """Hours in the location's own time. ``24:00`` ends a day; closing before opening is the next day.

    Searching knows the weekly ones with days and times; the others are shown in words.
    """

    __tablename__ = "schedule"
    __table_args__: Any = (
        *owned_by("service", "location", "service_at_location"),
        CheckConstraint(BYDAY, name="byday"),
        CheckConstraint(OPENS_AT, name="opens_at"),
        CheckConstraint(CLOSES_AT, name="closes_at"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
        CheckConstraint(one_of("freq", FREQUENCIES), name="freq"),
        CheckConstraint(one_of("wkst", WEEKDAYS), name="wkst"),
        CheckConstraint('"interval" > 0 AND count > 0', name="repeats"),
        Index("ix_schedule_service_id", "service_id"),
        Index("ix_schedule_location_id", "location_id"),
        Index("ix_schedule_service_at_location_id", "service_at_location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    service_at_location_id: Mapped[UUID | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[date | None]
    timezone: Mapped[float | None]
    until: Mapped[date | None]
    count: Mapped[int | None]
    wkst: Mapped[str | None]
    freq: Mapped[str | None] = mapped_column(default="WEEKLY")
    interval: Mapped[int | None]
    byday: Mapped[str | None]
    byweekno: Mapped[str | None]
    bymonthday: Mapped[str | None]
    byyearday: Mapped[str | None]
    opens_at: Mapped[str | None]
    closes_at: Mapped[str | None]
    schedule_link: Mapped[str | None]
    attending_type: Mapped[str | None]
    description: Mapped[str | None]
    notes: Mapped[str | None]


class ScheduleException(Base):
    """Days on which the weekly hours do not hold: closed, or other hours. The last day counts.

    Those of a country hold for all its locations, and the headquarters keep them. Without ``byday`` other hours hold
    on every day of the range. The nearest owner wins: service at a location, service, location, country.
    """

    __tablename__ = "schedule_exception"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        of_steward("service_at_location_id", "service_at_location"),
        one_owner("service_id", "location_id", "service_at_location_id", "country"),
        CheckConstraint(one_of("kind", EXCEPTION_KINDS), name="kind"),
        CheckConstraint("last_on >= first_on", name="first_before_last"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        CheckConstraint("byday ~ '^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$'", name="byday"),
        CheckConstraint(OPENS_AT, name="opens_at"),
        CheckConstraint(CLOSES_AT, name="closes_at"),
        CheckConstraint(
            "num_nonnulls(opens_at, closes_at) = CASE WHEN closed THEN 0 ELSE 2 END", name="closed_or_hours"
        ),
        Index("ix_schedule_exception_service_id", "service_id"),
        Index("ix_schedule_exception_location_id", "location_id"),
        Index("ix_schedule_exception_service_at_location_id", "service_at_location_id"),
        Index("ix_schedule_exception_country", "country", "first_on"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    service_at_location_id: Mapped[UUID | None]
    country: Mapped[str | None]
    first_on: Mapped[date]
    last_on: Mapped[date]
    closed: Mapped[bool]
    byday: Mapped[str | None]
    opens_at: Mapped[str | None]
    closes_at: Mapped[str | None]
    kind: Mapped[str]
    description: Mapped[str | None]
