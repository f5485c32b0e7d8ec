"""What each entity of a feed holds: fields with their kinds, to whom a row may belong, what makes two rows the same.

Names are those of HSDS 3.x and of our profile, which are the columns of the tables; older names are translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from network.core.db import Base
from network.directory import models
from network.directory.states import (
    EXCEPTION_KINDS,
    FEEDBACK_PROMISES,
    FREQUENCIES,
    LOCATION_TYPES,
    PRACTICE_KINDS,
    REFERRAL_METHODS,
    RELATIONS,
    SERVICE_STATUSES,
    VISIBILITIES,
    WEEKDAYS,
)


@dataclass(frozen=True, slots=True)
class Entity:
    """``fields``: name and kind (see ``values.read``). ``refs``: fields that name a row of another entity.

    ``owners``: of these a row has exactly one. ``needed``: without one of these a row says nothing. ``key``: what no
    two rows may have in common.
    """

    model: type[Base]
    fields: Mapping[str, str]
    refs: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    key: tuple[str, ...] = ()


CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "status": SERVICE_STATUSES,
    "location_type": LOCATION_TYPES,
    "visibility": VISIBILITIES,
    "referral_method": REFERRAL_METHODS,
    "feedback": FEEDBACK_PROMISES,
    "freq": FREQUENCIES,
    "weekday": WEEKDAYS,
    "exception_kind": EXCEPTION_KINDS,
    "relation": RELATIONS,
    "practice_kind": PRACTICE_KINDS,
}


def _fields(line: str) -> dict[str, str]:
    return {name: kind or "text" for name, _, kind in (one.partition(":") for one in line.split())}


def _owned(*owners: str) -> dict[str, Any]:
    columns = tuple(f"{owner}_id" for owner in owners)
    return {"refs": dict(zip(columns, owners, strict=True)), "owners": columns}


_LISTED: Final = ("organization", "service", "location", "service_at_location")
# In the order in which they are written: what others hang on comes first.
ENTITIES: Final[Mapping[str, Entity]] = {
    "taxonomy": Entity(models.Taxonomy, _fields("name:name description uri version"), needed=("name",)),
    "taxonomy_term": Entity(
        models.TaxonomyTerm,
        _fields("code name:name description language:text term_uri"),
        refs={"taxonomy_id": "taxonomy", "parent_id": "taxonomy_term"},
        needed=("name",),
        key=("taxonomy_id", "code"),
    ),
    "unit": Entity(
        models.Unit,
        _fields("name:name scheme identifier uri"),
        needed=("name",),
        key=("steward_tenant_id", "name"),
    ),
    "meta_table_description": Entity(
        models.MetaTableDescription, _fields("name language character_set"), key=("steward_tenant_id", "name")
    ),
    "organization": Entity(
        models.Organization,
        _fields(
            "name:name alternate_name description email:email website:url tax_status tax_id year_incorporated:year "
            "legal_status logo:url uri:uri country:country recipient_class:code/recipient_classes "
            "visibility:one/visibility invented:bool"
        ),
        refs={"parent_organization_id": "organization"},
        needed=("name",),
    ),
    "program": Entity(
        models.Program,
        _fields("name:name alternate_name description"),
        **_owned("organization"),
        needed=("name",),
    ),
    "location": Entity(
        models.Location,
        _fields(
            "location_type:one/location_type name:name alternate_name description transportation latitude:latitude "
            "longitude:longitude place_code:place town country:country time_zone:zone confidential:bool url:url "
            "external_identifier external_identifier_type visibility:one/visibility"
        ),
        refs={"organization_id": "organization"},
        owners=("organization_id",),
    ),
    "service": Entity(
        models.Service,
        _fields(
            "name:name alternate_name description url:url email:email status:status interpretation_services "
            "application_process fees_description wait_time fees accreditations eligibility_description "
            "minimum_age:age maximum_age:age assured_date:date assurer_email:email licenses alert "
            "referral_method:one/referral_method other_referral_methods:several/referral_method response_hours:count "
            "cost:code/eligibility.cost next_step feedback_promised:one/feedback visibility:one/visibility "
            "open_on_holidays:bool invented:bool"
        ),
        refs={"organization_id": "organization", "program_id": "program"},
        owners=("organization_id",),
        needed=("name",),
    ),
    "service_at_location": Entity(
        models.ServiceAtLocation,
        _fields("description"),
        refs={"service_id": "service", "location_id": "location"},
        key=("service_id", "location_id"),
    ),
    "contact": Entity(
        models.Contact,
        _fields("name title department email:email"),
        **_owned(*_LISTED),
        needed=("name", "title", "department", "email"),
    ),
    "phone": Entity(
        models.Phone,
        _fields("number:phone extension:extension type description"),
        **_owned(*_LISTED, "contact"),
        needed=("number",),
    ),
    "address": Entity(
        models.Address,
        _fields(
            "attention address_1 address_2 city region state_province postal_code country:country "
            "address_type:one/location_type"
        ),
        **_owned("location"),
        needed=("attention", "address_1", "address_2", "city", "region", "state_province", "postal_code"),
    ),
    "accessibility": Entity(
        models.Accessibility,
        _fields("description details url:url"),
        **_owned("location"),
        needed=("description", "details", "url"),
    ),
    "language": Entity(
        models.Language,
        _fields("code:language name note interpreted:bool"),
        **_owned("service", "location", "phone"),
        needed=("code", "name"),
        key=("service_id", "location_id", "phone_id", "code", "name", "interpreted"),
    ),
    "schedule": Entity(
        models.Schedule,
        _fields(
            "valid_from:date valid_to:date dtstart:date timezone:offset until:date count:count wkst:one/weekday "
            "freq:one/freq interval:count byday:byday byweekno bymonthday byyearday description opens_at:opens "
            "closes_at:closes schedule_link:url attending_type notes"
        ),
        **_owned("service", "location", "service_at_location"),
    ),
    "schedule_exception": Entity(
        models.ScheduleException,
        _fields(
            "first_on:date last_on:date closed:bool byday:byday opens_at:opens closes_at:closes "
            "kind:one/exception_kind description country:country"
        ),
        **_owned("service", "location", "service_at_location"),
        needed=("first_on",),
    ),
    "service_area": Entity(
        models.ServiceArea,
        _fields("name description extent extent_type uri"),
        **_owned("service", "service_at_location"),
        needed=("name", "description", "extent", "uri"),
    ),
    "cost_option": Entity(
        models.CostOption,
        _fields("valid_from:date valid_to:date option currency:currency amount:amount amount_description"),
        **_owned("service"),
        needed=("option", "amount", "amount_description"),
    ),
    "required_document": Entity(
        models.RequiredDocument, _fields("document uri:uri"), **_owned("service"), needed=("document", "uri")
    ),
    "service_capacity": Entity(
        models.ServiceCapacity,
        _fields("available:number maximum:number description updated_at:instant next_free_at:instant"),
        refs={"service_id": "service", "unit_id": "unit"},
        owners=("service_id",),
        needed=("available",),
        key=("service_id", "unit_id"),
    ),
    "url": Entity(models.Url, _fields("label url:url"), **_owned("organization", "service"), needed=("url",)),
    "funding": Entity(
        models.Funding, _fields("source"), **_owned("organization", "service"), needed=("source",)
    ),
    "organization_identifier": Entity(
        models.OrganizationIdentifier,
        _fields("identifier_scheme identifier_type identifier"),
        **_owned("organization"),
        needed=("identifier",),
    ),
    "organization_role": Entity(
        models.OrganizationRole,
        _fields("relation:one/relation class_code:code/recipient_classes country:country name"),
        refs={"organization_id": "organization", "other_organization_id": "organization"},
        owners=("organization_id",),
        needed=("relation",),
    ),
    "service_eligibility": Entity(
        models.ServiceEligibility,
        _fields("criterion value:condition"),
        **_owned("service"),
        needed=("criterion",),
        key=("service_id", "criterion"),
    ),
    "service_practice": Entity(
        models.ServicePractice,
        _fields("kind:one/practice_kind code value"),
        **_owned("service"),
        needed=("code",),
        key=("service_id", "kind", "code"),
    ),
    "attribute": Entity(
        models.Attribute,
        _fields("link_entity link_type value label"),
        refs={"taxonomy_term_id": "taxonomy_term"},
        key=("link_id", "taxonomy_term_id", "link_type", "value"),
    ),
    "metadata": Entity(
        models.Metadata,
        _fields(
            "resource_type last_action_date last_action_type field_name previous_value replacement_value updated_by"
        ),
    ),
}
RANK: Final[Mapping[str, int]] = {name: rank for rank, name in enumerate(ENTITIES)}
LISTINGS: Final = ("organization", "service", "location", "service_at_location")
# What has no listing above it.
REFERENCES: Final = ("taxonomy", "taxonomy_term", "unit", "meta_table_description")
# What would lead to the door of a confidential place.
TELLING: Final = ("address", "phone", "contact", "accessibility")
