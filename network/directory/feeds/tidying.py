"""Rows of what was read: names and values as the directory has them, one owner a row, nothing twice.

What cannot be used is set aside with its reason and the row kept; a row that says nothing without it is set aside
as a whole. Nothing is dropped: every record becomes a row, or is counted as one that stands there again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from network.core import vocabulary
from network.core.errors import DomainError
from network.directory import geo
from network.directory.eligibility import check_condition
from network.directory.feeds import values as reading
from network.directory.feeds.entities import ENTITIES, LISTINGS, RANK, TELLING
from network.directory.feeds.nested import known_name
from network.directory.feeds.records import Record, Settings
from network.directory.feeds.values import Doubtful
from network.directory.operations.taxonomy import term_id
from network.directory.practices import check_house_rules, check_practices
from network.directory.states import ENTITIES as LINKABLE

FAR_KM: Final = 100  # a place of the gazetteer that is further away says nothing
_WEEK: Final = "MO,TU,WE,TH,FR,SA,SU"
# Said of rows by our own exports, and kept by the database itself.
_OURS: Final = frozenset(
    {
        "verified_on",
        "verification_due_on",
        "tombstone",
        "nonconforming",
        "last_modified",
        "created_at",
        "modified_at",
    }
)


@dataclass(slots=True)
class Row:
    """A row of the feed as the directory could keep it. References are still foreign ids.

    ``refused``: why it cannot be a row. ``again``: it stands there already, in the row before of the same id.
    ``siblings``: the rows that are the same one under its other owners, itself included.
    """

    entity: str
    foreign_id: str
    line: str
    values: dict[str, Any]
    doubts: list[tuple[str, str, str]] = field(default_factory=list)
    refused: str = ""
    again: bool = False
    copy: bool = False
    confidential: bool = False
    siblings: list[Row] = field(default_factory=list)

    def doubt(self, name: str, value: Any, reason: str) -> None:
        """Set a value aside."""
        self.doubts.append((reading.said(name)[:200], reading.said(value), reason))


def tidy(records: Iterable[Record], settings: Settings) -> list[Row]:
    """Rows in the order in which they are written, each counted."""
    rows = [
        row
        for record in _with_eligibility(records)
        for one in _translated(record)
        for row in _split(_cleaned(one, settings))
    ]
    rows = _once(rows)
    _settle(rows, settings)
    return _in_order(rows)


# From any version to the names of today


def _with_eligibility(records: Iterable[Record]) -> list[Record]:
    """Version 1 had a table of who may come: its text is the service's, and its row stands in the service's."""
    every = list(records)
    services = {str(one.foreign_id).strip(): one for one in reversed(every) if one.entity == "service"}
    kept = [one for one in every if one.entity != "eligibility"]
    for one in (one for one in every if one.entity == "eligibility"):
        service = services.get(str(one.values.get("service_id") or "").strip())
        text = str(one.values.get("eligibility") or one.values.get("name") or "").strip()
        if service is None or not text:
            kept.append(one)
            continue
        name = "eligibility_description"
        if isinstance(service.values.get("eligibility"), str):
            name = "eligibility"
        before = str(service.values.get(name) or "").strip()
        if text not in before.splitlines():
            service.values[name] = f"{before}\n{text}".strip()
        kept.append(Record("service", service.foreign_id, one.line, {"name": service.values.get("name")}))
    return kept


def _translated(record: Record) -> Iterator[Record]:
    given: dict[str, Any] = {}
    extra: list[Record] = []
    entity = record.entity
    if entity == "taxonomy" and any(
        name in record.values for name in ("vocabulary", "parent_id", "parent_name")
    ):
        entity = "taxonomy_term"  # so were terms called until version 2
    for name, value in record.values.items():
        plain = known_name(entity, str(name))
        if plain and (plain not in given or reading.is_empty(given[plain])):
            given[plain] = value
    odd = given.pop("nonconforming", None)
    if isinstance(odd, Mapping):
        given |= dict(odd)
    _of_versions(entity, record, given, extra)
    yield Record(entity, record.foreign_id, record.line, given, record.doubts)
    yield from (inner for one in extra for inner in _translated(one))


def _of_versions(entity: str, record: Record, given: dict[str, Any], extra: list[Record]) -> None:
    def add(kind: str, key: str, values: dict[str, Any]) -> None:
        extra.append(Record(kind, f"{record.foreign_id}:{key}", record.line, values))

    if entity == "service":
        _of_service(record.foreign_id, given, add)
    elif entity == "schedule":
        if not reading.is_empty(record.values.get("time_zone")):
            given.pop(
                "timezone", None
            )  # our own exports say the clock's zone, and from it its offset of the day
        for name in ("opens_at", "closes_at"):
            if not reading.is_empty(local := given.pop(f"local_{name}", None)):
                given[name] = local
        if str(given.get("freq") or "").upper() == "DAILY":
            given["freq"] = "WEEKLY"
            if reading.is_empty(given.get("byday")):
                given["byday"] = _WEEK
    elif entity == "schedule_exception":
        if reading.is_empty(given.get("last_on")):
            given["last_on"] = given.get("first_on")
        given.setdefault("kind", "holiday")
        if reading.is_empty(given.get("closed")):
            given["closed"] = reading.is_empty(given.get("opens_at"))
    elif entity == "attribute" and reading.is_empty(given.get("link_id")):
        for name in ("service_id", "organization_id", "location_id"):
            if not reading.is_empty(owner := given.pop(name, None)):
                given |= {"link_id": owner, "link_entity": name.removesuffix("_id")}
    elif entity == "taxonomy_term":
        label = given.pop("taxonomy_name", None)
        if reading.is_empty(given.get("taxonomy_id")) and isinstance(label, str) and label.strip():
            given["taxonomy_id"] = f"~{label.strip()}"
            extra.append(Record("taxonomy", f"~{label.strip()}", record.line, {"name": label}))
    elif entity == "phone" and not reading.is_empty(spoken := given.pop("language", None)):
        add("language", "language", {"phone_id": record.foreign_id, "name": spoken})


def _of_service(service_id: str, given: dict[str, Any], add: Any) -> None:
    said = given.pop("eligibility", None)
    if isinstance(said, str):
        given.setdefault("eligibility_description", said)
    elif isinstance(said, Mapping):
        for criterion, value in said.items():
            add(
                "service_eligibility",
                f"{criterion}",
                {"service_id": service_id, "criterion": criterion, "value": value},
            )
    for name, kind in (("practices", "practice"), ("house_rules", "house_rule")):
        if isinstance(said := given.pop(name, None), Mapping):
            for code, value in said.items():
                add(
                    "service_practice",
                    f"{kind}:{code}",
                    {"service_id": service_id, "kind": kind, "code": code, "value": value},
                )
    documents = given.pop("required_documents", None)
    for text in (
        documents if isinstance(documents, list) else str(documents or "").replace("\n", ";").split(";")
    ):
        if str(text).strip():
            add(
                "required_document",
                f"document:{text}",
                {"service_id": service_id, "document": str(text).strip()},
            )
    for name in ("needs", "taxonomy_ids"):
        for term in _several(given.pop(name, None)):
            link = {"link_id": service_id, "link_entity": "service"}
            add(
                "attribute",
                f"{name}:{term}",
                link | ({"need": term} if name == "needs" else {"taxonomy_term_id": term}),
            )
    if not reading.is_empty(place := given.pop("location_id", None)):
        add("service_at_location", f"at:{place}", {"service_id": service_id, "location_id": place})


def _several(value: Any) -> list[str]:
    if reading.is_empty(value):
        return []
    return (
        [str(one) for one in value]
        if isinstance(value, list)
        else [one.strip() for one in str(value).split(",")]
    )


# Single values


def _cleaned(record: Record, settings: Settings) -> Row:
    row = Row(
        record.entity,
        reading.foreign_id(record.foreign_id),
        reading.said(record.line),
        {},
        list(record.doubts),
    )
    entity = ENTITIES.get(record.entity)
    if entity is None:
        row.values, row.refused = dict(record.values), "no_place_for_it"
        return row
    links = (
        ("link_id",)
        if record.entity == "attribute"
        else ("resource_id",)
        if record.entity == "metadata"
        else ()
    )
    for name, value in record.values.items():
        if reading.is_empty(value) or name in _OURS:
            continue
        if name in entity.refs or name in links:
            row.values[name] = reading.foreign_id(value)
        elif name == "need" and record.entity == "attribute":
            _need(row, value)
        elif name in entity.fields:
            _keep(row, name, entity.fields[name], value, settings)
        elif name != "_line":
            row.doubt(name, value, "no_place_for_it")
    _whole(row)
    needed = entity.needed
    if needed and all(row.values.get(name) is None for name in needed):
        doubts = [reason for name, _value, reason in row.doubts if name in needed]
        row.refused = doubts[0] if doubts else "nothing_said"
    return row


def _need(row: Row, value: Any) -> None:
    try:
        code = vocabulary.need(str(value).strip()).code
    except DomainError:
        row.doubt("need", value, "unknown_code")
        row.refused = "unknown_code"
        return
    row.values |= {"taxonomy_term_id": str(term_id(code))}


def _keep(row: Row, name: str, kind: str, value: Any, settings: Settings) -> None:
    try:
        found = reading.read(kind, value, settings.country)
        if found is not None:
            row.values[name] = found
    except Doubtful as wrong:
        row.doubt(name, value, wrong.reason)
        if wrong.reason == "too_long" and kind in ("name", "text"):
            plain = reading.said(value)
            row.values[name] = " ".join(plain.split())[:200] if kind == "name" else plain[:5000]
        elif kind == "name" and str(value).strip():
            row.values[name] = reading.said(value).strip()[:200]


def _whole(row: Row) -> None:
    """What several values of a row must agree on."""
    values = row.values
    for first, last in (("valid_from", "valid_to"), ("first_on", "last_on")):
        if values.get(first) and values.get(last) and values[last] < values[first]:
            row.doubt(last, values.pop(last), "out_of_range")
    check = _WHOLE.get(row.entity)
    if check is not None:
        check(row, values)


def _place_is_whole(row: Row, values: dict[str, Any]) -> None:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if (latitude is None) != (longitude is None):
        name = "latitude" if latitude is not None else "longitude"
        row.doubt(name, values.pop(name), "no_place_for_it")
    elif latitude == 0 and longitude == 0:
        row.doubt("latitude", values.pop("latitude"), "out_of_range")
        row.doubt("longitude", values.pop("longitude"), "out_of_range")


def _hours_are_whole(row: Row, values: dict[str, Any]) -> None:
    numbered = any(letter.isdigit() for letter in values.get("byday") or "")
    if numbered and values.setdefault("freq", "MONTHLY") != "MONTHLY":
        row.doubt("byday", values.pop("byday"), "not_a_value")
    if values.get("byday") and "freq" not in values:
        values["freq"] = "WEEKLY"
    if not values.keys() - {"freq", *ENTITIES["schedule"].owners}:
        row.refused = row.doubts[0][2] if row.doubts else "nothing_said"


def _days_are_whole(row: Row, values: dict[str, Any]) -> None:
    if (values.get("opens_at") is None) != (values.get("closes_at") is None):
        name = "opens_at" if values.get("opens_at") else "closes_at"
        row.doubt(name, values.pop(name), "not_a_value")
    values["closed"] = values.get("opens_at") is None
    values.setdefault("kind", "other")
    if values.get("first_on"):
        values.setdefault("last_on", values["first_on"])


def _condition_is_whole(row: Row, values: dict[str, Any]) -> None:
    said = values.get("value")
    if isinstance(said, str) and said[:1] in ("[", "{", "t", "f"):
        with suppress(ValueError):
            values["value"] = orjson.loads(said.lower() if said[:1] in "tf" else said)
    try:
        values["value"] = check_condition(str(values.get("criterion")), values.get("value"))
    except (DomainError, AttributeError, TypeError):
        row.doubt("value", values.get("value"), "unknown_code")
        row.refused = "unknown_code"


def _practice_is_whole(row: Row, values: dict[str, Any]) -> None:
    check = check_house_rules if values.setdefault("kind", "practice") == "house_rule" else check_practices
    try:
        values |= {"value": check({str(values.get("code")): values.get("value")})[str(values.get("code"))]}
    except DomainError:
        row.doubt("value", values.get("value"), "unknown_code")
        row.refused = "unknown_code"


def _language_is_whole(row: Row, values: dict[str, Any]) -> None:
    if "code" not in values and values.get("name"):
        if found := reading.language_code(values["name"]):
            values["code"] = found
    elif "code" in values and values.get("name") and reading.language_code(values["name"]) == values["code"]:
        del values["name"]  # said by the code
    values.setdefault("interpreted", False)


def _methods_are_whole(row: Row, values: dict[str, Any]) -> None:
    others = [one for one in values.get("other_referral_methods", ()) if one != values.get("referral_method")]
    if "not_accepted" in others or (others and values.get("referral_method") == "not_accepted"):
        row.doubt("other_referral_methods", ", ".join(others), "not_a_value")
        others = []
    if "other_referral_methods" in values:
        values["other_referral_methods"] = others


_WHOLE: Final = {
    "location": _place_is_whole,
    "schedule": _hours_are_whole,
    "schedule_exception": _days_are_whole,
    "service_eligibility": _condition_is_whole,
    "service_practice": _practice_is_whole,
    "language": _language_is_whole,
    "service": _methods_are_whole,
}


# One owner a row


def _split(row: Row) -> Iterator[Row]:
    """A row that hangs on several is one for each of them: the first keeps its id."""
    owners = (
        [name for name in ENTITIES[row.entity].owners if name in row.values] if row.entity in ENTITIES else []
    )
    if len(owners) < 2:
        yield row
        return
    whole = row.values
    for number, mine in enumerate(owners):
        values = {name: value for name, value in whole.items() if name == mine or name not in owners}
        if not number:
            row.values = values
            row.siblings.append(row)
        else:
            same = f"{row.foreign_id}@{mine.removesuffix('_id')}:{whole[mine]}"[:500]
            copy = Row(row.entity, same, row.line, values, [], row.refused, copy=True, siblings=row.siblings)
            row.siblings.append(copy)
    yield from list(row.siblings)


# Nothing twice


def _once(rows: Sequence[Row]) -> list[Row]:
    """Of rows with the same id the first counts, filled up from the others; what differs is set aside."""
    first: dict[tuple[str, str], Row] = {}
    kept: list[Row] = []
    for row in rows:
        entity = ENTITIES.get(row.entity)
        known = first.get((row.entity, row.foreign_id))
        if known is not None and entity and entity.owners:
            mine, theirs = _owner(row), _owner(known)
            if mine is not None and theirs is not None and mine != theirs and row.entity not in LISTINGS:
                row.foreign_id = f"{row.foreign_id}@{mine[0].removesuffix('_id')}:{mine[1]}"[:500]
                row.copy = False
                known = first.get((row.entity, row.foreign_id))
        kept.append(row)
        if known is None or row.refused or known.refused:
            first.setdefault((row.entity, row.foreign_id), row)
            if known is not None and known.refused and not row.refused:
                first[row.entity, row.foreign_id] = row
            elif known is not None:
                row.again = True
            continue
        row.again = True
        for name, value in row.values.items():
            if name not in known.values:
                known.values[name] = value
            elif known.values[name] != value and not (entity and name in entity.owners):
                known.doubt(name, value, "duplicate")
        known.doubts += [doubt for doubt in row.doubts if doubt not in known.doubts]
    return kept


def _owner(row: Row) -> tuple[str, str] | None:
    return next(
        ((name, row.values[name]) for name in ENTITIES[row.entity].owners if name in row.values), None
    )


# What a place needs to be a place


def _settle(rows: Sequence[Row], settings: Settings) -> None:
    addresses: dict[str, Row] = {}
    organizations: dict[str, Row] = {}
    for row in rows:
        if row.refused or row.again:
            continue
        if row.entity == "address" and "location_id" in row.values:
            addresses.setdefault(row.values["location_id"], row)
        elif row.entity == "organization":
            organizations[row.foreign_id] = row
    hidden = set()
    for row in rows:
        if row.entity == "location" and not row.refused and not row.again:
            address = addresses.get(row.foreign_id)
            _locate(row, address.values if address else {}, organizations, settings)
            if row.confidential:
                hidden.add(row.foreign_id)
        elif row.entity == "location" and (settings.confidential or row.values.get("confidential")):
            row.confidential = True
    for row in (one for one in rows if one.entity in ENTITIES):
        if row.values.get("location_id") in hidden and row.entity != "service_at_location":
            row.confidential = True
            if row.entity in TELLING and row.entity != "address":
                row.refused = "confidential_place"
        elif row.values.get("location_id") in hidden:
            row.confidential = True
            row.values.pop("description", None)
        if row.entity in ("address",) and not row.refused and not row.again:
            row.values.setdefault("address_type", "physical")
            if "country" not in row.values and settings.country:
                row.values["country"] = settings.country


def _locate(
    row: Row, address: Mapping[str, Any], organizations: Mapping[str, Row], settings: Settings
) -> None:
    """Country, town and time zone of a place, and where it is: what is not said comes from the gazetteer."""
    values = row.values
    row.confidential = bool(values.get("confidential")) or settings.confidential
    owner = organizations.get(values.get("organization_id", ""))
    country = (
        values.get("country")
        or address.get("country")
        or (owner.values.get("country") if owner else None)
        or settings.country
    )
    place = geo.find_place(values["place_code"]) if "place_code" in values else None
    town = values.get("town") or address.get("city")
    if place is None and town and country:
        place = next(iter(geo.places_named(town, country, _point(values))), None)
    point = _point(values)
    if place is None and point is not None:
        near = geo.nearest_place(point)
        place = near if geo.sphere_km(near.point, point) < FAR_KM else None
    if place is not None:
        values.setdefault("town", town or place.name)
        values.setdefault("country", country or place.country)
        values.setdefault("time_zone", place.time_zone)
        if "latitude" not in values and values.get("location_type", "physical") == "physical":
            values |= {"latitude": place.latitude, "longitude": place.longitude}
            values.setdefault("place_code", place.code)
    values.setdefault("town", town or values.get("name") or "")
    if country:
        values.setdefault("country", country)
    values.setdefault("time_zone", settings.time_zone or "UTC")
    values.setdefault("location_type", "physical")
    if values["location_type"] == "physical" and "latitude" not in values:
        values["location_type"] = "postal"  # nobody can be sent there
    if row.confidential:
        values["confidential"] = True
        if place is None:
            row.refused = "confidential_without_town"
        else:
            values["place_code"] = place.code


def _point(values: Mapping[str, Any]) -> geo.Point | None:
    if values.get("latitude") is None or values.get("longitude") is None:
        return None
    return geo.Point(values["latitude"], values["longitude"])


def _in_order(rows: list[Row]) -> list[Row]:
    """What others hang on first; parents before their children, at any depth."""
    rows.sort(key=lambda row: RANK.get(row.entity, len(RANK)))
    for entity, name in (("organization", "parent_organization_id"), ("taxonomy_term", "parent_id")):
        _parents_first(rows, entity, name)
    return rows


def _parents_first(rows: list[Row], entity: str, name: str) -> None:
    mine = [number for number, row in enumerate(rows) if row.entity == entity]
    found = {rows[number].foreign_id: rows[number] for number in reversed(mine) if not rows[number].again}
    depth: dict[str, int] = {}
    for start in found:
        path: list[str] = []
        one: str | None = start
        while one in found and one not in depth and one not in path:
            path.append(one)
            one = found[one].values.get(name)
        if one in path:  # above itself: the circle is cut where it closes
            row = found[path[-1]]
            row.doubt(name, row.values.pop(name), "not_a_value")
            one = None
        base = depth.get(one, -1) if one else -1
        for above, key in enumerate(reversed(path), 1):
            depth[key] = base + above
    ordered = sorted(
        (rows[number] for number in mine), key=lambda row: (row.again, depth.get(row.foreign_id, 0))
    )
    for number, row in zip(mine, ordered, strict=True):
        rows[number] = row


def linkable(entity: str) -> bool:
    """Whether an attribute or a note may be about it."""
    return entity in LINKABLE and entity != "attribute"
