"""How alike two names are, in whatever spelling and script: Al Hassan Workers' Center, مركز الحسن للعمال. Pure.

A name is its words. Words that many bear are met by what they mean (centre, مركز), towns and countries by which they
are, all others by how they are written or sound. What is a name's own counts most. Two that name different towns,
countries or numbers, or women here and men there, are two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import orjson
from babel import Locale
from rapidfuzz.distance import OSA

from network.core.spelling import fold_name, is_arabic, short_sounds, skeletons_of_word, without_article
from network.directory import geo

Kind = Literal["own", "common", "place", "number"]
SAME_SCRIPT_ALIKE = 0.4
ONE_SLIP_FROM, TWO_SLIPS_FROM = 5, 9
LONGEST_LEFT_OUT = 14
_WEIGHTS: dict[Kind, float] = {"own": 1.0, "common": 0.3, "place": 0.3, "number": 0.5}
# What many bear tells as little as a common word.
_OFTEN = 0.4
_ACRONYM = re.compile(r"\(([A-Z]{3,8})\)")
_FORMS = (("ee", "i"), ("oo", "u"), ("ou", "u"), ("ei", "i"), ("ai", "a"), ("q", "k"), ("y", "i"))
# And, for the, with the: written in one with an Arabic word.
_JOINED = ("وال", "لل", "بال", "ال")
_LANGUAGES = ("en", "ar")
_NOT_LIVED_IN = frozenset({"industrial_zone", "airport", "crossing"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name. ``keys``: what it means, which place it is, or how it sounds."""

    spelled: str
    kind: Kind
    keys: frozenset[str]


Name = tuple[Word, ...]


def names_of(*texts: str | None, country: str | None) -> tuple[Name, ...]:
    """What a listing is called: each of its names, and a shorter one in capitals that stands beside it."""
    found: dict[Name, None] = {}
    for text in texts:
        if text:
            short = _ACRONYM.search(text)
            for part in (text, short[1], text.replace(short[0], " ")) if short else (text,):
                found[_read(part, country)] = None
    return tuple(name for name in found if name)


def alikeness(
    ones: Iterable[Name], others: Iterable[Name], often: Callable[[str], bool] = lambda _word: False
) -> tuple[float, bool]:
    """(how alike two listings are called, from 0 to 1; whether a word of their own is among what they share).

    ``often``: whether so many bear this word that it tells little.
    """
    pairs = [(one, other) for one in ones for other in others]
    if any(_elsewhere(one, other) or _other_kind(one, other) for one, other in pairs):
        return 0.0, False
    return max((_compared(one, other, often) for one, other in pairs), default=(0.0, False))


def elsewhere(ones: Iterable[Name], others: Iterable[Name]) -> bool:
    """Whether names say that two are apart: they name different towns, countries or numbers."""
    there = tuple(others)
    return any(_elsewhere(one, other) for one in ones for other in there)


def found_by(name: Name, *, slips: bool = True) -> set[str]:
    """Under what a name is looked for: its whole, and each word of its own as it sounds, and with a letter left out."""
    keys = {"whole " + " ".join(sorted(min(word.keys) for word in name))}
    for word in name:
        if word.kind == "own":
            keys |= word.keys
            if slips and ONE_SLIP_FROM - 1 <= len(word.spelled) <= LONGEST_LEFT_OUT:
                spelled = word.spelled
                keys |= {"-" + spelled[:at] + spelled[at + 1 :] for at in range(len(spelled))}
                keys.add("-" + spelled)
    return keys


def _compared(one: Name, other: Name, often: Callable[[str], bool]) -> tuple[float, bool]:
    left = list(other)
    shared, own = 0.0, False
    for word in one:
        met = next((there for there in left if _is_same(word, there)), None)
        if met is not None:
            left.remove(met)
            weight = min(_weight(word, often), _weight(met, often))
            shared, own = shared + weight, own or weight == 1
    whole = sum(_weight(word, often) for word in (*one, *other)) - shared
    return (round(shared / whole, 3) if whole else 0.0), own


def _weight(word: Word, often: Callable[[str], bool]) -> float:
    return _OFTEN if word.kind == "own" and often(word.spelled) else _WEIGHTS[word.kind]


def _elsewhere(one: Name, other: Name) -> bool:
    for kind in ("place", "number"):
        here, there = _keys(one, kind), _keys(other, kind)
        if here and there and not here & there:
            return True
    return False


def _other_kind(one: Name, other: Name) -> bool:
    """Whether one is for women and the other for men, one a hospital and the other a shelter."""
    here, there = _keys(one, "common"), _keys(other, "common")
    return any(here & group and there & group and not here & there & group for group in _told_apart())


def _keys(name: Name, kind: str) -> frozenset[str]:
    return frozenset().union(*(word.keys for word in name if word.kind == kind))


def _is_same(one: Word, other: Word) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind != "own":
        return bool(one.keys & other.keys)
    if one.spelled == other.spelled:
        return True
    if is_arabic(one.spelled) != is_arabic(other.spelled):
        return bool(one.keys & other.keys)
    longest = max(len(one.spelled), len(other.spelled))
    slips = 2 if longest >= TWO_SLIPS_FROM else 1 if longest >= ONE_SLIP_FROM else 0
    if OSA.distance(one.spelled, other.spelled, score_cutoff=slips) <= slips:
        return True
    if is_arabic(one.spelled) or not one.keys & other.keys:
        return False
    here, there = _as_spoken(one.spelled), _as_spoken(other.spelled)
    if longest < ONE_SLIP_FROM:  # Nur and Noor, but not IRD and ARDD
        return here == there
    return OSA.distance(here, there) < SAME_SCRIPT_ALIKE * max(len(here), len(there))


@lru_cache(maxsize=4096)
def _as_spoken(word: str) -> str:
    """A Latin word with its vowels written one way: Yaqeen and Yakin; Hassan, and not Hussein."""
    for written, spoken in _FORMS:
        word = word.replace(written, spoken)
    return re.sub(r"(.)\1+", r"\1", word)


@lru_cache(maxsize=1 << 15)
def _read(text: str, country: str | None) -> Name:
    plain = [_plain(word) for word in fold_name(text).split()]
    words: list[Word] = []
    at = 0
    while at < len(plain):
        two = " ".join(plain[at : at + 2])
        codes = _place(two, country) if at + 1 < len(plain) else frozenset()
        if codes:
            words.append(Word(two, "place", codes))
        elif plain[at] not in _lists()[1]:
            words.append(_word(plain[at], country))
        at += 2 if codes else 1
    return tuple({word.keys: word for word in words}.values())


def _plain(word: str) -> str:
    """A folded Arabic word without what is written in one with it."""
    for joined in _JOINED:
        if word.startswith(joined) and len(word) - len(joined) >= 3:
            return word[len(joined) :]
    return word


@lru_cache(maxsize=1 << 16)
def _word(word: str, country: str | None) -> Word:
    if (meaning := _lists()[0].get(word)) is not None:
        return Word(word, "common", frozenset({meaning}))
    if any(letter.isdigit() for letter in word):
        return Word(word, "number", frozenset({word}))
    if codes := _place(word, country):
        return Word(word, "place", codes)
    sounds = {
        "~" + sound
        for part in without_article(word)
        for sound in (*skeletons_of_word(part), *short_sounds(part))
        if len(sound) > 2
    }
    return Word(word, "own", frozenset(sounds | {"=" + word}))


@lru_cache(maxsize=1 << 16)
def _place(words: str, country: str | None) -> frozenset[str]:
    """The towns and areas of its country that are called so, or the country."""
    if (code := _country_names().get(words)) is not None:
        return frozenset({f"@{code}"})
    if country is None or len(words) < 3:
        return frozenset()
    named = geo.places_named(words, country, limit=20)
    return frozenset(f"@{place.code}" for place in named if place.kind not in _NOT_LIVED_IN)


@cache
def _country_names() -> dict[str, str]:
    return {
        fold_name(name): code
        for language in _LANGUAGES
        for code, name in Locale(language).territories.items()
        if len(code) == 2
    }


@cache
def _lists() -> tuple[dict[str, str], frozenset[str]]:
    """What common words mean, by the word; and the small words."""
    held = _data()
    common = {_plain(fold_name(word)): one[0] for one in held["common"] for word in one}
    return common, frozenset(held["small"])


@cache
def _told_apart() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(one) for one in _data()["apart"])


@cache
def _data() -> Any:
    return orjson.loads((files("network.directory") / "data" / "name_words.json").read_bytes())
