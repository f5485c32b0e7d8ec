"""What a reason sets off, by the flags of the vocabulary. Always on the sender's side: it is her client and her search.

A reason that the receiver gave is carried out by the sender's own job; one that the sender gave, in its own unit.
"""

from __future__ import annotations

from network.audit.trail import record
from network.cases.operations import open_incident, stop_contact
from network.cases.operations.contacts import DIED
from network.core import clock, terms
from network.core.errors import NotFound
from network.directory.operations import record_service_gap, report_listing
from network.directory.queries import listing_asked
from network.exchange.models import Exchange, ExchangeSide
from network.exchange.operations import Reason
from network.exchange.queries import get_side
from network.referrals.models import Referral
from network.referrals.operations.moves import tell_case
from network.referrals.queries.records import get_referral, own_need_codes

DEATHS = frozenset({"died", "client_died"})


def carry_out(reason: Reason, exchange: Exchange) -> None:
    """Do everything that the reason's flags demand, in the sender's scope and the open unit."""
    known, side, referral = reason.known(), get_side(exchange.id), get_referral(exchange.id)
    if side.role != "sender" or side.client_id is None:
        raise NotFound
    _tell_the_directory(reason, known, side, referral)
    if known.stops_all_contact:
        stop_contact(side.client_id, DIED if reason.code in DEATHS else reason.code)
    if known.opens_incident:
        kind = f"{reason.list}.{reason.code}"
        open_incident(kind, client_id=side.client_id, case_id=side.case_id, exchange_id=exchange.id)
    if known.report_to is not None:
        tell_case(side, "safeguarding")
        record("reported", "referral", exchange.id, reason=known.report_to)
    if known.alarm or known.report_to is not None:
        raise_alarm(side)


def raise_alarm(side: ExchangeSide) -> None:
    """To the top of the responsible caseworker's list at once; it stays there until somebody says it was seen."""
    side.open, side.unread = True, True
    side.due_at, side.due_kind = clock.now(), "alarm"
    tell_case(side, "alarm")


def _tell_the_directory(reason: Reason, known: terms.Reason, side: ExchangeSide, referral: Referral) -> None:
    if known.record_gap:
        found = listing_asked(referral.service_at_location_id)
        for code in own_need_codes(referral.exchange_id):
            record_service_gap(
                code,
                found.town,
                found.country,
                case_id=None if side.restricted else side.case_id,
                barrier_list=reason.list,
                barrier_code=reason.code,
            )
    if known.flags_listing or known.suspends is not None:
        report_listing(referral.service_id, reason.list, reason.code)
