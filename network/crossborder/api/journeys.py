"""Journeys in JSON, and the board of arrivals."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from network.accounts.guards import requires
from network.core.db import unit_of_work
from network.crossborder import operations as do
from network.crossborder import schemas as given_as
from network.crossborder.api.answers import (
    ONE,
    Given,
    P,
    blueprint,
    move,
)
from network.crossborder.queries import (
    Arrival,
    arrivals_board,
)


@blueprint.route(f"{ONE}/journey", methods=["PUT"])
@requires(P.HANDOFF_PREPARE)
@blueprint.arguments(given_as.JourneySchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def plan(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """Plan the journey, or change the plan. Needs If-Match."""
    return move(exchange_id, "plan", do.plan, given, given_as.travel_of(given))


@blueprint.route(f"{ONE}/departure", methods=["POST"])
@requires(P.HANDOFF_OFFER)
@blueprint.arguments(given_as.HandoffMoveSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def depart(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """She has left. Needs If-Match."""
    return move(exchange_id, "depart", do.depart, given)


@blueprint.route(f"{ONE}/non-departure", methods=["POST"])
@requires(P.HANDOFF_OFFER)
@blueprint.arguments(given_as.NotDepartedSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def not_depart(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """She did not leave, and why. Needs If-Match."""
    return move(exchange_id, "not_depart", do.not_depart, given, given["reason"], given["text"])


@blueprint.route(f"{ONE}/arrival", methods=["POST"])
@requires(P.ARRIVAL_RECORD)
@blueprint.arguments(given_as.HandoffMoveSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def arrive(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """She is here. Needs If-Match."""
    return move(exchange_id, "arrive", do.arrive, given)


@blueprint.route(f"{ONE}/non-arrival", methods=["POST"])
@requires(P.ARRIVAL_RECORD)
@blueprint.arguments(given_as.NotArrivedSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def not_arrive(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """She did not come, and why. Needs If-Match."""
    return move(exchange_id, "not_arrive", do.not_arrive, given, given["reason"], given["text"])


@blueprint.route(f"{ONE}/arrival-correction", methods=["POST"])
@requires(P.ARRIVAL_RECORD)
@blueprint.arguments(given_as.ArrivalCorrectionSchema)
@blueprint.alt_response(200, schema=given_as.HandoffOut)
def correct_arrival(given: Given, exchange_id: UUID) -> ResponseReturnValue:
    """The arrival was recorded of the wrong person or too early: taken back, until the take-over. With the reason
    ``wrong_date`` the day alone is mended, also after it. Needs If-Match."""
    name, why = do.correction_by(given["reason"]), (given["reason"], given["arrived_on"], given["text"])
    return move(exchange_id, name, do.correct_arrival, given, *why)


@blueprint.route("/arrivals", methods=["GET"])
@requires(P.ARRIVAL_VIEW)
@blueprint.response(200, given_as.ArrivalOut(many=True))
def arrivals() -> list[Arrival]:
    """Who arrives when, as a board may say it. Names nobody."""
    with unit_of_work():
        board = arrivals_board()
        do.note_list_viewed("arrivals")
    return board
