"""The typefaces of what is printed: which one holds a character, and how it shapes a run of them.

``tools/build_assets.py`` puts them beside the stylesheets. One is opened when the first character needs it, and then
kept by the process.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb

from network.web.assets import FOLDER, manifest

# Where the blocks of each script begin, in Unicode's order. Symbols and what no other face has are Latin's.
_BLOCKS: Final = (
    (0x0000, "latin"), (0x0600, "arabic"), (0x0700, "latin"), (0x0750, "arabic"), (0x0780, "latin"),
    (0x0870, "arabic"), (0x0900, "devanagari"), (0x0980, "bengali"), (0x0A00, "gurmukhi"), (0x0A80, "latin"),
    (0x0B80, "tamil"), (0x0C00, "telugu"), (0x0C80, "latin"), (0x0D00, "malayalam"), (0x0D80, "sinhala"),
    (0x0E00, "thai"), (0x0E80, "lao"), (0x0F00, "latin"), (0x1000, "myanmar"), (0x10A0, "latin"),
    (0x1100, "hangul"), (0x1200, "ethiopic"), (0x13A0, "latin"), (0x1780, "khmer"), (0x1800, "latin"),
    (0x19E0, "khmer"), (0x1A00, "latin"), (0x1CD0, "devanagari"), (0x1D00, "latin"), (0x2D80, "ethiopic"),
    (0x2DE0, "latin"), (0x2E80, "han"), (0x3130, "hangul"), (0x3190, "han"), (0xA640, "latin"), (0xA8E0, "devanagari"),
    (0xA900, "latin"), (0xA9E0, "myanmar"), (0xAA00, "latin"), (0xAA60, "myanmar"), (0xAA80, "latin"),
    (0xAB00, "ethiopic"), (0xAB30, "latin"), (0xAC00, "hangul"), (0xD7B0, "latin"), (0xF900, "han"),
    (0xFB00, "latin"), (0xFB50, "arabic"), (0xFE10, "latin"), (0xFE70, "arabic"), (0xFF00, "han"),
    (0x10000, "latin"),
)  # fmt: skip
_STARTS: Final = [start for start, _ in _BLOCKS]
_WEIGHTS: Final = {False: "400", True: "700"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shape of a run: its number in the face, and in thousandths of the size how far it moves on and stands off.

    ``natural`` is the width that the face gives it. ``text``: what its cluster stands for, which the first glyph of
    a cluster holds; ``cluster`` tells which glyphs belong together.
    """

    number: int
    advance: int
    across: int
    up: int
    natural: int
    cluster: int
    text: str


@dataclass(frozen=True, slots=True)
class Shaped:
    """Glyphs from left to right, and how wide they are in thousandths of the size."""

    glyphs: tuple[Glyph, ...]
    width: int


@dataclass(frozen=True)
class Face:
    """A typeface in one weight; ``name`` is that of its file before it got its hash."""

    name: str

    @property
    def path(self) -> Path:
        """The file."""
        return FOLDER / manifest()[self.name]

    def has(self, character: str) -> bool:
        """Whether it can show a character."""
        return _number(self.name, character) is not None


@cache
def _opened(name: str) -> Any:
    """HarfBuzz's view of a face; the file is WOFF, which it does not read."""
    from fontTools.ttLib import TTFont  # slow to import, and most processes never print

    content = BytesIO()
    with TTFont(FOLDER / manifest()[name], recalcTimestamp=False) as font:
        font.flavor = None
        font.save(content)
    return hb.Font(hb.Face(content.getvalue()))


@lru_cache(maxsize=20_000)
def _number(name: str, character: str) -> int | None:
    return _opened(name).get_nominal_glyph(ord(character)) or None


@cache
def _faces(script: str, bold: bool) -> tuple[Face, ...]:
    """The files of a script in a weight, or in the only weight that it has."""
    for weight in (_WEIGHTS[bold], "400"):
        stem = f"print-{script}-{weight}"
        found = sorted(name for name in manifest() if name == f"{stem}.woff" or name.startswith(f"{stem}-"))
        if found:
            return tuple(Face(name) for name in sorted(found, key=len))
    raise LookupError(f"no typeface for {script}: run `make setup`")


def script_of(character: str) -> str:
    """The script whose faces are asked first."""
    return _BLOCKS[bisect_right(_STARTS, ord(character)) - 1][1]


@lru_cache(maxsize=20_000)
def find_face(character: str, bold: bool) -> Face | None:
    """The face that shows a character, or None where we have none."""
    script = script_of(character)
    scripts = (script,) if script == "latin" else (script, "latin")
    return next((face for name in scripts for face in _faces(name, bold) if face.has(character)), None)


@lru_cache(maxsize=20_000)
def shape(face: Face, text: str, rightward: bool) -> Shaped:
    """The glyphs of a run in one face and one direction, from left to right; kept, for words come again."""
    font = _opened(face.name)
    per_mille = 1000 / font.face.upem
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr" if rightward else "rtl"
    hb.shape(font, buffer)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    texts = _texts(text, [info.cluster for info in infos])
    glyphs = tuple(
        Glyph(
            info.codepoint,
            round(place.x_advance * per_mille),
            round(place.x_offset * per_mille),
            round(place.y_offset * per_mille),
            round(font.get_glyph_h_advance(info.codepoint) * per_mille),
            info.cluster,
            said,
        )
        for info, place, said in zip(infos, positions, texts, strict=True)
    )
    return Shaped(glyphs, sum(glyph.advance for glyph in glyphs))


def _texts(text: str, clusters: list[int]) -> list[str]:
    """What each glyph stands for: a cluster's whole text with its first glyph, nothing with the others."""
    starts = sorted(set(clusters))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    told: set[int] = set()
    said = []
    for start in clusters:
        said.append("" if start in told else text[start : ends[start]])
        told.add(start)
    return said
