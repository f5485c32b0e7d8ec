"""The sender's part of the journey: planned, departed, or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.crossborder import operations as do
from network.crossborder import wording
from network.crossborder.pages.showing import (
    ONE,
    Errors,
    P,
    as_it_stands,
    blueprint,
    move,
    open_for,
    sent,
    show,
)
from network.crossborder.schemas import (
    HandoffMoveSchema,
    JourneySchema,
    NotDepartedSchema,
    travel_of,
)


@blueprint.get(f"{ONE}/journey")
@requires(P.HANDOFF_PREPARE)
def journey_form(exchange_id: UUID) -> ResponseReturnValue:
    """When do they arrive, and what do they need then?"""
    return _planning(exchange_id)


@blueprint.post(f"{ONE}/journey")
@requires(P.HANDOFF_PREPARE)
def plan_journey(exchange_id: UUID) -> ResponseReturnValue:
    """Plan the journey, or change the plan."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        return move(
            exchange_id,
            "plan",
            do.plan,
            travel_of(given),
            said=_("The journey is planned."),
            together=given["together"],
        )

    return sent(exchange_id, JourneySchema, make, _planning)


def _planning(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "plan")
    arrival = page.handoff.arrival_on
    planned = {
        "arrival_on": arrival.isoformat() if arrival else "",
        "arrival_needs": [need.code for need in page.needs],
        "medicine_runs_out_on": next((need.on.isoformat() for need in page.needs if need.on), ""),
        "together": "true",
    }
    return show("journey", errors, page=page, values=request.form if errors else planned)


@blueprint.post(f"{ONE}/departure")
@requires(P.HANDOFF_OFFER)
def depart(exchange_id: UUID) -> ResponseReturnValue:
    """They have left."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        said = _("Departed. Numbers of this country are not used any more.")
        return move(exchange_id, "depart", do.depart, said=said, together=given["together"])

    return sent(exchange_id, HandoffMoveSchema, make, as_it_stands)


@blueprint.get(f"{ONE}/non-departure")
@requires(P.HANDOFF_OFFER)
def not_depart_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why did they not leave?"""
    return _not_departing(exchange_id)


@blueprint.post(f"{ONE}/non-departure")
@requires(P.HANDOFF_OFFER)
def not_depart(exchange_id: UUID) -> ResponseReturnValue:
    """They did not leave, and why."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        return move(
            exchange_id,
            "not_depart",
            do.not_depart,
            given["reason"],
            given["text"],
            said=_("Recorded. The other centre is told."),
            together=given["together"],
        )

    return sent(exchange_id, NotDepartedSchema, make, _not_departing)


def _not_departing(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "not_depart")
    return show("not_departed", errors, page=page, reasons=wording.plain_reasons("not_departed"))
