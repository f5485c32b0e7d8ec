"""Follow-ups: what is due, a case's plan, and recording what came of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema

from network.accounts.guards import requires
from network.cases.queries import case_record, get_case, get_client
from network.cases.queries.cards import home
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid
from network.crossborder import operations as do
from network.crossborder import wording
from network.crossborder.models import FollowUp
from network.crossborder.pages.showing import Errors, P, blueprint, moved_on, show
from network.crossborder.queries import FollowUpPage, follow_ups_due, follow_ups_of_case
from network.crossborder.queries.contact import ask_again
from network.crossborder.queries.follow_ups import list_of_case
from network.crossborder.queries.receivers import CONTACT_PURPOSE
from network.crossborder.schemas import (
    AttemptSchema,
    ContactedSchema,
    FollowUpListQuery,
    FollowUpPlanSchema,
    LostForm,
    RescheduleSchema,
)
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version

FOLLOW_UP = "/follow-ups/<uuid:follow_up_id>"
OF_CASE = "/cases/<uuid:case_id>/follow-ups"


@blueprint.get("/follow-ups")
@requires(P.FOLLOW_UP_VIEW)
def follow_ups() -> ResponseReturnValue:
    """What is due, missed, or comes soon. Names nobody."""
    given = forms.load(FollowUpListQuery, request.args)
    page = follow_ups_due(given["cursor"], mine=given["mine"], size=given["limit"])
    return show("follow_ups", page=page, mine=given["mine"])


@blueprint.get(FOLLOW_UP)
@requires(P.FOLLOW_UP_VIEW)
def follow_up(follow_up_id: UUID) -> ResponseReturnValue:
    """One follow-up: who, how she may be reached, and what came of it."""
    return _page(follow_up_id)


@blueprint.post(f"{FOLLOW_UP}/contact")
@requires(P.FOLLOW_UP_RECORD)
def record_follow_up(follow_up_id: UUID) -> ResponseReturnValue:
    """She was reached."""
    return _made(
        follow_up_id,
        ContactedSchema,
        lambda given, version: do.record_follow_up(follow_up_id, do.Contacted(**given), version),
        _("Recorded."),
    )


@blueprint.post(f"{FOLLOW_UP}/attempts")
@requires(P.FOLLOW_UP_RECORD)
def miss_follow_up(follow_up_id: UUID) -> ResponseReturnValue:
    """Somebody tried and did not reach her."""
    return _made(
        follow_up_id,
        AttemptSchema,
        lambda given, version: do.miss_follow_up(follow_up_id, given["channel"], version),
        _("The attempt is counted. Try again as it was agreed."),
    )


@blueprint.post(f"{FOLLOW_UP}/loss")
@requires(P.FOLLOW_UP_RECORD)
def lose_follow_up(follow_up_id: UUID) -> ResponseReturnValue:
    """Lost to follow-up, and why."""
    return _made(
        follow_up_id,
        LostForm,
        lambda given, version: do.lose_follow_up(follow_up_id, do.Lost(**given), version),
        _("Recorded."),
        called={"note": "lost_note", "contact_id": "lost_contact_id"},
    )


@blueprint.post(f"{FOLLOW_UP}/day")
@requires(P.FOLLOW_UP_RECORD)
def reschedule_follow_up(follow_up_id: UUID) -> ResponseReturnValue:
    """Another day."""
    return _made(
        follow_up_id,
        RescheduleSchema,
        lambda given, version: do.reschedule_follow_up(follow_up_id, given["on"], version),
        _("Moved to another day."),
    )


@blueprint.get(OF_CASE)
@requires(P.FOLLOW_UP_VIEW)
def follow_ups_of_case_page(case_id: UUID) -> ResponseReturnValue:
    """A case's follow-ups, as a page of their own."""
    return _of_case("follow_ups_of_case", case_id)


@blueprint.get("/cases/<uuid:case_id>/parts/follow-ups")
@requires(P.FOLLOW_UP_VIEW)
def follow_ups_part(case_id: UUID) -> ResponseReturnValue:
    """A case's follow-ups: a fragment of the case's page, or a page where it was followed as a link."""
    fragment = bool(request.headers.get("HX-Request"))
    return _of_case("follow_ups_part" if fragment else "follow_ups_of_case", case_id)


@blueprint.post(OF_CASE)
@requires(P.FOLLOW_UP_RECORD)
def plan_follow_ups(case_id: UUID) -> ResponseReturnValue:
    """Plan them for somebody who came back by herself."""
    try:
        arrived_on = forms.load(FollowUpPlanSchema, request.form)["arrived_on"]
        run_once(lambda: do.plan_follow_ups(case_id, arrived_on)[0].id)
    except Invalid as wrong:
        return _of_case("follow_ups_of_case", case_id, wrong.fields)
    except Conflict as refused:
        flash(refused.message, "error")
    else:
        flash(_("The follow-ups are planned."), "success")
    return redirect(url_for(".follow_ups_of_case_page", case_id=case_id), 303)


@blueprint.post(f"{OF_CASE}/resume")
@requires(P.FOLLOW_UP_RECORD)
def resume_follow_ups(case_id: UUID) -> ResponseReturnValue:
    """She allows it now."""

    def resume() -> UUID:
        do.resume_follow_ups(case_id)
        return case_id

    try:
        run_once(resume)
    except Conflict as refused:
        flash(refused.message, "error")
    else:
        flash(_("What is still to come is planned again."), "success")
    return redirect(url_for(".follow_ups_of_case_page", case_id=case_id), 303)


def _made(
    follow_up_id: UUID,
    schema: type[Schema],
    operation: Callable[[dict[str, Any], int], FollowUp],
    said: str,
    called: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Carry out one of the forms of a follow-up's page; what was typed comes back if it is wrong. ``called``: the
    names of this form's inputs where the operation calls them otherwise."""
    try:
        given, version = forms.load(schema, request.form), given_version()
        run_once(lambda: operation(given, version).id)
    except Invalid as wrong:
        names = called or {}
        return _page(follow_up_id, {names.get(name, name): lines for name, lines in wrong.fields.items()})
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
    else:
        flash(said, "success")
    return redirect(url_for(".follow_up", follow_up_id=follow_up_id), 303)


def _page(follow_up_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    with unit_of_work():
        page: FollowUpPage = do.open_follow_up(follow_up_id)
    numbers = [(str(one.id), one.number) for one in page.contacts if one.number]
    return show(
        "follow_up",
        errors,
        page=page,
        numbers=numbers,
        ask_url=_ask_url(page.row.case_id),
        channels=wording.channel_choices(page.channels),
        reasons=wording.plain_reasons("lost_to_follow_up"),
    )


def _of_case(template: str, case_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    case = case_record(get_case(case_id))
    visits = list_of_case(case_id)
    about: dict[str, Any] = {
        "rows": follow_ups_of_case(case_id),
        "anew": ask_again(case.client_id, visits),
        "ask_url": _ask_url(case_id),
        "sex": get_client(case.client_id).sex,
    }
    return show(template, errors, case=case, **about)


def _ask_url(case_id: UUID) -> str:
    """Where she is asked whether our own centre may contact her later; back to her follow-ups from there."""
    about: dict[str, Any] = {"purpose": CONTACT_PURPOSE, "case_id": case_id}
    if home().organization_id is not None:
        about["organization"] = home().organization_id
    about["return"] = url_for(".follow_ups_of_case_page", case_id=case_id)
    return url_for("consent_pages.new", **about)
