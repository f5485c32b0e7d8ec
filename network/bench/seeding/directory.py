"""A large directory: services of many countries, written by COPY; then the search tables are filled from them.

Neither triggers nor operations are at work: a hundred thousand services would take them hours. What fills the
search tables is the function that the triggers call.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnDefault, Table

from network.bench.seeding.rows import Row, Rows, Writer, writing
from network.core import clock, vocabulary
from network.core.db import Base
from network.core.ids import new_id
from network.directory import geo
from network.directory.geo import Place
from network.directory.models import (
    Attribute,
    Language,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceEligibility,
    Unit,
)
from network.directory.operations.taxonomy import term_id

# Hours and a half: what a page says of its age is the same a minute later.
COUNTED = timedelta(hours=5, minutes=30)
COUNTRIES = 20
SERVICES_OF_AN_ORGANIZATION = 4
ORGANIZATIONS_AT_ONCE = 1_000
REFRESHED_AT_ONCE = 5_000
LANGUAGES = ("ar", "en", "bn", "ne", "si", "id", "fil", "am", "hi", "ta", "ur", "fr", "sw")
KINDS = ("service_provider", "union", "lawyer_legal_aid", "religious", "rcrc_movement")
HELPS = ("Legal aid", "Shelter", "Clinic", "Counselling", "Hotline", "Workers' desk", "Training", "Food bank")
FORMS = ("Foundation", "Centre", "Association", "Society", "Initiative", "House", "Union", "Network")
SYLLABLES = ("ba", "ka", "la", "ma", "na", "ra", "sa", "ta", "di", "fi", "ki", "li", "mi", "ri", "shi", "ti", "ju",
             "ku", "lu", "mu", "nu", "ru", "su", "han", "mir", "nur", "sal", "tar", "zam", "ved")  # fmt: skip
FAMILIES = (("Al Hassan", "الحسن"), ("Al-Khatib", "الخطيب"), ("Haddad", "حداد"), ("An-Najjar", "النجار"))
WEEKS = (("SU,MO,TU,WE,TH", "08:00", "16:00"), ("MO,TU,WE,TH,FR", "09:00", "17:00"),
         ("MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00"), ("SA,SU", "10:00", "22:00"))  # fmt: skip
STATUSES = ("any", "regular", "irregular", "permit_expired", "asylum_seeker", "refugee")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Offered:
    """A country of the large directory and its towns."""

    country: str
    towns: tuple[Place, ...]


@cache
def offered() -> tuple[Offered, ...]:
    """The countries over which the services are spread: worked out once, asked for with every search."""
    by_country: dict[str, list[Place]] = {}
    for place in geo.places():
        by_country.setdefault(place.country, []).append(place)
    return tuple(
        Offered(country, tuple(towns[:60])) for country, towns in list(by_country.items())[:COUNTRIES]
    )


def fill_directory(admin_url: str, stewards: Sequence[UUID], services: int, say: Say, seed: int = 11) -> None:
    """Make so many services at locations, and let the search find them; the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311  # the same directory every time
    with writing(admin_url) as writer:
        writer.execute("SET session_replication_role = replica")
        made = 0
        for rows in _organizations(dice, stewards, services):
            made += rows.count(ServiceAtLocation)
            rows.write(writer)
        writer.execute("RESET session_replication_role")
        say(f"{made} services at locations")
        _refresh(writer)
        say("search tables")
        writer.execute("VACUUM ANALYZE")


def _refresh(writer: Writer) -> None:
    found = writer.execute("SELECT id FROM service_at_location ORDER BY id").fetchall()
    ids = [one for (one,) in found]
    for first in range(0, len(ids), REFRESHED_AT_ONCE):
        writer.execute("SELECT refresh_service_search(%s)", (ids[first : first + REFRESHED_AT_ONCE],))
    writer.execute(
        "INSERT INTO capacity_search (service_id, available, counted_at) "
        "SELECT service_id, available, updated_at FROM service_capacity ON CONFLICT DO NOTHING"
    )


class _Rows(Rows):
    """Rows that name the plain defaults of their columns, which COPY does not know."""

    def row(self, model: type[Base], **values: Any) -> Row:
        return self.add(model, **(_defaults(model) | values))

    def count(self, model: type[Base]) -> int:
        return len(self._kept.get(model, ()))


_KNOWN_DEFAULTS: dict[type[Base], Row] = {}


def _defaults(model: type[Base]) -> Row:
    if model not in _KNOWN_DEFAULTS:
        table = cast(Table, model.__table__)
        _KNOWN_DEFAULTS[model] = {
            column.name: column.default.arg
            for column in table.columns
            if isinstance(column.default, ColumnDefault) and column.default.is_scalar
        }
    return dict(_KNOWN_DEFAULTS[model])


def _organizations(dice: random.Random, stewards: Sequence[UUID], services: int) -> Iterator[_Rows]:
    countries = offered()
    now = clock.now()
    beds = new_id()
    rows, made, number = _Rows(), 0, 0
    rows.row(Unit, id=beds, steward_tenant_id=stewards[0], name="beds (invented)")
    while made < services:
        count = min(SERVICES_OF_AN_ORGANIZATION, services - made)
        invented = _Invented(
            dice, rows, stewards[number % len(stewards)], countries[number % len(countries)], now, beds
        )
        invented.organization(count)
        made, number = made + count, number + 1
        if number % ORGANIZATIONS_AT_ONCE == 0:
            yield rows
            rows = _Rows()
    yield rows


@dataclass
class _Invented:
    """Makes one organization of a country, its locations and services."""

    dice: random.Random
    rows: _Rows
    steward: UUID
    offered: Offered
    now: datetime
    beds: UUID

    def organization(self, services: int) -> None:
        dice = self.dice
        family, own = dice.choice(FAMILIES) if dice.random() < 0.05 else (self._name(), None)
        organization_id = new_id()
        self.rows.row(
            Organization,
            **{"id": organization_id, "steward_tenant_id": self.steward, "country": self.offered.country},
            **{"name": f"{family} {dice.choice(FORMS)}", "alternate_name": own, "description": "Invented."},
            **{"recipient_class": dice.choice(KINDS)},
            **self._record(),
        )
        location_id = new_id()
        town = dice.choice(self.offered.towns)
        self.rows.row(
            Location,
            **{"id": location_id, "organization_id": organization_id, "steward_tenant_id": self.steward},
            **{"town": town.name, "country": town.country, "time_zone": town.time_zone},
            latitude=round(min(90, max(-90, town.latitude + dice.gauss(0, 0.15))), 5),
            longitude=round(min(180, max(-180, town.longitude + dice.gauss(0, 0.15))), 5),
            **_without_review(self._record(), Location),
        )
        self._hours(location_id)
        for _service in range(services):
            self._service(organization_id, location_id)

    def _name(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=self.dice.randint(2, 4))).capitalize()

    def _record(self) -> Row:
        days = self.dice.choice((10, 40, 90, 120, 300, 500))
        return {
            "visibility": "public" if self.dice.random() < 0.5 else "network",
            "invented": True,
            "verified_on": self.now.date() - timedelta(days=days),
            "created_at": self.now - timedelta(days=900),
            "modified_at": self.now,
        }

    def _hours(self, location_id: UUID) -> None:
        byday, opens_at, closes_at = self.dice.choice(WEEKS)
        given = {"byday": byday, "opens_at": opens_at, "closes_at": closes_at}
        self.rows.row(Schedule, id=new_id(), steward_tenant_id=self.steward, location_id=location_id, **given)

    def _service(self, organization_id: UUID, location_id: UUID) -> None:
        dice, service_id = self.dice, new_id()
        needs = dice.sample([need.code for need in vocabulary.needs()], 3)
        self.rows.row(
            Service,
            **{"id": service_id, "organization_id": organization_id, "steward_tenant_id": self.steward},
            **{"name": f"{dice.choice(HELPS)} {self._name()}", "description": "Invented for a measurement."},
            **{"referral_method": dice.choice(("in_platform", "phone", "email", "walk_in", "not_accepted"))},
            **{
                "other_referral_methods": [],
                "response_hours": dice.choice((None, 4, 24, 72)),
                "cost": "free",
            },
            **self._record(),
        )
        mine = {"steward_tenant_id": self.steward}
        self.rows.row(
            ServiceAtLocation,
            **{"id": new_id(), "service_id": service_id, "location_id": location_id},
            **_with_times(mine, ServiceAtLocation, self.now),
        )
        for code in needs:
            self.rows.row(
                Attribute,
                **{"id": new_id(), "link_id": service_id, "service_id": service_id},
                taxonomy_term_id=term_id(code),
                **mine,
            )
        for code in dice.sample(LANGUAGES, 3):
            self.rows.row(Language, id=new_id(), service_id=service_id, code=code, **mine)
        for criterion, value in self._conditions().items():
            self.rows.row(
                ServiceEligibility,
                id=new_id(),
                service_id=service_id,
                criterion=criterion,
                value=value,
                **mine,
            )
        if dice.random() < 0.3:
            self.rows.row(
                ServiceCapacity,
                **{
                    "id": new_id(),
                    "service_id": service_id,
                    "unit_id": self.beds,
                    "updated_at": self.now - COUNTED,
                },
                **{"available": float(dice.randint(0, 5))},
                **mine,
            )

    def _conditions(self) -> Row:
        dice = self.dice
        return {
            "sex": dice.choice((["women"], ["men"], ["any"], ["women", "men"])),
            "age": dice.choice(({"min": 18}, {"min": 16, "max": 60}, {})),
            "legal_status": dice.sample(STATUSES, 2),
            "works_without_documents": dice.random() < 0.7,
        }


def _without_review(values: Row, model: type[Base]) -> Row:
    """The values of the columns that this table has."""
    columns = cast(Table, model.__table__).columns
    return {name: value for name, value in values.items() if name in columns}


def _with_times(values: Row, model: type[Base], now: datetime) -> Row:
    columns = cast(Table, model.__table__).columns
    return values | {name: now for name in ("created_at", "modified_at") if name in columns}
