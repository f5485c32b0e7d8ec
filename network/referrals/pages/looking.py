"""Looking at referrals: the inbox, what was sent, a case's own, one referral from either side."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.cases.queries import case_record, get_case
from network.core import clock, vocabulary
from network.core.db import unit_of_work
from network.core.errors import Conflict
from network.directory.queries import listing
from network.referrals import operations
from network.referrals.letter_words import letter_languages, read_there
from network.referrals.operations.finish import words_of
from network.referrals.pages.showing import blueprint, moved_on, opened, show
from network.referrals.queries.lists import inbox, sent
from network.referrals.queries.matching import fittest, next_best
from network.referrals.queries.page import ReferralPage
from network.referrals.queries.records import must_be_told
from network.referrals.schemas import InboxQuerySchema
from network.referrals.states import AGREED
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language

P = Permission


@blueprint.get("/inbox", endpoint="inbox")
@requires(P.INBOX_VIEW)
def inbox_list() -> ResponseReturnValue:
    """What came in: what is due first on top. It names nobody."""
    given = forms.load(InboxQuerySchema, request.args)
    with unit_of_work():
        page = inbox(cursor=given["cursor"], size=given["limit"], done=given["done"])
        operations.note_inbox_viewed()
    return show("inbox", page=page, done=given["done"])


@blueprint.get("/referrals", endpoint="sent")
@requires(P.REFERRAL_VIEW)
def index() -> ResponseReturnValue:
    """What the centre has sent and prepared."""
    given = forms.load(InboxQuerySchema, request.args)
    page = sent(cursor=given["cursor"], size=given["limit"], done=given["done"])
    return show("sent", page=page, done=given["done"])


@blueprint.get("/cases/<uuid:case_id>/referrals")
@requires(P.REFERRAL_VIEW)
def of_case(case_id: UUID) -> ResponseReturnValue:
    """A case's referrals, as a page of their own."""
    return _of_case("case", case_id)


@blueprint.get("/cases/<uuid:case_id>/parts/referrals")
@requires(P.REFERRAL_VIEW)
def part(case_id: UUID) -> ResponseReturnValue:
    """A case's referrals: a fragment of the case's page, or a page where it was followed as a link."""
    return _of_case("part" if request.headers.get("HX-Request") else "case", case_id)


def _of_case(template: str, case_id: UUID) -> ResponseReturnValue:
    case = case_record(get_case(case_id))
    page = sent(case_id=case_id, cursor=request.args.get("cursor"))
    may_ask = case.writable and P.REFERRAL_PREPARE in acting().permissions
    return show(template, case=case, page=page, first=fittest(case_id) if may_ask else ())


@blueprint.get("/referrals/<uuid:exchange_id>", endpoint="show")
@requires(P.REFERRAL_VIEW, P.INBOX_VIEW, any_of=True)
def show_referral(exchange_id: UUID) -> ResponseReturnValue:
    """One referral: for who sent it, or for who was asked."""
    page = opened(exchange_id)
    if not page.is_sender:
        return show("received", page=page, needed=needed(page))
    if "send" in page.moves:  # a draft goes on where it is looked through and sent
        return redirect(url_for(".preview", exchange_id=exchange_id), 303)
    late = page.side.due_at is not None and page.side.due_at <= clock.now()
    stuck = page.exchange.state in ("declined", "expired", "not_served") or (
        (late or page.service_gone is not None) and page.exchange.state in ("sent", "received")
    )
    alternatives = next_best(exchange_id) if stuck else ()
    places = [one.found.service_at_location_id for one in alternatives]
    return show(
        "own",
        overdue=late and page.exchange.state in AGREED,
        page=page,
        late=late,
        alternatives=alternatives,
        numbers={place: listing(place).phones for place in places},
        stuck=stuck,
        word=words_of(page.closure) if page.closure else {},
        needed=needed(page),
        priority=vocabulary.priority(page.referral.priority),
        offers=offered(page),
        tell=page.side.due_kind == "tell" or must_be_told(page.exchange),
        letters=[(one.language, one.own_name) for one in letter_languages()],
        letter_in=read_there(page.listing.country, page.listing.languages, language()),
    )


def needed(page: ReferralPage) -> tuple[str, ...]:
    """The needs by name or group, as far as who looks may know them."""
    return tuple(need.code for need in page.needs)


def offered(page: ReferralPage) -> str | None:
    """The second step that the latest reason offers: a handoff after she has left."""
    return vocabulary.reason(*page.last_reason).offers if page.last_reason else None


@blueprint.post("/referrals/<uuid:exchange_id>/read")
@requires(P.REFERRAL_VIEW, P.INBOX_VIEW, any_of=True)
def mark_read(exchange_id: UUID) -> ResponseReturnValue:
    """The news was read; it leaves the home page. The page sends this by itself where it can."""
    run_once(lambda: _read(exchange_id))
    if request.headers.get("HX-Request"):
        return "", 200
    return redirect(url_for(".show", exchange_id=exchange_id), 303)


def _read(exchange_id: UUID) -> UUID:
    operations.mark_read(exchange_id)
    return exchange_id


@blueprint.post("/referrals/<uuid:exchange_id>/seen")
@requires(P.REFERRAL_VIEW)
def mark_seen(exchange_id: UUID) -> ResponseReturnValue:
    """The alarm was seen."""
    try:
        run_once(lambda: _seen(exchange_id))
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
    else:
        flash(_("Noted that you have seen it."), "success")
    return redirect(url_for(".show", exchange_id=exchange_id), 303)


def _seen(exchange_id: UUID) -> UUID:
    operations.mark_seen(exchange_id)
    return exchange_id
