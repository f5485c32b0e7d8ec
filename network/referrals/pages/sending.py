"""Before anything is sent: what will leave, field by field, under which grant; and the sending itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.consent.answers import heard_in
from network.consent.disclosure import Proposal, propose
from network.consent.operations import Answered, AskingChanged
from network.consent.queries import list_unasked
from network.consent.schemas import ShortConsentSchema
from network.consent.wording import short_form
from network.core import vocabulary
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid, NotCovered
from network.exchange.operations import Moved
from network.referrals import operations
from network.referrals.operations import Choices, ProposalChanged
from network.referrals.pages.showing import blueprint, moved_on, opened, show
from network.referrals.queries.fingerprint import fingerprint
from network.referrals.queries.matching import next_best
from network.referrals.queries.page import ReferralPage
from network.referrals.queries.receivers import list_focal_points
from network.referrals.schemas import ReferralChoicesSchema
from network.tenants.context import acting
from network.web import drafts, forms
from network.web.doors import run_once
from network.web.versions import given_version

P = Permission
# Under which name the words of an asking are kept until they are sent.
ASKING = "referral-asking"
ASKED = frozenset(ShortConsentSchema().fields) - {"asked", "main", "shown_without", "holds"}
REFUSALS = frozenset({"refused", "fear_of_return_blocks_authority", "recipient_suspended"})


@blueprint.get("/referrals/<uuid:exchange_id>/preview")
@requires(P.REFERRAL_PREPARE)
def preview(exchange_id: UUID) -> ResponseReturnValue:
    """What would leave if it were sent now."""
    return _page(exchange_id, Choices())


@blueprint.post("/referrals/<uuid:exchange_id>/preview")
@requires(P.REFERRAL_PREPARE)
def preview_again(exchange_id: UUID) -> ResponseReturnValue:
    """The same with other choices. Nothing leaves, nothing is kept."""
    try:
        return _page(exchange_id, _choices(forms.split(request.form, ShortConsentSchema)[1]))
    except Invalid as wrong:
        return _page(exchange_id, Choices(), wrong.fields)


@blueprint.post("/referrals/<uuid:exchange_id>/send")
@requires(P.REFERRAL_SEND)
def send(exchange_id: UUID) -> ResponseReturnValue:
    """Disclose and send exactly what the page showed."""
    return _sending(
        exchange_id,
        forms.split(request.form, ShortConsentSchema)[1],
        lambda choices, version: operations.send_referral(exchange_id, choices, version),
    )


def _sending(
    exchange_id: UUID, form: MultiDict[str, str], make: Callable[[Choices, int], Moved | Answered]
) -> ResponseReturnValue:
    choices = Choices()
    try:
        choices = _choices(form)
        version = given_version()
        done = run_once(lambda: _result(make(choices, version)))
    except Invalid as wrong:
        return _page(exchange_id, choices, wrong.fields)
    except (NotCovered, ProposalChanged, AskingChanged) as refused:
        flash(refused.message or _("Not sent: something is not covered. See below."), "error")
        return _page(exchange_id, choices, status=409)
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
        return redirect(url_for(".show", exchange_id=exchange_id), 303)
    if done != exchange_id:
        page = opened(exchange_id)
        flash(
            _(
                "The no is recorded, and nothing was sent. This referral is closed; another service can be asked."
            )
            if page.exchange.state == "withdrawn"
            else _("The answers are recorded. Nothing was sent, because the answer was not yes."),
            "success",
        )
        return redirect(url_for(".of_case", case_id=page.side.case_id), 303)
    if choices.channel is not None:
        flash(_("Recorded that you have told them. You are reminded to ask for their answer."), "success")
        return redirect(url_for(".show", exchange_id=exchange_id), 303)
    flash(_("The referral is sent. You are told as soon as they answer."), "success")
    return redirect(url_for(".show", exchange_id=exchange_id), 303)


def _result(made: Moved | Answered) -> UUID:
    """The referral that was sent, or else how she was asked."""
    return made.exchange.id if isinstance(made, Moved) else made.consents[0].id


@blueprint.post("/referrals/<uuid:exchange_id>/ask-and-send")
@requires(P.CONSENT_RECORD, P.REFERRAL_SEND)
def ask_and_send(exchange_id: UUID) -> ResponseReturnValue:
    """She was asked for what is missing: record her answers, and send what they allow of what the page showed."""
    said, rest = forms.split(request.form, ShortConsentSchema)

    def make(choices: Choices, version: int) -> Moved | Answered:
        given = forms.load(ShortConsentSchema, said)
        moved = operations.ask_and_send(exchange_id, choices, given, version)
        drafts.discard_draft(ASKING, exchange_id)
        return moved

    return _sending(exchange_id, rest, make)


@blueprint.post("/referrals/<uuid:exchange_id>/discard")
@requires(P.REFERRAL_PREPARE)
def discard(exchange_id: UUID) -> ResponseReturnValue:
    """Throw the draft away."""
    run_once(lambda: operations.discard_draft(exchange_id).exchange.id)
    flash(_("The draft is thrown away. Nothing was sent."), "success")
    case_id = opened(exchange_id).side.case_id
    return redirect(url_for(".of_case", case_id=case_id), 303)


def _page(
    exchange_id: UUID, choices: Choices, errors: dict[str, list[str]] | None = None, status: int = 0
) -> ResponseReturnValue:
    with unit_of_work():
        page = operations.open_referral(exchange_id)
        proposal = propose(
            operations.wanted_by(page.side, page.exchange, page.referral, page.own_codes, choices)
        )
        refused = any(line.code in REFUSALS for line in proposal.missing)
        alternatives = next_best(exchange_id) if refused else ()
        lacking = operations.lacking_for(proposal) if P.CONSENT_RECORD in acting().permissions else None
        said = _said(exchange_id)
        heard = heard_in(said)
        asking = short_form([lacking], heard, said) if lacking else None
        before = proposal
        if lacking is not None and asking is not None and asking["for_all"]:
            proposal = propose(proposal.wanted, lacking.assumed(heard))
        else:
            asking = None
        first = asking is not None and bool(list_unasked([lacking.client_id])) if lacking else False
        receiver = page.exchange.to_tenant_id
        named = list_focal_points(receiver, page.referral.service_id) if receiver else ()
    if page.exchange.state != "draft":
        if request.method == "POST":
            flash(moved_on(), "error")
        return redirect(url_for(".show", exchange_id=exchange_id), 303)
    if first:  # whom she does not want to be told is asked before anybody is asked for
        asked: dict[str, Any] = {
            "case_id": page.side.case_id,
            "return": url_for(".preview", exchange_id=exchange_id),
        }
        return redirect(url_for("consent_pages.whom_never", **asked), 303)
    return show(
        "preview",
        errors,
        status=status,
        page=page,
        proposal=proposal,
        before=before,
        asking=asking,
        draft=ASKING,
        refused=refused,
        alternatives=alternatives,
        named=[(one.account_id, one.label) for one in named],
        seen=fingerprint(proposal),
        priority=vocabulary.priority(choices.priority or page.referral.priority),
        values=_typed(page, proposal, choices),
        leaving=_can_be_left_out(proposal),
    )


def _can_be_left_out(proposal: Proposal) -> list[tuple[str, str]]:
    """Every field of the identity part, to be taken out one by one."""
    left_out = [code for code in sorted(proposal.wanted.left_out) if "." in code]
    there = [(f"{one.category}.{one.field}", str(one.label)) for one in proposal.part("identity")]
    return there + [(code, code.split(".", 1)[1]) for code in left_out if code not in dict(there)]


def _typed(page: ReferralPage, proposal: Proposal, choices: Choices) -> Any:
    """The choices as the form shows them, and what was typed of the asking."""
    if request.method == "POST":
        return request.form
    needed_by = choices.needed_by or page.referral.needed_by
    return {
        **_said(page.exchange.id),
        "take": [offer.code for offer in proposal.offers if offer.chosen],
        "left_out": [],
        "priority": choices.priority or page.referral.priority,
        "needed_by": _wall(needed_by) if needed_by else "",
    }


def _said(exchange_id: UUID) -> dict[str, str]:
    """What was typed of the asking: just now, or before the page was left."""
    kept = request.form if request.method == "POST" else drafts.find_draft(ASKING, exchange_id)
    typed = kept if kept is not None else MultiDict[str, str]()
    return {name: typed[name] for name in typed if name.split(".", 1)[0] in ASKED}


def _wall(at: datetime) -> str:
    return at.astimezone(ZoneInfo(acting().time_zone)).strftime("%Y-%m-%dT%H:%M")


def _choices(given_form: MultiDict[str, str]) -> Choices:
    """What the form says: the categories that are ticked, against those that the purpose proposes."""
    form = given_form.copy()
    taken, offered = set(form.poplist("take")), set(form.poplist("offered"))
    proposed = set(vocabulary.purpose(operations.PURPOSE).default_categories)
    given = forms.load(ReferralChoicesSchema, form)
    return Choices(
        added=frozenset(given["added"]) | frozenset(taken - proposed),
        left_out=frozenset(given["left_out"]) | frozenset((offered & proposed) - taken),
        named_account_id=given["named_account_id"],
        priority=given["priority"],
        needed_by=given["needed_by"],
        seen=given["seen"],
        channel=given["channel"],
        told_to=given["told_to"],
    )
