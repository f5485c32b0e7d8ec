"""The places of a case's page that higher floors fill: each is loaded by its own URL.

A floor names its parts in its ``pages.py`` (``CASE_PARTS``), and ``app.py`` offers them. The endpoint takes
``case_id``; asked by htmx (header ``HX-Request``) it answers with a fragment, otherwise with a whole page.
A part may name the act with which it begins; it is among the next steps of an open case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app, url_for
from flask_babel.speaklater import LazyString

from network.tenants.context import find_acting


@dataclass(frozen=True)
class CaseAct:
    """A next step in a case: what its button says, the endpoint that begins it, and who may."""

    label: LazyString
    endpoint: str
    permission: str


@dataclass(frozen=True)
class CasePart:
    """One part: its heading, the endpoint that shows it, who may see it, its place (10 is first), and the act
    with which it begins."""

    label: LazyString
    endpoint: str
    permission: str
    order: int = 50
    act: CaseAct | None = None


@dataclass(frozen=True)
class PartLink:
    """A part of one case's page, ready to be loaded; or an act, ready to be followed."""

    label: str
    href: str


def offer(app: Flask, parts: Iterable[CasePart]) -> None:
    """Add parts to the case page of an application."""
    offered: list[CasePart] = app.extensions.setdefault("case_parts", [])
    offered.extend(parts)
    offered.sort(key=lambda part: part.order)


def parts_of(case_id: UUID) -> list[PartLink]:
    """The parts of a case's page that the person who acts may see, in order."""
    return _links(_offered(), case_id)


def acts_in(case_id: UUID) -> list[PartLink]:
    """The next steps that the person who acts may take in a case: what comes last in the work is first."""
    return _links([part.act for part in reversed(_offered()) if part.act is not None], case_id)


def _offered() -> list[CasePart]:
    offered: list[CasePart] = current_app.extensions.get("case_parts", [])
    return offered


def _links(offered: Iterable[CasePart | CaseAct], case_id: UUID) -> list[PartLink]:
    identity = find_acting()
    held = identity.permissions if identity is not None else frozenset()
    return [
        PartLink(str(one.label), url_for(one.endpoint, case_id=case_id))
        for one in offered
        if one.permission in held
    ]
