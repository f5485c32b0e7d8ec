"""The pages of the trail: searching it, taking it along, and who opened a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.accounts.queries import list_staff
from network.audit.trail import record
from network.cases.queries import get_case
from network.cases.schemas.clients import ListQuery
from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.oversight import queries
from network.oversight.export import as_csv
from network.oversight.queries import PLATFORM, Entry
from network.oversight.schemas import TrailPageQuery, TrailQuery
from network.oversight.wording import action_choices, action_label, object_label, reason_label, role_labels
from network.web import forms
from network.web.navigation import Item
from network.web.paging import Page

blueprint = Blueprint("oversight_pages", __name__)
NAVIGATION = (Item(_l("Audit trail"), "oversight_pages.trail", Permission.AUDIT_VIEW, order=95),)


@blueprint.get("/audit")
@requires(Permission.AUDIT_VIEW)
def trail() -> ResponseReturnValue:
    """Search the trail; the looking is an entry of it as well."""
    try:
        given = forms.load(TrailPageQuery, request.args)
        with unit_of_work():
            asked = queries.wanted(given)
            page = queries.trail(asked, given["cursor"])
            record("viewed", "audit_trail", asked.about[0] if asked.about else None)
    except Invalid as wrong:
        return _search_page(Page([], None), wrong.fields)
    return _search_page(page, since=asked.since.isoformat())


@blueprint.get("/audit/export.csv")
@requires(Permission.AUDIT_VIEW)
def export() -> ResponseReturnValue:
    """The same search as a file. Too many entries for one: the page again, with what to do."""
    try:
        given = forms.load(TrailQuery, request.args)
        with unit_of_work():
            asked = queries.wanted(given)
            entries = queries.whole_trail(asked)
            record("exported", "audit_trail", asked.about[0] if asked.about else None)
    except Invalid as wrong:
        return _search_page(Page([], None), wrong.fields)
    answer = Response(as_csv(entries), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
    return answer


@blueprint.get("/cases/<uuid:case_id>/trail")
@requires(Permission.CASE_VIEW, Permission.AUDIT_VIEW)
def case_trail(case_id: UUID) -> ResponseReturnValue:
    """Who opened and changed this case: of one that we may not see, nothing."""
    cursor = forms.load(ListQuery, request.args)["cursor"]
    with unit_of_work():
        case = get_case(case_id)
        page = queries.trail_of_case(case.id, case.client_id, cursor)
        record("viewed", "audit_trail", case.id)
    return render_template("oversight/case.html", case=case, page=page, **_wording())


def _search_page(
    page: Page[Entry], errors: dict[str, list[str]] | None = None, since: str = ""
) -> ResponseReturnValue:
    with unit_of_work():
        people = [(str(one.account_id), one.name) for one in list_staff() if one.account_id]
    about: dict[str, Any] = {
        "page": page,
        "people": [*people, (PLATFORM, _("The platform itself"))],
        "actions": action_choices(),
        "asked": {name: value for name, value in request.args.items() if name != "cursor" and value},
        "since": since,
        **_wording(),
    }
    shown = render_template("oversight/trail.html", errors=errors or {}, values=request.args, **about)
    return shown, 422 if errors else 200


def _wording() -> dict[str, Any]:
    return {
        "who_did": _who_did,
        "action_label": action_label,
        "object_label": object_label,
        "reason_label": reason_label,
        "role_labels": role_labels,
    }


def _who_did(entry: Entry) -> str:
    if entry.name:
        return entry.name
    return _("The platform itself") if entry.actor_kind == "job" else _("Somebody unknown here")
