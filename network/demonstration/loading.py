"""Loading the demonstration: once for each database, through the operations, in the order of the story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from network.app import create_app
from network.core import clock
from network.core.settings import Settings
from network.demonstration.acting import Stage
from network.demonstration.correcting import corrections
from network.demonstration.everyday import everybody
from network.demonstration.people import PASSWORD, Names
from network.demonstration.scenes import play
from network.demonstration.story import tell_story
from network.demonstration.verifying import calls
from network.demonstration.world import World, is_open, open_world

# How many days ago the woman of the main story came.
STORY_BEGAN = 25.0
# And how many days ago the network was opened: long enough for listings that nobody has looked at for a year.
OPENED = 400


@dataclass(frozen=True)
class SignIn:
    """One sign-in a role, as `make demo` prints it."""

    role: str
    works_at: str
    email: str
    password: str


# Which sign-ins are printed: one a role, and the two other centres and the partners of the story.
SHOWN = (
    ("al-hassan", "caseworker"),
    ("al-hassan", "coordinator"),
    ("al-hassan", "intake"),
    ("al-hassan", "monitoring_officer"),
    ("al-hassan", "centre_administrator"),
    ("dar-al-yaqeen", "partner_worker"),
    ("dar-al-yaqeen", "partner_manager"),
    ("labour-inspection-irbid", "partner_manager"),
    ("shurjodoy-dhaka", "coordinator"),
    ("caritas-jordan", "coordinator"),
    ("headquarters", "network_administrator"),
)


def load(app: Flask) -> list[SignIn]:
    """Load the demonstration unless it is there; returns the sign-ins. Refused outside a demonstration."""
    settings: Settings = app.extensions["network_settings"]
    if settings.environment not in ("demonstration", "test"):
        raise RuntimeError("the demonstration is loaded into a demonstration only")
    stage = Stage(app, create_app(settings, worker=True))
    if not is_open(stage):
        tell(stage, Names())
    return [
        SignIn(role.replace("_", " "), tenant, f"{role.replace('_', '.')}@{tenant}.example", PASSWORD)
        for tenant, role in SHOWN
    ]


def tell(stage: Stage, names: Names) -> World:
    """Open the network and let its people work: everybody who came, their referrals, and the main story."""
    present = clock.now()
    with clock.set_to(present - timedelta(days=OPENED)):
        world = open_world(stage, names)
    stage.put_off_tidying(present)
    story = tell_story(stage, world, names, STORY_BEGAN)
    play(
        [*calls(stage, world), *corrections(stage, world), *everybody(stage, world, names), story], stage.work
    )
    return world
