"""What the pages of handoffs share: the blueprint, how a page is shown, and how a move is made from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema

from network.accounts.permissions import Permission
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid
from network.crossborder import operations as do
from network.crossborder import wording
from network.crossborder.queries import HandoffPage
from network.crossborder.schemas import HandoffMoveSchema
from network.web import forms
from network.web.answering import answer_with
from network.web.doors import run_once
from network.web.versions import given_version

blueprint = Blueprint("crossborder_pages", __name__)
P = Permission
ONE = "/handoffs/<uuid:exchange_id>"
Errors = Mapping[str, list[str]]
Given = dict[str, Any]


def show(
    template: str, errors: Errors | None = None, *, status: int = 0, **about: Any
) -> ResponseReturnValue:
    """A page of this feature, with its words."""
    return answer_with(f"crossborder/{template}", errors, status=status, wording=wording, **about)


def opened(exchange_id: UUID) -> HandoffPage:
    """The handoff, the look at it on record."""
    with unit_of_work():
        return do.open_handoff(exchange_id)


def open_for(exchange_id: UUID, name: str) -> HandoffPage:
    """The handoff, if this person can make this move now. Raises ``Conflict``."""
    page = opened(exchange_id)
    if name not in page.moves:
        raise Conflict(moved_on())
    return page


def move(
    exchange_id: UUID,
    name: str,
    operation: Callable[..., object],
    *first: Any,
    said: str,
    together: bool = False,
    **more: Any,
) -> ResponseReturnValue:
    """Make a move once, on the version that the page showed, for the whole group where that was asked; then back
    to the handoff. Whoever was quicker is told of, not written over. ``Invalid`` is the caller's.
    """
    version = given_version()

    def make(one: UUID) -> object:
        return operation(one, *first, expected_version=version if one == exchange_id else None, **more)

    def alone() -> UUID:
        make(exchange_id)
        return exchange_id

    try:
        run_once(lambda: do.with_group(exchange_id, name, make) if together else alone())
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
    else:
        flash(said, "success")
    return to_handoff(exchange_id)


def as_it_stands(exchange_id: UUID, errors: Errors) -> ResponseReturnValue:
    """The handoff's page with what was wrong with a form of it."""
    page = opened(exchange_id)
    return show("own" if page.is_sender else "received", errors, page=page)


def nothing(_given: Given) -> tuple[Any, ...]:
    """The move needs no more than that it is made."""
    return ()


def why(given: Given) -> tuple[Any, ...]:
    """The coded reason, and a few words."""
    return given["reason"], given["text"]


def words(given: Given) -> tuple[Any, ...]:
    """A question or its answer."""
    return (given["text"],)


def made(
    exchange_id: UUID,
    name: str,
    operation: Callable[..., object],
    said: str,
    *,
    schema: type[Schema] = HandoffMoveSchema,
    takes: Callable[[Given], tuple[Any, ...]] = nothing,
    again: Callable[[UUID, Errors], ResponseReturnValue] = as_it_stands,
) -> ResponseReturnValue:
    """Make the move that a form asks for: ``takes`` are those of its answers that the operation wants. If something
    is wrong with the form, it comes ``again`` with what was typed."""
    try:
        given = forms.load(schema, request.form)
        together = given.get("together", False)
        return move(exchange_id, name, operation, *takes(given), said=said, together=together)
    except Invalid as wrong:
        return again(exchange_id, wrong.fields)


def form_before(name: str, template: str, reasons: str | None = None) -> Callable[..., ResponseReturnValue]:
    """The page that asks what a move needs, the first time and again with what was wrong."""

    def asked(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
        page = open_for(exchange_id, name)
        return show(template, errors, page=page, reasons=wording.plain_reasons(reasons) if reasons else ())

    return asked


def to_handoff(exchange_id: UUID) -> ResponseReturnValue:
    """Back to the handoff."""
    return redirect(url_for(".show_handoff", exchange_id=exchange_id), 303)


def moved_on() -> str:
    """What somebody is told who was not the first."""
    return _("This has moved on since you opened the page. Nothing was changed: look at how it stands now.")
