"""A letter to an organization that has no sign-in, for the client to carry: what was told, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from flask import Response
from flask_babel import force_locale
from flask_babel import gettext as _

from network.audit.trail import record
from network.consent.disclosure import wording as door
from network.core.errors import Conflict, NotFound
from network.directory.queries import listings_of_organization
from network.referrals import wording
from network.referrals.letter_words import LetterWords, letter_words
from network.referrals.queries.page import ReferralPage, referral_page
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
    gap,
    height_of,
    isolated,
    unbroken,
)
from network.web.templating import local_date

LABEL = 150.0
SMALLEST = 0.4
QUIET = 0.32


def print_letter(exchange_id: UUID, language: str) -> bytes:
    """The letter as a PDF of one page, of the packet as it was frozen; that it was printed is on record by its fields.

    Raises ``NotFound`` for what was not told outside by this tenant, ``Conflict`` once nothing of it may be read.
    """
    page = referral_page(exchange_id)
    if not (page.is_sender and page.outside) or page.packet is None:
        raise NotFound
    if not page.alive or page.preview is None or page.identity is None:
        raise Conflict(_("What was told is sealed. No letter can be printed of it."))
    fields = [f"preview.{name}" for name in page.preview]
    fields += [f"{category}.{name}" for category, held in page.identity.items() for name in held]
    record("printed", "packet", page.packet.id, fields=fields)
    words = letter_words(language)
    with force_locale(words.locale):
        return _drawn(page, words)


def paper(content: bytes) -> Response:
    """The letter under a name that says nothing; nobody on the way keeps it."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="letter.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _drawn(page: ReferralPage, words: LetterWords) -> bytes:
    reads = cast(Direction, direction())
    sheet = Sheet(A4, reads, side=56, top=56, bottom=48)
    scale = 1.0
    bands = _bands(Flow(sheet), page, words, scale)
    while height_of(bands) > sheet.depth and scale > SMALLEST:
        scale *= 0.93
        bands = _bands(Flow(sheet), page, words, scale)
    flow = Flow(sheet)
    flow.add(Block(tuple(bands)))
    title = words.said(_("Letter of referral"))
    drawn = Paper(A4, language=words.language, direction=reads, title=title)
    for one in flow.pages:
        drawn.turn_page()
        flow.draw(drawn, one)
    return drawn.to_bytes()


def _bands(flow: Flow, page: ReferralPage, words: LetterWords, scale: float) -> list[Band]:
    said = words.said
    bands = [*flow.text(said(_("Letter of referral")), 20 * scale, bold=True), gap(6 * scale)]
    bands += _head(flow, page, words, scale)
    bands += _asked(flow, page.preview or {}, words, scale)
    for block in wording.identity_blocks(page.identity or {}):
        bands += _title(flow, said(block.title), scale)
        for line in block.lines:
            # What was typed stays as it is, whatever word it may be.
            told = said(line.text) if str(line.label) == str(door.preview_label("sex")) else line.text
            text = isolated(unbroken(line.text)) if line.code else as_it_is(told)
            bands += _line(flow, said(line.label), text, scale)
    bands += [gap(8 * scale), Band(8 * scale, rule=0.6)]
    if page.packet is not None:
        keep = _("Keep it no longer than %(until)s.")
        onward = (
            _("You may pass it on to others who help, but never to anybody refused.")
            if page.packet.onward
            else _("You may not pass it on.")
        )
        until = local_date(page.packet.readable_until)
        bands += flow.text(f"{said(keep, until=until)} {said(onward)}", 10 * scale)
    please = _("Please tell us whether you can help: yes or no, and when.")
    return [*bands, *flow.text(said(please), 10 * scale)]


def _head(flow: Flow, page: ReferralPage, words: LetterWords, scale: float) -> list[Band]:
    """To whom, from whom, and under which reference."""
    listing, number, told = page.listing, _number(page), page.exchange.sent_at
    bands: list[Band] = []
    for label, text in (
        (_("To"), f"{as_it_is(listing.service_name)} · {as_it_is(listing.organization_name)}"),
        (_("From"), as_it_is(page.sender.name)),
        (_("Telephone"), isolated(unbroken(number)) if number else ""),
        (_("Reference"), isolated(unbroken(page.exchange.reference))),
        (_("Date"), local_date(told) if told else ""),
    ):
        if text:
            bands += _line(flow, words.said(label), text, scale)
    return bands


def _asked(flow: Flow, preview: Mapping[str, Any], words: LetterWords, scale: float) -> list[Band]:
    """What is asked for, and what names nobody. Needs stand in English where only their groups are held otherwise."""
    bands = _title(flow, words.said(_("What is asked for")), scale)
    if preview.get("needs"):
        for group in words.groups_of(preview["needs"]):
            bands += flow.text(group, 13 * scale, bold=True)
        needs = door.text_of("needs", preview["needs"], preview=True)
        bands += flow.text(as_it_is(needs), 13 * scale, bold=not words.groups)
    for label, text in wording.preview_lines(preview):
        bands += _line(flow, words.said(label), as_it_is(words.said(text)), scale)
    if preview.get("needed_by"):
        needed = door.text_of("needed_by", preview["needed_by"], preview=True)
        bands += _line(flow, words.said(door.preview_label("needed_by")), needed, scale)
    return bands


def _number(page: ReferralPage) -> str:
    """Where the sender is called, as its own listing tells it; empty where it tells none."""
    if page.sender.organization_id is None:
        return ""
    found = listings_of_organization(page.sender.organization_id)
    return next((phone.number for one in found for phone in one.phones), "")


def _title(flow: Flow, text: str, scale: float) -> list[Band]:
    return [gap(8 * scale), *flow.text(text, 13 * scale, bold=True), gap(2 * scale)]


def _line(flow: Flow, label: str, text: str, scale: float) -> list[Band]:
    start = LABEL * scale
    return flow.beside(
        flow.text(label, 10 * scale, measure=start - 6, grey=QUIET),
        flow.text(text, 11 * scale, start=start),
    )
