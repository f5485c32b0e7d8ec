"""Pages of a list, and how many there are in all: counted exactly, and large counts not again at once.

Whoever walks through a long list asks for its total with every page. A large one is kept for a short while, under what
was asked and by whom, and holds only as long as no listing has changed since.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, ScalarSelect, Select, Text, cast, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Engine

from network.core.pool import PLANNED_ANEW
from network.directory.hsds.standing import Reader
from network.directory.models import ListingWithdrawal, Location, Organization, Service, ServiceAtLocation
from network.tenants.context import find_acting

# What is asked for differs by thousands of rows: a plan for any value serves none.
_ANEW: Final = {PLANNED_ANEW: True}
LARGE: Final = 1000  # smaller ones are counted again: they cost little
KEPT_S: Final = 20
MOST_KEPT: Final = 1000
_CHANGES: Final = (
    Organization.modified_at,
    Service.modified_at,
    Location.modified_at,
    ServiceAtLocation.modified_at,
    ListingWithdrawal.withdrawn_at,
)


@dataclass(frozen=True, slots=True)
class Page:
    """The ids on one page, and how many there are in all."""

    ids: Sequence[UUID]
    total: int


@dataclass(frozen=True, slots=True)
class _Kept:
    total: int
    version: str
    until: float


_Totals = OrderedDict[bytes, _Kept]
_totals: WeakKeyDictionary[Engine, _Totals] = WeakKeyDictionary()
_lock = Lock()


def page_of(reader: Reader, statement: Select[Any], counted: Select[Any], number: int, size: int) -> Page:
    """One page of a statement that selects ``id`` and is ordered; what lies beyond the end is empty.

    ``counted`` selects as many, in any order. A page of the second half is read from the end, so that the last one
    costs what the first one does.
    """
    total = total_of(reader, counted)
    skipped = (number - 1) * size
    if skipped >= total:
        return Page((), total)
    found = reader.session.execute(
        _window(statement, skipped, min(size, total - skipped), total), execution_options=_ANEW
    )
    return Page([row[0] for row in found], total)


def total_of(reader: Reader, counted: Select[Any]) -> int:
    """How many a statement selects. One query, whether or not the total was kept."""
    key, totals = _key(reader, counted), _of(reader)
    with _lock:
        kept = totals.get(key)
    if kept is not None and time.monotonic() < kept.until and _now(reader) == kept.version:
        return kept.total
    rows = select(func.count()).select_from(counted.order_by(None).subquery()).scalar_subquery()
    total, version = reader.session.execute(select(rows, _version()), execution_options=_ANEW).one()
    if total >= LARGE:
        with _lock:
            totals[key] = _Kept(total, version, time.monotonic() + KEPT_S)
            totals.move_to_end(key)
            while len(totals) > MOST_KEPT:
                totals.popitem(last=False)
    return int(total)


def _now(reader: Reader) -> str:
    return str(reader.session.execute(select(_version())).scalar_one())


def _version() -> ScalarSelect[str]:
    """When any listing was last changed: what hangs on one changes it, too.

    A row from a clock that ran ahead is left out: it would stand before every change that comes after it.
    """
    latest = (cast(select(func.max(at)).where(at <= func.now()).scalar_subquery(), Text) for at in _CHANGES)
    return select(func.concat_ws("|", *(func.coalesce(one, "-") for one in latest))).scalar_subquery()


def _of(reader: Reader) -> _Totals:
    session = reader.session
    engine = session.engine if isinstance(session, Connection) else session.get_bind().engine
    with _lock:
        return _totals.setdefault(engine, OrderedDict())


def _key(reader: Reader, counted: Select[Any]) -> bytes:
    """What is asked and by whom, as a hash: nothing of a person stays in memory."""
    compiled = counted.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]  # the library has no types here
    identity = find_acting()
    asked = (str(compiled), sorted(compiled.params.items()), reader.public, identity and identity.tenant_id)
    return blake2b(repr(asked).encode(), digest_size=32).digest()


def _window(statement: Select[Any], skipped: int, wanted: int, total: int) -> Select[Any]:
    if skipped <= total // 2 or len(statement._order_by_clauses) != 1:
        return statement.offset(skipped).limit(wanted)
    key = statement.selected_columns[0]
    last = (
        statement.order_by(None)
        .order_by(key.desc())
        .offset(total - skipped - wanted)
        .limit(wanted)
        .subquery()
    )
    return select(last.c.id).order_by(last.c.id)
