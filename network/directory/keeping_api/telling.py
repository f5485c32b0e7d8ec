"""Telling the steward of a listing what is wrong, and her answer, field by field."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, fields, validate

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.directory import operations, queries
from network.directory.keeping_api.door import CursorSchema, blueprint, kind_of, several
from network.directory.operations import Proposal
from network.directory.schemas import CreatedOut
from network.directory.schemas.keeping import (
    ListingProblemSchema,
)
from network.directory.states import LISTING_PROBLEMS
from network.web.doors import run_once
from network.web.forms import RequestSchema


class ListingProposalSchema(RequestSchema):
    """One field as it should read: of the listing itself, ``week`` for its hours, or of a telephone of it."""

    entity = fields.String(
        required=True, validate=validate.OneOf(["organization", "service", "location", "phone"])
    )
    entity_id = fields.UUID(load_default=None, allow_none=True)
    field = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    value = fields.Raw(load_default=None, allow_none=True)


class ToldSchema(RequestSchema):
    """What is wrong with a listing; with proposals, how it should read."""

    problem = fields.String(required=True, validate=validate.OneOf(LISTING_PROBLEMS))
    proposals = fields.List(
        fields.Nested(ListingProposalSchema), load_default=list, validate=validate.Length(max=100)
    )


class SuggestedSchema(RequestSchema):
    """How fields of a listing should read."""

    proposals = fields.List(
        fields.Nested(ListingProposalSchema), required=True, validate=validate.Length(min=1, max=100)
    )


class ReportsSchema(CursorSchema):
    """Reports to you as the steward, or from you."""

    side = fields.String(load_default="to", validate=validate.OneOf(["to", "from"]))
    state = fields.String(load_default="", validate=validate.OneOf(["", "open", "accepted", "rejected"]))


class ListingReportOut(Schema):
    """A report on a listing."""

    id = fields.UUID(attribute="report.id")
    kind = fields.String()
    listing_id = fields.UUID()
    name = fields.String()
    teller = fields.String()
    problem = fields.String(attribute="report.problem", allow_none=True)
    reason_list = fields.String(attribute="report.reason_list", allow_none=True)
    reason_code = fields.String(attribute="report.reason_code", allow_none=True)
    state = fields.String(attribute="report.state")
    outcome = fields.String(
        metadata={
            "description": "The state, or in_part where some of what it said was taken and some was not."
        }
    )
    created_at = fields.AwareDateTime(attribute="report.created_at")
    resolved_at = fields.AwareDateTime(attribute="report.resolved_at", allow_none=True)


class ListingSuggestionOut(Schema):
    """One field of a report: what stood there, what stands now, and what is proposed."""

    id = fields.UUID(attribute="suggestion.id")
    entity = fields.String(attribute="suggestion.entity")
    entity_id = fields.UUID(attribute="suggestion.entity_id", allow_none=True)
    field = fields.String(attribute="suggestion.field", allow_none=True)
    seen = fields.Raw(attribute="suggestion.seen", allow_none=True)
    now = fields.Raw(allow_none=True)
    proposed = fields.Raw(attribute="suggestion.proposed", allow_none=True)
    state = fields.String(attribute="suggestion.state")


ListingReportsOut = several("ListingReportsOut", ListingReportOut, "Reports, newest first.", paged=True)


class OneListingReportOut(Schema):
    """A report with its suggestions."""

    report = fields.Nested(ListingReportOut)
    suggestions = fields.List(fields.Nested(ListingSuggestionOut))


class ReportAnswerSchema(RequestSchema):
    """Whether a report was right, and which suggestions are taken, by their ids."""

    right = fields.Boolean(load_default=False)
    closed = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(operations.CLOSINGS),
        metadata={
            "description": "Of a service that does not exist any more: for good, which removes it, or for now."
        },
    )
    taken = fields.Dict(keys=fields.UUID(), values=fields.Boolean(), load_default=dict)


@blueprint.route("/listings/<plural>/<uuid:listing_id>/reports", methods=["POST"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(ToldSchema)
@blueprint.response(201, CreatedOut)
def tell(given: dict[str, Any], plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Tell the steward of an organization, a service or a place what is wrong with it."""
    kind, asked = kind_of(plural), _proposals(given)
    return {"id": run_once(lambda: operations.report_problem(kind, listing_id, given["problem"], asked))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/suggestions", methods=["POST"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(SuggestedSchema)
@blueprint.response(201, CreatedOut)
def suggest(given: dict[str, Any], plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Propose how fields should read: any field of the sections; the steward takes or leaves each."""
    kind, asked = kind_of(plural), _proposals(given)
    return {"id": run_once(lambda: operations.suggest(kind, listing_id, asked))}


def _proposals(given: dict[str, Any]) -> list[Proposal]:
    return [Proposal(**one) for one in given["proposals"]]


@blueprint.route("/listing-reports", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(ReportsSchema, location="query", unknown=RAISE)
@blueprint.response(200, ListingReportsOut)
def reports(given: dict[str, Any]) -> Any:
    """What others told you of your listings, or what you told others, with their answer."""
    return queries.list_reports(given["side"], state=given["state"], cursor=given["cursor"])


@blueprint.route("/listing-reports/<uuid:report_id>", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.response(200, OneListingReportOut)
def one_report(report_id: UUID) -> dict[str, Any]:
    """One report, field by field, for the one who told it and the one who was told."""
    return {"report": queries.get_report(report_id), "suggestions": queries.suggestions_of(report_id)}


@blueprint.route("/services/<uuid:service_id>/reports", methods=["POST"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(ListingProblemSchema)
@blueprint.response(201, CreatedOut)
def report(given: dict[str, Any], service_id: UUID) -> dict[str, UUID]:
    """Tell the steward of a service what is wrong with it."""
    return {"id": run_once(lambda: operations.report_problem("service", service_id, given["problem"]))}


@blueprint.route("/listing-reports/<uuid:report_id>/answer", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(ReportAnswerSchema)
@blueprint.response(200, CreatedOut)
def answer(given: dict[str, Any], report_id: UUID) -> dict[str, UUID]:
    """Answer a report on a listing of yours, field by field; what is taken is written."""
    queries.get_report(report_id)
    right, taken, closed = given["right"], given["taken"], given["closed"]
    return {"id": run_once(lambda: operations.answer_report(report_id, right, taken, closed))}
