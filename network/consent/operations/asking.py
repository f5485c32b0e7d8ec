"""How she was asked: who speaks for her, what the method needs to be valid, and the record of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, insert

from network.background.outbox import enqueue
from network.cases.envelopes import sealed
from network.cases.models import Client
from network.cases.queries.cards import Related, card_of
from network.cases.queries.cases import client_of
from network.cases.queries.clients import list_related
from network.cases.queries.columns import ClientColumns
from network.consent.answers import NO, NOT_ASKED
from network.consent.models import Consent
from network.consent.operations.telling import PROVISIONAL
from network.consent.policies import CHILD_AGREES, GUARDIANS, Tie, capacity_problem, guardian_problem
from network.consent.queries.speaking import person_of
from network.consent.states import ConsentState
from network.core import clock, vocabulary
from network.core.db import db, write_later
from network.core.errors import Invalid
from network.core.ids import new_id
from network.tenants.context import acting
from network.web.i18n import by_sex

# What is kept sealed of how she was asked.
SAID = (
    *("restatement", "evidence", "witness", "identity_check", "supporter", "carrier"),
    *("interpreter", "interpreter_name", "interpreter_tie", "child_view", "guardian_checked", "said_no"),
    "never_nobody",
)
# By neither of these anything is allowed.
NOT_ALLOWED = (NO, NOT_ASKED)
_NEW = insert(cast(Table, Consent.__table__))
NOTICE_VERSION = "2026-11"


def problems_of_asking(client: Client | ClientColumns, data: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is missing in how she was asked: who speaks for her, and what the method needs to be valid."""
    wrong: dict[str, list[str]] = {}
    card = card_of(client)
    deceased = client.deceased_on is not None
    capacity = data["capacity"]
    if problem := capacity_problem(capacity, is_child=card.is_child, deceased=deceased):
        wrong["capacity"] = [_capacity_words(problem, client.sex)]
    elif capacity in GUARDIANS:
        wrong |= _problems_of_guardian(client.id, data)
    method = vocabulary.consent_method(data["method"])
    for name, needed, words in (
        ("witness", method.needs_witness, _("Enter who witnessed it.")),
        ("identity_check", method.needs_identity_check, _knew(client.sex)),
        ("supporter", method.needs_supporter, _supported(client.sex)),
        ("carrier", method.needs_name_of_carrier, _("Enter who carried the answer.")),
    ):
        if needed and not data.get(name):
            wrong[name] = [words]
    if data.get("interpreter") and not (data.get("interpreter_name") and data.get("interpreter_tie")):
        wrong["interpreter_tie"] = [
            _("Enter who interpreted, and ask for ties to employer, recruiter or family.")
        ]
    if data.get("interpreter_tie") in ("employer", "recruiter"):
        wrong["interpreter_tie"] = [
            _(
                "Somebody tied to the employer or recruiter cannot interpret this. Ask again with another interpreter."
            )
        ]
    return wrong


def _problems_of_guardian(client_id: UUID, data: Mapping[str, Any]) -> dict[str, list[str]]:
    ties = [tie_of(one) for one in list_related(client_id)]
    chosen = next((tie for tie in ties if tie.relationship_id == data.get("guardian_relationship_id")), None)
    problem = guardian_problem(chosen, ties, checked=bool(data.get("guardian_checked")))
    wrong = {"guardian_relationship_id": [_guardian_words(problem)]} if problem else {}
    if data.get("child_view") not in CHILD_AGREES and not _all_no(data):
        wrong["child_view"] = [
            _("The child does not agree, so nothing can be shared on a guardian's word.")
            if data.get("child_view") == "disagrees"
            else _("Record what the child says, or that the child is too young to say.")
        ]
    return wrong


def _all_no(data: Mapping[str, Any]) -> bool:
    """Whether nothing is allowed by it: a child who does not agree is heard, and so is a guardian who says no."""
    return "grants" in data and all(one.get("answer") in NOT_ALLOWED for one in data["grants"])


def tie_of(related: Related) -> Tie:
    """A related person, as far as it matters for who may speak."""
    return Tie(related.id, related.relationship, frozenset(related.flags), person_of(related))


def _knew(sex: str | None) -> str:
    return by_sex(
        sex,
        _("Enter how you knew that it was her or him."),
        _("Enter how you knew that it was her."),
        _("Enter how you knew that it was him."),
    )


def _supported(sex: str | None) -> str:
    return by_sex(
        sex,
        _("Enter who supported her or him."),
        _("Enter who supported her."),
        _("Enter who supported him."),
    )


def _capacity_words(problem: str, sex: str | None) -> str:
    words: dict[str, str] = {
        "next_of_kin_only": _("For a person who died, the next of kin speaks."),
        "not_deceased": _("The next of kin speaks only for a person who died."),
        "assent_is_beside": _("A child's agreement stands beside a guardian's consent: choose who consents."),
        "guardian_needed": by_sex(
            sex,
            _("She or he may be under 18: choose the parent or guardian, or a minor who may consent alone."),
            _("She may be under 18: choose the parent or guardian, or a minor who may consent alone."),
            _("He may be under 18: choose the parent or guardian, or a minor who may consent alone."),
        ),
        "not_a_child": by_sex(
            sex,
            _("She or he is an adult: nobody consents in her or his place as a parent."),
            _("She is an adult: nobody consents in her place as a parent."),
            _("He is an adult: nobody consents in his place as a parent."),
        ),
    }
    return words[problem]


def _guardian_words(problem: str) -> str:
    words: dict[str, str] = {
        "choose_guardian": _("Choose the parent or guardian from the related people on the card."),
        "guardian_has_power": _("An employer, a recruiter or somebody who may do harm is never a guardian."),
        "not_a_guardian": _("This relation cannot make somebody a guardian."),
        "guardian_not_checked": _("Check that this person is the guardian, and say so."),
    }
    return words[problem]


def write_consent(client: Client | ClientColumns, data: Mapping[str, Any], state: ConsentState) -> Consent:
    """Write how she was asked; her words and the evidence go sealed under her own key. What is answered is a copy: the
    row itself is written with the next flush."""
    now = clock.now()
    if data.get("case_id") is not None and client_of(data["case_id"]) != client.id:
        raise Invalid(fields={"case_id": [_("This case is somebody else's.")]})
    method = vocabulary.consent_method(data["method"])
    provisional_until = now + timedelta(hours=method.provisional_hours) if method.provisional_hours else None
    values = {
        "tenant_id": client.tenant_id,
        "id": new_id(),
        "client_id": client.id,
        "restricted": client.restricted,
        "case_id": data.get("case_id"),
        "state": state.value,
        "capacity": data["capacity"],
        "method": data["method"],
        "language": data["language"],
        "notice_version": data.get("notice_version") or NOTICE_VERSION,
        "recorded_by": acting().account,
        "given_at": now,
        "provisional_until": provisional_until,
        "version": 1,
    }
    consent = Consent(**values)
    consent.sealed = sealed(consent, _said(data))
    db.session.flush()  # what was put off before may not come after what will hang on this
    write_later(_NEW, {**values, "sealed": consent.sealed})
    if provisional_until is not None and state is ConsentState.GIVEN:
        enqueue(PROVISIONAL, consent.id, available_at=provisional_until)
    return consent


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: data[name] for name in SAID if data.get(name)}
    if data.get("guardian_relationship_id"):
        said["guardian_relationship_id"] = str(data["guardian_relationship_id"])
    return said
