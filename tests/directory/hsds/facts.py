"""The standard as the tests know it: what HSDS 3.1 requires of an answer, stated apart from the code.

One line an entity: required fields, then fields that have a format or codes. Facts of the standard's JSON Schemas
(Open Referral, 3.1), not the schemas themselves.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs

REQUIRED = {
    "accessibility": "id",
    "address": "id address_1 city state_province postal_code country address_type",
    "attribute": "id",
    "contact": "id",
    "cost_option": "id",
    "funding": "id",
    "language": "id",
    "location": "id location_type",
    "metadata": "id last_action_date last_action_type field_name previous_value replacement_value updated_by",
    "organization": "id name description",
    "organization_identifier": "id identifier_type identifier",
    "phone": "id number",
    "program": "id name description",
    "required_document": "id",
    "schedule": "id",
    "service": "id name status",
    "service_area": "id",
    "service_at_location": "id",
    "service_capacity": "id unit available updated",
    "taxonomy": "id name description",
    "taxonomy_term": "id name description",
    "unit": "id name",
    "url": "id url",
}
FORMATS = {
    "accessibility": "url:uri",
    "contact": "email:email",
    "location": "url:uri",
    "organization": "email:email website:uri uri:uri",
    "required_document": "uri:uri",
    "schedule": "schedule_link:uri",
    "service": "url:uri email:email assurer_email:email last_modified:date-time",
    "service_capacity": "updated:date-time",
    "taxonomy": "uri:uri",
    "taxonomy_term": "term_uri:uri",
    "unit": "uri:uri",
    "url": "url:uri",
}
NUMBERS = {
    "cost_option": "amount",
    "location": "latitude longitude",
    "organization": "year_incorporated",
    "phone": "extension",
    "schedule": "timezone count interval",
    "service": "minimum_age maximum_age",
    "service_capacity": "available maximum",
}
PLACES = ["physical", "postal", "virtual"]
CODES = {
    "address": {"address_type": PLACES},
    "location": {"location_type": PLACES},
    "schedule": {"wkst": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"], "freq": ["WEEKLY", "MONTHLY"]},
    "service": {"status": ["active", "inactive", "defunct", "temporarily closed"]},
}
LISTS = {
    "accessibility": "accessibility",
    "additional_urls": "url",
    "additional_websites": "url",
    "addresses": "address",
    "attributes": "attribute",
    "capacities": "service_capacity",
    "contacts": "contact",
    "cost_options": "cost_option",
    "funding": "funding",
    "languages": "language",
    "locations": "location",
    "metadata": "metadata",
    "organization_identifiers": "organization_identifier",
    "phones": "phone",
    "programs": "program",
    "required_documents": "required_document",
    "schedules": "schedule",
    "service_areas": "service_area",
    "service_at_locations": "service_at_location",
    "services": "service",
}
OBJECTS = {
    "location": "location",
    "organization": "organization",
    "program": "program",
    "service": "service",
    "taxonomy_detail": "taxonomy",
    "taxonomy_term": "taxonomy_term",
    "unit": "unit",
}
# What no field of the standard holds: an object or a list, or nothing at all.
_TEXT_UNLESS_SAID = {"type": ["string", "number", "boolean", "object", "array"]}


def schema(entity: str) -> dict[str, Any]:
    """The facts of one entity as JSON Schema, its nested entities by reference."""
    known: dict[str, Any] = {"id": {"type": "string", "format": "uuid"}}
    for field in REQUIRED[entity].split()[1:]:
        known[field] = {"type": "string"}
    for fact in FORMATS.get(entity, "").split():
        field, _, form = fact.partition(":")
        known[field] = {"type": "string", "format": form}
    known |= {field: {"type": "number"} for field in NUMBERS.get(entity, "").split()}
    known |= {field: {"enum": codes} for field, codes in CODES.get(entity, {}).items()}
    for field, of in LISTS.items():
        known[field] = {"type": "array", "items": {"$ref": f"#/$defs/{of}"}}
    for field, of in OBJECTS.items():
        if field != entity:
            known[field] = {"$ref": f"#/$defs/{of}"}
    if entity == "attribute":
        known.pop("service", None)
    return {
        "type": "object",
        "required": REQUIRED[entity].split(),
        "properties": known,
        "patternProperties": {"_id$": {"type": "string", "format": "uuid"}},
        "additionalProperties": _TEXT_UNLESS_SAID,
    }


_DEFINITIONS = {entity: schema(entity) for entity in REQUIRED}
_VALIDATORS = {
    entity: jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/$defs/{entity}", "$defs": _DEFINITIONS}, validate_formats=True
    )
    for entity in REQUIRED
}


def faults(entity: str, answer: object) -> list[str]:
    """What in an answer the standard does not allow."""
    return [
        f"{'/'.join(map(str, one.instance_path))}: {one.message[:200]}"
        for one in _VALIDATORS[entity].iter_errors(answer)
    ]
