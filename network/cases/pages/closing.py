"""How a case rests, ends and goes on; and the register of data incidents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.cases import operations as do
from network.cases import queries as read
from network.cases.pages.showing import blueprint, done, show
from network.cases.schemas.cases import CloseCaseSchema, CloseIncidentSchema
from network.core.errors import Invalid
from network.web import forms
from network.web.doors import run_once

P = Permission
BACK = "cases_pages.case"


@blueprint.get("/cases/<uuid:case_id>/close")
@requires(P.CASE_EDIT)
def close_form(case_id: UUID) -> ResponseReturnValue:
    """Ask why the work ends."""
    return _close_page(case_id, MultiDict())


@blueprint.post("/cases/<uuid:case_id>/close")
@requires(P.CASE_EDIT)
def close(case_id: UUID) -> ResponseReturnValue:
    """End the work."""
    try:
        given = forms.load(CloseCaseSchema, request.form)
        run_once(lambda: do.close_case(case_id, given["reason"], note=given["note"]).id)
    except Invalid as wrong:
        return _close_page(case_id, request.form, wrong.fields)
    return done(BACK, _("The case is closed."), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/pause")
@requires(P.CASE_EDIT)
def pause(case_id: UUID) -> ResponseReturnValue:
    """Let the case rest."""
    run_once(lambda: do.pause_case(case_id).id)
    return done(BACK, _("The case is paused."), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/resume")
@requires(P.CASE_EDIT)
def resume(case_id: UUID) -> ResponseReturnValue:
    """Go on with a case that rested."""
    run_once(lambda: do.resume_case(case_id).id)
    return done(BACK, _("The case goes on."), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/reopen")
@requires(P.CASE_EDIT)
def reopen(case_id: UUID) -> ResponseReturnValue:
    """Go on with a case that was closed."""
    run_once(lambda: do.reopen_case(case_id).id)
    return done(BACK, _("The case is open again."), case_id=case_id)


@blueprint.get("/incidents")
@requires(P.CASE_VIEW)
def incidents() -> ResponseReturnValue:
    """The register of data incidents."""
    return show("incidents", incidents=read.list_incidents(None))


@blueprint.post("/incidents/<uuid:incident_id>/close")
@requires(P.CASE_EDIT)
def close_incident(incident_id: UUID) -> ResponseReturnValue:
    """Close an incident with what was done."""
    try:
        given = forms.load(CloseIncidentSchema, request.form)
        run_once(lambda: do.close_incident(incident_id, **given).id)
    except Invalid as wrong:
        return show("incidents", wrong.fields, incidents=read.list_incidents(None))
    return done("cases_pages.incidents", _("The incident is closed."))


def _close_page(
    case_id: UUID, values: MultiDict[str, Any], errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    return show("close", errors, case=read.get_case(case_id), values=values)
