"""Whom a service takes: reading its conditions, and matching them with a client.

What a listing does not say is *unknown*: neither yes nor no. The reasons why a service does not take somebody are
the codes with which a partner declines (``reasons.decline`` of the vocabulary), so that the directory and the
partner speak of the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _

from network.core import vocabulary
from network.core.errors import Invalid

# Washington Group on Disability Statistics, short set: the six domains.
DISABILITY_DOMAINS = frozenset({"seeing", "hearing", "walking", "remembering", "self_care", "communicating"})
OLDEST = 120
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_SEX = {"female": "women", "woman": "women", "women": "women", "male": "men", "man": "men", "men": "men"}

Conditions = Mapping[str, Any]
Verdict = Literal["eligible", "not_eligible", "unknown"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a search may know of a client. None is not asked or not known. ``children`` come along: (sex, age).

    ``sex``: female, male or other. ``legal_status`` and ``sector``: codes of the vocabulary's eligibility.
    """

    sex: str | None = None
    age: int | None = None
    nationality: str | None = None
    legal_status: str | None = None
    children: tuple[tuple[str | None, int | None], ...] = ()
    sector: str | None = None
    has_documents: bool | None = None

    def __post_init__(self) -> None:
        if self.legal_status is not None:
            vocabulary.check("eligibility.legal_status", self.legal_status)
        if self.sector is not None:
            vocabulary.check("eligibility.sector", self.sector)


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a service takes a client. ``reasons``: codes of reasons.decline; ``unknown``: criteria to ask about."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def match(conditions: Conditions, profile: Profile) -> Match:
    """Compare a service's conditions with a client. One known no outweighs every unknown."""
    reasons: list[str] = []
    unknown: list[str] = []
    for criterion, answer, reason in _answers(conditions, profile):
        if answer is None:
            unknown.append(criterion)
        elif answer is False:
            reasons.append(reason)
    verdict: Verdict = "not_eligible" if reasons else "unknown" if unknown else "eligible"
    return Match(verdict, tuple(dict.fromkeys(reasons)), tuple(dict.fromkeys(unknown)))


def _answers(conditions: Conditions, profile: Profile) -> Iterator[tuple[str, bool | None, str]]:
    """(criterion, yes, no or unknown, the reason if no), for every criterion that concerns this client."""
    yield "sex", _sex(conditions.get("sex"), profile.sex), "sex_not_served"
    yield "age", _age(conditions.get("age"), profile.age), "age_not_served"
    yield (
        "nationality",
        _nationality(conditions.get("nationality"), profile.nationality),
        "nationality_not_served",
    )
    status = None if profile.legal_status == "unknown" else profile.legal_status
    yield "legal_status", _in_set(conditions.get("legal_status"), status, "unknown"), "status_not_served"
    yield "sector", _in_set(conditions.get("sector"), profile.sector), "sector_not_served"
    if profile.children:
        yield (
            "children_along",
            _children(conditions.get("children_along"), profile.children),
            "children_not_accepted",
        )
    if profile.has_documents is not True:
        yield "documents_required", _documents(conditions, profile.has_documents), "document_missing"


def _sex(served: list[str] | None, sex: str | None) -> bool | None:
    if served is None:
        return None
    if "any" in served or {"women", "men"} <= set(served):
        return True
    if sex is None:
        return None
    known = _SEX.get(sex)
    if known is None:
        return True if "trans_inclusive" in served else None
    return known in served


def _age(served: Mapping[str, int | None] | None, age: int | None) -> bool | None:
    if served is None:
        return None
    low, high = served.get("min"), served.get("max")
    if low is None and high is None:
        return True
    if age is None:
        return None
    return (low is None or age >= low) and (high is None or age <= high)


def _nationality(served: Mapping[str, list[str]] | None, nationality: str | None) -> bool | None:
    if served is None:
        return None
    include, exclude = served.get("include") or [], served.get("exclude") or []
    if not include and not exclude:
        return True
    if nationality is None:
        return None
    return nationality not in exclude and (not include or nationality in include)


def _in_set(served: list[str] | None, code: str | None, when_not_asked: str | None = None) -> bool | None:
    if served is None:
        return None
    if "any" in served:
        return True
    if code is None:
        return True if when_not_asked in served else None
    return code in served


def _children(
    served: Mapping[str, Any] | None, children: tuple[tuple[str | None, int | None], ...]
) -> bool | None:
    if served is None or "accepted" not in served:
        return None
    if not served["accepted"]:
        return False
    answers = [_child(served, sex, age) for sex, age in children]
    return False if False in answers else None if None in answers else True


def _child(served: Mapping[str, Any], sex: str | None, age: int | None) -> bool | None:
    """Whether one child may come along. Up to 12 includes the whole year in which the child is 12."""
    limits = {"women": served.get("girls_up_to"), "men": served.get("boys_up_to")}
    known = _SEX.get(sex or "", "")
    wanted = [limits[known]] if known else list(limits.values())
    stated = [limit for limit in wanted if limit is not None]
    if age is None or not stated:
        return None
    if len(stated) == len(wanted) and age <= min(stated):
        return True
    return False if len(stated) == len(wanted) and age > max(stated) else None


def _documents(conditions: Conditions, has_documents: bool | None) -> bool | None:
    without = conditions.get("works_without_documents")
    if without is True and not conditions.get("documents_required"):
        return True
    if has_documents is None:
        return None
    if conditions.get("documents_required") or without is False:
        return False
    return None


def check_conditions(given: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions as they are kept. Raises Invalid for a value of the wrong shape, UnknownCode for a code that
    the vocabulary does not hold."""
    return {criterion: check_condition(criterion, value) for criterion, value in given.items()}


def check_condition(criterion: str, value: Any) -> Any:
    """One condition as it is kept; see :func:`check_conditions`."""
    kind = vocabulary.criterion(criterion)
    if kind.type == "set":
        if criterion == "disability_access":
            return _chosen(criterion, value, DISABILITY_DOMAINS)
        return [
            vocabulary.check(kind.values_from or f"eligibility.{criterion}", code)
            for code in _list(criterion, value)
        ]
    if kind.type == "one_of":
        return vocabulary.check(f"eligibility.{criterion}", value)
    if kind.type == "boolean":
        return _a(bool, criterion, value)
    if kind.type == "range":
        return _limits(criterion, value, ("min", "max"))
    if kind.type == "object":
        accepted = _a(bool, criterion, _a(dict, criterion, value).get("accepted"))
        ages = {name: limit for name, limit in value.items() if name != "accepted"}
        return {"accepted": accepted} | _limits(criterion, ages, ("girls_up_to", "boys_up_to"))
    if kind.type == "list_include_exclude":
        _only(criterion, value, ("include", "exclude"))
        return {name: _matching(criterion, codes, _COUNTRY) for name, codes in value.items()}
    if kind.type == "areas":
        _only(criterion, value, ("countries", "places"))
        return {name: _list(criterion, codes) for name, codes in value.items()}
    if kind.type == "list":
        return _matching(criterion, value, _LANGUAGE)
    if kind.type == "list_of_organizations":
        return _list(criterion, value)
    return _a(str, criterion, value)


def _wrong(criterion: str) -> Invalid:
    return Invalid(fields={criterion: [_("This condition cannot have such a value.")]})


def _a(kind: type, criterion: str, value: Any) -> Any:
    if not isinstance(value, kind):
        raise _wrong(criterion)
    return value


def _list(criterion: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _wrong(criterion)
    return list(dict.fromkeys(value))


def _matching(criterion: str, value: Any, pattern: re.Pattern[str]) -> list[str]:
    found = _list(criterion, value)
    if not all(pattern.match(one) for one in found):
        raise _wrong(criterion)
    return found


def _chosen(criterion: str, value: Any, allowed: frozenset[str]) -> list[str]:
    found = _list(criterion, value)
    if not set(found) <= allowed:
        raise _wrong(criterion)
    return found


def _only(criterion: str, value: Any, names: tuple[str, ...]) -> None:
    if not set(_a(dict, criterion, value)) <= set(names):
        raise _wrong(criterion)


def _limits(criterion: str, value: Any, names: tuple[str, ...]) -> dict[str, int]:
    """Ages in whole years; a limit of None is none."""
    _only(criterion, value, names)
    limits = {name: limit for name, limit in value.items() if limit is not None}
    for limit in limits.values():
        if isinstance(limit, bool) or not isinstance(limit, int) or not 0 <= limit <= OLDEST:
            raise _wrong(criterion)
    if {"min", "max"} <= set(limits) and limits["min"] > limits["max"]:
        raise _wrong(criterion)
    return limits
