"""Services delivered to a client, by this centre or by a partner."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.background.outbox import enqueue
from network.cases import policies
from network.cases.card.values import check
from network.cases.envelopes import sealed
from network.cases.models import CaseFile, CaseNeed, ServiceRecord
from network.cases.models.casework import MODES
from network.cases.operations.casework import NOTE
from network.cases.operations.events import write_event
from network.cases.operations.needs import change_need
from network.cases.queries.cards import home_today
from network.cases.queries.cases import get_case
from network.cases.states import NeedState
from network.core import vocabulary
from network.core.db import db
from network.core.errors import Invalid
from network.core.ids import new_id
from network.tenants.context import acting

# Whoever handed the case over may be told of the first service: work of the floor above.
SERVED = "handoff.served"

# What an outcome says of the need that it answers; the others leave it as it is.
_NEED_AFTER = {
    "served_full": NeedState.MET,
    "served_part": NeedState.IN_PROGRESS,
    "ongoing": NeedState.IN_PROGRESS,
}


def record_service(
    case_id: UUID,
    *,
    need_code: str,
    delivered_on: date,
    outcome: str,
    mode: str = "in_person",
    organization_id: UUID | None = None,
    exchange_id: UUID | None = None,
    note: str = "",
) -> ServiceRecord:
    """Record one service delivered: by ``organization_id`` through ``exchange_id``, or by ourselves.

    A case that was handed over takes none; one that is closed neither. Raises Invalid.
    """
    case = get_case(case_id)
    policies.check_may_write_case(acting(), case)
    vocabulary.check("needs", need_code)
    vocabulary.check("service_outcomes", outcome)
    wrong = {}
    if mode not in MODES:
        wrong["mode"] = [_("Choose from the list.")]
    if delivered_on > home_today():
        wrong["delivered_on"] = [_("Enter a day that has come.")]
    if wrong:
        raise Invalid(fields=wrong)
    words = check(NOTE, note)
    service = ServiceRecord(
        tenant_id=case.tenant_id,
        id=new_id(),
        case_id=case.id,
        client_id=case.client_id,
        restricted=case.restricted,
        need_code=need_code,
        delivered_on=delivered_on,
        mode=mode,
        outcome=outcome,
        account_id=None if organization_id else acting().account_id,
        organization_id=organization_id,
        exchange_id=exchange_id,
    )
    service.sealed = sealed(service, {"note": words} if words else {})
    db.session.add(service)
    db.session.flush()
    codes = {"needs": need_code, "service_outcomes": outcome}
    write_event(case, "service.recorded", "service", service.id, codes)
    record("recorded", "service", service.id)
    _carry_to_need(case, need_code, outcome)
    if case.origin_exchange_id is not None:
        enqueue(SERVED, case.origin_exchange_id)
    return service


def _carry_to_need(case: CaseFile, need_code: str, outcome: str) -> None:
    after = _NEED_AFTER.get(outcome)
    statement = select(CaseNeed).where(
        CaseNeed.tenant_id == case.tenant_id, CaseNeed.case_id == case.id, CaseNeed.need_code == need_code
    )
    need = db.session.scalars(statement).one_or_none()
    if after and need and need.state in (NeedState.OPEN, NeedState.IN_PROGRESS) and need.state != after:
        change_need(case, need, after)
