"""A place on its way into the gazetteer, and the tables written by hand."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

HERE = Path(__file__).resolve().parent
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
SIZES = ((1_000_000, 5), (250_000, 4), (50_000, 3), (15_000, 2), (1, 1))


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


def degrees(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def size_of(people: int) -> int:
    return next((size for least, size in SIZES if people >= least), 0)


def read_table(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [dict(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")]


def split(text: str) -> list[str]:
    return [one for one in text.split("|") if one]


def read_names(text: str) -> dict[str, str]:
    return dict(one.split("=", 1) for one in split(text))
