"""Everyday work: who else comes, from six weeks ago until this morning, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from network.demonstration.acting import Stage
from network.demonstration.crossings import hand_over, stages_of
from network.demonstration.data_files import data_file
from network.demonstration.intake import receive
from network.demonstration.people import Names
from network.demonstration.referring import STAGES, partner_for, refer
from network.demonstration.scenes import Scene
from network.demonstration.telling import tell_outside
from network.demonstration.world import World

# Over how many days they came.
DAYS = 45
# Deals the days out so that those of one centre, who stand together in the file, do not come all at once.
STRIDE = 17


def everybody(stage: Stage, world: World, names: Names) -> Iterator[Scene]:
    """A scene for each situation of the data file."""
    situations, stages = data_file("people")["situations"], cycle(STAGES)
    for position, told in enumerate(situations):
        came = told.get(
            "came_days_ago", DAYS * ((position * STRIDE % len(situations)) + 0.5) / len(situations)
        )
        to = None if "outside" in told else partner_for(told)
        until = told.get("referral") or (next(stages) if to else "")
        yield _one(stage, world, names, told, came, to, until)


def _one(
    stage: Stage,
    world: World,
    names: Names,
    told: dict[str, Any],
    came: float,
    to: tuple[str, str] | None,
    until: str,
) -> Scene:
    if "returns" in told:
        came = max(came, stages_of(told["returns"]["until"])[0].days_ago + 5)
    yield came
    served = receive(stage, world, names, told)
    if "returns" in told:
        yield from hand_over(stage, world, served, told["returns"])
    elif "outside" in told:
        yield from tell_outside(stage, world, served, told["outside"], came)
    elif to is not None:
        yield from refer(stage, world, served, to, until, came)
