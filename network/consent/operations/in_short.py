"""Recording a yes to exactly what is missing, for one person or for those who go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from network.cases.queries.clients import list_related
from network.consent.disclosure.lacking import Lacking, mark_of
from network.consent.models import Consent
from network.consent.operations.give import record_consent
from network.consent.questions import DEFAULT_DAYS
from network.core.errors import Conflict, Invalid


class AskingChanged(Conflict):
    """What is missing is no longer what the page asked for: it is asked anew."""

    code = "asking-changed"


def say_yes(people: Sequence[Lacking], said: Mapping[str, Any]) -> list[Consent]:
    """Record that each was asked for what is missing, and that the answer was yes; ``said`` as
    ``ShortConsentSchema`` loads it. A parent or guardian speaks for a child, in the same words.

    Raises ``AskingChanged`` where something else is missing by now than the page asked for, and ``Invalid``
    where the way of asking lacks what it needs.
    """
    if said["asked"] != mark_of(people):
        raise AskingChanged(_("What has to be asked has changed since you looked. See it again, and ask."))
    return [_record(one, said) for one in people]


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
