"""Records of any version under the names of today: what older ones say in other tables, lists or words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from network.directory.feeds import records
from network.directory.feeds.reading.nested import known_name
from network.directory.feeds.records import Record, Unreadable
from network.directory.feeds.tidying.parting import is_like_ours, part_languages, part_numbers
from network.directory.feeds.values.texts import is_empty, said

_WEEK: Final = "MO,TU,WE,TH,FR,SA,SU"


def with_eligibility(given: Iterable[Record]) -> list[Record]:
    """Version 1 had a table of who may come: its text is the service's, and its row stands in the service's."""
    every = list(given)
    services = {str(one.foreign_id).strip(): one for one in reversed(every) if one.entity == "service"}
    kept = [one for one in every if one.entity != "eligibility"]
    lines: dict[str, dict[str, None]] = {}  # of each service, in their order
    for one in (one for one in every if one.entity == "eligibility"):
        rest = dict(one.values)
        service = services.get(str(rest.pop("service_id", None) or "").strip())
        text = str(rest.pop("eligibility", None) or rest.pop("name", None) or "").strip()
        if service is None or not text:
            kept.append(one)
            continue
        said_so = lines.get(service.foreign_id)
        if said_so is None:
            before = str(service.values.get(_who(service)) or "").strip()
            said_so = lines[service.foreign_id] = dict.fromkeys(before.splitlines())
        said_so.setdefault(text)
        rest["name"] = service.values.get("name")
        kept.append(Record("service", service.foreign_id, one.line, rest))
    for service in services.values():
        if service.foreign_id in lines:
            service.values[_who(service)] = "\n".join(lines[service.foreign_id])
    return kept


def _who(service: Record) -> str:
    """The field in which a service says who may come."""
    return "eligibility" if isinstance(service.values.get("eligibility"), str) else "eligibility_description"


def translated(record: Record) -> Iterator[Record]:
    """A record under the names of today, and those that it holds inside."""
    given: dict[str, Any] = {}
    extra: list[Record] = []
    doubts = list(record.doubts)
    entity = record.entity
    if entity == "taxonomy" and any(
        name in record.values for name in ("vocabulary", "parent_id", "parent_name")
    ):
        entity = "taxonomy_term"  # so were terms called until version 2
    for name, value in record.values.items():
        plain = known_name(entity, str(name))
        if plain and (plain not in given or is_empty(given[plain])):
            given[plain] = value
        elif plain and not is_empty(value) and value != given[plain]:
            doubts.append((said(name)[:200], said(value), "duplicate"))
    odd = given.pop("nonconforming", None)
    if isinstance(odd, Mapping):
        given |= dict(odd)
    _of_versions(entity, record, given, extra)
    yield Record(entity, record.foreign_id, record.line, given, doubts, record.refused)
    yield from (inner for one in extra for inner in translated(one))


def _of_versions(entity: str, record: Record, given: dict[str, Any], extra: list[Record]) -> None:
    def add(kind: str, key: str, values: dict[str, Any]) -> None:
        if len(extra) >= records.MOST_RECORDS:  # a cell of a million commas
            raise Unreadable("too_many_rows")
        extra.append(Record(kind, f"{record.foreign_id}:{key}", record.line, values))

    if entity in ("service", "location"):
        spoken = given.get("languages")
        if isinstance(spoken, str) or (
            isinstance(spoken, list) and all(isinstance(one, str) for one in spoken)
        ):
            for one in _several(given.pop("languages")):
                add("language", f"language:{one}", {f"{entity}_id": record.foreign_id, "name": one})
    if entity == "service":
        _of_service(record.foreign_id, given, add)
    elif entity == "schedule":
        if not is_empty(record.values.get("time_zone")):
            given.pop(
                "timezone", None
            )  # our own exports say the clock's zone, and from it its offset of the day
        for name in ("opens_at", "closes_at"):
            if not is_empty(local := given.pop(f"local_{name}", None)):
                given[name] = local
        if str(given.get("freq") or "").upper() == "DAILY":
            given["freq"] = "WEEKLY"
            if is_empty(given.get("byday")):
                given["byday"] = _WEEK
    elif entity == "schedule_exception":
        if is_empty(given.get("last_on")):
            given["last_on"] = given.get("first_on")
        given.setdefault("kind", "holiday")
        if is_empty(given.get("closed")):
            given["closed"] = is_empty(given.get("opens_at"))
    elif entity == "attribute" and is_empty(given.get("link_id")):
        for name in ("service_id", "organization_id", "location_id"):
            if not is_empty(owner := given.pop(name, None)):
                given |= {"link_id": owner, "link_entity": name.removesuffix("_id")}
    elif entity == "phone":
        if not is_empty(spoken := given.pop("language", None)):
            add("language", "language", {"phone_id": record.foreign_id, "name": spoken})
        if not is_like_ours(record.foreign_id):
            part_numbers(given, add)
    elif entity == "language" and not is_like_ours(record.foreign_id):
        part_languages(given, add)


def _of_service(service_id: str, given: dict[str, Any], add: Any) -> None:
    who = given.pop("eligibility", None)
    if isinstance(who, list) and all(isinstance(one, str) for one in who):
        who = "\n".join(who)
    if isinstance(who, str) and is_empty(given.get("eligibility_description")):
        given["eligibility_description"] = who
    elif isinstance(who, Mapping):
        for criterion, value in who.items():
            add(
                "service_eligibility",
                f"{criterion}",
                {"service_id": service_id, "criterion": criterion, "value": value},
            )
    elif not is_empty(who) and who != given.get("eligibility_description"):
        given["eligibility"] = who  # there is one place for it: it is set aside
    for name, kind in (("practices", "practice"), ("house_rules", "house_rule")):
        if isinstance(given.get(name), Mapping):
            for code, value in given.pop(name).items():
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
    if not is_empty(place := given.pop("location_id", None)):
        add("service_at_location", f"at:{place}", {"service_id": service_id, "location_id": place})


def _several(value: Any) -> list[str]:
    if is_empty(value):
        return []
    return (
        [str(one) for one in value]
        if isinstance(value, list)
        else [one.strip() for one in str(value).split(",")]
    )
