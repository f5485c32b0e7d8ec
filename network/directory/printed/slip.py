"""A slip of one service, for a client to take along: in her language, and silent about her.

Whoever finds it in her bag may read it. So it holds nothing of her, and unless she wants it otherwise nothing of what
she goes there for: the organization's name, the place, the hours, the number.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Final

import segno

from network.core import vocabulary
from network.directory import wording
from network.directory.finder.pictures import shapes_of
from network.directory.printed.slip_words import SlipWords
from network.directory.printed.way import draw_way, has_way
from network.directory.queries import Listing
from network.web.printing import (
    A5,
    Band,
    Block,
    Flow,
    Mark,
    Paper,
    Sheet,
    Size,
    as_it_is,
    draw_band,
    gap,
    height_of,
    isolated,
    unbroken,
)

# What stands on it, from the most silent to the fullest.
SILENT, NAMED, FULL = "silent", "named", "full"
SHOWS: Final = (SILENT, NAMED, FULL)
# Of a roll as receipt printers have it, 80 mm wide; as long as what it says.
RECEIPT_WIDTH: Final = 204.0
SMALLEST, LARGEST = 0.45, 1.3
LONGEST_WAY: Final = 240
_CODE_SIDE: Final = 96.0
# Around the code nothing may stand, or phones do not see it; and the words under it.
_QUIET: Final = 16.0
MOST_PICTURES: Final = 6
_BELOW: Final = 2 * _QUIET + 14


def make_slip(listing: Listing, words: SlipWords, shows: str = NAMED, receipt: bool = False) -> bytes:
    """The slip as a PDF of one page."""
    sheet = Sheet(A5, words.direction, side=40, top=36, bottom=30)
    scale = 1.0
    if receipt:
        sheet, scale = Sheet(Size(RECEIPT_WIDTH, 10_000), words.direction, side=12, top=12, bottom=12), 0.8
    number = next((phone.number for phone in listing.phones), None)
    drawn = has_way(listing)

    def set_at(scale: float) -> tuple[list[Band], float, float]:
        bands = _bands(Flow(sheet), listing, words, shows, scale)
        tall = height_of(bands)
        return bands, tall, tall + (_BELOW + _CODE_SIDE) * scale if number or drawn else tall

    bands, tall, whole = set_at(scale)
    if receipt:
        sheet = replace(sheet, size=Size(RECEIPT_WIDTH, whole + sheet.top + sheet.bottom))
    else:  # one page, and as large as it holds
        while whole > sheet.depth and scale > SMALLEST:
            scale *= 0.92
            bands, tall, whole = set_at(scale)
        while whole < sheet.depth * 0.85 and scale < LARGEST:
            scale *= 1.06
            bands, tall, whole = set_at(scale)
    flow = Flow(sheet)
    flow.add(Block(tuple(bands)))
    paper = Paper(sheet.size, language=words.language, direction=words.direction, title=words["information"])
    paper.turn_page()
    flow.draw(paper, flow.pages[0])
    top, side = sheet.top + tall + _QUIET * scale, _CODE_SIDE * scale
    if number:
        _code(paper, sheet, number, top, side, words, scale)
    if drawn:
        taken = side + _QUIET if number else 0
        left = sheet.left(0) + (taken if sheet.direction == "ltr" else 0)
        draw_way(paper, listing, words, left, top, sheet.measure - taken, side)
    return paper.to_bytes()


def _bands(flow: Flow, listing: Listing, words: SlipWords, shows: str, scale: float) -> list[Band]:
    title, *other = _names(words, listing.organization_name, listing.organization_alternate_name)
    if shows == SILENT:
        title, other = words["information"], []
    bands = [*flow.text(title, 20 * scale, bold=True, leading=1.25, own=shows != SILENT), gap(4)]
    for name in other:
        bands += [*flow.text(name, 14 * scale, own=True), gap(2)]
    if shows == FULL:
        name = _names(words, listing.service_name, listing.service_alternate_name)[0]
        bands += [*flow.text(name, 13 * scale, own=True), gap(4)]
        side = 22 * scale
        drawn = [shapes_of(code) for code in listing.need_codes[:MOST_PICTURES]]
        marks = (
            Mark(None, side, at * (side + 8), 0, drawing=one) for at, one in enumerate(dict.fromkeys(drawn))
        )
        bands += [Band(side + 4, tuple(marks))]
    start = 30 * scale
    for phone in listing.phones[:2]:
        number = flow.text(isolated(unbroken(phone.number)), 24 * scale, bold=True, start=start)
        bands += _beside_picture("call", number, 19 * scale)
    for picture, label, lines in _facts(listing, words, shows):
        told = flow.text(label, 9 * scale, grey=0.35, start=start)
        for line in lines:
            told += flow.text(line, 13 * scale, start=start)
        bands += [gap(5 * scale), *_beside_picture(picture, told, 18 * scale)]
    return bands


def _names(words: SlipWords, name: str, other: str | None) -> list[str]:
    """Both names, first the one whose letters run as the slip is read; what stands alone stands first."""
    told = [one for one in (name, other) if one]
    return sorted(told, key=lambda one: _runs(one) != words.direction)


def _runs(name: str) -> str:
    """The direction of the first letter that has one."""
    sides = (unicodedata.bidirectional(letter) for letter in name)
    return next(("ltr" if side == "L" else "rtl" for side in sides if side in ("L", "R", "AL")), "")


def _beside_picture(code: str, told: list[Band], side: float) -> list[Band]:
    """Lines with their picture before the first of them, for whoever reads little."""
    first, *others = told
    picture = Mark(None, side, 0, 0, drawing=shapes_of(code))
    lower = max(side - sum(band.height for band in told), 0)
    return [replace(first, marks=(*first.marks, picture)), *others, *([gap(lower)] if lower else [])]


def _facts(listing: Listing, words: SlipWords, shows: str) -> list[tuple[str, str, list[str]]]:
    """(picture, what is told, its lines)."""
    facts = []
    if shows == FULL:
        facts.append(("asking", words["help"], [_needs(listing, words)]))
    if listing.latitude is not None:
        facts.append(("pin", words["where"], _where(listing, words)))
        if listing.transportation and not listing.confidential:
            facts.append(("van", words["way"], [as_it_is(listing.transportation[:LONGEST_WAY])]))
    facts += [
        ("clock", words["open"], _hours(listing, words)),
        ("paper", words["bring"], [_papers(listing, words)]),
    ]
    cost = (
        words[listing.cost] if listing.cost in ("free", "reduced", "full", "deposit") else words["ask_cost"]
    )
    facts.append(("money", words["cost"], [cost]))
    if listing.languages:
        facts.append(("talk", words["languages"], [words.names_of(listing.languages)]))
    return facts


def _needs(listing: Listing, words: SlipWords) -> str:
    """The needs in the slip's language where the vocabulary has it, else in English."""
    return words.comma.join(
        as_it_is(vocabulary.label("needs", code, words.language)) for code in listing.need_codes[:6]
    )


def _where(listing: Listing, words: SlipWords) -> list[str]:
    town = wording.town_in(listing.town, listing.country, words.language)
    if listing.confidential:
        return [as_it_is(town), words["ask_address"]]
    lines = [line for line in listing.address if line.casefold() != listing.town.casefold()]
    return [words.comma.join(map(as_it_is, [*lines, town]))]


def _hours(listing: Listing, words: SlipWords) -> list[str]:
    if listing.status != "active":
        return [words["closed_now"]]
    lines = [f"{words.days(opening)}: {words.times(opening)}" for opening in listing.hours.openings]
    return list(dict.fromkeys(lines)) or [words["hours_unknown"]]


def _papers(listing: Listing, words: SlipWords) -> str:
    asked = listing.eligibility.get("documents_required") or ()
    if asked:
        return words.comma.join(
            words.words.get(code) or as_it_is(vocabulary.label("document_types", code, words.language))
            for code in asked
        )
    if listing.eligibility.get("works_without_documents") is True:
        return words["no_papers"]
    return words["ask_papers"]


def _code(
    paper: Paper, sheet: Sheet, number: str, top: float, side: float, words: SlipWords, scale: float
) -> None:
    """The number as a code that a phone reads, with what it is for."""
    called = segno.make(
        f"tel:{''.join(c for c in number if c.isdigit() or c == '+')}", error="m", micro=False
    )
    rows = list(called.matrix)
    left = sheet.left(0) if sheet.direction == "ltr" else sheet.left(0) + sheet.measure - side
    paper.squares(rows, left, top, side / len(rows))
    below = top + side + _QUIET * scale
    for band in Flow(sheet).text(words["scan"], 9 * scale, grey=0.35):
        draw_band(paper, sheet, band, sheet.left(0), below)
        below += band.height
