"""What every template may call: assets, form guards, times and names in the reader's language.

Templates run with StrictUndefined: a name that does not exist is an error, never an empty place on a page that
tells what leaves a centre. ``errors`` and ``values`` are always there, empty unless a form came back.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from flask import Flask, current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from network.core import clock, vocabulary
from network.tenants.context import find_acting
from network.web import wording
from network.web.addresses import page_address
from network.web.assets import asset
from network.web.i18n import DEFAULT, LANGUAGES, by_sex, comma, direction, language
from network.web.navigation import navigation

SOON: Final = timedelta(hours=12)
# What may be a telephone number: digits in groups, with or without the plus.
_NUMBER: Final = re.compile(r"\+?\d[\d ()\-./]{5,}\d")


class Remaining(NamedTuple):
    """Time left until a moment, in words, and its tone: ``late``, ``soon`` or nothing."""

    text: str
    tone: str

    def __str__(self) -> str:
        return self.text


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code, sep="-")


def _here() -> Locale:
    return get_locale() or _locale(DEFAULT)


def own_zone() -> str:
    """The IANA time zone of the tenant that acts, or UTC."""
    identity = find_acting()
    return identity.time_zone if identity is not None else "UTC"


@lru_cache(maxsize=8192)
def _moment(at: datetime, zone: str, locale: Locale, kind: str) -> str:
    place: tzinfo = ZoneInfo(zone)
    if kind == "date":
        return format_date(at.astimezone(place).date(), "d MMM y", locale)
    if kind == "time":
        return format_time(at, "short", place, locale)
    return format_datetime(at, f"d MMM y{comma(locale.text_direction)}HH:mm", place, locale)


def local_time(at: datetime, zone: str | None = None) -> str:
    """An instant as day and time in a zone (by default the acting tenant's): "3 Nov 2026, 14:05"."""
    return _moment(at, zone or own_zone(), _here(), "both")


def local_date(on: date | datetime, zone: str | None = None) -> str:
    """A date, or the date of an instant in a zone: "3 Nov 2026"."""
    if isinstance(on, datetime):
        return _moment(on, zone or own_zone(), _here(), "date")
    return format_date(on, "d MMM y", _here())


def local_clock(at: datetime, zone: str | None = None) -> str:
    """The time of day of an instant in a zone: "14:05"."""
    return _moment(at, zone or own_zone(), _here(), "time")


def _whole(span: timedelta) -> int:
    """Seconds, rounded to what the words will say: a list of fifty mostly repeats a few of them."""
    seconds = abs(span.total_seconds())
    step = 3600 if seconds >= 24 * 3600 else 60
    return round(seconds / step) * step or round(seconds)


@lru_cache(maxsize=8192)
def _age(seconds: int, locale: Locale) -> str:
    return format_timedelta(timedelta(seconds=seconds), threshold=1.0, add_direction=True, locale=locale)


@lru_cache(maxsize=8192)
def _remaining(seconds: int, late: bool, locale: Locale) -> str:
    if seconds < 60:
        return str(_("due now"))
    time = format_timedelta(timedelta(seconds=seconds), threshold=1.0, locale=locale)
    said: str = _("%(time)s late", time=time) if late else _("%(time)s left", time=time)
    return said


def age_of(at: datetime) -> str:
    """How long ago, or how far ahead, an instant lies: "3 hours ago"; less than a minute ago is "just now"."""
    span = at - clock.now()
    if timedelta(minutes=-1) < span < timedelta(seconds=1):
        return str(_("just now"))
    return _age(_whole(span) if span > timedelta() else -_whole(span), _here())


def countdown(at: datetime) -> Remaining:
    """How long is left until an instant, or how late it is: "3 hours left", "2 days late"."""
    left = at - clock.now()
    late = left < timedelta()
    tone = "late" if late else "soon" if left <= SOON else ""
    return Remaining(_remaining(_whole(left), late, _here()), tone)


def country_name(code: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2) in the reader's language; the code where it has none."""
    found: str = _here().territories.get(code.upper(), code)
    return found


def language_name(code: str) -> str:
    """The name of a language (BCP 47) in the reader's language; the code where it has none."""
    names: Mapping[str, str] = _here().languages
    return names.get(code.replace("-", "_")) or names.get(code.split("-")[0].lower()) or code


def need_label(code: str) -> str:
    """The name of a need in the reader's language; UnknownCode if there is no such need."""
    return vocabulary.label("needs", code, language())


def label(list_name: str, code: str) -> str:
    """The label of a vocabulary code in the reader's language; UnknownCode if the list has none such."""
    return vocabulary.label(list_name, code, language())


def choices(list_name: str) -> list[tuple[str, str]]:
    """(code, label) of a vocabulary list in the reader's language, for radios, checkboxes and selects."""
    return vocabulary.choices(list_name, language())


def link(href: str, text: object) -> Markup:
    """A link to stand in a cell or a fact, its text escaped."""
    return Markup('<a class="govuk-link" href="{}">{}</a>').format(href, text)


def code(text: object) -> Markup:
    """A code or reference that keeps its own order inside right-to-left text."""
    return Markup("<bdi>{}</bdi>").format(text)


def telephone(text: object) -> Markup:
    """A telephone number, always read from left to right."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def typed(text: object) -> Markup:
    """What somebody typed: a telephone number in it is read from left to right, whatever script stands around it."""
    if isinstance(text, Markup):
        return text
    plain, place = str(text), 0
    parts: list[Markup] = []
    for found in _NUMBER.finditer(plain):
        parts += [escape(plain[place : found.start()]), telephone(found.group())]
        place = found.end()
    return Markup("").join([*parts, escape(plain[place:])])


def form_guard() -> Markup:
    """The hidden fields of every form: the CSRF token, and a key that makes a repeated sending harmless."""
    csrf_token = cast("Callable[[], str]", current_app.jinja_env.globals["csrf_token"])
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="idempotency_key" value="{}">'
    ).format(csrf_token(), uuid.uuid4())


def messages(errors: Any, name: str) -> list[str]:
    """What is wrong with a field: the errors of a form (by field), or the field's own messages, made flat."""
    if not errors:
        return []
    return list(_flat(errors.get(name) if isinstance(errors, Mapping) else errors))


def _flat(found: Any) -> Iterable[str]:
    if found is None:
        return
    if isinstance(found, Mapping):
        for inner in found.values():
            yield from _flat(inner)
    elif isinstance(found, list | tuple):
        for inner in found:
            yield from _flat(inner)
    else:
        yield str(found)


def given(value: Any, values: Mapping[str, Any] | None, name: str) -> str:
    """What an input shows: the value given, or what stands under its name in the form's values."""
    found = value if value is not None else (values or {}).get(name)
    return "" if found is None else str(found)


def given_list(value: Any, values: Any, name: str) -> list[str]:
    """What is ticked: the values given, or all that stand under the name in the form's values."""
    if value is not None:
        found = value
    elif hasattr(values, "getlist"):
        found = values.getlist(name)
    else:
        found = (values or {}).get(name)
    if found is None:
        return []
    return [str(found)] if isinstance(found, str | bool | int) else [str(one) for one in found]


def listed(items: Iterable[object]) -> Markup:
    """Several things in one line, with the comma of the reader's script; a filter of templates."""
    return escape(comma()).join(items)  # type: ignore[arg-type]  # join escapes whatever is no markup


def groupby_first(items: Iterable[Any], attribute: str) -> list[tuple[Any, list[Any]]]:
    """Things by one of their attributes, in the order in which each was met first; a filter of templates."""
    found: dict[Any, list[Any]] = {}
    for one in items:
        found.setdefault(one[attribute], []).append(one)
    return list(found.items())


def side_by_side(items: Iterable[object]) -> Markup:
    """Several tags in one cell; a filter of templates."""
    return Markup(" ").join(items)  # type: ignore[arg-type]  # join escapes whatever is no markup


def joined(*ids: str) -> Markup:
    """An aria-describedby attribute for those ids that are not empty, or nothing."""
    named = " ".join(one for one in ids if one)
    return Markup(' aria-describedby="{}"').format(named) if named else Markup("")


def has_endpoint(name: str) -> bool:
    """Whether the application has this endpoint: the frame shows a lock or a sign-out only where there is one."""
    return name in current_app.view_functions


def _always_there() -> dict[str, Any]:
    return {"errors": {}, "values": {}, "identity": find_acting()}


def register(app: Flask) -> None:
    """Give an application's templates all of this."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.add_extension("jinja2.ext.do")
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.auto_reload = bool(app.config.get("TEMPLATES_AUTO_RELOAD", app.debug))
    here = (
        asset, form_guard, local_time, local_date, local_clock, age_of, countdown, country_name, language_name,
        need_label, label, choices, link, messages, given, given_list, joined, has_endpoint, navigation, direction,
        language, page_address, by_sex,
    )  # fmt: skip
    environment.globals.update({function.__name__: function for function in here})
    environment.globals.update(
        languages=LANGUAGES, state_label=wording.state_label, state_tone=wording.state_tone, escape=escape
    )
    environment.filters.update(
        listed=listed,
        side_by_side=side_by_side,
        groupby_first=groupby_first,
        code=code,
        tel=telephone,
        typed=typed,
        local_time=local_time,
        local_date=local_date,
    )
    app.context_processor(_always_there)
