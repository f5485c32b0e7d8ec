"""Two centres at their desks, and how they fill in forms."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from network.core import clock
from tests.crossborder.conftest import NOON, TODAY, Centres, Story
from tests.factories import signed_in
from tests.support.visitor import Visitor

HIDDEN = re.compile(r'name="(version|seen|others)" value="([^"]*)"')


class Desk:
    """Somebody of each centre, signed in."""

    def __init__(self, app: Flask, centres: Centres) -> None:
        self.caseworker = signed_in(app, centres.jordan.id, "caseworker")
        self.coordinator = signed_in(app, centres.dhaka.id, "coordinator")
        self.intake = signed_in(app, centres.jordan.id, "intake")


@pytest.fixture(scope="module")
def desk(app: Flask, centres: Centres) -> Desk:
    with clock.set_to(NOON):
        return Desk(app, centres)


def fill(browser: Visitor, shown: str, action: str, **given: Any) -> Any:
    """Send a form of the page at ``shown`` with the hidden fields that it holds."""
    page = browser.get(shown)
    assert page.status_code == 200, page.text
    return browser.send_form(action, {**dict(HIDDEN.findall(page.text)), **given})


def act(browser: Visitor, exchange_id: UUID | str, move: str, **given: Any) -> Any:
    """Press a button of a handoff's page."""
    return fill(browser, f"/handoffs/{exchange_id}", f"/handoffs/{exchange_id}/{move}", **given)


def new_handoff(story: Story, **given: Any) -> dict[str, Any]:
    """The form for a new handoff."""
    return {
        "to_tenant_id": str(story.dhaka.id),
        "mode": "joint",
        "travels": "true",
        "arrival_on": TODAY.isoformat(),
        **given,
    }
