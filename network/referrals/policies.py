"""May this be referred there, now, by this person? Pure: records in, refusals out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from network.consent.models import Packet
from network.core import vocabulary
from network.core.errors import Conflict, Invalid
from network.directory.queries import Listing, Terms
from network.exchange.models import Exchange
from network.exchange.operations import Reason
from network.referrals.states import CHANNELS, PLAIN_OUTCOMES, PROTECTED

MOST_NEEDS = 5


def check_needs(need_codes: Sequence[str]) -> tuple[str, ...]:
    """The needs, each once. Raises ``Invalid`` for none or too many, ``UnknownCode`` for what is no need."""
    codes = tuple(dict.fromkeys(vocabulary.need(code).code for code in need_codes))
    if not codes:
        raise Invalid(fields={"need_codes": [_("Choose what is needed there.")]})
    if len(codes) > MOST_NEEDS:
        raise Invalid(
            fields={"need_codes": [_("Ask for at most %(count)s needs at once.", count=MOST_NEEDS)]}
        )
    return codes


def check_can_be_asked(listing: Listing | Terms, own_tenant_id: UUID) -> UUID | None:
    """The tenant that receives for this listing; None where nobody signs in for it: it is told outside the platform.
    Raises ``Conflict`` where it cannot be asked."""
    if listing.held:
        raise Conflict(_("Your centre has put this service on hold. Somebody must review it first."))
    if listing.suspended:
        raise Conflict(
            _("The membership of this organization rests at present: nothing is sent or told there.")
        )
    if listing.status != "active" or listing.referral_method == "not_accepted":
        raise Conflict(_("This service takes no referrals at present."))
    if listing.tenant_id == own_tenant_id:
        raise Conflict(_("This is a service of your own centre. Record it in the case."))
    return listing.tenant_id


def check_same_way(receiver: UUID | None, exchange: Exchange) -> None:
    """A draft goes the way for which it was prepared. Raises ``Conflict`` where they sign in by now, or no more."""
    if (receiver is None) != (exchange.to_tenant_id is None):
        raise Conflict(
            _("How this organization is asked has changed since you prepared this. Choose the service again.")
        )


def check_telling(outside: bool, channel: str | None, told_to: str, named: bool) -> None:
    """What somebody says of how she told them. Raises ``Invalid``."""
    wrong: dict[str, list[str]] = {}
    if outside and channel not in CHANNELS:
        wrong["channel"] = [_("Say how you told them.")]
    if not outside and (channel is not None or told_to):
        wrong["channel"] = [_("They receive referrals here: send it.")]
    if outside and named and not told_to.strip():
        wrong["told_to"] = [_("Name the one person whom you told.")]
    if wrong:
        raise Invalid(fields=wrong)


def check_may_be_heard(reason: Reason, note: str, packet: Packet) -> None:
    """Without leave to tell more, no reason that speaks of the client is written down. Raises ``Invalid``."""
    if packet.feedback:
        return
    if note.strip() or reason.known().needs_note or tells_of_the_client(reason):
        raise Invalid(
            fields={"reason": [_("Choose a reason that speaks of the service alone: no more was allowed.")]}
        )


def check_needed_by(needed_by: datetime | None, now: datetime) -> None:
    """Raises ``Invalid`` for a time that has passed."""
    if needed_by is not None and needed_by <= now:
        raise Invalid(fields={"needed_by": [_("Enter a time that has not passed.")]})


def default_priority(need_codes: Collection[str]) -> str:
    """The most urgent of what the vocabulary proposes for these needs."""
    order = list(vocabulary.terms("priorities"))
    return min((vocabulary.need(code).default_priority for code in need_codes), key=order.index)


def wants_named(need_codes: Collection[str], restricted: bool) -> bool:
    """Whether one named colleague of the receiver alone may read it, and one service at a time is asked."""
    return restricted or any(vocabulary.need(code).preview == "named" for code in need_codes)


def shown_code(need_code: str) -> str:
    """What anybody at the receiver may see of a need before accepting: the need, its group, or that it is protected."""
    need = vocabulary.need(need_code)
    return {"show": need.code, "group": need.group, "named": PROTECTED}[need.preview]


def check_person_may_give(reason: Reason) -> None:
    """Some reasons are the system's own. Raises ``Invalid`` where a person gives one."""
    if reason.known().automatic:
        raise Invalid(fields={"reason": [_("Choose another reason. This one is given by the system.")]})


def check_says_nothing_unreleased(reason: Reason, exchange: Exchange) -> None:
    """ "Already served by us" says that she is known there: allowed only once her identity was released."""
    if reason == Reason("decline", "already_served") and exchange.accepted_at is None:
        raise Invalid(
            fields={"reason": [_("You cannot know this before you have accepted. Choose another reason.")]}
        )


def check_outcomes(outcomes: dict[int, str], positions: Collection[int], packet: Packet) -> None:
    """An outcome of the vocabulary for every need, and no more of it than the client lets them tell."""
    for code in outcomes.values():
        vocabulary.check("service_outcomes", code)
    if set(outcomes) != set(positions):
        raise Invalid(fields={"outcomes": [_("Say what came of each need.")]})
    if not packet.feedback and not set(outcomes.values()) <= PLAIN_OUTCOMES:
        raise Invalid(fields={"outcomes": [_("Say only served or not served: no more was allowed.")]})
    if set(outcomes.values()) == {"not_served"}:
        raise Invalid(
            fields={"outcomes": [_("Nothing was given: record that you could not serve, and why.")]}
        )


def tells_of_the_client(reason: Reason) -> bool:
    """Whether a reason why nobody was served speaks of the client, and not of the partner."""
    return reason.list == "not_served" and reason.known().side != "partner"
