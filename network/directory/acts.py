"""What higher floors let one do with a service that was found for a case: a referral is sent from there.

A floor names its acts in its ``pages.py`` (``LISTING_ACTS``), and ``app.py`` offers them. The endpoint takes
``case_id`` and ``service_at_location_id``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app, url_for
from flask_babel.speaklater import LazyString

from network.tenants.context import find_acting


@dataclass(frozen=True)
class ListingAct:
    """One act: what its button says, the endpoint that begins it, and who may."""

    label: LazyString
    endpoint: str
    permission: str


@dataclass(frozen=True)
class ActLink:
    """An act on one service for one case, ready to be followed."""

    label: str
    href: str


def offer(app: Flask, acts: Iterable[ListingAct]) -> None:
    """Add acts to the listings of an application."""
    app.extensions.setdefault("listing_acts", []).extend(acts)


def acts_on(service_at_location_id: UUID, case_id: UUID) -> list[ActLink]:
    """What the person who acts may do with this service for this case."""
    identity = find_acting()
    held = identity.permissions if identity is not None else frozenset()
    offered: list[ListingAct] = current_app.extensions.get("listing_acts", [])
    return [
        ActLink(
            str(act.label),
            url_for(act.endpoint, case_id=case_id, service_at_location_id=service_at_location_id),
        )
        for act in offered
        if act.permission in held
    ]


@dataclass(frozen=True)
class TakingAlong:
    """What a slip must know of a client: the languages she reads, best first, and what paper she takes along (codes
    of safe_contact.slip)."""

    languages: tuple[str, ...] = ()
    paper: frozenset[str] = frozenset()


def know_clients(
    app: Flask, taking_along: Callable[[UUID], TakingAlong], is_restricted: Callable[[UUID], bool]
) -> None:
    """Let searches and slips ask the floor that keeps cases."""
    app.extensions["taking_along"] = taking_along
    app.extensions["is_restricted"] = is_restricted


def taking_along(case_id: UUID) -> TakingAlong:
    """What the client of a case takes along; raises NotFound for a case that may not be seen."""
    asked: Callable[[UUID], TakingAlong] = current_app.extensions["taking_along"]
    return asked(case_id)


def is_restricted(case_id: UUID) -> bool:
    """Whether only her team knows of a case's client; raises NotFound for a case that may not be seen."""
    asked: Callable[[UUID], bool] = current_app.extensions["is_restricted"]
    return asked(case_id)
