"""What is searched: needs, words, a place, and what a service has to be like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.core import vocabulary
from network.core.errors import Invalid
from network.directory.geo import Point
from network.directory.states import WEEKDAYS

LIMIT = 50
RADIUS_KM = 50.0
SMALLEST_RADIUS_KM, LARGEST_RADIUS_KM = 1.0, 300.0
LONGEST_TEXT = 120
LAST_PAGE = 400
NOW = "now"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_YEARS = range(1970, 2970)  # in which a day before or after is still one
_DAY_AND_TIME = re.compile(rf"({'|'.join(WEEKDAYS)}) ([01]\d|2[0-3]):([0-5]\d)\Z")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched. Any of ``needs`` will do, every word of ``text`` must be met, in whatever spelling.

    ``country``: where the point lies; services by telephone that serve the whole country are found there.
    ``open_at``: "now"; "SU 10:00", the next such day by the location's own clock; or an ISO time, by that clock where
    it names no zone. ``interpreters``: a language will do in which an interpreter is called. ``capacity``: something
    free. ``verified``: looked at within six months. ``stale``: also what nobody has looked at for a year. ``kinds``:
    classes of recipients. ``countries``: where it is offered. ``referrals``: takes referrals.

    Raises UnknownCode for a need or kind that does not exist, Invalid for whatever else cannot be.
    """

    needs: tuple[str, ...] = ()
    point: Point | None = None
    place: str = ""
    country: str | None = None
    radius_km: float = RADIUS_KM
    language: str | None = None
    organization_id: UUID | None = None
    limit: int = LIMIT
    text: str = ""
    open_at: str = ""
    interpreters: bool = False
    capacity: bool = False
    verified: bool = False
    stale: bool = False
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    referrals: bool = False
    page: int = 1

    def __post_init__(self) -> None:
        for code in self.needs:
            vocabulary.need(code)
        for code in self.kinds:
            vocabulary.check("recipient_classes", code)
        wrong = {name: message for name, message in self._wrong() if message}
        if wrong:
            raise Invalid(fields={name: [message] for name, message in wrong.items()})

    @property
    def asks_for_help_alone(self) -> bool:
        """Whether nothing is asked but who helps there: no time, no name, nobody whom one would rather have."""
        return not (self.open_at or self.text.strip() or self.verified or self.kinds or self.referrals)

    def _wrong(self) -> list[tuple[str, str]]:
        """(field, what is wrong with it), where something is."""
        unknown_language = self.language is not None and not _LANGUAGE.match(self.language)
        nowhere = self.point is None and not (self.organization_id or self.text.strip() or self.countries)
        return [
            (
                "radius_km",
                ""
                if SMALLEST_RADIUS_KM <= self.radius_km <= LARGEST_RADIUS_KM
                else _("Choose a distance of 1 to 300 kilometres."),
            ),
            ("language", _("We do not know this language.") if unknown_language else ""),
            ("limit", "" if 1 <= self.limit <= LIMIT else _("Ask for 1 to 50 services.")),
            ("page", "" if 1 <= self.page <= LAST_PAGE else _("There is no such page.")),
            ("text", _("Use fewer words.") if len(self.text) > LONGEST_TEXT else ""),
            (
                "open_at",
                "" if _is_moment(self.open_at) else _("Enter a day and a time, such as Sunday 10:00."),
            ),
            (
                "countries",
                ""
                if all(_COUNTRY.match(code) for code in self.countries)
                else _("We do not know this country."),
            ),
            ("place", _("Enter a town or an area to search around.") if nowhere else ""),
        ]

    def moment(self, now: datetime) -> datetime:
        """The time for which open or closed is told: aware, or naive by the clock on each location's wall."""
        if self.open_at in ("", NOW):
            return now
        found = _DAY_AND_TIME.match(self.open_at)
        if found is None:
            return datetime.fromisoformat(self.open_at)
        # Whichever zone the location is in, its day begins within a day of the one in Greenwich.
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        day = today + timedelta(days=(WEEKDAYS.index(found[1]) - today.weekday()) % 7)
        return day.replace(hour=int(found[2]), minute=int(found[3]))


def _is_moment(text: str) -> bool:
    if text in ("", NOW) or _DAY_AND_TIME.match(text):
        return True
    try:
        return datetime.fromisoformat(text).year in _YEARS
    except ValueError:
        return False


def as_kept(criteria: Criteria) -> dict[str, Any]:
    """The criteria as JSON keeps them."""
    kept = asdict(criteria)
    kept["organization_id"] = str(criteria.organization_id) if criteria.organization_id else None
    return kept


def from_kept(kept: Mapping[str, Any]) -> Criteria:
    """Criteria that were kept, whichever fields there were then."""
    known = {field.name for field in fields(Criteria)}
    given = {name: value for name, value in kept.items() if name in known}
    for name in ("needs", "kinds", "countries"):
        given[name] = tuple(given.get(name) or ())
    point, organization_id = given.get("point"), given.get("organization_id")
    given["point"] = Point(**point) if point else None
    given["organization_id"] = UUID(organization_id) if organization_id else None
    return Criteria(**given)
