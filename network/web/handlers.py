"""From errors to answers: RFC 9457 problem details under the API, a plain page elsewhere.

The one module that knows what a domain error is in HTTP. Bad input is never a 500; what is unexpected is
logged with the place it came from, and without any value.
"""

from __future__ import annotations

import traceback
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from network.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotAuthenticated,
    NotCovered,
    NotFound,
    StaleVersion,
    TooMany,
)
from network.tenants.context import find_acting
from network.web.addresses import page_above, page_address
from network.web.assets import AssetsMissing
from network.web.forms import flat
from network.web.security import wants_json

SIGN_IN = "accounts_pages.sign_in"
# What the floor above leaves here: finds who is signed in, for a page that no guard stood before.
RECOGNIZE = "network_recognize"
INSUFFICIENT_PRIVILEGE = "42501"

# The first class that fits decides.
STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (Invalid, 422),
    (NotAuthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (NotCovered, 409),
    (TooMany, 429),
    (Conflict, 409),
)

log = structlog.get_logger(__name__)


def handle_errors(app: Flask) -> None:
    """Answer every error of this application."""
    app.register_error_handler(DomainError, answer_domain_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(DBAPIError, answer_database_error)
    app.register_error_handler(StaleDataError, answer_overtaken)
    app.register_error_handler(Exception, answer_unexpected)


def answer_domain_error(error: DomainError) -> ResponseReturnValue:
    """What an operation refused."""
    if isinstance(error, NotAuthenticated) and not wants_json():
        return _to_the_door(error)
    status = status_of(error)
    response = _answer(status, error.code, error.message if error.message != error.code else "", _more(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="network"'
    return response


def status_of(error: DomainError) -> int:
    """The HTTP status of a domain error."""
    if isinstance(error, StaleVersion) and "If-Match" in request.headers:
        return 412
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 400)


def answer_http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask and its extensions refused: no such page, a body that is too large, a form that expired."""
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, UnprocessableEntity) and (messages := getattr(error, "data", {}).get("messages")):
        # webargs keeps the messages under the part of the request that they belong to
        merged: dict[str, list[str]] = {}
        for part in messages.values():
            merged |= flat(part)
        return answer_domain_error(Invalid(fields=merged))
    if isinstance(error, CSRFError):
        text = _(
            "The page was open for too long, or your browser keeps no cookies. Go back, reload it, and send again."
        )
        return _answer(400, "csrf", text)
    response = _answer(error.code, error.name.lower().replace(" ", "-"), "")
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "location"):
            response.headers[name] = value
    return response


def answer_overtaken(error: StaleDataError) -> ResponseReturnValue:
    """A row that somebody else took away meanwhile."""
    log.warning("overtaken", where=_where(error))
    return _answer(409, "conflict", "")


def answer_database_error(error: DBAPIError) -> ResponseReturnValue:
    """What the database refused although nothing before it did: never told onward with its values."""
    code = getattr(error.orig, "sqlstate", None) or ""
    log.warning("database_refused", sqlstate=code, error=type(error).__name__, where=_where(error))
    if isinstance(error, IntegrityError):
        return _answer(409, "conflict", "")
    if isinstance(error, DataError):
        return _answer(400, "invalid", "")
    if code == INSUFFICIENT_PRIVILEGE:
        return _answer(403, "forbidden", "")
    if isinstance(error, OperationalError):
        response = _answer(503, "unavailable", "")
        response.headers["Retry-After"] = "5"
        return response
    return answer_unexpected(error)


def answer_unexpected(error: Exception) -> ResponseReturnValue:
    """A fault of ours."""
    log_unexpected(error)
    return _answer(500, "unexpected", "")


def log_unexpected(error: Exception) -> None:
    """Note a fault of ours: its kind and the places that it came through, never a value."""
    log.error("unexpected", error=type(error).__name__, where=_where(error), request_id=g.get("request_id"))


def _to_the_door(error: NotAuthenticated) -> ResponseReturnValue:
    """To the sign-in page (or the one that ``door`` names), and back to where the visitor wanted to go."""
    door = error.details.get("door", SIGN_IN)
    target = url_for(door, next=request.full_path.rstrip("?")) if request.method == "GET" else url_for(door)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 302)


def _more(error: DomainError) -> dict[str, Any]:
    """What else a program may want to know."""
    more: dict[str, Any] = {}
    if isinstance(error, Invalid):
        more["errors"] = error.fields
    if isinstance(error, IllegalTransition):
        more |= {"move": error.move, "state": error.state}
    if isinstance(error, NotCovered):
        more["lines"] = error.lines
    if isinstance(error, StaleVersion):
        more |= {"theirs": error.theirs, "version": error.details.get("version")}
    return more


def _answer(status: int, code: str, detail: str, more: dict[str, Any] | None = None) -> Response:
    title = _title(status, code)
    if wants_json():
        body = {
            "type": f"urn:network:problem:{code}",
            "title": title,
            "status": status,
            "code": code,
            "request_id": g.get("request_id"),
        }
        if detail:
            body["detail"] = detail
        response = jsonify(body | (more or {}))
        response.mimetype = "application/problem+json"
    else:
        response = Response(_page(status, title, detail, more or {}), mimetype="text/html")
    response.status_code = status
    return response


def _page(status: int, title: str, detail: str, more: dict[str, Any]) -> str:
    lines = [detail or _advice(status)]
    lines += [message for messages in more.get("errors", {}).values() for message in messages]
    about = {"title": title, "lines": lines, "request_id": g.get("request_id"), "above": _way_on(status)}
    try:
        return render_template("errors/error.html", signed_in=status < 500 and _is_known(), **about)
    except AssetsMissing as missing:
        return str(missing)


def _is_known() -> bool:
    """Whether somebody is signed in, who keeps her menu; also where no view, and so no guard, was reached."""
    if find_acting() is None and (recognize := current_app.extensions.get(RECOGNIZE)) is not None:
        recognize()
    identity = find_acting()
    return identity is not None and identity.kind == "staff" and bool(identity.permissions)


def _way_on(status: int) -> str:
    """The page that this address belongs to, where it leads on: what was refused may be looked at as it stands."""
    return page_above() if status in (405, 409, 412, 428) else page_address() if status == 400 else "/"


def _title(status: int, code: str) -> str:
    if code == "stale-version":
        return _("Somebody else changed this first")
    titles = {
        400: _("This could not be read"),
        401: _("Sign in first"),
        403: _("You may not do this"),
        404: _("Page not found"),
        405: _("This page does not take that"),
        409: _("This is not possible now"),
        412: _("Somebody else changed this first"),
        413: _("This is too large"),
        415: _("This kind of content is not taken"),
        422: _("There is a problem"),
        428: _("Say which version you saw"),
        429: _("Too many tries"),
        503: _("Not available for the moment"),
    }
    return titles.get(status, _("Something went wrong") if status >= 500 else _("This is not possible"))


def _advice(status: int) -> str:
    advice = {
        403: _("Your role does not include this. Ask whoever manages staff in your organization."),
        404: _("There is nothing here, or it is not yours to see."),
        409: _("Nothing was changed. Go back, look at what stands now, and try again."),
        412: _("Nothing was overwritten. Go back and look at what stands now."),
        413: _("Send less at once."),
        429: _("Wait a few minutes, then try again."),
        503: _("Wait a moment, then try again. What you sent was not saved."),
    }
    if status >= 500:
        return advice.get(
            status, _("It is our fault, and it was noted. Nothing was changed. Try again in a moment.")
        )
    return advice.get(status, _("Nothing was changed. Go back and try again."))


def _where(error: BaseException) -> list[str]:
    """The last places of our own code that the error came through: file, line and function, never a value."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if "/network/" in frame.filename and "site-packages" not in frame.filename
    ]
    return [f"{frame.filename.rpartition('/network/')[2]}:{frame.lineno} {frame.name}" for frame in ours[-4:]]
