"""The database session, and the one place that commits.

Operations flush. A door opens ``unit_of_work``, calls one operation, and the unit commits or rolls back
as a whole; what must be written last (the audit chain) or after the commit (a hint to the worker) is
registered with ``at_end`` and ``after_commit``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, MetaData, Text, UpdateBase
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, SessionTransaction
from sqlalchemy.types import TypeDecorator

from network.core.journey import Rows, Step, Values, travel

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


_UNIT = "unit_of_work"
_AT_END = "at_end"
_AFTER_COMMIT = "after_commit"
_AFTER_ROLLBACK = "after_rollback"
_STORE = "unit_store"
_LATER = "later"


class UnitSession(Session):
    """The ORM's session, which also sends what was put off with ``write_later``: whatever flushes sends it."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what has changed, then what was put off."""
        self.write_changes(objects)
        self._send()

    def write_changes(self, objects: Sequence[Any] | None = None) -> None:
        """Write what has changed, and keep what was put off for later."""
        super().flush(objects)

    def begin_nested(self) -> SessionTransaction:
        """A savepoint: what was put off before it is not lost with it."""
        self.flush()
        return super().begin_nested()

    def put_off(self, statement: UpdateBase, rows: Sequence[Values]) -> None:
        """Send it with the next flush; at once where there is no unit, or where a savepoint may be rolled back."""
        if not self.info.get(_UNIT) or self.in_nested_transaction():
            self.flush()
            travel(self.connection(), [(statement, rows)])
            return
        waiting: dict[UpdateBase, list[Values]] = self.info[_STORE].setdefault(_LATER, {})
        waiting.setdefault(statement, []).extend(rows)

    def answers(self, steps: Sequence[Step]) -> list[Rows]:
        """Write what has changed, then send what was put off and these steps in one journey; the rows of each step."""
        self.write_changes()
        waiting = self._waiting()
        return travel(self.connection(), [*waiting, *steps])[len(waiting) :]

    def end(self) -> None:
        """Write what has changed, then what was put off, and commit: in one journey, where anything was put off.

        What is written last locks what others wait for (the chain of the trail); the lock is held no longer than the
        server itself needs. SQLAlchemy's commit, which gives the connection back, follows and finds it done.
        """
        self.write_changes()
        if waiting := self._waiting():
            travel(self.connection(), waiting, lambda driver: driver.commit())
        self.commit()

    def _send(self) -> None:
        if waiting := self._waiting():
            travel(self.connection(), waiting)

    def _waiting(self) -> list[Step]:
        waiting: dict[UpdateBase, list[Values]] = self.info.get(_STORE, {}).pop(_LATER, {})
        return list(waiting.items())


db = SQLAlchemy(
    metadata=Base.metadata,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "class_": UnitSession},
)


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


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Everything inside happens or nothing does. Holds the only commit; cannot be nested."""
    session = _session()
    if session.info.get(_UNIT):
        raise RuntimeError("a unit of work is already open")
    session.info.update({_UNIT: True, _AT_END: {}, _AFTER_COMMIT: {}, _AFTER_ROLLBACK: {}, _STORE: {}})
    undone: list[Callable[[], None]] = []
    try:
        yield
        session.write_changes()
        for last in list(session.info[_AT_END].values()):
            last()
        session.end()
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


def write_later(statement: UpdateBase, *rows: Values) -> None:
    """Have rows written that nobody reads back in this unit: with the next flush, in one journey with others.

    The statement was composed once, when its module was loaded. What a later statement needs to find written (a row
    that another points at, a row that it deletes) is flushed before it.
    """
    _session().put_off(statement, rows)


def answers(*steps: Step) -> list[Rows]:
    """What these statements answer, asked after all that was changed or put off is written: in one journey with it."""
    return _session().answers(steps)


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


def _session() -> UnitSession:
    return cast(UnitSession, db.session())


def _open() -> dict[Any, Any]:
    info: dict[Any, Any] = db.session().info
    if not info.get(_UNIT):
        raise RuntimeError("writes need an open unit of work")
    return info
