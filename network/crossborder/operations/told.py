"""What the own side does once the other has moved, or a packet was sealed: the work of its jobs."""

from __future__ import annotations

from uuid import UUID

from network.cases.operations import make_read_only, resume_contact, stop_contact
from network.cases.operations.casework import write_note
from network.cases.operations.contacts import DIED
from network.cases.queries.cases import get_case
from network.cases.queries.clients import get_client
from network.consent import packets
from network.crossborder.models import Handoff
from network.crossborder.operations.contact import CONTACT_CHANGED, keep_to_it
from network.crossborder.operations.deletion import open_deletion_request
from network.crossborder.operations.follow_up_plan import stop_of_case
from network.crossborder.operations.journey import retire_numbers, sender_is_destination
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.moves import make, raise_alarm, settle, touch
from network.crossborder.operations.screening import stop_return
from network.crossborder.queries.records import find_event, find_handoff, get_handoff
from network.crossborder.states import BEFORE_TAKE_OVER
from network.exchange.messages import list_messages
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.exchange.operations import Given, Reason, lock
from network.exchange.queries import get_side, list_events
from network.tenants.queries import get_tenant

PERMISSION_ENDED = "permission_ended"
RECALLED_FOR = {
    "withdrawn": "consent_withdrawn",
    "refused": "refusal_added",
    "expired": "consent_expired",
    "error": "data_incident",
    "incident": "data_incident",
}


def after_move(exchange_id: UUID, version: int | None) -> None:
    """Bring the own side up to date with what the other did at this version."""
    exchange, side, handoff = lock(exchange_id), get_side(exchange_id), get_handoff(exchange_id)
    event = find_event(exchange_id, version) if version is not None else None
    settle(exchange, event)
    if event is None:
        return
    if side.role == "sender":
        _at_sender(exchange, side, handoff, event)
    else:
        _at_receiver(exchange, side, handoff, event)


def after_sealing(exchange_id: UUID) -> None:
    """The client took her permission back, or it ended: before the take-over the handoff is recalled. Whoever
    has taken it over holds a record of its own: it is told, so that it stops telling and answers for deletion."""
    exchange, side = lock(exchange_id), get_side(exchange_id)
    packet = packets.packet_of(exchange_id)
    if side.role != "sender" or packet.sealed_at is None:
        return
    reason = Reason("recall", RECALLED_FOR.get(packet.seal_reason or "", "consent_withdrawn"))
    if exchange.state in BEFORE_TAKE_OVER:
        make(exchange_id, "recall", side="system", given=Given(reason=reason))
    elif exchange.state == "taken_over" and packet.seal_reason != "ended":
        given = Given(reason=reason)
        touch(exchange, "system", PERMISSION_ENDED, before=exchange.state, after=exchange.state, given=given)


def after_service(exchange_id: UUID) -> None:
    """The first service was given to somebody who was taken over."""
    _tell(exchange_id, "first_service")


def after_payment(exchange_id: UUID) -> None:
    """A claim of somebody who was taken over was paid."""
    _tell(exchange_id, "claim_paid")


def _tell(exchange_id: UUID, milestone: str) -> None:
    if get_side(exchange_id).role == "receiver" and find_handoff(exchange_id) is not None:
        tell_milestone(exchange_id, milestone)


def _at_sender(exchange: Exchange, side: ExchangeSide, handoff: Handoff, event: ExchangeEvent) -> None:
    packet = packets.packet_of(exchange.id)
    if event.move == "take_over" and handoff.mode == "transfer" and side.case_id is not None:
        stop_of_case(side.case_id, "handed_over")
        make_read_only(side.case_id)
    if event.move in ("decline", "not_arrive", "count_as_arrived", "never_boarded"):
        _keep_note(exchange, side)
    if event.move == "take_back_arrival":
        _lift_stop(side)
        if event.to_state == "not_arrived":
            raise_alarm(exchange.id)
    if event.move == "decline":
        packets.seal(packet.id, "declined")
    if event.move == "close":
        packets.seal(packet.id, "ended")
    _carry_out(side, event)


def _at_receiver(exchange: Exchange, side: ExchangeSide, handoff: Handoff, event: ExchangeEvent) -> None:
    if event.move == "depart" and side.client_id is not None and sender_is_destination(handoff):
        retire_numbers(side.client_id, get_tenant(handoff.from_tenant_id).country)
    if event.move == CONTACT_CHANGED:
        keep_to_it(side)
    if event.move == PERMISSION_ENDED and side.client_id is not None:
        _answer_for_deletion(side)
    if event.side != "receiver":
        _carry_out(side, event)


def _answer_for_deletion(side: ExchangeSide) -> None:
    """Nothing more is done under a permission that is gone, and the record that was made of it is answered for."""
    if side.case_id is not None:
        stop_of_case(side.case_id, "withdrawn")
    open_deletion_request(side.exchange_id)


def _carry_out(side: ExchangeSide, event: ExchangeEvent) -> None:
    """What the reason of the other side's move demands here."""
    if event.reason_list is None or event.reason_code is None:
        return
    known = Reason(event.reason_list, event.reason_code).known()
    if known.next == "stop_and_review" and side.case_id is not None:
        stop_return(side.case_id)
    if (
        known.stops_all_contact
        and side.client_id is not None
        and not _stopped_by_her(side.client_id, known.code)
    ):
        stop_contact(side.client_id, known.code)
    if known.alarm:
        raise_alarm(side.exchange_id)


def _stopped_by_her(client_id: UUID, code: str) -> bool:
    """Whether contact had stopped before: that reason stands, unless she died."""
    return get_client(client_id).contact_stopped_at is not None and code != DIED


def _lift_stop(side: ExchangeSide) -> None:
    """That she wants no contact was said of an arrival that was none: contact goes on, unless it was stopped for
    another reason."""
    if side.client_id is None:
        return
    said = {
        event.reason_code
        for event in list_events(side.exchange_id)
        if event.reason_list == "not_arrived" and event.move == "count_as_arrived"
    }
    if get_client(side.client_id).contact_stopped_reason in said:
        resume_contact(side.client_id)


def _keep_note(exchange: Exchange, side: ExchangeSide) -> None:
    """The other side's note is kept in the case before the packet, and with it the note, is sealed."""
    if side.case_id is None:
        return
    notes = [one for one in list_messages(exchange.id) if one.kind == "note" and one.side == "receiver"]
    if notes and notes[-1].text:
        write_note(get_case(side.case_id), notes[-1].text)
