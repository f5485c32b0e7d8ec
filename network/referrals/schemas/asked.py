"""What is sent to the doors of referrals: the same for forms and for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from network.exchange.schemas import ChoicesSchema, ListQuery, coded_reason, note
from network.referrals.letter_words import letter_languages
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
