"""What is sent about a journey, and the journey that it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from network.crossborder.operations.prepare import Travel
from network.exchange.schemas import coded_reason, note
from network.web.forms import RequestSchema, coded, missing

# The one need on arrival that has a date of its own.
DATED = "medicine_runs_out"


class HandoffMoveSchema(RequestSchema):
    """A move that needs no more; ``together``: for everybody of the group of whom it can be made."""

    together = fields.Boolean(load_default=False)


class TravellingSchema(RequestSchema):
    """When she arrives, and what she needs then."""

    arrival_needs = fields.List(coded("arrival_needs"), load_default=list, validate=validate.Length(max=40))
    medicine_runs_out_on = fields.Date(load_default=None, allow_none=True)


class JourneySchema(TravellingSchema):
    """A journey, planned or changed."""

    arrival_on = fields.Date(required=True, error_messages=missing(_l("Enter the day of arrival.")))
    together = fields.Boolean(load_default=False)


class NotDepartedSchema(HandoffMoveSchema):
    """Why she did not leave."""

    reason = coded_reason("not_departed")
    text = note()


class NotArrivedSchema(HandoffMoveSchema):
    """Why she did not come."""

    reason = coded_reason("not_arrived")
    text = note()


class ArrivalCorrectionSchema(HandoffMoveSchema):
    """What was wrong with a recorded arrival; of a wrong day, the right one."""

    reason = coded_reason("arrival_corrected")
    arrived_on = fields.Date(load_default=None, allow_none=True)
    text = note()


def travel_of(given: Mapping[str, Any]) -> Travel | None:
    """The journey that a form or request tells, or None where nobody travels."""
    arrival_on: date | None = given.get("arrival_on")
    if arrival_on is None or not given.get("travels", True):
        return None
    runs_out = given.get("medicine_runs_out_on")
    return Travel(arrival_on, tuple(given["arrival_needs"]), {DATED: runs_out} if runs_out else {})
