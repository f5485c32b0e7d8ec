"""The pages of clients: the list and the search, registering, the card, changing it, children."""

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
from network.cases.card.fields import RECORDS
from network.cases.card.reading import Line, lines_of_all
from network.cases.models import Client
from network.cases.pages.showing import (
    as_form,
    blueprint,
    colleagues,
    contact_lines,
    done,
    facts_of,
    languages,
    nationalities,
    need_groups,
    needs_often,
    show,
    staff_names,
    towns,
)
from network.cases.queries import ClientCard
from network.cases.schemas.clients import (
    CHILD_RELATIONS,
    ClientSearchSchema,
    EditCardForm,
    RegisterChildForm,
    RegistrationForm,
)
from network.core.db import unit_of_work
from network.core.errors import Invalid, StaleVersion
from network.tenants.context import acting
from network.web import drafts, forms
from network.web.doors import run_once
from network.web.versions import given_version

P = Permission
DRAFT = "registration"
# The safest answers stand there until somebody gives another.
SAFEST = {
    "contacts.0.may_leave_message": "no",
    "contacts.0.if_another_answers": "hang_up",
    "contacts.0.hours": "any",
    "contacts.0.belongs_to": "client",
}
# What most answer: their age in years, and a number. Without one the page asks for another answer.
USUAL = {"age_basis": "age", "reach": "number"}
HEADLINE = frozenset({"name", "sex", "age_basis", "birth_year", "nationality", "languages"})


@blueprint.get("/clients")
@requires(P.CLIENT_VIEW)
def clients() -> ResponseReturnValue:
    """The search, and who was registered lately: nobody's name."""
    page = read.list_clients(request.args.get("cursor"))
    return show("clients", page=page, hits=None, question="")


@blueprint.post("/clients/search")
@requires(P.CLIENT_VIEW)
def search() -> ResponseReturnValue:
    """Find a client. The question is posted, and stands in no address."""
    try:
        question = forms.load(ClientSearchSchema, request.form)["question"]
    except Invalid as wrong:
        return show("clients", wrong.fields, page=read.list_clients(), hits=None, question="")
    with unit_of_work():
        hits = read.search_clients(question)
        record("searched", "client", None)
    return show("clients", page=None, hits=hits, question=question)


@blueprint.get("/clients/new")
@requires(P.CLIENT_REGISTER)
def registration() -> ResponseReturnValue:
    """Ask what is needed to register a client; what was typed before a power cut is still there."""
    draft = drafts.find_draft(DRAFT, None)
    return _registration_page(draft or MultiDict({**SAFEST, **USUAL}), has_draft=draft is not None)


@blueprint.post("/clients/new")
@requires(P.CLIENT_REGISTER)
def register() -> ResponseReturnValue:
    """Register a client, with her case if she came with a need."""
    try:
        given = forms.load(RegistrationForm, request.form)
        client_id = run_once(lambda: _registered(given))
    except Invalid as wrong:
        return _registration_page(request.form, wrong.fields)
    opened = read.list_cases_of(client_id)
    if opened and P.CASE_VIEW in acting().permissions:
        return done(
            "cases_pages.case", _("The client is registered and a case is open."), case_id=opened[0].id
        )
    said = _("The client is registered. A case is open; a caseworker takes it on.") if opened else ""
    return done("cases_pages.client", said or _("The client is registered."), client_id=client_id)


@blueprint.post("/clients/new/start-again")
@requires(P.CLIENT_REGISTER)
def start_again() -> ResponseReturnValue:
    """Forget what was typed and not sent."""
    with unit_of_work():
        drafts.discard_draft(DRAFT, None)
    return done("cases_pages.registration")


@blueprint.get("/clients/<uuid:client_id>")
@requires(P.CLIENT_VIEW)
def client(client_id: UUID) -> ResponseReturnValue:
    """A client's card."""
    with unit_of_work():
        page = read.client_page(client_id)
        names = staff_names(set(page.team))
        staff = colleagues() if page.client.restricted else []
        record("viewed", "client", client_id)
    return show(
        "client",
        page=page,
        card=page.client,
        facts=facts_of(page.client),
        card_lines=_card_lines(page.client),
        contact_lines=contact_lines,
        team=[(account, names.get(account, _("Somebody who left"))) for account in page.team],
        me=acting().account_id,
        colleagues=[one for one in staff if UUID(one[0]) not in page.team],
    )


@blueprint.get("/clients/<uuid:client_id>/edit")
@requires(P.CLIENT_EDIT)
def edit_card(client_id: UUID) -> ResponseReturnValue:
    """Ask what has changed."""
    with unit_of_work():
        card = read.card_of(read.get_client(client_id))
        record("viewed", "client", client_id)
    return _edit_page(card, _card_values(card))


@blueprint.post("/clients/<uuid:client_id>/edit")
@requires(P.CLIENT_EDIT)
def change_card(client_id: UUID) -> ResponseReturnValue:
    """Change the card; a stale change is shown beside what stands now."""
    try:
        given, version = forms.load(EditCardForm, request.form), given_version()
        run_once(lambda: do.update_client(client_id, given, version).id)
    except StaleVersion as stale:
        return _edit_page(stale.theirs, request.form, theirs=_card_lines(stale.theirs), status=409)
    except Invalid as wrong:
        return _edit_page(read.card_of(read.get_client(client_id)), request.form, wrong.fields)
    return done("cases_pages.client", _("The card was saved."), client_id=client_id)


@blueprint.get("/clients/<uuid:client_id>/children/new")
@requires(P.CLIENT_REGISTER)
def child_form(client_id: UUID) -> ResponseReturnValue:
    """Ask about a child of the client's."""
    parent = read.get_client(client_id)
    likely = {"age_basis": "age", "travels_along": "true", "with_case": "true"}
    return _child_page(parent, as_form({"nationality": parent.nationality, **likely}))


@blueprint.post("/clients/<uuid:client_id>/children/new")
@requires(P.CLIENT_REGISTER)
def register_child(client_id: UUID) -> ResponseReturnValue:
    """Register the child as a client of her own."""
    try:
        given = forms.load(RegisterChildForm, request.form)
        relationship = given.pop("relationship")
        how = {name: given.pop(name) for name in ("travels_along", "with_case")}
        run_once(lambda: do.register_child(client_id, given, relationship, **how).id)
    except Invalid as wrong:
        return _child_page(read.get_client(client_id), request.form, wrong.fields)
    return done("cases_pages.client", _("The child is registered and linked."), client_id=client_id)


def _registered(given: dict[str, Any]) -> UUID:
    client: Client = do.register_client(given)
    drafts.discard_draft(DRAFT, None)
    return client.id


def _registration_page(
    values: MultiDict[str, str], errors: dict[str, list[str]] | None = None, *, has_draft: bool = False
) -> ResponseReturnValue:
    return show(
        "register",
        errors,
        values=values,
        has_draft=has_draft,
        nationalities=nationalities(),
        languages=languages(),
        needs_often=needs_often(),
        need_groups=need_groups(),
        towns=towns(),
        contact=RECORDS["contact"][2],
        relations=CHILD_RELATIONS,
    )


def _edit_page(
    card: ClientCard,
    values: MultiDict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    theirs: list[Line] | None = None,
    status: int = 0,
) -> ResponseReturnValue:
    return show(
        "edit_client",
        errors,
        status=status,
        card=card,
        values=values,
        theirs=theirs,
        nationalities=nationalities(),
        languages=languages(card.languages),
    )


def _child_page(
    parent: Client, values: MultiDict[str, Any], errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    return show(
        "child",
        errors,
        parent=parent,
        values=values,
        nationalities=nationalities(),
        relations=CHILD_RELATIONS,
        has_case=any(case.state == "open" for case in read.list_cases_of(parent.id)),
    )


def _card_values(card: ClientCard) -> MultiDict[str, Any]:
    values = {code: card.get(code) for code in EditCardForm().fields if code != "age"}
    return as_form(values | {"age": card.age if card.age_basis == "age" else None})


def _card_lines(card: ClientCard) -> list[Line]:
    """What the card holds beside its headline, in words."""
    held = {code: card.get(code) for code in EditCardForm().fields if code not in HEADLINE | {"age"}}
    return lines_of_all({code: value for code, value in held.items() if value})
