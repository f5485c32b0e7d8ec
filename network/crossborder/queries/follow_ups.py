"""Follow-ups: what is due, what a case has planned, and one with what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from network.cases import ages
from network.cases.envelopes import opened
from network.cases.models import CaseFile, Client
from network.cases.queries.cards import ClientCard, Contact, card_of, home_today
from network.cases.queries.clients import get_client, list_contacts
from network.core.db import db
from network.core.errors import NotFound
from network.crossborder.models import FollowUp
from network.crossborder.queries.contact import AskAgain, ask_again
from network.crossborder.states import FOLLOW_UP, OPEN_FOLLOW_UPS
from network.tenants.context import acting
from network.tenants.rows import get_own
from network.web.paging import PAGE_SIZE, Page, page_of

# She may always come or call by herself, whatever was agreed about reaching her.
HER_OWN_WAYS = frozenset({"client_calls_us", "at_centre"})
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class FollowUpRow:
    """A follow-up as a list shows it: nothing that names anybody."""

    id: UUID
    case_id: UUID
    case_reference: str
    code: str
    state: str
    due_on: date
    attempts: int
    age_band: str
    sex: str
    version: int
    assignee_account_id: UUID | None
    done_at: datetime | None
    situation: str | None
    lost_reason: str | None
    stopped_reason: str | None


@dataclass(frozen=True)
class FollowUpPage:
    """One follow-up with all that its page shows: the card, the ways to reach her, and what may be done."""

    row: FollowUpRow
    card: ClientCard
    contacts: tuple[Contact, ...]
    channels: tuple[str, ...]
    channel: str | None
    note: str
    moves: tuple[str, ...]
    exchange_id: UUID | None
    ask_again: AskAgain | None


def get_follow_up(follow_up_id: UUID, *, lock: bool = False) -> FollowUp:
    """A follow-up; raises ``NotFound``."""
    return get_own(FollowUp, follow_up_id, lock=lock)


def list_of_case(case_id: UUID) -> list[FollowUp]:
    """The follow-ups of a case, soonest first."""
    return list(
        db.session.scalars(
            select(FollowUp)
            .where(FollowUp.tenant_id == acting().tenant, FollowUp.case_id == case_id)
            .order_by(FollowUp.due_on, FollowUp.id)
        )
    )


def list_open_of_client(client_id: UUID) -> list[FollowUp]:
    """What is still planned with a client, in any of her cases, locked: to be stopped."""
    return _open_ones(FollowUp.client_id == client_id)


def list_open_of_case(case_id: UUID) -> list[FollowUp]:
    """What is still planned in a case, locked: to be stopped."""
    return _open_ones(FollowUp.case_id == case_id)


def _open_ones(of: ColumnElement[bool]) -> list[FollowUp]:
    # What somebody records meanwhile is waited for, and is no longer open then.
    return list(
        db.session.scalars(
            select(FollowUp)
            .where(FollowUp.tenant_id == acting().tenant, of, FollowUp.state.in_(OPEN_FOLLOW_UPS))
            .order_by(FollowUp.due_on, FollowUp.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def follow_ups_due(
    cursor: str | None = None, *, mine: bool = False, size: int = PAGE_SIZE
) -> Page[FollowUpRow]:
    """What is due, missed, or comes within two weeks, soonest first; names nobody."""
    statement = _rows().where(FollowUp.state.in_(OPEN_FOLLOW_UPS), FollowUp.due_on <= home_today() + AHEAD)
    if mine:
        statement = statement.where(FollowUp.assignee_account_id == acting().account)
    return page_of(
        statement,
        [FollowUp.due_on, FollowUp.id],
        name="follow-ups.mine" if mine else "follow-ups",
        cursor=cursor,
        size=size,
        descending=False,
        make=_row,
    )


def count_due() -> int:
    """How many follow-ups are due or missed, as far as we may see them."""
    counted = (
        select(db.func.count())
        .select_from(FollowUp)
        .where(FollowUp.tenant_id == acting().tenant, FollowUp.state.in_(("due", "missed")))
    )
    return db.session.scalar(counted) or 0


def follow_ups_of_case(case_id: UUID) -> list[FollowUpRow]:
    """The plan of a case, soonest first."""
    rows = db.session.execute(
        _rows().where(FollowUp.case_id == case_id).order_by(FollowUp.due_on, FollowUp.id)
    )
    return [_row(row) for row in rows]


def follow_up_page(follow_up_id: UUID) -> FollowUpPage:
    """One follow-up; raises ``NotFound``. The number of queries does not depend on it."""
    found = db.session.execute(_rows().where(FollowUp.id == follow_up_id)).first()
    if found is None:
        raise NotFound
    follow_up, _case, client = found
    contacts = list_contacts(client.id)
    return FollowUpPage(
        row=_row(found),
        card=card_of(client),
        contacts=tuple(one for one in contacts if one.usable),
        channels=tuple(sorted(_channels(client, contacts))),
        channel=follow_up.channel,
        note=opened(follow_up).get("note", "") if follow_up.sealed else "",
        moves=FOLLOW_UP.open_to(follow_up.state, "receiver"),
        exchange_id=follow_up.exchange_id,
        ask_again=ask_again(client.id, list_of_case(follow_up.case_id)),
    )


def allowed_channels(client_id: UUID) -> frozenset[str]:
    """The ways agreed with her, by the rules of the numbers in use; that she comes or calls is always allowed."""
    return _channels(get_client(client_id), list_contacts(client_id))


def _channels(client: Client, contacts: list[Contact]) -> frozenset[str]:
    if client.contact_stopped_at is not None:
        return HER_OWN_WAYS
    agreed = {channel for one in contacts if one.usable for channel in one.rules.get("channels") or ()}
    return frozenset(agreed - {"none"}) | HER_OWN_WAYS


def _rows() -> Select[Any]:
    statement = (
        select(FollowUp, CaseFile, Client)
        .join(CaseFile, (CaseFile.tenant_id == FollowUp.tenant_id) & (CaseFile.id == FollowUp.case_id))
        .join(Client, (Client.tenant_id == FollowUp.tenant_id) & (Client.id == FollowUp.client_id))
        .where(FollowUp.tenant_id == acting().tenant)
    )
    return cast("Select[Any]", statement)


def _row(found: Any) -> FollowUpRow:
    follow_up, case, client = found
    years = ages.age(None, client.birth_year, follow_up.due_on)
    return FollowUpRow(
        id=follow_up.id,
        case_id=case.id,
        case_reference=case.reference,
        code=follow_up.code,
        state=follow_up.state,
        due_on=follow_up.due_on,
        attempts=follow_up.attempts,
        age_band=ages.band(years, client.is_child),
        sex=client.sex,
        version=follow_up.version,
        assignee_account_id=follow_up.assignee_account_id,
        done_at=follow_up.done_at,
        situation=follow_up.situation,
        lost_reason=follow_up.lost_reason,
        stopped_reason=follow_up.stopped_reason,
    )
