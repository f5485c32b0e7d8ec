"""What was answered to each question of a short form. Pure: the words of the page in, what follows from them out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from network.core import vocabulary

YES: Final = "yes"
NO: Final = "no"
# A no is what she said; what nobody asked her is neither recorded nor allowed.
NOT_ASKED: Final = "not_asked"
SAID: Final = (YES, NO, NOT_ASKED)
_ANSWER = re.compile(r"answers\.(\d{1,3})\.answer\Z")


@dataclass(frozen=True)
class Heard:
    """``without``: the questions to which the answer is not yes. ``hours``: for how long a yes that is said in this
    way holds unless it is confirmed, or None."""

    without: frozenset[str] = frozenset()
    hours: int | None = None


def heard_in(form: Mapping[str, Any]) -> Heard:
    """What a form says so far; a question without an answer is taken for a yes, to show what would leave then."""
    without = set()
    for name in form:
        found = _ANSWER.match(name)
        if found and form[name] in SAID and form[name] != YES:
            without.add(str(form.get(f"answers.{found[1]}.question", "")))
    return Heard(frozenset(without), holds_hours(str(form.get("method", ""))))


def at_places_now(form: Mapping[str, Any], group: str, mark: str, marks: Sequence[str]) -> dict[str, Any]:
    """What was typed of each in a group of fields, at the place where it stands now: what is asked may have changed
    since, and an answer is an answer to its own question alone."""
    mine = re.compile(rf"{group}\.(\d{{1,3}})\.{mark}\Z")
    before = {str(form[name]): found[1] for name in form if (found := mine.match(name))}
    typed: dict[str, Any] = {}
    for place, one in enumerate(marks):
        start = f"{group}.{before[one]}." if one in before else None
        if start is not None:
            typed |= {
                f"{group}.{place}.{name.removeprefix(start)}": form[name]
                for name in form
                if name.startswith(start)
            }
    return typed


def holds_hours(method: str) -> int | None:
    """For how many hours a yes holds that is said in this way; None where it needs no confirmation."""
    if method not in vocabulary.terms("consent_methods"):
        return None
    return vocabulary.consent_method(method).provisional_hours
