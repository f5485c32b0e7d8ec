"""Choosing a service for a client. What is known of her stays on the server; what she refuses is marked beforehand."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases.queries import case_record, get_case, profile_of
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid, NotFound
from network.directory import search_wording
from network.directory import wording as listings
from network.directory.asking import asked
from network.directory.choices import SPOKEN, in_address
from network.directory.mapping import map_of
from network.directory.operations import start_search
from network.directory.queries import listing
from network.directory.schemas import CriteriaSchema
from network.directory.search import Criteria
from network.referrals import operations
from network.referrals.pages.showing import Errors, blueprint, show
from network.referrals.queries.matching import Choice, choice_for, open_needs
from network.referrals.schemas import ReferralSchema
from network.web import forms
from network.web.doors import run_once
from network.web.templating import language_name

P = Permission
RADII_KM = (10, 25, 50, 100, 200, 300)


@blueprint.get("/cases/<uuid:case_id>/referrals/choose")
@requires(P.REFERRAL_PREPARE)
def choose(case_id: UUID) -> ResponseReturnValue:
    """Services for this client, nearest first: by what her case says, or by a search that was started."""
    named = request.args.get("search")
    found = _looked(case_id, forms.as_uuid(named, "search") if named else None)
    return _page(case_id, found)


@blueprint.post("/cases/<uuid:case_id>/referrals/choose")
@requires(P.REFERRAL_PREPARE)
def search(case_id: UUID) -> ResponseReturnValue:
    """Search otherwise. Where nobody takes her, the gap is recorded with the search."""
    try:
        wanted = asked(forms.load(CriteriaSchema, _criteria_fields()))
        profile = profile_of(get_case(case_id).client_id)
        search_id = run_once(lambda: start_search(wanted.criteria, profile, case_id))
    except Invalid as wrong:
        return _page(case_id, _looked(case_id, None), wrong.fields)
    return redirect(url_for(".choose", case_id=case_id, search=search_id, parent=_parent()), 303)


@blueprint.get("/cases/<uuid:case_id>/referrals/new")
@requires(P.REFERRAL_PREPARE)
def ask_service(case_id: UUID) -> ResponseReturnValue:
    """What is asked of a service that was chosen elsewhere, in the directory."""
    return _asking(
        case_id, forms.as_uuid(request.args.get("service_at_location_id"), "service_at_location_id")
    )


@blueprint.post("/cases/<uuid:case_id>/referrals")
@requires(P.REFERRAL_PREPARE)
def prepare(case_id: UUID) -> ResponseReturnValue:
    """Prepare the referral; what would leave is shown next."""
    try:
        given = forms.load(ReferralSchema, request.form)
        exchange_id = run_once(lambda: operations.prepare_referral(case_id, **given).id)
    except Invalid as wrong:
        return _asking_again(case_id, wrong.fields)
    except Conflict as refused:
        flash(refused.message, "error")
        return redirect(url_for(".choose", case_id=case_id), 303)
    return redirect(url_for(".preview", exchange_id=exchange_id), 303)


def _asking(case_id: UUID, place: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    with unit_of_work():
        case, found = case_record(get_case(case_id)), listing(place)
        codes = open_needs(case_id)
        record("viewed", "case", case_id)
    fitting = [code for code in codes if code in found.need_codes] or list(codes[:1])
    return show(
        "ask_service",
        errors,
        case=case,
        listing=found,
        codes=codes,
        fitting=fitting,
        parent=request.form.get("parent_id"),
    )


def _asking_again(case_id: UUID, errors: Errors) -> ResponseReturnValue:
    """The form with what was typed; where no service of the directory was named, the choice of one."""
    try:
        place = forms.as_uuid(request.form.get("service_at_location_id"), "service_at_location_id")
        return _asking(case_id, place, errors)
    except (Invalid, NotFound):
        return _page(case_id, _looked(case_id, None), errors, typed=False)


def _looked(case_id: UUID, search_id: UUID | None) -> Choice:
    with unit_of_work():
        found = choice_for(case_id, search_id)
        record("viewed", "case", case_id, fields=["profile"])
    return found


def _page(
    case_id: UUID, found: Choice, errors: Errors | None = None, *, typed: bool = True
) -> ResponseReturnValue:
    return show(
        "choose",
        errors,
        case=found.case,
        found=found,
        parent=_parent(),
        radii=[(km, _("%(km)s km", km=km)) for km in _radii(found.criteria)],
        spoken=sorted(((code, language_name(code)) for code in SPOKEN), key=lambda pair: pair[1]),
        listings=listings,
        said=search_wording,
        address=in_address,
        drawn=map_of(
            found.criteria, replace(found.findings, found=tuple(one.found for one in found.candidates))
        ),
        recorded="search" in request.args,
        values=request.form if errors and typed else _typed(found.criteria),
    )


def _radii(criteria: Criteria) -> list[float]:
    return sorted({*RADII_KM, criteria.radius_km})


def _typed(criteria: Criteria) -> dict[str, object]:
    """The criteria as the form shows them."""
    return {
        "needs": list(criteria.needs),
        "place": criteria.place,
        "radius_km": f"{criteria.radius_km:g}",
        "language": criteria.language or "",
    }


def _criteria_fields() -> MultiDict[str, str]:
    """What the form says of the search: the way back to an earlier referral is not part of it."""
    return MultiDict((name, value) for name, value in request.form.items(multi=True) if name != "parent")


def _parent() -> UUID | None:
    """The referral from which this one goes on."""
    named = request.values.get("parent")
    return forms.as_uuid(named, "parent") if named else None
