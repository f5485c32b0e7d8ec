"""Who is who to a client: other clients, and persons outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.cases import numbers, policies
from network.cases.card.values import check_code, check_record
from network.cases.envelopes import sealed
from network.cases.models import Client, ClientRelationship
from network.cases.operations.events import tell_cases_of
from network.cases.operations.team import join_team
from network.cases.queries.cards import home
from network.cases.queries.clients import get_client
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.tenants.context import acting

# Relations that the vocabulary gives no inverse, and that both stand in alike.
MUTUAL = frozenset(
    {"friend", "roommate", "colleague", "neighbour", "compatriot", "co_claimant", "travels_with"}
)
SEX_OF = {
    **dict.fromkeys(("mother", "wife", "daughter", "sister"), "female"),
    **dict.fromkeys(("father", "husband", "son", "brother"), "male"),
}


def link_clients(
    client_id: UUID,
    related_client_id: UUID,
    relationship: str,
    *,
    flags: Iterable[str] = (),
    inverse_flags: Iterable[str] = (),
    travels_along: bool = False,
    note: str = "",
) -> ClientRelationship:
    """Record who another client is to this one (her ``daughter``), and what she is to the other.

    ``flags`` say what applies to the related one, ``inverse_flags`` to this one (``guardian_checked`` on a
    mother). Raises Invalid, and Conflict where it stands recorded.
    """
    policies.check_keeps_cases(acting())
    client, related = get_client(client_id), get_client(related_client_id)
    if client.id == related.id:
        raise Invalid(fields={"related_client_id": [_("Choose somebody else.")]})
    data = {"relationship": relationship, "flags": list(flags), "note": note}
    found = _record(client, related, data)
    inverse = inverse_of(relationship, client.sex)
    if inverse is not None:
        _record(related, client, {"relationship": inverse, "flags": list(inverse_flags), "note": note})
    elif list(inverse_flags):
        raise Invalid(fields={"inverse_flags": [_("Record the other side of this relation by itself.")]})
    if travels_along and relationship != "travels_with":
        _record(client, related, {"relationship": "travels_with"})
        _record(related, client, {"relationship": "travels_with"})
    return found


def add_relative(client_id: UUID, data: Mapping[str, Any]) -> ClientRelationship:
    """Record a person outside: ``data`` holds the fields of a ``relative`` record. Raises Invalid."""
    policies.check_keeps_cases(acting())
    client = get_client(client_id)
    told = check_record("relative", data)
    if not told.get("name"):
        raise Invalid(fields={"name": [_("Enter a name, or what the person is called.")]})
    return _record(client, None, told)


def inverse_of(relationship: str, sex: str) -> str | None:
    """What a client of this sex is to somebody who is her ``relationship``; None where nothing is."""
    if relationship in MUTUAL:
        return relationship
    candidates = vocabulary.relationship(relationship).inverse
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    fitting = [code for code in candidates if SEX_OF.get(code) == sex]
    if not fitting:
        message = _("Record the client's sex first: it says how the two are related.")
        raise Invalid(fields={"relationship": [message]})
    return fitting[0]


def _record(client: Client, related: Client | None, data: Mapping[str, Any]) -> ClientRelationship:
    told = check_record("relative", data)
    relationship, flags = told.pop("relationship", None), told.pop("flags", [])
    if relationship is None:
        raise Invalid(fields={"relationship": [_("Choose the relationship.")]})
    _check_flags(client, related, relationship, flags, told)
    if number := told.get("number"):
        told["number"] = _reachable(number, flags)
    if related is not None and _stands(client, related, relationship):
        raise Conflict(_("This relation is recorded already."))
    row = ClientRelationship(
        tenant_id=client.tenant_id,
        id=new_id(),
        client_id=client.id,
        restricted=client.restricted,
        related_client_id=related.id if related is not None else None,
        relationship=relationship,
        flags=flags,
        recorded_at=clock.now(),
    )
    row.sealed = sealed(row, told)
    db.session.add(row)
    db.session.flush()
    guarded = vocabulary.relationship(relationship).guarded
    if guarded:
        join_team(client, acting().account_id)  # it is shown to the team alone, and who was told it is of it
    said = {} if guarded else {"relationships": relationship}
    tell_cases_of(client.id, "client.related", "relationship", row.id, said)
    record("related", "client", client.id, fields=["relationship", *(["flags"] if flags else [])])
    return row


def _check_flags(
    client: Client, related: Client | None, relationship: str, flags: list[str], told: Mapping[str, Any]
) -> None:
    kind = vocabulary.relationship(check_code("relationships", relationship))
    wrong: list[Any] = []
    if kind.needs_note and not told.get("note"):
        raise Invalid(fields={"note": [_("Say what the relation is.")]})
    if "guardian_checked" in flags:
        if not kind.may_be_guardian:
            wrong.append(_("This relation cannot make somebody a guardian."))
        if "possible_source_of_harm" in flags or (related is not None and _has_power(client, related)):
            wrong.append(_("A guardian is never an employer, a recruiter or somebody who may do harm."))
    if "must_not_be_told" in flags and {
        "may_be_called",
        "emergency_contact",
        "may_be_told_in_emergency",
    } & set(flags):
        wrong.append(_("Somebody who must not be told cannot be called."))
    if wrong:
        raise Invalid(fields={"flags": wrong})


def _has_power(client: Client, related: Client) -> bool:
    """Whether the related one is also recorded as somebody with power over the client."""
    statement = select(ClientRelationship.relationship).where(
        ClientRelationship.tenant_id == client.tenant_id,
        ClientRelationship.client_id == client.id,
        ClientRelationship.related_client_id == related.id,
    )
    return any(vocabulary.relationship(code).power_over_client for code in db.session.scalars(statement))


def _reachable(number: str, flags: list[str]) -> str:
    """The number as E.164; it is kept only with what says that it may be called."""
    phone = numbers.find_phone(number, home().country)
    if phone is None:
        raise Invalid(fields={"number": [_("Enter a phone number.")]})
    if not {"may_be_called", "emergency_contact", "may_be_told_in_emergency", "must_not_be_told"} & set(
        flags
    ):
        raise Invalid(fields={"flags": [_("A number is kept only with what it may be used for.")]})
    return phone


def _stands(client: Client, related: Client, relationship: str) -> bool:
    statement = select(ClientRelationship.id).where(
        ClientRelationship.tenant_id == client.tenant_id,
        ClientRelationship.client_id == client.id,
        ClientRelationship.related_client_id == related.id,
        ClientRelationship.relationship == relationship,
    )
    return db.session.scalars(statement.limit(1)).first() is not None
