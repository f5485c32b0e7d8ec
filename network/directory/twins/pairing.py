"""Which of a steward's listings may be one: pairs, with what speaks for each.

Candidates are met under a word of their own name, a number, an address or a spot, and never compared each with each;
what many share (a hotline of a whole network, a building of fifty desks) is a sign of nobody.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from uuid import UUID

from network.directory import geo
from network.directory.twins import reading
from network.directory.twins.names import Name, alikeness, elsewhere, found_by
from network.directory.twins.reading import Listing

# Names are alike enough to be said from here; less will do where something else speaks for it.
ALIKE, RATHER_ALIKE = 0.75, 0.5
NEAR_KM, SAME_SPOT_KM = 0.3, 0.1
# Further from each other than this no name makes two listings one: they are branches.
TOWN_KM = 15.0
MOST_UNDER_A_KEY = 30
MOST_COMPARED_EACH = 40
FEW = 12  # of fewer, one name under three spellings is a quarter
MOST = 500
CELL = 0.006  # degrees: as wide as what is near, up to 60 degrees from the equator
BESIDE = ((0, 1), (1, -1), (1, 0), (1, 1))


@dataclass(frozen=True, slots=True)
class Twin:
    """Two listings that may be one. ``why``: name, phone, site, mail, near. ``metres`` lie between them, as far as is
    known."""

    first: UUID
    second: UUID
    why: tuple[str, ...]
    alike: float
    metres: int | None = None


def find_twins(kind: str, decided: Collection[tuple[UUID, UUID]] = ()) -> list[Twin]:
    """The acting member's listings of a kind that may be one: those for which most speaks first, at most 500.

    ``decided``: pairs that are two, each in the order of its ids.
    """
    listings = reading.read_of(kind)
    judges: dict[str, Callable[[Sequence[Listing]], Iterable[Twin]]] = {
        "organization": _organizations,
        "service": _services,
        "location": _locations,
    }
    found = (one for one in judges[kind](listings) if (one.first, one.second) not in decided)
    return sorted(found, key=_rank)[:MOST]


def _rank(twin: Twin) -> tuple[object, ...]:
    away = math.inf if twin.metres is None else twin.metres
    return (-len(twin.why), -twin.alike, away, twin.first, twin.second)


# organizations


def _organizations(listings: Sequence[Listing]) -> Iterator[Twin]:
    often = _often(listings)
    met = _together(
        (at, (one.country, key))
        for at, one in enumerate(listings)
        for name in one.names
        for key in found_by(name)
    )
    met |= _together((at, sign) for at, one in enumerate(listings) for sign in one.signs)
    met |= _neighbours(listings)
    for one, other in _both(listings, met):
        away = _away(one, other)
        if one.country != other.country or elsewhere(one.names, other.names):
            continue
        alike, _own = alikeness(one.names, other.names, often)
        signs = _signs(one, other)
        if away.far and not (signs and alike >= ALIKE):
            continue
        named = alike >= (RATHER_ALIKE if away.near else ALIKE)
        if signs or named:
            yield _twin(one, other, alike, {*signs, *_if(named, "name"), *_if(away.near, "near")}, away.km)


# services


def _services(listings: Sequence[Listing]) -> Iterator[Twin]:
    yield from _of_one_organization(listings)
    often = _often(listings)
    called: dict[UUID, tuple[Name, ...]] = {}
    for one, other in _both(listings, _neighbours(listings)):
        away = _away(one, other)
        if one.organization_id == other.organization_id or not away.near:
            continue
        alike, own = alikeness(one.names, other.names, often)
        if alike < ALIKE:
            continue
        called = called or reading.called({listing.organization_id for listing in listings})
        above = alikeness(called[one.organization_id], called[other.organization_id])[0]
        signs = _signs(one, other)
        # What many offer under one name is one only where something else says so.
        if own or signs or above >= RATHER_ALIKE:
            yield _twin(one, other, alike, {*signs, "name", "near"}, away.km)


def _of_one_organization(listings: Sequence[Listing]) -> Iterator[Twin]:
    of: dict[UUID, list[Listing]] = defaultdict(list)
    for listing in listings:
        of[listing.organization_id].append(listing)
    for theirs in of.values():
        for one, other in _each_with_each(theirs):
            alike, _own = alikeness(one.names, other.names)
            if alike >= ALIKE:
                away = _away(one, other)
                why = {*_signs(one, other), "name", *_if(away.near or away.same, "near")}
                yield _twin(one, other, alike, why, away.km)


def _each_with_each(listings: Sequence[Listing]) -> Iterable[tuple[Listing, Listing]]:
    if len(listings) <= MOST_COMPARED_EACH:
        return combinations(listings, 2)
    return _both(listings, _named_alike(listings, range(len(listings))))


# places


def _locations(listings: Sequence[Listing]) -> Iterator[Twin]:
    often = _often(listings)
    met = _neighbours(listings)
    met |= _together((at, (one.organization_id, one.town)) for at, one in enumerate(listings) if one.town)
    for one, other in _both(listings, met):
        away = _away(one, other)
        if elsewhere(one.names, other.names):
            continue
        alike, own = alikeness(one.names, other.names, often)
        named = one.named and other.named and alike >= RATHER_ALIKE
        if one.organization_id == other.organization_id:
            called = alike >= ALIKE and one.named == other.named
            if away.near or (away.km is None and called):
                yield _twin(
                    one,
                    other,
                    alike,
                    {*_if(named or not away.near, "name"), *_if(away.near, "near")},
                    away.km,
                )
        elif named and own and away.near and away.km is not None and away.km <= SAME_SPOT_KM:
            yield _twin(one, other, alike, {"name", "near"}, away.km)


# what they have in common


def _twin(one: Listing, other: Listing, alike: float, why: set[str], km: float | None) -> Twin:
    first, second = sorted((one.id, other.id))
    return Twin(first, second, tuple(sorted(why)), alike, None if km is None else round(km * 1000))


def _if(holds: bool, code: str) -> tuple[str, ...]:
    return (code,) if holds else ()


def _signs(one: Listing, other: Listing) -> set[str]:
    return {kind for kind, _which in one.signs & other.signs}


def _often(listings: Sequence[Listing]) -> Callable[[str], bool]:
    """Whether so many listings bear a word that it tells little."""
    bearers = Counter(
        word
        for one in listings
        for word in {word.spelled for name in one.names for word in name if word.kind == "own"}
    )
    most = MOST_UNDER_A_KEY if len(listings) < FEW else min(MOST_UNDER_A_KEY, max(3, len(listings) // 4))
    return lambda word: bearers[word] > most


def _both(listings: Sequence[Listing], met: Iterable[tuple[int, int]]) -> Iterator[tuple[Listing, Listing]]:
    return ((listings[one], listings[other]) for one, other in met)


def _together(keyed: Iterable[tuple[int, Hashable]]) -> set[tuple[int, int]]:
    """Those that are found under one key, by their place in the list; keys of many are left out."""
    under: dict[Hashable, list[int]] = defaultdict(list)
    for at, key in keyed:
        held = under[key]
        if not held or held[-1] != at:
            held.append(at)
    return {
        pair
        for held in under.values()
        if 1 < len(held) <= MOST_UNDER_A_KEY
        for pair in combinations(held, 2)
        if pair[0] != pair[1]
    }


def _named_alike(listings: Sequence[Listing], among: Iterable[int]) -> set[tuple[int, int]]:
    return _together(
        (at, key) for at in among for name in listings[at].names for key in found_by(name, slips=False)
    )


def _neighbours(listings: Sequence[Listing]) -> set[tuple[int, int]]:
    """Those that have spots in cells of the earth side by side; where many stand, only what is named alike."""
    cells: dict[tuple[int, int], set[int]] = defaultdict(set)
    for at, one in enumerate(listings):
        for spot in one.spots:
            cells[math.floor(spot.point.latitude / CELL), math.floor(spot.point.longitude / CELL)].add(at)
    met: set[tuple[int, int]] = set()
    for (row, column), here in cells.items():
        beside = set().union(*(cells.get((row + down, column + along), ()) for down, along in BESIDE))
        if len(here) + len(beside) > MOST_COMPARED_EACH:
            met |= _named_alike(listings, sorted(here | beside))
        else:
            met |= {(min(pair), max(pair)) for pair in product(here, here | beside) if pair[0] != pair[1]}
    return met


@dataclass(frozen=True, slots=True)
class Away:
    """How far two listings are from each other, and whether that makes them neighbours.

    ``km``: what may be said. Of a place of which the town alone is known it is the way between towns, and within
    one town nothing. ``far``: too far for branches of one name.
    """

    km: float | None
    near: bool
    same: bool
    far: bool = False


def _away(one: Listing, other: Listing) -> Away:
    known = [
        (geo.sphere_km(here.point, there.point), here.exact and there.exact)
        for here in one.spots
        for there in other.spots
    ]
    same = not {spot.location_id for spot in one.spots}.isdisjoint(spot.location_id for spot in other.spots)
    closest = min((km for km, exact in known if exact), default=None)
    if closest is not None and closest <= NEAR_KM:
        return Away(closest, near=True, same=same)
    roughly = min((km for km, _exact in known), default=None)
    far = roughly is not None and roughly > TOWN_KM
    return Away(roughly if far or roughly == closest else None, near=False, same=same, far=far)
