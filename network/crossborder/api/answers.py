"""What the doors in JSON share: the blueprint, how a move is made, and how a handoff is answered with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint

from network.accounts.permissions import Permission
from network.core.db import unit_of_work
from network.crossborder import operations as do
from network.crossborder import schemas as given_as
from network.web.doors import run_once
from network.web.versions import given_version, with_etag

blueprint = Blueprint(
    "crossborder_api",
    __name__,
    url_prefix="/api/v1",
    description="Handoffs between centres, arrivals, returns and follow-ups",
)
P = Permission
ONE = "/handoffs/<uuid:exchange_id>"
FOLLOW_UP = "/follow-ups/<uuid:follow_up_id>"
Given = dict[str, Any]


def choices_of(given: Given) -> dict[str, Any]:
    """The sender's choices as the disclosure door takes them."""
    return {
        "added": frozenset(given["added"]),
        "left_out": frozenset(given["left_out"]),
        "named_account_id": given["named_account_id"],
        "without_travel": given["without_travel"],
    }


def move(
    exchange_id: UUID, name: str, operation: Callable[..., object], given: Given, *first: Any, **more: Any
) -> Response:
    """Make a move once, on the version that the caller saw; for the whole group where that is asked."""
    version = given_version()

    def make(one: UUID) -> object:
        return operation(one, *first, expected_version=version if one == exchange_id else None, **more)

    return moved(exchange_id, name, make, together=given.get("together", False))


def moved(exchange_id: UUID, name: str, make: Callable[[UUID], object], *, together: bool) -> Response:
    """Carry it out, and answer with the handoff as it then is."""

    def alone() -> UUID:
        make(exchange_id)
        return exchange_id

    run_once(lambda: do.with_group(exchange_id, name, make) if together else alone())
    return shown(exchange_id)


def shown(exchange_id: UUID) -> Response:
    """A handoff as JSON, with its ETag."""
    with unit_of_work():
        page = do.open_handoff(exchange_id)
    return with_etag(jsonify(given_as.HandoffOut().dump(page)), page.exchange)
