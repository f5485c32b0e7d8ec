"""What a search answers: services at locations, how many there are of each kind, and what to loosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from network.directory import eligibility, geo
from network.directory.eligibility import Match, Profile
from network.directory.geo import Point
from network.directory.hours import Hours, OpenState, from_search
from network.directory.practices import ToHear, to_hear
from network.directory.search.criteria import Criteria

Filter = Literal["open_at", "language", "capacity", "verified", "stale", "kinds", "countries", "referrals"]
What = Literal["radius", "needs", "text", "both"] | Filter
OpenWord = Literal["open", "unknown", "closed"]
OPEN_STATES = ("open", "unknown", "closed")
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A service at a location as a list shows it. ``distance_km`` is None where it was not searched around a place, for
    what serves a whole country, and for what is ``lost``: it has no position and serves no area that it names, so
    that nobody knows whether it is near.

    ``is_open``: at the time that was asked about. ``not_verified``: nobody has looked at it for six months.
    ``available``: what it has free, as counted at ``counted_at``; None where nobody says. ``answered_percent``: of the
    referrals that it got, as a rule within ``usual_hours``; None where too few were counted. ``reads``: the rest,
    worked out only where it is shown.
    """

    service_at_location_id: UUID
    service_id: UUID
    organization_id: UUID
    service_name: str
    service_alternate_name: str | None
    organization_name: str
    organization_alternate_name: str | None
    organization_kind: str
    need_codes: tuple[str, ...]
    languages: tuple[str, ...]
    interpreted_languages: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    town: str
    country: str
    confidential: bool
    location_type: str
    distance_km: float | None
    lost: bool
    is_open: OpenWord
    eligibility: Mapping[str, Any]
    practices: Mapping[str, str]
    house_rules: Mapping[str, str]
    referral_method: str
    other_referral_methods: tuple[str, ...]
    response_hours: int | None
    cost: str | None
    status: str
    alert: str | None
    held: bool
    invented: bool
    verified_on: date | None
    not_verified: bool
    available: float | None
    counted_at: datetime | None
    next_free_at: datetime | None
    answered_percent: int | None
    usual_hours: int | None
    reads: Reads

    @property
    def approximate(self) -> bool:
        """Whether the position is that of its town: nobody said more, or nobody may know more."""
        if self.latitude is None or self.longitude is None:
            return False
        return geo.is_of_a_place(Point(self.latitude, self.longitude))

    @property
    def hours(self) -> Hours:
        """Its weekly hours and the days on which they do not hold."""
        return from_search(
            self.reads.row["openings"],
            self.reads.row["time_zone"],
            [*self.reads.row["exceptions"], *self.reads.row["days_off"]],
        )

    @property
    def open(self) -> OpenState:
        """Open or closed at the time asked about, until when, and when it opens next."""
        return self.hours.at(self.reads.moment)

    @property
    def match(self) -> Match | None:
        """Whether it takes the client, and why not; None where nobody is in mind."""
        return eligibility.match(self.eligibility, self.reads.profile) if self.reads.profile else None

    @property
    def takes_referrals(self) -> bool:
        """Whether a new referral may be offered: it takes them, runs, and this centre has not put it on hold."""
        return self.referral_method != "not_accepted" and self.status == "active" and not self.held

    @property
    def to_hear(self) -> ToHear:
        """What a client must hear of it before she agrees."""
        return to_hear(self.practices)


@dataclass(frozen=True, slots=True)
class Reads:
    """From what the rest of a found service is worked out."""

    row: Row
    moment: datetime
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class Facet:
    """How many more or fewer a filter would find: (value, count), most first."""

    name: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Looser:
    """What would find something: the criterion to loosen, the criteria then, and how many they find."""

    what: What
    criteria: Criteria
    count: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found: this page of it, those that cannot take the client last; how many in all; how many with
    each filter; and, where nothing was found, what to loosen. ``more``: there is another page. ``corrected``: by
    words typed, what they were taken for."""

    found: tuple[Found, ...]
    total: int = 0
    more: bool = False
    looser: tuple[Looser, ...] = ()
    facets: Mapping[str, Facet] = field(default_factory=dict)
    corrected: Mapping[str, str] = field(default_factory=dict)
