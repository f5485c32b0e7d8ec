"""Looking at handoffs: both sides' lists, the board of arrivals, a case's own, one handoff from either side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.cases.queries import case_record, get_case, get_client
from network.cases.queries.cards import home
from network.core.db import unit_of_work
from network.core.errors import Conflict
from network.crossborder import operations as do
from network.crossborder.pages.showing import ONE, P, blueprint, moved_on, opened, show, to_handoff
from network.crossborder.queries import (
    arrivals_board,
    handoffs_of_case,
    latest_screening,
    list_handoffs,
    offers_inbox,
)
from network.crossborder.queries.arrived import travel_still_open
from network.crossborder.queries.boards import received_at_home
from network.crossborder.queries.reviews import returns_to_review
from network.crossborder.schemas import HandoffListQuery
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once


@blueprint.get("/handoffs")
@requires(P.HANDOFF_VIEW)
def handoffs() -> ResponseReturnValue:
    """What was offered to us and waits, what waits on our own side, and the rest. Names nobody."""
    given = forms.load(HandoffListQuery, request.args)
    with unit_of_work():
        offers = offers_inbox() if given["cursor"] is None and not given["done"] else None
        page = list_handoffs(
            given["role"], open_only=not given["done"], cursor=given["cursor"], size=given["limit"]
        )
        reviews = returns_to_review() if P.RETURN_REVIEW in acting().permissions else []
        do.note_list_viewed("handoffs")
    waiting = {row.id for row in offers.items} if offers else set()
    rest = [row for row in page.items if row.id not in waiting]
    return show("handoffs", offers=offers, page=page, rest=rest, done=given["done"], reviews=reviews)


@blueprint.get("/arrivals")
@requires(P.ARRIVAL_VIEW)
def arrivals() -> ResponseReturnValue:
    """Who arrives when, as a board may say it. Names nobody."""
    with unit_of_work():
        board = arrivals_board()
        do.note_list_viewed("arrivals")
    return show("arrivals", board=board)


@blueprint.get(ONE)
@requires(P.HANDOFF_VIEW)
def show_handoff(exchange_id: UUID) -> ResponseReturnValue:
    """One handoff: for who offered it, or for who was asked."""
    page = opened(exchange_id)
    return show("own" if page.is_sender else "received", page=page)


@blueprint.post(f"{ONE}/read")
@requires(P.HANDOFF_VIEW)
def mark_read(exchange_id: UUID) -> ResponseReturnValue:
    """The news was read; it leaves the home page. The page sends this by itself where it can."""

    def read() -> UUID:
        do.mark_read(exchange_id)
        return exchange_id

    run_once(read)
    return ("", 200) if request.headers.get("HX-Request") else to_handoff(exchange_id)


@blueprint.post(f"{ONE}/seen")
@requires(P.HANDOFF_VIEW)
def mark_seen(exchange_id: UUID) -> ResponseReturnValue:
    """The alarm was seen to."""

    def settle() -> UUID:
        do.settle_alarm(exchange_id)
        return exchange_id

    try:
        run_once(settle)
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
    else:
        flash(_("Noted that you have seen to it."), "success")
    return to_handoff(exchange_id)


@blueprint.get("/cases/<uuid:case_id>/handoffs")
@requires(P.HANDOFF_VIEW)
def handoffs_of_case_page(case_id: UUID) -> ResponseReturnValue:
    """A case's handoffs, as a page of their own."""
    return _of_case("of_case", case_id)


@blueprint.get("/cases/<uuid:case_id>/parts/handoffs")
@requires(P.HANDOFF_VIEW)
def handoffs_part(case_id: UUID) -> ResponseReturnValue:
    """A case's handoffs: a fragment of the case's page, or a page where it was followed as a link."""
    return _of_case("part" if request.headers.get("HX-Request") else "of_case", case_id)


def _of_case(template: str, case_id: UUID) -> ResponseReturnValue:
    case = case_record(get_case(case_id))
    rows, screening = handoffs_of_case(case_id), latest_screening(case_id)
    client = get_client(case.client_id)
    away = client.nationality != home().country
    travelled = travel_still_open(case_id, [(one.mode, one.journey) for one in rows])
    about: dict[str, Any] = {"screening": screening, "away": away, "sex": client.sex, "travelled": travelled}
    return show(template, case=case, rows=rows, received=received_at_home(rows), **about)
