"""The places of a case's page that higher floors fill: each is loaded by its own URL.

A floor names its parts in its ``pages.py`` (``CASE_PARTS``), and ``app.py`` offers them. The endpoint takes
``case_id``; asked by htmx (header ``HX-Request``) it answers with a fragment, otherwise with a whole page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app, url_for
from flask_babel.speaklater import LazyString

from network.tenants.context import find_acting


@dataclass(frozen=True)
class CasePart:
    """One part: its heading, the endpoint that shows it, who may see it, and its place (10 is first)."""

    label: LazyString
    endpoint: str
    permission: str
    order: int = 50


@dataclass(frozen=True)
class PartLink:
    """A part of one case's page, ready to be loaded."""

    label: str
    href: str


def offer(app: Flask, parts: Iterable[CasePart]) -> None:
    """Add parts to the case page of an application."""
    offered: list[CasePart] = app.extensions.setdefault("case_parts", [])
    offered.extend(parts)
    offered.sort(key=lambda part: part.order)


def parts_of(case_id: UUID) -> list[PartLink]:
    """The parts of a case's page that the person who acts may see, in order."""
    identity = find_acting()
    held = identity.permissions if identity is not None else frozenset()
    offered: list[CasePart] = current_app.extensions.get("case_parts", [])
    return [
        PartLink(str(part.label), url_for(part.endpoint, case_id=case_id))
        for part in offered
        if part.permission in held
    ]
