"""What the pages of referrals share: the blueprint, how a page is shown, and how a move is made from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema

from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid
from network.exchange.operations import Moved
from network.referrals import operations, wording
from network.referrals.queries.page import ReferralPage
from network.web import forms
from network.web.answering import answer_with
from network.web.doors import run_once
from network.web.versions import given_version

blueprint = Blueprint("referrals_pages", __name__)
ONE = "/referrals/<uuid:exchange_id>"
Errors = Mapping[str, list[str]]


def show(
    template: str, errors: Errors | None = None, *, status: int = 0, **about: Any
) -> ResponseReturnValue:
    """A page of this feature, with its words."""
    return answer_with(f"referrals/{template}", errors, status=status, wording=wording, **about)


def opened(exchange_id: UUID) -> ReferralPage:
    """The referral, the look at it on record."""
    with unit_of_work():
        return operations.open_referral(exchange_id)


def open_for(exchange_id: UUID, name: str) -> ReferralPage:
    """The referral, if this person can make this move now. Raises ``Conflict``."""
    page = opened(exchange_id)
    if name not in page.moves:
        raise Conflict(moved_on())
    return page


def move(
    exchange_id: UUID,
    operation: Callable[..., Moved],
    *given: Any,
    said: str,
    versioned: bool = True,
    **more: Any,
) -> ResponseReturnValue:
    """Make a move once and go back to the referral. Whoever was quicker is told of, not written over.

    ``Invalid`` is the caller's: her form comes back with what was typed.
    """
    if versioned:
        more["expected_version"] = given_version()
    try:
        run_once(lambda: operation(exchange_id, *given, **more).exchange.id)
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
    else:
        flash(said, "success")
    return redirect(url_for(".show", exchange_id=exchange_id), 303)


def sent(
    exchange_id: UUID,
    schema: type[Schema],
    make: Callable[[dict[str, Any]], ResponseReturnValue],
    again: Callable[[UUID, Errors], ResponseReturnValue],
) -> ResponseReturnValue:
    """Carry out a form; if something is wrong with it, it comes back with what was typed."""
    try:
        return make(forms.load(schema, request.form))
    except Invalid as wrong:
        return again(exchange_id, wrong.fields)


def moved_on() -> str:
    """What somebody is told who was not the first."""
    return _(
        "This referral has moved on since you opened the page. Nothing was changed: look at how it stands now."
    )
