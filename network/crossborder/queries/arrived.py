"""What an arrival at home has brought about by itself, and still stands open in the own case."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from network.accounts.permissions import Permission
from network.cases.queries import get_case, list_needs
from network.cases.states import CaseState, Custody, NeedState
from network.tenants.context import acting

# Who has come home has travelled; what else she needs (her wages, a shelter) goes on.
BY_ARRIVAL = "return.travel"


def travel_still_open(case_id: UUID | None, went: Iterable[tuple[str, str]]) -> UUID | None:
    """The need of the journey home, where she has come home and nobody has said yet that it is met; None where who
    looks cannot say so. ``went``: the modes and journeys of the case's handoffs."""
    if case_id is None or Permission.CASE_EDIT not in acting().permissions:
        return None
    if not any(journey == "arrived" and mode != "pre_departure" for mode, journey in went):
        return None
    case = get_case(case_id)
    if case.custody != Custody.HELD or case.state == CaseState.CLOSED:
        return None
    waiting = (NeedState.OPEN, NeedState.IN_PROGRESS)
    return next(
        (one.id for one in list_needs(case_id) if one.need_code == BY_ARRIVAL and one.state in waiting), None
    )
