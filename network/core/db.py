"""The database session, and the one place that commits.

Operations flush. A door opens ``unit_of_work``, calls one operation, and the unit commits or rolls back
as a whole; what must be written last (the audit chain) or after the commit (a hint to the worker) is
registered with ``at_end`` and ``after_commit``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every model. Each table names its kind in ``info``: private, two-party, shared or gate."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text}


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True, session_options={"expire_on_commit": False})


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out. A naive one is a mistake and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("instants are aware")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read back in UTC."""
        return value.astimezone(UTC) if value is not None else None


_UNIT = "unit_of_work"
_AT_END = "at_end"
_AFTER_COMMIT = "after_commit"
_AFTER_ROLLBACK = "after_rollback"
_STORE = "unit_store"


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Everything inside happens or nothing does. Holds the only commit; cannot be nested."""
    session = db.session()
    if session.info.get(_UNIT):
        raise RuntimeError("a unit of work is already open")
    session.info.update({_UNIT: True, _AT_END: {}, _AFTER_COMMIT: {}, _AFTER_ROLLBACK: {}, _STORE: {}})
    undone: list[Callable[[], None]] = []
    try:
        yield
        session.flush()
        for last in list(session.info[_AT_END].values()):
            last()
        session.commit()
        following = list(session.info[_AFTER_COMMIT].values())
    except BaseException:
        undone = list(session.info[_AFTER_ROLLBACK].values())
        session.rollback()
        raise
    finally:
        for name in (_UNIT, _AT_END, _AFTER_COMMIT, _AFTER_ROLLBACK, _STORE):
            session.info.pop(name, None)
        for follow in undone:
            follow()
    for follow in following:
        follow()


def in_unit_of_work() -> bool:
    """Whether a unit is open in this scope."""
    return bool(db.session().info.get(_UNIT))


def at_end(name: str, last: Callable[[], None]) -> None:
    """Run ``last`` just before the commit, once per ``name``, after everything else was flushed."""
    _open()[_AT_END].setdefault(name, last)


def after_commit(name: str, follow: Callable[[], None]) -> None:
    """Run ``follow`` once per ``name`` when the commit has succeeded."""
    _open()[_AFTER_COMMIT].setdefault(name, follow)


def after_rollback(name: str, follow: Callable[[], None]) -> None:
    """Run ``follow`` once per ``name`` when the unit was rolled back: a refusal is noted although nothing happened.

    It runs in the same scope, with no unit open.
    """
    _open()[_AFTER_ROLLBACK].setdefault(name, follow)


def unit_store(name: str) -> list[Any]:
    """A list that lives as long as the open unit: what is buffered is gone if the unit rolls back."""
    held: list[Any] = _open()[_STORE].setdefault(name, [])
    return held


def _open() -> dict[Any, Any]:
    info: dict[Any, Any] = db.session().info
    if not info.get(_UNIT):
        raise RuntimeError("writes need an open unit of work")
    return info
