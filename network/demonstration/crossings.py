"""Cases that cross a border in the demonstration: at every stage, from a draft to a follow-up that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from network.core import clock
from network.crossborder import operations as across
from network.crossborder.operations import Travel
from network.crossborder.queries import wanted_for
from network.demonstration.acting import Stage
from network.demonstration.consents import agree, to_follow_up, to_hand_over
from network.demonstration.intake import Served
from network.demonstration.scenes import Scene
from network.demonstration.world import World

OWN_CHOICE = {
    "return_kind": "own_plan",
    "asked_alone": True,
    "own_choice": True,
    "pressure": False,
    "fear": False,
    "claim_explained": True,
}


@dataclass(frozen=True)
class Step:
    """What is done with a handoff, how many days ago, and by which side."""

    days_ago: float
    act: str
    side: str = "receiver"


# By the stage at which a handoff stands today: what led there. The first step prepares it; ``offer`` tells them.
_STAGES = {
    "draft": (Step(1, "prepare", "sender"),),
    "offered": (Step(0.4, "prepare", "sender"), Step(0.3, "offer", "sender")),
    "asked": (Step(1.6, "prepare", "sender"), Step(1.5, "offer", "sender"), Step(0.6, "ask")),
    "declined": (Step(2.5, "prepare", "sender"), Step(2.4, "offer", "sender"), Step(1.2, "decline")),
    "accepted": (Step(3, "prepare", "sender"), Step(2.9, "offer", "sender"), Step(2.1, "accept")),
    "departed": (
        Step(6, "prepare", "sender"),
        Step(5.9, "offer", "sender"),
        Step(5, "accept"),
        Step(0.4, "depart", "sender"),
    ),
    "arrived": (
        Step(8, "prepare", "sender"),
        Step(7.9, "offer", "sender"),
        Step(7, "accept"),
        Step(2, "depart", "sender"),
        Step(0.7, "arrive"),
    ),
    "taken_over": (
        Step(12, "prepare", "sender"),
        Step(11.9, "offer", "sender"),
        Step(11, "accept"),
        Step(9, "depart", "sender"),
        Step(8, "arrive"),
        Step(7.9, "take_over"),
    ),
}
# In how many days from today she lands, or has landed.
_LANDS = {"departed": 1, "arrived": -0.7, "taken_over": -8}
_LANDS_LATER = 5


def stages_of(until: str) -> tuple[Step, ...]:
    """The steps that lead to a stage, the longest ago first."""
    return _STAGES[until]


def hand_over(stage: Stage, world: World, served: Served, told: dict[str, Any]) -> Scene:
    """She is asked alone and chooses to go home; her case goes with her as far as ``told["until"]``."""
    until, origin = told["until"], told["to"]
    exchange_id: UUID | None = None
    for step in stages_of(until):
        yield step.days_ago
        if exchange_id is None:
            lands = clock.now() + timedelta(days=step.days_ago + _LANDS.get(until, _LANDS_LATER))
            exchange_id = _prepare(stage, world, served, told, Travel(lands.date(), ("met_at_arrival",)))
            continue
        by = served.caseworker if step.side == "sender" else world.colleague(origin, "coordinator")
        with stage.acting(by):
            _take(step.act, exchange_id)


def _prepare(stage: Stage, world: World, served: Served, told: dict[str, Any], travel: Travel) -> UUID:
    centre = world.organizations[told["to"]]
    agree(stage, served, [to_hand_over(centre, "travel", "employment"), to_follow_up(centre)])
    with stage.acting(served.caseworker):
        across.screen_return(served.case_id, OWN_CHOICE | {"words": told["words"]})
        return across.prepare_handoff(served.case_id, world.tenants[told["to"]], told["mode"], travel).id


def _take(act: str, exchange_id: UUID) -> None:
    if act == "offer":
        across.offer(exchange_id, wanted_for(exchange_id))
    elif act == "ask":
        across.ask(exchange_id, "Which airport, and may her brother be told that she comes?")
    elif act == "decline":
        across.decline(exchange_id, "outside_area")
    elif act == "accept":
        across.accept(exchange_id)
    elif act == "depart":
        across.depart(exchange_id)
    elif act == "arrive":
        across.arrive(exchange_id)
    elif act == "take_over":
        across.take_over(exchange_id)
