"""Which language a page speaks, and in which direction it reads.

A language chosen on this browser (the switch in the header) comes first, then the signed-in person's own,
then what the browser asks for. Signing in should call :func:`remember_language` with the account's language,
so that the last user of a shared desk does not choose for the next.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from babel import Locale
from flask import Flask, Response, has_request_context, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response as BaseResponse

from network.tenants.context import find_acting

# In its own script: somebody who reads only that one must find it.
LANGUAGES: Final[dict[str, str]] = {"en": "English", "ar": "العربية"}
DEFAULT: Final = "en"
COOKIE: Final = "language"
TRANSLATIONS: Final = Path(__file__).resolve().parent.parent / "translations"
_YEAR_S: Final = 365 * 24 * 3600


def choose_locale() -> str:
    """The language of this request, one of LANGUAGES."""
    if has_request_context():
        chosen = request.cookies.get(COOKIE)
        if chosen in LANGUAGES:
            return chosen
    identity = find_acting()
    if identity is not None and identity.kind == "staff" and identity.language in LANGUAGES:
        return identity.language
    if has_request_context():
        # By the first part alone: "ar-JO, en;q=0.5" asks for Arabic.
        asked = (tag.split("-")[0].lower() for tag in request.accept_languages.values())
        return next((code for code in asked if code in LANGUAGES), DEFAULT)
    return DEFAULT


def language() -> str:
    """The language of the page being made, as BCP 47."""
    locale = get_locale()
    return str(locale).replace("_", "-") if locale is not None else DEFAULT


def direction(locale: str | None = None) -> str:
    """``rtl`` or ``ltr``: how a language reads, by default that of the page being made."""
    return Locale.parse(locale or language(), sep="-").text_direction


def by_sex(sex: str | None, neutral: str, hers: str, his: str) -> str:
    """The wording that fits who is spoken of: hers or his where the card tells the sex, else what fits everybody."""
    return {"female": hers, "male": his}.get(sex or "", neutral)


def comma(reads: str | None = None) -> str:
    """What stands between the things of a list, by the direction of the script (that of the page being made)."""
    return "، " if (reads or direction()) == "rtl" else ", "


def remember_language(response: BaseResponse, code: str) -> None:
    """Keep a language on this browser, in a cookie that says nothing else."""
    if code in LANGUAGES:
        response.set_cookie(
            COOKIE, code, max_age=_YEAR_S, secure=request.is_secure, httponly=True, samesite="Lax"
        )


def safe_path(target: str) -> str:
    """A path on this site to go back to; anything else becomes the home page."""
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if ours else "/"


def choose_language() -> BaseResponse:
    """The view behind the language switch: POST ``language`` and ``next``. app.py registers it as ``language``."""
    response: Response = redirect(safe_path(request.form.get("next", "/")), 303)  # type: ignore[assignment]  # werkzeug's type, Flask's object
    remember_language(response, request.form.get("language", ""))
    return response


def register(app: Flask) -> Babel:
    """Attach gettext and the choice of language to an application."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    return Babel(app, locale_selector=choose_locale)  # type: ignore[no-untyped-call]  # the library has no types here
