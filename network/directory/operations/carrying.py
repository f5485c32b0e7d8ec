"""What a merge carries from one listing to another, and why each table that it leaves alone is left alone.

A row of which the kept listing has its like stays with the trace. What others keep (referrals, holds, foreign ids)
points to the trace and is read through it, so that nothing of another member is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from network.core.db import Base, db
from network.directory import models
from network.directory.models import ListingReport, ListingSuggestion, ServiceAtLocation

Move = list[Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """A table of which rows move. ``alike``: columns in which a row of the kept one makes this one stay; ``whole``:
    the rows say something together, and move only where the kept one says nothing."""

    model: type[Base]
    alike: tuple[str, ...] = ()
    whole: bool = False
    column: str = ""


_SAID_TWICE = (
    Carried(models.Attribute, ("taxonomy_term_id", "value"), column="link_id"),
    Carried(models.Language, ("code", "name", "interpreted")),
    Carried(models.Schedule, whole=True),
    Carried(models.ScheduleException),
)
CARRIED: Mapping[str, tuple[Carried, ...]] = {
    "organization": (
        *(Carried(model) for model in (models.Service, models.Location, models.Program, models.Contact)),
        *(Carried(model) for model in (models.Phone, models.Url, models.Funding)),
        *(Carried(model) for model in (models.OrganizationIdentifier, models.OrganizationRole)),
        Carried(models.Attribute, ("taxonomy_term_id", "value"), column="link_id"),
        Carried(ListingReport),
    ),
    "service": (
        *(Carried(model) for model in (models.Phone, models.Contact, models.RequiredDocument)),
        *(Carried(model) for model in (models.CostOption, models.Url, models.Funding, models.ServiceArea)),
        *_SAID_TWICE,
        Carried(models.ServiceEligibility, ("criterion",)),
        Carried(models.ServicePractice, ("kind", "code")),
        Carried(models.ServiceCapacity, ("unit_id",)),
        Carried(ServiceAtLocation, ("location_id",)),
        Carried(ListingReport),
    ),
    "location": (
        *(Carried(model) for model in (models.Phone, models.Contact, models.Address, models.Accessibility)),
        *_SAID_TWICE,
        Carried(ServiceAtLocation, ("service_id",)),
        Carried(ListingReport),
    ),
    # Where both are offered at the same place, what hangs on the one goes to the other.
    "service_at_location": (
        *(Carried(model) for model in (models.Phone, models.Contact, models.ServiceArea)),
        Carried(models.Schedule, whole=True),
        Carried(models.ScheduleException),
    ),
}
# Every other column that leads to a listing, and how the kept one is found from it.
LEFT: Mapping[str, str] = {
    "capacity_search.service_id": "filled by the database",
    "consent_grant.recipient_organization_id": "read through queries.standing",
    "consent_refusal.organization_id": "read through queries.standing",
    "disclosure.recipient_organization_id": "says what was, for ever",
    "exchange.to_organization_id": "says whom it went to; never changes",
    "focal_point.service_id": "read through the trace, with the service that took it in",
    "listing_change.organization_id": "history; the kept one tells it with its own",
    "listing_change.service_id": "history; the kept one tells it with its own",
    "listing_change.location_id": "history; the kept one tells it with its own",
    "listing_claim.organization_id": "one that waits forbids the merge; the others are past",
    "listing_withdrawal.organization_id": "says what was",
    "location_private.id": "a confidential place is not merged",
    "metadata.organization_id": "follows the row that it is about",
    "metadata.service_id": "follows the row that it is about",
    "metadata.location_id": "follows the row that it is about",
    "organization.parent_organization_id": "may be another steward's; read through queries.standing",
    "organization_role.other_organization_id": "may be another steward's; read through queries.standing",
    "public_search.*": "filled by the database",
    "referral.service_id": "says what was asked",
    "referral.service_at_location_id": "read through queries.listing, which finds the kept one",
    "service_hold.service_id": "another member's; read through the trace",
    "service_need_search.service_at_location_id": "filled by the database",
    "service_record.organization_id": "says who served",
    "service_response.service_id": "counted anew of the kept one's referrals",
    "service_search.*": "filled by the database",
    "tenant.organization_id": "a member's own is kept, never merged",
    "attribute.organization_id": "filled by the database from link_id",
    "attribute.service_id": "filled by the database from link_id",
    "attribute.location_id": "filled by the database from link_id",
}
MODELS: Mapping[str, type[Base]] = {
    one.model.__tablename__: one.model for rows in CARRIED.values() for one in rows
} | {"listing_suggestion": ListingSuggestion}


def carry(kind: str, kept_id: UUID, merged_id: UUID) -> list[Move]:
    """Move what hangs on the merged listing; returns the moves as ``[table, id, column, former owner, new owner]``."""
    moved: list[Move] = []
    for one in CARRIED[kind]:
        moved += _move(one, one.column or f"{kind}_id", kept_id, merged_id)
    if kind in ("service", "location"):
        for kept_offer, merged_offer in _same_place(kind, kept_id, merged_id):
            moved += carry("service_at_location", kept_offer, merged_offer)
    if kind != "service_at_location":
        moved += _move_suggestions(kind, kept_id, merged_id)
    return moved


def _move(one: Carried, column: str, kept_id: UUID, merged_id: UUID) -> Iterator[Move]:
    model: Any = one.model
    owner = getattr(model, column)
    beside = [getattr(model, name) for name in one.alike]
    there = db.session.execute(select(model.id, *beside).where(owner == kept_id)).all()
    if one.whole and there:
        return
    taken = {tuple(row[1:]) for row in there} if one.alike else set()
    rows = db.session.execute(select(model.id, *beside).where(owner == merged_id).order_by(model.id)).all()
    ids = [row[0] for row in rows if not one.alike or tuple(row[1:]) not in taken]
    if ids:
        db.session.execute(
            update(model)
            .where(model.id.in_(ids))
            .values({column: kept_id})
            .execution_options(synchronize_session="fetch")
        )
    yield from ([model.__tablename__, str(row_id), column, str(merged_id), str(kept_id)] for row_id in ids)


def _same_place(kind: str, kept_id: UUID, merged_id: UUID) -> list[tuple[UUID, UUID]]:
    """The offers of both at the same place, or of the same service at both: those that stayed with the trace."""
    other = "location_id" if kind == "service" else "service_id"
    owner, beside = getattr(ServiceAtLocation, f"{kind}_id"), getattr(ServiceAtLocation, other)
    ours = {
        row[1]: row[0]
        for row in db.session.execute(select(ServiceAtLocation.id, beside).where(owner == kept_id))
    }
    theirs = db.session.execute(select(ServiceAtLocation.id, beside).where(owner == merged_id)).all()
    return [(ours[row[1]], row[0]) for row in theirs if row[1] in ours]


def _move_suggestions(kind: str, kept_id: UUID, merged_id: UUID) -> Iterator[Move]:
    """What is proposed for the merged one, and waits, is proposed for the kept one."""
    asked = select(ListingSuggestion.id).where(
        ListingSuggestion.entity == kind,
        ListingSuggestion.entity_id == merged_id,
        ListingSuggestion.state == "open",
    )
    ids = list(db.session.scalars(asked.order_by(ListingSuggestion.id)))
    if ids:
        db.session.execute(
            update(ListingSuggestion)
            .where(ListingSuggestion.id.in_(ids))
            .values(entity_id=kept_id)
            .execution_options(synchronize_session="fetch")
        )
    yield from (["listing_suggestion", str(one), "entity_id", str(merged_id), str(kept_id)] for one in ids)
