"""A service of an organization in which nobody signs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from network.referrals import operations
from network.referrals.operations import Heard
from network.tenants.context import scope
from network.worklist.queries import list_tasks
from tests.factories import Listed, make_listing
from tests.referrals.conftest import NEED, World


@dataclass
class Outside:
    """The world, and a service of an organization in which nobody signs in."""

    world: World
    listed: Listed

    def told(self, *needs: str, channel: str = "phone", **choices: Any) -> UUID:
        """They were told; returns the referral's id."""
        one = self.world.prepare(*needs, listed=self.listed)
        self.world.send(one, channel=channel, **choices)
        self.world.jobs()
        return one

    def heard(self, one: UUID, move: str, channel: str = "phone", **more: Any) -> Any:
        """Record what they said."""
        done = self.world.act(self.world.sender, operations.record_heard, one, Heard(move, channel, **more))
        self.world.jobs()
        return done

    def tasks(self, one: UUID) -> list[tuple[str, str]]:
        """What the home of the caseworker says of it."""
        with self.world.app.app_context(), scope(self.world.sender):
            return [(task.what, task.other) for task in list_tasks() if task.subject_id == one]


@pytest.fixture
def out(world: World) -> Outside:
    needs = [NEED, "legal.advice", "violence.police"]
    listed = make_listing(
        world.app, world.sender.tenant, needs=needs, organization_name="Casa Sin Puerta",
        referral={"accepted": True, "methods": ["phone"]},
    )  # fmt: skip
    world.consent(listed.organization_id, NEED, "legal.advice", "violence.police")
    return Outside(world, listed)
