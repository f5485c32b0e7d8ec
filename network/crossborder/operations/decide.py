"""What the other centre does with an offer: look, ask, accept, decline; and closing it in the end."""

from __future__ import annotations

from uuid import UUID

from network.consent import packets
from network.core.errors import NotFound
from network.crossborder import policies
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.moves import make, make_as_receiver
from network.crossborder.operations.offer import check_agreement
from network.crossborder.queries.records import get_handoff
from network.exchange.messages import write_message
from network.exchange.models import Exchange
from network.exchange.operations import Given, Moved, Reason
from network.exchange.queries import get_side


def review(exchange_id: UUID, expected_version: int | None = None) -> Moved:
    """Somebody looks at it: the sender sees that it was seen."""
    return make_as_receiver(exchange_id, "review", expected_version=expected_version)


def ask(exchange_id: UUID, text: str, expected_version: int | None = None) -> Moved:
    """Ask the sender something before deciding."""

    def say(exchange: Exchange, _move: object) -> None:
        write_message(exchange, "question", text)

    return make_as_receiver(
        exchange_id, "ask", given=Given(text=text), expected_version=expected_version, more=say
    )


def accept(exchange_id: UUID, expected_version: int | None = None) -> Moved:
    """Accept: from now on the identity part can be read. The agreement must still be in force."""

    def hold(*_: object) -> None:
        check_agreement(get_handoff(exchange_id))

    return make_as_receiver(exchange_id, "accept", expected_version=expected_version, more=hold)


def decline(exchange_id: UUID, reason: str, note: str = "", expected_version: int | None = None) -> Moved:
    """Decline for a coded reason. What the reason sets off is done on the sender's side, by its job."""

    def say(exchange: Exchange, _move: object) -> None:
        if note.strip() and packets.is_alive(exchange_id):
            write_message(exchange, "note", note)

    given = Given(reason=Reason("handoff_decline", reason), text=note)
    return make_as_receiver(exchange_id, "decline", given=given, expected_version=expected_version, more=say)


def close(exchange_id: UUID, expected_version: int | None = None) -> Moved:
    """End the handoff: the receiver its work, or what came to nothing; the sender where nobody travelled."""
    side, handoff = get_side(exchange_id).role, get_handoff(exchange_id)

    def hold(exchange: Exchange, _move: object) -> None:
        policies.check_may_close(side, exchange.state, handoff.journey)

    moved = make(exchange_id, "close", side=side, expected_version=expected_version, more=hold)
    if side == "receiver":
        tell_milestone(exchange_id, "closed")
    return moved


def check_receives(exchange_id: UUID) -> None:
    """Raises ``NotFound`` where the acting centre is not the one that was asked."""
    if get_side(exchange_id).role != "receiver":
        raise NotFound
