"""The public finder's pages. Nobody signs in; every step is posted to the one address of a language.

The views take no account of who asks, change nothing and set no cookie. So a forged form gains nothing, and none
carries a token (``changes_nothing``).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from network.core import vocabulary
from network.core.errors import DomainError
from network.directory import wording as listing_wording
from network.directory.finder import reading, wording
from network.directory.finder.asking import RADII_KM, Asked, as_id, asked
from network.directory.finder.pictures import drawing
from network.directory.printed.slip import NAMED, SILENT, make_slip
from network.directory.printed.slip_words import find_slip_words
from network.tenants.keys import settings
from network.web.handlers import log_unexpected, status_of
from network.web.i18n import LANGUAGES, language
from network.web.limits import open_to_all
from network.web.security import changes_nothing, public

blueprint = Blueprint("finder_pages", __name__, url_prefix="/info")
blueprint.add_app_template_global(drawing)


@blueprint.get("")
@open_to_all
@public
def languages() -> ResponseReturnValue:
    """The languages, each in its own script."""
    return _answer(render_template("finder/languages.html", **_frame(language())))


@blueprint.get("/")
@blueprint.get("/<path:astray>")
@open_to_all
@public
def begin(astray: str = "") -> ResponseReturnValue:
    """Whatever else is typed leads to the languages: the usual page of an error would set a cookie."""
    return _astray()


@blueprint.get("/<string:reader>")
@open_to_all
@public
def start(reader: str) -> ResponseReturnValue:
    """The first question: what she needs."""
    if reader not in LANGUAGES:
        return _astray()
    return _page(reader, Asked())


@blueprint.post("/<string:reader>")
@open_to_all
@public
@changes_nothing
def ask(reader: str) -> ResponseReturnValue:
    """The next question, or what was found."""
    if reader not in LANGUAGES:
        return _astray()
    return _page(reader, asked(request.form))


@blueprint.post("/<string:reader>/sheet")
@open_to_all
@public
@changes_nothing
def sheet(reader: str) -> ResponseReturnValue:
    """A service on a sheet to print or to show, in whichever language it is asked for; its name says nothing."""
    words = find_slip_words(request.form.get("language", ""))
    named = as_id(request.form.get("listing", ""))
    told = reading.public_listing(named) if named is not None else None
    if reader not in LANGUAGES or words is None or told is None:
        return _astray()
    answer = _answer("")
    answer.data = make_slip(told, words, SILENT if told.confidential else NAMED)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = 'attachment; filename="information.pdf"'
    return answer


def _astray() -> Response:
    """There is no such page; where to begin stands on it."""
    return _answer(render_template("finder/languages.html", **_frame(language())), 404)


def _page(reader: str, known: Asked) -> Response:
    with force_locale(reader):
        step = known.step
        about: dict[str, Any] = {"asked": known, "wording": wording, "listings": listing_wording}
        if step == "found":
            about |= {"answer": reading.answer(known), "radii": RADII_KM}
        elif step == "numbers":
            about |= {"numbers": reading.numbers(known)}
        elif step in ("start", "need"):
            about |= {
                "groups": vocabulary.groups(),
                "needs": vocabulary.needs(known.group) if known.group else (),
            }
        return _answer(render_template(f"finder/{_TEMPLATES[step]}.html", **about, **_frame(reader)))


_TEMPLATES = {
    "start": "start", "need": "need", "where": "where", "country": "country", "towns": "towns",
    "which": "which", "found": "found", "numbers": "numbers",
    "sheet": "sheet",
}  # fmt: skip


def _frame(reader: str) -> dict[str, Any]:
    return {"reader": reader, "demonstration": settings().demonstration}


def _answer(page: str, status: int = 200) -> Response:
    """Kept nowhere, and found by no search engine."""
    response = Response(page, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.errorhandler(Exception)
def sorry(error: Exception) -> ResponseReturnValue:
    """Whatever goes wrong is said on a page of the finder, which like the others sets no cookie."""
    if isinstance(error, HTTPException):
        if error.code is None or error.code < 400:
            return error.get_response()
        status = error.code
    elif isinstance(error, DomainError):
        status = status_of(error)
    else:
        log_unexpected(error)
        status = 500
    reader = str((request.view_args or {}).get("reader", ""))
    with force_locale(reader if reader in LANGUAGES else language()):
        text = (
            _("Many people are looking at this page. Wait one minute, then try again.")
            if status == 429
            else _("This did not work. Try again.")
        )
        page = render_template(
            "finder/sorry.html", text=text, **_frame(reader if reader in LANGUAGES else language())
        )
    return _answer(page, status)
