"""What an application asks its database: to be counted, or looked through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from network.core.db import db


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that the application sends meanwhile, one after another."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def locked(sent: list[str], *tables: str) -> list[str]:
    """Of these tables those whose rows were locked by statements, in that order."""
    return [name for one in sent if "FOR UPDATE" in one for name in tables if f"\nFROM {name} " in one]
