"""Where help is missing: recorded by a centre for itself, and published as figures that name nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from network.audit.trail import record
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Invalid
from network.core.ids import new_id
from network.directory import fields
from network.directory.eligibility import Profile
from network.directory.models import ServiceGap, ServiceGapFigure
from network.directory.queries.gaps import cells_of, whole_months
from network.directory.search import Criteria, find
from network.tenants.context import acting

LONGEST_PLACE = 200
# Filters that say when or whom somebody would rather have, not that nobody offers it.
_NO_LACK = {"open_at": "", "text": "", "verified": False, "kinds": (), "referrals": False, "page": 1}


def record_lack(criteria: Criteria, profile: Profile | None, case_id: UUID | None) -> None:
    """Record the gap where nobody takes her, whenever it opens and whatever its name, with the commonest barrier."""
    if criteria.point is None and not criteria.countries:
        return  # a name that nobody bears is no help that is missing
    reasons: Counter[str] = Counter()
    for found in find(replace(criteria, **_NO_LACK), profile).found:  # type: ignore[arg-type]  # names and values of Criteria
        if found.takes_referrals and (found.match is None or found.match.verdict != "not_eligible"):
            return
        reasons.update(found.match.reasons if found.match else ())
    barrier = reasons.most_common(1)[0][0] if reasons else None
    for need in criteria.needs:
        record_service_gap(
            need,
            criteria.place,
            criteria.country or "",
            case_id=case_id,
            barrier_list="decline" if barrier else None,
            barrier_code=barrier,
        )


def record_service_gap(
    need_code: str,
    place: str,
    country: str,
    *,
    case_id: UUID | None = None,
    barrier_list: str | None = None,
    barrier_code: str | None = None,
) -> UUID:
    """Record that nobody offers what was needed at a place, and the barrier where somebody does but not to her.

    Leave ``case_id`` out for a restricted client: the whole centre reads its gaps.
    """
    identity = acting()
    barrier = fields.reason(barrier_list, barrier_code) if barrier_list and barrier_code else None
    if barrier is not None and not barrier.record_gap:
        raise Invalid(fields={"barrier_code": [_("This is not a barrier to a service.")]})
    gap = ServiceGap(
        tenant_id=identity.tenant,
        id=new_id(),
        case_id=case_id,
        need_code=vocabulary.need(need_code).code,
        place=place.strip()[:LONGEST_PLACE],
        country=fields.country("country", country) if country else "",
        noticed_on=clock.today(identity.time_zone),
        barrier_list=barrier.list_name if barrier else None,
        barrier_code=barrier.code if barrier else None,
        created_at=clock.now(),
    )
    db.session.add(gap)
    db.session.flush()
    record("service_gap.recorded", "service_gap", gap.id)
    return gap.id


def publish_gaps() -> int:
    """Publish what the acting tenant counted in the last twelve whole months, once a month; returns how many figures.

    Numbers of too few people are left out, the others are rounded; until a month is over its centre alone sees it.
    """
    tenant_id = acting().tenant
    first, end = whole_months()
    cells = cells_of(first, end)
    standing = {
        (one.need_code, one.country, one.place): (one.number, one.until_on)
        for one in db.session.query(ServiceGapFigure).filter_by(published_by=tenant_id)
    }
    if standing == {cell: (number, end) for cell, number in cells.items()}:
        return len(cells)
    db.session.execute(delete(ServiceGapFigure).where(ServiceGapFigure.published_by == tenant_id))
    for (need_code, country, place), number in cells.items():
        db.session.add(
            ServiceGapFigure(
                published_by=tenant_id,
                need_code=need_code,
                country=country,
                place=place,
                number=number,
                until_on=end,
            )
        )
    db.session.flush()
    record("gaps.published", "service_gap", None)
    return len(cells)
