"""What is sent about a return: how it was screened, and the follow-ups after it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from marshmallow import fields, validate

from network.crossborder.states import SITUATIONS
from network.exchange.schemas import ListQuery, coded_reason, note
from network.web.forms import RequestSchema, coded, missing


def _answer(asked: LazyString) -> fields.Boolean:
    return fields.Boolean(required=True, error_messages=missing(asked))


class ReturnScreeningSchema(RequestSchema):
    """How a return was screened."""

    return_kind = coded(
        "return_kinds", required=True, error_messages=missing(_l("Choose which kind of return it is."))
    )
    asked_alone = _answer(_l("Say whether you asked alone."))
    own_choice = _answer(_l("Say whose choice it is."))
    pressure = _answer(_l("Say whether anybody presses."))
    fear = _answer(_l("Say whether there is fear of anything at home."))
    claim_explained = _answer(_l("Say whether you explained what the return means for a claim."))
    words = note()
    note = note()
    reviewer_account_id = fields.UUID(load_default=None, allow_none=True)


class ReturnReviewSchema(RequestSchema):
    """What a coordinator decides."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf(("go_on", "stop")),
        error_messages=missing(_l("Choose whether the return may go on.")),
    )


class ContactedSchema(RequestSchema):
    """She was reached."""

    channel = coded("safe_contact.channel", required=True, error_messages=missing(_l("Choose how.")))
    situation = fields.String(
        required=True,
        validate=validate.OneOf(SITUATIONS),
        error_messages=missing(_l("Choose how the client is.")),
    )
    note = note()
    contact_id = fields.UUID(load_default=None, allow_none=True)


class AttemptSchema(RequestSchema):
    """Somebody tried and did not reach her."""

    channel = coded("safe_contact.channel", load_default=None, allow_none=True)


class LostSchema(RequestSchema):
    """Why she is lost to follow-up."""

    reason = coded_reason("lost_to_follow_up")
    note = note()
    contact_id = fields.UUID(load_default=None, allow_none=True)
    something_said = fields.Boolean(load_default=False)


class LostForm(LostSchema):
    """The same from the page of a follow-up, where another form has a note and a number too."""

    note = note(data_key="lost_note")
    contact_id = fields.UUID(load_default=None, allow_none=True, data_key="lost_contact_id")


class RescheduleSchema(RequestSchema):
    """Another day."""

    on = fields.Date(required=True, error_messages=missing(_l("Enter a day.")))


class FollowUpPlanSchema(RequestSchema):
    """When somebody who came by herself had returned."""

    arrived_on = fields.Date(required=True, error_messages=missing(_l("Enter the day of the return.")))


class FollowUpListQuery(ListQuery):
    """Which part of the list, and whether one's own only."""

    mine = fields.Boolean(load_default=False)
