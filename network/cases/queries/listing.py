"""The centre's list of cases: read as columns, because a list opens nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from network.cases import ages
from network.cases.models import CaseFile, CaseNeed, Client, ClientRelationship
from network.cases.queries.cards import home_today
from network.cases.queries.records import CaseRow
from network.cases.states import CaseState
from network.core.db import db
from network.tenants.context import acting
from network.web.paging import PAGE_SIZE, Page, page_of

_CASE, _CLIENT, _NEED = CaseFile.__table__.c, Client.__table__.c, CaseNeed.__table__.c

_RELATION = ClientRelationship.__table__.c
_CHILDREN = frozenset({"0-4", "5-11", "12-17", ages.CHILD_UNKNOWN})


class _Listed(NamedTuple):
    """The columns of a row, in the order of ``_LIST``."""

    id: UUID
    client_id: UUID
    reference: str
    client_reference: str
    restricted: bool
    state: str
    custody: str
    priority: str
    opened_on: date
    assignee_account_id: UUID | None
    birth_year: int | None
    is_child: bool
    sex: str
    nationality: str | None


_LIST = select(
    _CASE.id,
    _CASE.client_id,
    _CASE.reference,
    _CLIENT.reference.label("client_reference"),
    _CASE.restricted,
    _CASE.state,
    _CASE.custody,
    _CASE.priority,
    _CASE.opened_on,
    _CASE.assignee_account_id,
    _CLIENT.birth_year,
    _CLIENT.is_child,
    _CLIENT.sex,
    _CLIENT.nationality,
).where(_CLIENT.tenant_id == _CASE.tenant_id, _CLIENT.id == _CASE.client_id)

_NEEDS = (
    select(_NEED.case_id, _NEED.need_code)
    .where(
        _NEED.tenant_id == bindparam("tenant"),
        _NEED.case_id == func.any(bindparam("cases", type_=ARRAY(Uuid))),
    )
    .order_by(_NEED.id)
)


def list_cases(
    cursor: str | None = None,
    *,
    mine: bool = False,
    state: str | None = CaseState.OPEN,
    need: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[CaseRow]:
    """The centre's cases as far as we may see them, opened last first; ``state`` None: of every state.

    ``mine``: those assigned to who asks. Two queries, whatever the length. Names nobody. Raises Invalid for
    a cursor that is not of this list.
    """
    statement = _LIST.where(_CASE.tenant_id == acting().tenant)
    if mine:
        statement = statement.where(_CASE.assignee_account_id == acting().account)
    if state is not None:
        statement = statement.where(_CASE.state == state)
    if need is not None:
        holding = select(_NEED.case_id).where(_NEED.tenant_id == acting().tenant, _NEED.need_code == need)
        statement = statement.where(_CASE.id.in_(holding))
    page: Page[_Listed] = page_of(
        statement,
        [_CASE.id],
        name=f"cases {mine} {state} {need}",
        cursor=cursor,
        size=size,
        make=lambda columns: _Listed(*columns),
    )
    return Page(_with_needs(page.items), page.next_cursor)


def list_newest(size: int) -> list[CaseRow]:
    """The open cases of who asks that were opened last; who came with a child stands above it."""
    rows = list_cases(mine=True, size=2 * size).items  # a child's parent may stand just below the last
    return _adult_first(rows)[:size]


def _adult_first(rows: Sequence[CaseRow]) -> list[CaseRow]:
    """Each child right after the first grown-up of the list to whom it is linked, where the first of them stood."""
    children = [row.client_id for row in rows if row.age_band in _CHILDREN]
    grown = [row.client_id for row in rows if row.age_band not in _CHILDREN]
    if not children or not grown:
        return list(rows)
    links = db.session.execute(
        select(_RELATION.client_id, _RELATION.related_client_id).where(
            _RELATION.tenant_id == acting().tenant,
            _RELATION.client_id.in_(children),
            _RELATION.related_client_id.in_(grown),
        )
    )
    adults: dict[UUID, set[UUID]] = {}
    for child, adult in links:
        adults.setdefault(child, set()).add(adult)
    heads = {
        child: next(one for one in grown if one in linked) for child, linked in adults.items()
    }  # by client
    first: dict[UUID, int] = {}
    for place, row in enumerate(rows):
        first.setdefault(heads.get(row.client_id, row.client_id), place)
    return sorted(
        rows, key=lambda row: (first[heads.get(row.client_id, row.client_id)], row.client_id in heads)
    )


def _with_needs(rows: Sequence[_Listed]) -> list[CaseRow]:
    needs: dict[UUID, list[str]] = {row.id: [] for row in rows}
    if rows:
        asked = {"tenant": acting().tenant, "cases": list(needs)}
        for case_id, code in db.session.execute(_NEEDS, asked):
            needs[case_id].append(code)
    today = home_today()
    return [
        CaseRow(
            id=row.id,
            client_id=row.client_id,
            reference=row.reference,
            client_reference=row.client_reference,
            restricted=row.restricted,
            state=row.state,
            custody=row.custody,
            priority=row.priority,
            opened_on=row.opened_on,
            assignee_account_id=row.assignee_account_id,
            age_band=ages.band(ages.age(None, row.birth_year, today), row.is_child),
            sex=row.sex,
            nationality=row.nationality,
            needs=tuple(needs[row.id]),
        )
        for row in rows
    ]
