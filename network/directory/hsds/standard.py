"""The entities of HSDS 3.1 and their fields: names, types, formats, what must be there.

One line a field: its name, its type after a colon (a text if none is given), ``!`` if the standard requires it.
``[phone]`` is a list of entities, ``{unit}`` one. Formats are those of JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from network.directory.states import FREQUENCIES, LOCATION_TYPES, SERVICE_STATUSES, WEEKDAYS

VERSION: Final = "3.1"
REFERENCE: Final = "#/components/schemas/"  # where a document of OpenAPI keeps the entities

_COMMON = "attributes:[attribute] metadata:[metadata]"
_HANGS = "organization_id:uuid service_id:uuid service_at_location_id:uuid location_id:uuid"

ENTITIES: Final[Mapping[str, str]] = {
    "organization": f"""id:uuid! name! alternate_name description! email:email website:uri
        additional_websites:[url] tax_status tax_id year_incorporated:number legal_status logo uri:uri
        parent_organization_id:uuid funding:[funding] contacts:[contact] phones:[phone] locations:[location]
        programs:[program] organization_identifiers:[organization_identifier] {_COMMON}""",
    "program": f"id:uuid! organization_id:uuid name! alternate_name description! {_COMMON}",
    "service": f"""id:uuid! organization_id:uuid program_id:uuid name! alternate_name description url:uri
        additional_urls:[url] email:email status:status! interpretation_services application_process fees_description
        wait_time fees accreditations eligibility_description minimum_age:number maximum_age:number assured_date:date
        assurer_email:email licenses alert last_modified:date-time phones:[phone] schedules:[schedule]
        service_areas:[service_area] service_at_locations:[service_at_location] languages:[language]
        organization:{{organization}} funding:[funding] cost_options:[cost_option] program:{{program}}
        required_documents:[required_document] contacts:[contact] capacities:[service_capacity] {_COMMON}""",
    "service_at_location": f"""id:uuid! service_id:uuid location_id:uuid description service_areas:[service_area]
        contacts:[contact] phones:[phone] schedules:[schedule] location:{{location}} service:{{service}} {_COMMON}""",
    "location": f"""id:uuid! location_type:location_type! url:uri organization_id:uuid name alternate_name description
        transportation latitude:number longitude:number external_identifier external_identifier_type
        languages:[language] addresses:[address] contacts:[contact] accessibility:[accessibility] phones:[phone]
        schedules:[schedule] {_COMMON}""",
    "address": f"""id:uuid! location_id:uuid attention address_1! address_2 city! region state_province! postal_code!
        country! address_type:location_type! {_COMMON}""",
    "phone": f"""id:uuid! {_HANGS} contact_id:uuid number! extension:number type description languages:[language]
        {_COMMON}""",
    "contact": f"id:uuid! {_HANGS} name title department email:email phones:[phone] {_COMMON}",
    "schedule": f"""id:uuid! service_id:uuid location_id:uuid service_at_location_id:uuid valid_from:date valid_to:date
        dtstart:date timezone:number until:date count:number wkst:weekday freq:frequency interval:number byday byweekno
        bymonthday byyearday description opens_at:time closes_at:time schedule_link:uri attending_type notes
        {_COMMON}""",
    "service_area": f"""id:uuid! service_id:uuid service_at_location_id:uuid name description extent extent_type uri
        {_COMMON}""",
    "language": f"id:uuid! service_id:uuid location_id:uuid phone_id:uuid name code note {_COMMON}",
    "accessibility": f"id:uuid! location_id:uuid description details url:uri {_COMMON}",
    "cost_option": f"""id:uuid! service_id:uuid valid_from:date valid_to:date option currency amount:number
        amount_description {_COMMON}""",
    "required_document": f"id:uuid! service_id:uuid document uri:uri {_COMMON}",
    "service_capacity": f"""id:uuid! service_id:uuid unit:{{unit}}! unit_id:uuid available:number! maximum:number
        description updated:date-time! {_COMMON}""",
    "unit": f"id:uuid! name! scheme identifier uri:uri {_COMMON}",
    "funding": f"id:uuid! organization_id:uuid service_id:uuid source {_COMMON}",
    "organization_identifier": f"""id:uuid! organization_id:uuid identifier_scheme identifier_type! identifier!
        {_COMMON}""",
    "url": f"id:uuid! label url:uri! organization_id:uuid service_id:uuid {_COMMON}",
    "attribute": """id:uuid! link_id:uuid taxonomy_term_id:uuid link_type link_entity value
        taxonomy_term:{taxonomy_term} metadata:[metadata] label""",
    "taxonomy": "id:uuid! name! description! uri:uri version metadata:[metadata]",
    "taxonomy_term": """id:uuid! code name! description! parent_id:uuid taxonomy taxonomy_detail:{taxonomy} language
        taxonomy_id:uuid term_uri:uri metadata:[metadata]""",
    "metadata": """id:uuid! resource_id:uuid resource_type last_action_date! last_action_type! field_name!
        previous_value! replacement_value! updated_by!""",
    "meta_table_description": f"id:uuid! name language character_set {_COMMON}",
}

CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "status": SERVICE_STATUSES,
    "location_type": LOCATION_TYPES,
    "weekday": WEEKDAYS,
    "frequency": FREQUENCIES,
}

# Types that JSON Schema knows as texts without a format: the standard describes them in words.
_WORDS = frozenset({"date", "time", "string"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity. ``of``: the entity that a list or an object holds."""

    name: str
    type: str = "string"
    required: bool = False
    of: str | None = None

    @property
    def is_list(self) -> bool:
        """Whether it holds several entities."""
        return self.type == "list"

    def schema(self) -> dict[str, Any]:
        """The field as JSON Schema; entities are named by reference."""
        if self.of is not None:
            whole = {"$ref": f"{REFERENCE}{self.of}"}
            return {"type": "array", "items": whole} if self.is_list else whole
        if self.type in CODES:
            return {"type": "string", "enum": list(CODES[self.type])}
        if self.type in ("number", "integer", "boolean"):
            return {"type": self.type}
        return {"type": "string"} | ({} if self.type in _WORDS else {"format": self.type})


def parse(line: str) -> Field:
    """A field as the table above writes it."""
    required = line.endswith("!")
    name, _, kind = line.removesuffix("!").partition(":")
    if kind[:1] in ("[", "{"):
        return Field(name, "list" if kind[0] == "[" else "object", required, kind[1:-1])
    return Field(name, kind or "string", required)


@cache
def fields(entity: str) -> tuple[Field, ...]:
    """The fields of an entity, in the standard's order."""
    return tuple(parse(line) for line in ENTITIES[entity].split())


@cache
def values(entity: str) -> tuple[Field, ...]:
    """The fields that hold a single value."""
    return tuple(field for field in fields(entity) if field.of is None)


@cache
def schema(entity: str) -> dict[str, Any]:
    """The entity as JSON Schema."""
    known = fields(entity)
    return {
        "type": "object",
        "properties": {field.name: field.schema() for field in known},
        "required": [field.name for field in known if field.required],
    }
