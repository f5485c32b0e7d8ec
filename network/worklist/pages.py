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
from network.cases.ages import BAND_LABELS
from network.cases.queries.listing import list_newest
from network.directory.keeping_wording import free_line
from network.directory.queries.holdings import Free, capacities_of_ours
from network.tenants.context import acting
from network.web.i18n import comma
from network.web.navigation import Item
from network.web.templating import age_of, label, local_time
from network.worklist.queries import Counters, count_everything, list_tasks
from network.worklist.tasks import ALARMS, SILENT, Task
from network.worklist.wording import what_to_do

blueprint = Blueprint("worklist_pages", __name__)
NAVIGATION = (Item(_l("Home"), "worklist_pages.home", Permission.HOME_VIEW, order=0),)

NOBODY, NOTHING = UUID(int=0), UUID(int=1)
# How many of one's newest cases stand on the first page, and how many needs name each.
NEWEST, MOST_NEEDS = 5, 4

# Where a task is done: endpoint, and the names of its arguments: of what the task is about, and of its detail.
DOORS: dict[str, tuple[str, ...]] = {
    "referral": ("referrals_pages.show", "exchange_id"),
    "referral.close": ("referrals_pages.closure_form", "exchange_id"),
    "referral.answer": ("referrals_pages.answer_form", "exchange_id"),
    "handoff": ("crossborder_pages.show_handoff", "exchange_id"),
    "handoff.offer": ("crossborder_pages.preview", "exchange_id"),
    "handoff.answer": ("crossborder_pages.answer_form", "exchange_id"),
    "milestone": ("crossborder_pages.show_handoff", "exchange_id"),
    "follow_up": ("crossborder_pages.follow_up", "follow_up_id"),
    "ask_contact": ("crossborder_pages.follow_ups_of_case_page", "case_id"),
    "review_return": ("crossborder_pages.screening", "case_id"),
    "confirm_consent": ("consent_pages.confirmation", "case_id", "consent_id"),
    "consent_ends": ("consent_pages.extension", "case_id", "grant_id"),
    "answer_report": ("directory_pages.one_report", "report_id"),
    "missing_listing": ("feeds_pages.one_missing", "source_id"),
    "claim_listing": ("directory_pages.claim", "claim_id"),
    "verify_listing": ("directory_pages.kept_service", "service_id"),
}
# Where one act is all there is to do, its page is opened at once, by who may do it: (kind, what) -> permission, door.
ACTS = {
    ("referral", "answer_question"): (Permission.REFERRAL_SEND, "referral.answer"),
    ("handoff", "offer_handoff"): (Permission.HANDOFF_OFFER, "handoff.offer"),
    ("handoff", "answer_question"): (Permission.HANDOFF_OFFER, "handoff.answer"),
}
# A counter leads to what it counts.
MINE: dict[str, dict[str, Any]] = {"cases_pages.cases": {"mine": "true"}}


@blueprint.get("/")
@requires(Permission.HOME_VIEW)
def home() -> Any:
    """What needs my action; asked for by htmx, the list alone."""
    doors = Doors()
    tasks = [_row(task, doors) for task in list_tasks()]
    if request.headers.get("HX-Request"):
        return render_template("worklist/tasks.html", tasks=tasks)
    return render_template(
        "worklist/home.html",
        tasks=tasks,
        counters=_counters(count_everything()),
        starts=_starts(),
        cases=_newest_cases(),
        free=_free(),
    )


class Doors(dict[str, str]):
    """Addresses with a place for the id: dozens of rows lead to a few kinds of pages."""

    def __missing__(self, kind: str) -> str:
        endpoint, *arguments = DOORS[kind]
        values: dict[str, Any] = dict(zip(arguments, (NOBODY, NOTHING), strict=False))
        self[kind] = url_for(endpoint, **values)
        return self[kind]

    def lead_to(self, task: Task) -> str:
        """Where the task is done."""
        return (
            self[door_of(task)].replace(str(NOBODY), str(task.subject_id)).replace(str(NOTHING), task.detail)
        )


def door_of(task: Task) -> str:
    """Behind which door a task is done: where one act is all that is left, its own page is opened at once."""
    if task.what == "close_referral" and task.detail == "completed":
        return "referral.close" if Permission.REFERRAL_CLOSE in acting().permissions else "referral"
    permission, door = ACTS.get((task.kind, task.what), (None, ""))
    return door if permission in acting().permissions else task.kind or task.what


def _row(task: Task, doors: Doors) -> dict[str, Any]:
    return {
        "href": doors.lead_to(task),
        "what": what_to_do(task.what, task.kind, task.detail),
        "facts": [
            Markup("<bdi>{}</bdi>").format(task.reference),
            *([task.other] if task.other else []),
            *([_("waiting since %(when)s", when=local_time(task.since))] if task.what in SILENT else []),
        ],
        "due_at": task.due_at,
        "tag": _("Alarm") if task.what in ALARMS else (_("Emergency") if task.urgent else ""),
        "tone": "bad" if task.urgent else "",
    }


def _newest_cases() -> list[dict[str, Any]]:
    """The cases of who looks that were opened last, by what is needed: whoever stands there is mostly among them.
    Whoever came with a child stands above it."""
    if Permission.CASE_VIEW not in acting().permissions:
        return []
    return [
        {
            "href": url_for("cases_pages.case", case_id=one.id),
            "what": comma().join(label("needs", code) for code in one.needs[:MOST_NEEDS]) or one.reference,
            "facts": [Markup("<bdi>{}</bdi>").format(one.reference), BAND_LABELS[one.age_band]],
        }
        for one in list_newest(NEWEST)
    ]


def _free() -> list[dict[str, Any]]:
    """What one's own services have free, and how old that is: a tap to the page of numbers, and a tap there."""
    if Permission.CAPACITY_SAY not in acting().permissions:
        return []
    return [
        {
            "href": url_for("directory_pages.capacity_form", service_id=service_id),
            "what": name,
            "facts": [whose, *_how_free(one)],
        }
        for service_id, name, whose, one in capacities_of_ours()
    ]


def _how_free(one: Free | None) -> list[str]:
    if one is None or one.capacity is None:
        return [_("Say what is free")]
    return [free_line(one.unit, one.capacity), age_of(one.capacity.updated_at)]


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
