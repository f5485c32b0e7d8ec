"""The application served to a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.web import serving


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the application answers."""
    with serving(app) as base:
        yield base
