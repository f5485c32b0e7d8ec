"""Until when she may be visited: the centre that she left says it with the offer, and whenever it changes; the centre
at home keeps to it."""

from __future__ import annotations

from uuid import UUID

from network.cases.operations import add_event
from network.core import clock
from network.core.db import db
from network.crossborder.models import HandoffContact
from network.crossborder.operations.follow_up_moves import stop, watch_end
from network.crossborder.operations.follow_up_plan import stop_of_case
from network.crossborder.operations.moves import touch
from network.crossborder.queries.contact import (
    contact_ends,
    find_contact,
    may_visit,
    told_of_contact,
    took_it_back,
)
from network.crossborder.queries.follow_ups import list_open_of_client
from network.crossborder.queries.records import get_handoff
from network.exchange.models import Exchange, ExchangeSide
from network.exchange.operations import lock
from network.exchange.queries import get_side

CONTACT_CHANGED = "contact_changed"


def say_until(exchange: Exchange) -> bool:
    """Say until when she may be contacted, by the grants that stand now; whether that is something new. Where none
    stands any more, it ended now, unless it had ended by itself."""
    side, handoff, known = get_side(exchange.id), get_handoff(exchange.id), find_contact(exchange.id)
    if side.client_id is None or handoff.mode == "pre_departure":
        return False
    until = contact_ends(side.client_id, exchange.to_organization_id)
    if until is None:
        if known is None or known.until <= clock.now():
            return False
        until = clock.now()
    if known is None:
        db.session.add(
            HandoffContact(
                exchange_id=exchange.id,
                from_tenant_id=exchange.from_tenant_id,
                to_tenant_id=exchange.to_tenant_id,
                until=until,
            )
        )
    elif known.until != until:
        known.until = until
    else:
        return False
    db.session.flush()
    return True


def carry_contact_over(client_id: UUID) -> None:
    """She was asked again, or took it back: every centre that visits her is told until when she may be."""
    for exchange_id in told_of_contact(client_id):
        exchange = lock(exchange_id)
        if say_until(exchange):
            touch(exchange, "sender", CONTACT_CHANGED, before=exchange.state, after=exchange.state)


def stop_where_ended(client_id: UUID) -> None:
    """What is open without her leave any more is not made. Where it came to its end by itself, this is what is due: for
    what is planned, there is time to ask her again until its day."""
    stopped = set()
    for one in list_open_of_client(client_id):
        if may_visit(client_id, one.exchange_id):
            continue
        taken_back = took_it_back(client_id)
        if taken_back or one.state != "planned":
            stop(one, "withdrawn" if taken_back else "no_grant")
            stopped.add(one.case_id)
    for case_id in stopped:
        add_event(case_id, "follow_up.stop")


def keep_to_it(side: ExchangeSide) -> None:
    """Her leave has changed at the centre that she left: where it has ended, nobody visits her any more."""
    if side.client_id is None or side.case_id is None:
        return
    if may_visit(side.client_id, side.exchange_id):
        watch_end(side.client_id, side.exchange_id)
    else:
        stop_of_case(side.case_id, "withdrawn")
