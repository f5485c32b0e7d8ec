"""The incident register: what went wrong with somebody's data, was she told, what was done."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases import policies
from network.cases.card.values import check
from network.cases.envelopes import opened, sealed
from network.cases.models import Incident
from network.cases.operations.casework import NOTE
from network.cases.operations.events import write_event
from network.cases.queries.cards import home_today
from network.cases.queries.cases import get_case
from network.cases.queries.clients import get_client
from network.cases.queries.rows import get_row
from network.cases.states import IncidentState
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid, UnknownCode
from network.core.ids import new_id
from network.tenants.context import acting


def open_incident(
    kind: str,
    *,
    client_id: UUID | None = None,
    case_id: UUID | None = None,
    exchange_id: UUID | None = None,
    note: str = "",
) -> Incident:
    """Open an entry. ``kind`` is the list and code of a reason that opens incidents
    (``withdrawal.sent_wrong_recipient``); raises UnknownCode for another."""
    list_name, _, code = kind.partition(".")
    ground = vocabulary.reason(list_name, code) if f"reasons.{list_name}" in vocabulary.list_names() else None
    if ground is None or not (ground.opens_incident or ground.opens_incident_if):
        raise UnknownCode("no such kind of incident", given=kind[:80])
    case = get_case(case_id) if case_id is not None else None
    about = case.client_id if case is not None else client_id
    client = get_client(about) if about is not None else None
    words = check(NOTE, note)
    incident = Incident(
        tenant_id=acting().tenant,
        id=new_id(),
        client_id=client.id if client else None,
        case_id=case.id if case else None,
        restricted=client.restricted if client else False,
        exchange_id=exchange_id,
        kind=kind,
        state=IncidentState.OPEN,
        opened_at=clock.now(),
        opened_by=acting().account_id,
        version=1,
    )
    incident.sealed = sealed(incident, {"note": words} if words else {})
    db.session.add(incident)
    db.session.flush()
    if case is not None:
        write_event(case, "incident.opened", "incident", incident.id, {f"reasons.{list_name}": code})
    record("opened", "incident", incident.id)
    return incident


def close_incident(incident_id: UUID, *, done: str, client_told_on: date | None = None) -> Incident:
    """Close an entry with what was done. Raises Invalid without it."""
    policies.check_keeps_cases(acting())
    incident = get_row(Incident, incident_id, lock=True)
    if incident.state == IncidentState.CLOSED:
        raise Conflict(_("This incident is closed already."))
    words = check(NOTE, done)
    if not words:
        raise Invalid(fields={"done": [_("Say what was done.")]})
    if client_told_on is not None and client_told_on > home_today():
        raise Invalid(fields={"client_told_on": [_("Enter a day that has come.")]})
    incident.sealed = sealed(incident, opened(incident) | {"done": words})
    incident.state, incident.closed_at = IncidentState.CLOSED, clock.now()
    incident.client_told_on = client_told_on
    incident.version += 1
    db.session.flush()
    record("closed", "incident", incident.id)
    return incident
