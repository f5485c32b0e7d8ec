"""Writing many rows with one statement each, so that the history and the search follow once and not a row at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import bindparam, text, update

from network.core.db import Base, db
from network.directory.feeds.comparing.deciding import PRIVATE
from network.directory.feeds.entities import ENTITIES, LISTINGS, REFERENCES

# What a row holds where its source says nothing and the directory must.
_INSTEAD: Final[Mapping[str, Mapping[str, Any]]] = {
    "organization": {"description": "", "recipient_class": "service_provider", "invented": False, "do_not_list": False},
    "service": {
        "description": "", "status": "active", "other_referral_methods": [], "invented": False, "do_not_list": False,
    },
    "location": {"location_type": "physical", "confidential": False, "do_not_list": False, "town": ""},
    "program": {"description": ""},
    "taxonomy": {"description": ""},
    "taxonomy_term": {"description": ""},
    "address": {"city": "", "address_type": "physical", "confidential": False},
    "contact": {"confidential": False},
    "phone": {"confidential": False},
    "accessibility": {"confidential": False},
    "language": {"interpreted": False},
    "schedule_exception": {"kind": "other", "closed": True},
    "organization_identifier": {"identifier_type": ""},
    "organization_role": {"class_code": "service_provider"},
    "service_practice": {"kind": "practice", "value": "unknown"},
    "metadata": dict.fromkeys(
        ("last_action_date", "last_action_type", "field_name", "previous_value", "replacement_value", "updated_by"), ""
    ),
}  # fmt: skip
_VISIBLE: Final = ("organization", "service", "location")


def whole(
    entity: str,
    target: UUID,
    values: Mapping[str, Any],
    *,
    steward: UUID,
    now: datetime,
    country: str,
    visibility: str,
) -> dict[str, Any]:
    """Every column of a new row."""
    columns = ENTITIES[entity].model.__table__.c
    row: dict[str, Any] = {
        one.name: one.default.arg if one.default is not None and one.default.is_scalar else None
        for one in columns
    }
    row |= _INSTEAD.get(entity, {})
    if entity in _VISIBLE:
        row["visibility"] = visibility
    if "country" in row and entity != "schedule_exception":
        row["country"] = country
    if entity == "service":
        row["referral_method"] = "email" if values.get("email") else "phone"
    if entity == "address" and not values.get("country"):
        row["country"] = country
    row |= {name: value for name, value in values.items() if name in row}
    row |= {"id": target, "steward_tenant_id": steward}
    if entity in LISTINGS:
        row |= {"created_at": now, "modified_at": now}
    if "version" in row and entity in _VISIBLE:
        row["version"] = 1
    if entity == "service_capacity" and row.get("updated_at") is None:
        row["updated_at"] = now
    return row


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert them all at once."""
    if not rows:
        return
    table = model.__table__
    names = ", ".join(f'"{name}"' for name in rows[0])
    name = table.name  # type: ignore[attr-defined]  # it is a table, and no other selectable
    db.session.execute(
        text(
            f"INSERT INTO {name} ({names}) "  # noqa: S608  # names of our own tables and columns
            f"SELECT {names} FROM jsonb_populate_recordset(NULL::{name}, CAST(:rows AS jsonb))"
        ),
        {"rows": orjson.dumps(list(rows), default=_as_text).decode()},
    )


def _as_text(value: Any) -> str:
    return str(value)


def change_row(entity: str, target: UUID, changes: Mapping[str, Any], now: datetime) -> None:
    """Set these fields of one row; its version moves on where it has one."""
    model = ENTITIES[entity].model
    table = model.__table__
    instead = _INSTEAD.get(entity, {})
    given = {
        name: instead.get(name) if value is None else value
        for name, value in changes.items()
        if name != PRIVATE
    }
    if not given:
        return
    values: dict[Any, Any] = {table.c[name]: _typed(table.c[name], value) for name, value in given.items()}
    if "version" in table.c and entity not in REFERENCES:
        values[table.c.version] = table.c.version + 1
    if "modified_at" in table.c:
        values[table.c.modified_at] = now
    db.session.execute(update(model).where(table.c.id == bindparam("row")).values(values), {"row": target})


def _typed(column: Any, value: Any) -> Any:
    """A value that JSON has as text, as the column's own type."""
    if not isinstance(value, str):
        return value
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return value
    if kind is UUID:
        return UUID(value)
    return kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else value
