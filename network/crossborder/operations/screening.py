"""The screening before a return: asked alone, her own choice, no fear, and what it means for her claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases.card.values import check
from network.cases.envelopes import sealed
from network.cases.operations import add_event, add_need, add_to_team
from network.cases.operations.casework import NOTE
from network.cases.policies import check_may_write_case
from network.cases.queries.cases import get_case, list_needs
from network.cases.queries.clients import get_client, list_team
from network.consent.disclosure.gathering import FEAR_OF_RETURN
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Forbidden, Invalid
from network.core.ids import new_id
from network.crossborder import policies
from network.crossborder.models import ReturnScreening
from network.crossborder.queries.records import get_screening, latest_screening
from network.crossborder.queries.reviews import list_reviewers
from network.tenants.context import acting

DECISIONS = ("go_on", "stop")
ANSWERS = ("asked_alone", "own_choice", "pressure", "fear", "claim_explained")


def screen_return(case_id: UUID, data: Mapping[str, Any]) -> ReturnScreening:
    """Record how a return was screened. ``data``: ``return_kind``, the five answers (true or false), her
    ``words`` and a ``note``, which are sealed, and ``reviewer_account_id``: the coordinator who joins the team of
    a restricted client, because she could not review otherwise. A later screening takes an earlier one's place.

    Raises ``Invalid``; the consequences for the claim are explained before anything is offered.
    """
    case = get_case(case_id)
    check_may_write_case(acting(), case)
    kind = vocabulary.return_kind(data["return_kind"])
    answers = {name: bool(data.get(name)) for name in ANSWERS}
    if kind.code != policies.REMAINS and not answers["claim_explained"]:
        message = _("Explain first what the return means for a claim: it may lapse, or be pursued from home.")
        raise Invalid(fields={"claim_explained": [message]})
    words = {name: text for name in ("words", "note") if (text := check(NOTE, data.get(name)))}
    screening = ReturnScreening(
        tenant_id=case.tenant_id,
        id=new_id(),
        client_id=case.client_id,
        restricted=case.restricted,
        case_id=case.id,
        return_kind=kind.code,
        needs_review=policies.needs_review(
            kind.code, **{name: answers[name] for name in ANSWERS if name != "claim_explained"}
        ),
        screened_by=acting().account,
        screened_at=clock.now(),
        **answers,
    )
    screening.sealed = sealed(screening, words)
    db.session.add(screening)
    db.session.flush()
    if answers["fear"]:
        _record_fear(case.id)
    if screening.needs_review:
        _let_review(screening.client_id, data.get("reviewer_account_id"))
    add_event(case.id, "return.screened", "return_screening", screening.id, {"return_kinds": kind.code})
    record("screened", "return", screening.id, fields=[*ANSWERS, *words])
    return screening


def _record_fear(case_id: UUID) -> None:
    """A fear of return is a need of its own, by which the disclosure door closes every authority of her country."""
    if all(one.need_code != FEAR_OF_RETURN for one in list_needs(case_id)):
        add_need(case_id, FEAR_OF_RETURN)


def _let_review(client_id: UUID, reviewer_account_id: UUID | None) -> None:
    """A restricted client is seen by her team alone, so whoever reviews her return must be on it."""
    if not get_client(client_id).restricted:
        return
    reviewers = {one.account_id for one in list_reviewers()}
    if reviewer_account_id is not None and reviewer_account_id in reviewers:
        add_to_team(client_id, reviewer_account_id)
    elif not reviewers & set(list_team(client_id)) and not policies.may_review_returns(acting()):
        message = _(
            "Only the client's own team sees this card. Choose the coordinator who reviews the return."
        )
        raise Invalid(fields={"reviewer_account_id": [message]})


def review_return(screening_id: UUID, decision: str) -> ReturnScreening:
    """A coordinator has looked: the return may go on, or it stops. The last screening of a case alone counts."""
    if not policies.may_review_returns(acting()):
        raise Forbidden(_("A coordinator reviews returns."))
    if decision not in DECISIONS:
        raise Invalid(fields={"decision": [_("Choose whether the return may go on.")]})
    screening = get_screening(screening_id, lock=True)
    latest = latest_screening(screening.case_id)
    if latest is None or latest.id != screening.id:
        raise Conflict(_("This return was screened again since. Look at the latest screening."))
    screening.reviewed_by, screening.reviewed_at = acting().account, clock.now()
    screening.review_decision = decision
    db.session.flush()
    add_event(screening.case_id, f"return.{decision}", "return_screening", screening.id)
    record(f"reviewed-{decision}".replace("_", "-"), "return", screening.id)
    return screening


def stop_return(case_id: UUID) -> None:
    """The other centre doubts that the return is free: nothing is offered until a coordinator has looked."""
    screening = latest_screening(case_id)
    if screening is None:
        return
    screening.reviewed_by, screening.reviewed_at = None, clock.now()
    screening.review_decision = "stop"
    db.session.flush()
    add_event(case_id, "return.stop", "return_screening", screening.id)
    record("stopped", "return", screening.id)
