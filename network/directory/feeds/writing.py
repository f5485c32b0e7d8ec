"""Taking listings out: HSDS JSON, lines, tables (a datapackage of CSV, zipped), a workbook; and our own one, empty.

What may be read by who asks, and nothing more: of a confidential place its town. A cell that a spreadsheet would take
for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
import xlsxwriter
from sqlalchemy import select

from network.core import clock, vocabulary
from network.core.db import db
from network.directory.hsds import standard, writing
from network.directory.hsds.nesting import Writer
from network.directory.hsds.records import CHILDREN, Whole, whole_organizations
from network.directory.hsds.standing import Reader
from network.directory.models import Organization
from network.directory.states import REFERRAL_METHODS, SERVICE_STATUSES
from network.tenants.context import acting

FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "json": ("application/json", "json"),
    "ndjson": ("application/x-ndjson", "ndjson"),
    "csv": ("application/zip", "zip"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
BATCH: Final = 200
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# The tables in the order and by the names of the standard's datapackage, then ours.
_PATHS: Final[Mapping[str, str]] = {
    "organization": "organizations",
    "program": "programs",
    "service": "services",
    "location": "locations",
    "service_at_location": "service_at_location",
    "address": "addresses",
    "phone": "phones",
    "contact": "contacts",
    "schedule": "schedules",
    "service_area": "service_areas",
    "language": "languages",
    "accessibility": "accessibility",
    "cost_option": "cost_options",
    "required_document": "required_documents",
    "service_capacity": "service_capacity",
    "unit": "units",
    "funding": "funding",
    "organization_identifier": "organization_identifiers",
    "url": "urls",
    "attribute": "attributes",
    "taxonomy": "taxonomies",
    "taxonomy_term": "taxonomy_terms",
    "metadata": "metadata",
    "schedule_exception": "schedule_exceptions",
    "service_eligibility": "service_eligibility",
    "service_practice": "service_practice",
    "organization_role": "organization_roles",
}
_OF_OURS: Final[Mapping[str, tuple[str, ...]]] = {
    "schedule_exception": (
        *("service_id", "location_id", "service_at_location_id", "first_on", "last_on", "closed", "byday"),
        *("opens_at", "closes_at", "kind", "description"),
    ),
    "service_eligibility": ("service_id", "criterion", "value"),
    "service_practice": ("service_id", "kind", "code", "value"),
    "organization_role": (
        "organization_id",
        "relation",
        "class_code",
        "country",
        "name",
        "other_organization_id",
    ),
}
_TELLING: Final = frozenset({"description", "notes", "note", "schedule_link", "attending_type"})


def export(form: str, *, own: bool) -> bytes:
    """The listings that may be read, or only those of which the acting tenant is the steward."""
    ids = _organizations(own)
    if form == "json":
        return b'{"organizations":[' + b",".join(orjson.dumps(one) for one in _nested(ids)) + b"]}"
    if form == "ndjson":
        return b"".join(orjson.dumps(one) + b"\n" for one in _nested(ids))
    tables = _tables(ids)
    return (
        _zipped(tables) if form == "csv" else workbook({_PATHS[name]: rows for name, rows in tables.items()})
    )


def _organizations(own: bool) -> list[UUID]:
    reader = Reader(db.session, public=False)
    asked = select(Organization.id).where(*reader.listed(Organization)).order_by(Organization.id)
    if own:
        asked = asked.where(Organization.steward_tenant_id == acting().tenant)
    return list(db.session.scalars(asked))


def _wholes(ids: Sequence[UUID]) -> Iterator[Whole]:
    for start in range(0, len(ids), BATCH):
        reader = Reader(db.session, public=False)
        yield whole_organizations(reader, ids[start : start + BATCH], full_service=True)


def _nested(ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for whole in _wholes(ids):
        writer = Writer(whole, public=False)
        for one in whole.organizations:
            yield writer.organization(one, full_service=True)


Tables = dict[str, list[dict[str, Any]]]


def _tables(ids: Sequence[UUID]) -> Tables:
    tables: Tables = {name: [] for name in _PATHS}
    once: dict[str, dict[str, dict[str, Any]]] = {"taxonomy": {}, "taxonomy_term": {}, "unit": {}}
    for whole in _wholes(ids):
        _add(tables, once, whole)
    for name, rows in once.items():
        tables[name] = list(rows.values())
    return tables


def _add(tables: Tables, once: dict[str, dict[str, dict[str, Any]]], whole: Whole) -> None:
    hidden = {one for one, row in whole.locations.items() if row["confidential"]}
    rooms = {one for one, row in whole.at_locations.items() if row["location_id"] in hidden}
    for entity, rows in (
        ("organization", whole.organizations),
        ("program", whole.programs),
        ("service", whole.services),
        ("location", whole.locations),
        ("service_at_location", whole.at_locations),
    ):
        tables[entity] += [_flat(entity, row, whole, discreet=row["id"] in rooms) for row in rows.values()]
    programs = {row["id"] for row in tables["program"]}
    for entity, _model, owners in CHILDREN:
        found: dict[UUID, Mapping[str, Any]] = {}
        for owner in owners:
            for hanging in whole.children.get((entity, owner), {}).values():
                found |= {row["id"]: row for row in hanging}
        for row in found.values():
            discreet = row.get("location_id") in hidden or row.get("service_at_location_id") in rooms
            if entity != "program" or str(row["id"]) not in programs:
                tables[entity].append(_flat(entity, row, whole, discreet=discreet))
    for row in whole.units.values():
        once["unit"][str(row["id"])] = writing.flat("unit", row)
    for linked in whole.attributes.values():
        for row in linked:
            if row["location_id"] in hidden or row["link_id"] in rooms:
                continue
            tables["attribute"].append(writing.flat("attribute", row))
            term = writing.term(row, "term_")
            listed = term.pop("taxonomy_detail")
            once["taxonomy"][listed["id"]] = listed
            once["taxonomy_term"][term["id"]] = term | {"taxonomy_id": listed["id"]}
    for notes in whole.metadata.values():
        tables["metadata"] += [
            writing.flat("metadata", row) for row in notes if row["location_id"] not in hidden
        ]


def _flat(entity: str, row: Mapping[str, Any], whole: Whole, *, discreet: bool) -> dict[str, Any]:
    if entity in _OF_OURS:
        told = {name: row[name] for name in ("id", *_OF_OURS[entity])}
        if told.get("other_organization_id") not in (None, *whole.told):
            del told["other_organization_id"]
    elif entity == "schedule":
        told = writing.schedule(row, _zone(row, whole), clock.now().date())
    else:
        told = {"location": writing.location, "language": writing.language}.get(entity, _of(entity))(row)
    if discreet:
        told = {name: value for name, value in told.items() if name not in _TELLING}
    for name in ("parent_organization_id", "organization_id"):
        if told.get(name) and row.get(name) not in whole.told:
            del told[name]
    odd: dict[str, Any] = told.pop("nonconforming", {})
    whole_row: dict[str, Any] = told | odd
    return whole_row


def _of(entity: str) -> Any:
    return lambda row: writing.flat(entity, row)


def _zone(row: Mapping[str, Any], whole: Whole) -> str | None:
    place = whole.locations.get(row["location_id"])
    if place is None and (offered := whole.at_locations.get(row["service_at_location_id"])):
        place = whole.locations.get(offered["location_id"])
    if place is None:
        zones = {
            whole.locations[one["location_id"]]["time_zone"]
            for one in whole.at_locations.values()
            if one["service_id"] == row["service_id"]
        }
        return zones.pop() if len(zones) == 1 else None
    zone: str = place["time_zone"]
    return zone


# Tables


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; lists and objects as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ",".join(value) if value else ""
    elif isinstance(value, list | dict):
        value = orjson.dumps(value).decode()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _columns(entity: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    known = ["id", *_OF_OURS[entity]] if entity in _OF_OURS else [one.name for one in standard.values(entity)]
    return list(dict.fromkeys([*known, *(name for row in rows for name in row)]))


def _zipped(tables: Tables) -> bytes:
    made = io.BytesIO()
    resources = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for entity, rows in tables.items():
            names = _columns(entity, rows)
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow(names)
            writer.writerows([_celled(entity, name, row.get(name)) for name in names] for row in rows)
            archive.writestr(f"{_PATHS[entity]}.csv", text.getvalue().encode())
            resources.append(_resource(entity, names))
        package = {"name": "human_services_data", "profile": "tabular-data-package", "resources": resources}
        archive.writestr("datapackage.json", orjson.dumps(package, option=orjson.OPT_INDENT_2))
    return made.getvalue()


def _celled(entity: str, name: str, value: Any) -> Any:
    """A condition is told as JSON, so that a list of one stays a list."""
    if entity == "service_eligibility" and name == "value" and not isinstance(value, str):
        return safe(orjson.dumps(value).decode())
    return safe(value)


def _resource(entity: str, names: Sequence[str]) -> dict[str, Any]:
    types = {one.name: one.type for one in standard.values(entity)} if entity in standard.ENTITIES else {}
    fields = [
        {"name": name, "type": {"number": "number", "integer": "integer"}.get(types.get(name, ""), "string")}
        for name in names
    ]
    return {
        "name": _PATHS[entity],
        "path": f"{_PATHS[entity]}.csv",
        "encoding": "utf-8",
        "schema": {"primaryKey": "id", "fields": fields},
    }


def workbook(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """A sheet a table; every text is written as text."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True})
        by_path = {path: entity for entity, path in _PATHS.items()}
        for name, rows in tables.items():
            sheet = book.add_worksheet(name[:31])
            entity = by_path.get(name, name)
            names = _columns(entity, rows) if entity in _PATHS else list(rows[0])
            for column, title in enumerate(names):
                sheet.write_string(0, column, title, bold)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, 1):
                for column, title in enumerate(names):
                    cell = _celled(entity, title, row.get(title))
                    if isinstance(cell, int | float):
                        sheet.write_number(number, column, cell)
                    elif cell:
                        sheet.write_string(number, column, cell[:32_000])
    return made.getvalue()


def template() -> bytes:
    """Our own workbook, empty but for an example: one row a service; the codes on the second sheet."""
    example = {
        "Organization": "Example organization", "Service": "Legal advice", "Needs": "legal.advice,labour.wages",
        "Town": "Irbid", "Country": "JO", "Place name": "Main office", "Street": "", "Postal code": "", "Latitude": "",
        "Longitude": "", "Confidential": "no", "Telephone": "+962 2 700 0000", "E-mail": "", "Website": "",
        "Languages": "ar,en", "Languages by interpreter": "", "Days": "Sun-Thu", "Opens": "8:30 AM", "Closes": "16:00",
        "Open on holidays": "no",
        "How it takes referrals": "phone", "Answers within hours": 24, "Next step": "", "Sex served": "",
        "Legal status accepted": "any", "Works without papers": "yes", "Costs": "", "Cost code": "free",
        "Status": "active",
        "Description": "", "Name in another language": "", "How to apply": "", "Alert": "", "Organization website": "",
        "Organization e-mail": "", "ID": "",
    }  # fmt: skip
    lists = (
        [("Needs", one.code, one.label("en")) for one in vocabulary.needs()]
        + [("How it takes referrals", code, "") for code in REFERRAL_METHODS]
        + [("Status", code, "") for code in SERVICE_STATUSES]
        + [("Legal status accepted", *pair) for pair in vocabulary.choices("eligibility.legal_status")]
        + [("Sex served", *pair) for pair in vocabulary.choices("eligibility.sex")]
        + [("Cost code", *pair) for pair in vocabulary.choices("eligibility.cost")]
    )
    codes = [{"Column": column, "Code": code, "Meaning": str(label)} for column, code, label in lists]
    return workbook({"Services": [example], "Codes": codes})
