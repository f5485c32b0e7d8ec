"""The screening of returns and the follow-ups after them, in JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from network.accounts.guards import requires
from network.cases.queries import get_case
from network.core.errors import NotFound
from network.crossborder import operations as do
from network.crossborder import schemas as given_as
from network.crossborder.api.answers import (
    FOLLOW_UP,
    Given,
    P,
    blueprint,
)
from network.crossborder.models import ReturnScreening
from network.crossborder.queries import (
    FollowUpRow,
    follow_up_page,
    follow_ups_due,
    follow_ups_of_case,
    get_screening,
    latest_screening,
)
from network.web.doors import run_once
from network.web.paging import Page
from network.web.versions import given_version, with_etag


@blueprint.route("/cases/<uuid:case_id>/return-screening", methods=["GET"])
@requires(P.RETURN_SCREEN)
@blueprint.response(200, given_as.ReturnScreeningOut)
def screening_of(case_id: UUID) -> ReturnScreening:
    """The last screening of a return in this case."""
    found = latest_screening(case_id)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/cases/<uuid:case_id>/return-screening", methods=["POST"])
@requires(P.RETURN_SCREEN)
@blueprint.arguments(given_as.ReturnScreeningSchema)
@blueprint.response(201, given_as.ReturnScreeningOut)
def screen(given: Given, case_id: UUID) -> ReturnScreening:
    """Record how a return was screened. Pressure or fear waits for a coordinator."""
    return get_screening(run_once(lambda: do.screen_return(case_id, given).id))


@blueprint.route("/return-screenings/<uuid:screening_id>/review", methods=["POST"])
@requires(P.RETURN_REVIEW)
@blueprint.arguments(given_as.ReturnReviewSchema)
@blueprint.response(200, given_as.ReturnScreeningOut)
def review_screening(given: Given, screening_id: UUID) -> ReturnScreening:
    """Decide whether a return may go on."""
    return get_screening(run_once(lambda: do.review_return(screening_id, given["decision"]).id))


@blueprint.route("/follow-ups", methods=["GET"])
@requires(P.FOLLOW_UP_VIEW)
@blueprint.arguments(given_as.FollowUpListQuery, location="query")
@blueprint.response(200, given_as.FollowUpListOut)
def follow_ups(given: Given) -> Page[FollowUpRow]:
    """What is due, missed, or comes within two weeks, soonest first. Names nobody."""
    return follow_ups_due(given["cursor"], mine=given["mine"], size=given["limit"])


@blueprint.route("/cases/<uuid:case_id>/follow-ups", methods=["GET"])
@requires(P.FOLLOW_UP_VIEW)
@blueprint.response(200, given_as.FollowUpOut(many=True))
def plan_of(case_id: UUID) -> list[FollowUpRow]:
    """The follow-ups of a case, soonest first."""
    get_case(case_id)
    return follow_ups_of_case(case_id)


@blueprint.route("/cases/<uuid:case_id>/follow-ups", methods=["POST"])
@requires(P.FOLLOW_UP_RECORD)
@blueprint.arguments(given_as.FollowUpPlanSchema)
@blueprint.response(201, given_as.FollowUpOut(many=True))
def plan_follow_ups(given: Given, case_id: UUID) -> list[FollowUpRow]:
    """Plan the follow-ups of somebody who came back by herself."""
    run_once(lambda: do.plan_follow_ups(case_id, given["arrived_on"])[0].id)
    return follow_ups_of_case(case_id)


@blueprint.route(f"{FOLLOW_UP}/contact", methods=["POST"])
@requires(P.FOLLOW_UP_RECORD)
@blueprint.arguments(given_as.ContactedSchema)
@blueprint.alt_response(200, schema=given_as.FollowUpOut)
def record_follow_up(given: Given, follow_up_id: UUID) -> ResponseReturnValue:
    """She was reached. Needs If-Match."""
    version = given_version()
    run_once(lambda: do.record_follow_up(follow_up_id, do.Contacted(**given), version).id)
    return followed(follow_up_id)


@blueprint.route(f"{FOLLOW_UP}/attempts", methods=["POST"])
@requires(P.FOLLOW_UP_RECORD)
@blueprint.arguments(given_as.AttemptSchema)
@blueprint.alt_response(200, schema=given_as.FollowUpOut)
def miss_follow_up(given: Given, follow_up_id: UUID) -> ResponseReturnValue:
    """Somebody tried and did not reach her. Needs If-Match."""
    version = given_version()
    run_once(lambda: do.miss_follow_up(follow_up_id, given["channel"], version).id)
    return followed(follow_up_id)


@blueprint.route(f"{FOLLOW_UP}/loss", methods=["POST"])
@requires(P.FOLLOW_UP_RECORD)
@blueprint.arguments(given_as.LostSchema)
@blueprint.alt_response(200, schema=given_as.FollowUpOut)
def lose_follow_up(given: Given, follow_up_id: UUID) -> ResponseReturnValue:
    """Lost to follow-up, and why. Needs If-Match."""
    version = given_version()
    run_once(lambda: do.lose_follow_up(follow_up_id, do.Lost(**given), version).id)
    return followed(follow_up_id)


@blueprint.route(f"{FOLLOW_UP}/day", methods=["PUT"])
@requires(P.FOLLOW_UP_RECORD)
@blueprint.arguments(given_as.RescheduleSchema)
@blueprint.alt_response(200, schema=given_as.FollowUpOut)
def reschedule_follow_up(given: Given, follow_up_id: UUID) -> ResponseReturnValue:
    """Another day. Needs If-Match."""
    version = given_version()
    run_once(lambda: do.reschedule_follow_up(follow_up_id, given["on"], version).id)
    return followed(follow_up_id)


def followed(follow_up_id: UUID) -> Response:
    """A follow-up as JSON, with its ETag. It names nobody."""
    row = follow_up_page(follow_up_id).row
    return with_etag(jsonify(given_as.FollowUpOut().dump(row)), row)
