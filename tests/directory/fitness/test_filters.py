"""Whom a service takes, what each filter would find, and which one took how many."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from network.core import vocabulary
from network.core.db import db
from network.core.ids import new_id
from network.directory import eligibility
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.search import find
from network.directory.search.fitting import FITS, VERDICTS, parameters
from network.tenants.context import Identity, scope
from tests.directory.fitness.conftest import (
    TAKES_ALL,
    WEDNESDAY_NOON,
    count_beds,
    ids,
    listed,
    look,
    spot,
    write,
)


@pytest.fixture
def here() -> Point:
    return spot(-48.0)


def some_conditions(dice: random.Random) -> dict[str, Any]:
    """Conditions of a service as they may be kept, some stated and some not."""
    statuses, sectors = vocabulary.codes("eligibility.legal_status"), vocabulary.codes("eligibility.sector")

    def limit() -> int | None:
        return dice.choice([None, 0, 8, 12, 18])

    every: dict[str, Any] = {
        "sex": dice.sample(["women", "men", "any", "trans_inclusive"], dice.randint(0, 2)),
        "age": {"min": dice.choice([None, 16, 18]), "max": dice.choice([None, 30, 60])},
        "nationality": {
            "include": dice.sample(["BD", "NP", "LK"], dice.randint(0, 2)),
            "exclude": dice.sample(["BD", "ET"], dice.randint(0, 1)),
        },
        "legal_status": dice.sample(sorted(statuses), dice.randint(0, 3)),
        "sector": dice.sample(sorted(sectors), dice.randint(0, 3)),
        "children_along": {"accepted": dice.random() < 0.8, "girls_up_to": limit(), "boys_up_to": limit()},
        "works_without_documents": dice.random() < 0.5,
        "documents_required": dice.choice([[], ["passport"]]),
    }
    if dice.random() < 0.3:  # one who takes nearly everybody
        every |= TAKES_ALL
    stated = dice.choice([0.75, 1.0])
    return {name: value for name, value in every.items() if dice.random() < stated}


def some_profiles(dice: random.Random) -> Iterator[Profile]:
    """Clients of whom more or less is known."""
    statuses = sorted(vocabulary.codes("eligibility.legal_status") - {"any"})
    sectors = sorted(vocabulary.codes("eligibility.sector") - {"any"})
    while True:
        yield Profile(
            sex=dice.choice([None, "female", "male", "other"]),
            age=dice.choice([None, 15, 16, 29, 30, 31, 70]),
            nationality=dice.choice([None, "BD", "NP", "ET", "KE"]),
            legal_status=dice.choice([None, *statuses]),
            children=tuple(
                (dice.choice([None, "female", "male"]), dice.choice([None, 3, 8, 12, 13]))
                for _child in range(dice.randint(0, 2))
            ),
            sector=dice.choice([None, *sectors]),
            has_documents=dice.choice([None, True, False]),
        )


def test_the_database_takes_whom_the_page_says_that_a_service_takes(app: Flask, steward: Identity):
    dice = random.Random(9)
    marked = (
        "SELECT condition_marks(c) AS conditions, whole_number(c, 'age', 'min') AS age_min, "
        "whole_number(c, 'age', 'max') AS age_max, whole_number(c, 'children_along', 'girls_up_to') AS girls_up_to, "
        "whole_number(c, 'children_along', 'boys_up_to') AS boys_up_to FROM CAST(%(given)s AS jsonb) AS c"
    )
    seen = set()
    with app.app_context(), scope(steward):
        connection = db.session.connection()
        for _round, profile in zip(range(1500), some_profiles(dice), strict=False):
            conditions = some_conditions(dice)
            given = parameters(profile) | {"given": json.dumps(conditions)}
            number = connection.exec_driver_sql(f"SELECT {FITS} FROM ({marked}) AS s", given).scalar_one()
            match = eligibility.match(conditions, profile)
            assert VERDICTS[number] == match.verdict, (conditions, profile, match)
            seen.add(match.verdict)
    assert seen == set(VERDICTS)


def test_each_filter_says_how_many_it_would_find(app: Flask, steward: Identity, here: Point):
    listed(app, steward, here, 1, languages=["ar", "bn"])
    listed(app, steward, here, 2, languages=["ar"], schedules=[])
    union = listed(app, steward, here, 3, languages=["ne"], recipient_class="union")
    found = look(app, steward, here)
    counts = {name: dict(facet.counts) for name, facet in found.facets.items()}
    assert counts["language"] == {"ar": 2, "bn": 1, "ne": 1}
    assert counts["open_at"] == {"open": 2, "unknown": 1, "closed": 0}
    assert counts["kinds"] == {"service_provider": 2, "union": 1}
    assert counts["referrals"] == {"yes": 3}
    # A filter that is set counts beside its own other values, and within the others.
    arabic = look(app, steward, here, language="ar", open_at="now")
    counts = {name: dict(facet.counts) for name, facet in arabic.facets.items()}
    assert counts["language"] == {"ar": 1, "bn": 1, "ne": 1}
    assert counts["open_at"] == {"open": 1, "unknown": 1, "closed": 0}
    assert ids(look(app, steward, here, kinds=("union",))) == [union.service_id]
    assert arabic.total == 1


def test_interpreters_are_counted_only_when_asked_for(app: Flask, steward: Identity, here: Point):
    one = listed(app, steward, here, languages=["ar"])
    write(app, steward, "INSERT INTO language (id, steward_tenant_id, service_id, code, interpreted) "
          "VALUES (:id, :steward, :service, 'am', true)",
          id=new_id(), steward=steward.tenant, service=one.service_id)  # fmt: skip
    nothing = look(app, steward, here, language="am")
    assert nothing.found == ()
    [found] = look(app, steward, here, language="am", interpreters=True).found
    assert (found.languages, found.interpreted_languages) == (("ar",), ("am",))


def test_free_places_filter_and_age(app: Flask, steward: Identity, here: Point):
    free, old = listed(app, steward, here), listed(app, steward, here)
    count_beds(app, steward, free.service_id, 1)
    count_beds(app, steward, old.service_id, 5, WEDNESDAY_NOON - timedelta(days=30))
    assert ids(look(app, steward, here, capacity=True)) == [free.service_id]
    write(
        app, steward, "UPDATE service_capacity SET available = 0 WHERE service_id = :id", id=free.service_id
    )
    assert look(app, steward, here, capacity=True).found == ()


def test_nothing_found_says_which_single_filter_took_how_many(app: Flask, steward: Identity, here: Point):
    listed(app, steward, here, languages=["ar"])
    listed(app, steward, here, 1, languages=["bn"], schedules=[])
    found = look(app, steward, here, language="bn", open_at="now")
    assert [(one.what, one.count) for one in found.looser] == [("open_at", 1), ("language", 1)]
    for one in found.looser:
        with app.app_context(), scope(steward):
            assert find(one.criteria, at=WEDNESDAY_NOON).total == one.count
    nothing = look(app, steward, Point(here.latitude - 1.3, here.longitude), language="ne")
    assert [(one.what, one.criteria.radius_km) for one in nothing.looser] == [("both", 200.0)]
