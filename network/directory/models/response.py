"""Figures that members publish of their own counting: how services answer referrals, and where help is missing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime


class ServiceResponse(Base):
    """What share of referrals a service answers, and how soon as a rule; rounded, over many centres at once.

    Each tenant counts what it received and publishes that of its own services; there is no row where few centres
    asked.
    """

    __tablename__ = "service_response"
    __table_args__: Any = (
        CheckConstraint("answered_percent BETWEEN 0 AND 100", name="answered_percent"),
        CheckConstraint("usual_hours > 0", name="usual_hours"),
        {"info": {"kind": "shared"}},
    )

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    published_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    answered_percent: Mapped[int]
    usual_hours: Mapped[int | None]
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ServiceGapFigure(Base):
    """How often a centre found in twelve whole months, ending with ``until_on``, that nobody offered what was needed.

    ``place`` is a town of the gazetteer, or empty for the rest of the country. Rounded down to fives, and no row for
    few people: a small number could tell of somebody, and so could a small step from one month to the next.
    """

    __tablename__ = "service_gap_figure"
    __table_args__: Any = (
        CheckConstraint("number > 0", name="number"),
        {"info": {"kind": "shared"}},
    )

    published_by: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    need_code: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    until_on: Mapped[date]
