"""New listings, and where a service is offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import Invalid, NotFound
from network.directory import operations, queries
from network.directory.pages.editing import need_groups
from network.directory.pages.keeping import (
    ADDRESSES,
    address_of,
    back_to,
    kind_of,
    show,
)
from network.directory.pages.parts import removed
from network.directory.pages.searching import blueprint
from network.directory.queries import keeping
from network.directory.schemas.keeping import (
    NEW,
    schema_of,
)
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once


@blueprint.get("/listings/organizations/new")
@requires(Permission.LISTING_EDIT)
def organization_form() -> ResponseReturnValue:
    """Ask for a new organization."""
    return _new("organization", None, {"visibility": "network", "country": acting().country})


@blueprint.post("/listings/organizations/new")
@requires(Permission.LISTING_EDIT)
def add_organization() -> ResponseReturnValue:
    """List an organization; whoever acts becomes its steward."""
    try:
        given = forms.load(schema_of(NEW["organization"]), request.form)
        given["description"] = given["description"] or ""
        added = run_once(lambda: operations.create_organization(**given))
    except Invalid as wrong:
        return _new("organization", None, request.form, wrong.fields, 422)
    return back_to("organization", added, _("Listed. Now add its services and places."))


@blueprint.get("/listings/organizations/<uuid:organization_id>/new/<string:plural>")
@requires(Permission.LISTING_EDIT)
def listing_form(organization_id: UUID, plural: str) -> ResponseReturnValue:
    """Ask for a new service or place of an organization."""
    kind = _newable(plural)
    start = {"visibility": "network", "status": "active", "referral_method": "phone"}
    return _new(kind, keeping.get_mine("organization", organization_id), start)


@blueprint.post("/listings/organizations/<uuid:organization_id>/new/<string:plural>")
@requires(Permission.LISTING_EDIT)
def add_listing(organization_id: UUID, plural: str) -> ResponseReturnValue:
    """List a service or a place of an organization."""
    kind = _newable(plural)
    organization = keeping.get_mine("organization", organization_id)
    try:
        given = forms.load(schema_of(NEW[kind]), request.form)
        add = operations.list_service if kind == "service" else operations.list_place
        added = run_once(lambda: add(organization_id, given))
    except Invalid as wrong:
        return _new(kind, organization, request.form, wrong.fields, 422)
    return back_to(kind, added, _("Added."))


def _newable(plural: str) -> str:
    kind = kind_of(plural)
    if kind == "organization":
        raise NotFound
    return kind


def _new(
    kind: str,
    organization: Any,
    values: Mapping[str, Any],
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    titles = {"organization": _("New organization"), "service": _("New service"), "location": _("New place")}
    action = (
        url_for(".add_listing", organization_id=organization.id, plural=ADDRESSES[kind])
        if organization
        else url_for(".add_organization")
    )
    return show(
        "edit",
        status,
        kind="organization",
        listing=organization,
        title=titles[kind],
        fields=NEW[kind],
        values=values,
        errors=errors or {},
        theirs=None,
        needs=need_groups(),
        action=action,
        version=None,
    )


@blueprint.post("/listings/services/<uuid:service_id>/places")
@requires(Permission.LISTING_EDIT)
def offer_at(service_id: UUID) -> ResponseReturnValue:
    """Offer a service at a place of its organization."""
    place = forms.as_uuid(request.form.get("location_id"), "location_id")
    run_once(lambda: operations.place_service_at_location(service_id, place))
    return back_to("service", service_id, _("It is offered there."))


@blueprint.post("/listings/services/<uuid:service_id>/places/<uuid:offered_id>/remove")
@requires(Permission.LISTING_EDIT)
def stop_offering(service_id: UUID, offered_id: UUID) -> ResponseReturnValue:
    """Offer a service at a place no longer."""
    if queries.get_service_at_location(offered_id).service_id != service_id:
        raise NotFound
    run_once(lambda: removed("service_at_location", offered_id))
    return redirect(address_of("service", service_id), 303)
