"""What is sent about a case: needs, notes, services, claims, and how it ends."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from network.cases.card.fields import RECORDS
from network.cases.card.values import LONG, MOST_CODES
from network.cases.models.casework import MODES
from network.cases.models.claims import INSTRUMENTS, SCOPES
from network.cases.schemas.clients import ListQuery
from network.cases.schemas.made import codes_of, made_from, needs_field
from network.cases.states import CLAIM_MOVES, NeedState
from network.web.forms import RequestSchema, missing

_OF_CLAIM = RECORDS["claim"][2]
ClaimSchema = RequestSchema.from_dict(
    made_from(
        _OF_CLAIM[code]
        for code in (
            *("kind", "forum", "respondent", "facts", "remedies", "amount_claimed", "currency"),
            *("lodged_on", "lapses_on"),
        )
    )
    | {"restricted": fields.Boolean(allow_none=True)},
    name="ClaimSchema",
)


class OpenCaseSchema(RequestSchema):
    """A new case of a client."""

    needs = needs_field()
    priority = fields.String(allow_none=True, validate=validate.OneOf(codes_of("priorities")))
    summary = fields.String(load_default="", validate=validate.Length(max=LONG))
    what_happened = fields.String(load_default="", validate=validate.Length(max=LONG))
    restricted = fields.Boolean(load_default=None, allow_none=True)
    team = fields.List(fields.UUID(), validate=validate.Length(max=20))
    place_code = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))


class CaseSchema(RequestSchema):
    """What may be changed of a case."""

    summary = fields.String(allow_none=True, validate=validate.Length(max=LONG))
    what_happened = fields.String(allow_none=True, validate=validate.Length(max=LONG))
    priority = fields.String(allow_none=True, validate=validate.OneOf(codes_of("priorities")))


class EditCaseForm(RequestSchema):
    """The same, as the page asks it: what comes back empty is cleared."""

    summary = fields.String(load_default=None, validate=validate.Length(max=LONG))
    what_happened = fields.String(load_default=None, validate=validate.Length(max=LONG))
    priority = fields.String(required=True, validate=validate.OneOf(codes_of("priorities")))


class CaseNeedSchema(RequestSchema):
    """Another need of a case."""

    need_code = fields.String(
        required=True,
        validate=validate.OneOf(codes_of("needs")),
        error_messages=missing(_l("Choose what is needed.")),
    )
    place_code = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    restricted = fields.Boolean(load_default=None, allow_none=True)


class CaseNeedStateSchema(RequestSchema):
    """What has become of a need."""

    state = fields.String(required=True, validate=validate.OneOf(list(NeedState)))


class CaseNoteSchema(RequestSchema):
    """A note about the work."""

    text = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONG),
        error_messages=missing(_l("Write the note first.")),
    )


class ServiceRecordSchema(RequestSchema):
    """A service that we delivered ourselves."""

    need_code = fields.String(
        required=True,
        validate=validate.OneOf(codes_of("needs")),
        error_messages=missing(_l("Choose what the service was for.")),
    )
    delivered_on = fields.Date(required=True, error_messages=missing(_l("Enter the day of the service.")))
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(codes_of("service_outcomes")),
        error_messages=missing(_l("Choose the outcome.")),
    )
    mode = fields.String(load_default="in_person", validate=validate.OneOf(MODES))
    note = fields.String(load_default="", validate=validate.Length(max=LONG))


class CloseCaseSchema(RequestSchema):
    """Why a case is closed."""

    reason = fields.String(
        required=True,
        validate=validate.OneOf(codes_of("reasons.case_closed")),
        error_messages=missing(_l("Choose why the case is closed.")),
    )
    note = fields.String(load_default="", validate=validate.Length(max=LONG))


class ClaimMoveSchema(RequestSchema):
    """What became of a claim."""

    move = fields.String(
        required=True,
        validate=validate.OneOf(list(CLAIM_MOVES)),
        error_messages=missing(_l("Choose what became of the claim.")),
    )
    forum = fields.String(allow_none=True, validate=validate.OneOf(codes_of("claim_forums")))
    amount_awarded = fields.String(allow_none=True, validate=validate.Length(max=30))
    amount_paid = fields.String(allow_none=True, validate=validate.Length(max=30))
    currency = fields.String(allow_none=True, validate=validate.Length(max=3))
    lapses_on = fields.Date(allow_none=True)
    remedies_obtained = fields.List(
        fields.String(validate=validate.OneOf(codes_of("claim_remedies"))),
        validate=validate.Length(max=MOST_CODES),
    )
    on = fields.Date(allow_none=True)


class AuthorizationSchema(RequestSchema):
    """The client's signed leave to act for her in a claim."""

    scope = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        validate=validate.Length(min=1, max=len(SCOPES)),
        error_messages=missing(_l("Choose what the centre may do for the client.")),
    )
    signed_on = fields.Date(required=True, error_messages=missing(_l("Enter the day of the signature.")))
    valid_until = fields.Date(load_default=None, allow_none=True)
    instrument = fields.String(load_default="authorization_simple", validate=validate.OneOf(INSTRUMENTS))
    evidence = fields.String(load_default="", validate=validate.Length(max=LONG))


class CloseIncidentSchema(RequestSchema):
    """What was done about an incident."""

    done = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONG),
        error_messages=missing(_l("Say what was done.")),
    )
    client_told_on = fields.Date(load_default=None, allow_none=True)


class CaseListQuery(ListQuery):
    """Which cases."""

    mine = fields.Boolean(load_default=False)
    state = fields.String(load_default="open", validate=validate.OneOf(("open", "paused", "closed", "all")))
    need = fields.String(load_default=None, validate=validate.OneOf(codes_of("needs")))
