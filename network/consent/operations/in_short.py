"""Recording what was answered where consent is missing, question by question, for one person or for those who go
together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.cases.queries.clients import held_clients, list_related
from network.cases.queries.columns import ClientColumns
from network.consent.answers import NO, YES, Heard, holds_hours
from network.consent.disclosure.lacking import Lacking, mark_of
from network.consent.models import Consent
from network.consent.operations.give import record_consent_of
from network.consent.operations.never import check_refusals_asked
from network.core.errors import Conflict, Invalid

# Who speaks in these capacities is the client herself, who may then speak for her child as well.
HERSELF = frozenset({"self", "self_supported"})
# What a form says of itself and of others, and not of how she was asked.
OF_THE_PAGE = frozenset({"asked", "main", "answers", "children", "shown_without", "holds"})


class AskingChanged(Conflict):
    """What is missing is no longer what the page asked for: it is asked anew."""

    code = "asking-changed"


@dataclass(frozen=True)
class Answered:
    """What was recorded, and of whom what was asked for first may not be told: she said no, or was not asked.
    ``said_no``: those of them who said no."""

    consents: tuple[Consent, ...]
    not_allowed: frozenset[UUID]
    said_no: frozenset[UUID] = frozenset()


def record_answers(people: Sequence[Lacking], said: Mapping[str, Any]) -> Answered:
    """Record what each answered to each question; ``said`` as ``ShortConsentSchema`` loads it. A no to one question
    leaves the others as they are, and is kept as what she said. One person answers, for herself and as parent or
    guardian for a child: her words are nobody else's.

    Raises ``AskingChanged`` where something else is missing by now than the page asked for, or where the page has
    not shown what follows from these answers, ``RefusalsNotAsked`` where nobody knows yet whom one of them does not
    want to be told, and ``Invalid`` where an answer is missing, where the way of asking lacks what it needs, or where
    more than one person would have to answer.
    """
    if said["asked"] != mark_of(people):
        raise AskingChanged(_("What has to be asked has changed since you looked. See it again, and ask."))
    _check_shown(people, said)
    _check_one_answers(people, said)
    answers = _answers(people, said)
    if answers and set(answers.values()) == {"not_asked"}:
        raise Invalid(fields={"answers.0.answer": [_("Ask first: nothing was answered.")]})
    held = held_clients(one.client_id for one in people)
    check_refusals_asked(one.client_id for one in people)
    made = [_record(one, held[one.client_id], said, answers) for one in people]
    mains = [
        (one, answers[one.question(grant)]) for one in people for grant in one.grants if not grant.beside
    ]
    return Answered(
        tuple(one for one in made if one is not None),
        frozenset(one.client_id for one, answer in mains if answer != YES),
        frozenset(one.client_id for one, answer in mains if answer == NO),
    )


def heard_in_short(people: Sequence[Lacking], said: Mapping[str, Any]) -> Heard:
    """The answers, and for how long they hold, as what would leave depends on them."""
    without = {question for question, answer in _answers(people, said).items() if answer != YES}
    return Heard(frozenset(without), holds_hours(said["method"]))


def shown_in_short(said: Mapping[str, Any]) -> Heard:
    """From which answers the page has shown what would leave."""
    return Heard(frozenset(said["shown_without"]), said["holds"])


def _check_shown(people: Sequence[Lacking], said: Mapping[str, Any]) -> None:
    """No more leaves than was shown, and for no other time. Raises ``AskingChanged``."""
    heard, shown = heard_in_short(people, said), shown_in_short(said)
    if heard.hours != shown.hours:
        raise AskingChanged(
            _("Said in this way, a yes holds for another time. See until when they can read it, then send.")
        )
    if not shown.without <= heard.without:
        raise AskingChanged(_("More would leave by these answers than was shown. See it, then send."))


def _answers(people: Sequence[Lacking], said: Mapping[str, Any]) -> dict[str, str]:
    """The answer to each question. What everything hangs on is answered by the button that was pressed, unless it was
    answered by itself; what is asked beside it and was not answered, nobody was asked. Raises ``AskingChanged`` where a
    question has two answers, or was not asked."""
    asked = {one.question(grant) for one in people for grant in one.grants}
    given = {one["question"]: one["answer"] for one in said["answers"] if one["answer"]}
    if len(given) < sum(bool(one["answer"]) for one in said["answers"]) or not asked.issuperset(given):
        raise AskingChanged(_("What has to be asked has changed since you looked. See it again, and ask."))
    return {
        one.question(grant): given.get(one.question(grant), "not_asked" if grant.beside else said["main"])
        for one in people
        for grant in one.grants
    }


def _check_one_answers(people: Sequence[Lacking], said: Mapping[str, Any]) -> None:
    """One answer stands for one voice. Raises ``Invalid``."""
    alone = _("Ask each of them alone: one answer cannot stand for two people.")
    voices = {one.voice_of(_guardian_chosen(one, said)) for one in people}
    if len(voices) > 1:
        raise Invalid(fields={"restatement": [alone]})
    grown = [one for one in people if not one.is_child]
    if grown and len(people) > 1 and said["capacity"] not in HERSELF:
        raise Invalid(fields={"capacity": [alone]})


def _guardian_chosen(one: Lacking, said: Mapping[str, Any]) -> UUID | None:
    return next(
        (
            child["guardian_relationship_id"]
            for child in said["children"]
            if child["client_id"] == one.client_id
        ),
        None,
    )


def _record(
    one: Lacking, client: ClientColumns, said: Mapping[str, Any], answers: Mapping[str, str]
) -> Consent | None:
    """What one person answered; nothing where she was asked nothing."""
    answered = {grant: answers[one.question(grant)] for grant in one.grants}
    if not {YES, NO} & set(answered.values()):
        return None
    data = {name: value for name, value in said.items() if name not in OF_THE_PAGE}
    place = next((i for i, child in enumerate(said["children"]) if child["client_id"] == one.client_id), None)
    if one.is_child and place is not None:
        child = said["children"][place]
        data |= {**child, "capacity": _capacity_of(one, child)}
    data |= {
        "case_id": one.case_id,
        "grants": [
            {
                "purpose": grant.purpose,
                "need": grant.need,
                "categories": list(grant.categories),
                "organization_id": one.recipient.organization_id,
                "days": grant.days,
                "onward": False,
            }
            for grant, answer in answered.items()
            if answer == YES
        ],
        "said_no": [
            {"purpose": grant.purpose, "need": grant.need, "to": str(one.recipient.organization_id)}
            for grant, answer in answered.items()
            if answer == NO
        ],
    }
    try:
        return record_consent_of(client, data)
    except Invalid as wrong:
        if place is None:
            raise
        own = ("guardian_relationship_id", "guardian_checked", "child_view")
        raise Invalid(
            fields={
                f"children.{place}.{name}" if name in own else name: lines
                for name, lines in wrong.fields.items()
            }
        ) from None


def _capacity_of(one: Lacking, child: Mapping[str, Any]) -> str:
    """In which capacity the related person speaks for the child."""
    chosen = child["guardian_relationship_id"]
    tie = next((tie.relationship for tie in list_related(one.client_id) if tie.id == chosen), "")
    if tie in ("mother", "father"):
        return "parent"
    return "guardian" if tie == "guardian" else "caregiver"
