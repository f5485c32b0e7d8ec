"""The pages that are measured, and the requests by which: those of a caseworker in the largest centre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from flask import Flask

from network.bench.visitor import Ask
from network.bench.visits import Page

SHOWN_CASES = 8
NAMES = (
    *("home", "case list", "case page", "name search", "directory search"),
    *("referral send", "ask and send"),
)


@dataclass(frozen=True)
class Draft:
    """A referral that waits to be sent, and the form of the page that shows what will leave."""

    id: UUID
    form: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Known:
    """What the requests are about: cases to open, names to look for, needs with a town to search in,
    drafts to send, and drafts to send once she was asked and said yes."""

    cases: Sequence[UUID]
    names: Sequence[str]
    wanted: Sequence[tuple[str, str]]
    drafts: Sequence[Draft]
    asking: Sequence[Draft]


def pages(app: Flask, known: Known) -> list[Page]:
    """The pages in the order in which they are shown. Those that this version does not have are left out."""
    there = {str(rule) for rule in app.url_map.iter_rules()}
    offered = {
        "/": Page("home", (Ask("GET", "/"),)),
        "/cases": Page("case list", (Ask("GET", "/cases"),)),
        "/cases/<uuid:case_id>": Page(
            "case page", tuple(Ask("GET", f"/cases/{case_id}") for case_id in known.cases)
        ),
        "/clients/search": Page(
            "name search",
            tuple(Ask("POST", "/clients/search", (("question", name),)) for name in known.names),
        ),
        "/directory": Page(
            "directory search",
            tuple(
                Ask("GET", f"/directory?needs={need}&place={quote(town)}&radius_km=50")
                for need, town in known.wanted
            ),
        ),
        "/referrals/<uuid:exchange_id>/send": Page(
            "referral send",
            tuple(
                Ask("POST", f"/referrals/{draft.id}/send", draft.form, expects=303) for draft in known.drafts
            ),
            once=True,
        ),
        "/referrals/<uuid:exchange_id>/ask-and-send": Page(
            "ask and send",
            tuple(
                Ask("POST", f"/referrals/{draft.id}/ask-and-send", draft.form, expects=303)
                for draft in known.asking
            ),
            once=True,
        ),
    }
    return [page for path, page in offered.items() if path in there and page.asks]
