"""When two spellings are one name: across scripts, with or without the article, with one slip of the pen.

A name is read as parts. Each part has *spellings* (folded letters, in which one wrong, missing, added or
swapped letter is forgiven) and *skeletons* (its consonants in Latin letters), in which الحسن, Al-Hassan,
Al Hasan and alhasan meet. Pure: no database, no keys. What is searched are keyed hashes of ``keys``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from network.core.spelling import LONGEST_PART, fold_words, is_arabic, skeletons_of_word, without_article

FORGIVING_FROM = 3  # letters: shorter parts are compared as they stand
ONE_TYPO_FROM = 4
NEAR = 60  # per cent of letters in common; two spellings that one slip sets apart always have more

_ARTICLES = frozenset({"al", "el", "ul"})


@dataclass(frozen=True)
class Part:
    """One part of a name, or two that are often written as one. ``words`` are the places it stands at."""

    spelling: str
    arabic: bool
    words: tuple[int, ...]

    @cached_property
    def skeletons(self) -> frozenset[str]:
        """Its consonants in Latin letters, in every way in which they may be meant."""
        return skeletons_of_word(self.spelling)

    @property
    def joined(self) -> bool:
        """Whether it was made of several words."""
        return len(self.words) > 1


@dataclass(frozen=True)
class Key:
    """What two spellings of a name may share. ``weight`` says how much that tells."""

    form: str
    weight: float


def fold(text: str) -> list[str]:
    """The words of a name, in plain letters: no accents, no case, one form of each Arabic letter."""
    return fold_words(text)


def parts(text: str) -> list[Part]:
    """The parts by which a name is found: its words without their articles, and neighbours joined."""
    return _parts_of(fold(text))


def _parts_of(words: list[str]) -> list[Part]:
    return [_part(spelling, places) for spelling, places in _placed(words)]


def _placed(words: list[str]) -> list[tuple[str, tuple[int, ...]]]:
    """The spellings of the parts, each with the places of the words that it stands for."""
    named = [place for place, word in enumerate(words) if word not in _ARTICLES] or list(range(len(words)))
    found: list[tuple[str, tuple[int, ...]]] = []
    for place in named:
        found += [(spelling, (place,)) for spelling in without_article(words[place])]
    for first in range(len(words) - 1):
        last = first + 2 if words[first + 1] not in _ARTICLES else first + 3
        if len(joined := "".join(words[first:last])) <= LONGEST_PART:
            found.append((joined, tuple(place for place in range(first, last) if place in named)))
    return [(spelling, places) for spelling, places in found if places and spelling]


def keys(text: str) -> dict[str, Key]:
    """By form, what a name is stored under and searched by: each spelling with any one letter left out
    (so that one wrong, missing, added or swapped letter still meets), and each skeleton."""
    found: dict[str, Key] = {}
    for part in parts(text):
        shortened = () if part.joined else _shortened(part.spelling)
        candidates = [Key(f"spelling:{part.spelling}", 3.0)]
        candidates += [Key(f"spelling:{form}", 2.0) for form in shortened]
        candidates += [Key(f"skeleton:{form}", 1.0) for form in part.skeletons]
        for key in candidates:
            if key.form not in found or found[key.form].weight < key.weight:
                found[key.form] = key
    return found


def likeness(asked: str, name: str) -> float:
    """How well a name answers what was asked, 0 to 1: 1 for every part found as it stands. Zero if no part
    is the same but for one letter or for its vowels."""
    return likenesses(asked, [(name,)])[0]


def likenesses(asked: str, people: Sequence[Sequence[str]]) -> list[float]:
    """How well each person answers what was asked: the likeness of the nearest of her names."""
    words = fold(asked)
    wanted = _parts_of(words)
    # Those who are found share most of their names, and most parts of them: each is read and compared once.
    folded = {name: fold(name) for names in people for name in names}
    held = {name: {spelling for spelling, _places in _placed(read)} for name, read in folded.items()}
    others = {spelling: _part(spelling, ()) for spellings in held.values() for spelling in spellings}
    told = _told(_compared(wanted, others))
    places = tuple(dict.fromkeys(place for part in wanted for place in part.words))
    question = " ".join(words)
    scores = {
        name: _likeness(question, places, told, " ".join(folded[name]), spellings)
        for name, spellings in held.items()
    }
    return [max((scores[name] for name in names), default=0.0) for names in people]


def _told(alike: list[tuple[Part, dict[str, float]]]) -> dict[str, list[tuple[int, float]]]:
    """By spelling, at which places of the question it answers, and how well."""
    told: dict[str, list[tuple[int, float]]] = {}
    for part, known in alike:
        for spelling, score in known.items():
            told.setdefault(spelling, []).extend((place, score) for place in part.words)
    return told


def _likeness(
    question: str,
    places: tuple[int, ...],
    told: dict[str, list[tuple[int, float]]],
    name: str,
    held: set[str],
) -> float:
    best = dict.fromkeys(places, 0.0)
    for spelling in held & told.keys():
        for place, score in told[spelling]:
            if score > best[place]:
                best[place] = score
    if not any(best.values()):
        return 0.0
    mean = sum(best.values()) / len(best)
    order = fuzz.token_sort_ratio(question, name) / 100
    return round(0.95 * mean + 0.05 * order, 4)


def _compared(wanted: list[Part], others: dict[str, Part]) -> list[tuple[Part, dict[str, float]]]:
    """Of each part that is looked for, how much those of the others are alike that are alike at all."""
    spellings = {
        script: [one.spelling for one in others.values() if one.arabic is script] for script in (True, False)
    }
    return [(part, _alike(part, others, spellings)) for part in wanted]


def _alike(one: Part, others: dict[str, Part], spellings: dict[bool, list[str]]) -> dict[str, float]:
    found = {
        spelling: 0.75 for spelling in spellings[not one.arabic] if one.skeletons & others[spelling].skeletons
    }
    near = process.extract(
        one.spelling, spellings[one.arabic], scorer=fuzz.ratio, score_cutoff=NEAR, limit=None
    )
    return found | {
        spelling: _alike_in_one_script(one, others[spelling]) for spelling, _score, _place in near
    }


def _alike_in_one_script(one: Part, other: Part) -> float:
    if one.spelling == other.spelling:
        return 1.0
    longest = max(len(one.spelling), len(other.spelling))
    if longest >= ONE_TYPO_FROM and OSA.distance(one.spelling, other.spelling, score_cutoff=1) <= 1:
        return 0.85
    return 0.7 if one.skeletons & other.skeletons else 0.0


def _part(spelling: str, places: tuple[int, ...]) -> Part:
    return Part(spelling, is_arabic(spelling), places)


def _shortened(word: str) -> set[str]:
    if len(word) < FORGIVING_FROM:
        return set()
    return {word[:place] + word[place + 1 :] for place in range(len(word))}
