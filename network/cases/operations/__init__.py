"""What a centre does with clients and cases. Each verb is a function; whoever calls it owns the unit of
work. Higher floors import from here."""

from network.cases.operations.casework import (
    add_note,
    assign_case,
    close_case,
    make_read_only,
    open_case,
    pause_case,
    reopen_case,
    resume_case,
    update_case,
)
from network.cases.operations.claims import (
    move_claim,
    record_claim,
    revoke_authorization,
    sign_authorization,
    update_claim,
)
from network.cases.operations.clients import update_client
from network.cases.operations.contacts import (
    add_contact,
    change_contact,
    resume_contact,
    set_number_state,
    stop_contact,
    stop_destination_numbers,
    when_contact_stops,
)
from network.cases.operations.documents import change_document, document_recovered, record_document
from network.cases.operations.events import add_event
from network.cases.operations.incidents import close_incident, open_incident
from network.cases.operations.needs import add_need, set_need_state
from network.cases.operations.registration import register_child, register_client
from network.cases.operations.relations import add_relative, link_clients
from network.cases.operations.services import record_service
from network.cases.operations.takeover import register_from_packet
from network.cases.operations.team import (
    add_to_team,
    remove_from_team,
    restrict_client,
    unrestrict_client,
)

__all__ = [
    "add_contact",
    "add_event",
    "add_need",
    "add_note",
    "add_relative",
    "add_to_team",
    "assign_case",
    "change_contact",
    "change_document",
    "close_case",
    "close_incident",
    "document_recovered",
    "link_clients",
    "make_read_only",
    "move_claim",
    "open_case",
    "open_incident",
    "pause_case",
    "record_claim",
    "record_document",
    "record_service",
    "register_child",
    "register_client",
    "register_from_packet",
    "remove_from_team",
    "reopen_case",
    "restrict_client",
    "resume_case",
    "resume_contact",
    "revoke_authorization",
    "set_need_state",
    "set_number_state",
    "sign_authorization",
    "stop_contact",
    "stop_destination_numbers",
    "unrestrict_client",
    "update_case",
    "update_claim",
    "update_client",
    "when_contact_stops",
]
