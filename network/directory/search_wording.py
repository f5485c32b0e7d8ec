"""A search in the reader's words: what was asked, how it could be asked otherwise, what is free."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from babel.dates import get_day_names
from babel.numbers import format_decimal, format_percent
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.core import clock
from network.directory import wording
from network.directory.search import Criteria, Findings, Found, Looser
from network.directory.search.criteria import NOW
from network.directory.states import WEEKDAYS
from network.web.templating import age_of


def search_line(criteria: Criteria) -> str:
    """What was searched, in one line: "Protected shelter, within 50 km of Irbid"."""
    wanted = wording.labels("needs", list(criteria.needs)) or _("Every service")
    if criteria.text:
        wanted = _("%(needs)s, “%(words)s”", needs=wanted, words=criteria.text)
    when = _opening(criteria.open_at) if criteria.open_at not in ("", NOW) else ""
    place = _around(wanted, criteria)
    return _("%(search)s, %(when)s", search=place, when=when) if when else place


def _around(wanted: str, criteria: Criteria) -> str:
    if criteria.point is None:
        return wanted
    return _(
        "%(needs)s, within %(km)s km of %(place)s",
        needs=wanted,
        km=format_decimal(criteria.radius_km, locale=get_locale()),
        place=wording.town(criteria.place, criteria.country) if criteria.country else criteria.place,
    )


def _opening(open_at: str) -> str:
    """When it should be open: "Open now", or "open on Sunday at 10:00"."""
    day, _space, time = open_at.partition(" ")
    if day not in WEEKDAYS:
        return _("Open now") if open_at in ("", NOW) else _("open at the time that was asked for")
    names = get_day_names("wide", locale=get_locale())
    return _("open on %(day)s at %(time)s", day=names[WEEKDAYS.index(day)], time=time)


def free(found: Found) -> str:
    """What a service has free, and how long ago that was counted: "3 free, counted 2 days ago"."""
    when = age_of(found.counted_at or clock.now())
    if not found.available:
        return _("Nothing free, counted %(when)s", when=when)
    return _(
        "%(number)s free, counted %(when)s",
        number=format_decimal(found.available, locale=get_locale()),
        when=when,
    )


def answering(found: Found) -> str:
    """How it has answered referrals: "90 % of referrals, within 24 hours"."""
    share = format_percent((found.answered_percent or 0) / 100, locale=get_locale())
    if found.usual_hours is None:
        return _("%(share)s of referrals", share=share)
    return _(
        "%(share)s of referrals, %(how_soon)s", share=share, how_soon=wording.response(found.usual_hours)
    )


def looser(one: Looser, criteria: Criteria) -> str:
    """What could be given up, and how many services that finds."""
    number, km = one.count, f"{one.criteria.radius_km:g}"
    if one.what == "radius":
        return ngettext(
            "Within %(km)s km: %(num)s service", "Within %(km)s km: %(num)s services", number, km=km
        )
    if one.what == "both":
        return ngettext(
            "Without filters within %(km)s km: %(num)s service",
            "Without filters within %(km)s km: %(num)s services",
            number,
            km=km,
        )
    if one.what == "language":
        return ngettext("Any language: %(num)s service", "Any language: %(num)s services", number)
    return _("%(what)s: %(services)s", what=str(WITHOUT[one.what]),
             services=ngettext("%(num)s service", "%(num)s services", number))  # fmt: skip


WITHOUT = {
    "text": _l("Without these words"),
    "open_at": _l("Open or not"),
    "capacity": _l("Whether something is free or not"),
    "verified": _l("Verified lately or not"),
    "stale": _l("Those that nobody has verified for a year, too"),
    "kinds": _l("Every kind of organization"),
    "countries": _l("Every country"),
    "referrals": _l("Those that take no referrals, too"),
}


def quick_filters(criteria: Criteria, findings: Findings) -> list[tuple[str, Criteria]]:
    """(words, the criteria then) of the filters that one tap sets or takes back, with how many they find."""

    def of(facet: str, value: str) -> int:
        return dict(findings.facets[facet].counts).get(value, 0) if facet in findings.facets else 0

    offered = []
    for name, on, off, text, number in (
        ("open_at", NOW, "", _opening(criteria.open_at), of("open_at", "open")),
        ("capacity", True, False, _("Something free now"), of("capacity", "free")),
        ("referrals", True, False, _("Takes referrals"), of("referrals", "yes")),
        ("verified", True, False, _("Verified lately"), of("verified", "yes")),
    ):
        if getattr(criteria, name):
            offered.append((_("Take back: %(filter)s", filter=text), _with(criteria, name, off)))
        elif 0 < number < findings.total:
            offered.append((_("%(name)s (%(count)s)", name=text, count=number), _with(criteria, name, on)))
    return offered


def _with(criteria: Criteria, name: str, value: str | bool) -> Criteria:
    """The criteria with one filter set otherwise, from the first page on."""
    changed: dict[str, Any] = {name: value, "page": 1}
    return replace(criteria, **changed)
