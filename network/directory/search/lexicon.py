"""Words in whatever spelling: what somebody types becomes words that the directory really holds.

A word is met by itself, by the beginning of a longer one, by what sounds alike in any script (Al Hasan, Al-Hassan,
الحسن: one skeleton), by the needs whose labels hold it in English or Arabic; and, where the directory does not know
it, by what is written alike. The words of the directory stand in ``search_word``; each process reads those it does
not know yet and keeps their spellings at hand. Trigrams find what is written alike, in the database.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from threading import Lock

from flask import current_app
from rapidfuzz.distance import OSA

from network.core import clock, vocabulary
from network.core.db import db
from network.core.spelling import fold_name, short_sounds, skeletons_of_word, without_article

MOST_WORDS = 8
MOST_SPELLINGS = 40
MOST_BEGINNINGS = 25
BEGINNING = 3  # letters: a shorter word is taken as it stands
FORGIVING_FROM = 4
FORGETS_EVERY = timedelta(hours=1)
_LANGUAGES = ("en", "ar")
_SMALL = frozenset({"a", "an", "and", "at", "for", "in", "near", "of", "on", "or", "the", "to", "with",
                    "في", "من", "مع", "او", "الي", "علي", "قرب"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """Text searches in the database's own form: every word in some spelling (``words``), in names (``named``), and
    exactly as typed in names (``exactly``). Empty where a word is known in no spelling. ``needs``: those whose labels
    hold every word."""

    words: str
    named: str
    exactly: str
    corrected: dict[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Known:
    """What a process knows of the directory's words."""

    horizon: int = 0
    whole_at: datetime | None = None
    words: set[str] = field(default_factory=set)
    by_fold: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_skeleton: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    folds: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


def read(text: str) -> Query:
    """What the words of a text may be in the directory; small words are left out where others are there."""
    typed = [word for word in fold_name(text).split() if len(word) > 1]
    typed = [word for word in typed if word not in _SMALL][:MOST_WORDS] or typed[:MOST_WORDS]
    if not typed:
        return Query("", "", "")
    known = _known()
    met = {word: _spellings(known, word) for word in dict.fromkeys(typed)}
    unknown = [word for word, one in met.items() if not one.exact and len(word) >= FORGIVING_FROM]
    alike = _written_alike(unknown) if unknown else {}
    corrected = {}
    for word in unknown:
        likest = [one for _slips, one in alike.get(word, ())]
        if likest and not met[word].others and not met[word].needs:
            corrected[word] = likest[0]
        met[word] = met[word].with_others(likest, _needs_alike(word))
    if not all(one.all_words or one.needs for one in met.values()):
        return Query("", "", "")
    return Query(
        " & ".join(_any([*one.all_words, *(f"need:{code}" for code in one.needs)]) for one in met.values()),
        " & ".join(_any(f"={word}" for word in one.all_words) for one in met.values()),
        " & ".join(_any(f"={word}" for word in one.exact) for one in met.values()),
        corrected,
        frozenset.intersection(*(frozenset(one.needs) for one in met.values())),
    )


@dataclass(frozen=True, slots=True)
class _Met:
    """What a typed word may be: the word itself as the directory writes it; what begins so, sounds or is written
    alike; needs whose labels hold it."""

    exact: tuple[str, ...]
    others: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def all_words(self) -> tuple[str, ...]:
        """Every spelling, the surest first."""
        return (*self.exact, *self.others)[:MOST_SPELLINGS]

    def with_others(self, others: Iterable[str], needs: Iterable[str]) -> _Met:
        """With further spellings and needs."""
        return replace(
            self, others=tuple(dict.fromkeys((*self.others, *others))), needs=self.needs or tuple(needs)
        )


def _spellings(known: _Known, word: str) -> _Met:
    exact = known.by_fold.get(word, set())
    others: set[str] = set()
    for part in without_article(word):
        for skeleton in skeletons_of_word(part) | short_sounds(part):
            others |= known.by_skeleton.get(skeleton, set())
    if len(word) >= BEGINNING:
        for fold in _beginning(known.folds, word):
            others |= known.by_fold.get(fold, set())
    needs = _needs_by_word().get(word, set())
    return _Met(tuple(sorted(exact)), tuple(sorted(others - exact)), tuple(sorted(needs)))


def _beginning(folds: Sequence[str], word: str) -> list[str]:
    first = bisect_left(folds, word)
    found = []
    for fold in folds[first : first + MOST_BEGINNINGS]:
        if not fold.startswith(word):
            break
        found.append(fold)
    return found


def _written_alike(words: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """By word, (slips, what the directory has with a slip or two of the finger), the likest first."""
    rows = db.session.connection().exec_driver_sql(ALIKE, {"typed": list(words)})
    found: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for place, word, folded in rows:
        typed = words[place - 1]
        if (slips := OSA.distance(typed, folded)) <= _allowed(typed):
            found[typed].add((slips, word))
    return {word: sorted(pairs) for word, pairs in found.items()}


ALIKE = "SELECT place, word, folded FROM words_like(%(typed)s::text[])"


def _allowed(word: str) -> int:
    return 1 if len(word) < 6 else 2 if len(word) < 12 else 3


def _any(words: Iterable[str]) -> str:
    """One of these words, as a text search query."""
    quoted = ("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words)
    return "(" + (" | ".join(quoted) or "'='") + ")"


NEWS = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    ARRAY(SELECT word FROM search_word WHERE added_in >= %(horizon)s)
"""


def _known() -> _Known:
    """What this process knows, with what was added to the directory since.

    Everything that a transaction could have added which had not ended when it was last read is read again.
    """
    known: _Known = current_app.extensions.setdefault("directory_words", _Known())
    news = db.session.connection().exec_driver_sql(NEWS, {"horizon": known.horizon}).one()
    with known.lock:
        _forget(known)
        fresh = [word for word in news[1] if word not in known.words]
        for word in fresh:
            _learn(known, word)
        if fresh:
            known.folds = sorted(known.by_fold)
        known.horizon = max(known.horizon, news[0])
    return known


def _forget(known: _Known) -> None:
    """Once an hour: what the directory holds no more, or else a word that is gone would be taken for spelled right."""
    now = clock.now()
    if known.whole_at is not None and abs(now - known.whole_at) < FORGETS_EVERY:
        return
    held = set(db.session.connection().exec_driver_sql("SELECT word FROM search_word").scalars())
    if gone := known.words - held:
        for word in gone:
            _unlearn(known, word)
        known.folds = sorted(known.by_fold)
        known.horizon = 0  # what another thread learned meanwhile is read again
    known.whole_at = now


def _learn(known: _Known, word: str) -> None:
    known.words.add(word)
    for spellings, key in _keys(known, word):
        spellings[key].add(word)


def _unlearn(known: _Known, word: str) -> None:
    known.words.discard(word)
    for spellings, key in _keys(known, word):
        if others := spellings[key] - {word}:
            spellings[key] = others
        else:
            del spellings[key]


def _keys(known: _Known, word: str) -> list[tuple[dict[str, set[str]], str]]:
    """Under what a word is found, each once: (the table, its key)."""
    folds = set(fold_name(word).split())
    skeletons = {
        skeleton
        for fold in folds
        for part in without_article(fold)
        for skeleton in skeletons_of_word(part) | short_sounds(part)
        if len(skeleton) > 2
    }
    return [
        *((known.by_fold, fold) for fold in folds),
        *((known.by_skeleton, skeleton) for skeleton in skeletons),
    ]


@cache
def _needs_by_word() -> dict[str, set[str]]:
    """The needs by the words of their labels, in each of our languages."""
    found: dict[str, set[str]] = defaultdict(set)
    for need in vocabulary.needs():
        for language in _LANGUAGES:
            for word in fold_name(need.label(language)).split():
                if len(word) > 2 and word not in _SMALL:
                    found[word].add(need.code)
    return found


def _needs_alike(word: str) -> set[str]:
    """The needs by the words of their labels with a slip."""
    found: set[str] = set()
    for label, needs in _needs_by_word().items():
        if abs(len(label) - len(word)) <= 1 and OSA.distance(word, label, score_cutoff=1) <= 1:
            found |= needs
    return found
