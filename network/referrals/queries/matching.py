"""Choosing a service with a client in mind: what the search may know of her, where it begins, who is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from network.cases.queries import (
    CaseRecord,
    ClientCard,
    card_of,
    case_record,
    get_case,
    get_client,
    profile_of,
)
from network.cases.queries import list_needs as list_case_needs
from network.cases.states import NeedState
from network.consent.disclosure.gathering import FEAR_OF_RETURN
from network.consent.policies import find_authority_of_origin, find_refused
from network.consent.queries import has_need, live_refusals
from network.consent.terms import Recipient
from network.core.db import db
from network.directory import geo
from network.directory.asking import home
from network.directory.geo import Place, Point
from network.directory.models import Organization
from network.directory.queries import get_search, recipient_classes_of_all
from network.directory.search import RADIUS_KM, Criteria, Findings, Found, find
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.referrals.models import Referral
from network.referrals.states import OPEN, SAID_NO
from network.tenants.context import acting
from network.tenants.models import Tenant

PURPOSE = "service_provision"
MOST_NEEDS = 5
SHOWN = 20


@dataclass(frozen=True)
class Refused:
    """Why nothing may go to an organization: the class she refused, and how the organization comes by it.
    ``fears``: she refused nothing, but fears return, and it is an authority of her country."""

    class_code: str
    via: str
    fears: bool = False


@dataclass(frozen=True)
class Candidate:
    """A service that was found. ``refused``: by whom she does not want it known. ``asked``: our open referral there.
    ``outside``: nobody signs in for it (yet), so that it is told by telephone, letter or form. ``suspended``: its
    membership rests, and it is told nothing. ``said_no``: she was asked about it for this case, and said no.
    ``taken_back``: what was asked there for this case was taken back or recalled. ``ours``: a service of the own
    centre, which is recorded in the case and asked of nobody."""

    found: Found
    tenant_id: UUID | None
    need_codes: tuple[str, ...]
    refused: Refused | None
    asked: UUID | None
    outside: bool = False
    said_no: bool = False
    suspended: bool = False
    taken_back: bool = False
    ours: bool = False

    @property
    def can_be_asked(self) -> bool:
        """Whether a referral can be prepared."""
        return (
            (self.outside or self.tenant_id is not None)
            and self.found.takes_referrals
            and self.refused is None
        )


@dataclass(frozen=True)
class Choice:
    """The page on which a service is chosen."""

    case: CaseRecord
    card: ClientCard
    needs: tuple[str, ...]
    criteria: Criteria
    findings: Findings
    candidates: tuple[Candidate, ...]


def choice_for(case_id: UUID, search_id: UUID | None = None) -> Choice:
    """Services for a case: by a search that was started, or by what the case itself says. Raises ``NotFound``.

    The own centre's services come after the others, and those that she refuses last, whatever their distance.
    """
    case = case_record(get_case(case_id))
    card = card_of(get_client(case.client_id))
    criteria = criteria_of_case(case_id) if search_id is None else get_search(search_id).criteria
    findings = find(criteria, profile_of(case.client_id), counts=True)
    candidates = sorted(
        _candidates(case_id, card, criteria, findings.found),
        key=lambda one: (one.refused is not None, one.ours),
    )
    return Choice(case, card, open_needs(case_id), criteria, findings, tuple(candidates[:SHOWN]))


def fittest(case_id: UUID) -> tuple[tuple[str, Candidate], ...]:
    """For each need for which nobody was asked yet, whom to ask first: takes her, is not refused; nearest first."""
    waiting = [one for one in list_case_needs(case_id) if one.state == NeedState.OPEN]
    if not waiting:
        return ()
    place_code = next((one.place_code for one in waiting if one.place_code), None)
    codes = tuple(one.need_code for one in waiting)[:MOST_NEEDS]
    card = card_of(get_client(get_case(case_id).client_id))
    criteria = criteria_near(codes, geo.get_place(place_code) if place_code else None)
    findings = find(criteria, profile_of(card.id))
    candidates = [one for one in _candidates(case_id, card, criteria, findings.found) if _can_take_her(one)]
    firsts = (
        (code, next((one for one in candidates if code in one.found.need_codes), None)) for code in codes
    )
    return tuple((code, one) for code, one in firsts if one is not None)


def _can_take_her(one: Candidate) -> bool:
    verdict = one.found.match.verdict if one.found.match is not None else ""
    return (
        one.can_be_asked
        and one.asked is None
        and not (one.said_no or one.taken_back)
        and not one.found.held
        and verdict != "not_eligible"
    )


def criteria_of_case(case_id: UUID) -> Criteria:
    """Where a search for a case begins: its open needs, the place of a need, else the centre's own."""
    needs = [one for one in list_case_needs(case_id) if one.state in (NeedState.OPEN, NeedState.IN_PROGRESS)]
    place_code = next((one.place_code for one in needs if one.place_code), None)
    codes = tuple(one.need_code for one in needs)[:MOST_NEEDS]
    return criteria_near(codes, geo.get_place(place_code) if place_code else None)


def criteria_near(
    need_codes: tuple[str, ...],
    place: Place | None,
    radius_km: float = RADIUS_KM,
    language: str | None = None,
) -> Criteria:
    """A search around a place of the gazetteer, or around the centre where none is named."""
    if place is not None:
        return Criteria(need_codes, place.point, place.name, place.country, radius_km, language)
    point, label, country = home_point()
    return Criteria(need_codes, point, label, country, radius_km, language)


def home_point() -> tuple[Point, str, str | None]:
    """Where the centre receives people: its own place on the map, else its country's capital."""
    start = home()
    if start is not None:
        return start.point, start.name, start.country
    country = db.session.get_one(Tenant, acting().tenant).country
    towns = geo.listed_places(country) or geo.listed_places(geo.countries()[0])
    capital = next((place for place in towns if place.kind == "capital"), towns[0])
    return capital.point, capital.name, country


def open_needs(case_id: UUID) -> tuple[str, ...]:
    """The needs of a case that still wait for somebody."""
    return tuple(
        one.need_code
        for one in list_case_needs(case_id)
        if one.state in (NeedState.OPEN, NeedState.IN_PROGRESS)
    )


def next_best(exchange_id: UUID, limit: int = 2) -> tuple[Candidate, ...]:
    """Who could be asked instead: takes her, is not refused, was not asked yet for this case; nearest first."""
    side, referral = db.session.execute(
        select(ExchangeSide, Referral)
        .join(Referral, Referral.exchange_id == ExchangeSide.exchange_id)
        .where(ExchangeSide.tenant_id == acting().tenant, ExchangeSide.exchange_id == exchange_id)
    ).one()
    if side.case_id is None:
        return ()
    asked = _services_asked(side.case_id) | {referral.service_id}
    return tuple(
        one
        for one in choice_for(side.case_id).candidates
        if one.can_be_asked
        and one.found.service_id not in asked
        and (one.found.match is None or one.found.match.verdict != "not_eligible")
    )[:limit]


def _services_asked(case_id: UUID) -> set[UUID]:
    return set(
        db.session.scalars(
            select(Referral.service_id)
            .join(ExchangeSide, ExchangeSide.exchange_id == Referral.exchange_id)
            .join(Exchange, Exchange.id == Referral.exchange_id)
            .where(
                ExchangeSide.tenant_id == acting().tenant,
                ExchangeSide.case_id == case_id,
                Exchange.state != "draft",
            )
        )
    )


def _candidates(
    case_id: UUID, card: ClientCard, criteria: Criteria, found: Sequence[Found]
) -> list[Candidate]:
    """What was found, with who receives there, whether she refuses it, and whether we asked; four queries."""
    ids = list({one.organization_id for one in found})
    members = db.session.execute(
        select(Tenant.id, Tenant.organization_id, Tenant.status).where(Tenant.organization_id.in_(ids))
    ).all()
    tenants = {
        organization_id: tenant_id
        for tenant_id, organization_id, status in members
        if status == "live" and tenant_id != acting().tenant
    }
    own = {organization_id for tenant_id, organization_id, _status in members if tenant_id == acting().tenant}
    suspended = {organization_id for _tenant_id, organization_id, status in members if status == "suspended"}
    signing_in = {organization_id for _tenant_id, organization_id, status in members if status != "planned"}
    refused = _refused_of(card, ids)
    asked, said_no, taken_back = _asked_there(case_id)
    return [
        Candidate(
            one,
            tenants.get(one.organization_id),
            tuple(code for code in criteria.needs if code in one.need_codes) or criteria.needs,
            refused.get(one.organization_id),
            asked.get(one.service_at_location_id),
            outside=one.organization_id not in signing_in,
            said_no=one.service_at_location_id in said_no,
            taken_back=one.service_at_location_id in taken_back,
            suspended=one.organization_id in suspended,
            ours=one.organization_id in own,
        )
        for one in found
    ]


def _asked_there(case_id: UUID) -> tuple[dict[UUID, UUID], frozenset[UUID], frozenset[UUID]]:
    """The open referrals of a case, by the service at a location that was asked; where she said no before anything was
    sent; and where what was sent was taken back or recalled."""
    no = exists().where(
        ExchangeEvent.exchange_id == Exchange.id,
        ExchangeEvent.reason_list == SAID_NO[0],
        ExchangeEvent.reason_code == SAID_NO[1],
    )
    rows = db.session.execute(
        select(Referral.service_at_location_id, Referral.exchange_id, Exchange.state, Exchange.sent_at)
        .join(ExchangeSide, ExchangeSide.exchange_id == Referral.exchange_id)
        .join(Exchange, Exchange.id == Referral.exchange_id)
        .where(
            ExchangeSide.tenant_id == acting().tenant,
            ExchangeSide.case_id == case_id,
            or_(
                Exchange.state.in_((*OPEN, "recalled")),
                and_(Exchange.state == "withdrawn", or_(Exchange.sent_at.is_not(None), no)),
            ),
        )
    ).all()
    ended = [row for row in rows if row.state not in OPEN]
    return (
        {row.service_at_location_id: row.exchange_id for row in rows if row.state in OPEN},
        frozenset(row.service_at_location_id for row in ended if row.sent_at is None),
        frozenset(row.service_at_location_id for row in ended if row.sent_at is not None),
    )


def _refused_of(card: ClientCard, organization_ids: list[UUID]) -> dict[UUID, Refused]:
    """Which of these organizations a standing refusal or a fear of return covers, and how."""
    refusals, fears = live_refusals(card.id), has_need(card.id, FEAR_OF_RETURN)
    if not (refusals or fears) or not organization_ids:
        return {}
    behind = recipient_classes_of_all(organization_ids)
    rows = db.session.scalars(select(Organization).where(Organization.id.in_(organization_ids)))
    found = {}
    for one in rows:
        recipient = Recipient(one.id, one.recipient_class, one.country, behind[one.id], name=one.name)
        for refusal, body in find_refused(refusals, recipient, card.nationality):
            if PURPOSE not in refusal.lifted_for:
                found[one.id] = Refused(refusal.class_code or "named_organization", body.via)
                break
        authority = find_authority_of_origin(recipient, card.nationality) if fears else None
        if authority is not None and one.id not in found:
            found[one.id] = Refused(authority.class_code, authority.via, fears=True)
    return found
