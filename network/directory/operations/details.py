"""Filling in listings: needs, languages, hours, numbers, conditions, practices and house rules of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from network.audit.trail import record
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Invalid, NotFound
from network.core.ids import new_id
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
)
from network.directory.operations.taxonomy import term_ids
from network.directory.policies import require_steward
from network.directory.practices import check_house_rules, check_practices
from network.directory.queries import get_organization, get_service, get_service_at_location
from network.directory.states import WEEKDAYS
from network.tenants.context import acting


def set_needs(service_id: UUID, codes: Sequence[str]) -> None:
    """Say which needs a service answers; replaces what was said before. Raises UnknownCode."""
    service = _mine(service_id)
    if not codes:
        raise fields.wrong("needs", _("Choose at least one need."))
    terms = term_ids([vocabulary.need(code).code for code in dict.fromkeys(codes)])
    db.session.execute(delete(Attribute).where(Attribute.link_id == service_id))
    db.session.add_all(
        Attribute(
            id=new_id(),
            link_id=service_id,
            steward_tenant_id=service.steward_tenant_id,
            taxonomy_term_id=term_id,
        )
        for term_id in terms
    )
    _changed(service, "needs")


def set_languages(service_id: UUID, codes: Sequence[str]) -> None:
    """Say which languages are spoken in a service without an interpreter; replaces what was said before."""
    service = _mine(service_id)
    known = [fields.language("languages", code) for code in dict.fromkeys(codes)]
    db.session.execute(delete(Language).where(Language.service_id == service_id))
    db.session.add_all(
        Language(id=new_id(), steward_tenant_id=service.steward_tenant_id, service_id=service_id, code=code)
        for code in known
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
    opening is the next day), and may have ``valid_from``, ``valid_to`` and ``description``.
    """
    owner, steward = _owner(
        service_id=service_id, location_id=location_id, service_at_location_id=service_at_location_id
    )
    schedules = [
        Schedule(id=new_id(), steward_tenant_id=steward, **owner, **_opening(one)) for one in openings
    ]
    [(column, owner_id)] = owner.items()
    db.session.execute(delete(Schedule).where(getattr(Schedule, column) == owner_id))
    db.session.add_all(schedules)
    db.session.flush()
    record("schedule.set", column.removesuffix("_id"), owner_id)


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


def set_eligibility(service_id: UUID, conditions: Mapping[str, Any]) -> None:
    """Say whom a service takes; replaces what was said before. What is left out is unknown, neither yes nor no.

    Values have the shape of their criterion in the vocabulary; see ``eligibility.check_condition``.
    """
    service = _mine(service_id)
    checked = check_conditions(conditions)
    db.session.execute(delete(ServiceEligibility).where(ServiceEligibility.service_id == service_id))
    db.session.add_all(
        ServiceEligibility(
            id=new_id(),
            service_id=service_id,
            steward_tenant_id=service.steward_tenant_id,
            criterion=criterion,
            value=value,
        )
        for criterion, value in checked.items()
    )
    _changed(service, "eligibility")


def set_practices(
    service_id: UUID, practices: Mapping[str, str], house_rules: Mapping[str, Any] | None = None
) -> None:
    """Say what a service does that a client must hear of, and how its residents live; replaces what was before."""
    service = _mine(service_id)
    kept = {"practice": check_practices(practices), "house_rule": check_house_rules(house_rules or {})}
    db.session.execute(delete(ServicePractice).where(ServicePractice.service_id == service_id))
    db.session.add_all(
        ServicePractice(
            id=new_id(),
            service_id=service_id,
            steward_tenant_id=service.steward_tenant_id,
            kind=kind,
            code=code,
            value=value,
        )
        for kind, values in kept.items()
        for code, value in values.items()
    )
    _changed(service, "practices")


def _mine(service_id: UUID) -> Service:
    service = get_service(service_id)
    require_steward(acting(), get_organization(service.organization_id))
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
