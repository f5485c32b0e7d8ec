"""Who sees a client and who reaches her: the restriction, the team, no more contact."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.cases import operations as do
from network.cases.pages.showing import blueprint, done
from network.cases.schemas.clients import ColleagueSchema, StopContactSchema
from network.core.errors import Conflict, Invalid
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once

P = Permission


@blueprint.post("/clients/<uuid:client_id>/restrict")
@requires(P.CLIENT_EDIT)
def restrict(client_id: UUID) -> ResponseReturnValue:
    """From now on only her team sees the client."""
    run_once(lambda: do.restrict_client(client_id).id)
    return done("cases_pages.client", _("Only the team sees this client now."), client_id=client_id)


@blueprint.post("/clients/<uuid:client_id>/unrestrict")
@requires(P.CLIENT_EDIT)
def unrestrict(client_id: UUID) -> ResponseReturnValue:
    """Everybody who works with clients sees her again."""
    run_once(lambda: do.unrestrict_client(client_id).id)
    return done("cases_pages.client", _("The restriction was lifted."), client_id=client_id)


@blueprint.post("/clients/<uuid:client_id>/team")
@requires(P.CLIENT_EDIT)
def join_team(client_id: UUID) -> ResponseReturnValue:
    """Let a colleague work with the client."""
    try:
        account_id = forms.load(ColleagueSchema, request.form)["account_id"]
        run_once(lambda: do.add_to_team(client_id, account_id).id)
    except Invalid as wrong:
        flash(" ".join(line for lines in wrong.fields.values() for line in lines), "error")
        return redirect(url_for("cases_pages.client", client_id=client_id), 303)
    return done("cases_pages.client", _("The team has one more member."), client_id=client_id)


@blueprint.post("/clients/<uuid:client_id>/team/<uuid:account_id>/remove")
@requires(P.CLIENT_EDIT)
def leave_team(client_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Take a colleague, or oneself, off the team; whoever leaves the team of a restricted client sees her no more."""
    try:
        run_once(lambda: do.remove_from_team(client_id, account_id).id)
    except Conflict as kept:
        flash(str(kept), "error")
        return redirect(url_for("cases_pages.client", client_id=client_id), 303)
    if account_id == acting().account_id:
        return done("cases_pages.clients", _("You are no longer on the team."))
    return done("cases_pages.client", _("The team has one member less."), client_id=client_id)


@blueprint.post("/clients/<uuid:client_id>/stop-contact")
@requires(P.CLIENT_EDIT)
def stop_contact(client_id: UUID) -> ResponseReturnValue:
    """Nobody reaches the client any more."""
    given = forms.load(StopContactSchema, request.form)
    run_once(lambda: do.stop_contact(client_id, given["reason"], deceased_on=given["deceased_on"]).id)
    return done("cases_pages.client", _("All contact with this client has stopped."), client_id=client_id)


@blueprint.post("/clients/<uuid:client_id>/resume-contact")
@requires(P.CLIENT_EDIT)
def resume_contact(client_id: UUID) -> ResponseReturnValue:
    """The client wants to be reached again."""
    run_once(lambda: do.resume_contact(client_id).id)
    return done("cases_pages.client", _("The client may be reached again."), client_id=client_id)
