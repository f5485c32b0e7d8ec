"""By what two rows of one file may be one listing: a number, mail, an address on the web, a place near the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import ARRAY, Text, any_, func, literal, select

from network.core.db import db
from network.directory import geo
from network.directory.feeds.comparing.planned import Planned
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.tidying.rows import Row
from network.directory.models import Phone
from network.tenants.context import acting

NEAR_KM: Final = 0.2
FEWEST_DIGITS: Final = 7
_TOLD_APART: Final = ("email", "website")
_MOST_POINTS: Final = 20
_MOST_ALIKE: Final = 50

Sign = tuple[str, str]


def contradict(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether mail or web tell two organizations apart."""
    return any(one.get(name) and other.get(name) and one[name] != other[name] for name in _TOLD_APART)


class Signs:
    """Of the organizations of a file: their numbers, mail and sites, and where their places are."""

    def __init__(self, rows: Iterable[Row]):
        listed = [row for row in rows if not row.refused]
        above = {
            (row.entity, row.foreign_id): str(row.values.get("organization_id"))
            for row in listed
            if row.entity in ("service", "location")
        }
        self.of: dict[str, set[Sign]] = defaultdict(set)
        self._points: dict[str, list[geo.Point]] = defaultdict(list)
        for row in listed:
            values = row.values
            if row.entity == "organization":
                for name in _TOLD_APART:
                    if values.get(name):
                        self.of[row.foreign_id].add((name, _plain(str(values[name]))))
            elif row.entity == "phone" and not row.confidential:
                owner = values.get("organization_id") or next(
                    (above.get((kind, values.get(f"{kind}_id", ""))) for kind in ("service", "location")
                     if f"{kind}_id" in values), None,
                )  # fmt: skip
                if owner and (number := digits(str(values.get("number") or ""))):
                    self.of[owner].add(("phone", number))
            elif row.entity == "location" and not row.confidential and values.get("latitude") is not None:
                points = self._points[str(values.get("organization_id"))]
                if len(points) < _MOST_POINTS and values.get("longitude") is not None:
                    point = geo.Point(values["latitude"], values["longitude"])
                    if not geo.is_of_a_place(point):  # the middle of a town is nobody's sign
                        points.append(point)

    def share(self, one: str, other: str) -> bool:
        """Whether two organizations have one of them in common, or places within 200 m of each other."""
        if self.of[one] & self.of[other]:
            return True
        return any(
            geo.sphere_km(here, there) <= NEAR_KM
            for here in self._points[one]
            for there in self._points[other]
        )


def digits(number: str) -> str:
    """The end of a number, by which it is the same with and without the code of its country; empty for a short one."""
    plain = re.sub(r"[^0-9]", "", number)
    return plain[-8:] if len(plain) >= FEWEST_DIGITS else ""


def _plain(address: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", address.lower()).rstrip("/")


def doubles(
    entity: str, planned: Sequence[Planned], fresh: set[int], signs: Signs, joined: set[str]
) -> dict[int, Planned]:
    """New rows that are the same listing as another row of the file, with that one, which stands before.

    ``joined``: organizations that took in another; of what hangs on them what says the same is the same.
    """
    found: dict[int, Planned] = {}
    seen: dict[Any, list[Planned]] = defaultdict(list)
    for one in planned:
        if one.row.refused or one.row.again or (key := _key(entity, one, joined)) is None:
            continue
        before = seen[key]
        same = next((other for other in before if _same(entity, one, other, signs)), None)
        if same is not None and id(one) in fresh:
            found[id(one)] = same
        elif len(before) < _MOST_ALIKE:
            before.append(one)
    return found


def _key(entity: str, one: Planned, joined: set[str]) -> Any:
    values = one.values
    if entity == "organization":
        return geo.fold(str(values.get("name") or "")), values.get("country")
    if entity == "location" and not one.row.confidential:
        return geo.fold(str(values.get("name") or "")), values.get("organization_id")
    if not joined & {str(values[name]) for name in ENTITIES[entity].refs if name in values}:
        return None
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)


def _same(entity: str, one: Planned, other: Planned, signs: Signs) -> bool:
    if entity == "organization":
        return not contradict(one.values, other.values) and signs.share(
            one.row.foreign_id, other.row.foreign_id
        )
    if entity == "location" and one.values != other.values:
        places = [values for values in (one.values, other.values) if values.get("latitude") is not None]
        points = [geo.Point(values["latitude"], values["longitude"]) for values in places]
        return len(points) == 2 and geo.sphere_km(*points) <= NEAR_KM
    return True


def maybe_ours(planned: Sequence[Planned], fresh: set[int], signs: Signs) -> set[int]:
    """New organizations that share a sign with another of the file, or a number with one of ours: to be looked at."""
    found: set[int] = set()
    seen: dict[Sign, int] = {}
    for one in planned:
        if one.row.refused or one.row.again:
            continue
        for sign in signs.of[one.row.foreign_id]:
            if seen.setdefault(sign, id(one)) != id(one) and id(one) in fresh:
                found.add(id(one))
    rest = {
        sign[1]: id(one)
        for one in planned
        if id(one) in fresh and id(one) not in found
        for sign in signs.of[one.row.foreign_id]
        if sign[0] == "phone"
    }
    if rest:
        ends = func.right(func.regexp_replace(Phone.number, "[^0-9]", "", "g"), 8)
        asked = select(ends).where(
            Phone.steward_tenant_id == acting().tenant, ends == any_(literal(list(rest), ARRAY(Text)))
        )
        found |= {rest[number] for number in db.session.scalars(asked)}
    return found


def take_in(first: Planned, one: Planned) -> None:
    """Fill the row that stands before from the one that is the same; what differs is set aside with it."""
    for name, value in one.values.items():
        if name not in ENTITIES[one.row.entity].fields:
            continue
        if name not in first.values:
            first.values[name] = value
        elif first.values[name] != value:
            first.row.doubt(name, value, "duplicate")
    first.row.doubts += [doubt for doubt in one.row.doubts if doubt not in first.row.doubts]
