"""May this be offered, told, recorded? Pure: records and identities in, refusals out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

from network.consent.models import Packet
from network.core import vocabulary
from network.core.errors import Conflict, Invalid
from network.crossborder.models import FollowUp, ReturnScreening
from network.crossborder.states import FINAL_FOR
from network.tenants.context import Identity
from network.tenants.queries import Reachable

# Nobody can be asked about the return of the dead.
REMAINS = "remains"
# A journey is planned for no later day: whatever follows it for a year would leave the calendar.
FURTHEST_AHEAD = timedelta(days=2 * 365)


def needs_review(
    return_kind: str, *, asked_alone: bool, own_choice: bool, pressure: bool, fear: bool
) -> bool:
    """Whether a coordinator must look before the offer: pressure, fear, somebody beside her, or the kind."""
    kind = vocabulary.return_kind(return_kind)
    if kind.code == REMAINS:
        return False
    return kind.review or kind.free is False or pressure or fear or not own_choice or not asked_alone


def allows_return(screening: ReturnScreening | None) -> bool:
    """Whether a return may be offered: it was screened, its claim explained, and nothing of it waits."""
    if screening is None or screening.review_decision == "stop":
        return False
    return screening.review_decision == "go_on" or not screening.needs_review


def why_not_allowed(screening: ReturnScreening | None) -> str:
    """What stands in the way of a return, in words that say what to do next."""
    if screening is None:
        return _("Ask about the return first: alone, whether it is a free choice, and about fear.")
    if screening.review_decision == "stop":
        return _("A coordinator has stopped this return. Talk to the coordinator, or screen it again.")
    return _("A coordinator must review this return first: there was pressure, fear, or no free choice.")


def is_return(centre: Reachable, mode: str, *, travels: bool) -> bool:
    """Whether the handoff goes with a return: to the corridor's origin, by a journey or for good."""
    return centre.is_origin and mode != "pre_departure" and (travels or mode == "transfer")


def check_mode(centre: Reachable, mode: str) -> None:
    """Before departure is for those who are going abroad. Raises ``Invalid``."""
    if mode == "pre_departure" and centre.is_origin:
        message = _("'Before departure' is for somebody who is going abroad to that centre's country.")
        raise Invalid(fields={"mode": [message]})


def check_corridor(centre: Reachable, nationality: str | None) -> None:
    """A corridor is for people of its country of origin. Raises ``Invalid`` where she is of another."""
    if nationality is not None and nationality != centre.corridor.origin:
        message = _("This centre's agreement is for people from another country than hers or his.")
        raise Invalid(fields={"to_tenant_id": [message]})


def check_arrival(arrival_on: date, today: date) -> None:
    """An arrival is planned for a day to come, and for one that can be meant. Raises ``Invalid``."""
    if arrival_on < today:
        raise Invalid(fields={"arrival_on": [_("Enter a day that has not passed.")]})
    if arrival_on > today + FURTHEST_AHEAD:
        raise Invalid(fields={"arrival_on": [_("Enter a day within the next two years.")]})


def check_needs(codes: Collection[str], dates: Mapping[str, date]) -> None:
    """Arrival needs of the vocabulary; raises ``UnknownCode``, and ``Invalid`` for two that contradict or for
    one without its date."""
    for code in codes:
        if vocabulary.arrival_need(code).needs_date and code not in dates:
            raise Invalid(fields={f"{code}_on": [_("Enter the date that goes with this need.")]})
    if {"family_may_know", "family_must_not_know"} <= set(codes):
        raise Invalid(fields={"arrival_needs": [_("Either the family may be told, or it must not.")]})


def check_may_close(side: str, state: str, journey: str) -> None:
    """Before the take-over only a final journey can be closed: the sender's where nobody travelled."""
    if state != "accepted":
        return
    if journey not in FINAL_FOR[side]:
        raise Conflict(_("The journey is not over yet. Record how it ended first."))


def may_tell(packet: Packet) -> bool:
    """Whether milestones may still be told: not after she took her permission back, or it ended."""
    return packet.sealed_at is None or packet.seal_reason == "ended"


def check_channel(channel: str, allowed: Collection[str]) -> None:
    """She is reached only in the ways agreed with her; that she came or called is always recorded."""
    vocabulary.check("safe_contact.channel", channel)
    if channel == "none" or channel not in allowed:
        raise Invalid(fields={"channel": [_("This way of contact was not agreed. Choose another.")]})


def check_attempts(follow_up: FollowUp, reason: str) -> None:
    """Some reasons need the attempts that were made. Raises ``Invalid``."""
    if vocabulary.reason("lost_to_follow_up", reason).needs_attempts and follow_up.attempts < 1:
        raise Invalid(fields={"reason": [_("Record each attempt that was made first.")]})


def may_review_returns(identity: Identity) -> bool:
    """Coordinators review returns."""
    return "coordinator" in identity.roles
