"""The gallery of components, served on a free port and opened in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.web import serving
from tests.web.gallery import make_app


@pytest.fixture
def gallery() -> Flask:
    """The gallery as the caseworker of a centre sees it."""
    return make_app()


@pytest.fixture
def address(gallery: Flask) -> Iterator[str]:
    """Where the gallery answers."""
    with serving(gallery) as base:
        yield base
