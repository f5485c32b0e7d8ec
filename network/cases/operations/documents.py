"""The client's papers: who holds them, and that she has them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases import policies
from network.cases.card.values import as_date, check_code, check_record
from network.cases.envelopes import opened, sealed
from network.cases.models import ClientDocument
from network.cases.operations.events import tell_cases_of
from network.cases.operations.search_keys import index_client
from network.cases.queries.cards import home_today
from network.cases.queries.clients import get_client, get_document
from network.core import vocabulary
from network.core.db import db
from network.core.errors import Invalid
from network.core.ids import new_id
from network.core.versions import expect_version
from network.tenants.context import acting

_PLAIN = ("type", "holder", "held_since", "recovered_on")


def record_document(client_id: UUID, data: Mapping[str, Any], *, index: bool = True) -> ClientDocument:
    """Record a paper and who holds it; ``data`` holds the fields of a ``document`` record. Raises Invalid."""
    policies.check_keeps_cases(acting())
    client = get_client(client_id)
    told = _checked(data)
    document = ClientDocument(
        tenant_id=client.tenant_id,
        id=new_id(),
        client_id=client.id,
        restricted=client.restricted,
        type=told["type"],
        version=1,
    )
    _write(document, told)
    db.session.add(document)
    db.session.flush()
    if index:
        index_client(client)
    codes = {"document_types": document.type, "document_holders": document.holder}
    tell_cases_of(client.id, "document.recorded", "document", document.id, codes)
    record("recorded", "document", document.id, fields=sorted(told))
    return document


def change_document(document_id: UUID, data: Mapping[str, Any], version: int) -> ClientDocument:
    """Correct what is recorded of a paper; the whole record is replaced, but not its kind."""
    policies.check_keeps_cases(acting())
    document = get_document(document_id, lock=True)
    expect_version(document, version, theirs=opened(document))
    told = _checked({**data, "type": document.type})
    _write(document, told)
    document.version += 1
    db.session.flush()
    index_client(get_client(document.client_id))
    tell_cases_of(
        document.client_id, "document.changed", "document", document.id, {"document_types": document.type}
    )
    record("changed", "document", document.id, fields=sorted(told))
    return document


def document_recovered(
    document_id: UUID, recovered_on: date | None = None, *, holder: str = "client"
) -> ClientDocument:
    """The paper is back, with the client or with whom she wants to hold it."""
    policies.check_keeps_cases(acting())
    check_code("document_holders", holder)
    today = home_today()
    if recovered_on is not None and recovered_on > today:
        raise Invalid(fields={"recovered_on": [_("Enter a day that has come.")]})
    document = get_document(document_id, lock=True)
    document.recovered_on = recovered_on or today
    document.holder = holder
    document.version += 1
    db.session.flush()
    codes = {"document_types": document.type, "document_holders": holder}
    tell_cases_of(document.client_id, "document.recovered", "document", document.id, codes)
    record("recovered", "document", document.id, fields=["holder", "recovered_on"])
    return document


def _checked(data: Mapping[str, Any]) -> dict[str, Any]:
    told = check_record("document", data)
    wrong: dict[str, list[Any]] = {}
    if "type" not in told:
        wrong["type"] = [_("Choose the kind of document.")]
    elif vocabulary.document_type(told["type"]).needs_note and not told.get("note"):
        wrong["note"] = [_("Say what kind of document it is.")]
    if "holder" not in told:
        wrong["holder"] = [_("Choose who holds it.")]
    if wrong:
        raise Invalid(fields=wrong)
    return told


def _write(document: ClientDocument, told: Mapping[str, Any]) -> None:
    document.holder = told["holder"]
    document.held_since = as_date(told.get("held_since"))
    document.recovered_on = as_date(told.get("recovered_on"))
    document.sealed = sealed(document, {code: value for code, value in told.items() if code not in _PLAIN})
