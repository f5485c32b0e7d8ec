"""Finding a place by a name as somebody types it: another script or spelling, cut short, with a slip.

Each country has its index, built when somebody first looks there. Stages, and only the first that finds something
counts for those before the last: the very name; the beginning of a name or of words in it; what sounds alike
(skeletons) or is written alike (one slip).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache

from anyascii import anyascii
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from network.core.spelling import fold_name, skeletons
from network.directory.geo.gazetteer import Place, countries, places
from network.directory.geo.points import Point, sphere_km

LONGEST = 80
FORGIVING_FROM = 4  # letters: a shorter word is taken as it stands
LONG_NAME = 8  # letters: two slips in it are still slips
MOST_MEANT = 6
ALIKE = 78.0
SOUNDS_ALIKE = 80.0
# What kind of area somebody means, said beside its name.
_DESIGNATIONS = frozenset(
    fold_name(word)
    for word in (
        "city", "town", "district", "governorate", "province", "region", "division", "state", "regency", "county",
        "upazila", "zila", "zilla", "thana", "kabupaten", "kota", "municipality", "pradesh", "camp", "of",
        "مدينة", "محافظة", "لواء", "قضاء", "منطقة", "ولاية", "إمارة", "مخيم", "জেলা", "উপজেলা", "বিভাগ",
        "जिल्ला", "जिला", "प्रदेश", "නගරය", "දිස්ත්‍රික්කය", "மாவட்டம்",
    )
)  # fmt: skip


class _Index:
    """The names of one country, folded, with the places that bear them."""

    def __init__(self, country: str) -> None:
        self.places = places(country)
        self.exact: dict[str, list[int]] = defaultdict(list)
        self.written: list[tuple[int, set[str]]] = []
        for number, place in enumerate(self.places):
            told = {place.name, *(name for _language, name in place.names), *place.aliases}
            for name in {fold_name(one) for one in told} - {""}:
                self.exact[name].append(number)
        self.names = sorted(self.exact)

    @cached_property
    def joined(self) -> dict[str, str]:
        """By the letters of a name without its spaces, the name."""
        return {name.replace(" ", ""): name for name in self.names if " " in name}

    @cached_property
    def endings(self) -> list[tuple[str, str]]:
        """(from a later word of a name on, the name), for beginnings inside it."""
        found = []
        for name in self.names:
            words = name.split()
            found += [(" ".join(words[place:]), name) for place in range(1, len(words))]
        return sorted(found)

    @cached_property
    def in_latin(self) -> dict[str, str]:
        """By how it is written in Latin letters, a name in another script; what people type comes near it."""
        return {fold_name(anyascii(name)): name for name in self.names if not name.isascii()}

    @cached_property
    def latin_names(self) -> list[str]:
        """What a name with a slip is compared with, of both scripts' names."""
        return [*self.names, *self.in_latin]

    @cached_property
    def skeletons(self) -> dict[str, list[str]]:
        """By skeleton, the names that have it."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            for form in skeletons(name):
                found[form].append(name)
        return found

    def very(self, wanted: str) -> Iterator[str]:
        """The name itself, with or without its spaces."""
        together = wanted.replace(" ", "")
        for name in (wanted, together, self.joined.get(together, "")):
            if name in self.exact:
                yield name

    def begun(self, wanted: str) -> Iterator[str]:
        """Names that begin so, then names in which a later word does, then those with each word's beginning."""
        yield from _from(self.names, wanted)
        first = bisect_left(self.endings, (wanted, ""))
        for ending, name in self.endings[first:]:
            if not ending.startswith(wanted):
                break
            yield name
        first_word, *others = wanted.split()
        if others:
            for name in {*_from(self.names, first_word), *self._inside(first_word)}:
                words = name.split()
                if all(any(word.startswith(part) for word in words) for part in others):
                    yield name

    def _inside(self, word: str) -> Iterator[str]:
        first = bisect_left(self.endings, (word, ""))
        for ending, name in self.endings[first:]:
            if not ending.startswith(word):
                break
            yield name

    def near(self, wanted: str) -> Iterator[tuple[float, str]]:
        """(how alike, name) of what sounds or is written alike."""
        for form in skeletons(wanted):
            for name in self.skeletons.get(form, ()):
                yield max(SOUNDS_ALIKE, fuzz.ratio(wanted, name)), name
        if len(wanted) >= FORGIVING_FROM:
            for name, score, _ in process.extract(
                wanted, self.latin_names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=12
            ):
                yield score, self.in_latin.get(name, name)


def _from(names: list[str], wanted: str) -> Iterator[str]:
    for name in names[bisect_left(names, wanted) :]:
        if not name.startswith(wanted):
            return
        yield name


@cache
def _index(country: str) -> _Index:
    return _Index(country)


def find_places(
    text: str, country: str | None = None, near: Point | None = None, limit: int = 8
) -> tuple[Place, ...]:
    """Places by name, best first: the very name, then beginnings of names and words, then near misses.

    Among equals the one nearest to ``near`` comes first, or else the larger. ``country`` leaves out the others.
    """
    if found := places_named(text, country, near, limit):
        return found
    wanted, plain = _questions(text)
    question = wanted if len(wanted.split()) == 1 else plain or wanted
    return _best(_alike(_indexes(country), question, limit), near, limit) if question else ()


def places_named(
    text: str, country: str | None = None, near: Point | None = None, limit: int = 8
) -> tuple[Place, ...]:
    """The places that have this very name, articles, accents and "district" or "محافظة" beside it aside."""
    for question in _questions(text):
        if question and (found := _very(_indexes(country), question)):
            return _best(found, near, limit)
    return ()


@lru_cache(maxsize=4096)
def place_meant(text: str, country: str) -> Place | None:
    """The one place of a country that somebody meant who wrote its name with a slip; None where two may be meant.

    To be asked about, never to be taken: a name of five letters has neighbours that no gazetteer knows.
    """
    _wanted, plain = _questions(text)
    if len(plain) < FORGIVING_FROM:
        return None
    written = {plain, fold_name(anyascii(plain))}
    most = 1 if len(plain) < LONG_NAME else 2
    slips: dict[Place, int] = {}
    for place in find_places(text, country, limit=MOST_MEANT):
        told = {place.name, *(name for _language, name in place.names), *place.aliases}
        names = {fold_name(name) for name in told}
        slips[place] = min(OSA.distance(one, name) for one in written for name in names)
    least = min(slips.values(), default=most + 1)
    nearest = [place for place, number in slips.items() if number == least]
    return nearest[0] if least <= most and len({place.point for place in nearest}) == 1 else None


def _questions(text: str) -> tuple[str, str]:
    """What somebody typed, folded; and the same without the words that say what kind of area is meant."""
    wanted = fold_name(text[:LONGEST])
    return wanted, " ".join(word for word in wanted.split() if word not in _DESIGNATIONS)


def _indexes(country: str | None) -> list[_Index]:
    return [_index(one) for one in ((country,) if country else countries())]


def _very(indexes: list[_Index], wanted: str) -> dict[Place, float]:
    return {
        index.places[number]: 200.0
        for index in indexes
        for name in index.very(wanted)
        for number in index.exact[name]
    }


def _alike(indexes: list[_Index], wanted: str, enough: int) -> dict[Place, float]:
    found: dict[Place, float] = {}

    def keep(index: _Index, name: str, score: float) -> None:
        for number in index.exact[name]:
            place = index.places[number]
            found[place] = max(found.get(place, 0.0), score)

    for index in indexes:
        for name in index.begun(wanted):
            keep(index, name, 120.0 if name.startswith(wanted) else 110.0)
    # A near miss never stands before a name that begins so.
    for index in indexes if len(found) < enough else ():
        for score, name in index.near(wanted):
            keep(index, name, score)
    return found


def _best(found: dict[Place, float], near: Point | None, limit: int) -> tuple[Place, ...]:
    def order(place: Place) -> tuple[float, ...]:
        away = sphere_km(near, place.point) if near else 0.0
        return (-found[place], away, place.kind != "capital", not place.listed, -place.size, len(place.name))

    return tuple(sorted(found, key=order)[:limit])


def warm(only: Iterable[str] | None = None) -> None:
    """Build the indexes before somebody waits for them: a second of work for all countries."""
    for country in only if only is not None else countries():
        index = _index(country)
        _ = index.joined, index.endings, index.latin_names, index.skeletons
