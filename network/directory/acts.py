"""What higher floors let one do with a service that was found for a case: a referral is sent from there.

A floor names its acts in its ``pages.py`` (``LISTING_ACTS``), and ``app.py`` offers them. The endpoint takes
``case_id`` and ``service_at_location_id``.
"""

from __future__ import annotations

from collections.abc import Iterable
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
