"""Handoffs in JSON: offered, decided, taken over, from either side."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue

from network.accounts.guards import requires
from network.consent.disclosure import Proposal, propose
from network.core.db import unit_of_work
from network.crossborder import operations as do
from network.crossborder import schemas as given_as
from network.crossborder.api.answers import (
    ONE,
    Given,
    P,
    blueprint,
    choices_of,
    move,
    moved,
    shown,
)
from network.crossborder.queries import (
    HandoffRow,
    list_handoffs,
    list_receivers,
    offers_inbox,
    wanted_for,
)
from network.crossborder.queries.records import list_group
from network.exchange.schemas import WordsSchema
from network.referrals.schemas import ReferralProposalOut
from network.tenants.queries import Reachable
from network.web.doors import run_once
from network.web.paging import Page
from network.web.versions import given_version


@blueprint.route("/handoffs", methods=["GET"])
@requires(P.HANDOFF_VIEW)
@blueprint.arguments(given_as.HandoffListQuery, location="query")
@blueprint.response(200, given_as.HandoffPageOut)
def handoffs(given: Given) -> Page[HandoffRow]:
    """Handoffs of both sides or of one role, newest first: open ones, or with ``done`` all. Names nobody."""
    return list_handoffs(
        given["role"], open_only=not given["done"], cursor=given["cursor"], size=given["limit"]
    )


@blueprint.route("/handoffs/offers", methods=["GET"])
@requires(P.HANDOFF_VIEW)
@blueprint.arguments(given_as.HandoffListQuery(only=("cursor", "limit")), location="query")
@blueprint.response(200, given_as.HandoffPageOut)
def offers(given: Given) -> Page[HandoffRow]:
    """What other centres have offered and waits for a decision. Names nobody."""
    with unit_of_work():
        page = offers_inbox(given["cursor"], given["limit"])
        do.note_list_viewed("offers")
    return page


@blueprint.route("/handoffs", methods=["POST"])
@requires(P.HANDOFF_PREPARE)
@blueprint.arguments(given_as.HandoffSchema)
@blueprint.alt_response(201, schema=given_as.HandoffsMadeOut)
def prepare(given: Given) -> ResponseReturnValue:
    """Prepare a handoff for each person of ``case_ids``, in one group. Nobody else sees the drafts."""
    first = run_once(
        lambda: (
            do.prepare_family_handoff(
                given["case_ids"],
                given["to_tenant_id"],
                given["mode"],
                given_as.travel_of(given),
                parent_id=given["parent_id"],
            )[0].id
        )
    )
    with unit_of_work():
        pages = [do.open_handoff(exchange_id) for exchange_id in list_group(first)]
    response = jsonify(given_as.HandoffsMadeOut().dump({"items": pages}))
    response.status_code = 201
    return response


@blueprint.route(ONE, methods=["GET"])
@requires(P.HANDOFF_VIEW)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def handoff(exchange_id: UUID) -> ResponseReturnValue:
    """One handoff, as far as this side may see it now."""
    return shown(exchange_id)


@blueprint.route("/cases/<uuid:case_id>/handoff-receivers", methods=["GET"])
@requires(P.HANDOFF_PREPARE)
@blueprint.response(200, given_as.ReceiverOut(many=True))
def receivers(case_id: UUID) -> list[Reachable]:
    """The centres to which this case can be offered today: over a corridor, under an agreement in force."""
    return list_receivers(case_id)


@blueprint.route(f"{ONE}/proposal", methods=["POST"])
@requires(P.HANDOFF_PREPARE)
@blueprint.arguments(given_as.HandoffChoicesSchema)
@blueprint.response(200, ReferralProposalOut)
def proposal(given: Given, exchange_id: UUID) -> Proposal:
    """What would leave with these choices, field by field, and what no grant covers. Nothing leaves."""
    with unit_of_work():
        do.open_handoff(exchange_id)
        return propose(wanted_for(exchange_id, **choices_of(given)))


@blueprint.route(f"{ONE}/offer", methods=["POST"])
@requires(P.HANDOFF_OFFER)
@blueprint.arguments(given_as.HandoffChoicesSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def offer(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Disclose and offer. Needs If-Match. 409 with every line that no grant covers; then nothing has left."""
    version = given_version()

    def make(one: UUID) -> object:
        shown = {"seen": given["seen"], "others": given["others"]}
        return do.offer_chosen(one, exchange_id, choices_of(given), version, **shown)

    return moved(exchange_id, "offer", make, together=given["together"])


@blueprint.route(f"{ONE}/review", methods=["POST"])
@requires(P.HANDOFF_ANSWER)
@blueprint.arguments(given_as.HandoffMoveSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def review(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Somebody looks at it. Needs If-Match."""
    return move(exchange_id, "review", do.review, given)


@blueprint.route(f"{ONE}/questions", methods=["POST"])
@requires(P.HANDOFF_ANSWER)
@blueprint.arguments(WordsSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def ask(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Ask the sender before deciding. Needs If-Match."""
    return move(exchange_id, "ask", do.ask, {}, given["text"])


@blueprint.route(f"{ONE}/answers", methods=["POST"])
@requires(P.HANDOFF_OFFER)
@blueprint.arguments(WordsSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def answer(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Answer the other centre's question. Needs If-Match."""
    return move(exchange_id, "answer", do.answer, {}, given["text"])


@blueprint.route(f"{ONE}/acceptance", methods=["POST"])
@requires(P.HANDOFF_ANSWER)
@blueprint.arguments(given_as.HandoffMoveSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def accept(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Accept; the identity part is released. Needs If-Match."""
    return move(exchange_id, "accept", do.accept, given)


@blueprint.route(f"{ONE}/decline", methods=["POST"])
@requires(P.HANDOFF_ANSWER)
@blueprint.arguments(given_as.HandoffDeclineSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def decline(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Decline, with a coded reason. Needs If-Match."""
    return move(exchange_id, "decline", do.decline, given, given["reason"], given["text"])


@blueprint.route(f"{ONE}/recall", methods=["POST"])
@requires(P.HANDOFF_OFFER)
@blueprint.arguments(given_as.HandoffRecallSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def recall(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Take it back before the take-over; what was sent is sealed at once. Needs If-Match."""
    return move(exchange_id, "recall", do.recall, given, given["reason"], given["text"])


@blueprint.route(f"{ONE}/take-over", methods=["POST"])
@requires(P.TAKE_OVER)
@blueprint.arguments(given_as.TakeOverSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def take_over(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Become responsible: a new client and case of our own, made from the packet. Needs If-Match."""
    return move(
        exchange_id, "take_over", do.take_over, given, assignee_account_id=given["assignee_account_id"]
    )


@blueprint.route(f"{ONE}/closure", methods=["POST"])
@requires(P.TAKE_OVER)
@blueprint.arguments(given_as.HandoffMoveSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def close(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """End the handoff. Needs If-Match."""
    return move(exchange_id, "close", do.close, given)


@blueprint.route(f"{ONE}/kept-record", methods=["POST"])
@requires(P.TAKE_OVER)
@blueprint.arguments(given_as.KeptRecordSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def keep_record(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Answer a request for deletion: the record is kept, and on which legal basis."""
    run_once(lambda: do.keep_record(exchange_id, given["legal_basis"]).exchange_id)
    return shown(exchange_id)
