"""The trail of the acting tenant, newest first, with names of colleagues and references of records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Select, Table, select

from network.accounts.permissions import Permission
from network.accounts.queries import names_of, names_of_members
from network.audit.models import AuditEvent
from network.cases.models import CaseFile, Client
from network.core import clock
from network.core.db import db
from network.core.errors import Invalid
from network.core.references import is_valid_reference, normalise_reference
from network.exchange.models import Exchange, ExchangeSide
from network.tenants.context import acting
from network.web.paging import PAGE_SIZE, Page, page_of

SHOWN_DAYS = 30
PLATFORM = "platform"  # in place of an account: what nobody did, but the platform's own jobs
MOST_EXPORTED = 20_000

EVENT = cast(Table, AuditEvent.__table__).c
# Kinds that are about no client: why and which fields is told to everybody who may read the trail.
OF_THE_HOUSE = frozenset(
    {
        "account",
        "audit_trail",
        "directory_search",
        "focal_point",
        "location",
        "membership",
        "organization",
        "place_alias",
        "route",
    }
    | {"service", "service_at_location", "service_gap", "session", "tenant"}
)
# Records that people call by a reference, by the kind that the trail gives them.
REFERENCED: tuple[tuple[tuple[str, ...], type[CaseFile] | type[Client] | type[Exchange]], ...] = (
    (("client",), Client),
    (("case",), CaseFile),
    (("referral", "handoff", "exchange"), Exchange),
)


@dataclass(frozen=True)
class Wanted:
    """Which entries: days in the tenant's zone, both included. ``about`` are the ids of records; None is all."""

    since: date
    until: date | None = None
    action: str | None = None
    who: str | None = None
    about: tuple[UUID, ...] | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Entry:
    """An entry as it is read: ``name`` and ``reference`` are None where who looks may not know them.

    ``member`` is the colleague whom an act was about: who was let in, shut out, given other roles.
    """

    seq: int
    at: datetime
    actor_kind: str
    account_id: UUID | None
    name: str | None
    roles: list[str]
    action: str
    object_kind: str
    object_id: UUID | None
    reference: str | None
    member: str | None
    fields: list[str]
    outcome: str
    reason: str | None
    request_id: str | None
    hash: bytes


class _Held(NamedTuple):
    """The columns of an entry, in the order of ``_columns``."""

    seq: int
    at: datetime
    actor_kind: str
    account_id: UUID | None
    roles: list[str]
    action: str
    object_kind: str
    object_id: UUID | None
    fields: list[str]
    outcome: str
    reason: str | None
    request_id: str | None
    hash: bytes


def wanted(given: dict[str, Any]) -> Wanted:
    """What was asked for; without a first day, the last thirty days. Raises ``Invalid`` for an unknown reference."""
    since = given["since"] or clock.today(acting().time_zone) - timedelta(days=SHOWN_DAYS)
    about = _ids_of(given["about"]) if given["about"] else None
    return Wanted(since, given["until"], given["action"], given["who"], about, given["outcome"])


def trail(asked: Wanted, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Entry]:
    """A page of entries, newest first. Raises ``Invalid`` for a cursor that is not of this search."""
    return _page(_statement(asked), f"audit {asked}", cursor, size)


def whole_trail(asked: Wanted) -> list[Entry]:
    """All entries at once, to be taken along; raises ``Invalid`` where they are too many for one file."""
    rows = db.session.execute(
        _statement(asked).order_by(EVENT.at.desc(), EVENT.seq.desc()).limit(MOST_EXPORTED + 1)
    ).all()
    if len(rows) > MOST_EXPORTED:
        message = _("There are more than %(most)s entries. Choose fewer days.", most=MOST_EXPORTED)
        raise Invalid(fields={"since": [message]})
    return _told([_Held._make(row) for row in rows])


def trail_of_case(case_id: UUID, client_id: UUID, cursor: str | None = None) -> Page[Entry]:
    """Whatever was done about a case, its client and its referrals and handoffs, newest first."""
    exchanges = db.session.scalars(
        select(ExchangeSide.exchange_id).where(
            ExchangeSide.tenant_id == acting().tenant, ExchangeSide.case_id == case_id
        )
    )
    about = (case_id, client_id, *exchanges)
    return _page(_columns().where(EVENT.object_id.in_(about)), f"audit of {case_id}", cursor)


def _page(statement: Select[Any], name: str, cursor: str | None, size: int = PAGE_SIZE) -> Page[Entry]:
    page: Page[_Held] = page_of(
        statement, [EVENT.at, EVENT.seq], name=name, cursor=cursor, size=size, make=_Held._make
    )
    return Page(_told(page.items), page.next_cursor)


def _columns() -> Select[Any]:
    return select(
        EVENT.seq,
        EVENT.at,
        EVENT.actor_kind,
        EVENT.account_id,
        EVENT.roles,
        EVENT.action,
        EVENT.object_kind,
        EVENT.object_id,
        EVENT.fields,
        EVENT.outcome,
        EVENT.reason,
        EVENT.request_id,
        EVENT.hash,
    ).where(EVENT.tenant_id == acting().tenant)


def _statement(asked: Wanted) -> Select[Any]:
    statement = _columns().where(EVENT.at >= _midnight(asked.since))
    if asked.until:
        statement = statement.where(EVENT.at < _midnight(asked.until + timedelta(days=1)))
    if asked.action:
        statement = statement.where(EVENT.action == asked.action)
    if asked.who == PLATFORM:
        # A sign-in is written by the gate, but on behalf of an account: somebody did it.
        statement = statement.where(EVENT.actor_kind == "job", EVENT.account_id.is_(None))
    elif asked.who:
        statement = statement.where(EVENT.account_id == UUID(asked.who))
    if asked.about is not None:
        statement = statement.where(EVENT.object_id.in_(asked.about))
    if asked.outcome:
        statement = statement.where(EVENT.outcome == asked.outcome)
    return statement


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(acting().time_zone))


def _told(rows: Sequence[_Held]) -> list[Entry]:
    """The entries with names and references: five queries at most, however many entries."""
    names = names_of({row.account_id for row in rows if row.account_id})
    members = names_of_members(
        {row.object_id for row in rows if row.object_kind == "membership" and row.object_id}
    )
    references: dict[UUID, str] = {}
    for kinds, model in REFERENCED:
        references |= _references(model, {row.object_id for row in rows if row.object_kind in kinds})
    return [
        _entry(
            row,
            names.get(row.account_id) if row.account_id else None,
            references.get(row.object_id) if row.object_id else None,
            members.get(row.object_id) if row.object_id else None,
        )
        for row in rows
    ]


def _entry(row: _Held, name: str | None, reference: str | None, member: str | None) -> Entry:
    """Reasons and fields of an entry about a client are for those who may open the record; others see the act."""
    opens_cases = bool({Permission.CASE_VIEW, Permission.INBOX_VIEW} & acting().permissions)
    told = row.object_kind in OF_THE_HOUSE or (opens_cases and reference is not None)
    return Entry(
        **{
            **row._asdict(),
            "roles": list(row.roles),
            "fields": list(row.fields) if told else [],
            "reason": row.reason if told else None,
        },
        name=name,
        reference=reference,
        member=member,
    )


def _references(
    model: type[CaseFile] | type[Client] | type[Exchange], ids: Iterable[UUID | None]
) -> dict[UUID, str]:
    wanted_ids = [one for one in ids if one is not None]
    if not wanted_ids:
        return {}
    found = db.session.execute(select(model.id, model.reference).where(model.id.in_(wanted_ids)))
    return {row.id: row.reference for row in found}


def _ids_of(text: str) -> tuple[UUID, ...]:
    """The records that an id or a reference names, as far as who asks may see them."""
    try:
        return (UUID(text),)
    except ValueError:
        pass
    found: list[UUID] = []
    if is_valid_reference(text):
        reference = normalise_reference(text)
        for _kinds, model in REFERENCED:
            found += db.session.scalars(select(model.id).where(model.reference == reference))
    if not found:
        raise Invalid(fields={"about": [_("Nothing has this reference.")]})
    return tuple(found)
