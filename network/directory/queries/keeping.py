"""What a steward keeps: her listings with their standing, one listing with all that hangs on it, and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select

from network.core import clock
from network.core.db import db
from network.core.errors import NotFound
from network.directory import trust
from network.directory.models import (
    ListingChange,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
)
from network.tenants.context import acting
from network.tenants.models import Tenant
from network.web.paging import Page, page_of

_NOWHERE = (Location.latitude.is_(None), Location.location_type != "virtual")
# Who verified is said of each change, in the roles she acted in: these say it again, as ids.
TOLD_BY_WHO = ("verified_by_account_id", "verified_by_tenant_id")
KINDS: Mapping[str, Any] = {"organization": Organization, "service": Service, "location": Location}


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the list: a listing of ours and how far it can be trusted."""

    id: UUID
    name: str
    of: str
    standing: trust.Standing
    verified_on: date | None
    due_on: date | None
    withheld: bool
    removed: bool
    reported: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """A listing that is not to be listed, who said so, and why."""

    kind: str
    listing: Any
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of history with the member that made it."""

    change: ListingChange
    by: str


def list_mine(
    kind: str, *, name: str = "", wanted: str = "", cursor: str | None = None, size: int = 50
) -> Page[Kept]:
    """The listings that this tenant stewards, by name; ``wanted`` is a standing, "withheld", "removed" or, of
    places, "no_position"."""
    model = KINDS[kind]
    today = clock.today(acting().time_zone)
    label = model.name if kind != "location" else func.coalesce(model.name, model.town)
    asked: Select[Any] = select(model, Organization.name).where(
        model.steward_tenant_id == acting().tenant, model.merged_into_id.is_(None)
    )
    if kind == "organization":
        asked = select(model, cast(model.country, Text).label("of_country")).where(
            model.steward_tenant_id == acting().tenant, model.merged_into_id.is_(None)
        )
    else:
        asked = asked.join(Organization, Organization.id == model.organization_id)
    if name:
        like = f"%{name.replace('%', '').replace('_', ' ')}%"
        asked = asked.where(or_(label.ilike(like), Organization.name.ilike(like)))
    asked = asked.where(*_wanted(model, wanted, today))
    key: ColumnElement[Any] = func.coalesce(label, "")
    return page_of(
        asked,
        (key, model.id),
        name=f"mine.{kind}.{wanted}",
        cursor=cursor,
        size=size,
        descending=False,
        make=lambda row: _line(row[0], row[1], today),
    )


def _wanted(model: Any, wanted: str, today: date) -> list[ColumnElement[bool]]:
    if wanted == "removed":
        return [model.removed_at.is_not(None)]
    listed = [model.removed_at.is_(None)]
    if wanted == "withheld":
        return [*listed, model.do_not_list.is_(True)]
    if wanted == "due":
        return [*listed, model.verification_due_on <= today + trust.WARN]
    if wanted == "not_verified":
        return [*listed, or_(model.verified_on.is_(None), model.verified_on <= trust.holds_since(today))]
    if wanted == "no_position" and model is Location:
        return [*listed, *_NOWHERE]
    if wanted == "reported" and model is Service:
        return [*listed, model.reported_at.is_not(None)]
    return listed


def count_without_position() -> int:
    """How many places of ours nobody could find: they have no position and are not reached from afar alone."""
    ours = (Location.steward_tenant_id == acting().tenant, Location.removed_at.is_(None))
    asked = (
        select(func.count()).select_from(Location).where(*ours, Location.merged_into_id.is_(None), *_NOWHERE)
    )
    return db.session.scalar(asked) or 0


def _line(one: Any, of: str, today: date) -> Kept:
    return Kept(
        id=one.id,
        name=one.name or one.town,
        of=of,
        standing=standing_of(one, today),
        verified_on=one.verified_on,
        due_on=one.verification_due_on,
        withheld=one.do_not_list,
        removed=one.removed_at is not None,
        reported=getattr(one, "reported_at", None) is not None,
    )


def standing_of(one: Any, today: date) -> trust.Standing:
    """How far a listing can be trusted today."""
    return trust.standing(one.verified_on, one.verification_due_on, one.created_at.date(), today)


def get_mine(kind: str, listing_id: UUID) -> Any:
    """A listing that this tenant stewards; raises NotFound for any other."""
    found = db.session.get(KINDS[kind], listing_id) if kind in KINDS else None
    if found is None or found.steward_tenant_id != acting().tenant:
        raise NotFound
    return found


def list_withheld(kind: str, *, cursor: str | None = None) -> Page[Withheld]:
    """What is withheld anywhere in the network, of one kind, whatever steward; the last changed first."""
    model = KINDS[kind]
    columns: tuple[Any, ...] = (model, Tenant.name)
    asked: Select[Any] = (
        select(*columns)
        .outerjoin(Tenant, Tenant.id == model.do_not_list_by_tenant_id)
        .where(model.do_not_list.is_(True))
    )
    return page_of(
        asked,
        (model.modified_at, model.id),
        name=f"withheld.{kind}",
        cursor=cursor,
        make=lambda row: Withheld(kind, row[0], row[1] or ""),
    )


def count_withheld() -> dict[str, int]:
    """How many listings are withheld in the network, by kind."""
    counts = [
        select(func.count()).select_from(model).where(model.do_not_list.is_(True)).scalar_subquery()
        for model in KINDS.values()
    ]
    return dict(zip(KINDS, db.session.execute(select(*counts)).one(), strict=True))


def name_of_member(tenant_id: UUID | None) -> str:
    """A member by its name; empty for none."""
    return db.session.scalar(select(Tenant.name).where(Tenant.id == tenant_id)) or ""


def services_and_places(organization_id: UUID) -> tuple[Sequence[Service], Sequence[Location]]:
    """What an organization offers and where it is, as its steward keeps it."""
    found = []
    for model in (Service, Location):
        found.append(
            db.session.scalars(
                select(model)
                .where(
                    model.organization_id == organization_id,
                    model.removed_at.is_(None),
                    model.merged_into_id.is_(None),
                )
                .order_by(model.name, model.id)
            ).all()
        )
    return found[0], found[1]  # type: ignore[return-value]  # in this order


def offered_at(service_id: UUID) -> Sequence[tuple[ServiceAtLocation, Location]]:
    """Where a service is offered."""
    rows = db.session.execute(
        select(ServiceAtLocation, Location)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(ServiceAtLocation.service_id == service_id, ServiceAtLocation.removed_at.is_(None))
        .order_by(Location.town, Location.id)
    )
    return [(row[0], row[1]) for row in rows]


def history_of(
    kind: str, listing_id: UUID, *, cursor: str | None = None, for_reading: bool = False
) -> Page[Change]:
    """Who changed what of a listing, of what was merged into it, and of all that hangs on it, newest first.
    ``for_reading``: without what is said in words beside it already."""
    if kind not in KINDS or db.session.get(KINDS[kind], listing_id) is None:
        raise NotFound
    columns: tuple[Any, ...] = (ListingChange, Tenant.name)
    model = KINDS[kind]
    told = [listing_id, *db.session.scalars(select(model.id).where(model.merged_into_id == listing_id))]
    asked: Select[Any] = (
        select(*columns)
        .outerjoin(Tenant, Tenant.id == ListingChange.by_tenant_id)
        .where(
            getattr(ListingChange, f"{kind}_id").in_(told),
            *([or_(ListingChange.field.is_(None), ListingChange.field.not_in(TOLD_BY_WHO))] * for_reading),
        )
    )
    return page_of(
        asked,
        (ListingChange.number,),
        name=f"history.{listing_id}",
        cursor=cursor,
        make=lambda row: Change(row[0], row[1] or ""),
    )
