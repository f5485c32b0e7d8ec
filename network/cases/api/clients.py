"""Clients, their contacts, papers, people and team."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases import operations as do
from network.cases import queries as read
from network.cases.api.answers import answer_client, blueprint, made
from network.cases.schemas.answers import (
    ClientHitOut,
    ClientListOut,
    ClientPageOut,
    IdOut,
)
from network.cases.schemas.clients import (
    CardSchema,
    ClientSearchSchema,
    ColleagueSchema,
    ContactSchema,
    DocumentSchema,
    ListQuery,
    NumberStateSchema,
    RecoveredSchema,
    RegisterChildSchema,
    RegistrationSchema,
    RelationSchema,
    RelativeSchema,
    StopContactSchema,
)
from network.core.db import unit_of_work
from network.web.doors import run_once
from network.web.versions import given_version

P = Permission


@blueprint.route("/clients", methods=["GET"])
@requires(P.CLIENT_VIEW)
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ClientListOut)
def list_clients(given: dict[str, Any]) -> Any:
    """The centre's clients, who was registered last first. Names nobody."""
    return read.list_clients(given["cursor"])


@blueprint.route("/clients", methods=["POST"])
@requires(P.CLIENT_REGISTER)
@blueprint.arguments(RegistrationSchema)
@blueprint.alt_response(201, schema=ClientPageOut)
def register_client(given: dict[str, Any]) -> ResponseReturnValue:
    """Register a client; with needs or an account of what happened, a case is opened at once."""
    return answer_client(run_once(lambda: do.register_client(given).id), 201)


@blueprint.route("/clients/search", methods=["POST"])
@requires(P.CLIENT_VIEW)
@blueprint.arguments(ClientSearchSchema)
@blueprint.response(200, ClientHitOut(many=True))
def search_clients(given: dict[str, Any]) -> Any:
    """Find clients by a name, a number, a paper or a reference, best first, at most 20."""
    with unit_of_work():
        hits = read.search_clients(given["question"])
        record("searched", "client", None)
    return hits


@blueprint.route("/clients/<uuid:client_id>", methods=["GET"])
@requires(P.CLIENT_VIEW)
@blueprint.alt_response(200, schema=ClientPageOut)
def client(client_id: UUID) -> ResponseReturnValue:
    """A client's card with her contacts, papers, people and cases."""
    return answer_client(client_id)


@blueprint.route("/clients/<uuid:client_id>", methods=["PATCH"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(CardSchema)
@blueprint.alt_response(200, schema=ClientPageOut)
def update_client(given: dict[str, Any], client_id: UUID) -> ResponseReturnValue:
    """Change fields of the card; null clears one. Needs If-Match."""
    version = given_version()
    return answer_client(run_once(lambda: do.update_client(client_id, given, version).id))


@blueprint.route("/clients/<uuid:client_id>/children", methods=["POST"])
@requires(P.CLIENT_REGISTER)
@blueprint.arguments(RegisterChildSchema)
@blueprint.alt_response(201, schema=ClientPageOut)
def register_child(given: dict[str, Any], client_id: UUID) -> ResponseReturnValue:
    """Register a child of this client as a client of her own, linked both ways."""
    relationship = given.pop("relationship")
    how = {name: given.pop(name) for name in ("travels_along", "with_case")}
    return answer_client(run_once(lambda: do.register_child(client_id, given, relationship, **how).id), 201)


@blueprint.route("/clients/<uuid:client_id>/contacts", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(ContactSchema)
@blueprint.response(201, IdOut)
def add_contact(given: dict[str, Any], client_id: UUID) -> Any:
    """Record a way to reach the client: a number never without its rules."""
    return made(lambda: do.add_contact(client_id, given).id)


@blueprint.route("/contacts/<uuid:contact_id>", methods=["PUT"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(ContactSchema)
@blueprint.response(200, IdOut)
def change_contact(given: dict[str, Any], contact_id: UUID) -> Any:
    """Replace a contact and its rules. Needs If-Match."""
    version = given_version()
    return made(lambda: do.change_contact(contact_id, given, version).id)


@blueprint.route("/contacts/<uuid:contact_id>/state", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(NumberStateSchema)
@blueprint.response(200, IdOut)
def set_number_state(given: dict[str, Any], contact_id: UUID) -> Any:
    """Say whether a number may be used."""
    return made(lambda: do.set_number_state(contact_id, given["state"]).id)


@blueprint.route("/clients/<uuid:client_id>/documents", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(DocumentSchema)
@blueprint.response(201, IdOut)
def record_document(given: dict[str, Any], client_id: UUID) -> Any:
    """Record a paper and who holds it."""
    return made(lambda: do.record_document(client_id, given).id)


@blueprint.route("/documents/<uuid:document_id>", methods=["PUT"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(DocumentSchema)
@blueprint.response(200, IdOut)
def change_document(given: dict[str, Any], document_id: UUID) -> Any:
    """Replace what is recorded of a paper. Needs If-Match."""
    version = given_version()
    return made(lambda: do.change_document(document_id, given, version).id)


@blueprint.route("/documents/<uuid:document_id>/recovered", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(RecoveredSchema)
@blueprint.response(200, IdOut)
def document_recovered(given: dict[str, Any], document_id: UUID) -> Any:
    """The paper is back."""
    return made(lambda: do.document_recovered(document_id, given["recovered_on"], holder=given["holder"]).id)


@blueprint.route("/clients/<uuid:client_id>/relations", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(RelationSchema)
@blueprint.response(201, IdOut)
def link_clients(given: dict[str, Any], client_id: UUID) -> Any:
    """Record who another client, named by her reference, is to this one; the other way round as well."""
    reference = given.pop("related_reference")
    return made(lambda: do.link_clients(client_id, read.client_by_reference(reference), **given).id)


@blueprint.route("/clients/<uuid:client_id>/relatives", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(RelativeSchema)
@blueprint.response(201, IdOut)
def add_relative(given: dict[str, Any], client_id: UUID) -> Any:
    """Record a person outside who matters to the client."""
    return made(lambda: do.add_relative(client_id, given).id)


@blueprint.route("/clients/<uuid:client_id>/restrict", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.response(200, IdOut)
def restrict_client(client_id: UUID) -> Any:
    """From now on only her team sees the client."""
    return made(lambda: do.restrict_client(client_id).id)


@blueprint.route("/clients/<uuid:client_id>/unrestrict", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.response(200, IdOut)
def unrestrict_client(client_id: UUID) -> Any:
    """Everybody of the centre who works with clients sees her again."""
    return made(lambda: do.unrestrict_client(client_id).id)


@blueprint.route("/clients/<uuid:client_id>/team", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(ColleagueSchema)
@blueprint.response(200, IdOut)
def add_to_team(given: dict[str, Any], client_id: UUID) -> Any:
    """Let a colleague work with the client."""
    return made(lambda: do.add_to_team(client_id, given["account_id"]).id)


@blueprint.route("/clients/<uuid:client_id>/team/<uuid:account_id>/remove", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.response(200, IdOut)
def remove_from_team(client_id: UUID, account_id: UUID) -> Any:
    """Take a colleague off the client's team."""
    return made(lambda: do.remove_from_team(client_id, account_id).id)


@blueprint.route("/clients/<uuid:client_id>/stop-contact", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.arguments(StopContactSchema)
@blueprint.response(200, IdOut)
def stop_contact(given: dict[str, Any], client_id: UUID) -> Any:
    """Nobody reaches the client any more; what was planned ends at once."""
    return made(lambda: do.stop_contact(client_id, given["reason"], deceased_on=given["deceased_on"]).id)


@blueprint.route("/clients/<uuid:client_id>/resume-contact", methods=["POST"])
@requires(P.CLIENT_EDIT)
@blueprint.response(200, IdOut)
def resume_contact(client_id: UUID) -> Any:
    """The client wants to be reached again."""
    return made(lambda: do.resume_contact(client_id).id)
