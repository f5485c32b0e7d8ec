"""Looking up in the filled database what the measured requests are about."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from network.bench.scenarios import SHOWN_CASES, Known
from network.bench.seeding.filling import Network
from network.cases.models import CaseEvent, CaseFile, Client
from network.cases.queries.cards import cards_of
from network.core.db import db
from network.directory.models import ServiceSearch
from network.tenants.context import job_identity, scope

SEARCHES = 8


def look_up(app: Flask, network: Network) -> Known:
    """Cases of the largest centre with much in their timeline, names of its clients, towns of its country."""
    centre = network.largest
    with app.app_context(), scope(job_identity(centre.tenant_id)):
        found = Known(
            cases=_full_cases(centre.tenant_id),
            names=_names(centre.tenant_id),
            wanted=_wanted(centre.country),
            drafts=[],
        )
        db.engine.dispose()
    return found


def _full_cases(tenant_id: UUID) -> list[UUID]:
    """Of the newest open cases that are not restricted, those with the longest timelines."""
    newest = (
        select(CaseFile.id)
        .where(CaseFile.tenant_id == tenant_id, CaseFile.state == "open", CaseFile.restricted.is_(False))
        .order_by(CaseFile.id.desc())
        .limit(200)
    )
    statement = (
        select(CaseEvent.case_id)
        .where(CaseEvent.tenant_id == tenant_id, CaseEvent.case_id.in_(newest))
        .group_by(CaseEvent.case_id)
        .order_by(func.count().desc(), CaseEvent.case_id)
        .limit(SHOWN_CASES)
    )
    return list(db.session.scalars(statement))


def _wanted(country: str) -> list[tuple[str, str]]:
    """Needs, each with a town of the country in which somebody answers it."""
    statement = (
        select(ServiceSearch.need_codes, ServiceSearch.town)
        .where(ServiceSearch.country == country)
        .order_by(ServiceSearch.service_at_location_id)
        .limit(SEARCHES)
    )
    return [(codes[0], town) for codes, town in db.session.execute(statement)]


def _names(tenant_id: UUID) -> list[str]:
    """Names as somebody would type them: of clients who came over the years, one with a slip of the finger."""
    statement = select(Client).where(Client.tenant_id == tenant_id, Client.restricted.is_(False))
    clients = list(db.session.scalars(statement.order_by(Client.id.desc()).limit(50)))[::10]
    names = [card.name for card in cards_of(clients)]
    return [name[:3] + name[4:] if place == 0 and len(name) > 5 else name for place, name in enumerate(names)]
