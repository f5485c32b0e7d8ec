"""Writing in the directory: listings by their steward, and what each centre keeps beside them."""

from network.directory.operations.capacity import say_capacity
from network.directory.operations.claims import answer_claim, invite_to_claim, withdraw_claim
from network.directory.operations.details import (
    add_phone,
    set_eligibility,
    set_languages,
    set_needs,
    set_practices,
    set_schedule,
)
from network.directory.operations.editing import save_hours, save_section
from network.directory.operations.filters import delete_filter, save_filter
from network.directory.operations.gaps import publish_gaps, record_service_gap
from network.directory.operations.hiding import (
    hide_left_open,
    hide_location,
    keep_private,
    stewards_of_open_doors,
)
from network.directory.operations.holidays import add_holiday, change_holiday, remove_holiday
from network.directory.operations.lexicon import prune_words
from network.directory.operations.listings import (
    add_role,
    create_organization,
    create_service,
    link_tenant,
    list_service,
)
from network.directory.operations.loading import load_listing
from network.directory.operations.merging import mark_not_duplicate, merge, undo_merge
from network.directory.operations.own import (
    forget_searches,
    hold_service,
    release_hold,
    report_listing,
    resolve_report,
    start_search,
)
from network.directory.operations.parts import add_part, change, editable_fields, remove, restore
from network.directory.operations.places import add_place_alias, remove_place_alias
from network.directory.operations.reports import (
    CLOSINGS,
    WEEK,
    Proposal,
    answer_report,
    report_problem,
    suggest,
    suggestible,
)
from network.directory.operations.response import publish_response, withdraw_response
from network.directory.operations.sites import create_location, list_place, place_service_at_location
from network.directory.operations.taxonomy import load_taxonomy
from network.directory.operations.trust import (
    get_listing,
    list_again,
    may_list_again,
    sweep,
    verify,
    withhold,
)
from network.directory.operations.twins import LOOK, ask_for_twins, look_for_twins

__all__ = [
    "CLOSINGS",
    "LOOK",
    "WEEK",
    "Proposal",
    "add_holiday",
    "add_part",
    "add_phone",
    "add_place_alias",
    "add_role",
    "answer_claim",
    "answer_report",
    "ask_for_twins",
    "change",
    "change_holiday",
    "create_location",
    "create_organization",
    "create_service",
    "delete_filter",
    "editable_fields",
    "forget_searches",
    "get_listing",
    "hide_left_open",
    "hide_location",
    "hold_service",
    "invite_to_claim",
    "keep_private",
    "link_tenant",
    "list_again",
    "list_place",
    "list_service",
    "load_listing",
    "load_taxonomy",
    "look_for_twins",
    "mark_not_duplicate",
    "may_list_again",
    "merge",
    "place_service_at_location",
    "prune_words",
    "publish_gaps",
    "publish_response",
    "record_service_gap",
    "release_hold",
    "remove",
    "remove_holiday",
    "remove_place_alias",
    "report_listing",
    "report_problem",
    "resolve_report",
    "restore",
    "save_filter",
    "save_hours",
    "save_section",
    "say_capacity",
    "set_eligibility",
    "set_languages",
    "set_needs",
    "set_practices",
    "set_schedule",
    "start_search",
    "stewards_of_open_doors",
    "suggest",
    "suggestible",
    "sweep",
    "undo_merge",
    "verify",
    "withdraw_claim",
    "withdraw_response",
    "withhold",
]
