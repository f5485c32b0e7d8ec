"""Referrals of the demonstration, at every stage from a draft to the client's own word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from network.core import clock
from network.core.db import db
from network.core.errors import Invalid, NotCovered
from network.demonstration.acting import Stage
from network.demonstration.consents import agree, to_get_service, to_hear_back
from network.demonstration.data_files import centres, partners
from network.demonstration.intake import Served
from network.demonstration.people import Colleague
from network.demonstration.scenes import Scene
from network.demonstration.world import World
from network.directory.models import ServiceSearch
from network.exchange.operations import Reason
from network.referrals import operations as do
from network.referrals.operations import Choices

# What becomes of a referral, one after another; the first is the most usual.
STAGES = ("closed", "accepted", "sent", "in_progress", "declined", "scheduled", "completed", "draft", "asked")

# When each step is taken, in days ago, where the referral goes no further than the key; else they began longer ago.
BEGAN = {
    "draft": 0.5,
    "sent": 0.15,
    "asked": 0.9,
    "declined": 1.6,
    "accepted": 1.4,
    "scheduled": 2.6,
    "in_progress": 3.2,
    "completed": 4.0,
}
BETWEEN = 0.3


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


def partner_for(told: dict[str, Any]) -> tuple[str, str] | None:
    """The first of a client's needs that a partner on the platform serves in the centre's country, and which one."""
    country = next(one["country"] for one in centres() if one["code"] == told["centre"])
    for need in told["needs"]:
        for partner in partners():
            offered = {code for service in partner["services"] for code in service["needs"]}
            if partner["tenant"] and need in offered and partner["country"] == country:
                return need, partner["code"]
    return None


def refer(stage: Stage, world: World, served: Served, to: tuple[str, str], until: str, came: float) -> Scene:
    """One referral, asked for with consent, as far as ``until``; it ends where the door refuses it."""
    need, partner = to
    organization_id = world.organizations[partner]
    place = service_at(stage, world, partner, need)
    began = min(came - 0.1, BEGAN.get(until, came))
    yield began
    agree(stage, served, [to_get_service(need, organization_id), to_hear_back(organization_id)])
    with stage.acting(served.caseworker):
        exchange_id = do.prepare_referral(served.case_id, place, [need]).id
    if until == "draft":
        return
    yield began * 0.9
    try:
        with stage.acting(served.caseworker):
            do.send_referral(exchange_id, Choices())
    except (NotCovered, Invalid):
        return
    receiver = _receiver(world, partner)
    yield from answer(stage, served.caseworker, receiver, exchange_id, until, began * 0.9)


def _receiver(world: World, partner: str) -> Colleague:
    staff = world.staff[partner]
    return staff.get("partner_worker") or staff["partner_manager"]


def answer(
    stage: Stage, sender: Colleague, receiver: Colleague, exchange_id: UUID, until: str, sent: float
) -> Scene:
    """The partner answers, step by step, a little later each time; ``sent`` days ago."""
    steps = _steps(until)
    between = min(BETWEEN, sent / (len(steps) + 1))
    for position, step in enumerate(steps, start=1):
        yield sent - position * between
        with stage.acting(sender if step == "close" else receiver):
            _take(step, exchange_id)


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
        do.schedule_service(exchange_id, clock.now() + timedelta(days=4), "At our desk, ask for the nurse.")
    elif step == "start":
        do.start_service(exchange_id)
    elif step == "complete":
        do.complete_service(exchange_id, {0: "served_full"}, "Came by herself, was helped the same day.")
    elif step == "close":
        do.close_referral(exchange_id, helped="yes", words="They listened and did what they promised.")
