"""The steps of the rehearsal, in the order in which the main job runs."""

from __future__ import annotations

from network.rehearsal.running import Step
from network.rehearsal.steps import arrival, home, opening, passport, shelter, strangers, withdrawal
from network.rehearsal.story import Story

STEPS: list[Step[Story]] = [
    step
    for part in (opening, arrival, shelter, passport, home, withdrawal, strangers)
    for step in part.SCRIPT.steps
]
