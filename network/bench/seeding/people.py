"""Invented people: names put together from common ones, as the demonstration does, and what befell them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from network.core import vocabulary

SECTORS = ("domestic_work", "garment", "construction", "agriculture", "manufacturing", "hospitality")
SUMMARIES = (
    "Wages of several months were not paid; the employer keeps the passport.",
    "Was dismissed without notice and lost her place in the dormitory.",
    "Paid a recruiter for a visa that was for other work than was promised.",
    "Was hurt at the machine; the employer has not reported the accident.",
    "Wants to go home and has neither a ticket nor an exit permit.",
    "Asks whether the contract that she signed at home still holds here.",
)
NOTES = (
    "Came by with a friend who interprets. Will bring the pay slips on Sunday, when the line rests.",
    "Called the employer's office. They say that the manager is away until next week.",
    "Went through the contract together. Two pages are missing; she has a photograph of them at home.",
    "The labour office gave a date for mediation. She prefers that somebody goes along.",
    "Feels better since she moved in with her cousin. No new problems this month.",
)
PRESSING = ("immediate", "emergency", "urgent", "routine")


@dataclass(frozen=True)
class Person:
    """An invented person, as intake would write her down."""

    card: dict[str, Any]
    nationality: str
    sex: str
    birth_year: int
    sector: str
    phone: str | None
    passport: str | None


@dataclass(frozen=True)
class Trouble:
    """What an invented case is about."""

    needs: tuple[str, ...]
    priority: str
    summary: str
    what_happened: str
    restricted: bool


@cache
def _pool() -> dict[str, Any]:
    held = resources.files("network.demonstration") / "data" / "people.json"
    found: dict[str, Any] = json.loads(held.read_text(encoding="utf-8"))
    return found


@cache
def _usual_needs() -> tuple[str, ...]:
    return tuple(need.code for need in vocabulary.needs() if not need.opens_restricted)


@cache
def _restricting_needs() -> tuple[str, ...]:
    return tuple(need.code for need in vocabulary.needs() if need.opens_restricted)


def invent_person(dice: random.Random, country: str, year: int) -> Person:
    """Somebody who came to a centre of this country in this year."""
    nationality = dice.choice(sorted(_pool()["nationalities"]))
    names = _pool()["nationalities"][nationality]
    sex = dice.choice(("female", "female", "male"))
    given, second = dice.choice(names[sex]), dice.choice(names[sex])
    family = dice.choice(names.get(f"family_{sex}") or names["family_female"])
    single = dice.random() < names.get("single_name_share", 0.05)
    chosen = [given] if single else [given, second, family] if dice.random() < 0.5 else [given, family]
    spellings = [" ".join(one[script] for one in chosen if one.get(script)) for script in ("own", "ar")]
    others = [one for one in spellings if one and dice.random() < 0.5]
    languages = dice.sample(names["languages"], dice.randint(1, len(names["languages"])))
    sector = dice.choice(SECTORS)
    number = dice.randrange(10**7)
    return Person(
        card={
            "name": " ".join(one["latin"] for one in chosen),
            **({"other_names": others} if others else {}),
            "age_basis": "age",
            "languages": languages,
            "whereabouts": dice.choice(("free", "employer_house", "dormitory")),
            "origin_district": f"District {dice.randint(1, 60)}",
            "occupation": f"Works in {sector}",
            "employer": f"Invented employer {dice.randint(1, 400)}",
            "workplace": f"Hall {dice.randint(1, 30)}, the industrial estate",
            "person_kind": "migrant_worker",
            "came_by": dice.choice(("walk_in", "hotline", "outreach", "friend_or_family")),
        },
        nationality=nationality,
        sex=sex,
        birth_year=year - dice.randint(19, 52),
        sector=sector,
        phone=_number(dice, country),
        passport=f"ZZ{number:07d}" if dice.random() < 0.8 else None,
    )


def _number(dice: random.Random, country: str) -> str | None:
    """A number of the right form in blocks that no operator was given, so that it rings nobody."""
    form = _pool()["phones"].get(country)
    if form is None or dice.random() < 0.1:
        return None
    digits = int(form[form.index("%0") + 2])
    return str(form % dice.randrange(10**digits))


def invent_trouble(dice: random.Random) -> Trouble:
    """What brings somebody to a centre: one to three needs."""
    restricted = dice.random() < 0.03
    needs = dice.sample(_usual_needs(), dice.choice((1, 1, 2, 2, 3)))
    if restricted:
        needs = [dice.choice(_restricting_needs()), *needs]
    pressing = min(PRESSING.index(vocabulary.need(code).default_priority) for code in needs)
    story = " ".join(dice.choice(SUMMARIES) for _ in range(3))
    return Trouble(tuple(needs), PRESSING[pressing], dice.choice(SUMMARIES), story, restricted)
