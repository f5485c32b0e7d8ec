"""What is sent about referrals and handoffs alike, and what both answer: for forms and for JSON."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from network.exchange.messages import LONGEST_TEXT
from network.web.forms import RequestSchema, coded, missing

LONGEST_NOTE = 2000
MOST_CHOICES = 200


def coded_reason(list_name: str) -> fields.String:
    """One of a list of reasons; it has to be given."""
    return coded(f"reasons.{list_name}", required=True, error_messages=missing(_l("Choose a reason.")))


def note(**given: Any) -> fields.String:
    """A few words that may be left out."""
    return fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE), **given)


def choices() -> fields.List[Any]:
    """What the sender ticked: categories, or fields of them."""
    code = fields.String(validate=validate.Length(max=100))
    return fields.List(code, load_default=list, validate=validate.Length(max=MOST_CHOICES))


class ChoicesSchema(RequestSchema):
    """What the sender adds or leaves out, and who alone may read it; ``seen``: what she was shown."""

    added = choices()
    left_out = choices()
    named_account_id = fields.UUID(load_default=None, allow_none=True)
    seen = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))


class WordsSchema(RequestSchema):
    """A question or its answer."""

    text = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_TEXT),
        error_messages=missing(_l("Write a few words.")),
    )


class ListQuery(RequestSchema):
    """Which part of a list."""

    cursor = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(min=1, max=100))


class StepOut(Schema):
    """A move that was made."""

    move = fields.String()
    side = fields.String()
    at = fields.AwareDateTime()
    from_state = fields.String()
    to_state = fields.String()
    reason_list = fields.Function(lambda step: step.reason[0] if step.reason else None)
    reason_code = fields.Function(lambda step: step.reason[1] if step.reason else None)


class MessageOut(Schema):
    """Words between the sides."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    side = fields.String()
    kind = fields.String()
    text = fields.String()


class ExchangeOut(Schema):
    """One side's view. ``identity`` is null until it is released, and again once it is sealed."""

    id = fields.UUID(attribute="exchange.id")
    reference = fields.String(attribute="exchange.reference")
    state = fields.String(attribute="exchange.state")
    version = fields.Integer(attribute="exchange.version")
    role = fields.String(attribute="side.role")
    case_id = fields.UUID(attribute="side.case_id")
    parent_id = fields.UUID(attribute="exchange.parent_id")
    sender_name = fields.String(attribute="sender.name")
    receiver_name = fields.String(attribute="receiver.name")
    sent_at = fields.AwareDateTime(attribute="exchange.sent_at")
    accepted_at = fields.AwareDateTime(attribute="exchange.accepted_at")
    due_at = fields.AwareDateTime(attribute="side.due_at")
    due_kind = fields.String(attribute="side.due_kind")
    sealed_at = fields.AwareDateTime(attribute="packet.sealed_at")
    seal_reason = fields.String(attribute="packet.seal_reason")
    protected = fields.Boolean()
    preview = fields.Raw()
    identity = fields.Raw()
    steps = fields.List(fields.Nested(StepOut))
    messages = fields.List(fields.Nested(MessageOut))
    moves = fields.List(fields.String())
