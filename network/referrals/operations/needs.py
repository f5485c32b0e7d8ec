"""What a referral means for the needs of its case: asked for, and met only by the client's own word."""

from __future__ import annotations

from uuid import UUID

from network.cases.operations.events import CaseIds
from network.cases.operations.needs import ENDED, change_need, change_needs
from network.cases.queries import get_case, list_needs
from network.cases.states import NeedState
from network.exchange.models import ExchangeSide
from network.exchange.queries import get_side
from network.referrals.queries.records import list_rivals, own_need_codes
from network.referrals.states import OPEN


def mark_asked_for(side: ExchangeSide, codes: tuple[str, ...]) -> None:
    """Somebody was asked: the needs are in progress."""
    _mark(side, codes, NeedState.IN_PROGRESS)


def mark_met(exchange_id: UUID) -> None:
    """She says that it helped: the needs are met."""
    _mark(get_side(exchange_id), own_need_codes(exchange_id), NeedState.MET)


def mark_open_again(exchange_id: UUID) -> None:
    """It ended without help: what nobody else was asked for waits again."""
    side = get_side(exchange_id)
    if side.case_id is None:
        return
    case, codes = get_case(side.case_id), own_need_codes(exchange_id)
    for need in list_needs(case.id):
        if need.need_code not in codes or need.state != NeedState.IN_PROGRESS:
            continue
        if not list_rivals(case.id, (need.need_code,), OPEN, exchange_id):
            change_need(case, need, NeedState.OPEN)


def _mark(side: ExchangeSide, codes: tuple[str, ...], state: NeedState) -> None:
    if side.case_id is not None and side.client_id is not None:
        change_needs(CaseIds(side.case_id, side.client_id, side.restricted), codes, state, but=ENDED)
