"""``create_app()``: the only module that knows every feature."""

from __future__ import annotations

import os
import weakref
from types import ModuleType

from flask import Flask
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

from network.accounts import api as accounts_api
from network.accounts import jobs as accounts_jobs
from network.accounts import pages as accounts_pages
from network.accounts.guards import guard_application
from network.audit import jobs as audit_jobs
from network.background import schedule
from network.background import worker as worker_process
from network.cases import api as cases_api
from network.cases import jobs as cases_jobs
from network.cases import pages as cases_pages
from network.cases import parts
from network.cases import queries as case_queries
from network.consent import api as consent_api
from network.consent import jobs as consent_jobs
from network.consent import pages as consent_pages
from network.core.db import db
from network.core.pool import keep_alive, keep_prepared
from network.core.settings import Settings
from network.crossborder import api as crossborder_api
from network.crossborder import jobs as crossborder_jobs
from network.crossborder import pages as crossborder_pages
from network.directory import acts as listing_acts
from network.directory import api as directory_api
from network.directory import jobs as directory_jobs
from network.directory import keeping_api as listings_api
from network.directory import pages as directory_pages
from network.directory.feeds import api as feeds_api
from network.directory.feeds import jobs as feeds_jobs
from network.directory.feeds import pages as feeds_pages
from network.directory.finder import pages as finder_pages
from network.directory.hsds import api as hsds_api
from network.exchange import jobs as exchange_jobs
from network.oversight import api as oversight_api
from network.oversight import pages as oversight_pages
from network.referrals import api as referrals_api
from network.referrals import jobs as referrals_jobs
from network.referrals import pages as referrals_pages
from network.tenants.isolation import ContextSigner, isolate
from network.web import (
    api,
    assets,
    compression,
    handlers,
    health,
    i18n,
    limits,
    navigation,
    observe,
    security,
    templating,
)
from network.web.json import StrictJSON
from network.worklist import pages as worklist_pages

POOL_SIZE = 4

# The doors of every feature, from the lowest floor to the highest: add yours here, and nowhere else.
PAGES: tuple[ModuleType, ...] = (
    accounts_pages,
    directory_pages,
    finder_pages,
    feeds_pages,
    cases_pages,
    consent_pages,
    referrals_pages,
    worklist_pages,
    crossborder_pages,
    oversight_pages,
)
APIS: tuple[ModuleType, ...] = (
    accounts_api,
    directory_api,
    listings_api,
    feeds_api,
    cases_api,
    consent_api,
    referrals_api,
    crossborder_api,
    oversight_api,
)
JOBS: tuple[ModuleType, ...] = (  # importing one declares its handlers
    audit_jobs,
    accounts_jobs,
    directory_jobs,
    feeds_jobs,
    cases_jobs,
    consent_jobs,
    exchange_jobs,
    referrals_jobs,
    crossborder_jobs,
)


def create_app(settings: Settings | None = None, *, worker: bool = False) -> Flask:
    """The application for these settings, or for the environment's.

    ``worker`` connects as the role that may claim the outbox rows of every tenant. Raises
    ``SettingsError`` where a setting is missing.
    """
    settings = settings or Settings.from_environ(os.environ)
    app = Flask(__name__, static_folder=None)
    app.json = StrictJSON(app)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.worker_database_url if worker else settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        DEMONSTRATION=settings.demonstration,
        TRUSTED_PROXIES=settings.trusted_proxies,
    )
    app.extensions["network_settings"] = settings
    app.extensions["network_redis"] = Redis.from_url(settings.redis_url, socket_timeout=5)
    connect_database(app, settings)
    app.extensions["network_background"] = {"worker": worker_process.is_alive, "scheduler": schedule.is_alive}
    furnish(app, settings)
    open_doors(app)
    return app


def connect_database(app: Flask, settings: Settings) -> None:
    """Open the database behind the wall: every transaction states who acts."""
    db.init_app(app)
    signer = ContextSigner(settings.context_key)
    app.extensions["network_signer"] = signer
    with app.app_context():
        isolate(db.engine, signer)
        keep_prepared(db.engine)
        keep_alive(db.engine)
        # Whoever lets go of an application leaves no connection open; at the end of a process the system closes them.
        weakref.finalize(app, db.engine.dispose).atexit = False


def furnish(app: Flask, settings: Settings) -> None:
    """What every request goes through, in this order: observed, protected, limited, guarded."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask wants
    compression.compress_answers(app)
    observe.observe(app)
    security.protect(app, settings)
    limits.limit(app, settings)
    guard_application(app)
    i18n.register(app)
    templating.register(app)
    assets.serve_assets(app)
    handlers.handle_errors(app)


def open_doors(app: Flask) -> None:
    """Register the pages and the API of every feature."""
    app.register_blueprint(health.blueprint)
    app.add_url_rule("/language", "language", accounts_pages.switch_language, methods=["POST"])
    for module in PAGES:
        app.register_blueprint(module.blueprint)
        navigation.offer(app, getattr(module, "NAVIGATION", ()))
        listing_acts.offer(app, getattr(module, "LISTING_ACTS", ()))
        parts.offer(app, getattr(module, "CASE_PARTS", ()))
    listing_acts.know_clients(app, case_queries.taking_along, case_queries.is_restricted)
    api.open_api(app, [module.blueprint for module in APIS])
    app.register_blueprint(hsds_api.blueprint)  # by a standard of its own, and so with a document of its own


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.environment == "test":
        return {"pool_size": 2, "max_overflow": 2 * POOL_SIZE, "hide_parameters": True}
    return {"pool_size": POOL_SIZE, "max_overflow": POOL_SIZE, "hide_parameters": True}
