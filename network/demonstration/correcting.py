"""What members tell of each other's listings, and what waits for an answer: a report, a suggestion, an invitation."""

from __future__ import annotations

from collections.abc import Iterator

from network.demonstration.acting import Stage
from network.demonstration.people import Colleague
from network.demonstration.scenes import Scene
from network.demonstration.world import HEADQUARTERS, World
from network.directory.operations import Proposal, invite_to_claim, report_problem, suggest
from network.directory.queries.keeping import services_and_places

# How many days ago each was told.
REPORTED, SUGGESTED, INVITED = 3, 2, 5


def corrections(stage: Stage, world: World) -> Iterator[Scene]:
    """A scene for each: a centre tells the headquarters and a member, and the headquarters ask who keeps a listing."""
    yield _report(stage, world, world.colleague("al-hassan", "caseworker"), "tarjuman-pool")
    yield _suggest(stage, world, world.colleague("caritas-jordan", "coordinator"), "shifa-clinic")
    yield _invite(stage, world, next(iter(world.staff[HEADQUARTERS].values())), "jabal-counselling")


def _report(stage: Stage, world: World, who: Colleague, code: str) -> Scene:
    yield REPORTED
    with stage.acting(who):
        report_problem("service", services_and_places(world.organizations[code])[0][0].id, "wrong_hours")


def _suggest(stage: Stage, world: World, who: Colleague, code: str) -> Scene:
    yield SUGGESTED
    with stage.acting(who):
        service_id = services_and_places(world.organizations[code])[0][0].id
        longer = Proposal("service", service_id, "wait_time", "About an hour, longer on Sundays")
        suggest("service", service_id, [longer])


def _invite(stage: Stage, world: World, who: Colleague, code: str) -> Scene:
    yield INVITED
    with stage.acting(who):
        invite_to_claim(world.organizations[code], world.tenants["shifa-clinic"])
