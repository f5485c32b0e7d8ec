"""The home page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.tenants.context import acting
from network.web.navigation import Item
from network.worklist.queries import Counters, count_everything, list_tasks
from network.worklist.tasks import ALARMS, Task
from network.worklist.wording import what_to_do

blueprint = Blueprint("worklist_pages", __name__)
NAVIGATION = (Item(_l("Home"), "worklist_pages.home", Permission.HOME_VIEW, order=0),)

NOBODY = UUID(int=0)

# Where a task is done: endpoint and the name of its argument.
DOORS = {
    "referral": ("referrals_pages.show", "exchange_id"),
    "handoff": ("crossborder_pages.show_handoff", "exchange_id"),
    "follow_up": ("crossborder_pages.follow_up", "follow_up_id"),
    "review_return": ("crossborder_pages.screening", "case_id"),
    "confirm_consent": ("consent_pages.of_case", "case_id"),
    "consent_ends": ("consent_pages.of_case", "case_id"),
}
# A counter leads to what it counts.
MINE: dict[str, dict[str, Any]] = {"cases_pages.cases": {"mine": "true"}}


@blueprint.get("/")
@requires(Permission.HOME_VIEW)
def home() -> Any:
    """What needs my action; asked for by htmx, the list alone."""
    doors = _Doors()
    tasks = [_row(task, doors) for task in list_tasks()]
    template = "worklist/tasks.html" if request.headers.get("HX-Request") else "worklist/home.html"
    return render_template(template, tasks=tasks, counters=_counters(count_everything()), starts=_starts())


class _Doors(dict[str, str]):
    """Addresses with a place for the id: dozens of rows lead to a few kinds of pages."""

    def __missing__(self, kind: str) -> str:
        endpoint, argument = DOORS[kind]
        values: dict[str, Any] = {argument: NOBODY}
        self[kind] = url_for(endpoint, **values)
        return self[kind]

    def lead_to(self, task: Task) -> str:
        """Where the task is done."""
        return self[task.kind or task.what].replace(str(NOBODY), str(task.subject_id))


def _row(task: Task, doors: _Doors) -> dict[str, Any]:
    return {
        "href": doors.lead_to(task),
        "what": what_to_do(task.what, task.kind, task.detail),
        "facts": [Markup("<bdi>{}</bdi>").format(task.reference), *([task.other] if task.other else [])],
        "due_at": task.due_at,
        "tag": _("Alarm") if task.what in ALARMS else (_("Emergency") if task.urgent else ""),
        "tone": "bad" if task.urgent else "",
    }


def _counters(counted: Counters) -> list[dict[str, Any]]:
    cases, inbox, sent, handoffs = counted.cases, counted.inbox, counted.sent, counted.handoffs
    figures = (
        (cases, "cases_pages.cases", ngettext("open case of mine", "open cases of mine", cases or 0)),
        (inbox, "referrals_pages.inbox", ngettext("referral to us", "referrals to us", inbox or 0)),
        (sent, "referrals_pages.sent", ngettext("referral from us", "referrals from us", sent or 0)),
        (
            handoffs,
            "crossborder_pages.arrivals",
            ngettext("case offered to us", "cases offered to us", handoffs or 0),
        ),
    )
    return [
        {"figure": figure, "what": what, "href": url_for(endpoint, **MINE.get(endpoint, {}))}
        for figure, endpoint, what in figures
        if figure is not None
    ]


def _starts() -> list[tuple[str, str]]:
    """What one may begin from here: (address, text)."""
    may = acting().permissions
    offered = (
        (Permission.CLIENT_REGISTER, "cases_pages.registration", _("Register a client")),
        (Permission.CLIENT_VIEW, "cases_pages.clients", _("Find a client")),
        (Permission.DIRECTORY_VIEW, "directory_pages.index", _("Find a service")),
        (Permission.STAFF_MANAGE, "accounts_pages.staff_list", _("Manage staff")),
    )
    return [(url_for(endpoint), text) for permission, endpoint, text in offered if permission in may][:3]
