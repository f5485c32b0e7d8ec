"""What tables, lists and fields are called in older versions and other systems, and what they are here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# Names of tables and lists, by what they are; those of older versions and of other systems, too.
_TABLES: Final = """
organization organizations agency agencies provider providers
program programs
service services
location locations site sites
service_at_location service_at_locations services_at_location services_at_locations
phone phones telephones
contact contacts
address addresses physical_address physical_addresses postal_address postal_addresses mail_address mail_addresses
accessibility accessibilities accessibility_for_disabilities
language languages
schedule schedules regular_schedule regular_schedules hours
schedule_exception schedule_exceptions holiday_schedule holiday_schedules
service_area service_areas
cost_option cost_options payment_accepted payments_accepted
required_document required_documents
service_capacity service_capacities capacity capacities
unit units
funding fundings
organization_identifier organization_identifiers
url urls additional_url additional_urls additional_website additional_websites
organization_role organization_roles roles
service_eligibility
eligibility eligibilities eligibilitys
service_practice
attribute attributes service_attribute service_attributes other_attribute other_attributes
attribute service_taxonomy service_taxonomies service_taxonomys
taxonomy taxonomies taxonomys
taxonomy_term taxonomy_terms
metadata
meta_table_description meta_table_descriptions
"""
TABLES: Final[Mapping[str, str]] = {
    name: line.split()[0] for line in _TABLES.strip().splitlines() for name in line.split()
}
# Tables of older versions whose rows are of one kind here, and have ids of their own: how their names begin.
_APART: Final[Mapping[str, tuple[str, ...]]] = {
    "address": ("physical", "postal", "mail"),
    "attribute": ("service_attribute", "other_attribute", "service_taxonom"),
    "cost_option": ("cost_option", "payment"),
}


def apart(entity: str, table: str) -> int:
    """Which of the tables of a kind of row this is, the first of which keeps its ids; 0 where there is but one."""
    return next((number for number, one in enumerate(_APART.get(entity, ())) if table.startswith(one)), 0)


# Words beside the name of a table that say nothing of what it holds: "Organizations (3) - copy".
_BESIDE: Final = frozenset(
    {"a", "all", "copy", "csv", "data", "draft", "export", "exports", "final", "full", "hsds", "latest", "list", "new",
     "of", "old", "open", "openreferral", "part", "referral", "sheet", "table", "tbl", "the", "updated", "v"}
)  # fmt: skip


def table_of(name: str) -> str:
    """The name of a known table in that of a file, sheet or list; empty where it says something else."""
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    if plain in TABLES:
        return plain
    words = re.findall(r"[^\W\d_]+", plain)
    while words and words[0] in _BESIDE:
        del words[0]
    while words and words[-1] in _BESIDE:
        del words[-1]
    return found if (found := "_".join(words)) in TABLES else ""


# Fields of older versions, of other names or spellings: (entity, field) and what it is called here.
RENAMED: Final[Mapping[tuple[str, str], str]] = {
    ("organization", "url"): "website",
    ("organization", "last_modified"): "",
    ("service", "last_modified"): "",
    ("service", "modified_date"): "",
    ("location", "last_modified"): "",
    ("service_at_location", "last_modified"): "",
    ("service", "fee"): "fees",
    ("service", "how_to_apply"): "application_process",
    ("phone", "phone"): "number",
    ("phone", "phone_number"): "number",
    ("language", "language"): "name",
    ("language", "language_name"): "name",
    ("accessibility", "accessibility"): "description",
    ("required_document", "required_document"): "document",
    ("service_area", "service_area"): "name",
    ("funding", "funding_source"): "source",
    ("schedule", "weekday"): "byday",
    ("schedule", "days"): "byday",
    ("schedule", "bydays"): "byday",
    ("schedule", "opens"): "opens_at",
    ("schedule", "closes"): "closes_at",
    ("schedule", "open"): "opens_at",
    ("schedule", "close"): "closes_at",
    ("schedule", "time_zone"): "",
    ("schedule_exception", "start_date"): "first_on",
    ("schedule_exception", "end_date"): "last_on",
    ("cost_option", "payment"): "option",
    ("service_capacity", "updated"): "updated_at",
    ("taxonomy_term", "term"): "name",
    ("taxonomy_term", "taxonomy"): "taxonomy_name",
    ("taxonomy_term", "vocabulary"): "taxonomy_name",
    ("attribute", "taxonomy_id"): "taxonomy_term_id",
    ("attribute", "term_id"): "taxonomy_term_id",
    ("address", "street"): "address_1",
    ("address", "address1"): "address_1",
    ("address", "address2"): "address_2",
    ("address", "zip"): "postal_code",
    ("address", "postcode"): "postal_code",
    ("address", "state"): "state_province",
    ("location", "lat"): "latitude",
    ("location", "lng"): "longitude",
    ("location", "lon"): "longitude",
    ("location", "long"): "longitude",
}
