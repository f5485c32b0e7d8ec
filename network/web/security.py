"""What holds for every request: CSRF, headers, size, and that no view is open by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest

from network.core.settings import Settings

BODY_BYTES = 1024 * 1024
FORM_FIELDS = 2000
YEAR_SECONDS = 365 * 24 * 3600
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{tiles}; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
GUARD = "network_guard"
LARGEST_BODY = "network_largest_body"
PUBLIC = "public"
HARMLESS = "network_changes_nothing"
API_PREFIXES = ("/api/", "/hsds/")

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()


def takes_files(size_bytes: int) -> Callable[[View], View]:
    """Let a view take a body of this size from who is signed in; any other view takes a megabyte."""

    def mark(view: View) -> View:
        setattr(view, LARGEST_BODY, size_bytes)
        return view

    return mark


def allow_size() -> None:
    """Where files are taken, take their size; before anything reads the body."""
    size = getattr(current_app.view_functions.get(request.endpoint or ""), LARGEST_BODY, None)
    if size is not None and (bearer_token() or request.cookies.get(session_cookie_name())):
        request.max_content_length = size


def public(view: View) -> View:
    """Leave a view open to everybody. The list of such views is short, and a test holds it."""
    setattr(view, GUARD, PUBLIC)
    return view


def changes_nothing(view: View) -> View:
    """Take a form without a CSRF token, and so without a cookie: a view that changes nothing and takes no account of
    who asks answers a forged form as it answers anybody. The list of such views is short, and a test holds it."""
    setattr(view, HARMLESS, True)
    return view


def wants_json() -> bool:
    """Whether this request came to the API, and not to a page."""
    return request.path.startswith(API_PREFIXES)


def session_cookie_name() -> str:
    """The name of the session's cookie; over HTTPS browsers hold it to this host."""
    return "__Host-network" if current_app.config["SESSION_COOKIE_SECURE"] else "network"


def bearer_token() -> str | None:
    """The token of ``Authorization: Bearer``, as programs send it; None without one.

    An empty one is none: the session's cookie would count, and what rides on a cookie needs its CSRF token.
    """
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return None
    return (authorization.token or "").strip() or None


def content_security_policy(tiles_origin: str = "") -> str:
    """What a page may load: our own, and pictures of map tiles from the one origin that the settings name."""
    return POLICY.format(tiles=f" {tiles_origin}" if tiles_origin else "")


def protect(app: Flask, settings: Settings) -> None:
    """Set up the protection of every request and answer."""
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=BODY_BYTES,
        MAX_FORM_PARTS=FORM_FIELDS,
        CONTENT_SECURITY_POLICY=content_security_policy(settings.map_tiles_origin),
        SESSION_COOKIE_NAME="network_form",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below: programs with a bearer token have nothing to forge
        WTF_CSRF_TIME_LIMIT=None,  # a form lives as long as the browser's session
        WTF_CSRF_SSL_STRICT=False,  # our pages send no referrer
    )
    csrf.init_app(app)
    app.before_request(refuse_unusable_address)
    app.before_request(allow_size)
    app.before_request(refuse_unguarded)
    app.before_request(check_csrf)
    app.before_request(refuse_unreadable_json)
    app.after_request(add_headers)


def refuse_unusable_address() -> None:
    """No address of ours holds a NUL, which the database could not store or find."""
    if "\0" in request.path or b"%00" in request.query_string:
        raise BadRequest("the address holds a character that cannot be used")


def refuse_unguarded() -> None:
    """Deny by default: a view that declares neither a permission nor that it is public answers nobody."""
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    if getattr(view, GUARD, None) is None:
        raise RuntimeError(f"the view {request.endpoint} declares no guard")


def check_csrf() -> None:
    """A request that rides on a cookie proves that it comes from a page of ours."""
    if request.endpoint is None or bearer_token() is not None:
        return
    if wants_json() and session_cookie_name() not in request.cookies:
        return
    if getattr(current_app.view_functions[request.endpoint], HARMLESS, False):
        return
    csrf.protect()


def refuse_unreadable_json() -> None:
    """Read JSON once and strictly, before a parser that is less strict does: raises ``BadRequest``."""
    if request.is_json and request.get_data():  # a body sent in pieces tells no length
        request.get_json()


def add_headers(response: Response) -> Response:
    """Nothing is stored, framed, sniffed or told onward, unless a view said otherwise."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", current_app.config["CONTENT_SECURITY_POLICY"])
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
    headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}; includeSubDomains")
    return response
