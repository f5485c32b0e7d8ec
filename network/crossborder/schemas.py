"""What is sent to the doors of handoffs, returns and follow-ups, and what they answer: for forms and for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from network.core import vocabulary
from network.crossborder.operations.prepare import MOST_TOGETHER, Travel
from network.crossborder.states import MODES, SITUATIONS
from network.exchange.messages import LONGEST_TEXT
from network.web.forms import RequestSchema, missing

LONGEST_NOTE = 2000
MOST_CHOICES = 200
# The one need on arrival that has a date of its own.
DATED = "medicine_runs_out"


def _code(list_name: str, **given: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(vocabulary.terms(list_name))), **given)


def _reason(list_name: str) -> fields.String:
    return _code(f"reasons.{list_name}", required=True, error_messages=missing(_l("Choose a reason.")))


def _note() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))


def _answer() -> fields.Boolean:
    return fields.Boolean(required=True, error_messages=missing(_l("Answer yes or no.")))


def _codes() -> fields.List[Any]:
    code = fields.String(validate=validate.Length(max=100))
    return fields.List(code, load_default=list, validate=validate.Length(max=MOST_CHOICES))


class _Travelling(RequestSchema):
    """When she arrives, and what she needs then."""

    arrival_needs = fields.List(_code("arrival_needs"), load_default=list, validate=validate.Length(max=40))
    medicine_runs_out_on = fields.Date(load_default=None, allow_none=True)


class HandoffSchema(_Travelling):
    """Who is handed over to which centre, in which mode; with an arrival where the handoff goes with a journey."""

    case_ids = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(min=1, max=MOST_TOGETHER),
        error_messages=missing(_l("Choose who is handed over.")),
    )
    to_tenant_id = fields.UUID(required=True, error_messages=missing(_l("Choose a centre.")))
    mode = fields.String(
        required=True,
        validate=validate.OneOf(MODES),
        error_messages=missing(_l("Choose how the two centres work together.")),
    )
    arrival_on = fields.Date(load_default=None, allow_none=True)
    parent_id = fields.UUID(load_default=None, allow_none=True)


class HandoffOfCaseSchema(HandoffSchema):
    """The same from a page whose address names the case: ``case_ids`` are those who go along."""

    case_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_TOGETHER - 1))
    travels = fields.Boolean(load_default=True)


class JourneySchema(_Travelling):
    """A journey, planned or changed."""

    arrival_on = fields.Date(required=True, error_messages=missing(_l("Enter the day of arrival.")))
    together = fields.Boolean(load_default=False)


class HandoffChoicesSchema(RequestSchema):
    """What the sender adds or leaves out, and who alone may read it; ``together``: the whole group is offered."""

    added = _codes()
    left_out = _codes()
    named_account_id = fields.UUID(load_default=None, allow_none=True)
    without_travel = fields.Boolean(load_default=False)
    together = fields.Boolean(load_default=False)
    seen = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))


class HandoffMoveSchema(RequestSchema):
    """A move that needs no more; ``together``: for everybody of the group of whom it can be made."""

    together = fields.Boolean(load_default=False)


class HandoffWordsSchema(RequestSchema):
    """A question or its answer."""

    text = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_TEXT),
        error_messages=missing(_l("Write a few words.")),
    )


class HandoffDeclineSchema(HandoffMoveSchema):
    """Why not."""

    reason = _reason("handoff_decline")
    text = _note()


class HandoffRecallSchema(HandoffMoveSchema):
    """Why it is taken back."""

    reason = _reason("recall")
    text = _note()


class NotDepartedSchema(HandoffMoveSchema):
    """Why she did not leave."""

    reason = _reason("not_departed")
    text = _note()


class NotArrivedSchema(HandoffMoveSchema):
    """Why she did not come."""

    reason = _reason("not_arrived")
    text = _note()


class TakeOverSchema(HandoffMoveSchema):
    """Who of the own centre is responsible from now on."""

    assignee_account_id = fields.UUID(load_default=None, allow_none=True)


class KeptRecordSchema(RequestSchema):
    """On which legal basis the own record is kept."""

    legal_basis = _code(
        "legal_bases", required=True, error_messages=missing(_l("Choose on which legal basis."))
    )


class ReturnScreeningSchema(RequestSchema):
    """How a return was screened."""

    return_kind = _code(
        "return_kinds", required=True, error_messages=missing(_l("Choose which kind of return it is."))
    )
    asked_alone = _answer()
    own_choice = _answer()
    pressure = _answer()
    fear = _answer()
    claim_explained = _answer()
    words = _note()
    note = _note()
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

    channel = _code("safe_contact.channel", required=True, error_messages=missing(_l("Choose how.")))
    situation = fields.String(
        required=True,
        validate=validate.OneOf(SITUATIONS),
        error_messages=missing(_l("Choose how she or he is.")),
    )
    note = _note()
    contact_id = fields.UUID(load_default=None, allow_none=True)


class AttemptSchema(RequestSchema):
    """Somebody tried and did not reach her."""

    channel = _code("safe_contact.channel", load_default=None, allow_none=True)


class LostSchema(RequestSchema):
    """Why she is lost to follow-up."""

    reason = _reason("lost_to_follow_up")
    note = _note()
    contact_id = fields.UUID(load_default=None, allow_none=True)
    something_said = fields.Boolean(load_default=False)


class LostForm(LostSchema):
    """The same from the page of a follow-up, where another form has a note and a number too."""

    note = fields.String(load_default="", data_key="lost_note", validate=validate.Length(max=LONGEST_NOTE))
    contact_id = fields.UUID(load_default=None, allow_none=True, data_key="lost_contact_id")


class RescheduleSchema(RequestSchema):
    """Another day."""

    on = fields.Date(required=True, error_messages=missing(_l("Enter a day.")))


class FollowUpPlanSchema(RequestSchema):
    """When somebody who came by herself had returned."""

    arrived_on = fields.Date(required=True, error_messages=missing(_l("Enter the day of the return.")))


class HandoffListQuery(RequestSchema):
    """Which part of which list."""

    cursor = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(min=1, max=100))
    role = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(("sender", "receiver")))
    done = fields.Boolean(load_default=False)


class FollowUpListQuery(RequestSchema):
    """Which part of the list, and whether one's own only."""

    cursor = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(min=1, max=100))
    mine = fields.Boolean(load_default=False)


def travel_of(given: Mapping[str, Any]) -> Travel | None:
    """The journey that a form or request tells, or None where nobody travels."""
    arrival_on: date | None = given.get("arrival_on")
    if arrival_on is None or not given.get("travels", True):
        return None
    runs_out = given.get("medicine_runs_out_on")
    return Travel(arrival_on, tuple(given["arrival_needs"]), {DATED: runs_out} if runs_out else {})


class HandoffRowOut(Schema):
    """A handoff in a list. It names nobody."""

    id = fields.UUID()
    reference = fields.String()
    role = fields.String()
    state = fields.String()
    journey = fields.String()
    mode = fields.String()
    other_name = fields.String()
    other_country = fields.String()
    group_id = fields.UUID()
    case_id = fields.UUID()
    arrival_on = fields.Date()
    sent_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    due_kind = fields.String()
    unread = fields.Boolean()
    open = fields.Boolean()
    sealed = fields.Boolean()
    age_band = fields.String()
    sex = fields.String()
    version = fields.Integer()


class HandoffPageOut(Schema):
    """A part of a list of handoffs."""

    items = fields.List(fields.Nested(HandoffRowOut))
    next_cursor = fields.String()


class HandoffStepOut(Schema):
    """A move that was made."""

    move = fields.String()
    side = fields.String()
    at = fields.AwareDateTime()
    from_state = fields.String()
    to_state = fields.String()
    reason_list = fields.Function(lambda step: step.reason[0] if step.reason else None)
    reason_code = fields.Function(lambda step: step.reason[1] if step.reason else None)


class HandoffMessageOut(Schema):
    """Words between the sides."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    side = fields.String()
    kind = fields.String()
    text = fields.String()


class MilestoneOut(Schema):
    """What the sender is told: a code and a date."""

    code = fields.String()
    at = fields.AwareDateTime()


class MemberOut(Schema):
    """Somebody else of the group."""

    id = fields.UUID(attribute="exchange.id")
    reference = fields.String(attribute="exchange.reference")
    state = fields.String(attribute="exchange.state")
    journey = fields.String()


class NeedOnArrivalOut(Schema):
    """What is needed on arrival."""

    code = fields.String()
    on = fields.Date()


class HandoffOut(Schema):
    """A handoff as one side sees it. ``identity`` is null until it is released, and again once it is sealed."""

    id = fields.UUID(attribute="exchange.id")
    reference = fields.String(attribute="exchange.reference")
    state = fields.String(attribute="exchange.state")
    version = fields.Integer(attribute="exchange.version")
    role = fields.String(attribute="side.role")
    case_id = fields.UUID(attribute="side.case_id")
    client_id = fields.UUID(attribute="side.client_id")
    group_id = fields.UUID(attribute="exchange.group_id")
    parent_id = fields.UUID(attribute="exchange.parent_id")
    sender_name = fields.String(attribute="sender.name")
    receiver_name = fields.String(attribute="receiver.name")
    mode = fields.String(attribute="handoff.mode")
    journey = fields.String(attribute="handoff.journey")
    arrival_on = fields.Date(attribute="handoff.arrival_on")
    arrival_needs = fields.List(fields.Nested(NeedOnArrivalOut), attribute="needs")
    sent_at = fields.AwareDateTime(attribute="exchange.sent_at")
    accepted_at = fields.AwareDateTime(attribute="exchange.accepted_at")
    departed_at = fields.AwareDateTime(attribute="handoff.departed_at")
    arrived_at = fields.AwareDateTime(attribute="handoff.arrived_at")
    taken_over_at = fields.AwareDateTime(attribute="handoff.taken_over_at")
    due_at = fields.AwareDateTime(attribute="side.due_at")
    due_kind = fields.String(attribute="side.due_kind")
    sealed_at = fields.AwareDateTime(attribute="packet.sealed_at")
    seal_reason = fields.String(attribute="packet.seal_reason")
    protected = fields.Boolean()
    preview = fields.Raw()
    identity = fields.Raw()
    milestones = fields.List(fields.Nested(MilestoneOut))
    members = fields.List(fields.Nested(MemberOut))
    steps = fields.List(fields.Nested(HandoffStepOut))
    messages = fields.List(fields.Nested(HandoffMessageOut))
    moves = fields.List(fields.String())


class HandoffsMadeOut(Schema):
    """The handoffs of a group that was prepared, or of one person."""

    items = fields.List(fields.Nested(HandoffOut))


class ReceiverOut(Schema):
    """A centre to which a case can be offered today."""

    tenant_id = fields.UUID(attribute="tenant.id")
    organization_id = fields.UUID(attribute="tenant.organization_id")
    name = fields.String(attribute="tenant.name")
    country = fields.String(attribute="tenant.country")
    corridor_origin = fields.String(attribute="corridor.origin")
    corridor_destination = fields.String(attribute="corridor.destination")
    agreement_until = fields.Date(attribute="agreement.until_on")


class ArrivalOut(Schema):
    """Somebody who arrives, as a board may say it."""

    id = fields.UUID()
    reference = fields.String()
    group_id = fields.UUID()
    arrival_on = fields.Date()
    journey = fields.String()
    state = fields.String()
    from_name = fields.String()
    from_country = fields.String()
    age_band = fields.String()
    needs = fields.List(fields.String())
    more_arranged = fields.Boolean()


class ReturnScreeningOut(Schema):
    """A screening, without her words."""

    id = fields.UUID()
    case_id = fields.UUID()
    return_kind = fields.String()
    asked_alone = fields.Boolean()
    own_choice = fields.Boolean()
    pressure = fields.Boolean()
    fear = fields.Boolean()
    claim_explained = fields.Boolean()
    needs_review = fields.Boolean()
    review_decision = fields.String()
    reviewed_at = fields.AwareDateTime()
    screened_at = fields.AwareDateTime()


class FollowUpOut(Schema):
    """A follow-up as a list shows it. It names nobody."""

    id = fields.UUID()
    case_id = fields.UUID()
    case_reference = fields.String()
    code = fields.String()
    state = fields.String()
    due_on = fields.Date()
    attempts = fields.Integer()
    age_band = fields.String()
    sex = fields.String()
    done_at = fields.AwareDateTime()
    situation = fields.String()
    lost_reason = fields.String()
    stopped_reason = fields.String()
    version = fields.Integer()


class FollowUpListOut(Schema):
    """A part of the list of follow-ups."""

    items = fields.List(fields.Nested(FollowUpOut))
    next_cursor = fields.String()
