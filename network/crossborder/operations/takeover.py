"""Taking a case over: a client and case of our own, made from the packet, never a pointer into the sender's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.cases.models import CaseFile, Client
from network.cases.operations import link_clients, register_from_packet, restrict_client
from network.consent import packets
from network.consent.operations import carry_refusals
from network.consent.packets import Content
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.crossborder.operations.follow_up_plan import plan_after_handoff
from network.crossborder.operations.journey import retire_numbers, sender_is_destination
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.moves import make_as_receiver
from network.crossborder.queries.receivers import TRAVEL
from network.crossborder.queries.records import get_handoff, list_members
from network.exchange.models import Exchange
from network.exchange.operations import Moved
from network.exchange.queries import get_side
from network.tenants.queries import get_tenant


@dataclass(frozen=True)
class TakenOver:
    """What a take-over made: the handoff as it now is, and the client and case in the own centre."""

    moved: Moved
    client: Client
    case: CaseFile


def take_over(
    exchange_id: UUID, expected_version: int | None = None, assignee_account_id: UUID | None = None
) -> TakenOver:
    """Become responsible: register the person from the packet, under keys of our own, and plan the follow-ups.

    A second take-over finds the handoff taken over, and makes nothing. All of it happens, or nothing.
    """
    made: list[tuple[Client, CaseFile]] = []

    def register(exchange: Exchange, _move: object) -> None:
        made.append(_register(exchange, assignee_account_id))

    moved = make_as_receiver(exchange_id, "take_over", expected_version=expected_version, more=register)
    client, case = made[0]
    get_handoff(exchange_id).taken_over_at = clock.now()
    _link_group(moved.exchange, client)
    tell_milestone(exchange_id, "registered")
    plan_after_handoff(exchange_id)
    return TakenOver(moved, client, case)


def _register(exchange: Exchange, assignee_account_id: UUID | None) -> tuple[Client, CaseFile]:
    """The client and case, and the mailbox that points to them."""
    packet = packets.packet_of(exchange.id)
    identity, preview = packets.find_part(packet, "identity"), packets.find_part(packet, "preview")
    if identity is None:
        raise Conflict(_("What was sent can be read no more, so nobody can be taken over."))
    client, case = register_from_packet(
        _of_card(identity),
        exchange.id,
        needs=_known_needs(preview or {}),
        assignee_account_id=assignee_account_id,
    )
    if packet.named_account_id is not None:
        restrict_client(client.id)
    _bind(client, identity, exchange.reference)
    side, handoff = get_side(exchange.id), get_handoff(exchange.id)
    side.client_id, side.case_id, side.restricted = client.id, case.id, client.restricted
    db.session.flush()
    if handoff.journey in ("departed", "arrived") and sender_is_destination(handoff):
        retire_numbers(client.id, get_tenant(handoff.from_tenant_id).country)
    return client, case


def _bind(client: Client, identity: Content, reference: str) -> None:
    """Whom she has refused, she has refused here too."""
    held = identity.get("identity") or {}
    language = (held.get("languages") or ["und"])[0]
    carry_refusals(client.id, held.get("never_to") or (), told_by=reference, language=language)


def _link_group(exchange: Exchange, client: Client) -> None:
    """Mother and child, taken over each by herself, are mother and child here as well."""
    preview = packets.find_part(packets.packet_of(exchange.id), "preview") or {}
    relation_of = dict(one.split(":", 1) for one in preview.get("travels_with") or ())
    for side, member in list_members(exchange):
        relationship = relation_of.get(member.reference)
        if side.client_id is not None and relationship is not None:
            _link(client.id, side.client_id, relationship)


def _link(client_id: UUID, other_id: UUID, relationship: str) -> None:
    """The relation with its inverse; where a sex that is not known leaves the inverse open, that they travel
    together."""
    try:
        with db.session.begin_nested():
            link_clients(client_id, other_id, relationship, travels_along=True)
    except Invalid:
        link_clients(client_id, other_id, "travels_with")


def _of_card(identity: Content) -> dict[str, dict[str, Any]]:
    """What a card or case of ours can hold: the journey stays with the handoff, refusals become refusals."""
    return {
        category: {name: value for name, value in fields.items() if name != "never_to"}
        for category, fields in identity.items()
        if category != TRAVEL
    }


def _known_needs(preview: Content) -> list[str]:
    """The needs that the preview named, and not only by their group."""
    known = vocabulary.codes("needs")
    return [code for code in preview.get("needs") or () if code in known]
