"""Who reads, and which listings stand in the directory for them: the conditions and joins of every statement.

What is removed, merged, not to be listed or hidden from who asks does not stand there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    Uuid,
    any_,
    func,
    join,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session

from network.core.db import Base
from network.directory.models import (
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)

Executes = Session | scoped_session[Any] | Connection
Row = Mapping[str, Any]
Listing = type[Organization] | type[Service] | type[Location]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, over which transaction. ``public``: only what anybody may read, whoever asks."""

    session: Executes
    public: bool

    def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """The rows of a statement."""
        return [dict(row) for row in self.session.execute(statement).mappings()]

    def listed(self, model: Listing) -> tuple[ColumnElement[bool], ...]:
        """That a listing stands in the directory and may be told."""
        standing = (model.removed_at.is_(None), model.merged_into_id.is_(None), model.do_not_list.is_(False))
        return (*standing, model.visibility == "public") if self.public else standing


def among(column: InstrumentedAttribute[Any], ids: Collection[UUID]) -> ColumnElement[bool]:
    """That a column holds one of these ids; one parameter, however many they are."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def every(model: type[Base]) -> Select[Any]:
    """All columns of a table."""
    return select(*model.__table__.c)


def _latest(model: type[Base], *others: InstrumentedAttribute[Any]) -> Select[Any]:
    """All columns of a table, its last change being that of any of the others, too."""
    own = [column for column in model.__table__.c if column.name != "modified_at"]
    return select(*own, func.greatest(model.__table__.c.modified_at, *others).label("modified_at"))


def services_of(reader: Reader) -> Select[Any]:
    """The services that may be told: their organization may be, too."""
    return (
        _latest(Service, Organization.modified_at)
        .join(Organization, Organization.id == Service.organization_id)
        .where(*reader.listed(Service), *reader.listed(Organization))
    )


def at_locations_of(reader: Reader) -> Select[Any]:
    """The services at locations that may be told: service, organization and location may be, too."""
    changed = (Service.modified_at, Organization.modified_at, Location.modified_at)
    return (
        _latest(ServiceAtLocation, *changed)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(ServiceAtLocation.removed_at.is_(None))
        .where(*reader.listed(Service), *reader.listed(Organization), *reader.listed(Location))
    )


def joined(model: Any) -> Any:
    """A listing with what it is part of."""
    if model is Organization:
        return Organization
    if model is Service:
        return join(Service, Organization, Organization.id == Service.organization_id)
    offered = join(ServiceAtLocation, Service, Service.id == ServiceAtLocation.service_id)
    whose = offered.join(Organization, Organization.id == Service.organization_id)
    return whose.join(Location, Location.id == ServiceAtLocation.location_id)


def is_gone(*parts: Any) -> ColumnElement[bool]:
    """That a listing, or what it is part of, stands in the directory no longer."""
    gone: list[ColumnElement[bool]] = []
    for part in parts:
        gone.append(part.removed_at.is_not(None))
        if part is not ServiceAtLocation:
            gone += [part.merged_into_id.is_not(None), part.do_not_list.is_(True)]
    return or_(*gone)


def terms_of(key: InstrumentedAttribute[Any], ids: Collection[UUID]) -> Select[Any]:
    """Terms with their taxonomy."""
    return (
        every(TaxonomyTerm)
        .add_columns(*(one for one in named("taxonomy", Taxonomy) if one.name != "taxonomy_id"))
        .join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .where(among(key, ids))
    )


def named(prefix: str, model: type[Base]) -> list[ColumnElement[Any]]:
    """All columns of a table, their names led by the prefix."""
    return [column.label(f"{prefix}_{column.name}") for column in model.__table__.c]
