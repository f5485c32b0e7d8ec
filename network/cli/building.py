"""The application, for the commands that need one: none is built until one does."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from flask import Flask

from network.core.settings import Settings
from network.stack.starting import starting

if TYPE_CHECKING:
    from network.stack.environment import Plan


def application() -> Flask:
    """The application as this installation's settings make it, whether or not it runs."""
    from network.stack.running import own_plan

    return built(own_plan().settings("tool"))


def built(settings: Settings | None = None, *, worker: bool = False) -> Flask:
    """The application, by these settings or those of the environment."""
    with starting():
        from network.app import create_app

        return create_app(settings, worker=worker)


def load_reference_data(plan: Plan) -> None:
    """Bring the taxonomy in step with the vocabulary; builds the application only where it is not."""
    import psycopg

    from network.core import vocabulary

    with psycopg.connect(plan.app_url) as connection:
        loaded = connection.execute("SELECT version FROM taxonomy").fetchone()
    if loaded != (vocabulary.version(),):
        app = built(plan.settings("tool"))
        importlib.import_module("network.opening").load_reference_data(app)
