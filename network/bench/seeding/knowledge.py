"""Looking up in the filled database what the measured requests are about."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from network.bench.scenarios import SHOWN_CASES, Draft, Known
from network.bench.seeding.filling import Network
from network.bench.visitor import Unexpected
from network.cases.models import CaseEvent, CaseFile, Client
from network.cases.queries.cards import cards_of
from network.consent.answers import YES, Heard
from network.consent.disclosure import Lacking, Proposal, propose
from network.consent.disclosure.lacking import mark_of
from network.core.db import db
from network.directory.models import ServiceSearch
from network.exchange.models import Exchange, ExchangeSide
from network.referrals.models import Referral
from network.referrals.operations import Choices, lacking_for, wanted_by
from network.referrals.queries.fingerprint import fingerprint
from network.referrals.queries.records import own_need_codes
from network.tenants.context import job_identity, scope

SEARCHES = 8
# How she was asked, and what she said.
SAID = (
    ("capacity", "self"),
    ("method", "signature_screen"),
    ("language", "en"),
    ("restatement", "They may know my name and my number, so that they can help me."),
)


def look_up(app: Flask, network: Network) -> Known:
    """Cases of the largest centre with much in their timeline, names of its clients, towns of its country, and
    the drafts that wait there."""
    centre = network.largest
    with app.app_context(), scope(job_identity(centre.tenant_id)):
        drafts, asking = _drafts(centre.tenant_id)
        found = Known(
            cases=_full_cases(centre.tenant_id),
            names=_names(centre.tenant_id),
            wanted=_wanted(centre.country),
            drafts=drafts,
            asking=asking,
        )
        db.engine.dispose()
    return found


def _drafts(tenant_id: UUID) -> tuple[list[Draft], list[Draft]]:
    """The drafts of referrals, the oldest first, with what their pages would put into the form: those that can be sent,
    and those for which she is asked first."""
    statement = (
        select(Exchange, ExchangeSide, Referral)
        .join(ExchangeSide, ExchangeSide.exchange_id == Exchange.id)
        .join(Referral, Referral.exchange_id == Exchange.id)
        .where(Exchange.from_tenant_id == tenant_id, Exchange.state == "draft")
        .where(ExchangeSide.tenant_id == tenant_id)
        .order_by(Exchange.id)
    )
    ready, unasked = list[Draft](), list[Draft]()
    for exchange, side, referral in db.session.execute(statement).all():
        proposal = propose(wanted_by(side, exchange, referral, own_need_codes(exchange.id), Choices()))
        lacking = lacking_for(proposal)
        if proposal.ok:
            ready.append(Draft(exchange.id, _form(exchange, referral, proposal)))
        elif lacking is not None:
            shown = propose(proposal.wanted, lacking.assumed(Heard()))
            form = (*_form(exchange, referral, shown), *SAID, *_answers(lacking))
            unasked.append(Draft(exchange.id, form))
        else:
            raise Unexpected(f"the draft {exchange.reference} cannot be sent: {proposal.missing}")
    return ready, unasked


def _answers(lacking: Lacking) -> list[tuple[str, str]]:
    """Yes to every question that is asked."""
    form = [("asked", mark_of([lacking])), ("main", YES)]
    for place, grant in enumerate(lacking.grants):
        form += [(f"answers.{place}.question", lacking.question(grant)), (f"answers.{place}.answer", YES)]
    return form


def _form(exchange: Exchange, referral: Referral, shown: Proposal) -> tuple[tuple[str, str], ...]:
    return (
        ("version", str(exchange.version)),
        ("seen", fingerprint(shown)),
        ("priority", referral.priority),
        *(("offered", offer.code) for offer in shown.offers),
        *(("take", offer.code) for offer in shown.offers if offer.chosen),
    )


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
