"""Finding a place by the gazetteer's names and by those that members added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from network.core.db import db
from network.core.spelling import fold_name, skeletons
from network.directory import geo
from network.directory.geo import Place, Point
from network.directory.models import PlaceAlias

MOST_ALIASES = 200


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that a member added to a place."""

    id: UUID
    name: str
    place: Place
    steward_tenant_id: UUID
    created_at: datetime


def find_places(
    text: str, country: str | None = None, near: Point | None = None, limit: int = 8
) -> tuple[Place, ...]:
    """As ``geo.find_places``, and by the names that members added. A name that the gazetteer has asks no table."""
    found = geo.places_named(text, country, near, limit)
    if found:
        return found
    very, alike = _by_alias(text, country)
    if very:
        return tuple(very[:limit])
    found = geo.find_places(text, country, near, limit)
    return tuple(dict.fromkeys((*alike, *found)))[:limit]


def _by_alias(text: str, country: str | None) -> tuple[list[Place], list[Place]]:
    wanted = fold_name(text[: geo.LONGEST])
    if not wanted:
        return [], []
    meets = or_(PlaceAlias.folded == wanted, PlaceAlias.skeleton.in_(sorted(skeletons(wanted)) or [wanted]))
    statement = select(PlaceAlias.place_code, PlaceAlias.folded).where(meets).order_by(PlaceAlias.created_at)
    if country is not None:
        statement = statement.where(PlaceAlias.country == country)
    very: list[Place] = []
    alike: list[Place] = []
    for code, folded in db.session.execute(statement.limit(MOST_ALIASES)):
        if (place := geo.find_place(code)) is not None:
            (very if folded == wanted else alike).append(place)
    return list(dict.fromkeys(very)), list(dict.fromkeys(alike))


def added_names() -> dict[tuple[str, str], str]:
    """The codes of places by country and folded name, for every name that members added; the oldest counts."""
    rows = db.session.execute(
        select(PlaceAlias.country, PlaceAlias.folded, PlaceAlias.place_code).order_by(
            PlaceAlias.created_at.desc()
        )
    )
    return {(country, folded): code for country, folded, code in rows}


def list_place_aliases(country: str | None = None) -> list[Alias]:
    """The names that members added, by name; at most 200."""
    statement = select(PlaceAlias).order_by(PlaceAlias.folded, PlaceAlias.id).limit(MOST_ALIASES)
    if country is not None:
        statement = statement.where(PlaceAlias.country == country)
    return [
        Alias(row.id, row.name, place, row.steward_tenant_id, row.created_at)
        for row in db.session.scalars(statement)
        if (place := geo.find_place(row.place_code)) is not None
    ]
