"""Who is asked: the receiver's working hours, and the colleagues it has named for what one alone may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from network.core import clock
from network.core.db import db
from network.directory import hours as listed
from network.directory.queries import Terms, terms_of
from network.directory.queries.records import itself_and_merged
from network.exchange.clocks import DAY_MINUTES, LONGEST_SEARCH_DAYS, Hours, usual_hours
from network.referrals.models import FocalPoint
from network.tenants.context import acting
from network.tenants.rows import get_own


def hours_of(service_at_location_id: UUID) -> Hours:
    """When the service works, in its own zone; where its listing tells no hours, its country's working week."""
    return working_hours(terms_of(service_at_location_id))


def working_hours(terms: Terms) -> Hours:
    """The same, of a listing at hand: with its closures, its seasons and its country's holidays."""
    zone, today = terms.hours.time_zone, clock.today(terms.hours.time_zone)
    told = replace(
        terms.hours, openings=tuple(one for one in terms.hours.openings if not _is_over(one, today))
    )
    unusual = {day: _joined(told.windows_on(day)) for day in _unusual_days(told, today)}
    if not told.openings:
        return replace(usual_hours(terms.country, zone), unusual=unusual)
    week = [
        (day * DAY_MINUTES + opening.opens, day * DAY_MINUTES + opening.closes)
        for opening in told.openings
        for day in opening.days
    ]
    return Hours(zone, _joined(week), unusual)


def _is_over(opening: listed.Opening, today: date) -> bool:
    return opening.valid_to is not None and opening.valid_to < today - timedelta(days=1)


def _unusual_days(hours: listed.Hours, today: date) -> Iterator[date]:
    """The days to come (and yesterday, which may not have ended) that are unlike the week: those of exceptions; all of
    them where a season's hours hold."""
    first, last = today - timedelta(days=1), today + timedelta(days=LONGEST_SEARCH_DAYS)
    if any(one.valid_from or one.valid_to for one in hours.openings):
        yield from _between(first, last)
    for one in hours.exceptions:
        yield from filter(one.covers, _between(max(one.first_on, first), min(one.last_on, last)))


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def _joined(windows: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The windows in order, those of one day that touch made one: each day stays a working day of its own."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(windows):
        same_day = bool(joined) and opens // DAY_MINUTES == joined[-1][0] // DAY_MINUTES
        if same_day and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def list_focal_points(tenant_id: UUID, service_id: UUID | None = None) -> Sequence[FocalPoint]:
    """Whom a receiver has named, by label; with a service, those named for it or for all services."""
    statement = select(FocalPoint).where(FocalPoint.tenant_id == tenant_id, FocalPoint.ended_at.is_(None))
    if service_id is not None:
        statement = statement.where(
            or_(FocalPoint.service_id.in_(itself_and_merged(service_id)), FocalPoint.service_id.is_(None))
        )
    return db.session.scalars(statement.order_by(FocalPoint.label, FocalPoint.id)).all()


def find_focal_point(tenant_id: UUID, service_id: UUID, account_id: UUID) -> FocalPoint | None:
    """The colleague of the receiver who was named for this service, by her account; None if she was not."""
    return next(
        (one for one in list_focal_points(tenant_id, service_id) if one.account_id == account_id), None
    )


def get_own_focal_point(focal_point_id: UUID) -> FocalPoint:
    """One of the acting tenant's own; raises ``NotFound``."""
    return get_own(FocalPoint, focal_point_id)


def find_own_focal_point(account_id: UUID, service_id: UUID | None) -> FocalPoint | None:
    """The acting tenant's own for this colleague and service, also one that was ended."""
    return db.session.scalars(
        select(FocalPoint).where(
            FocalPoint.tenant_id == acting().tenant,
            FocalPoint.account_id == account_id,
            FocalPoint.service_id == service_id
            if service_id is not None
            else FocalPoint.service_id.is_(None),
        )
    ).first()
