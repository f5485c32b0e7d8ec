"""What a client needs, where, what has become of it, and that nobody gave it."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from network.audit.trail import record
from network.cases import policies
from network.cases.models import CaseFile, CaseNeed
from network.cases.models.casework import PRIORITIES
from network.cases.operations.events import OfCase, write_event
from network.cases.operations.team import restrict_client
from network.cases.queries.cards import home, home_today
from network.cases.queries.cases import get_case, list_needs
from network.cases.queries.rows import get_row
from network.cases.states import NeedState
from network.core import vocabulary
from network.core.db import answers, db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.core.terms import Reason
from network.directory.geo import get_place
from network.directory.operations import record_service_gap
from network.tenants.context import acting

ENDED = frozenset({NeedState.MET, NeedState.NOT_MET, NeedState.WITHDRAWN})

_NEED = cast(Table, CaseNeed.__table__)
_CHANGE = (
    update(_NEED)
    .where(
        _NEED.c.tenant_id == bindparam("tenant"),
        _NEED.c.case_id == bindparam("case"),
        _NEED.c.need_code == func.any(bindparam("codes", type_=ARRAY(Text()))),
        _NEED.c.state != func.all(bindparam("stay", type_=ARRAY(Text()))),
    )
    .values(state=bindparam("to"), ended_on=bindparam("ended"), version=_NEED.c.version + 1)
    .returning(_NEED.c.id, _NEED.c.need_code)
)


def add_need(
    case_id: UUID, need_code: str, *, place_code: str | None = None, restricted: bool | None = None
) -> CaseNeed:
    """Record what else she needs. A need that opens restricted restricts her, unless ``restricted`` is
    False. Raises Conflict where it stands recorded."""
    need = vocabulary.need(need_code)
    case = get_case(case_id, lock=True)
    policies.check_may_write_case(acting(), case)
    if restricted or (restricted is None and need.opens_restricted):
        restrict_client(case.client_id)
    recorded = record_need(case, need.code, place_code)
    if PRIORITIES.index(need.default_priority) < PRIORITIES.index(case.priority):
        case.priority = need.default_priority
        db.session.flush()
    return recorded


def set_need_state(need_id: UUID, state: str) -> CaseNeed:
    """Say what has become of a need."""
    need = get_row(CaseNeed, need_id, lock=True)
    case = get_case(need.case_id)
    policies.check_may_write_case(acting(), case)
    if state not in tuple(NeedState):
        raise Invalid(fields={"state": [_("Choose from the list.")]})
    if need.state != state:
        change_need(case, need, state)
    return need


def change_need(case: OfCase, need: CaseNeed, state: str) -> None:
    """Move a need at hand to a state, with its line in the timeline."""
    need.state = state
    need.ended_on = home_today() if state in ENDED else None
    need.version += 1
    db.session.flush()
    _tell(case, need.id, need.need_code, state)


def change_needs(
    case: OfCase, codes: Collection[str], state: NeedState, *, but: Collection[NeedState] = ()
) -> None:
    """Move those of a case's needs that have one of these codes to a state, each with its line in the timeline;
    whatever is in that state already, or in one of ``but``, stays."""
    asked = {
        "tenant": acting().tenant,
        "case": case.id,
        "codes": list(codes),
        "stay": [str(one) for one in {*but, state}],
        "to": str(state),
        "ended": home_today() if state in ENDED else None,
    }
    [changed] = answers((_CHANGE, [asked]))
    for need_id, code in sorted(changed):
        _tell(case, need_id, code, state)


def _tell(case: OfCase, need_id: UUID, code: str, state: str) -> None:
    write_event(case, "need.changed", "need", need_id, {"needs": code, "need_state": state})
    record("changed", "need", need_id, fields=["state"])


def record_need(case: CaseFile, code: str, place_code: str | None) -> CaseNeed:
    """Record a need of a case at hand. Raises Conflict where it stands recorded."""
    standing = select(CaseNeed).where(
        CaseNeed.tenant_id == case.tenant_id, CaseNeed.case_id == case.id, CaseNeed.need_code == code
    )
    if db.session.scalars(standing).one_or_none() is not None:
        raise Conflict(_("This need is recorded already."))
    need = CaseNeed(
        tenant_id=case.tenant_id,
        id=new_id(),
        case_id=case.id,
        client_id=case.client_id,
        restricted=case.restricted,
        need_code=code,
        state=NeedState.OPEN,
        place_code=get_place(place_code).code if place_code else None,
        recorded_on=home_today(),
        version=1,
    )
    db.session.add(need)
    db.session.flush()
    write_event(case, "need.recorded", "need", need.id, {"needs": code})
    record("recorded", "need", need.id)
    return need


def record_gaps(case: CaseFile, ground: Reason) -> None:
    """What she needed and nobody gave is counted as a gap, without her where she is restricted."""
    for need in list_needs(case.id):
        if need.state in (NeedState.OPEN, NeedState.IN_PROGRESS):
            place = get_place(need.place_code) if need.place_code else None
            record_service_gap(
                need.need_code,
                place.name if place else "",
                place.country if place else home().country,
                case_id=None if case.restricted else case.id,
                barrier_list=ground.list_name,
                barrier_code=ground.code,
            )
