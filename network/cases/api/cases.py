"""Cases, their needs, notes, services and claims."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.cases import operations as do
from network.cases import queries as read
from network.cases.api.answers import answer_case, blueprint, made
from network.cases.schemas.answers import (
    CaseListOut,
    CasePageOut,
    IdOut,
)
from network.cases.schemas.cases import (
    AuthorizationSchema,
    CaseListQuery,
    CaseNeedSchema,
    CaseNeedStateSchema,
    CaseNoteSchema,
    CaseSchema,
    ClaimMoveSchema,
    ClaimSchema,
    CloseCaseSchema,
    OpenCaseSchema,
    ServiceRecordSchema,
)
from network.cases.schemas.clients import (
    ColleagueSchema,
)
from network.web.doors import run_once
from network.web.versions import given_version

P = Permission


@blueprint.route("/clients/<uuid:client_id>/cases", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(OpenCaseSchema)
@blueprint.alt_response(201, schema=CasePageOut)
def open_case(given: dict[str, Any], client_id: UUID) -> ResponseReturnValue:
    """Open a case for a client."""
    return answer_case(run_once(lambda: do.open_case(client_id, **given).id), 201)


@blueprint.route("/cases", methods=["GET"])
@requires(P.CASE_VIEW)
@blueprint.arguments(CaseListQuery, location="query")
@blueprint.response(200, CaseListOut)
def list_cases(given: dict[str, Any]) -> Any:
    """The centre's cases, opened last first. Names nobody."""
    state = None if given["state"] == "all" else given["state"]
    return read.list_cases(given["cursor"], mine=given["mine"], state=state, need=given["need"])


@blueprint.route("/cases/<uuid:case_id>", methods=["GET"])
@requires(P.CASE_VIEW)
@blueprint.alt_response(200, schema=CasePageOut)
def case(case_id: UUID) -> ResponseReturnValue:
    """A case with its card, needs, timeline, notes, papers, claims and services."""
    return answer_case(case_id)


@blueprint.route("/cases/<uuid:case_id>", methods=["PATCH"])
@requires(P.CASE_EDIT)
@blueprint.arguments(CaseSchema)
@blueprint.alt_response(200, schema=CasePageOut)
def update_case(given: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
    """Change summary, account of what happened, or priority. Needs If-Match."""
    version = given_version()
    return answer_case(run_once(lambda: do.update_case(case_id, given, version).id))


@blueprint.route("/cases/<uuid:case_id>/needs", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(CaseNeedSchema)
@blueprint.response(201, IdOut)
def add_need(given: dict[str, Any], case_id: UUID) -> Any:
    """Record what else she needs."""
    return made(lambda: do.add_need(case_id, **given).id)


@blueprint.route("/needs/<uuid:need_id>/state", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(CaseNeedStateSchema)
@blueprint.response(200, IdOut)
def set_need_state(given: dict[str, Any], need_id: UUID) -> Any:
    """Say what has become of a need."""
    return made(lambda: do.set_need_state(need_id, given["state"]).id)


@blueprint.route("/cases/<uuid:case_id>/notes", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(CaseNoteSchema)
@blueprint.response(201, IdOut)
def add_note(given: dict[str, Any], case_id: UUID) -> Any:
    """Write a note about the work. It never leaves the centre."""
    return made(lambda: do.add_note(case_id, given["text"]).id)


@blueprint.route("/cases/<uuid:case_id>/services", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(ServiceRecordSchema)
@blueprint.response(201, IdOut)
def record_service(given: dict[str, Any], case_id: UUID) -> Any:
    """Record a service that this centre delivered."""
    return made(lambda: do.record_service(case_id, **given).id)


@blueprint.route("/cases/<uuid:case_id>/claims", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(ClaimSchema)
@blueprint.response(201, IdOut)
def record_claim(given: dict[str, Any], case_id: UUID) -> Any:
    """Record a legal complaint."""
    restricted = given.pop("restricted", None)
    return made(lambda: do.record_claim(case_id, given, restricted=restricted).id)


@blueprint.route("/claims/<uuid:claim_id>/moves", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(ClaimMoveSchema)
@blueprint.response(200, IdOut)
def move_claim(given: dict[str, Any], claim_id: UUID) -> Any:
    """Record what became of a claim. Needs If-Match."""
    version, move = given_version(), given.pop("move")
    return made(lambda: do.move_claim(claim_id, move, given, version).id)


@blueprint.route("/claims/<uuid:claim_id>/authorizations", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(AuthorizationSchema)
@blueprint.response(201, IdOut)
def sign_authorization(given: dict[str, Any], claim_id: UUID) -> Any:
    """Record the client's signed leave to act for her in a claim."""
    return made(lambda: do.sign_authorization(claim_id, **given).id)


@blueprint.route("/authorizations/<uuid:authorization_id>/revoke", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.response(200, IdOut)
def revoke_authorization(authorization_id: UUID) -> Any:
    """The client takes her leave back."""
    return made(lambda: do.revoke_authorization(authorization_id).id)


@blueprint.route("/cases/<uuid:case_id>/assign", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(ColleagueSchema)
@blueprint.response(200, IdOut)
def assign_case(given: dict[str, Any], case_id: UUID) -> Any:
    """Make a colleague responsible for the case."""
    return made(lambda: do.assign_case(case_id, given["account_id"]).id)


@blueprint.route("/cases/<uuid:case_id>/close", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.arguments(CloseCaseSchema)
@blueprint.response(200, IdOut)
def close_case(given: dict[str, Any], case_id: UUID) -> Any:
    """End the work, with a reason."""
    return made(lambda: do.close_case(case_id, given["reason"], note=given["note"]).id)


@blueprint.route("/cases/<uuid:case_id>/pause", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.response(200, IdOut)
def pause_case(case_id: UUID) -> Any:
    """Let the case rest."""
    return made(lambda: do.pause_case(case_id).id)


@blueprint.route("/cases/<uuid:case_id>/resume", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.response(200, IdOut)
def resume_case(case_id: UUID) -> Any:
    """Go on with a case that rested."""
    return made(lambda: do.resume_case(case_id).id)


@blueprint.route("/cases/<uuid:case_id>/reopen", methods=["POST"])
@requires(P.CASE_EDIT)
@blueprint.response(200, IdOut)
def reopen_case(case_id: UUID) -> Any:
    """Go on with a case that was closed."""
    return made(lambda: do.reopen_case(case_id).id)
