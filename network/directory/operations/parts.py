"""Adding, changing and removing any part of a listing, by the name of its entity.

The database notes each change in the history of the listing and moves its ``modified_at`` on, so nothing here does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from network.audit.trail import record
from network.background.outbox import enqueue
from network.core import clock
from network.core.db import Base, db
from network.core.errors import Invalid, NotFound, StaleVersion
from network.core.ids import new_id
from network.directory import fields, formats, models
from network.directory.policies import require_own
from network.directory.queries.holdings import part_version
from network.tenants.context import acting

# What can be added and removed by itself.
PARTS: Mapping[str, type[Base]] = {
    model.__tablename__: model
    for model in (
        *(models.Program, models.OrganizationIdentifier, models.Url, models.Funding, models.Contact),
        *(models.Phone, models.Address, models.Accessibility, models.Language, models.Schedule),
        *(models.ScheduleException, models.ServiceArea, models.CostOption, models.RequiredDocument),
        *(models.ServiceCapacity, models.Attribute, models.OrganizationRole),
    )
}
# What is removed by marking it, so that other systems learn of it.
LISTINGS: Mapping[str, type[Base]] = {
    model.__tablename__: model
    for model in (models.Organization, models.Service, models.Location, models.ServiceAtLocation)
}
# Whoever waits for what nobody finds any more is told by the floor that knows who waits.
GONE = "listing.gone"
OWNERS = ("organization", "service", "location", "service_at_location", "contact", "phone")
# Decided by other operations, or kept by the database.
_KEPT = {
    *("id", "steward_tenant_id", "confidential", "version", "created_at", "modified_at", "removed_at"),
    *("merged_into_id", "invented", "verified_on", "verified_by_tenant_id", "verified_by_account_id"),
    *("verification_due_on", "verified_how", "do_not_list", "do_not_list_reason", "do_not_list_by_tenant_id"),
    *("reported_at", "reported_problem", "link_id", "link_entity"),
    *(f"{owner}_id" for owner in OWNERS),
}


def add_part(entity: str, values: Mapping[str, Any], **owner: UUID) -> UUID:
    """Add a part to exactly one owner (``service_id=…``; an attribute: ``link_id=…`` with its ``link_entity``)."""
    model = _model(PARTS, entity)
    kind, owner_id = _owner(values, owner)
    above = _row(_model({**LISTINGS, **PARTS}, kind), owner_id)
    if getattr(above, "confidential", False) and entity in ("phone", "address", "contact", "accessibility"):
        raise fields.wrong("location_id", _("A confidential place has no number. Give it to the service."))
    row: Any = model(id=new_id(), steward_tenant_id=acting().tenant, **owner)
    if entity == "attribute":
        row.link_entity = kind
    _set(row, {name: value for name, value in values.items() if name != "link_entity"})
    db.session.add(row)
    _flush(row)
    part_id: UUID = row.id
    record("listing.part_added", entity, part_id)
    return part_id


def change(entity: str, entity_id: UUID, values: Mapping[str, Any], *, version: int | None = None) -> None:
    """Change fields of a listing or of a part of one. Raises StaleVersion where ``version`` is not the current one."""
    row = _row(_model({**LISTINGS, **PARTS}, entity), entity_id)
    if entity == "location" and getattr(row, "confidential", False):
        _refuse_telling(values)
    current = _expect(entity, row, version)
    _set(row, values)
    if current is not None:
        row.version = current + 1
    if hasattr(row, "modified_at"):
        row.modified_at = clock.now()
    _flush(row)
    record("listing.changed", entity, entity_id, fields=sorted(values))


def remove(entity: str, entity_id: UUID, *, version: int | None = None) -> None:
    """Remove a part; or mark a listing as removed, so that nobody finds it and other systems learn of it."""
    row = _row(_model({**LISTINGS, **PARTS}, entity), entity_id)
    _expect(entity, row, version)
    if entity in LISTINGS:
        row.removed_at = row.modified_at = clock.now()
    else:
        db.session.delete(row)
    db.session.flush()
    record("listing.removed", entity, entity_id)
    if entity in LISTINGS:
        enqueue(GONE, entity_id)


def restore(entity: str, entity_id: UUID, *, version: int | None = None) -> None:
    """List again what was removed."""
    row = _row(_model(LISTINGS, entity), entity_id)
    _expect(entity, row, version)
    row.removed_at, row.modified_at = None, clock.now()
    db.session.flush()
    record("listing.restored", entity, entity_id)


def editable_fields(entity: str) -> frozenset[str]:
    """The fields of an entity that ``change`` takes."""
    columns = inspect(_model({**LISTINGS, **PARTS}, entity)).columns
    return frozenset(column.key for column in columns) - _KEPT


def check_value(entity: str, field: str, value: Any) -> Any:
    """The value as ``change`` would keep it in this field; raises Invalid, and changes nothing."""
    column = inspect(_model({**LISTINGS, **PARTS}, entity)).columns[field]
    if value in (None, ""):
        if not column.nullable and field != "description":
            raise fields.wrong(field, _("This field is required."))
        return None
    return formats.checked(field, value, column)


def _model(known: Mapping[str, type[Base]], entity: str) -> type[Base]:
    if entity not in known:
        raise fields.wrong("entity", _("There is no such code."))
    return known[entity]


def _row(model: type[Base], row_id: UUID) -> Any:
    """A row of any of these tables: what all have in common is an id and a steward."""
    row: Any = db.session.get(model, row_id)
    if row is None:
        raise NotFound
    require_own(acting(), row.steward_tenant_id)
    return row


def _owner(values: Mapping[str, Any], owner: Mapping[str, UUID]) -> tuple[str, UUID]:
    if len(owner) != 1:
        raise Invalid(fields={"owner": [_("Name exactly one.")]})
    [(column, owner_id)] = owner.items()
    kind = str(values.get("link_entity")) if column == "link_id" else column.removesuffix("_id")
    return kind, owner_id


def expect_part(entity: str, part_id: UUID, version: int) -> None:
    """Hold a part as it was seen, until the unit ends. Raises StaleVersion, and NotFound where it is gone."""
    current = part_version(entity, part_id, lock=True)
    if current != version:
        raise StaleVersion(mine=version, theirs=current, version=current)


def _expect(entity: str, row: Any, version: int | None) -> int | None:
    current: int | None = getattr(row, "version", None)
    if version is not None and entity in PARTS:
        expect_part(entity, row.id, version)
    if version is not None and current is not None and version != current:
        raise StaleVersion(mine=version, theirs=current, version=current)
    return current


def _set(row: Base, values: Mapping[str, Any]) -> None:
    columns = inspect(type(row)).columns
    for name, value in values.items():
        if name not in columns or name in _KEPT:
            raise fields.wrong(name, _("There is no such code."))
        given = value.strip() if isinstance(value, str) else value
        if given == "":
            given = None
        if given is None and not columns[name].nullable and name != "description":
            raise fields.wrong(name, _("This field is required."))
        empty = None if columns[name].nullable else ""
        setattr(row, name, empty if given is None else formats.checked(name, given, columns[name]))
    formats.check_whole(row)


def _flush(row: Base) -> None:
    """What contradicts another row is refused in words; nothing else of the unit is lost."""
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        raise Invalid(_("This stands there already, or contradicts what stands there.")) from error


def _refuse_telling(values: Mapping[str, Any]) -> None:
    telling = {"name", "alternate_name", "description", "transportation", "url", "external_identifier"}
    telling |= {"latitude", "longitude", "external_identifier_type"}
    for name in sorted(telling & values.keys()):
        raise fields.wrong(name, _("Of a confidential place the directory holds the town alone."))
