"""What the directory says beyond HSDS: one definition, from which answers, merge patches and documents are made.

Every field of ours is optional and stands beside the standard's fields of the entity, so that a program that knows
only HSDS reads every answer. ``docs/profile.md`` tells the same in words, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from network.core import vocabulary
from network.directory.eligibility import DISABILITY_DOMAINS
from network.directory.hsds import standard
from network.directory.states import (
    EXCEPTION_KINDS,
    FEEDBACK_PROMISES,
    REFERRAL_METHODS,
    RELATIONS,
    VISIBILITIES,
    WEEKDAYS,
)

NAME: Final = "Network of migrant resource centres: a profile of HSDS 3.1"
VERSION: Final = "1.0"
REMOVALS: Final = ("removed", "merged", "withdrawn")


@dataclass(frozen=True, slots=True)
class Extra:
    """A field of ours. ``kind``: how its value is told (see ``values``); ``shape``: the rest of its JSON Schema."""

    name: str
    description: str
    kind: str = "string"
    shape: Mapping[str, Any] | None = None

    def schema(self) -> dict[str, Any]:
        """The field as JSON Schema."""
        found = dict(self.shape) if self.shape is not None else standard.Field(self.name, self.kind).schema()
        return found | {"description": self.description}


def _one_of(codes: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(codes)}


def _several(codes: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "array", "items": _one_of(codes)}


def _criterion(code: str) -> dict[str, Any]:
    """One criterion of eligibility as JSON Schema, from its type in the vocabulary."""
    kind = vocabulary.criterion(code)
    age = {"type": "integer", "minimum": 0}
    texts = {"type": "array", "items": {"type": "string"}}
    if kind.type in ("set", "one_of"):
        allowed = (
            tuple(sorted(DISABILITY_DOMAINS))
            if code == "disability_access"
            else tuple(vocabulary.terms(kind.values_from or f"eligibility.{code}"))
        )
        return _several(allowed) if kind.type == "set" else _one_of(allowed)
    shapes: dict[str, dict[str, Any]] = {
        "boolean": {"type": "boolean"},
        "range": {"type": "object", "properties": {"min": age, "max": age}},
        "object": {
            "type": "object",
            "properties": {"accepted": {"type": "boolean"}, "girls_up_to": age, "boys_up_to": age},
            "required": ["accepted"],
        },
        "list_include_exclude": {"type": "object", "properties": {"include": texts, "exclude": texts}},
        "areas": {"type": "object", "properties": {"countries": texts, "places": texts}},
        "list": texts,
        "list_of_organizations": texts,
    }
    return shapes.get(kind.type, {"type": "string"})


def _eligibility() -> dict[str, Any]:
    return {"type": "object", "properties": {code: _criterion(code) for code in vocabulary.terms("criteria")}}


_EXCEPTION: Final = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "first_on": {"type": "string", "format": "date"},
        "last_on": {"type": "string", "format": "date"},
        "closed": {"type": "boolean"},
        "byday": {"type": "string"},
        "opens_at": {"type": "string"},
        "closes_at": {"type": "string"},
        "kind": _one_of(EXCEPTION_KINDS),
        "description": {"type": "string"},
    },
    "required": ["id", "first_on", "last_on", "closed", "kind"],
}
_ROLE: Final = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "relation": _one_of(RELATIONS),
        "class_code": {"type": "string"},
        "country": {"type": "string"},
        "name": {"type": "string"},
        "organization_id": {"type": "string", "format": "uuid"},
    },
    "required": ["id", "relation", "class_code"],
}
_GONE: Final = {
    "type": "object",
    "properties": {
        "reason": _one_of(REMOVALS),
        "at": {"type": "string", "format": "date-time"},
        "merged_into_id": {"type": "string", "format": "uuid"},
    },
    "required": ["reason", "at"],
}
_SERVICES: Final = standard.Field("services", "list", of="service").schema()
_TEXTS: Final = {"type": "object", "additionalProperties": {"type": "string"}}

_VERIFIED: Final = (
    Extra("verified_on", "The day on which somebody last checked the listing.", "date"),
    Extra("verification_due_on", "The day by which its steward checks it again.", "date"),
)
_PUBLISHED: Final = (
    Extra("last_modified", "When it or anything that hangs on it was last changed.", "date-time"),
    Extra(
        "visibility",
        "Whether anybody may read it (public) or members of the network alone (network).",
        shape=_one_of(VISIBILITIES),
    ),
    Extra(
        "tombstone",
        "That it is no longer listed, and why: removed; merged into another; withdrawn from those who ask. Told in "
        "lists with modified_after, and nothing else of the listing with it.",
        shape=_GONE,
    ),
)
_EXCEPTIONS: Final = Extra(
    "schedule_exceptions",
    "Days on which the hours do not hold: closed, or other hours, in local time. Of a location also those of "
    "its country that are not over. The nearest owner wins.",
    shape={"type": "array", "items": _EXCEPTION},
)
NONCONFORMING: Final = Extra(
    "nonconforming",
    "Values that do not have the form which the standard wants, by the name of the field that lacks them.",
    shape=_TEXTS,
)


def fields(entity: str) -> tuple[Extra, ...]:
    """Our fields of an entity."""
    return EXTRAS.get(entity, ())


def _service() -> tuple[Extra, ...]:
    return (
        Extra("referral_method", "How it takes referrals.", shape=_one_of(REFERRAL_METHODS)),
        Extra("other_referral_methods", "Further ways to refer.", "any", _several(REFERRAL_METHODS)),
        Extra("response_hours", "Hours after which it usually answers.", "integer"),
        Extra("next_step", "What happens after a referral."),
        Extra("feedback_promised", "What it tells whoever referred.", shape=_one_of(FEEDBACK_PROMISES)),
        Extra(
            "cost", "What it costs, as a code.", shape=_one_of(tuple(vocabulary.terms("eligibility.cost")))
        ),
        Extra(
            "eligibility",
            "Whom it takes, by criterion. A criterion that is missing is unknown: neither yes nor no.",
            "any",
            _eligibility(),
        ),
        Extra("practices", "What a client must hear before she agrees: yes, no or unknown.", "any", _TEXTS),
        Extra("house_rules", "How residents live there.", "any", _TEXTS),
        _EXCEPTIONS,
        Extra(
            "open_on_holidays",
            "That it keeps its week on the days of its country; otherwise those hide its hours.",
            "boolean",
        ),
        *_VERIFIED,
        *_PUBLISHED[1:],
        Extra("invented", "That it is invented, for a demonstration.", "boolean"),
        Extra(
            "modified_date",
            "In lists with minimal: when it or anything that hangs on it was last changed.",
            "date-time",
        ),
    )


EXTRAS: Final[Mapping[str, tuple[Extra, ...]]] = {
    "organization": (
        Extra("country", "Its country, ISO 3166-1 alpha-2."),
        Extra("recipient_class", "What kind of body it is, as clients' refusals name it."),
        Extra("roles", "Who runs it, sits on its board or stands above it.", "any", {"type": "array", "items": _ROLE}),
        Extra("services", "Its services: their own values, or whole with full_service.", "any", _SERVICES),
        *_VERIFIED,
        *_PUBLISHED,
        Extra("invented", "That it is invented, for a demonstration.", "boolean"),
    ),
    "service": _service(),
    "service_at_location": (_EXCEPTIONS, *_PUBLISHED[::2]),
    "location": (
        Extra(
            "confidential",
            "That its address is told to nobody: no coordinates, address, name or description, the town alone.",
            "boolean",
        ),
        Extra("place_code", "Its town or district in the gazetteer."),
        Extra("town", "Its town."),
        Extra("country", "Its country, ISO 3166-1 alpha-2."),
        Extra("time_zone", "Its IANA time zone."),
        _EXCEPTIONS,
        *_VERIFIED,
        *_PUBLISHED[:2],
    ),
    "schedule": (
        Extra("local_opens_at", "When it opens by the clock on the wall, HH:MM."),
        Extra("local_closes_at", "When it closes; 24:00 ends the day, a time before the opening is the next day."),
        Extra("time_zone", "The IANA time zone of that clock."),
    ),
    "language": (Extra("interpreted", "That an interpreter is called, and it is not spoken there.", "boolean"),),
    "service_capacity": (Extra("next_free_at", "When it will next have something free.", "date-time"),),
}  # fmt: skip

ADDRESS_NOTE: Final = (
    "Many of our countries have no postal codes, and towns without street names or states: where a listing has none, "
    "address_1, state_province and postal_code are empty texts."
)
_WEEK: Final = f"Days are {', '.join(WEEKDAYS)}."


def patch(entity: str) -> dict[str, Any]:
    """The merge patch (RFC 7386) that turns the standard's schema of this entity into ours."""
    ours: dict[str, Any] = {field.name: field.schema() for field in fields(entity)}
    ours["nonconforming"] = NONCONFORMING.schema()
    if entity == "address":
        ours["postal_code"] = {"description": ADDRESS_NOTE}
    if entity == "service_at_location":
        ours["service"] = standard.Field(
            "service", "object", of="service"
        ).schema()  # told, though its file lacks it
    return {"properties": ours}


def patches() -> dict[str, dict[str, Any]]:
    """The merge patches of every entity, by its name; other entities are named by their files, as the standard does."""
    return {entity: _by_file(patch(entity)) for entity in standard.ENTITIES}


def _by_file(node: Any) -> Any:
    """The same with references to files in place of references into one document."""
    if isinstance(node, dict):
        return {name: _by_file(value) for name, value in node.items()} | (
            {"$ref": node["$ref"].removeprefix(standard.REFERENCE) + ".json"} if "$ref" in node else {}
        )
    return [_by_file(one) for one in node] if isinstance(node, list) else node


def merged(target: Any, change: Any) -> Any:
    """``change`` carried out on ``target``, as RFC 7386 says; neither is altered."""
    if not isinstance(change, dict):
        return change
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def schema(entity: str) -> dict[str, Any]:
    """The entity as we answer it: the standard's schema and our fields."""
    found: dict[str, Any] = merged(standard.schema(entity), patch(entity))
    return found
