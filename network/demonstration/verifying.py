"""How far the listings can be trusted: most were called lately, some are due, and some nobody has called for long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from uuid import UUID

from network.demonstration.acting import Stage
from network.demonstration.people import Colleague
from network.demonstration.scenes import Scene
from network.demonstration.world import HEADQUARTERS, World
from network.directory.operations import verify
from network.directory.queries.keeping import services_and_places

# How many days ago whoever keeps its own listing looked at it last.
BY_MEMBERS = (4, 11, 19, 27, 38, 52)
# And the headquarters at those that nobody has claimed. What was called 172 days ago is due; what was called more than
# half a year ago does not count as verified any more; after a year nobody finds it unless she asks for it.
BY_HEADQUARTERS = (12, 33, 58, 172, 5, 90, 210, 21, 150, 290)
AGED = frozenset({"pesisir-skills"})
AGED_DAYS = 380
# One service of a member is due while its sister is not: her home asks her to call.
DUE = frozenset({"dar-al-yaqeen"})
DUE_DAYS = 181
WAYS = ("phone", "visit", "phone", "message")


def calls(stage: Stage, world: World) -> Iterator[Scene]:
    """A scene for each organization: its steward looks at it, and at each of its services."""
    by_members, by_headquarters, ways = cycle(BY_MEMBERS), cycle(BY_HEADQUARTERS), cycle(WAYS)
    for code, organization_id in world.organizations.items():
        own = code in world.staff
        steward = next(iter(world.staff[code if own else HEADQUARTERS].values()))
        with stage.looking(steward):
            services = [one.id for one in services_and_places(organization_id)[0]]
        days = AGED_DAYS if code in AGED else next(by_members if own else by_headquarters)
        how = "own" if own else next(ways)
        if code in DUE:
            yield _call(stage, steward, DUE_DAYS, [("service", services.pop())], how)
        listed = [("organization", organization_id), *(("service", one) for one in services)]
        yield _call(stage, steward, days, listed, how)


def _call(
    stage: Stage, steward: Colleague, days: float, listed: Sequence[tuple[str, UUID]], how: str
) -> Scene:
    yield days
    with stage.acting(steward):
        for kind, listing_id in listed:
            verify(kind, listing_id, how)
