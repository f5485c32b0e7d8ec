"""The booklet: cover, contents, hotlines, services by need, index. Arabic runs from the right from cover to cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, cast

from babel import Locale
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from network.core import vocabulary
from network.directory import wording
from network.directory.printed.entries import (
    OTHER,
    Entry,
    entries_of,
    facts,
    is_verified,
    number,
    to_hear,
    weekly,
)
from network.directory.queries import Area, Listing
from network.web.i18n import direction
from network.web.printing import (
    A4,
    Band,
    Block,
    Direction,
    Flow,
    Paper,
    Sheet,
    as_it_is,
    draw_band,
    gap,
    height_of,
)
from network.web.templating import country_name, local_date

LABEL: Final = 58.0
SMALL: Final = 8.0
TEXT: Final = 8.8
QUIET: Final = 0.32
LONGEST_DESCRIPTION: Final = 7


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: an area, groups of needs (none: all), the language, and who may read it."""

    area: Area
    groups: tuple[str, ...]
    language: str
    public_only: bool


def make_booklet(wish: Wish, listings: Sequence[Listing], today: date) -> bytes:
    """The booklet as a PDF, in its own language whatever the reader's page speaks."""
    with force_locale(Locale.parse(wish.language, sep="-")):
        return _Booklet(wish, entries_of(listings, wish.groups), today).to_bytes()


class _Booklet:
    """One booklet in the making. Parts are flows of their own; the contents wait for the pages of the others."""

    def __init__(self, wish: Wish, entries: list[Entry], today: date) -> None:
        self.wish, self.entries, self.today = wish, entries, today
        self.reads = cast(Direction, direction())
        self.groups = [
            (group.code, group.label(wish.language), found)
            for group in vocabulary.groups()
            if (found := [entry for entry in entries if group.code in entry.groups])
        ]
        if others := [entry for entry in entries if OTHER in entry.groups]:
            self.groups.append((OTHER, _("Other"), others))
        self.hotlines = [entry for entry in entries if entry.is_hotline]

    def to_bytes(self) -> bytes:
        parts = [self._cover(), self._contents(), self._body(), self._index()]
        numbers: dict[str, int] = {}
        pages = 0
        for part in parts:
            numbers |= {key: pages + at + 1 for key, at in part.page_of.items()}
            pages += len(part.pages)
        paper = Paper(A4, language=self.wish.language, direction=self.reads, title=_("Directory of services"))
        at = 0
        for part in parts:
            for page in part.pages:
                at += 1
                paper.turn_page()
                part.draw(paper, page, numbers)
                if at > 1:
                    self._foot(paper, at, pages)
        return paper.to_bytes()

    # Cover and contents

    def _cover(self) -> Flow:
        flow = Flow(Sheet(A4, self.reads, side=64, top=150))
        needs = [label for code, label, _found in self.groups if code in self.wish.groups]
        bands = [
            *flow.text(_("Directory of services"), 17, grey=QUIET),
            gap(6),
            *flow.text(self.wish.area.name, 34, bold=True, leading=1.25),
            gap(4),
            *flow.text(country_name(self.wish.area.country), 15),
            gap(26),
            *flow.text(" · ".join(needs) if self.wish.groups else _("Every need"), 12),
            gap(26),
            Band(16, rule=1.2),
        ]
        for line in self._about():
            bands += [*flow.text(line, 11), gap(7)]
        flow.add(Block(tuple(bands)))
        return flow

    def _about(self) -> list[str]:
        """What must be known before relying on it."""
        services = [entry.service for entry in self.entries]
        lines = [ngettext("%(num)s service", "%(num)s services", len(services))]
        lines.append(_("Made on %(date)s", date=local_date(self.today)))
        checked = [one.verified_on for one in services if one.verified_on is not None]
        if checked:
            lines.append(_("Verified until %(date)s", date=local_date(max(checked))))
        stale = sum(not is_verified(one, self.today) for one in services)
        if stale:
            lines.append(
                ngettext(
                    "%(num)s service was not verified in the last six months: call before you send anybody there.",
                    "%(num)s services were not verified in the last six months: call before you send anybody there.",
                    stale,
                )
            )
        lines.append(
            _("Where a line is missing (for whom, cost, papers, verified), nobody has said it: ask first.")
        )
        if any(one.invented for one in services):
            lines.append(
                _("This is a demonstration. What is marked as invented does not exist: nobody answers there.")
            )
        lines.append(
            _("Everything in it is public. It may be handed out.")
            if self.wish.public_only
            else _("For the staff of the network. Do not hand it out: it holds listings that are not public.")
        )
        return lines

    def _contents(self) -> Flow:
        flow = Flow(Sheet(A4, self.reads, side=64))
        flow.add(Block((*flow.text(_("Contents"), 20, bold=True), gap(10)), entry=_("Contents")))
        parts = [("hotlines", _("Call first"), len(self.hotlines))] if self.hotlines else []
        parts += [(code, label, len(found)) for code, label, found in self.groups]
        for key, label, count in parts:
            line = flow.text(f"{label} ({count})", 12, measure=flow.sheet.measure - 40, limit=1)
            flow.add(Block((*flow.beside(line, [flow.page_number(key, 12)]), gap(6))))
        line = flow.text(_("Organizations"), 12)
        flow.add(Block(tuple(flow.beside(line, [flow.page_number("organizations", 12)]))))
        return flow

    # Services

    def _body(self) -> Flow:
        flow = Flow(Sheet(A4, self.reads, columns=2))
        if self.hotlines:
            self._section(
                flow, _("Call first"), "hotlines", [self._hotline(flow, entry) for entry in self.hotlines]
            )
        for code, label, found in self.groups:
            here = [self._entry(flow, entry) for entry in found if entry.groups[0] == code]
            others = [self._also(flow, entry) for entry in found if entry.groups[0] != code]
            if others:
                also = flow.text(_("Also for this need"), 10.5, bold=True)
                others[0] = replace(others[0], bands=(gap(4), *also, *others[0].bands))
            self._section(flow, label, code, here + others)
        return flow

    def _section(self, flow: Flow, label: str, key: str, blocks: list[Block]) -> None:
        """A heading and what stands under it; the heading never alone at the foot of a column."""
        first, *others = blocks
        flow.add(self._heading(flow, label, key), room_after=height_of(first.bands[: first.head or None]))
        for block in [first, *others]:
            flow.add(block)

    def _heading(self, flow: Flow, label: str, key: str) -> Block:
        return Block((gap(6), *flow.text(label, 16, bold=True, leading=1.25), gap(5)), key=key, entry=label)

    def _hotline(self, flow: Flow, entry: Entry) -> Block:
        bands = [Band(5, rule=0.6), *flow.text(entry.service.service_name, 10.5, bold=True, own=True)]
        for phone in entry.phones:
            bands += flow.text(number(phone), 15, bold=True)
        told = [as_it_is(entry.service.organization_name), *weekly(entry.service)]
        if entry.service.languages:
            told.append(wording.languages(entry.service.languages))
        for line in told:
            bands += flow.text(line, SMALL)
        return Block((*bands, gap(7)))

    def _entry(self, flow: Flow, entry: Entry) -> Block:
        service = entry.service
        bands = [Band(5, rule=0.6), *flow.text(service.service_name, 10.5, bold=True, leading=1.25, own=True)]
        if service.service_alternate_name:
            bands += flow.text(service.service_alternate_name, 9.5, own=True)
        by = as_it_is(service.organization_name)
        if service.invented:
            by = _("%(name)s (invented)", name=by)
        bands += [*flow.text(by, TEXT, grey=QUIET), gap(2)]
        if service.alert:
            bands += [*flow.text(service.alert, TEXT, bold=True, own=True), gap(2)]
        bands += [*flow.text(service.description, TEXT, limit=LONGEST_DESCRIPTION, own=True), gap(2)]
        head = len(bands) + 3
        needs = wording.labels("needs", service.need_codes)
        for label, lines in [(_("Needs"), [needs]), *facts(entry, self.today)]:
            bands += self._fact(flow, label, lines)
        if heard := to_hear(service):
            bands += [gap(2), *flow.text(_("Tell the client first"), SMALL, bold=True)]
            for line in heard:
                bands += flow.beside(
                    flow.text("•", TEXT, bold=True), flow.text(line, TEXT, bold=True, start=10)
                )
        return Block((*bands, gap(9)), head=head, key=entry.key)

    def _fact(self, flow: Flow, label: str, lines: Sequence[str]) -> list[Band]:
        said = [band for line in lines for band in flow.text(line, TEXT, start=LABEL)]
        return flow.beside(flow.text(label, SMALL, measure=LABEL - 4, grey=QUIET), said)

    def _also(self, flow: Flow, entry: Entry) -> Block:
        names = (entry.service.service_name, entry.service.organization_name)
        return self._pointer(flow, " · ".join(map(as_it_is, names)), entry)

    def _pointer(self, flow: Flow, text: str, entry: Entry, start: float = 0) -> Block:
        line = flow.text(text, TEXT, start=start, measure=flow.sheet.measure - 26)
        return Block((*flow.beside(line, [flow.page_number(entry.key, TEXT)]), gap(2)))

    # Organizations

    def _index(self) -> Flow:
        flow = Flow(Sheet(A4, self.reads, columns=2))
        flow.add(self._heading(flow, _("Organizations"), "organizations"))
        by_name: dict[str, list[Entry]] = {}
        for entry in self.entries:
            by_name.setdefault(entry.service.organization_name, []).append(entry)
        for name in sorted(by_name, key=str.casefold):
            flow.add(Block(tuple(flow.text(name, TEXT, bold=True, own=True))), room_after=14)
            for entry in by_name[name]:
                flow.add(self._pointer(flow, as_it_is(entry.service.service_name), entry, start=8))
            flow.add(Block((gap(4),)))
        return flow

    def _foot(self, paper: Paper, page: int, pages: int) -> None:
        sheet = Sheet(A4, self.reads)
        flow = Flow(sheet)
        about = f"{_('Directory of services')} · {as_it_is(self.wish.area.name)} · {local_date(self.today)}"
        number_of = _("%(page)s of %(pages)s", page=page, pages=pages)
        [band, *_rest] = flow.beside(
            flow.text(about, SMALL, measure=sheet.measure - 80, grey=QUIET, limit=1),
            flow.text(number_of, SMALL, align="end", grey=QUIET),
        )
        draw_band(paper, sheet, band, sheet.left(0), A4.height - 34)
