"""Preparing a handoff in one page: to whom, how, who goes along, and when they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.audit.trail import record
from network.cases.queries import case_record, get_case, get_client
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid
from network.crossborder import operations as do
from network.crossborder import wording
from network.crossborder.pages.showing import Errors, P, blueprint, show, to_handoff
from network.crossborder.policies import allows_return
from network.crossborder.queries import get_handoff, latest_screening, list_receivers
from network.crossborder.queries.along import Along, list_along
from network.crossborder.schemas import HandoffOfCaseSchema, travel_of
from network.exchange.queries import get_exchange
from network.tenants.queries import Reachable
from network.web import forms
from network.web.doors import run_once

NEW = "/cases/<uuid:case_id>/handoffs/new"


@blueprint.get(NEW)
@requires(P.HANDOFF_PREPARE)
def prepare_form(case_id: UUID) -> ResponseReturnValue:
    """To which centre, in which mode, who goes along, and when."""
    return _page(case_id)


@blueprint.post(NEW)
@requires(P.HANDOFF_PREPARE)
def prepare(case_id: UUID) -> ResponseReturnValue:
    """Prepare it; what would leave is shown next."""
    try:
        given = forms.load(HandoffOfCaseSchema, request.form)
        if given["travels"] and given["arrival_on"] is None:
            raise Invalid(
                fields={"arrival_on": [_("Enter the day of arrival, or choose that nobody travels.")]}
            )
        exchange_id = run_once(lambda: prepared(case_id, given))
    except Invalid as wrong:
        return _page(case_id, wrong.fields)
    except Conflict as refused:
        flash(refused.message, "error")
        return redirect(url_for(".handoffs_of_case_page", case_id=case_id), 303)
    return redirect(url_for(".preview", exchange_id=exchange_id), 303)


def prepared(case_id: UUID, given: dict[str, Any]) -> UUID:
    """The handoff of a case and of those who go along, as ``HandoffOfCaseSchema`` loads it."""
    made = do.prepare_family_handoff(
        [case_id, *given["case_ids"]],
        given["to_tenant_id"],
        given["mode"],
        travel_of(given),
        parent_id=given["parent_id"],
    )
    return made[0].id


@blueprint.post("/handoffs/<uuid:exchange_id>/rest")
@requires(P.HANDOFF_PREPARE)
def let_rest(exchange_id: UUID) -> ResponseReturnValue:
    """A draft or a declined handoff goes off the list."""
    try:
        run_once(lambda: do.let_rest(exchange_id).id)
    except Conflict as refused:
        flash(refused.message or _("This can no longer be put aside."), "error")
    else:
        flash(_("Put aside."), "success")
    return to_handoff(exchange_id)


def _page(case_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    parent_id = (
        forms.as_uuid(request.values["parent_id"], "parent_id") if request.values.get("parent_id") else None
    )
    with unit_of_work():
        case = case_record(get_case(case_id))
        plan = plan_of(case_id, _asked_before(parent_id))
        record("viewed", "case", case_id, fields=("relationships",))
    screening = latest_screening(case_id)
    return show(
        "prepare",
        errors,
        case=case,
        **plan,
        screening=screening,
        screened=allows_return(screening),
        parent_id=parent_id,
        sex=get_client(case.client_id).sex,
        values=request.form if request.method == "POST" else plan["proposed"],
    )


def plan_of(case_id: UUID, but: frozenset[UUID] = frozenset(), *, homewards: bool = False) -> dict[str, Any]:
    """What is chosen of a handoff, and what is proposed; ``homewards``: to centres at home alone."""
    receivers = [one for one in list_receivers(case_id, but) if one.is_origin or not homewards]
    along = list_along(case_id)
    home = any(one.is_origin for one in receivers)
    return {
        "receivers": [_choice(one) for one in receivers],
        "modes": wording.modes(home),
        "along": [_along(one) for one in along if one.case_id],
        "caseless": [one for one in along if one.case_id is None],
        "home": home,
        "proposed": _proposed(receivers, along),
    }


def _asked_before(parent_id: UUID | None) -> frozenset[UUID]:
    """The centre that has declined is not offered again."""
    if parent_id is None:
        return frozenset()
    get_handoff(parent_id)
    asked = get_exchange(parent_id).to_tenant_id
    return frozenset({asked}) if asked else frozenset()


def _choice(one: Reachable) -> tuple[str, str, str]:
    country = wording.country(one.tenant.country)
    return (str(one.tenant.id), one.tenant.name, country)


def _along(one: Along) -> tuple[str, str]:
    return (str(one.case_id), f"{wording.relationship(one.relationship)}: {one.name} ({one.reference})")


def _proposed(receivers: Sequence[Reachable], along: Sequence[Along]) -> dict[str, object]:
    """What is ticked beforehand: the only centre, joint work, and the children who travel along."""
    return {
        "to_tenant_id": str(receivers[0].tenant.id) if len(receivers) == 1 else "",
        "mode": "joint",
        "travels": "true",
        "case_ids": [str(one.case_id) for one in along if one.case_id and one.travels],
    }
