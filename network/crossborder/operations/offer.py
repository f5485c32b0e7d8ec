"""Offering a case to the other centre: what the client allowed leaves by the one door, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.cases.operations import open_incident
from network.cases.queries.cards import home_today
from network.cases.queries.cases import get_case
from network.cases.queries.clients import get_client
from network.consent import packets
from network.consent.disclosure import Proposal, Wanted, disclose
from network.core.errors import Conflict, Invalid, NotFound, StaleVersion
from network.crossborder import policies
from network.crossborder.models import Handoff
from network.crossborder.operations.contact import say_until
from network.crossborder.operations.moves import make, raise_alarm
from network.crossborder.operations.prepare import check_screened
from network.crossborder.queries.receivers import (
    choose_receiver,
    wanted_for,
    wanted_for_member,
)
from network.crossborder.queries.records import get_handoff, list_members, open_handoffs_of
from network.exchange.messages import write_message
from network.exchange.models import Exchange
from network.exchange.operations import Given, Moved, Reason, lock
from network.exchange.queries import get_side
from network.referrals.queries.fingerprint import fingerprint
from network.referrals.queries.receivers import list_focal_points
from network.tenants.queries import is_in_force


class ProposalChanged(Conflict):
    """What would leave is no longer what the page showed: it is shown again before anything is offered."""

    code = "proposal-changed"


def offer(
    exchange_id: UUID, wanted: Wanted, expected_version: int | None = None, *, seen: str | None = None
) -> Moved:
    """Disclose what ``wanted`` asks for, and offer. ``seen``: the fingerprint of what the page showed.

    Raises ``NotCovered`` with each line that no grant covers, ``Invalid`` where the agreement has ended or the
    return is stopped, and ``ProposalChanged`` where something else would leave; nothing leaves then.
    """
    exchange, side, handoff = lock(exchange_id), get_side(exchange_id), get_handoff(exchange_id)
    if side.role != "sender" or side.case_id is None or wanted.case_id != side.case_id:
        raise NotFound
    if expected_version is not None and exchange.version != expected_version:
        raise StaleVersion(theirs=exchange.state, version=exchange.version)
    check_can_offer(exchange, handoff)
    _check_named(exchange, wanted)
    if exchange.state == "prepared":
        disclose(wanted, exchange_id, agreed=partial(_check_seen, seen))
        if wanted.preview_extra.get("follow_up_contact") == "yes":
            say_until(exchange)
    return make(exchange_id, "offer", side="sender")


def offer_chosen(
    exchange_id: UUID,
    first: UUID,
    choices: Mapping[str, Any],
    expected_version: int | None,
    *,
    seen: str | None,
    others: Sequence[str] | None,
) -> Moved:
    """Offer one of those who go together, with what was chosen for the ``first`` of them.

    ``others``: as ``HandoffChoicesSchema`` loads it; None where nobody was shown anything of them. Whoever joined
    the group after the page was shown is offered by nobody's having seen it: ``ProposalChanged``.
    """
    if choices["without_travel"]:
        offer_without_travel(exchange_id)
    if exchange_id == first:
        return offer(exchange_id, wanted_for(exchange_id, **choices), expected_version, seen=seen)
    shown = None
    if others is not None:
        shown = dict(one.split(":", 1) for one in others).get(str(exchange_id), "")
    return offer(exchange_id, wanted_for_member(exchange_id, choices), seen=shown)


def _check_seen(seen: str | None, proposal: Proposal) -> None:
    """Exactly what was shown leaves, or nothing."""
    if seen is not None and seen != fingerprint(proposal):
        raise ProposalChanged(_("What would leave has changed since you looked. See it again, then offer."))


def check_can_offer(exchange: Exchange, handoff: Handoff) -> None:
    """The agreement is in force, nobody else is being asked, and a return was screened. Raises ``Invalid``."""
    side = get_side(exchange.id)
    if exchange.to_tenant_id is None or side.case_id is None:
        raise NotFound
    centre = choose_receiver(exchange.to_tenant_id)
    if open_handoffs_of([side.case_id]) and exchange.state == "prepared":
        raise Conflict(_("This case has been offered already. Wait for the answer, or recall it first."))
    if handoff.arrival_on is not None:
        policies.check_arrival(handoff.arrival_on, home_today())
    if policies.is_return(centre, handoff.mode, travels=handoff.arrival_on is not None):
        check_screened_with_group(exchange)


def check_screened_with_group(exchange: Exchange) -> None:
    """The screening of this person, or of the parent in whose group the child goes. Raises ``Invalid``."""
    sides = [get_side(exchange.id), *(side for side, _member in list_members(exchange))]
    cases = [get_case(side.case_id) for side in sides if side.case_id is not None]
    check_screened([(case, get_client(case.client_id)) for case in cases])


def offer_without_travel(exchange_id: UUID) -> Exchange:
    """Leave the travel plan out, because she has not allowed it to be told: it is planned again later."""
    exchange, handoff = lock(exchange_id), get_handoff(exchange_id)
    if get_side(exchange_id).role != "sender" or exchange.state != "prepared":
        raise Conflict(_("The travel plan was told already."))
    handoff.journey, handoff.arrival_on, handoff.arrival_needs = "none", None, []
    return exchange


def answer(exchange_id: UUID, text: str, expected_version: int | None = None) -> Moved:
    """Answer the other centre's question; it goes back to where it was."""

    def say(exchange: Exchange, _move: object) -> None:
        write_message(exchange, "answer", text)

    return make(
        exchange_id,
        "answer",
        side="sender",
        given=Given(text=text),
        expected_version=expected_version,
        more=say,
    )


def recall(exchange_id: UUID, reason: str, note: str = "", expected_version: int | None = None) -> Moved:
    """Take the handoff back before anybody has taken it over: the packet is sealed at once."""
    ground = Reason("recall", reason)
    moved = make(
        exchange_id,
        "recall",
        side="sender",
        given=Given(reason=ground, text=note),
        expected_version=expected_version,
    )
    packets.seal(packets.packet_of(exchange_id).id, "recalled")
    carry_out_recall(exchange_id, reason, note)
    return moved


def carry_out_recall(exchange_id: UUID, reason: str, note: str = "") -> None:
    """What the reason of a recall demands of its own centre: an alarm, an entry in the incident register."""
    known = Reason("recall", reason).known()
    if known.opens_incident:
        case_id = get_side(exchange_id).case_id
        open_incident(f"recall.{reason}", case_id=case_id, exchange_id=exchange_id, note=note)
    if known.alarm:
        raise_alarm(exchange_id)


def check_agreement(handoff: Handoff) -> None:
    """Raises ``Conflict`` where the agreement has ended since the offer."""
    if not is_in_force(handoff.agreement_id, home_today()):
        raise Conflict(_("The agreement is no longer in force. Decline for that reason, or have it renewed."))


def _check_named(exchange: Exchange, wanted: Wanted) -> None:
    """Who may read a restricted client's preview is one of those whom the other centre has named."""
    if wanted.named_account_id is None or exchange.to_tenant_id is None:
        return
    named = {one.account_id for one in list_focal_points(exchange.to_tenant_id)}
    if wanted.named_account_id not in named:
        raise Invalid(fields={"named_account_id": [_("Choose one of the colleagues they have named.")]})
