"""Recording a yes to exactly what is missing, for one person or for those who go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.cases.queries.clients import hold_clients, list_related
from network.consent.disclosure.lacking import Lacking, mark_of
from network.consent.models import Consent
from network.consent.operations.give import record_consent
from network.consent.questions import DEFAULT_DAYS
from network.core.errors import Conflict, Invalid

# Who speaks in these capacities is the client herself, who may then speak for her child as well.
HERSELF = frozenset({"self", "self_supported"})


class AskingChanged(Conflict):
    """What is missing is no longer what the page asked for: it is asked anew."""

    code = "asking-changed"


def say_yes(people: Sequence[Lacking], said: Mapping[str, Any]) -> list[Consent]:
    """Record that each was asked for what is missing, and that the answer was yes; ``said`` as
    ``ShortConsentSchema`` loads it. One person answers, for herself and as parent or guardian for a child: her
    words are nobody else's.

    Raises ``AskingChanged`` where something else is missing by now than the page asked for, and ``Invalid``
    where the way of asking lacks what it needs, or where more than one person would have to answer.
    """
    if said["asked"] != mark_of(people):
        raise AskingChanged(_("What has to be asked has changed since you looked. See it again, and ask."))
    _check_one_answers(people, said)
    hold_clients(one.client_id for one in people)
    return [_record(one, said) for one in people]


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


def _record(one: Lacking, said: Mapping[str, Any]) -> Consent:
    data = {name: value for name, value in said.items() if name not in ("asked", "children")}
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
                "days": DEFAULT_DAYS,
                "onward": False,
            }
            for grant in one.grants
        ],
    }
    try:
        return record_consent(one.client_id, data)
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
