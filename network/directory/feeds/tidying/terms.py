"""Rows that name in words what others name by an id: a taxonomy, a parent, the organization of a service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from network.directory.feeds.records import Record
from network.directory.feeds.values.texts import foreign_id, is_empty, said

_OWNERS = ("organization", "organization_name", "agency", "agency_name", "provider", "provider_name")


def with_their_names(records: Sequence[Record]) -> list[Record]:
    """The words turned into ids where there are none, and left out where they say what the row says that is meant."""
    return _named_owners(_named_terms(records))


def _named_owners(records: Sequence[Record]) -> list[Record]:
    organizations = {
        _folded(one.values.get("name")): one for one in reversed(records) if one.entity == "organization"
    }
    named: list[Record] = []
    for one in records:
        if one.entity not in ("service", "location"):
            continue
        label = next(
            (text for name in _OWNERS if isinstance(text := one.values.get(name), str) and text.strip()), ""
        )
        if not label or not is_empty(one.values.get("organization_id")):
            continue
        for name in _OWNERS:
            if one.values.get(name) == label:
                del one.values[name]
        if (key := _folded(label)) not in organizations:
            organizations[key] = Record("organization", f"~{key}", one.line, {"name": label})
            named.append(organizations[key])
        one.values["organization_id"] = organizations[key].foreign_id
    return [*named, *records]


def _named_terms(records: Sequence[Record]) -> list[Record]:
    taxonomies = {foreign_id(one.foreign_id): one for one in reversed(records) if one.entity == "taxonomy"}
    terms = [one for one in records if one.entity == "taxonomy_term"]
    by_id = {foreign_id(one.foreign_id): one for one in reversed(terms)}
    by_name: dict[str, set[str]] = defaultdict(set)
    for one in terms:
        by_name[_folded(one.values.get("name"))].add(foreign_id(one.foreign_id))
    named: list[Record] = []
    for one in terms:
        label = one.values.pop("taxonomy_name", None)
        if not is_empty(label):
            of = foreign_id(one.values.setdefault("taxonomy_id", f"~{str(label).strip()}"))
            if is_empty(one.values["taxonomy_id"]):
                of = one.values["taxonomy_id"] = f"~{str(label).strip()}"
            if of not in taxonomies:
                taxonomies[of] = Record("taxonomy", of, one.line, {"name": label})
                named.append(taxonomies[of])
            _same(one, "taxonomy_name", label, taxonomies[of])
        label = one.values.pop("parent_name", None)
        if not is_empty(label):
            alike = by_name[_folded(label)] - {foreign_id(one.foreign_id)}
            if is_empty(one.values.get("parent_id")) and len(alike) == 1:
                one.values["parent_id"] = next(iter(alike))
            _same(one, "parent_name", label, by_id.get(foreign_id(one.values.get("parent_id"))))
    return [*named, *records]


def _same(one: Record, name: str, label: Any, meant: Record | None) -> None:
    """Set a name aside that is not that of the row that the id means."""
    if meant is None or _folded(meant.values.get("name")) != _folded(label):
        one.doubts.append((name, said(label), "dangling" if meant is None else "duplicate"))


def _folded(name: Any) -> str:
    return " ".join(str(name or "").split()).casefold()
