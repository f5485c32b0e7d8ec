"""The sender's part of the journey: planned, departed, or not."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.crossborder import operations as do
from network.crossborder.pages.showing import (
    ONE,
    Errors,
    P,
    blueprint,
    form_before,
    made,
    open_for,
    show,
    why,
)
from network.crossborder.schemas import JourneySchema, NotDepartedSchema, travel_of

_not_departing = form_before("not_depart", "not_departed", "not_departed")


@blueprint.get(f"{ONE}/journey")
@requires(P.HANDOFF_PREPARE)
def journey_form(exchange_id: UUID) -> ResponseReturnValue:
    """When do they arrive, and what do they need then?"""
    return _planning(exchange_id)


@blueprint.post(f"{ONE}/journey")
@requires(P.HANDOFF_PREPARE)
def plan_journey(exchange_id: UUID) -> ResponseReturnValue:
    """Plan the journey, or change the plan."""
    return made(
        exchange_id,
        "plan",
        do.plan,
        _("The journey is planned."),
        schema=JourneySchema,
        takes=lambda given: (travel_of(given),),
        again=_planning,
    )


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
    said = _("Departed. Numbers of this country are not used any more.")
    return made(exchange_id, "depart", do.depart, said)


@blueprint.get(f"{ONE}/non-departure")
@requires(P.HANDOFF_OFFER)
def not_depart_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why did they not leave?"""
    return _not_departing(exchange_id)


@blueprint.post(f"{ONE}/non-departure")
@requires(P.HANDOFF_OFFER)
def not_depart(exchange_id: UUID) -> ResponseReturnValue:
    """They did not leave, and why."""
    said = _("Recorded. The other centre is told.")
    return made(
        exchange_id,
        "not_depart",
        do.not_depart,
        said,
        schema=NotDepartedSchema,
        takes=why,
        again=_not_departing,
    )
