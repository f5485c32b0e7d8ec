"""What is sent to the doors of referrals, and what they answer: the same for forms and for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from network.exchange.schemas import ChoicesSchema, ExchangeOut, ListQuery, MessageOut, coded_reason, note
from network.referrals.letter_words import letter_languages
from network.referrals.queries.fingerprint import fingerprint
from network.referrals.states import CHANNELS, HEARD, HELPED
from network.tenants.context import acting
from network.web.forms import RequestSchema, coded, missing


class LocalInstant(fields.DateTime):
    """An instant; a wall time without a zone, or a date alone, is read in the acting tenant's own zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **given: Any) -> Any:
        if isinstance(value, str) and len(value) == len("2026-11-03"):
            value = f"{value}T{time().isoformat()}"
        found = super()._deserialize(value, attr, data, **given)
        if isinstance(found, datetime) and found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(acting().time_zone))
        return found


def _channel(**given: Any) -> fields.String:
    """How somebody outside the platform was told, or told us."""
    return fields.String(validate=validate.OneOf(CHANNELS), **given)


class ReferralSchema(RequestSchema):
    """Which service is asked, and for what."""

    service_at_location_id = fields.UUID(required=True, error_messages=missing(_l("Choose a service.")))
    need_codes = fields.List(
        coded("needs"),
        required=True,
        validate=validate.Length(min=1, max=5),
        error_messages=missing(_l("Choose what is needed there.")),
    )
    priority = coded("priorities", load_default=None, allow_none=True)
    needed_by = LocalInstant(load_default=None, allow_none=True)
    parent_id = fields.UUID(load_default=None, allow_none=True)


class ReferralOfCaseSchema(ReferralSchema):
    """The same through the API, where no address names the case."""

    case_id = fields.UUID(required=True)


class ReferralChoicesSchema(ChoicesSchema):
    """What the sender chose, and how soon it is wanted. ``channel``: how they were told who receive nothing here."""

    priority = coded("priorities", load_default=None, allow_none=True)
    needed_by = LocalInstant(load_default=None, allow_none=True)
    channel = _channel(load_default=None, allow_none=True)
    told_to = fields.String(load_default="", validate=validate.Length(max=80))


class TellingSchema(RequestSchema):
    """By which way."""

    channel = _channel(required=True, error_messages=missing(_l("Say by which way.")))


class HeardSchema(TellingSchema):
    """What an organization without a sign-in answered, and what came with the answer."""

    move = fields.String(
        required=True,
        validate=validate.OneOf(HEARD),
        error_messages=missing(_l("Choose what they said.")),
    )
    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    text = note()
    on = LocalInstant(load_default=None, allow_none=True)
    place = fields.String(load_default="", validate=validate.Length(max=300))
    outcomes = fields.List(coded("service_outcomes"), load_default=list, validate=validate.Length(max=5))


class LetterSchema(RequestSchema):
    """The language of the letter."""

    language = fields.String(
        load_default="en", validate=validate.OneOf([one.language for one in letter_languages()])
    )


class ReferralDeclineSchema(RequestSchema):
    """Why not; and from when, where only a waiting list is offered."""

    reason = coded_reason("decline")
    text = note()
    on = LocalInstant(load_default=None, allow_none=True)


class AppointmentSchema(RequestSchema):
    """When and where she is expected."""

    on = LocalInstant(required=True, error_messages=missing(_l("Enter day and time.")))
    place = fields.String(
        required=True,
        validate=validate.Length(min=1, max=300),
        error_messages=missing(_l("Say where to come, in a few words.")),
    )
    text = note()


class ServiceOutcomeSchema(RequestSchema):
    """What came of each need, by its position."""

    outcomes = fields.List(
        coded("service_outcomes"),
        required=True,
        validate=validate.Length(min=1, max=5),
        error_messages=missing(_l("Say what came of each need.")),
    )
    text = note()


class NotServedSchema(RequestSchema):
    """Why nobody was served."""

    reason = coded_reason("not_served")
    text = note()


class ReferralClosureSchema(RequestSchema):
    """The client's own word, or why it cannot be had."""

    helped = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(HELPED))
    words = note()
    not_had_code = coded("reasons.client_word_not_had", load_default=None, allow_none=True)


class ReferralWithdrawalSchema(RequestSchema):
    """Why it is taken back."""

    reason = coded_reason("withdrawal")
    text = note()


class FocalPointSchema(RequestSchema):
    """A colleague to be named, and what senders read."""

    account_id = fields.UUID(required=True, error_messages=missing(_l("Choose a colleague.")))
    label = fields.String(
        required=True,
        validate=validate.Length(min=1, max=80),
        error_messages=missing(_l("Enter what senders should read, in a few words.")),
    )
    service_id = fields.UUID(load_default=None, allow_none=True)


class InboxQuerySchema(ListQuery):
    """Which part of a list."""

    done = fields.Boolean(load_default=False)


class ReferralQuerySchema(InboxQuerySchema):
    """The same, of one case or of all."""

    case_id = fields.UUID(load_default=None, allow_none=True)


class ReferralRowOut(Schema):
    """A referral in a list. It names nobody."""

    id = fields.UUID(attribute="exchange_id")
    reference = fields.String()
    state = fields.String()
    version = fields.Integer()
    priority = fields.String()
    needed_by = fields.AwareDateTime()
    sent_at = fields.AwareDateTime()
    appointment_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    due_kind = fields.String()
    unread = fields.Boolean()
    open = fields.Boolean()
    service_name = fields.String()
    town = fields.String()
    other_name = fields.String()
    case_id = fields.UUID()
    outside = fields.Boolean()
    needs = fields.List(fields.String())


class InboxReferralOut(ReferralRowOut):
    """A referral in the inbox: with the preview, where it may be read."""

    protected = fields.Boolean()
    sealed = fields.Boolean()
    preview = fields.Raw()


class ReferralListOut(Schema):
    """A part of what was sent."""

    items = fields.List(fields.Nested(ReferralRowOut))
    next_cursor = fields.String()


class InboxListOut(Schema):
    """A part of the inbox."""

    items = fields.List(fields.Nested(InboxReferralOut))
    next_cursor = fields.String()


class ReferralNeedOut(Schema):
    """A need that was asked for, as far as this side may know it."""

    position = fields.Integer()
    code = fields.String()
    outcome_code = fields.String()


class ReferralMessageOut(MessageOut):
    """Words between the sides; ``data`` holds what came with them."""

    data = fields.Raw()


class ReferralToldOut(Schema):
    """What went to and fro outside the platform. ``kind``: they were told, heard, or told of the end."""

    kind = fields.String()
    channel = fields.String()
    at = fields.AwareDateTime()
    version = fields.Integer()
    colleague = fields.String()
    to = fields.String()


class ReferralOut(ExchangeOut):
    """A referral as one side sees it."""

    organization_id = fields.UUID(attribute="exchange.to_organization_id")
    service_at_location_id = fields.UUID(attribute="referral.service_at_location_id")
    service_name = fields.String(attribute="listing.service_name")
    priority = fields.String(attribute="referral.priority")
    needed_by = fields.AwareDateTime(attribute="referral.needed_by")
    acknowledge_by = fields.AwareDateTime(attribute="referral.acknowledge_by")
    decide_by = fields.AwareDateTime(attribute="referral.decide_by")
    serve_by = fields.AwareDateTime(attribute="referral.serve_by")
    appointment_at = fields.AwareDateTime(attribute="referral.appointment_at")
    feedback = fields.Boolean(attribute="packet.feedback")
    needs = fields.List(fields.Nested(ReferralNeedOut))
    messages = fields.List(fields.Nested(ReferralMessageOut))
    organization_name = fields.String(attribute="listing.organization_name")
    outside = fields.Boolean()
    told = fields.List(fields.Nested(ReferralToldOut))


class ReferralLeavingOut(Schema):
    """One field that would leave."""

    part = fields.String()
    category = fields.String()
    field = fields.String()
    label = fields.Function(lambda one: str(one.label))
    value = fields.Raw()
    text = fields.String()
    grant_id = fields.UUID()


class ReferralMissingOut(Schema):
    """One thing that cannot leave, and why."""

    category = fields.String()
    code = fields.String()
    detail = fields.Raw()
    blocks = fields.Boolean()


class ReferralOfferOut(Schema):
    """What may be added or left out."""

    code = fields.String()
    category = fields.String()
    label = fields.Function(lambda one: str(one.label))
    covered = fields.Boolean()
    chosen = fields.Boolean()


class ReferralProposalOut(Schema):
    """What would leave, what would not and why. Nothing was sent by asking.

    ``seen`` can be sent along: then nothing is sent if something else would leave by then.
    """

    seen = fields.Function(fingerprint)
    ok = fields.Boolean()
    needs_named = fields.Boolean()
    readable_until = fields.AwareDateTime()
    feedback = fields.Boolean()
    onward = fields.Boolean()
    leaving = fields.List(fields.Nested(ReferralLeavingOut))
    missing = fields.List(fields.Nested(ReferralMissingOut))
    offers = fields.List(fields.Nested(ReferralOfferOut))
    warnings = fields.Function(lambda found: [one.code for one in found.warnings])
