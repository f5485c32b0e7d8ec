"""What the form of a search offers: needs, languages, kinds and filters, with how many each would find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _

from network.core import vocabulary
from network.directory.kinds import kind_label
from network.directory.search import Criteria, Facet, Findings
from network.directory.search.criteria import NOW
from network.directory.states import WEEKDAYS
from network.web.templating import country_name, language_name

RADII_KM = (10, 25, 50, 100, 200, 300)
# What clients and partners of our corridors speak; any other language can be asked for through the API.
SPOKEN = ("am", "ar", "bn", "en", "fil", "fr", "hi", "id", "ms", "ne", "si", "sw", "ta", "ti", "ur")
Option = tuple[str, str]
NO_FACET = Facet("", ())


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of a form, in the reader's words; ``more``: whether a filter below the fold is set."""

    needs: list[tuple[str, list[Option]]]
    radii: list[Option]
    languages: list[Option]
    days: list[Option]
    kinds: list[Option]
    countries: list[Option]
    only: list[Option]
    more: bool


def choices(reader: str, criteria: Criteria | None, findings: Findings | None) -> Choices:
    """What the form offers beside these results."""
    facets = findings.facets if findings else {}
    radii = {*map(float, RADII_KM), *([criteria.radius_km] if criteria else [])}
    return Choices(
        needs=_needs(reader),
        radii=[(f"{km:g}", _("%(km)s km", km=f"{km:g}")) for km in sorted(radii)],
        languages=_spoken(reader, facets.get("language", NO_FACET), criteria),
        days=_days(facets.get("open_at", NO_FACET), criteria),
        kinds=_coded(facets.get("kinds", NO_FACET), criteria.kinds if criteria else (), _kind),
        countries=_coded(
            facets.get("countries", NO_FACET), criteria.countries if criteria else (), country_name
        ),
        only=_only(facets),
        more=criteria is not None and _is_filtered(criteria),
    )


def typed(criteria: Criteria) -> dict[str, Any]:
    """The criteria as the form shows them."""
    day, _space, time = criteria.open_at.partition(" ")
    on = {
        name: getattr(criteria, name)
        for name in ("capacity", "verified", "referrals", "stale", "interpreters")
    }
    return {
        "needs": list(criteria.needs),
        "text": criteria.text,
        "place": criteria.place,
        "radius_km": f"{criteria.radius_km:g}",
        "language": criteria.language or "",
        "open_day": day if day == NOW or time else "",
        "open_time": time,
        "kinds": list(criteria.kinds),
        "countries": list(criteria.countries),
        **{name: "true" if value else "" for name, value in on.items()},
    }


def in_address(criteria: Criteria, **changed: Any) -> dict[str, Any]:
    """The criteria as parameters of an address, without what is usual. There is no client in them."""
    point = criteria.point
    given: dict[str, Any] = {
        "needs": list(criteria.needs),
        "text": criteria.text,
        "latitude": point.latitude if point else None,
        "longitude": point.longitude if point else None,
        "radius_km": f"{criteria.radius_km:g}",
        "language": criteria.language,
        "open_at": criteria.open_at,
        "organization_id": criteria.organization_id,
        "kinds": list(criteria.kinds),
        "countries": list(criteria.countries),
        "page": criteria.page if criteria.page > 1 else None,
    }
    for name in ("interpreters", "capacity", "verified", "stale", "referrals"):
        given[name] = "true" if getattr(criteria, name) else None
    given |= changed
    return {name: value for name, value in given.items() if value not in (None, "", [])}


def _is_filtered(criteria: Criteria) -> bool:
    return bool(
        criteria.language or criteria.open_at or criteria.kinds or criteria.countries or criteria.capacity
        or criteria.verified or criteria.referrals or criteria.stale
    )  # fmt: skip


@cache
def _needs(reader: str) -> list[tuple[str, list[Option]]]:
    """The needs by group, as the form offers them."""
    return [
        (group.label(reader), [(need.code, need.label(reader)) for need in vocabulary.needs(group.code)])
        for group in vocabulary.groups()
    ]


@cache
def _usual_languages(reader: str) -> list[Option]:
    return sorted(((code, language_name(code)) for code in SPOKEN), key=lambda pair: pair[1])


def _spoken(reader: str, facet: Facet, criteria: Criteria | None) -> list[Option]:
    counts = dict(facet.counts)
    wanted = criteria.language if criteria else None
    found = dict(_usual_languages(reader))
    found |= {code: language_name(code) for code in (*counts, wanted) if code and code not in found}
    return [(code, _with(name, counts.get(code))) for code, name in found.items()]


def _days(facet: Facet, criteria: Criteria | None) -> list[Option]:
    counts = dict(facet.counts)
    now = counts.get("open") if criteria is None or criteria.open_at in ("", NOW) else None
    names = get_day_names("wide", locale=get_locale())
    return [(NOW, _with(_("Open now"), now)), *((code, names[day]) for day, code in enumerate(WEEKDAYS))]


def _kind(code: str) -> str:
    return kind_label(code)


def _coded(facet: Facet, wanted: tuple[str, ...], name: Any) -> list[Option]:
    counts = dict(facet.counts)
    return [(code, _with(name(code), counts.get(code))) for code in dict.fromkeys((*counts, *wanted))]


def _only(facets: Mapping[str, Facet]) -> list[Option]:
    def of(name: str, value: str) -> int | None:
        return dict(facets[name].counts).get(value) if name in facets else None

    return [
        ("capacity", _with(_("Something free now"), of("capacity", "free"))),
        ("verified", _with(_("Verified in the last six months"), of("verified", "yes"))),
        ("referrals", _with(_("Takes referrals"), of("referrals", "yes"))),
    ]


def _with(name: str, count: int | None) -> str:
    """A name with how many it finds."""
    return name if count is None else _("%(name)s (%(count)s)", name=name, count=count)
