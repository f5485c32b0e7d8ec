"""What is sent about a handoff: prepared, decided, taken over, closed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from network.crossborder.operations.prepare import MOST_TOGETHER
from network.crossborder.schemas.journeys import HandoffMoveSchema, TravellingSchema
from network.crossborder.states import MODES
from network.exchange.schemas import ChoicesSchema, ListQuery, coded_reason, note
from network.web.forms import RequestSchema, coded, missing


class HandoffSchema(TravellingSchema):
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


class HandoffChoicesSchema(ChoicesSchema):
    """What the sender chose; ``together``: the whole group is offered. ``others``: of each of the others, the id of
    the handoff and what ``seen`` is for it, with a colon between."""

    without_travel = fields.Boolean(load_default=False)
    together = fields.Boolean(load_default=False)
    others = fields.List(
        fields.String(validate=validate.Regexp(r"[0-9a-f-]{36}:[0-9a-f]{64}\Z")),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=30),
    )


class HandoffDeclineSchema(HandoffMoveSchema):
    """Why not."""

    reason = coded_reason("handoff_decline")
    text = note()


class HandoffRecallSchema(HandoffMoveSchema):
    """Why it is taken back."""

    reason = coded_reason("recall")
    text = note()


class TakeOverSchema(HandoffMoveSchema):
    """Who of the own centre is responsible from now on."""

    assignee_account_id = fields.UUID(load_default=None, allow_none=True)


class KeptRecordSchema(RequestSchema):
    """On which legal basis the own record is kept."""

    legal_basis = coded(
        "legal_bases", required=True, error_messages=missing(_l("Choose on which legal basis."))
    )


class HandoffListQuery(ListQuery):
    """Which part of which list."""

    role = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(("sender", "receiver")))
    done = fields.Boolean(load_default=False)
