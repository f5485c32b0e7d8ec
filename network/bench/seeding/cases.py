"""The rows of an invented case: what it is about, what was done, its timeline, consent, and the audit of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from network.audit.models import AuditEvent
from network.bench.seeding.clients import Centre, Registered, at_noon, sealed
from network.bench.seeding.people import NOTES, Trouble
from network.bench.seeding.rows import Rows
from network.cases.models import CaseEvent, CaseFile, CaseNeed, CaseNote, ServiceRecord
from network.core.ids import new_id

OPEN_SHARE, PAUSED_SHARE = 0.3, 0.03


@dataclass(frozen=True)
class Opened:
    """A case whose rows are written down: what the rows below it repeat. ``needs`` are their rows, by code."""

    id: UUID
    client: Registered
    trouble: Trouble
    needs: Mapping[str, dict[str, Any]]
    state: str
    opened_on: date
    centre: Centre

    def below(self) -> dict[str, Any]:
        """The columns by which a row hangs on it."""
        return {"case_id": self.id, **self.client.below(self.centre)}


def open_case(
    rows: Rows, centre: Centre, client: Registered, trouble: Trouble, dice: random.Random, day: date
) -> Opened:
    """Write down a case that was opened on this day, with everything that was done since."""
    state = _state(dice)
    closed_on = day + timedelta(days=dice.randint(10, 200)) if state == "closed" else None
    case_id = new_id()
    told = {"summary": trouble.summary, "what_happened": trouble.what_happened}
    rows.add(
        CaseFile,
        id=case_id,
        **client.below(centre),
        reference=centre.reference(),
        state=state,
        closed_reason="goals_met" if closed_on else None,
        opened_on=day,
        closed_on=closed_on,
        assignee_account_id=client.worker,
        priority=trouble.priority,
        custody="held",
        sealed=sealed(CaseFile, client.key, centre.tenant_id, case_id, told),
        version=1,
        created_at=at_noon(day),
        created_by=client.worker,
    )
    case = Opened(case_id, client, trouble, {}, state, day, centre)
    tell(rows, case, at_noon(day), "case.opened")
    if client.contact_id is not None and client.at.date() == day:
        tell(rows, case, at_noon(day, 1), "contact.recorded", "contact", client.contact_id)
    case = replace(case, needs=_record_needs(rows, case))
    _work(rows, case, dice, day)
    if closed_on is not None:
        codes = {"reasons.case_closed": "goals_met"}
        tell(rows, case, at_noon(closed_on), "case.closed", codes=codes)
        who = Acting(centre.tenant_id, client.worker, "caseworker")
        note(rows, who, at_noon(closed_on), "closed", "case", case_id, reason="goals_met")
    audit(rows, centre, client, at_noon(day), "opened", "case", case_id)
    return case


def tell(
    rows: Rows,
    case: Opened,
    at: datetime,
    kind: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    codes: dict[str, str] | None = None,
    *,
    by_us: bool = True,
) -> None:
    """A line of the timeline: what her caseworker did, or what the other side did."""
    rows.add(
        CaseEvent,
        id=new_id(),
        **case.below(),
        at=at,
        kind=kind,
        actor_account_id=case.client.worker if by_us else None,
        subject_kind=subject_kind,
        subject_id=subject_id,
        codes=codes or {},
    )


def audit_registration(rows: Rows, centre: Centre, client: Registered) -> None:
    """What the trail holds of her registration."""
    recorded = (("contact", client.contact_id), ("document", client.document_id))
    for kind, object_id in recorded:
        if object_id is not None:
            audit(rows, centre, client, client.at, "recorded", kind, object_id)
    audit(rows, centre, client, client.at, "registered", "client", client.id)


def audit(
    rows: Rows, centre: Centre, client: Registered, at: datetime, action: str, kind: str, object_id: UUID
) -> None:
    """An entry of the trail by her caseworker; its chain is the database's own work."""
    note(rows, Acting(centre.tenant_id, client.worker, "caseworker"), at, action, kind, object_id)


@dataclass(frozen=True)
class Acting:
    """Who does something, for which tenant; without an account it is the platform's own work."""

    tenant_id: UUID
    account_id: UUID | None = None
    role: str | None = None


def note(
    rows: Rows,
    who: Acting,
    at: datetime,
    action: str,
    kind: str,
    object_id: UUID,
    *,
    fields: Iterable[str] = (),
    reason: str | None = None,
) -> None:
    """An entry of the trail."""
    rows.add(
        AuditEvent,
        tenant_id=who.tenant_id,
        id=new_id(),
        at=at,
        actor_kind="staff" if who.account_id else "job",
        account_id=who.account_id,
        roles=[who.role] if who.role else [],
        action=action,
        object_kind=kind,
        object_id=object_id,
        fields=list(fields),
        outcome="ok",
        reason=reason,
    )


def _state(dice: random.Random) -> str:
    drawn = dice.random()
    return "open" if drawn < OPEN_SHARE else "paused" if drawn < OPEN_SHARE + PAUSED_SHARE else "closed"


def _record_needs(rows: Rows, case: Opened) -> dict[str, dict[str, Any]]:
    recorded = {}
    for code in case.trouble.needs:
        recorded[code] = record_need(rows, case, code, at_noon(case.opened_on, 2))
    return recorded


def record_need(rows: Rows, case: Opened, code: str, at: datetime) -> dict[str, Any]:
    """Write down what she needs; its row."""
    need_id, met = new_id(), case.state == "closed"
    tell(rows, case, at, "need.recorded", "need", need_id, {"needs": code})
    audit(rows, case.centre, case.client, at, "recorded", "need", need_id)
    return rows.add(
        CaseNeed,
        id=need_id,
        **case.below(),
        need_code=code,
        state="met" if met else "open",
        recorded_on=case.opened_on,
        ended_on=case.opened_on if met else None,
        version=1,
    )


def _work(rows: Rows, case: Opened, dice: random.Random, day: date) -> None:
    """Some notes and services, a few days apart."""
    client, tenant_id = case.client, case.centre.tenant_id
    for number in range(dice.randint(0, 4)):
        note_id, at = new_id(), at_noon(day + timedelta(days=3 * number), 5)
        rows.add(
            CaseNote,
            id=note_id,
            **case.below(),
            author_account_id=client.worker,
            at=at,
            sealed=sealed(CaseNote, client.key, tenant_id, note_id, {"text": dice.choice(NOTES)}),
        )
        tell(rows, case, at, "note.written", "note", note_id)
        audit(rows, case.centre, client, at, "recorded", "note", note_id)
    for number in range(dice.randint(0, 2)):
        service_id, code = new_id(), dice.choice(case.trouble.needs)
        delivered_on = day + timedelta(days=5 * number + 1)
        rows.add(
            ServiceRecord,
            id=service_id,
            **case.below(),
            need_code=code,
            delivered_on=delivered_on,
            mode="in_person",
            outcome="served_part",
            account_id=client.worker,
            sealed=sealed(ServiceRecord, client.key, tenant_id, service_id, {}),
        )
        codes = {"needs": code, "service_outcomes": "served_part"}
        tell(rows, case, at_noon(delivered_on), "service.recorded", "service", service_id, codes)
        audit(rows, case.centre, client, at_noon(delivered_on), "recorded", "service", service_id)
