"""What the API of consent answers."""

from __future__ import annotations

from marshmallow import Schema, fields


class GrantOut(Schema):
    """A grant: purpose, categories, recipient, until when, and whether it still holds."""

    id = fields.UUID()
    consent_id = fields.UUID()
    purpose = fields.String()
    need = fields.String(attribute="need_code", allow_none=True)
    categories = fields.Function(lambda grant: sorted(grant.categories), metadata={"type": "array"})
    organization_id = fields.UUID(allow_none=True)
    recipient_class = fields.String(attribute="class_code", allow_none=True)
    recipient_country = fields.String(attribute="country", allow_none=True)
    onward = fields.Boolean()
    created_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class RefusalOut(Schema):
    """A standing refusal, and for which purposes it is lifted once."""

    id = fields.UUID()
    recipient_class = fields.String(attribute="class_code", allow_none=True)
    organization_id = fields.UUID(allow_none=True)
    country = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    lifted_for = fields.Function(lambda refusal: sorted(refusal.lifted_for), metadata={"type": "array"})


class SaidNoOut(Schema):
    """What she was asked and said no to: for which purpose, and whom it was about."""

    purpose = fields.String()
    need = fields.String(allow_none=True)
    to = fields.UUID(allow_none=True)
    recipient_class = fields.String(allow_none=True)
    recipient_country = fields.String(allow_none=True)


class ConsentOut(Schema):
    """How she was asked, and what she answered."""

    id = fields.UUID()
    client_id = fields.UUID()
    case_id = fields.UUID(allow_none=True)
    state = fields.String()
    capacity = fields.String()
    method = fields.String()
    language = fields.String()
    notice_version = fields.String()
    recorded_by = fields.UUID()
    given_at = fields.AwareDateTime()
    provisional_until = fields.AwareDateTime(allow_none=True)
    confirmed_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()
    restatement = fields.Function(lambda consent: consent["asked"].get("restatement", ""))
    said_no = fields.List(fields.Nested(SaidNoOut), attribute="asked.said_no")
    grants = fields.List(fields.Nested(GrantOut))


class DisclosureOut(Schema):
    """Who was told what, when, and whether it can still be read."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    exchange_id = fields.UUID()
    organization_id = fields.UUID()
    organization = fields.String()
    purpose = fields.String()
    categories = fields.List(fields.String())
    fields_told = fields.List(fields.String(), attribute="fields")
    legal_basis = fields.String()
    readable_until = fields.AwareDateTime()
    sealed_at = fields.AwareDateTime(allow_none=True)
    seal_reason = fields.String(allow_none=True)


class DoorFieldOut(Schema):
    """One field that would leave."""

    part = fields.String()
    category = fields.String()
    field = fields.String()
    label = fields.Function(lambda one: str(one.label))
    value = fields.Raw()
    text = fields.String()
    grant_id = fields.UUID()


class DoorNotCoveredOut(Schema):
    """One thing that cannot leave, and why."""

    category = fields.String(allow_none=True)
    code = fields.String()
    why = fields.String()
    blocks = fields.Boolean()


class DoorWarningOut(Schema):
    """Something to know before sending."""

    code = fields.String()
    text = fields.String()


class DoorOfferOut(Schema):
    """What may be added, and whether a live grant opens it."""

    code = fields.String()
    category = fields.String()
    label = fields.String()
    covered = fields.Boolean()
    chosen = fields.Boolean()


class DoorAnswerOut(Schema):
    """What would leave, what would not and why."""

    ok = fields.Boolean()
    leaving = fields.List(fields.Nested(DoorFieldOut))
    missing = fields.List(fields.Nested(DoorNotCoveredOut))
    warnings = fields.List(fields.Nested(DoorWarningOut))
    offers = fields.List(fields.Nested(DoorOfferOut))
    needs_named = fields.Boolean()
    readable_until = fields.AwareDateTime(allow_none=True)
    onward = fields.Boolean()
    feedback = fields.Boolean()
    legal_basis = fields.String()


class WithdrawnOut(Schema):
    """How many grants ended."""

    ended = fields.Integer()


class LiftOut(Schema):
    """A refusal lifted for one purpose, once."""

    id = fields.UUID()
    refusal_id = fields.UUID()
    purpose = fields.String()
    lifted_at = fields.AwareDateTime()
