"""What makes a listing trustworthy: somebody looked, until when that holds, and what is not to be listed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from network.audit.trail import record
from network.background.outbox import enqueue
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Forbidden, NotFound
from network.directory import fields
from network.directory.models import Location, Organization, Service, ServiceAtLocation
from network.directory.policies import require_own
from network.directory.states import DO_NOT_LIST_REASONS, VERIFICATION_METHODS
from network.directory.trust import due_after
from network.tenants.context import acting
from network.tenants.models import Tenant

Listed = Organization | Service | Location
KINDS: dict[str, type[Organization] | type[Service] | type[Location]] = {
    "organization": Organization,
    "service": Service,
    "location": Location,
}
FIRST_LOOK = timedelta(days=30)


def get_listing(kind: str, listing_id: UUID, *, lock: bool = False) -> Listed:
    """An organization, a service or a location; raises NotFound."""
    if kind not in KINDS:
        raise NotFound
    found = cast(Listed | None, db.session.get(KINDS[kind], listing_id))
    if found is None:
        raise NotFound
    if lock and found.steward_tenant_id == acting().tenant:  # nobody else may: the wall would hide the row
        db.session.refresh(found, with_for_update=True)
    return found


def verify(kind: str, listing_id: UUID, how: str = "phone") -> UUID:
    """Say that a listing is right as it stands: today, by whoever acts, in this way. Its steward alone.

    A service brings along the places where it is offered: one call answers for both. Due again in six months.
    """
    listing = get_listing(kind, listing_id, lock=True)
    require_own(acting(), listing.steward_tenant_id)
    fields.one_of("how", how, VERIFICATION_METHODS)
    today = clock.today(acting().time_zone)
    for one in [listing, *(_offered_at(listing_id) if kind == "service" else [])]:
        _look(one, today, how)
    db.session.flush()
    record("listing.verified", kind, listing_id, fields=(how,))
    return listing_id


def _look(one: Listed, today: date, how: str) -> None:
    one.verified_on, one.verified_how = today, how
    one.verified_by_tenant_id = acting().tenant
    one.verified_by_account_id = acting().account_id
    one.verification_due_on = due_after(today)
    one.modified_at = clock.now()


def _offered_at(service_id: UUID) -> list[Location]:
    return (
        db.session.query(Location)
        .join(ServiceAtLocation, ServiceAtLocation.location_id == Location.id)
        .filter(ServiceAtLocation.service_id == service_id, ServiceAtLocation.removed_at.is_(None))
        .all()
    )


def withhold(kind: str, listing_id: UUID, reason: str) -> UUID:
    """Do not list it any more, whatever is imported: its steward, or the headquarters. Who said it stays said.

    Raises Conflict where somebody else withholds it already; the headquarters' word replaces a steward's.
    """
    listing = _mine_or_headquarters(kind, listing_id)
    by = listing.do_not_list_by_tenant_id
    if listing.do_not_list and by not in (None, acting().tenant) and not _by_headquarters():
        raise Conflict(_("It is withheld already, and not by you."))
    listing.do_not_list = True
    listing.do_not_list_reason = fields.one_of("reason", reason, DO_NOT_LIST_REASONS)
    listing.do_not_list_by_tenant_id = acting().tenant
    listing.modified_at = clock.now()
    db.session.flush()
    record("listing.withheld", kind, listing_id, reason=reason)
    enqueue("listing.gone", listing_id)
    return listing_id


def list_again(kind: str, listing_id: UUID) -> UUID:
    """List what was withheld. What the headquarters withheld, they alone list again."""
    listing = _mine_or_headquarters(kind, listing_id)
    if not may_list_again(listing):
        raise Forbidden(_("The headquarters have taken this listing out. Ask them."))
    listing.do_not_list, listing.do_not_list_reason, listing.do_not_list_by_tenant_id = False, None, None
    listing.modified_at = clock.now()
    db.session.flush()
    record("listing.relisted", kind, listing_id)
    return listing_id


def may_list_again(listing: Listed) -> bool:
    """Whether who acts may list again what is withheld: the headquarters, or its steward if they did not do it."""
    by = listing.do_not_list_by_tenant_id
    if _by_headquarters():
        return True
    if listing.steward_tenant_id != acting().tenant:
        return False
    if by in (None, acting().tenant):
        return True
    return db.session.scalar(select(Tenant.kind).where(Tenant.id == by)) != "network"


def _by_headquarters() -> bool:
    return acting().tenant_kind == "network"


def _mine_or_headquarters(kind: str, listing_id: UUID) -> Listed:
    listing = get_listing(kind, listing_id, lock=True)
    if not _by_headquarters():
        require_own(acting(), listing.steward_tenant_id)
    return listing


def sweep() -> None:
    """Once a day, for the steward who acts: what nobody has ever looked at gets a day by which somebody does."""
    first = clock.today(acting().time_zone) + FIRST_LOOK
    for model in KINDS.values():
        db.session.execute(
            update(model)
            .where(
                model.steward_tenant_id == acting().tenant,
                model.verification_due_on.is_(None),
                model.removed_at.is_(None),
                model.merged_into_id.is_(None),
            )
            .values(verification_due_on=first)
            .execution_options(synchronize_session=False)
        )
