"""From text to lines: which face shows what, in which direction, and where a line breaks.

Levels are those of the Unicode bidirectional algorithm (UAX 9), taken over the whole paragraph; each line is then put
into the order in which it is seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final, Literal

from anyascii import anyascii

from network.web.printing.faces import Face, Shaped, find_face, script_of, shape

Direction = Literal["ltr", "rtl"]
ISOLATE: Final = "\u2066"
OWN: Final = "\u2068"
END_ISOLATE: Final = "\u2069"
# Direction alone: seen by the algorithm, never printed.
_MARKS: Final = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\u00ad"
)
_JOINERS: Final = frozenset("\u200c\u200d")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]")
_SPACES: Final = re.compile("[^\\S\u00a0]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one face and one direction, shaped."""

    face: Face
    level: int
    text: str
    shaped: Shaped


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line as it is printed: pieces from left to right, its width in thousandths of the size, and what it says."""

    pieces: tuple[Piece, ...]
    width: int
    text: str


@dataclass(frozen=True, slots=True)
class _Word:
    """What is not broken; ``spaced``: a space stands before it."""

    pieces: tuple[Piece, ...]
    width: int
    text: str
    spaced: bool
    space: Piece | None


def isolated(text: str) -> str:
    """Text that reads from left to right whatever stands around it: a telephone number, a time, an address."""
    return f"{ISOLATE}{text}{END_ISOLATE}"


def as_it_is(text: str) -> str:
    """Text in a direction of its own within another's: a name in whatever script it was given."""
    return f"{OWN}{text}{END_ISOLATE}"


def own_direction(text: str) -> Direction:
    """The direction of the first letter that has one."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def unbroken(text: str) -> str:
    """The same with spaces at which no line ends."""
    return text.replace(" ", "\u00a0")


@lru_cache(maxsize=4096)
def readable(text: str) -> str:
    """The text in characters that our faces hold; others in Latin letters, where they have any."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(one if _is_shown(one) else anyascii(one) for one in composed)


def _is_shown(character: str) -> bool:
    return (
        character in _MARKS
        or character in _JOINERS
        or character.isspace()
        or find_face(character, False) is not None
    )


@lru_cache(maxsize=8192)
def set_lines(
    text: str, width: int, direction: Direction = "ltr", bold: bool = False, limit: int | None = None
) -> tuple[SetLine, ...]:
    """A paragraph in lines of at most ``width`` thousandths of its size; beyond ``limit`` lines it ends in "…".

    ``direction`` is that of the paragraph, by which what runs both ways is ordered.
    """
    words = tuple(_words(readable(_SPACES.sub(" ", text).strip()), direction, bold))
    lines = list(_broken(words, width))
    if limit is not None and len(lines) > limit:
        kept = " ".join(_text(line) for line in lines[:limit]).removesuffix("…").rstrip()
        shorter = kept.rsplit(" ", 1)[0] if " " in kept else kept[:-1]
        return set_lines(f"{shorter} …", width, direction, bold, limit) if shorter else ()
    return tuple(_ordered(line, direction) for line in lines)


def _text(line: list[_Word]) -> str:
    return "".join((" " if word.spaced and place else "") + word.text for place, word in enumerate(line))


def _levels(text: str, direction: Direction) -> list[int]:
    """The level of each character: even ones run from left to right, odd ones from right to left."""
    if direction == "ltr" and not _RIGHT_TO_LEFT.search(text):
        return [0] * len(text)
    from fpdf.bidi import BidiParagraph  # slow to import, and most processes never print
    from fpdf.enums import TextDirection

    base = TextDirection.RTL if direction == "rtl" else TextDirection.LTR
    levels = [int(direction == "rtl")] * len(text)
    for one in BidiParagraph(text, base_direction=base, preserve_bn_chars=True).get_characters():
        levels[one.character_index] = one.embedding_level
    return levels


def _words(text: str, direction: Direction, bold: bool) -> Iterator[_Word]:
    levels = _levels(text, direction)
    start = 0
    for place in [*_breaks(text), len(text)]:
        spaced = start < len(text) and text[start] == " "
        first = start + int(spaced)
        pieces = tuple(_pieces(text[first:place], levels[first:place], bold))
        if pieces:
            space = _space(pieces[0].face, levels[start]) if spaced else None
            said = "".join(piece.text for piece in pieces)
            yield _Word(pieces, sum(piece.shaped.width for piece in pieces), said, spaced, space)
        start = place


def _breaks(text: str) -> Iterator[int]:
    """Where a line may end: before a space, and on either side of a Chinese character."""
    for place in range(1, len(text)):
        if text[place] == " " or (
            text[place - 1] != " " and "han" in (script_of(text[place]), script_of(text[place - 1]))
        ):
            yield place


def _space(face: Face, level: int) -> Piece:
    return Piece(face, level, " ", shape(face, " ", level % 2 == 0))


def _pieces(text: str, levels: list[int], bold: bool) -> Iterator[Piece]:
    faced: list[tuple[str, int, Face]] = []
    for character, level in zip(text, levels, strict=True):
        if character in _MARKS:
            continue
        before = faced[-1][2] if faced else None
        face = _face(character, bold, before)
        if faced and character in _JOINERS:
            level = faced[-1][1]
        if face is not None:
            faced.append((character, level, face))
    for (level, face), run in groupby(faced, key=lambda one: (one[1], one[2])):
        said = "".join(character for character, _, _ in run)
        yield Piece(face, level, said, shape(face, said, level % 2 == 0))


def _face(character: str, bold: bool, before: Face | None) -> Face | None:
    """What stands on another letter, or joins two, is of that letter's face if it can be."""
    if (
        before is not None
        and (character in _JOINERS or unicodedata.category(character)[0] == "M")
        and (before.has(character) or character in _JOINERS)
    ):
        return before
    return find_face(character, bold) or before


def _broken(words: tuple[_Word, ...], width: int) -> Iterator[list[_Word]]:
    line: list[_Word] = []
    used = 0
    for word in words:
        gap = word.space.shaped.width if word.space and line else 0
        if line and used + gap + word.width > width:
            yield line
            line, used, gap = [], 0, 0
        if word.width > width:  # a web address, or a script without spaces
            *whole, word = _cut(word, width)
            yield from ([part] for part in whole)
        line.append(word)
        used += gap + word.width
    if line:
        yield line


def _cut(word: _Word, width: int) -> list[_Word]:
    """A word that is wider than the line, in parts that fit, never between a letter and its marks."""
    parts: list[_Word] = []
    for piece in word.pieces:
        clusters = [glyph.text for glyph in piece.shaped.glyphs if glyph.text]
        if piece.level % 2:
            clusters.reverse()
        for cluster in clusters:
            shaped = shape(piece.face, cluster, piece.level % 2 == 0)
            if parts and parts[-1].width + shaped.width <= width and parts[-1].pieces[-1].face == piece.face:
                parts[-1] = _grown(parts[-1], cluster)
            else:
                one = Piece(piece.face, piece.level, cluster, shaped)
                parts.append(_Word((one,), shaped.width, cluster, word.spaced and not parts, word.space))
    return parts


def _grown(word: _Word, cluster: str) -> _Word:
    last = word.pieces[-1]
    said = last.text + cluster
    piece = Piece(last.face, last.level, said, shape(last.face, said, last.level % 2 == 0))
    return _Word((piece,), piece.shaped.width, said, word.spaced, word.space)


def _ordered(line: list[_Word], direction: Direction) -> SetLine:
    """Rule L2: what runs against the paragraph is reversed, from the highest level down."""
    pieces: list[Piece] = []
    for place, word in enumerate(line):
        if place and word.space is not None:
            pieces.append(word.space)
        pieces.extend(word.pieces)
    highest = max((piece.level for piece in pieces), default=0)
    for level in range(highest, 0, -1):
        turned: list[Piece] = []
        for against, run in groupby(pieces, key=lambda piece, level=level: piece.level >= level):  # type: ignore[misc]  # a bound default
            found = list(run)
            turned.extend(reversed(found) if against else found)
        pieces = turned
    return SetLine(tuple(pieces), sum(piece.shaped.width for piece in pieces), _text(line))
