"""The pages of what belongs to a client: ways to reach her, papers, and people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases import operations as do
from network.cases import queries as read
from network.cases.card.reading import Line, lines_of
from network.cases.models import ClientContact, ClientDocument
from network.cases.pages.clients import SAFEST
from network.cases.pages.showing import as_form, blueprint, done, has_power, nationalities, show
from network.cases.queries.cards import contact_of, document_of
from network.cases.queries.clients import get_contact, get_document
from network.cases.schemas.clients import (
    ContactSchema,
    DocumentSchema,
    NumberStateSchema,
    RecoveredSchema,
    RelationSchema,
    RelativeSchema,
)
from network.core.db import unit_of_work
from network.core.errors import Invalid, StaleVersion
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version

P = Permission
BACK = "cases_pages.client"


@blueprint.get("/clients/<uuid:client_id>/contacts/new")
@requires(P.CLIENT_EDIT)
def contact_form(client_id: UUID) -> ResponseReturnValue:
    """Ask how the client can be reached safely."""
    safest = {name.rpartition(".")[2]: answer for name, answer in SAFEST.items()}
    return _contact_page(read.get_client(client_id).id, MultiDict(safest))


@blueprint.post("/clients/<uuid:client_id>/contacts/new")
@requires(P.CLIENT_EDIT)
def add_contact(client_id: UUID) -> ResponseReturnValue:
    """Record a way to reach the client."""
    try:
        given = forms.load(ContactSchema, request.form)
        run_once(lambda: do.add_contact(client_id, given).id)
    except Invalid as wrong:
        return _contact_page(read.get_client(client_id).id, request.form, wrong.fields)
    return done(BACK, _("The way to reach the client was saved."), client_id=client_id)


@blueprint.get("/contacts/<uuid:contact_id>")
@requires(P.CLIENT_EDIT)
def contact(contact_id: UUID) -> ResponseReturnValue:
    """Ask the rules of a contact again."""
    with unit_of_work():
        row = get_contact(contact_id)
        held = contact_of(row)
        record("viewed", "contact", contact_id)
    return _contact_page(row.client_id, as_form({**held.rules, "state": held.state}), row=row)


@blueprint.post("/contacts/<uuid:contact_id>")
@requires(P.CLIENT_EDIT)
def change_contact(contact_id: UUID) -> ResponseReturnValue:
    """Save the rules as they were told this time."""
    row = get_contact(contact_id)
    try:
        given, version = forms.load(ContactSchema, request.form), given_version()
        run_once(lambda: do.change_contact(contact_id, given, version).id)
    except StaleVersion as stale:
        theirs = lines_of("contact.1", stale.theirs)
        return _contact_page(
            row.client_id, request.form, row=get_contact(contact_id), theirs=theirs, status=409
        )
    except Invalid as wrong:
        return _contact_page(row.client_id, request.form, wrong.fields, row=row)
    return done(BACK, _("The rules were saved."), client_id=row.client_id)


@blueprint.post("/contacts/<uuid:contact_id>/state")
@requires(P.CLIENT_EDIT)
def set_number_state(contact_id: UUID) -> ResponseReturnValue:
    """Say whether a number may be used."""
    row = get_contact(contact_id)
    state = forms.load(NumberStateSchema, request.form)["state"]
    run_once(lambda: do.set_number_state(contact_id, state).id)
    return done(BACK, _("The state of the number was saved."), client_id=row.client_id)


@blueprint.get("/clients/<uuid:client_id>/documents/new")
@requires(P.CLIENT_EDIT)
def document_form(client_id: UUID) -> ResponseReturnValue:
    """Ask about a paper."""
    return _document_page(read.get_client(client_id).id, MultiDict())


@blueprint.post("/clients/<uuid:client_id>/documents/new")
@requires(P.CLIENT_EDIT)
def record_document(client_id: UUID) -> ResponseReturnValue:
    """Record a paper and who holds it."""
    try:
        given = forms.load(DocumentSchema, request.form)
        run_once(lambda: do.record_document(client_id, given).id)
    except Invalid as wrong:
        return _document_page(read.get_client(client_id).id, request.form, wrong.fields)
    return done(BACK, _("The document was saved."), client_id=client_id)


@blueprint.get("/documents/<uuid:document_id>")
@requires(P.CLIENT_EDIT)
def document(document_id: UUID) -> ResponseReturnValue:
    """A paper: what is recorded of it, and that it came back."""
    with unit_of_work():
        row = get_document(document_id)
        values = _document_values(row)
        record("viewed", "document", document_id)
    return _document_page(row.client_id, values, row=row)


@blueprint.post("/documents/<uuid:document_id>")
@requires(P.CLIENT_EDIT)
def change_document(document_id: UUID) -> ResponseReturnValue:
    """Correct what is recorded of a paper."""
    row = get_document(document_id)
    try:
        given, version = forms.load(DocumentSchema, request.form), given_version()
        run_once(lambda: do.change_document(document_id, given, version).id)
    except StaleVersion as stale:
        theirs = lines_of("document.1", stale.theirs)
        fresh = get_document(document_id)
        return _document_page(row.client_id, request.form, row=fresh, theirs=theirs, status=409)
    except Invalid as wrong:
        return _document_page(row.client_id, request.form, wrong.fields, row=row)
    return done(BACK, _("The document was saved."), client_id=row.client_id)


@blueprint.post("/documents/<uuid:document_id>/recovered")
@requires(P.CLIENT_EDIT)
def document_recovered(document_id: UUID) -> ResponseReturnValue:
    """The paper is back."""
    row = get_document(document_id)
    try:
        given = forms.load(RecoveredSchema, request.form)
        run_once(lambda: do.document_recovered(document_id, given["recovered_on"], holder=given["holder"]).id)
    except Invalid as wrong:
        return _document_page(row.client_id, _document_values(row), wrong.fields, row=row)
    return done(BACK, _("The document is back."), client_id=row.client_id)


@blueprint.get("/clients/<uuid:client_id>/relatives/new")
@requires(P.CLIENT_EDIT)
def relative_form(client_id: UUID) -> ResponseReturnValue:
    """Ask about a person outside who matters to the client."""
    return _person_page("relative", client_id, MultiDict())


@blueprint.post("/clients/<uuid:client_id>/relatives/new")
@requires(P.CLIENT_EDIT)
def add_relative(client_id: UUID) -> ResponseReturnValue:
    """Record a person outside."""
    try:
        given = forms.load(RelativeSchema, request.form)
        run_once(lambda: do.add_relative(client_id, given).id)
    except Invalid as wrong:
        return _person_page("relative", client_id, request.form, wrong.fields)
    if has_power(given["relationship"]):
        flash(
            _("This person has power over the client: never a guardian, a contact or an interpreter."),
            "warning",
        )
    return done(BACK, _("The person was saved."), client_id=client_id)


@blueprint.get("/clients/<uuid:client_id>/relations/new")
@requires(P.CLIENT_EDIT)
def relation_form(client_id: UUID) -> ResponseReturnValue:
    """Ask which other client belongs to this one."""
    return _person_page("relation", client_id, MultiDict())


@blueprint.post("/clients/<uuid:client_id>/relations/new")
@requires(P.CLIENT_EDIT)
def link_clients(client_id: UUID) -> ResponseReturnValue:
    """Link two clients, both ways."""
    try:
        given = forms.load(RelationSchema, request.form)
        reference = given.pop("related_reference")
        run_once(lambda: do.link_clients(client_id, read.client_by_reference(reference), **given).id)
    except Invalid as wrong:
        return _person_page("relation", client_id, request.form, wrong.fields)
    return done(BACK, _("The two clients are linked."), client_id=client_id)


def _contact_page(
    client_id: UUID,
    values: MultiDict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    row: ClientContact | None = None,
    theirs: list[Line] | None = None,
    status: int = 0,
) -> ResponseReturnValue:
    return show("contact", errors, status=status, client_id=client_id, values=values, row=row, theirs=theirs)


def _document_page(
    client_id: UUID,
    values: MultiDict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    row: ClientDocument | None = None,
    theirs: list[Line] | None = None,
    status: int = 0,
) -> ResponseReturnValue:
    return show(
        "document",
        errors,
        status=status,
        client_id=client_id,
        values=values,
        row=row,
        theirs=theirs,
        nationalities=nationalities(),
    )


def _document_values(row: ClientDocument) -> MultiDict[str, Any]:
    held = document_of(row)
    plain = {"type": held.type, "holder": held.holder, "held_since": held.held_since}
    return as_form({**held.details, **plain, "recovered_on": held.recovered_on})


def _person_page(
    template: str, client_id: UUID, values: MultiDict[str, Any], errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    return show(template, errors, client_id=read.get_client(client_id).id, values=values)
