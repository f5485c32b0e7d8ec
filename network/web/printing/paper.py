"""The sheets themselves: a PDF on which set lines, rules, boxes and squares are put. Lengths are points.

What a program reads (a search, a screen reader, the clipboard) is the text itself: each glyph says what it stands for,
and glyphs that only together are a letter or a syllable say it together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from network.core import clock
from network.web.printing.faces import Face, Glyph
from network.web.printing.setting import Direction, Piece, SetLine

_TO_MILLE: Final = 1000
# What a glyph stands for whose neighbour stands for both: unmapped, some readers would show its number as a letter.
_NOTHING: Final = "\u200b"
_DRAWN: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="{side}" height="{side}" fill="none" '
    'stroke="#000" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a sheet in points."""

    width: float
    height: float


A4: Final = Size(595.28, 841.89)
A5: Final = Size(419.53, 595.28)


class Paper:
    """A document in one language, read from its own side. ``title`` is what the window that shows it is called."""

    def __init__(self, size: Size, *, language: str, direction: Direction, title: str) -> None:
        from fpdf import FPDF, ViewerPreferences  # slow to import, and most processes never print
        from fpdf.syntax import Name

        self.size = size
        self._pdf = pdf = FPDF(unit="pt", format=(size.width, size.height))
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        pdf.set_title(title)
        pdf.set_lang(language)
        pdf.set_producer("")
        pdf.set_creation_date(_day(clock.now()))
        pdf.viewer_preferences = preferences = ViewerPreferences(display_doc_title=True)
        # ISO 32000 calls it R2L; the library would write a word that is no name.
        preferences._direction = Name("R2L" if direction == "rtl" else "L2R")  # type: ignore[assignment]  # typed as the enumeration that writes it wrongly
        self._pieces: dict[tuple[Face, str, int, float], list[list[str] | str]] = {}
        self._codes: dict[tuple[Face, int, str], str] = {}

    def turn_page(self) -> None:
        """Begin a new sheet."""
        self._pdf.add_page()

    def entry(self, name: str, level: int = 0) -> None:
        """Let the reader's table of contents lead to this sheet."""
        self._pdf.set_y(0)
        self._pdf.start_section(name, level, strict=False)

    def put(self, line: SetLine, x: float, baseline: float, size: float, grey: float = 0) -> None:
        """Print a line, its left end at ``x``."""
        shown = " ".join(self._runs(line.pieces, size))
        # The library sets paragraphs of its own; what is set already goes straight onto the sheet.
        self._pdf._out(f"BT {grey:g} g 1 0 0 1 {x:.2f} {self.size.height - baseline:.2f} Tm {shown} ET")

    def rule(self, x: float, y: float, width: float, thickness: float = 0.5, grey: float = 0.6) -> None:
        """A horizontal line, its upper edge at ``y``."""
        self.box(x, y, width, thickness, grey)

    def box(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        """A filled rectangle."""
        self._pdf._out(
            f"{grey:g} g {x:.2f} {self.size.height - y - height:.2f} {width:.2f} {height:.2f} re f"
        )

    def squares(self, rows: Sequence[Iterable[int]], x: float, y: float, side: float) -> None:
        """A code of black squares, row by row; neighbours are one rectangle, so that no seam shows between them."""
        for down, row in enumerate(rows):
            at = 0
            for black, run in groupby(row, key=bool):
                length = len(list(run))
                if black:
                    self.box(x + at * side, y + down * side, length * side, side, 0)
                at += length

    def drawing(self, shapes: str, x: float, y: float, side: float) -> None:
        """A drawing in lines: the shapes of an SVG of 24 by 24, its upper left corner there."""
        from fpdf.svg import SVGObject  # as slow as the rest of it

        SVGObject(_DRAWN.format(shapes, side=side)).draw_to_page(self._pdf, x, y)

    def stroke(
        self, points: Sequence[tuple[float, float]], thickness: float = 0.6, grey: float = 0.55
    ) -> None:
        """A line from point to point."""
        path = " ".join(
            f"{x:.2f} {self.size.height - y:.2f} {'l' if at else 'm'}" for at, (x, y) in enumerate(points)
        )
        self._pdf._out(f"q {grey:g} G {thickness:g} w 1 j {path} S Q")

    def dot(self, x: float, y: float, radius: float, grey: float = 0) -> None:
        """A filled circle around a point."""
        self._pdf._out(
            f"q {grey:g} G 1 J {2 * radius:g} w {x:.2f} {self.size.height - y:.2f} m "
            f"{x:.2f} {self.size.height - y:.2f} l S Q"
        )

    @contextmanager
    def within(self, x: float, y: float, width: float, height: float) -> Iterator[None]:
        """What is put meanwhile is cut off at the edges of this rectangle."""
        self._pdf._out(f"q {x:.2f} {self.size.height - y - height:.2f} {width:.2f} {height:.2f} re W n")
        yield
        self._pdf._out("Q")

    def to_bytes(self) -> bytes:
        """The finished file."""
        return bytes(self._pdf.output())

    def _runs(self, pieces: Iterable[Piece], size: float) -> Iterator[str]:
        for face, run in groupby(pieces, key=lambda piece: piece.face):
            font = self._font(face)
            yield self._pdf._set_font_for_page(font, size, wrap_in_text_object=False)
            parts: list[str] = []
            for piece in run:
                for found in self._told(piece, font, size):
                    if isinstance(found, list):
                        parts += found
                        continue
                    yield from _shown(parts)
                    parts = []
                    yield found
            yield from _shown(parts)

    def _told(self, piece: Piece, font: Any, size: float) -> list[list[str] | str]:
        """What a piece is in the file, glyphs in lists and the rest as it stands; kept, for words come again."""
        key = (piece.face, piece.text, piece.level % 2, size)
        known = self._pieces.get(key)
        if known is None:
            known = self._pieces[key] = []
            for _, found in groupby(piece.shaped.glyphs, key=lambda glyph: glyph.cluster):
                cluster = list(found)
                if len(cluster) == 1 and not cluster[0].up:
                    known.append(self._moved(piece.face, font, cluster[0]))
                else:
                    known.append(" ".join(self._together(piece.face, font, cluster, size)))
        return known

    def _together(self, face: Face, font: Any, cluster: list[Glyph], size: float) -> Iterator[str]:
        """Glyphs that are one letter or syllable, each raised to where the shaper wants it."""
        yield f"/Span <</ActualText <{_utf16(cluster[0].text)}>>> BDC"
        for up, run in groupby(cluster, key=lambda glyph: glyph.up):
            if up:
                yield f"{up * size / _TO_MILLE:.2f} Ts"
            yield from _shown([part for glyph in run for part in self._moved(face, font, glyph)])
            if up:
                yield "0 Ts"
        yield "EMC"

    def _moved(self, face: Face, font: Any, glyph: Glyph) -> list[str]:
        """A glyph and how far the pen moves before and after it."""
        parts = [f"{-glyph.across}"] if glyph.across else []
        parts.append(f"<{self._code(face, font, glyph)}>")
        if back := glyph.natural + glyph.across - glyph.advance:
            parts.append(f"{back}")
        return parts

    def _font(self, face: Face) -> Any:
        key = face.name.removesuffix(".woff")
        if key not in self._pdf.fonts:
            self._pdf.add_font(key, fname=face.path)
        return self._pdf.fonts[key]

    def _code(self, face: Face, font: Any, glyph: Glyph) -> str:
        """The number of a glyph in the part of the face that the file will carry."""
        known = self._codes.get((face, glyph.number, glyph.text))
        if known is None:
            name = font.ttfont.getGlyphName(glyph.number)
            said = tuple(map(ord, glyph.text or _NOTHING))
            part = font.subset.get_glyph(
                glyph=glyph.number, unicode=said, glyph_name=name, glyph_width=glyph.natural
            )
            known = self._codes[face, glyph.number, glyph.text] = f"{font.subset.pick_glyph(part):04X}"
        return known


def _shown(parts: list[str]) -> Iterator[str]:
    if parts:
        # Two numbers side by side stay two: the way back from one mark, and the way to the next.
        yield f"[{' '.join(parts)}] TJ".replace("> <", "")


def _utf16(text: str) -> str:
    return "FEFF" + text.encode("utf-16-be").hex().upper()


def _day(at: datetime) -> datetime:
    """The day alone: when exactly somebody printed something is nobody's business."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
