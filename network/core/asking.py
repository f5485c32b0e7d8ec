"""Asking the database several things in one journey.

A decision or a page asks a dozen short questions that do not hang on each other. Each keeps its function, which asks
for itself; whoever calls several of them asks their questions together before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, TextClause

from network.core.db import answers, db
from network.core.journey import Rows, Values

_ANSWERED = "asked_together"


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that was composed once, when its module was loaded, and the values it is asked with."""

    statement: Select[Any] | TextClause
    values: Values

    def is_same_as(self, other: Question) -> bool:
        """Whether both get the same answer."""
        return self.statement is other.statement and self.values == other.values


def ask(question: Question) -> Rows:
    """The rows of a question: asked now, or at hand where it was asked together with others."""
    known = _at_hand(question)
    return known if known is not None else answers((question.statement, [question.values]))[0]


@contextmanager
def asked_together(*questions: Question) -> Iterator[None]:
    """Ask all of these at once, but for those that are at hand; inside the block ``ask`` has their answers at hand.
    Nothing is written in it."""
    missing = [one for one in questions if _at_hand(one) is None]
    rows = answers(*((one.statement, [one.values]) for one in missing)) if missing else ()
    info = db.session().info
    before = info.get(_ANSWERED, ())
    info[_ANSWERED] = [*zip(missing, rows, strict=True), *before]
    try:
        yield
    finally:
        info[_ANSWERED] = before


def _at_hand(question: Question) -> Rows | None:
    answered: Sequence[tuple[Question, Rows]] = db.session().info.get(_ANSWERED, ())
    return next((rows for known, rows in answered if known.is_same_as(question)), None)
