"""The pages of imports: sending a file, what would become of it row by row, how far it is, and taking listings out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.directory.feeds import mapping, operations, queries, wording, writing
from network.directory.feeds.schemas import (
    BODY_BYTES,
    CursorQuery,
    ExportQuery,
    RowsPageQuery,
    UploadSchema,
    uploaded,
)
from network.directory.feeds.sources import missing as gone
from network.directory.feeds.writing import sending
from network.directory.policies import may_name_places
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.navigation import Item
from network.web.security import takes_files
from network.web.versions import given_version, unless_unchanged

ROWS = 20  # of a page: five screens of a telephone
ABSENT = 10

blueprint = Blueprint("feeds_pages", __name__)
NAVIGATION = (Item(_l("Imports and exports"), "feeds_pages.index", Permission.LISTING_IMPORT, order=75),)


@blueprint.get("/directory/imports")
@requires(Permission.LISTING_IMPORT)
def index() -> ResponseReturnValue:
    """The imports there were, the form for a new one, and what can be taken out."""
    return _index()


def _index(values: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    cursor = forms.load(CursorQuery, request.args)["cursor"] if request.method == "GET" else None
    return render_template(
        "directory/imports.html",
        page=queries.list_imports(cursor),
        mappings=list(mapping.stored().items()),
        values=values or {},
        errors=errors or {},
        wording=wording,
    )


@blueprint.post("/directory/imports")
@takes_files(BODY_BYTES)
@requires(Permission.LISTING_IMPORT)
def upload() -> ResponseReturnValue:
    """Take a file and have it compared with the directory."""
    try:
        given = uploaded(forms.load(UploadSchema, request.form))
        import_id = run_once(lambda: operations.start_import(**given))
    except Invalid as wrong:
        return _index(request.form, wrong.fields), 422
    return redirect(url_for(".show", import_id=import_id), 303)


@blueprint.get("/directory/imports/<uuid:import_id>")
@requires(Permission.LISTING_IMPORT)
def show(import_id: UUID) -> ResponseReturnValue:
    """What would become of each row, or did."""
    one = queries.get_import(import_id)
    wished = forms.load(RowsPageQuery, request.args)
    asked = {name: value for name, value in wished.items() if value and name != "cursor"}
    given = {name: value for name, value in wished.items() if name != "every"}
    return render_template(
        "directory/import.html",
        one=one,
        file_name=queries.file_name_of(one),
        rows=queries.list_rows(one, **given, to_look_at=not asked, size=ROWS),
        asked=asked,
        may_name=may_name_places(acting()) and Permission.LISTING_EDIT in acting().permissions,
        absent=gone.list_absent(one, ABSENT)
        if one.totals.get("missing") and one.state in ("planned", "done")
        else [],
        wording=wording,
    )


@blueprint.get("/directory/imports/<uuid:import_id>/progress")
@requires(Permission.LISTING_IMPORT)
def progress(import_id: UUID) -> Response:
    """How far it is; the page asks again and again, and gets it when it has moved."""
    one = queries.get_import(import_id)
    answer = Response(render_template("directory/_import_progress.html", one=one, wording=wording))
    if one.state not in ("uploaded", "running"):
        answer.headers["HX-Refresh"] = "true"
    return unless_unchanged(answer)


@blueprint.post("/directory/imports/<uuid:import_id>/start")
@requires(Permission.LISTING_IMPORT)
def start(import_id: UUID) -> ResponseReturnValue:
    """Have it carried out."""
    version = given_version()
    run_once(lambda: _begun(import_id, version))
    return redirect(url_for(".show", import_id=import_id), 303)


def _begun(import_id: UUID, version: int) -> UUID:
    operations.begin_import(import_id, version=version)
    return import_id


@blueprint.post("/directory/imports/<uuid:import_id>/give-up")
@requires(Permission.LISTING_IMPORT)
def give_up(import_id: UUID) -> ResponseReturnValue:
    """Give it up: nothing of the file is kept."""
    run_once(lambda: _given_up(import_id))
    flash(_("Given up. Nothing of the file is kept."), "success")
    return redirect(url_for(".index"), 303)


def _given_up(import_id: UUID) -> UUID:
    operations.give_up_import(import_id)
    return import_id


@blueprint.get("/directory/imports/<uuid:import_id>/set-aside.csv")
@requires(Permission.LISTING_IMPORT)
def set_aside(import_id: UUID) -> Response:
    """What was set aside, to put it right at its source."""
    with unit_of_work():
        text = queries.set_aside_csv(queries.get_import(import_id))
        record("exported", "listing_import", import_id)
    return _file(text.encode(), "text/csv", "set-aside.csv")


@blueprint.get("/directory/imports/template.xlsx")
@requires(Permission.LISTING_IMPORT)
def template() -> Response:
    """Our workbook, to be filled in."""
    return _file(writing.template(), writing.FORMS["xlsx"][0], "listings.xlsx")


@blueprint.get("/directory/exports/<string:form>")
@requires(Permission.DIRECTORY_VIEW)
def export(form: str) -> Response:
    """Listings as a file: one's own, or all that one may read."""
    return sending.exported(form, own=forms.load(ExportQuery, request.args)["whose"] == "own")


@blueprint.get("/directory/imports/missing")
@requires(Permission.LISTING_EDIT)
def missing() -> ResponseReturnValue:
    """Listings that their source no longer holds: is each still there?"""
    page = gone.list_missing(forms.load(CursorQuery, request.args)["cursor"])
    return render_template(
        "directory/missing.html", rows=page.items, next_cursor=page.next_cursor, wording=wording
    )


@blueprint.get("/directory/imports/missing/<uuid:source_id>")
@requires(Permission.LISTING_EDIT)
def one_missing(source_id: UUID) -> ResponseReturnValue:
    """One of them."""
    row = gone.get_missing(source_id)
    return render_template("directory/missing.html", rows=[row], next_cursor=None, wording=wording)


@blueprint.post("/directory/imports/missing/<uuid:source_id>")
@requires(Permission.LISTING_EDIT)
def answer_missing(source_id: UUID) -> ResponseReturnValue:
    """Keep it, or take it off the list."""
    still_there = request.form.get("answer") != "gone"
    run_once(lambda: gone.answer_missing(source_id, still_there=still_there))
    flash(
        _("Kept in the directory.") if still_there else _("Taken off the list. It can be put back."),
        "success",
    )
    return redirect(url_for(".missing"), 303)


def _file(data: bytes, media_type: str, name: str) -> Response:
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
