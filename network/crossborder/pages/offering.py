"""Before anything is offered: what will leave, person by person and field by field, and the offer itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.cases.queries import get_client
from network.consent.answers import heard_in
from network.consent.disclosure import Proposal, Wanted, propose
from network.consent.operations import AskingChanged
from network.consent.queries import list_unasked
from network.consent.schemas import ShortConsentSchema
from network.consent.wording import short_form
from network.core import vocabulary
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid, NotCovered
from network.crossborder import operations as do
from network.crossborder.operations.offer import ProposalChanged
from network.crossborder.pages.offered import what_was_offered
from network.crossborder.pages.showing import ONE, Errors, P, blueprint, moved_on, show, to_handoff
from network.crossborder.queries import HandoffPage, lacking_for, wanted_for
from network.crossborder.queries.receivers import PURPOSE, TRAVEL, wanted_for_member
from network.crossborder.schemas import HandoffChoicesSchema
from network.exchange.models import Exchange
from network.referrals.queries.fingerprint import fingerprint
from network.referrals.queries.receivers import list_focal_points
from network.tenants.context import acting
from network.web import drafts, forms
from network.web.doors import run_once
from network.web.versions import given_version

# Under which name the words of an asking are kept until all is offered.
ASKING = "handoff-asking"
ASKED = frozenset(ShortConsentSchema().fields) - {"asked", "main", "shown_without", "holds"}
WITH_TRAVEL = {"without_travel": False}
NOTHING: dict[str, Any] = {
    "added": frozenset(),
    "left_out": frozenset(),
    "named_account_id": None,
} | WITH_TRAVEL


@dataclass(frozen=True)
class MemberProposal:
    """What would leave of somebody else in the group."""

    reference: str
    exchange_id: UUID
    proposal: Proposal


@blueprint.get(f"{ONE}/preview")
@requires(P.HANDOFF_PREPARE)
def preview(exchange_id: UUID) -> ResponseReturnValue:
    """What would leave if it were offered now."""
    return _page(exchange_id, NOTHING)


@blueprint.post(f"{ONE}/preview")
@requires(P.HANDOFF_PREPARE)
def preview_again(exchange_id: UUID) -> ResponseReturnValue:
    """The same with other choices. Nothing leaves, nothing is kept."""
    try:
        return _page(exchange_id, _choices(_given(forms.split(request.form, ShortConsentSchema)[1])))
    except Invalid as wrong:
        return _page(exchange_id, NOTHING, wrong.fields)


@blueprint.post(f"{ONE}/offer")
@requires(P.HANDOFF_OFFER)
def offer(exchange_id: UUID) -> ResponseReturnValue:
    """Disclose and offer exactly what the page showed: of one, or of the whole group."""
    return _offering(exchange_id, forms.split(request.form, ShortConsentSchema)[1])


@blueprint.post(f"{ONE}/ask-and-offer")
@requires(P.CONSENT_RECORD, P.HANDOFF_OFFER)
def ask_and_offer(exchange_id: UUID) -> ResponseReturnValue:
    """All were asked for what is missing: record their answers, and offer what they allow of what the page showed."""
    said, rest = forms.split(request.form, ShortConsentSchema)

    def ask() -> do.Asked:
        chosen = _given(rest)
        shown = {"together": chosen["together"], "seen": chosen["seen"], "others": chosen["others"] or ()}
        asked = do.ask_together(
            exchange_id, forms.load(ShortConsentSchema, said), **shown, **_choices(chosen)
        )
        drafts.discard_draft(ASKING, exchange_id)
        return asked

    return _offering(exchange_id, rest, ask)


def _offering(
    exchange_id: UUID, form: MultiDict[str, str], before: Callable[[], do.Asked] | None = None
) -> ResponseReturnValue:
    choices = NOTHING
    try:
        given = _given(form)
        choices, version = _choices(given), given_version()

        def everything() -> UUID:
            asked = before() if before is not None else None
            if asked is not None and exchange_id in asked.not_allowed:
                return asked.consent_id
            shown = asked or SimpleNamespace(seen=given["seen"], others=given["others"] or (), not_allowed=())

            chosen = choices | {"apart": frozenset(shown.not_allowed)}

            def make(one: UUID) -> None:
                if one not in shown.not_allowed:
                    do.offer_chosen(one, exchange_id, chosen, version, seen=shown.seen, others=shown.others)

            if given["together"]:
                return do.with_group(exchange_id, "offer", make)
            make(exchange_id)
            return exchange_id

        done = run_once(everything)
    except Invalid as wrong:
        return _page(exchange_id, choices, wrong.fields)
    except (NotCovered, ProposalChanged, AskingChanged) as refused:
        flash(refused.message or _("Not offered: something is not covered. See below."), "error")
        return _page(exchange_id, choices, status=409)
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
        return to_handoff(exchange_id)
    if done != exchange_id:
        flash(_("The answers are recorded. Nothing was offered, because the answer was not yes."), "success")
    else:
        flash(what_was_offered(exchange_id, choices), "success")
    return to_handoff(exchange_id)


def _page(
    exchange_id: UUID, choices: dict[str, Any], errors: Errors | None = None, status: int = 0
) -> ResponseReturnValue:
    choices = choices | WITH_TRAVEL
    with unit_of_work():
        page = do.open_handoff(exchange_id)
        if page.exchange.state != "prepared":
            if request.method == "POST":
                flash(moved_on(), "error")
            return to_handoff(exchange_id)
        proposal = propose(wanted_for(exchange_id, **choices))
        others = [_member(one.exchange, choices) for one in page.members if one.exchange.state == "prepared"]
        said = _said(exchange_id)
        asking, proposals = _asking([MemberProposal("", exchange_id, proposal), *others], choices, said)
        before = [proposal, *(one.proposal for one in others)]
        travel_missing = _only_travel_is_missing(before)
        if travel_missing:
            proposals = _without_travel([exchange_id, *(one.exchange_id for one in others)], choices, before)
        if asking is not None or travel_missing:
            proposal = proposals[0]
            others = [replace(one, proposal=shown) for one, shown in zip(others, proposals[1:], strict=True)]
        first = _asked_first([proposal, *(one.proposal for one in others)]) if asking is not None else None
        receiver = page.exchange.to_tenant_id
        named = list_focal_points(receiver) if receiver else ()
    if first is not None:
        asked: dict[str, Any] = {"case_id": first, "return": url_for(".preview", exchange_id=exchange_id)}
        return redirect(url_for("consent_pages.whom_never", **asked), 303)
    everybody = [proposal, *(one.proposal for one in others)]
    return show(
        "preview",
        errors,
        status=status,
        page=page,
        sex=get_client(proposal.case.client_id).sex,
        proposal=proposal,
        others=others,
        asking=asking,
        before=[one for one in before if not one.ok],
        draft=ASKING,
        all_ok=all(one.ok for one in everybody) and not travel_missing,
        named=[(str(one.account_id), one.label) for one in named],
        needs_named=any(one.needs_named for one in everybody),
        travel_missing=travel_missing,
        seen=fingerprint(proposal),
        seen_of=[f"{one.exchange_id}:{fingerprint(one.proposal)}" for one in others],
        values=_typed(page, proposal),
        leaving=_can_be_left_out(proposal),
    )


def _asking(
    people: Sequence[MemberProposal], choices: dict[str, Any], said: dict[str, Any]
) -> tuple[dict[str, Any] | None, list[Proposal]]:
    """What has to be asked of whom so that all can be offered, and what would leave then; None where nothing is
    missing, or where a yes alone does not do."""
    plain = [one.proposal for one in people]
    if all(one.ok for one in plain) or _only_travel_is_missing(plain):
        return None, plain
    if P.CONSENT_RECORD not in acting().permissions:
        return None, plain
    lacking = {one.exchange_id: lacking_for(one.exchange_id, one.proposal) for one in people}
    if any(lacking[one.exchange_id] is None for one in people if not one.proposal.ok):
        return None, plain
    heard = heard_in(said)
    asking = short_form([one for one in lacking.values() if one is not None], heard, said)
    if not asking["for_all"]:
        return None, plain
    apart = frozenset(one for one, found in lacking.items() if found is not None and found.is_refused(heard))
    shown = []
    for place, one in enumerate(people):
        found = lacking[one.exchange_id]
        assumed = found.assumed(heard) if found is not None else ()
        wanted = (wanted_for_member if place else _wanted)(
            one.exchange_id, choices | {"assumed": assumed, "apart": apart}
        )
        shown.append(propose(wanted, assumed))
    return asking, shown


def _asked_first(proposals: Sequence[Proposal]) -> UUID | None:
    """The case of whoever has to be asked first whom she does not want to be told; None where all were."""
    unasked = list_unasked(one.case.client_id for one in proposals)
    return next((one.wanted.case_id for one in proposals if one.case.client_id in unasked), None)


def _wanted(exchange_id: UUID, choices: dict[str, Any]) -> Wanted:
    return wanted_for(exchange_id, **choices)


def _member(exchange: Exchange, choices: dict[str, Any]) -> MemberProposal:
    return MemberProposal(exchange.reference, exchange.id, propose(wanted_for_member(exchange.id, choices)))


def _without_travel(
    ids: Sequence[UUID], choices: dict[str, Any], before: Sequence[Proposal]
) -> list[Proposal]:
    """What would leave if the travel plan were left out, beside the lines that say why it cannot leave."""
    chosen = choices | {"without_travel": True}
    shown = [propose((wanted_for_member if place else _wanted)(one, chosen)) for place, one in enumerate(ids)]
    return [replace(one, missing=plain.missing) for one, plain in zip(shown, before, strict=True)]


def _only_travel_is_missing(proposals: Sequence[Proposal]) -> bool:
    """Whether it could be offered if the travel plan were left out."""
    stops = [line for one in proposals for line in one.missing if line.blocks]
    return bool(stops) and all(line.category == TRAVEL for line in stops)


def _typed(page: HandoffPage, proposal: Proposal) -> Any:
    """The choices as the form shows them."""
    if request.method == "POST":
        return request.form
    taken = [offer.code for offer in proposal.offers if offer.chosen]
    return _said(page.exchange.id) | {
        "take": taken,
        "left_out": [],
        "together": "true" if page.members else "",
    }


def _said(exchange_id: UUID) -> dict[str, Any]:
    """What was typed of the asking: just now, or before the page was left."""
    kept = request.form if request.method == "POST" else drafts.find_draft(ASKING, exchange_id)
    typed = kept if kept is not None else MultiDict[str, str]()
    return {name: typed[name] for name in typed if name.split(".", 1)[0] in ASKED}


def _can_be_left_out(proposal: Proposal) -> list[tuple[str, str]]:
    """Every field of the identity part, to be taken out one by one."""
    left_out = [code for code in sorted(proposal.wanted.left_out) if "." in code]
    there = [(f"{one.category}.{one.field}", str(one.label)) for one in proposal.part("identity")]
    return there + [(code, code.split(".", 1)[1]) for code in left_out if code not in dict(there)]


def _given(of: MultiDict[str, str]) -> dict[str, Any]:
    """What the form says: the categories that are ticked, against those that the purpose proposes."""
    form = of.copy()
    taken, offered = set(form.poplist("take")), set(form.poplist("offered"))
    proposed = set(vocabulary.purpose(PURPOSE).default_categories)
    given = forms.load(HandoffChoicesSchema, form)
    given["added"] = [*given["added"], *sorted(taken - proposed)]
    given["left_out"] = [*given["left_out"], *sorted((offered & proposed) - taken)]
    return given


def _choices(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "added": frozenset(given["added"]),
        "left_out": frozenset(given["left_out"]),
        "named_account_id": given["named_account_id"],
        "without_travel": given["without_travel"],
    }
