"""What the doors of referrals answer."""

from __future__ import annotations

from marshmallow import Schema, fields

from network.exchange.schemas import ExchangeOut, MessageOut
from network.referrals.queries.fingerprint import fingerprint


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
