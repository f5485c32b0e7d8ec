"""The pages that are measured, and the requests by which: those of a caseworker in the largest centre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Flask

from network.bench.visitor import Ask
from network.bench.visits import Page

SHOWN_CASES = 8


@dataclass(frozen=True)
class Known:
    """What the requests are about: cases to open, names to look for, towns to search in, drafts to send."""

    cases: Sequence[UUID]
    names: Sequence[str]
    towns: Sequence[str]
    needs: Sequence[str]
    drafts: Sequence[UUID]


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
                Ask("GET", f"/directory?needs={need}&place={town}&radius_km=50")
                for need, town in zip(known.needs, known.towns, strict=True)
            ),
        ),
    }
    return [page for path, page in offered.items() if path in there and page.asks]
