"""The gazetteer: each place inside its country, in a zone that exists, under names that can be found."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from network.directory import geo
from network.directory.geo import Point

PLACES = geo.places()
# South, north, west, east.
BOXES = {
    "AE": (22.5, 26.5, 51.4, 56.5),
    "BD": (20.5, 26.7, 88.0, 92.7),
    "BH": (25.5, 26.4, 50.3, 50.9),
    "ET": (3.3, 15.0, 32.9, 48.0),
    "ID": (-11.1, 6.1, 95.0, 141.1),
    "IN": (6.7, 35.6, 68.0, 97.5),
    "JO": (29.1, 33.4, 34.9, 39.4),
    "KH": (9.9, 14.8, 102.2, 107.7),
    "KR": (33.0, 38.7, 124.5, 131.0),
    "KW": (28.5, 30.2, 46.5, 48.8),
    "LA": (13.9, 22.6, 100.0, 107.8),
    "LB": (33.0, 34.7, 35.0, 36.7),
    "LK": (5.8, 9.9, 79.5, 82.0),
    "MM": (9.6, 28.6, 92.1, 101.2),
    "MY": (0.8, 7.4, 99.6, 119.3),
    "NP": (26.3, 30.5, 80.0, 88.3),
    "OM": (16.6, 26.5, 51.9, 59.9),
    "PH": (4.5, 21.2, 116.8, 126.7),
    "QA": (24.4, 26.3, 50.6, 51.8),
    "SA": (16.2, 32.3, 34.4, 55.8),
    "SG": (1.15, 1.48, 103.6, 104.1),
    "TH": (5.5, 20.6, 97.3, 105.8),
    "TW": (21.8, 26.4, 118.1, 122.1),
    "VN": (8.3, 23.5, 102.0, 110.0),
}
SCRIPTS = {
    "ar": "ARABIC", "bn": "BENGALI", "as": "BENGALI", "ne": "DEVANAGARI", "hi": "DEVANAGARI", "mr": "DEVANAGARI",
    "kok": "DEVANAGARI", "si": "SINHALA", "ta": "TAMIL", "te": "TELUGU", "kn": "KANNADA", "ml": "MALAYALAM",
    "gu": "GUJARATI", "or": "ORIYA", "pa": "GURMUKHI", "am": "ETHIOPIC", "ko": "HANGUL", "zh-Hant": "CJK",
    "th": "THAI", "km": "KHMER", "my": "MYANMAR", "lo": "LAO",
}  # fmt: skip
KINDS = {"capital", "city", "town", "district", "region", "camp", "industrial_zone", "airport", "crossing"}
# First-level areas: how many, those that bear the name of a town included.
LEAST = {"JO": 180, "LB": 100, "BD": 180, "NP": 120, "LK": 110, "ID": 750, "PH": 600, "IN": 1400, "TH": 1000}
SHARE_OF_OWN_NAMES = {
    "JO": 0.98,
    "LB": 0.97,
    "KW": 0.85,
    "TW": 0.9,
    "NP": 0.8,
    "LK": 0.8,
    "TH": 0.8,
    "BD": 0.65,
}


def test_the_gazetteer_covers_every_corridor_country():
    assert len(PLACES) >= 7000
    assert {place.country for place in PLACES} == set(BOXES) == set(geo.countries())
    for country in BOXES:
        found = geo.places(country)
        assert len(found) >= LEAST.get(country, 10), country
        capitals = [place for place in found if place.kind == "capital"]
        assert len(capitals) == 1, country
        assert capitals[0].ar, country
        assert any(place.kind == "airport" for place in found), country
        assert {place.kind for place in found} <= KINDS


@pytest.mark.parametrize("country", BOXES)
def test_each_place_lies_inside_its_country(country):
    south, north, west, east = BOXES[country]
    for place in geo.places(country):
        assert south <= place.latitude <= north, place.name
        assert west <= place.longitude <= east, place.name


def test_no_two_places_share_a_code_and_no_two_towns_a_spot():
    assert [code for code, times in Counter(place.code for place in PLACES).items() if times > 1] == []
    spots = Counter(
        (place.latitude, place.longitude) for place in PLACES if place.kind not in ("region", "district")
    )
    assert [spot for spot, times in spots.items() if times > 1] == []


def test_own_names_are_in_their_own_script_and_zones_exist():
    for zone in {place.time_zone for place in PLACES}:
        assert ZoneInfo(zone)
    for place in PLACES:
        for language, name in place.names:
            assert name == unicodedata.normalize("NFC", name) == name.strip() != "", place.code
            if script := SCRIPTS.get(language):
                letters = {unicodedata.name(one).split()[0] for one in name if one.isalpha()}
                assert letters == {script}, (place.code, language, name)


@pytest.mark.parametrize(("country", "share"), SHARE_OF_OWN_NAMES.items())
def test_most_places_have_their_name_in_their_own_script(country, share):
    found = geo.places(country)
    assert sum(place.own_name is not None for place in found) / len(found) >= share


def test_the_area_of_a_place_is_a_place_of_the_same_country():
    for place in PLACES:
        if place.area:
            area = geo.find_place(place.area)
            assert area is not None, place.code
            assert area.country == place.country


def test_each_row_is_whole_and_the_files_are_small():
    folder = resources.files("network.directory") / "data" / "places"
    size = 0
    for country in BOXES:
        text = (folder / f"{country.lower()}.tsv").read_text("utf-8")
        size += len(text.encode())
        rows = list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        assert {len(row) for row in rows} == {11}, country
        codes = [row[0] for row in rows[1:]]
        assert codes == sorted(codes), f"{country}: a place must keep its line from one build to the next"
        assert all(code.startswith(f"{country.lower()}-") for code in codes)
    assert size < 1_500_000


DISTRICTS_OF_NEPAL = [
    "Taplejung", "Sankhuwasabha", "Solukhumbu", "Okhaldhunga", "Khotang", "Bhojpur", "Dhankuta",
    "Terhathum", "Panchthar", "Ilam", "Jhapa", "Morang", "Sunsari", "Udayapur", "Saptari", "Siraha",
    "Dhanusha", "Mahottari", "Sarlahi", "Rautahat", "Bara", "Parsa", "Dolakha", "Sindhupalchok", "Rasuwa",
    "Dhading", "Nuwakot", "Kathmandu", "Bhaktapur", "Lalitpur", "Kavrepalanchok", "Ramechhap", "Sindhuli",
    "Makwanpur", "Chitwan", "Gorkha", "Manang", "Mustang", "Myagdi", "Kaski", "Lamjung", "Tanahun",
    "Nawalpur", "Syangja", "Parbat", "Baglung", "Rolpa", "Pyuthan", "Gulmi", "Arghakhanchi", "Palpa",
    "Nawalparasi", "Rupandehi", "Kapilvastu", "Dang", "Banke", "Bardiya", "Dolpa", "Mugu", "Humla", "Jumla",
    "Kalikot", "Dailekh", "Jajarkot", "Salyan", "Surkhet", "Bajura", "Bajhang", "Darchula", "Baitadi",
    "Dadeldhura", "Doti", "Achham", "Kailali", "Kanchanpur",
]  # fmt: skip
DISTRICTS_OF_SRI_LANKA = [
    "Ampara", "Anuradhapura", "Badulla", "Batticaloa", "Colombo", "Galle", "Gampaha", "Hambantota", "Jaffna",
    "Kalutara", "Kandy", "Kegalle", "Kilinochchi", "Kurunegala", "Mannar", "Matale", "Matara", "Monaragala",
    "Mullaitivu", "Nuwara Eliya", "Polonnaruwa", "Puttalam", "Ratnapura", "Trincomalee", "Vavuniya",
]  # fmt: skip
AREAS = {
    "JO": ["Amman", "Irbid", "Zarqa", "Balqa", "Mafraq", "Jerash", "Ajloun", "Madaba", "Karak", "Tafilah", "Maan",
           "Aqaba"],
    "LB": ["Beirut", "Mount Lebanon", "North Lebanon", "South Lebanon", "Nabatieh", "Bekaa", "Akkar", "Baalbek-Hermel"],
    "NP": [*DISTRICTS_OF_NEPAL, "Eastern Rukum", "Western Rukum", "Koshi Province", "Madhesh Province"],
    "LK": [*DISTRICTS_OF_SRI_LANKA, "Western Province", "Uva Province"],
    "BD": ["Dhaka", "Chattogram", "Sylhet", "Khulna", "Rajshahi", "Barishal", "Rangpur", "Mymensingh"],
    "ID": ["Aceh", "West Java", "Jawa Timur", "NTB", "Lampung", "Banten", "Yogyakarta", "South Papua", "Bengkulu",
           "Jambi"],
}  # fmt: skip


def test_the_districts_of_the_origin_countries_are_all_there():
    assert len(DISTRICTS_OF_NEPAL) == 75
    assert len(DISTRICTS_OF_SRI_LANKA) == 25
    named = {place.code for place in geo.listed_places("BD") if place.kind in ("district", "city", "capital")}
    assert len(named) >= 64


@pytest.mark.parametrize(("country", "name"), [(c, name) for c, names in AREAS.items() for name in names])
def test_each_area_is_found_by_its_name(country, name):
    found = geo.find_places(name, country=country)
    assert found, name
    told = {geo.fold(one) for one in (found[0].name, *(n for _, n in found[0].names), *found[0].aliases)}
    assert geo.fold(name) in told


# Measured on maps by hand; kilometres.
@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ("jo-amman", "jo-irbid", 67),
        ("jo-amman", "jo-aqaba", 283),
        ("lb-beirut", "lb-tripoli", 67),
        ("bd-dhaka", "bd-chattogram", 211),
        ("np-kathmandu", "np-pokhara", 143),
        ("lk-colombo", "lk-jaffna", 304),
        ("id-jakarta", "id-surabaya", 663),
        ("ph-manila", "ph-cebu-city", 571),
    ],
)
def test_places_lie_as_far_apart_as_they_do(one, other, km):
    away = geo.distance_km(geo.get_place(one).point, geo.get_place(other).point)
    assert away == pytest.approx(km, rel=0.03)


def test_the_nearest_place_is_the_nearest_or_a_well_known_one_beside_it():
    for spot in (
        Point(32.49, 36.01),
        Point(33.9, 35.5),
        Point(27.7, 85.3),
        Point(-6.7, 108.5),
        Point(0, -30),
    ):
        least = min(geo.sphere_km(spot, place.point) for place in PLACES if place.kind != "region")
        assert geo.sphere_km(spot, geo.nearest_place(spot).point) <= least + 8
    assert geo.nearest_place(Point(31.95, 35.93)).code == "jo-amman"
    assert geo.nearest_place(Point(31.39, 36.1)).code != "jo-amman"


def test_short_lists_stay_short():
    for country in BOXES:
        assert 1 <= len(geo.listed_places(country)) <= 150, country


def test_a_town_that_was_written_in_its_own_script_is_told_to_each_in_her_language():
    found = geo.find_town("المفرق", "JO")
    assert found is not None
    assert (found.label("en"), found.label("ar")) == ("Mafraq", "المفرق")
    assert geo.find_town("القمر", "JO") is None
