"""Lists in pages, by keyset: the cursor names the last row seen, so a page costs the same however far down.

A cursor is signed and bound to the tenant and to the list: what was changed or taken elsewhere is refused.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from network.core import crypto
from network.core.db import db
from network.core.errors import Invalid
from network.tenants.context import find_acting
from network.tenants.keys import settings

PAGE_SIZE = 50
LARGEST_PAGE = 200
_MAC_BYTES = 16
_LONGEST = 600

Item = TypeVar("Item")
Key = InstrumentedAttribute[Any] | ColumnElement[Any]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows of a list, and the cursor of the next page; None on the last one."""

    items: list[Item]
    next_cursor: str | None


def page_of(
    statement: Select[Any],
    keys: Sequence[Key],
    *,
    name: str,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    descending: bool = True,
    make: Callable[[Any], Item] | None = None,
) -> Page[Item]:
    """The page of ``statement`` after ``cursor``, ordered by ``keys`` (not null, unique together).

    Rows are entities if the statement selects one entity, otherwise rows; ``make`` turns each into
    something else. ``name`` tells the list from others. Raises ``Invalid`` for a cursor that is not ours.
    """
    size = max(1, min(size, LARGEST_PAGE))
    if cursor:
        last = [literal(value, key.type) for key, value in zip(keys, _read(name, cursor, keys), strict=True)]
        after = tuple_(*keys) < tuple_(*last) if descending else tuple_(*keys) > tuple_(*last)
        statement = statement.where(after)
    ordered = statement.order_by(*(key.desc() if descending else key.asc() for key in keys))
    width = len(keys)
    rows = db.session.execute(ordered.add_columns(*keys).limit(size + 1)).all()
    items: list[Any] = [row[0] if len(row) == width + 1 else row[:-width] for row in rows[:size]]
    following = _write(name, rows[size - 1][-width:]) if len(rows) > size else None
    made: list[Any] = [make(item) for item in items] if make else items
    return Page(made, following)


def _write(name: str, values: Sequence[Any]) -> str:
    body = orjson.dumps([_told(value) for value in values])
    return base64.urlsafe_b64encode(_mac(name, body) + body).decode().rstrip("=")


def _read(name: str, cursor: str, keys: Sequence[Key]) -> list[Any]:
    try:
        if len(cursor) > _LONGEST:
            raise ValueError("too long")
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(name, body)):
            raise ValueError("not ours")
        values = [_understood(value) for value in orjson.loads(body)]
        if len(values) != len(keys):
            raise ValueError("of another list")
    except (ValueError, binascii.Error):
        raise Invalid(
            fields={"cursor": [_("This is not a cursor of this list. Begin at the first page.")]}
        ) from None
    return values


def _mac(name: str, body: bytes) -> bytes:
    identity = find_acting()
    tenant = str(identity.tenant_id) if identity else ""
    secret = crypto.derive(settings().index_key, "cursors")
    return crypto.keyed_hash(secret, name, tenant, body.decode())[:_MAC_BYTES]


def _told(value: Any) -> list[str | int]:
    if isinstance(value, datetime):
        return ["t", value.astimezone(UTC).isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, UUID):
        return ["u", str(value)]
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError("a list is ordered by instants, dates, identifiers, texts or numbers")
    return ["v", value]


def _understood(told: list[Any]) -> Any:
    kind, value = told
    if kind == "t":
        return datetime.fromisoformat(value)
    if kind == "d":
        return date.fromisoformat(value)
    return UUID(value) if kind == "u" else value
