"""``create_app()``: the only module that knows every feature."""

from __future__ import annotations

import os

from flask import Flask
from redis import Redis
from sqlalchemy import NullPool

from network.background import schedule
from network.background import worker as worker_process
from network.core.db import db
from network.core.settings import Settings
from network.tenants.isolation import ContextSigner, isolate
from network.web import health

POOL_SIZE = 4


def create_app(settings: Settings | None = None, *, worker: bool = False) -> Flask:
    """The application for these settings, or for the environment's.

    ``worker`` connects as the role that may claim the outbox rows of every tenant. Raises
    ``SettingsError`` where a setting is missing.
    """
    settings = settings or Settings.from_environ(os.environ)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.worker_database_url if worker else settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        DEMONSTRATION=settings.demonstration,
    )
    app.extensions["network_settings"] = settings
    app.extensions["network_redis"] = Redis.from_url(settings.redis_url, socket_timeout=5)
    connect_database(app, settings)
    app.extensions["network_background"] = {"worker": worker_process.is_alive, "scheduler": schedule.is_alive}
    app.register_blueprint(health.blueprint)
    return app


def connect_database(app: Flask, settings: Settings) -> None:
    """Open the database behind the wall: every transaction states who acts."""
    db.init_app(app)
    signer = ContextSigner(settings.context_key)
    app.extensions["network_signer"] = signer
    with app.app_context():
        isolate(db.engine, signer)


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.environment == "test":
        return {"poolclass": NullPool, "hide_parameters": True}
    return {"pool_size": POOL_SIZE, "max_overflow": POOL_SIZE, "pool_pre_ping": True, "hide_parameters": True}
