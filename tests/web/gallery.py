"""A small application that shows every component once, for tests alone: no route of it is shipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, flash, g, render_template, request
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.datastructures import MultiDict

import network
from network.core import clock, vocabulary
from network.core.ids import new_id
from network.tenants.context import Identity
from network.web import i18n, templating
from network.web.assets import serve_assets
from network.web.compression import compress_answers
from network.web.navigation import Item, offer
from network.web.wording import STATES

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
IDENTITY = Identity(
    kind="staff",
    tenant_id=new_id(),
    account_id=new_id(),
    tenant_kind="centre",
    tenant_name="Al Hassan Workers' Center",
    display_name="Rania Haddad",
    time_zone="Asia/Amman",
    permissions=frozenset({"case.read"}),
)


def make_app(identity: Identity | None = IDENTITY) -> Flask:
    """The gallery, as this person sees it; the identity's own language counts."""
    root = Path(network.__file__).parent
    app = Flask("gallery", root_path=str(root), template_folder="templates", static_folder=None)
    app.config.update(SECRET_KEY="gallery", DEMONSTRATION=True, TESTING=True, SAVED=[], ANSWER=204)
    ours = FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_loader = ChoiceLoader([app.jinja_loader, ours])
    compress_answers(app)
    CSRFProtect(app)
    i18n.register(app)
    templating.register(app)
    _add_routes(app)
    offer(app, [Item(label, endpoint, count=count) for label, endpoint, count in _entries()])

    @app.before_request
    def act() -> None:
        g.acting = identity

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    serve_assets(app)
    return app


def _entries() -> list[tuple[str, str, Any]]:
    return [
        ("Home", "home", lambda: 3),
        ("Clients", "components", None),
        ("Directory", "plain", None),
        ("Referrals", "form", None),
        ("Arrivals", "records", None),
    ]


def _add_routes(app: Flask) -> None:
    app.add_url_rule("/language", "language", i18n.choose_language, methods=["POST"])
    app.add_url_rule("/lock", "accounts_pages.lock", lambda: ("", 204), methods=["POST"])
    app.add_url_rule("/sign-out", "accounts_pages.sign_out", lambda: ("", 204), methods=["POST"])
    app.add_url_rule("/", "home", lambda: _page("home"))
    app.add_url_rule("/components", "components", lambda: _page("components"))
    app.add_url_rule("/form", "form", _form, methods=["GET", "POST"])
    app.add_url_rule("/records", "records", lambda: _page("records"))
    app.add_url_rule("/plain", "plain", lambda: _page("plain"))
    app.add_url_rule("/draft", "draft", _draft, methods=["POST"])
    app.add_url_rule("/slow", "slow", _slow, methods=["POST"])


def _page(name: str, **context: Any) -> str:
    shown = {
        "now": NOW,
        "hours": lambda hours: NOW + timedelta(hours=hours),
        "needs": list(vocabulary.terms("needs"))[:3],
        "states": list(STATES),
    }
    with clock.set_to(NOW):
        return render_template(f"gallery/{name}.html", **shown, **context)


def _form() -> str | tuple[str, int]:
    if request.method == "GET" and "wrong" not in request.args:
        return _page("form")
    errors = {
        "phone": [_("Enter a phone number.")],
        "need": [_("Choose a need.")],
        "channel": [_("Choose how.")],
        "_schema": [_("Check the form.")],
    }
    values = MultiDict(
        [("name", "أمينة"), ("phone", "+962 7"), ("kinds", "a"), ("kinds", "b"), ("channel", "call")]
    )
    return _page("form", errors=errors, values=values), 422


def _draft() -> tuple[str, int]:
    current_app.config["SAVED"].append(request.form.to_dict(flat=False))
    return "", current_app.config["ANSWER"]


def _slow() -> tuple[str, int]:
    current_app.config["SAVED"].append("sent")
    flash("Sent", "success")
    return "", 204
