"""Lines down columns and over pages: what is too long goes on in the next column, on the side where reading goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from network.web.printing.paper import Paper, Size
from network.web.printing.setting import Direction, SetLine, own_direction, set_lines

LEADING: Final = 1.36
# How much of a line's height stands above its baseline.
_RISE: Final = 1.02

# Of a block that is torn apart, so many bands at least go on in the next column.
FEWEST_OVER: Final = 4
WIDEST: Final = 1_000_000

Align = Literal["start", "end", "center"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A set line within a band: how far from the starting side, and the width in which it is aligned.

    Instead of a line it may show the number of a page: that of the block with the key ``page_of``; or a drawing in
    lines, as wide and high as ``size``.
    """

    line: SetLine | None
    size: float
    start: float
    measure: float
    align: Align = "start"
    grey: float = 0
    page_of: str = ""
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """What is never torn apart: a height with lines that stand beside each other, perhaps with a rule above."""

    height: float
    marks: tuple[Mark, ...] = ()
    rule: float = 0
    fill: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Bands that belong together. ``key``: to find its page by.

    ``head``: after so many bands it may be torn apart, if enough go on in the next column. Without, it is not torn if a
    column can hold it.
    """

    bands: tuple[Band, ...]
    head: int = 0
    key: str | None = None
    entry: str | None = None
    level: int = 0

    @property
    def height(self) -> float:
        """How high it is."""
        return sum(band.height for band in self.bands)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the columns of a page stand."""

    size: Size
    direction: Direction
    columns: int = 1
    side: float = 40
    top: float = 48
    bottom: float = 52
    gutter: float = 22

    @property
    def measure(self) -> float:
        """The width of a column."""
        return (self.size.width - 2 * self.side - (self.columns - 1) * self.gutter) / self.columns

    @property
    def depth(self) -> float:
        """The height of a column."""
        return self.size.height - self.top - self.bottom

    def left(self, column: int) -> float:
        """The left edge of a column; the first one stands where reading starts."""
        place = column if self.direction == "ltr" else self.columns - 1 - column
        return self.side + place * (self.measure + self.gutter)


@dataclass(slots=True)
class Placed:
    """A band on a page."""

    band: Band
    column: int
    top: float


@dataclass(slots=True)
class Page:
    """What stands on a page, and what the reader's table of contents calls it."""

    placed: list[Placed] = field(default_factory=list)
    entries: list[tuple[str, int]] = field(default_factory=list)


class Flow:
    """Pages that are filled block by block."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.pages: list[Page] = []
        self.page_of: dict[str, int] = {}
        self._column, self._top = 0, 0.0

    def add(self, block: Block, *, room_after: float = 0) -> None:
        """Put a block where there is room; ``room_after``: what must fit below it, as under a heading."""
        if not self.pages:
            self._new_page()
        if self._top > 0 and not self._has_room(block, room_after):
            self._next_column()
        if block.key is not None:
            self.page_of[block.key] = len(self.pages) - 1
        if block.entry is not None:
            self.pages[-1].entries.append((block.entry, block.level))
        over = self._first_over(block)
        for place, band in enumerate(block.bands):
            if place == over or (self._top > 0 and self._top + band.height > self.sheet.depth + 0.01):
                self._next_column()
            if self._top == 0 and not band.marks:
                continue  # no gap at the head of a column
            self.pages[-1].placed.append(Placed(band, self._column, self.sheet.top + self._top))
            self._top += band.height

    def _has_room(self, block: Block, room_after: float) -> bool:
        if block.head and len(block.bands) >= block.head + FEWEST_OVER:
            return self._top + height_of(block.bands[: block.head]) <= self.sheet.depth
        return self._top + min(block.height + room_after, self.sheet.depth) <= self.sheet.depth + 0.01

    def _first_over(self, block: Block) -> int | None:
        """Where a block is torn so that not too little of it goes on; None where it fits."""
        top = self._top
        for place, band in enumerate(block.bands):
            top += band.height
            if top > self.sheet.depth + 0.01:
                return min(place, max(block.head, len(block.bands) - FEWEST_OVER)) if block.head else None
        return None

    def break_page(self) -> None:
        """Go on on a new page, unless this one is still empty."""
        if self.pages and self.pages[-1].placed:
            self._new_page()

    def _next_column(self) -> None:
        self._column += 1
        self._top = 0.0
        if self._column == self.sheet.columns:
            self._new_page()

    def _new_page(self) -> None:
        self.pages.append(Page())
        self._column, self._top = 0, 0.0

    # What blocks are made of

    def text(
        self,
        text: str,
        size: float,
        *,
        bold: bool = False,
        start: float = 0,
        measure: float | None = None,
        align: Align = "start",
        grey: float = 0,
        limit: int | None = None,
        leading: float = LEADING,
        own: bool = False,
    ) -> list[Band]:
        """A paragraph in bands of one line. ``own``: ordered by its own direction, not by that of the page."""
        width = (measure or self.sheet.measure) - start
        reads = own_direction(text) if own else self.sheet.direction
        return [
            Band(size * leading, (Mark(line, size, start, width, align, grey),))
            for line in set_lines(text, int(width / size * 1000), reads, bold, limit)
        ]

    def beside(self, *columns: Sequence[Band]) -> list[Band]:
        """Several paragraphs beside each other, first lines on one height."""
        height = max((len(column) for column in columns), default=0)
        rows = [[column[place] for column in columns if place < len(column)] for place in range(height)]
        return [
            Band(max(band.height for band in row), tuple(mark for band in row for mark in band.marks))
            for row in rows
        ]

    def page_number(self, key: str, size: float, grey: float = 0) -> Band:
        """The number of the page on which a block stands, at the far side."""
        mark = Mark(None, size, 0, self.sheet.measure, "end", grey, page_of=key)
        return Band(size * LEADING, (mark,))

    def draw(self, paper: Paper, page: Page, numbers: Mapping[str, int] = MappingProxyType({})) -> None:
        """Put a page on paper. ``numbers``: on which page each block stands that a mark asks for."""
        for name, level in page.entries:
            paper.entry(name, level)
        for placed in page.placed:
            draw_band(paper, self.sheet, placed.band, self.sheet.left(placed.column), placed.top, numbers)


def gap(height: float) -> Band:
    """Nothing, so high."""
    return Band(height)


def draw_band(
    paper: Paper,
    sheet: Sheet,
    band: Band,
    left: float,
    top: float,
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Put one band on paper, its upper left corner there."""
    if band.fill is not None:
        paper.box(left - 4, top, sheet.measure + 8, band.height, band.fill)
    if band.rule:
        paper.rule(left, top, sheet.measure, band.rule)
    for mark in band.marks:
        if mark.drawing:
            x = (
                left + mark.start
                if sheet.direction == "ltr"
                else left + sheet.measure - mark.start - mark.size
            )
            paper.drawing(mark.drawing, x, top, mark.size)
            continue
        line = mark.line or set_lines(str(numbers[mark.page_of]), WIDEST, "ltr")[0]
        width = line.width * mark.size / 1000
        room = mark.measure - width
        off = {"start": 0.0, "center": room / 2, "end": room}[mark.align] + mark.start
        x = left + off if sheet.direction == "ltr" else left + sheet.measure - off - width
        paper.put(line, x, top + mark.size * _RISE, mark.size, mark.grey)


def height_of(bands: Iterable[Band]) -> float:
    """How high bands are on top of each other."""
    return sum(band.height for band in bands)
