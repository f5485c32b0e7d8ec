"""What needs action, read from the mailboxes, the follow-ups, the consents and the screenings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from network.accounts.permissions import Permission
from network.cases.models import CaseFile
from network.consent.models import Consent, ConsentGrant
from network.core import clock
from network.core.db import db
from network.crossborder.models import FollowUp, Handoff, ReturnScreening
from network.exchange.models import Exchange, ExchangeSide
from network.referrals.models import Referral
from network.tenants.context import Identity, acting
from network.tenants.models import Tenant
from network.worklist.tasks import Task, exchange_task

MOST = 60
GRANT_WARNING = timedelta(days=14)
FOLLOW_UP_AHEAD = timedelta(days=3)


@dataclass(frozen=True)
class Counters:
    """How much there is of everything, for the figures on top."""

    cases: int | None
    inbox: int | None
    sent: int | None
    handoffs: int | None


def list_tasks() -> list[Task]:
    """What needs the action of who looks: overdue first, then what is due soonest, then what is unread."""
    identity = acting()
    found = [
        *_exchanges(identity),
        *_follow_ups(identity),
        *_screenings(identity),
        *_consents(identity),
    ]
    latest = clock.now() + timedelta(days=3650)
    return sorted(found, key=lambda task: (task.due_at or latest, not task.urgent, task.since))[:MOST]


def count_everything() -> Counters:
    """The figures on top of the page; None for what who looks has nothing to do with. Two queries."""
    identity = acting()
    counted = db.session.execute(
        select(ExchangeSide.kind, ExchangeSide.role, func.count())
        .where(ExchangeSide.tenant_id == identity.tenant, ExchangeSide.open.is_(True))
        .group_by(ExchangeSide.kind, ExchangeSide.role)
    )
    open_sides = {f"{kind}.{role}": count for kind, role, count in counted}
    cases = None
    if Permission.CASE_VIEW in identity.permissions:
        cases = db.session.scalar(
            select(func.count())
            .select_from(CaseFile)
            .where(
                CaseFile.tenant_id == identity.tenant,
                CaseFile.assignee_account_id == identity.account_id,
                CaseFile.state == "open",
            )
        )
    return Counters(
        cases=cases,
        inbox=_held(open_sides, "referral.receiver", Permission.INBOX_VIEW),
        sent=_held(open_sides, "referral.sender", Permission.REFERRAL_VIEW),
        handoffs=_held(open_sides, "handoff.receiver", Permission.ARRIVAL_VIEW),
    )


def _held(counts: dict[str, int], name: str, permission: Permission) -> int | None:
    return counts.get(name, 0) if permission in acting().permissions else None


def _exchanges(identity: Identity) -> Iterator[Task]:
    """Open referrals and handoffs whose next step is ours, or about which there is news."""
    may = identity.permissions
    allowed = [
        (kind, role)
        for kind, role, permission in (
            ("referral", "sender", Permission.REFERRAL_VIEW),
            ("referral", "receiver", Permission.INBOX_VIEW),
            ("handoff", "sender", Permission.HANDOFF_VIEW),
            ("handoff", "receiver", Permission.HANDOFF_VIEW),
        )
        if permission in may
    ]
    if not allowed:
        return
    rows = db.session.execute(
        select(
            ExchangeSide.exchange_id,
            ExchangeSide.kind,
            ExchangeSide.role,
            ExchangeSide.due_at,
            ExchangeSide.due_kind,
            ExchangeSide.unread,
            ExchangeSide.updated_at,
            Exchange.reference,
            Exchange.state,
            Referral.priority,
            Handoff.journey,
            Handoff.arrival_on,
            Tenant.name,
        )
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .outerjoin(Referral, Referral.exchange_id == Exchange.id)
        .outerjoin(Handoff, Handoff.exchange_id == Exchange.id)
        .outerjoin(
            Tenant,
            Tenant.id
            == func.coalesce(
                func.nullif(Exchange.to_tenant_id, ExchangeSide.tenant_id), Exchange.from_tenant_id
            ),
        )
        .where(
            ExchangeSide.tenant_id == identity.tenant,
            ExchangeSide.open.is_(True),
            or_(*((ExchangeSide.kind == kind) & (ExchangeSide.role == role) for kind, role in allowed)),
        )
        .order_by(ExchangeSide.due_at.asc().nulls_last(), ExchangeSide.updated_at)
        .limit(MOST * 2)
    )
    for row in rows:
        task = exchange_task(row._mapping)
        if task is not None:
            yield task


def _follow_ups(identity: Identity) -> Iterator[Task]:
    if Permission.FOLLOW_UP_VIEW not in identity.permissions:
        return
    zone = ZoneInfo(identity.time_zone)
    today = clock.today(identity.time_zone)
    rows = db.session.execute(
        select(FollowUp.id, FollowUp.due_on, FollowUp.code, FollowUp.state, CaseFile.reference)
        .join(
            CaseFile, (CaseFile.tenant_id == FollowUp.tenant_id) & (CaseFile.id == FollowUp.case_id)
        )
        .where(
            FollowUp.tenant_id == identity.tenant,
            FollowUp.state.in_(("planned", "due", "missed")),
            FollowUp.due_on <= today + FOLLOW_UP_AHEAD,
        )
        .order_by(FollowUp.due_on)
        .limit(MOST)
    )  # fmt: skip
    for row in rows:
        due = datetime.combine(row.due_on, time(23, 59), zone)
        yield Task("follow_up", row.id, row.reference, "", due - timedelta(days=7), due, detail=row.code)


def _screenings(identity: Identity) -> Iterator[Task]:
    if Permission.RETURN_REVIEW not in identity.permissions:
        return
    rows = db.session.execute(
        select(ReturnScreening.case_id, ReturnScreening.screened_at, CaseFile.reference)
        .join(
            CaseFile,
            (CaseFile.tenant_id == ReturnScreening.tenant_id) & (CaseFile.id == ReturnScreening.case_id),
        )
        .where(
            ReturnScreening.tenant_id == identity.tenant,
            ReturnScreening.needs_review.is_(True),
            ReturnScreening.reviewed_at.is_(None),
            CaseFile.state == "open",
        )
        .order_by(ReturnScreening.screened_at)
        .limit(MOST)
    )
    for row in rows:
        yield Task(
            "review_return",
            row.case_id,
            row.reference,
            "",
            row.screened_at,
            row.screened_at + timedelta(days=1),
            urgent=True,
        )


def _consents(identity: Identity) -> Iterator[Task]:
    """Consents that are provisional, and grants that end soon: to be asked anew in time."""
    if Permission.CONSENT_RECORD not in identity.permissions:
        return
    now = clock.now()
    provisional = db.session.execute(
        _of_own_cases(
            select(Consent.case_id, Consent.given_at, Consent.provisional_until, CaseFile.reference), Consent
        )
        .where(
            Consent.state == "given",
            Consent.provisional_until > now,
            Consent.confirmed_at.is_(None),
            CaseFile.id == Consent.case_id,
        )
        .limit(MOST)
    )
    for row in provisional:
        yield Task("confirm_consent", row.case_id, row.reference, "", row.given_at, row.provisional_until)
    ending = db.session.execute(
        _of_own_cases(
            select(CaseFile.id, CaseFile.reference, func.min(ConsentGrant.expires_at).label("ends_at")),
            ConsentGrant,
        )
        .where(
            ConsentGrant.withdrawn_at.is_(None),
            ConsentGrant.expires_at > now,
            ConsentGrant.expires_at < now + GRANT_WARNING,
        )
        .group_by(CaseFile.id, CaseFile.reference)
        .limit(MOST)
    )
    for row in ending:
        yield Task("consent_ends", row.id, row.reference, "", row.ends_at - GRANT_WARNING, row.ends_at)


def _of_own_cases(statement: Any, table: Any) -> Any:
    """Joined to the open cases of who looks."""
    identity = acting()
    return statement.join(
        CaseFile, (CaseFile.tenant_id == table.tenant_id) & (CaseFile.client_id == table.client_id)
    ).where(
        table.tenant_id == identity.tenant,
        CaseFile.assignee_account_id == identity.account_id,
        CaseFile.state == "open",
    )


__all__ = ["Counters", "Task", "count_everything", "list_tasks"]
