"""The pages of cases: the list, a case with its timeline, needs, notes and services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases import operations as do
from network.cases import queries as read
from network.cases.models import CaseNeed
from network.cases.operations.casework import NOTE_DRAFT
from network.cases.pages.showing import (
    as_form,
    blueprint,
    colleagues,
    contact_lines,
    done,
    facts_of,
    need_groups,
    needs_often,
    place_name,
    show,
    staff_names,
    timeline_of,
    towns,
)
from network.cases.parts import acts_in, parts_of
from network.cases.queries import CaseRecord
from network.cases.queries.rows import get_row
from network.cases.schemas.cases import (
    CaseListQuery,
    CaseNeedSchema,
    CaseNeedStateSchema,
    CaseNoteSchema,
    EditCaseForm,
    OpenCaseSchema,
    ServiceRecordSchema,
)
from network.cases.schemas.clients import ColleagueSchema
from network.core.db import unit_of_work
from network.core.errors import Invalid, StaleVersion
from network.web import drafts, forms
from network.web.doors import run_once
from network.web.versions import given_version

P = Permission
BACK = "cases_pages.case"


@blueprint.get("/cases")
@requires(P.CASE_VIEW)
def cases() -> ResponseReturnValue:
    """The centre's cases, or one's own: nobody's name."""
    given = forms.load(CaseListQuery, request.args)
    state = None if given["state"] == "all" else given["state"]
    page = read.list_cases(given["cursor"], mine=given["mine"], state=state)
    return show("cases", page=page, mine=given["mine"], state=given["state"])


@blueprint.get("/clients/<uuid:client_id>/cases/new")
@requires(P.CASE_EDIT)
def case_form(client_id: UUID) -> ResponseReturnValue:
    """Ask what the client came for."""
    return _opening_page(client_id, MultiDict())


@blueprint.post("/clients/<uuid:client_id>/cases/new")
@requires(P.CASE_EDIT)
def open_case(client_id: UUID) -> ResponseReturnValue:
    """Open a case."""
    try:
        given = forms.load(OpenCaseSchema, request.form)
        case_id = run_once(lambda: do.open_case(client_id, **given).id)
    except Invalid as wrong:
        return _opening_page(client_id, request.form, wrong.fields)
    return done(BACK, _("The case is open."), case_id=case_id)


@blueprint.get("/cases/<uuid:case_id>")
@requires(P.CASE_VIEW)
def case(case_id: UUID) -> ResponseReturnValue:
    """A case: who, what she needs, what was done, and the parts that higher floors know."""
    draft = drafts.find_draft(NOTE_DRAFT, case_id)
    return _case_page(case_id, draft or MultiDict())


@blueprint.get("/cases/<uuid:case_id>/edit")
@requires(P.CASE_EDIT)
def edit_case(case_id: UUID) -> ResponseReturnValue:
    """Ask for summary, account, priority, and who is responsible."""
    held = _opened(case_id)
    values = {"summary": held.summary, "what_happened": held.what_happened, "priority": held.priority}
    return _edit_page(held, as_form(values))


@blueprint.post("/cases/<uuid:case_id>/edit")
@requires(P.CASE_EDIT)
def change_case(case_id: UUID) -> ResponseReturnValue:
    """Save summary, account and priority."""
    try:
        given, version = forms.load(EditCaseForm, request.form), given_version()
        run_once(lambda: do.update_case(case_id, given, version).id)
    except StaleVersion as stale:
        return _edit_page(stale.theirs, request.form, stale=True)
    except Invalid as wrong:
        return _edit_page(_opened(case_id), request.form, wrong.fields)
    return done(BACK, _("The case was saved."), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/notes")
@requires(P.CASE_EDIT)
def add_note(case_id: UUID) -> ResponseReturnValue:
    """Write a note."""
    try:
        text = forms.load(CaseNoteSchema, request.form)["text"]
        run_once(lambda: _noted(case_id, text))
    except Invalid as wrong:
        return _case_page(case_id, request.form, wrong.fields)
    return done(BACK, _("The note was saved."), case_id=case_id)


@blueprint.get("/cases/<uuid:case_id>/needs/new")
@requires(P.CASE_EDIT)
def need_form(case_id: UUID) -> ResponseReturnValue:
    """Ask what else she needs."""
    return _form_of(case_id, "need", MultiDict(), **_needs_and_towns())


@blueprint.post("/cases/<uuid:case_id>/needs/new")
@requires(P.CASE_EDIT)
def add_need(case_id: UUID) -> ResponseReturnValue:
    """Record another need."""
    try:
        given = forms.load(CaseNeedSchema, request.form)
        run_once(lambda: do.add_need(case_id, **given).id)
    except Invalid as wrong:
        return _form_of(case_id, "need", request.form, wrong.fields, **_needs_and_towns())
    return done(BACK, _("The need was recorded."), case_id=case_id)


@blueprint.post("/needs/<uuid:need_id>/state")
@requires(P.CASE_EDIT)
def set_need_state(need_id: UUID) -> ResponseReturnValue:
    """Say what has become of a need."""
    case_id = get_row(CaseNeed, need_id).case_id
    state = forms.load(CaseNeedStateSchema, request.form)["state"]
    run_once(lambda: do.set_need_state(need_id, state).id)
    return done(BACK, _("The need was saved."), case_id=case_id)


@blueprint.get("/cases/<uuid:case_id>/services/new")
@requires(P.CASE_EDIT)
def service_form(case_id: UUID) -> ResponseReturnValue:
    """Ask what was done for her."""
    return _service_page(case_id, MultiDict())


@blueprint.post("/cases/<uuid:case_id>/services/new")
@requires(P.CASE_EDIT)
def record_service(case_id: UUID) -> ResponseReturnValue:
    """Record a service that we delivered."""
    try:
        given = forms.load(ServiceRecordSchema, request.form)
        run_once(lambda: do.record_service(case_id, **given).id)
    except Invalid as wrong:
        return _service_page(case_id, request.form, wrong.fields)
    return done(BACK, _("The service was recorded."), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/assign")
@requires(P.CASE_EDIT)
def assign(case_id: UUID) -> ResponseReturnValue:
    """Make a colleague responsible."""
    try:
        account_id = forms.load(ColleagueSchema, request.form)["account_id"]
        run_once(lambda: do.assign_case(case_id, account_id).id)
    except Invalid as wrong:
        return _edit_page(_opened(case_id), request.form, wrong.fields)
    return done(BACK, _("The case was assigned."), case_id=case_id)


def _noted(case_id: UUID, text: str) -> UUID:
    note = do.add_note(case_id, text)
    drafts.discard_draft(NOTE_DRAFT, case_id)
    return note.id


def _case_page(
    case_id: UUID, values: MultiDict[str, Any], errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    with unit_of_work():
        page = read.case_page(case_id)
        names = staff_names(page.accounts())
        record("viewed", "case", case_id)
    return show(
        "case",
        errors,
        page=page,
        case=page.case,
        card=page.card,
        facts=facts_of(page.card),
        contact_lines=contact_lines,
        place_name=place_name,
        names=names,
        timeline=timeline_of(page, names),
        parts_of_case=parts_of(case_id),
        next_steps=acts_in(case_id) if page.case.writable else [],
        values=values,
        note_draft=NOTE_DRAFT,
    )


def _edit_page(
    held: CaseRecord,
    values: MultiDict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    stale: bool = False,
) -> ResponseReturnValue:
    return show(
        "edit_case",
        errors,
        status=409 if stale else 0,
        case=held,
        values=values,
        theirs=held if stale else None,
        colleagues=colleagues(),
    )


def _opened(case_id: UUID) -> CaseRecord:
    with unit_of_work():
        held = read.case_record(read.get_case(case_id))
        record("viewed", "case", case_id)
    return held


def _opening_page(
    client_id: UUID, values: MultiDict[str, Any], errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    client = read.get_client(client_id)
    return show("open_case", errors, client=client, values=values, **_needs_and_towns())


def _needs_and_towns() -> dict[str, Any]:
    return {"needs_often": needs_often(), "need_groups": need_groups(), "towns": towns()}


def _service_page(
    case_id: UUID, values: MultiDict[str, Any], errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    return _form_of(case_id, "service", values, errors, needs=read.list_needs(case_id))


def _form_of(
    case_id: UUID,
    template: str,
    values: MultiDict[str, Any],
    errors: dict[str, list[str]] | None = None,
    **about: Any,
) -> ResponseReturnValue:
    return show(template, errors, case=read.get_case(case_id), values=values, **about)
