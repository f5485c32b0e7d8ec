"""Referrals of the demonstration to organizations without a sign-in: told by hand, and their answers written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from network.consent.operations import withdraw_grant
from network.consent.queries import live_grants
from network.core import clock
from network.demonstration.acting import Stage
from network.demonstration.consents import agree, to_get_service, to_hear_back
from network.demonstration.intake import Served
from network.demonstration.referring import BEGAN, BETWEEN, service_at
from network.demonstration.scenes import Scene
from network.demonstration.world import World
from network.referrals import operations as do
from network.referrals.operations import Choices, Heard

# What they say, one after another, until the referral stands where it should.
HEARD: dict[str, tuple[str, ...]] = {
    "draft": (),
    "sent": (),
    "declined": ("decline",),
    "accepted": ("accept",),
    "scheduled": ("accept", "schedule"),
    "in_progress": ("accept", "start"),
    "completed": ("accept", "start", "complete"),
    "closed": ("accept", "start", "complete"),
    "to_be_told": ("accept",),
}
# Somebody who must be told waits for a call of these days.
LATELY = BEGAN | {"to_be_told": 2.2}


def tell_outside(stage: Stage, world: World, served: Served, told: dict[str, Any], came: float) -> Scene:
    """One referral that a colleague tells by telephone, e-mail, form or letter; ``told`` says to whom, how, how far."""
    organization_id, need, until = world.organizations[told["to"]], told["need"], told["until"]
    place = service_at(stage, world, told["to"], need)
    began = min(came - 0.1, LATELY.get(until, came))
    yield began
    agree(stage, served, [to_get_service(need, organization_id), to_hear_back(organization_id)])
    with stage.acting(served.caseworker):
        exchange_id = do.prepare_referral(served.case_id, place, [need]).id
    if until == "draft":
        return
    at = began * 0.9
    yield at
    with stage.acting(served.caseworker):
        choices = Choices(channel=told["by"], told_to=told.get("told_to", ""))
        do.send_referral(exchange_id, choices)
    between = min(BETWEEN, at / (len(HEARD[until]) + 2))
    for step in HEARD[until]:
        at -= between
        yield at
        with stage.acting(served.caseworker):
            do.record_heard(exchange_id, _heard(step, told["by"]))
    yield at - between
    with stage.acting(served.caseworker):
        _end(until, served, exchange_id, organization_id)


def _heard(step: str, by: str) -> Heard:
    """Whoever brought a letter was answered by telephone."""
    channel = "phone" if by == "letter" else by
    if step == "decline":
        return Heard(step, channel, "no_capacity")
    if step == "schedule":
        on = clock.now() + timedelta(days=5)
        return Heard(step, channel, on=on, place="At their desk, second floor.")
    if step == "complete":
        return Heard(step, channel, outcomes={0: "served_full"}, text="Called back: all was given.")
    return Heard(step, channel)


def _end(until: str, served: Served, exchange_id: UUID, organization_id: UUID) -> None:
    """Her own word; or she takes her consent back, and whoever was told is to be told again."""
    if until == "closed":
        do.close_referral(exchange_id, helped="yes", words="They were kind, and it was what I needed.")
    elif until == "to_be_told":
        for grant in live_grants(served.client_id):
            if grant.organization_id == organization_id:
                withdraw_grant(grant.id)
