"""What a client must hear of a service before she is asked for consent: its practices and its house rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from network.core import vocabulary
from network.core.errors import Invalid, UnknownCode

ANSWERS = ("yes", "no", "unknown")
# These protect; every other practice may endanger.
PROTECTIVE = frozenset({"safeguarding_policy", "trained_gbv"})
LONGEST_STAY = 10_000


@dataclass(frozen=True, slots=True)
class ToHear:
    """Codes of practices: what endangers, what is not known, and what reassures."""

    warnings: tuple[str, ...]
    unknown: tuple[str, ...]
    reassuring: tuple[str, ...]


def to_hear(practices: Mapping[str, str]) -> ToHear:
    """Sort the practices of a service for telling a client, in the vocabulary's order. Not stated is unknown."""
    warnings, unknown, reassuring = [], [], []
    for code in vocabulary.terms("partner_practices"):
        answer = practices.get(code, "unknown")
        if answer == "unknown":
            unknown.append(code)
        elif (answer == "yes") == (code in PROTECTIVE):
            reassuring.append(code)
        else:
            warnings.append(code)
    return ToHear(tuple(warnings), tuple(unknown), tuple(reassuring))


def check_practices(given: Mapping[str, Any]) -> dict[str, str]:
    """The practices as they are kept. Raises UnknownCode for a practice or an answer that does not exist."""
    for code, answer in given.items():
        vocabulary.practice(code)
        if answer not in ANSWERS:
            raise UnknownCode(
                _("A practice is answered yes, no or unknown."), list_name=code, given=str(answer)[:80]
            )
    return dict(given)


def check_house_rules(given: Mapping[str, Any]) -> dict[str, str]:
    """The house rules as they are kept. Raises UnknownCode for a rule or value that does not exist, Invalid for a
    number that cannot be."""
    kept: dict[str, str] = {}
    for code, value in given.items():
        if vocabulary.house_rule(code).type == "integer":
            days = str(value)
            if not days.isascii() or not days.isdigit() or not 0 < int(days) <= LONGEST_STAY:
                raise Invalid(fields={code: [_("Enter a whole number of days.")]})
            kept[code] = str(int(days))
        else:
            kept[code] = vocabulary.check(f"house_rules.{code}", value)
    return kept
