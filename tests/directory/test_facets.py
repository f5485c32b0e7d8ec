"""The counts beside a search, under any filters at once: the same as counting by hand."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Flask

from network.core import clock, vocabulary
from network.core.db import db, unit_of_work
from network.directory.geo import Point
from network.directory.models import Service, ServiceSearch
from network.directory.search import Criteria, find
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.factories import make_listing

HERE = Point(-58.0, 100.0)
ALWAYS = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]
HOURS: dict[str, list[dict[str, str]]] = {"open": ALWAYS, "unknown": [], "closed": [
    {"byday": "MO", "opens_at": "03:00", "closes_at": "03:01", "valid_to": "2020-01-01"}]}  # fmt: skip
NEEDS = ("protection.shelter", "legal.advice", "health.primary")
KINDS = ("ngo", "health_provider", "authority_host")
LANGUAGES = ("ar", "ne", "si")


def test_the_counts_of_each_filter_are_right_beside_any_others(app: Flask, members: Members) -> None:
    dice = random.Random(20261122)
    kinds = [kind for kind in KINDS if kind in _classes()] or sorted(_classes())[:3]
    listed = [_listing(app, members, dice, kinds) for _ in range(36)]
    with app.app_context(), scope(members.centre):
        for _ in range(60):
            asked: dict[str, Any] = {
                "needs": tuple(sorted(dice.sample(NEEDS, dice.choice((1, 2, 3))))),
                "open_at": dice.choice(("", "", "now")),
                "language": dice.choice((None, None, *LANGUAGES)),
                "verified": dice.random() < 0.3,
                "referrals": dice.random() < 0.3,
                "kinds": tuple(dice.sample(kinds, dice.choice((0, 0, 1, 2)))),
                "countries": dice.choice(((), (), ("JO",), ("LB",), ("JO", "LB"))),
            }
            found = find(Criteria(point=HERE, **asked), counts=True)
            told = {name: dict(facet.counts) for name, facet in found.facets.items()}
            bounded = [one for one in listed if set(one["needs"]) & set(asked["needs"])]
            assert found.total == len([one for one in bounded if _meets(one, asked)]), asked
            for name, values in _VALUES.items():
                left = [one for one in bounded if _meets(one, asked, but=name)]
                counted = Counter(value for one in left for value in values(one))
                assert {value: number for value, number in told[name].items() if number} == counted, (
                    name,
                    asked,
                )


_VALUES: dict[str, Any] = {
    "open_at": lambda one: [one["open"]],
    "language": lambda one: one["languages"],
    "kinds": lambda one: [one["kind"]],
    "countries": lambda one: [one["country"]],
    "verified": lambda one: ["yes"] if one["verified"] else [],
    "referrals": lambda one: ["yes"] if one["accepted"] else [],
}


def _meets(one: dict[str, Any], asked: dict[str, Any], but: str = "") -> bool:
    """Whether it meets every filter, or every one but this."""
    tests = {
        "open_at": not asked["open_at"] or one["open"] == "open",
        "language": asked["language"] is None or asked["language"] in one["languages"],
        "verified": not asked["verified"] or one["verified"],
        "referrals": not asked["referrals"] or one["accepted"],
        "kinds": not asked["kinds"] or one["kind"] in asked["kinds"],
        "countries": not asked["countries"] or one["country"] in asked["countries"],
    }
    return all(met for name, met in tests.items() if name != but)


def _classes() -> set[str]:
    return set(vocabulary.codes("recipient_classes"))


def _listing(app: Flask, members: Members, dice: random.Random, kinds: list[str]) -> dict[str, Any]:
    one: dict[str, Any] = {
        "needs": dice.sample(NEEDS, dice.choice((1, 2))),
        "open": dice.choice(list(HOURS)),
        "languages": sorted(dice.sample(LANGUAGES, dice.choice((1, 2)))),
        "kind": dice.choice(kinds),
        "country": dice.choice(("JO", "LB")),
        "verified": dice.random() < 0.5,
        "accepted": dice.random() < 0.6,
    }
    made = make_listing(
        app, members.partner.tenant, latitude=HERE.latitude, longitude=HERE.longitude, town="Nowhere",
        needs=one["needs"], schedules=HOURS[one["open"]], languages=one["languages"],
        recipient_class=one["kind"], country=one["country"],
        referral={"accepted": one["accepted"], "methods": ["in_platform"]},
    )  # fmt: skip
    seen = clock.now().date() - timedelta(days=10 if one["verified"] else 250)
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        db.session.get_one(Service, made.service_id).verified_on = seen
    with app.app_context(), scope(members.centre):
        kept = db.session.query(ServiceSearch).filter_by(service_id=made.service_id).one()
        one["country"], one["kind"] = kept.country, kept.organization_kind
    return one
