"""How a client may be reached: numbers with their rules, and when all contact stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases import numbers, policies
from network.cases.card.values import as_date, check_code, check_record
from network.cases.envelopes import opened, sealed
from network.cases.models import Client, ClientContact
from network.cases.operations.events import tell_cases_of
from network.cases.operations.search_keys import index_client
from network.cases.queries.cards import home, home_today
from network.cases.queries.clients import get_client, get_contact, list_contacts
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.core.versions import expect_version
from network.tenants.context import acting

# A number is never stored without these.
RULES = ("channels", "belongs_to", "may_leave_message", "if_another_answers", "hours")
DIED = "died"

_stopping: list[Callable[[UUID], None]] = []


def when_contact_stops(cancel: Callable[[UUID], None]) -> Callable[[UUID], None]:
    """Have ``cancel(client_id)`` called in the transaction in which all contact with a client stops.

    Floors that plan contacts (follow-ups, reminders) register here what ends them.
    """
    if cancel not in _stopping:
        _stopping.append(cancel)
    return cancel


def add_contact(client_id: UUID, data: Mapping[str, Any], *, index: bool = True) -> ClientContact:
    """Record a way to reach the client: a number with its rules, or that no number is safe.

    ``data`` holds the fields of a ``contact`` record. Raises Invalid where a number comes without rules.
    """
    policies.check_keeps_cases(acting())
    client = get_client(client_id)
    rules = _checked(data)
    contact = ClientContact(
        tenant_id=client.tenant_id,
        id=new_id(),
        client_id=client.id,
        restricted=client.restricted,
        version=1,
        asked_on=as_date(rules.pop("asked_on", None)) or home_today(),
    )
    contact.country = numbers.find_country(rules["number"]) if "number" in rules else None
    contact.state = rules.pop("state", None) or _first_state(client, contact.country)
    contact.sealed = sealed(contact, rules)
    db.session.add(contact)
    db.session.flush()
    if index:
        index_client(client)
    tell_cases_of(client.id, "contact.recorded", "contact", contact.id)
    record("recorded", "contact", contact.id, fields=sorted(rules))
    return contact


def change_contact(contact_id: UUID, data: Mapping[str, Any], version: int) -> ClientContact:
    """Ask the rules again and record the answers; the whole record is replaced. Raises StaleVersion."""
    policies.check_keeps_cases(acting())
    contact = get_contact(contact_id, lock=True)
    expect_version(contact, version, theirs=opened(contact))
    rules = _checked(data)
    contact.asked_on = as_date(rules.pop("asked_on", None)) or home_today()
    contact.state = rules.pop("state", None) or contact.state
    contact.country = numbers.find_country(rules["number"]) if "number" in rules else None
    contact.sealed = sealed(contact, rules)
    contact.version += 1
    db.session.flush()
    index_client(get_client(contact.client_id))
    tell_cases_of(contact.client_id, "contact.changed", "contact", contact.id)
    record("changed", "contact", contact.id, fields=sorted(rules))
    return contact


def set_number_state(contact_id: UUID, state: str) -> ClientContact:
    """Say whether a number may be used: at departure, when confirmed, when it is a stranger's."""
    policies.check_keeps_cases(acting())
    check_code("safe_contact.number_state", state)
    contact = get_contact(contact_id, lock=True)
    if contact.state != state:
        contact.state = state
        contact.version += 1
        db.session.flush()
        codes = {"safe_contact.number_state": state}
        tell_cases_of(contact.client_id, "contact.changed", "contact", contact.id, codes)
        record("changed", "contact", contact.id, fields=["state"])
    return contact


def stop_destination_numbers(client_id: UUID) -> int:
    """At departure: every number of the country she leaves becomes do-not-use until she confirms it.

    Returns how many.
    """
    here = home().country
    leaving = [
        contact
        for contact in list_contacts(client_id)
        if contact.number
        and contact.usable
        and (contact.country in (here, None) or contact.state == "destination_number")
    ]
    for contact in leaving:
        set_number_state(contact.id, "do_not_use")
    return len(leaving)


def stop_contact(client_id: UUID, reason: str, *, deceased_on: date | None = None) -> Client:
    """Nobody reaches the client any more, people and machines alike; what was planned ends in this same
    transaction. ``reason`` is the code of a reason whose flag stops all contact."""
    client = get_client(client_id, lock=True)
    if client.contact_stopped_at is None:
        client.contact_stopped_at = clock.now()
        tell_cases_of(client.id, "contact.stopped", "client", client.id)
    client.contact_stopped_reason = reason
    if reason == DIED:
        client.deceased_on = deceased_on or client.deceased_on or home_today()
    client.version += 1
    db.session.flush()
    record("contact-stopped", "client", client.id)
    for cancel in _stopping:
        cancel(client.id)
    return client


def resume_contact(client_id: UUID) -> Client:
    """The client wants to be reached again. Raises Conflict for somebody who died."""
    policies.check_keeps_cases(acting())
    client = get_client(client_id, lock=True)
    if client.contact_stopped_reason == DIED:
        raise Conflict(_("This client died."))
    if client.contact_stopped_at is not None:
        client.contact_stopped_at = client.contact_stopped_reason = None
        client.version += 1
        db.session.flush()
        tell_cases_of(client.id, "contact.resumed", "client", client.id)
        record("contact-resumed", "client", client.id)
    return client


def _checked(data: Mapping[str, Any]) -> dict[str, Any]:
    rules = check_record("contact", data)
    wrong: dict[str, list[Any]] = {}
    if number := rules.get("number"):
        phone = numbers.find_phone(number, home().country)
        if phone is None:
            message = _("Enter a phone number that is safe to call, or choose 'no safe number'.")
            wrong["number"] = [message]
        else:
            rules["number"] = phone
        for rule in RULES:
            if not rules.get(rule):
                wrong[rule] = [_("A number is kept only with its rules: choose one.")]
    elif not rules.get("channels"):
        wrong["channels"] = [_("Choose how the client can be reached, or 'no contact at all'.")]
    if "none" in rules.get("channels", ()) and len(rules["channels"]) > 1:
        wrong["channels"] = [_("'No contact at all' goes with no other way.")]
    if rules.get("check") in ("phrase", "question", "danger_word") and not rules.get("phrase"):
        wrong["phrase"] = [_("Write down what was agreed.")]
    if wrong:
        raise Invalid(fields=wrong)
    return rules


def _first_state(client: Client, country: str | None) -> str:
    """A number of the country where a migrant is now will not be hers after she has left."""
    here = home().country
    away_from_home = client.nationality is not None and client.nationality != here
    return "destination_number" if country == here and away_from_home else "in_use"
