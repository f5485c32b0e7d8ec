"""Referrals of the demonstration, at every stage from a draft to the client's own word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from uuid import UUID

from sqlalchemy import select

from network.core import clock
from network.core.db import db
from network.core.errors import Invalid, NotCovered
from network.demonstration.acting import Stage
from network.demonstration.consents import agree, to_get_service, to_hear_back
from network.demonstration.data_files import centres, partners
from network.demonstration.intake import DAYS, Served, days_ago
from network.demonstration.people import Colleague
from network.demonstration.world import World
from network.directory.models import ServiceSearch
from network.exchange.operations import Reason
from network.exchange.queries import get_exchange
from network.referrals import operations as do
from network.referrals.operations import Choices

# What becomes of a referral, one after another; the first is the most usual.
STAGES = ("closed", "accepted", "sent", "in_progress", "declined", "scheduled", "completed", "draft", "asked")


# Whose clocks run was sent only now; otherwise it would have expired meanwhile (in days).
RECENT = {"draft": 0.5, "sent": 0.4, "asked": 0.8, "scheduled": 2.0, "accepted": 1.5}


def service_at(stage: Stage, world: World, organization: str, need: str) -> UUID:
    """Where this organization offers what the need asks for."""
    organization_id = world.organizations[organization]
    with stage.looking(next(iter(world.staff["al-hassan"].values()))):
        found = db.session.execute(
            select(ServiceSearch.service_at_location_id, ServiceSearch.need_codes).where(
                ServiceSearch.organization_id == organization_id
            )
        )
        return next(place_id for place_id, needs in found if need in needs)


def refer_everybody(stage: Stage, world: World, served: dict[str, Served]) -> None:
    """Send those who need it to a partner of their country that takes referrals on the platform."""
    stages = cycle(STAGES)
    until = next(stages)
    for one in served.values():
        for need, partner in _partners_for(one):
            if refer(stage, world, one, need, partner, until) is not None:
                until = next(stages)
            break
    stage.work()


def _partners_for(served: Served) -> Iterator[tuple[str, str]]:
    """The needs that a partner in the centre's country serves, and which partner."""
    country = next(one["country"] for one in centres() if one["code"] == served.centre)
    for need in served.needs:
        for partner in partners():
            offered = {code for service in partner["services"] for code in service["needs"]}
            if partner["tenant"] and need in offered and partner["country"] == country:
                yield need, partner["code"]


def refer(stage: Stage, world: World, served: Served, need: str, partner: str, until: str) -> UUID | None:
    """One referral, asked for with consent, as far as ``until``; None where the door refuses it."""
    organization_id = world.organizations[partner]
    receiver = _receiver(world, partner)
    place = service_at(stage, world, partner, need)
    since = min((clock.now() - served.since).total_seconds() / 86400, RECENT.get(until, DAYS))
    with days_ago(max(since - 0.1, 0)):
        agree(stage, served, [to_get_service(need, organization_id), to_hear_back(organization_id)])
        with stage.acting(served.caseworker):
            exchange_id = do.prepare_referral(served.case_id, place, [need]).id
    if until == "draft":
        return exchange_id
    with days_ago(max(since - 0.2, 0)):
        try:
            with stage.acting(served.caseworker):
                do.send_referral(exchange_id, Choices())
        except (NotCovered, Invalid):
            return None
    answer(stage, served.caseworker, receiver, exchange_id, until, since)
    return exchange_id


def _receiver(world: World, partner: str) -> Colleague:
    staff = world.staff[partner]
    return staff.get("partner_worker") or staff["partner_manager"]


def answer(
    stage: Stage, sender: Colleague, receiver: Colleague, exchange_id: UUID, until: str, since: float
) -> None:
    """The partner answers, step by step, a little later each time."""
    for position, step in enumerate(_steps(until), start=2):
        with days_ago(max(since - position * 0.3, 0)), stage.acting(sender if step == "close" else receiver):
            _take(step, exchange_id)
    stage.work()


def _steps(until: str) -> tuple[str, ...]:
    return {
        "sent": (),
        "asked": ("acknowledge", "ask"),
        "declined": ("acknowledge", "decline"),
        "accepted": ("accept",),
        "scheduled": ("accept", "schedule"),
        "in_progress": ("accept", "start"),
        "completed": ("accept", "start", "complete"),
        "closed": ("accept", "start", "complete", "close"),
    }[until]


def _take(step: str, exchange_id: UUID) -> None:
    if step == "acknowledge":
        do.acknowledge_referral(exchange_id)
    elif step == "ask":
        do.ask_sender(exchange_id, "From when can she come, and does she need an interpreter?")
    elif step == "decline":
        do.decline_referral(exchange_id, Reason("decline", "no_capacity"))
    elif step == "accept":
        do.accept_referral(exchange_id)
    elif step == "schedule":
        do.schedule_service(exchange_id, clock.now() + timedelta(days=60), "At our desk, ask for the nurse.")
    elif step == "start":
        do.start_service(exchange_id)
    elif step == "complete":
        do.complete_service(exchange_id, {0: "served_full"}, "Came by herself, was helped the same day.")
    elif step == "close":
        do.close_referral(exchange_id, helped="yes", words="They listened and did what they promised.")
    get_exchange(exchange_id)
