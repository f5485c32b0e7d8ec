"""The gazetteer: each place inside its country, in a zone that exists, under names that can be found."""

from __future__ import annotations

import json
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

PLACES = json.loads((resources.files("network.directory") / "data" / "places.json").read_bytes())["places"]
BOXES = {
    "JO": (29.1, 33.4, 34.9, 39.4),
    "LB": (33.0, 34.7, 35.0, 36.7),
    "SG": (1.15, 1.48, 103.6, 104.1),
    "KR": (33.0, 38.7, 124.5, 131.0),
    "MY": (0.8, 7.4, 99.6, 119.3),
    "TW": (21.8, 25.4, 119.3, 122.1),
    "ID": (-11.1, 6.1, 95.0, 141.1),
    "BD": (20.5, 26.7, 88.0, 92.7),
    "IN": (6.7, 35.6, 68.0, 97.5),
    "LK": (5.8, 9.9, 79.5, 82.0),
    "NP": (26.3, 30.5, 80.0, 88.3),
    "PH": (4.5, 21.2, 116.8, 126.7),
    "ET": (3.3, 15.0, 32.9, 48.0),
}
SCRIPTS = {"ar": "\u0600", "bn": "\u0980", "ne": "\u0900", "si": "\u0d80", "am": "\u1200", "ko": "\uac00"}


def test_the_gazetteer_covers_every_corridor_country():
    assert len(PLACES) >= 400
    assert {place["country"] for place in PLACES} == set(BOXES)
    for country in BOXES:
        capitals = [p for p in PLACES if p["country"] == country and p["kind"] == "capital"]
        assert len(capitals) == 1, country
        assert capitals[0]["ar"]
        assert any(p["kind"] == "airport" for p in PLACES if p["country"] == country), country


@pytest.mark.parametrize("country", BOXES)
def test_each_place_lies_inside_its_country(country):
    south, north, west, east = BOXES[country]
    for place in PLACES:
        if place["country"] == country:
            assert south <= place["latitude"] <= north, place["name"]
            assert west <= place["longitude"] <= east, place["name"]


def test_no_two_places_share_a_code_or_a_spot():
    assert len({place["code"] for place in PLACES}) == len(PLACES)
    assert len({(place["latitude"], place["longitude"]) for place in PLACES}) == len(PLACES)


def test_own_names_are_in_their_own_script_and_zones_exist():
    for place in PLACES:
        assert ZoneInfo(place["time_zone"])
        assert (place["own_name"] is None) is (place["own_language"] is None)
        first = SCRIPTS.get(place["own_language"])
        if first:
            assert any(ord(first) <= ord(letter) <= ord(first) + 0x2C00 for letter in place["own_name"])
            assert not any(letter.isascii() and letter.isalpha() for letter in place["own_name"])
