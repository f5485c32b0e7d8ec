"""Writing in the directory: listings by their steward, and what each centre keeps beside them."""

from network.directory.operations.details import (
    add_phone,
    set_eligibility,
    set_languages,
    set_needs,
    set_practices,
    set_schedule,
)
from network.directory.operations.filters import delete_filter, save_filter
from network.directory.operations.listings import (
    add_role,
    create_location,
    create_organization,
    create_service,
    link_tenant,
    place_service_at_location,
)
from network.directory.operations.loading import load_listing
from network.directory.operations.own import (
    hold_service,
    record_service_gap,
    release_hold,
    report_listing,
    resolve_report,
    start_search,
)
from network.directory.operations.parts import add_part, change, editable_fields, remove, restore
from network.directory.operations.places import add_place_alias, remove_place_alias
from network.directory.operations.taxonomy import load_taxonomy

__all__ = [
    "add_part",
    "add_phone",
    "add_place_alias",
    "add_role",
    "change",
    "create_location",
    "create_organization",
    "create_service",
    "delete_filter",
    "editable_fields",
    "hold_service",
    "link_tenant",
    "load_listing",
    "load_taxonomy",
    "place_service_at_location",
    "record_service_gap",
    "release_hold",
    "remove",
    "remove_place_alias",
    "report_listing",
    "resolve_report",
    "restore",
    "save_filter",
    "set_eligibility",
    "set_languages",
    "set_needs",
    "set_practices",
    "set_schedule",
    "start_search",
]
