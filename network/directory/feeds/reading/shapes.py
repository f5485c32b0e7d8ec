"""What a document of JSON is made of: lists of objects, wherever they stand in it, and what an object may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from network.directory.feeds.reading.names import TABLES
from network.directory.feeds.records import Unreadable

_ENVELOPE: Final = (
    "contents",
    "content",
    "data",
    "results",
    "result",
    "items",
    "records",
    "features",
    "response",
)
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s-]+")


def tables_of(document: Any) -> Iterator[tuple[str, list[Any], str]]:
    """The lists of a document: of which entity, if that is told, the objects, and where they stand."""
    if isinstance(document, list):
        if document and all(_is_page(one) for one in document):
            for number, page in enumerate(document):
                yield from ((kind, items, f"/{number}{path}") for kind, items, path in tables_of(page))
        else:
            yield "", document, ""
    elif isinstance(document, Mapping):
        alone = document.get("id") is not None
        lists = {name: _listed(value) for name, value in document.items()}
        tables = {
            name: kind
            for name, value in document.items()
            if (lists[name] or isinstance(value, list)) and (kind := TABLES.get(_stem(name)))
        }
        envelope = next((name for name in _ENVELOPE if _holds(document.get(name))), None)
        if envelope is not None and not alone:
            inner = document[envelope]
            if isinstance(inner, list):
                yield "", inner, f"/{envelope}"
            else:
                yield from ((kind, items, f"/{envelope}{path}") for kind, items, path in tables_of(inner))
            for name, items in lists.items():  # what is said about the page itself is no list
                if name != envelope and (name in tables or isinstance(document[name], list)):
                    yield tables.get(name, ""), items, f"/{name}"
        elif tables and not alone and document.get("name") is None:
            for name, value in document.items():
                items = lists[name] if name in tables or isinstance(value, list) else [value]
                yield tables.get(name, ""), items, f"/{name}"
        else:
            yield "", [document], ""
    else:
        raise Unreadable("no_objects")


def _is_page(item: Any) -> bool:
    """Whether it is a page of an API, of which somebody kept all in one list."""
    if not isinstance(item, Mapping) or item.get("id") is not None or item.get("name") is not None:
        return False
    return any(objects(item.get(name)) for name in _ENVELOPE)


def _holds(inner: Any) -> bool:
    """Whether records stand in an envelope: a list of them, or tables."""
    return isinstance(inner, list) or (
        isinstance(inner, Mapping) and any(TABLES.get(_stem(name)) for name in inner)
    )


def _listed(value: Any) -> list[Any]:
    """The objects of a list, or of an object that holds them by their ids; empty where it is neither."""
    if isinstance(value, list):
        return value
    if (
        not isinstance(value, Mapping)
        or not value
        or not all(isinstance(one, Mapping) for one in value.values())
    ):
        return []
    return [{"id": name} | dict(said_of(one)) for name, one in value.items()]


def _stem(name: str) -> str:
    return snake(name.rsplit("/", 1)[-1].removesuffix(".csv").removesuffix(".json"))


def guess(item: Mapping[str, Any]) -> str:
    """What an object without a name for its kind is; empty where nobody can tell."""
    if (
        "service_at_locations" in item
        or ("organization_id" in item and "status" in item)
        or ("status" in item and "name" in item)
    ):
        return "service"
    if ("location" in item or "location_id" in item) and ("service" in item or "service_id" in item):
        return "service_at_location"
    if "first_on" in item and "last_on" in item:
        return "schedule_exception"
    if "location_type" in item or "latitude" in item:
        return "location"
    if "taxonomy_id" in item or "parent_id" in item or "taxonomy_detail" in item or "code" in item:
        return "taxonomy_term"
    if "organization" in item or ("organization_id" in item and "name" in item):
        return "service"
    organization = (
        "services",
        "website",
        "tax_status",
        "legal_status",
        "organization_identifiers",
        "email",
        "locations",
    )
    if "name" in item and any(name in item for name in organization):
        return "organization"
    if "name" in item and "description" in item and len(item) <= 6:
        return "taxonomy" if "uri" in item or "version" in item else "organization"
    return ""


def said_of(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an object says, under names of one style; of two names that come to the same the first."""
    there = set(item)
    for name, value in item.items():
        plain = snake(str(name))
        yield (str(name) if plain in there else plain), value
        there.add(plain)


def objects(value: Any) -> bool:
    """Whether it is a list of objects."""
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def snake(name: str) -> str:
    """A name in the standard's style: ``alternateName`` and ``Alternate Name`` are ``alternate_name``."""
    return _WORDS.sub("_", name.strip().strip("\u200e\u200f\u202a\u202b\u202c\ufeff")).lower()
