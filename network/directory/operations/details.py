"""Filling in listings: needs, languages, hours, numbers, conditions, practices and house rules of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Invalid, NotFound
from network.core.ids import new_id
from network.core.versions import expect_version
from network.directory import fields
from network.directory.eligibility import check_conditions
from network.directory.models import (
    Attribute,
    Language,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceEligibility,
    ServicePractice,
    TaxonomyTerm,
)
from network.directory.operations.taxonomy import TAXONOMY_ID, term_ids
from network.directory.policies import require_steward
from network.directory.practices import check_house_rules, check_practices
from network.directory.queries import get_organization, get_service, get_service_at_location
from network.directory.states import WEEKDAYS
from network.tenants.context import acting


def set_needs(service_id: UUID, codes: Sequence[str], *, version: int | None = None) -> None:
    """Say which needs a service answers; what is said again stays as it is. Raises UnknownCode."""
    service = _mine(service_id, version)
    if not codes:
        raise fields.wrong("needs", _("Choose at least one need."))
    terms = term_ids([vocabulary.need(code).code for code in dict.fromkeys(codes)])
    ours = select(TaxonomyTerm.id).where(TaxonomyTerm.taxonomy_id == TAXONOMY_ID)
    kept = db.session.scalars(
        select(Attribute).where(Attribute.link_id == service_id, Attribute.taxonomy_term_id.in_(ours))
    )
    _settle(
        Attribute,
        {one.taxonomy_term_id: one for one in kept},
        {term: {"taxonomy_term_id": term} for term in terms},
        {"link_id": service_id, "steward_tenant_id": service.steward_tenant_id},
    )
    _changed(service, "needs")


def set_languages(
    service_id: UUID,
    codes: Sequence[str],
    *,
    interpreted: Sequence[str] | None = None,
    version: int | None = None,
) -> None:
    """Say which languages are spoken in a service, and, where it is given, in which an interpreter is called."""
    service = _mine(service_id, version)
    wanted = {(fields.language("languages", code), False) for code in codes}
    if interpreted is not None:
        wanted |= {(fields.language("interpreted", code), True) for code in interpreted}
    kept = db.session.scalars(select(Language).where(Language.service_id == service_id))
    _settle(
        Language,
        {
            (one.code, one.interpreted): one
            for one in kept
            if one.code is not None and (interpreted is not None or not one.interpreted)
        },
        {key: {"code": key[0], "interpreted": key[1]} for key in sorted(wanted)},
        {"service_id": service_id, "steward_tenant_id": service.steward_tenant_id},
    )
    _changed(service, "languages")


def set_schedule(
    openings: Sequence[Mapping[str, Any]],
    *,
    service_id: UUID | None = None,
    location_id: UUID | None = None,
    service_at_location_id: UUID | None = None,
) -> None:
    """Set the weekly hours of a service, of a location or of a service at one location; replaces those before.

    Each opening has ``byday`` (MO,TU), ``opens_at`` and ``closes_at`` (HH:MM, 24:00 ends the day; closing before
    opening is the next day), and may have ``valid_from``, ``valid_to`` and ``description``. What is not weekly
    stays, and so does the row of what is said again.
    """
    owner, steward = _owner(
        service_id=service_id, location_id=location_id, service_at_location_id=service_at_location_id
    )
    made = [_opening(one) for one in openings]
    [(column, owner_id)] = owner.items()
    kept = db.session.scalars(
        select(Schedule).where(
            getattr(Schedule, column) == owner_id, Schedule.freq.is_distinct_from("MONTHLY")
        )
    )
    _settle(
        Schedule,
        {tuple(getattr(one, name) for name in _OPENING): one for one in kept},
        {tuple(one[name] for name in _OPENING): one for one in made},
        {**owner, "steward_tenant_id": steward},
    )
    db.session.flush()
    record("schedule.set", column.removesuffix("_id"), owner_id)


_OPENING = ("byday", "opens_at", "closes_at", "valid_from", "valid_to", "description")


def _settle(
    model: Any, kept: Mapping[Any, Any], wanted: Mapping[Any, Mapping[str, Any]], common: Mapping[str, Any]
) -> None:
    """Leave what is said again, change what differs, remove what is not said any more, and add what is new."""
    for key, row in kept.items():
        if key not in wanted:
            db.session.delete(row)
            continue
        for name, value in wanted[key].items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    db.session.flush()
    for key, values in wanted.items():
        if key not in kept:
            db.session.add(model(id=new_id(), **common, **values))
    db.session.flush()


def _opening(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("freq", "WEEKLY") != "WEEKLY":
        raise fields.wrong("freq", _("Only weekly hours can be kept."))
    days = str(given.get("byday") or "").split(",")
    if not set(days) <= set(WEEKDAYS):
        raise fields.wrong("byday", _("Choose days of the week."))
    opens_at = fields.time_of_day("opens_at", str(given.get("opens_at")))
    if opens_at == "24:00":
        raise fields.wrong("opens_at", _("Enter a time before the day ends."))
    first, last = _date("valid_from", given), _date("valid_to", given)
    if first and last and last < first:
        raise fields.wrong("valid_to", _("Enter a day after the first one."))
    return {
        "byday": ",".join(day for day in WEEKDAYS if day in days),
        "opens_at": opens_at,
        "closes_at": fields.time_of_day("closes_at", str(given.get("closes_at"))),
        "valid_from": first,
        "valid_to": last,
        "description": fields.optional_text("description", given.get("description")),
    }


def _date(field: str, given: Mapping[str, Any]) -> date | None:
    value = given.get(field)
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise fields.wrong(field, _("This is not a date.")) from error


def add_phone(
    number: str,
    *,
    type: str | None = None,
    description: str | None = None,
    organization_id: UUID | None = None,
    service_id: UUID | None = None,
    location_id: UUID | None = None,
    service_at_location_id: UUID | None = None,
) -> UUID:
    """Give a telephone number of exactly one organization, service, location or service at a location.

    A confidential location has none: its number would lead to its door.
    """
    owner, steward = _owner(
        organization_id=organization_id,
        service_id=service_id,
        location_id=location_id,
        service_at_location_id=service_at_location_id,
    )
    if location_id is not None and db.session.get_one(Location, location_id).confidential:
        raise fields.wrong("location_id", _("A confidential place has no number. Give it to the service."))
    phone = Phone(
        id=new_id(),
        steward_tenant_id=steward,
        number=fields.telephone("number", number),
        type=fields.optional_text("type", type),
        description=fields.optional_text("description", description),
        **owner,
    )
    db.session.add(phone)
    db.session.flush()
    return phone.id


def set_eligibility(service_id: UUID, conditions: Mapping[str, Any], *, version: int | None = None) -> None:
    """Say whom a service takes; replaces what was said before. What is left out is unknown, neither yes nor no.

    Values have the shape of their criterion in the vocabulary; see ``eligibility.check_condition``.
    """
    service = _mine(service_id, version)
    checked = check_conditions(conditions)
    kept = db.session.scalars(select(ServiceEligibility).where(ServiceEligibility.service_id == service_id))
    _settle(
        ServiceEligibility,
        {one.criterion: one for one in kept},
        {criterion: {"criterion": criterion, "value": value} for criterion, value in checked.items()},
        {"service_id": service_id, "steward_tenant_id": service.steward_tenant_id},
    )
    _changed(service, "eligibility")


def set_practices(
    service_id: UUID,
    practices: Mapping[str, str],
    house_rules: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
) -> None:
    """Say what a service does that a client must hear of, and how its residents live; replaces what was before."""
    service = _mine(service_id, version)
    said = {"practice": check_practices(practices), "house_rule": check_house_rules(house_rules or {})}
    kept = db.session.scalars(select(ServicePractice).where(ServicePractice.service_id == service_id))
    _settle(
        ServicePractice,
        {(one.kind, one.code): one for one in kept},
        {
            (kind, code): {"kind": kind, "code": code, "value": value}
            for kind, values in said.items()
            for code, value in values.items()
        },
        {"service_id": service_id, "steward_tenant_id": service.steward_tenant_id},
    )
    _changed(service, "practices")


def _mine(service_id: UUID, version: int | None = None) -> Service:
    service = get_service(service_id)
    require_steward(acting(), get_organization(service.organization_id))
    if version is not None:
        expect_version(service, version, theirs=service.version)
    return service


def _changed(service: Service, field: str) -> None:
    service.version += 1
    service.modified_at = clock.now()
    db.session.flush()
    record("service.changed", "service", service.id, fields=(field,))


def _owner(**given: UUID | None) -> tuple[dict[str, UUID], UUID]:
    """The one owner that was named, and its steward, who must be acting."""
    named = {column: owner_id for column, owner_id in given.items() if owner_id is not None}
    if len(named) != 1:
        raise Invalid(fields={column: [_("Name exactly one.")] for column in given})
    [(column, owner_id)] = named.items()
    organization = get_organization(_organization_id(column, owner_id))
    require_steward(acting(), organization)
    return named, organization.steward_tenant_id


def _organization_id(column: str, owner_id: UUID) -> UUID:
    if column == "organization_id":
        return owner_id
    if column == "location_id":
        location = db.session.get(Location, owner_id)
        if location is None:
            raise NotFound
        return location.organization_id
    service_id = (
        get_service_at_location(owner_id).service_id if column == "service_at_location_id" else owner_id
    )
    return get_service(service_id).organization_id
