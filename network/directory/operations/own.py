"""What a centre does with the directory: searches, reports and holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from network.audit.trail import record
from network.core import clock
from network.core.crypto import seal
from network.core.db import db
from network.core.errors import Conflict, NotFound
from network.core.ids import new_id
from network.core.terms import Reason
from network.directory import acts, fields
from network.directory.eligibility import Profile
from network.directory.models import DirectorySearch, ListingReport, ServiceHold
from network.directory.operations.gaps import record_lack
from network.directory.policies import require_person
from network.directory.queries import get_service
from network.directory.queries.records import itself_and_merged
from network.directory.search import Criteria, as_kept
from network.tenants.context import acting
from network.tenants.keys import tenant_key

# A search is of its day; what it knows of somebody is kept no longer than it can be of use.
KEPT_FOR = timedelta(days=30)


def start_search(criteria: Criteria, profile: Profile | None = None, case_id: UUID | None = None) -> UUID:
    """Keep a search that has a client in mind, so that nothing of her stands in an address; returns its id.

    Where nobody takes her, the service gap is recorded at once, with the barrier if there is one; without her case
    where only her team knows of her. Raises NotFound for a case that may not be seen.
    """
    open_to_all = case_id is not None and not acts.is_restricted(case_id)
    identity = acting()
    search_id = new_id()
    sealed = None
    if profile is not None:
        key = tenant_key(identity.tenant)
        sealed = seal(key, "directory_search", identity.tenant, search_id, asdict(profile))
    db.session.add(
        DirectorySearch(
            tenant_id=identity.tenant,
            id=search_id,
            account_id=identity.account,
            case_id=case_id,
            criteria=as_kept(criteria),
            sealed=sealed,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    record("directory.searched", "directory_search", search_id)
    record_lack(criteria, profile, case_id if open_to_all else None)
    return search_id


def forget_searches() -> int:
    """Forget the acting tenant's searches that nobody needs any more; returns how many."""
    gone = db.session.execute(
        delete(DirectorySearch).where(
            DirectorySearch.tenant_id == acting().tenant, DirectorySearch.created_at < clock.now() - KEPT_FOR
        )
    )
    return int(getattr(gone, "rowcount", 0))


def report_listing(service_id: UUID, reason_list: str, reason_code: str) -> UUID:
    """Carry out what a reason says about a listing: tell its steward, or hold it back, or both.

    ``flags_listing`` makes a report to the steward; ``suspends`` a hold of this centre alone, of which nobody else
    learns. Raises Invalid for a reason that says neither. Returns the id of the report, else of the hold.
    """
    reason = fields.reason(reason_list, reason_code)
    if not reason.flags_listing and reason.suspends is None:
        raise fields.wrong("reason_code", _("This reason says nothing about the listing."))
    done = []
    if reason.flags_listing:
        done.append(_tell_steward(service_id, reason))
    if reason.suspends == "offer":
        done.append(hold_service(service_id, reason_list, reason_code))
    return done[0]


def _tell_steward(service_id: UUID, reason: Reason) -> UUID:
    service = get_service(service_id)
    standing = db.session.scalar(
        select(ListingReport.id).where(
            ListingReport.service_id == service_id,
            ListingReport.from_tenant_id == acting().tenant,
            ListingReport.reason_list == reason.list_name,
            ListingReport.reason_code == reason.code,
            ListingReport.state == "open",
        )
    )
    if standing is not None:
        return standing
    report = ListingReport(
        id=new_id(),
        from_tenant_id=acting().tenant,
        steward_tenant_id=service.steward_tenant_id,
        service_id=service_id,
        reason_list=reason.list_name,
        reason_code=reason.code,
        created_at=clock.now(),
    )
    db.session.add(report)
    db.session.flush()
    record("listing.reported", "service", service_id, reason=reason.code)
    return report.id


def resolve_report(report_id: UUID, *, accepted: bool) -> None:
    """As the steward, say that a report was right or wrong. Raises NotFound, or Conflict if it was answered."""
    report = db.session.get(ListingReport, report_id, with_for_update=True)
    if report is None or report.steward_tenant_id != acting().tenant:
        raise NotFound
    if report.state != "open":
        raise Conflict(_("This report was answered already."))
    report.state = "accepted" if accepted else "rejected"
    report.resolved_at = clock.now()
    db.session.flush()
    record("listing.report_resolved", "service", report.service_id, reason=report.state)


def hold_service(service_id: UUID, reason_list: str, reason_code: str) -> UUID:
    """Stop offering a service for new referrals of this centre until a person has looked; returns the hold."""
    reason = fields.reason(reason_list, reason_code)
    get_service(service_id)
    standing = _standing_holds(service_id)
    if standing:
        return standing[0].id
    hold = ServiceHold(
        tenant_id=acting().tenant,
        id=new_id(),
        service_id=service_id,
        reason_list=reason.list_name,
        reason_code=reason.code,
        held_at=clock.now(),
    )
    db.session.add(hold)
    db.session.flush()
    record("service.held", "service", service_id)
    return hold.id


def release_hold(service_id: UUID) -> None:
    """Offer a service again: somebody has looked. Only a person can; raises NotFound if nothing is held."""
    require_person(acting())
    holds = _standing_holds(service_id)
    if not holds:
        raise NotFound
    for hold in holds:
        hold.released_at = clock.now()
        hold.released_by = acting().account
    db.session.flush()
    record("service.hold_released", "service", service_id)


def _standing_holds(service_id: UUID) -> Sequence[ServiceHold]:
    """Those of the service, and of what was merged into it."""
    return db.session.scalars(
        select(ServiceHold)
        .where(ServiceHold.service_id.in_(itself_and_merged(service_id)), ServiceHold.released_at.is_(None))
        .with_for_update()
    ).all()
