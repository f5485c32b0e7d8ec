"""What the doors of handoffs, returns and follow-ups answer."""

from __future__ import annotations

from marshmallow import Schema, fields

from network.exchange.schemas import ExchangeOut


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


class HandoffOut(ExchangeOut):
    """A handoff as one side sees it."""

    client_id = fields.UUID(attribute="side.client_id")
    group_id = fields.UUID(attribute="exchange.group_id")
    mode = fields.String(attribute="handoff.mode")
    journey = fields.String(attribute="handoff.journey")
    arrival_on = fields.Date(attribute="handoff.arrival_on")
    arrival_needs = fields.List(fields.Nested(NeedOnArrivalOut), attribute="needs")
    departed_at = fields.AwareDateTime(attribute="handoff.departed_at")
    arrived_at = fields.AwareDateTime(attribute="handoff.arrived_at")
    taken_over_at = fields.AwareDateTime(attribute="handoff.taken_over_at")
    contact_until = fields.AwareDateTime(attribute="contact.until")
    milestones = fields.List(fields.Nested(MilestoneOut))
    members = fields.List(fields.Nested(MemberOut))


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
