"""The application served to a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.support.browser import open_browser
from tests.support.web import serving


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the application answers."""
    with serving(app) as base:
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, opened once for a file of tests."""
    with open_browser() as opened:
        yield opened
