"""Asking for consent: who says it and how, one question at a time, and what she refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases.models import CaseFile
from network.cases.models.casework import PRIORITIES
from network.cases.queries import ClientCard, get_case, list_needs
from network.cases.queries.cards import home
from network.cases.states import NeedState
from network.consent import operations as do
from network.consent.pages.showing import blueprint, case_and_card, done, grant_rows, refusal_rows, show
from network.consent.policies import grant_reaches
from network.consent.queries import get_recipient, live_grants, live_refusals
from network.consent.queries.speaking import list_children_unasked
from network.consent.questions import NEVER_FIRST, NO_RECIPIENT, Question, days_of, questions
from network.consent.schemas import ConsentSchema
from network.consent.terms import Recipient
from network.consent.wording import (
    earlier_lines,
    guardians,
    how_asked,
    likely_language,
    own_periods,
    question_aloud,
    to_hear,
)
from network.core import vocabulary
from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.directory.kinds import kind_label
from network.web import drafts, forms
from network.web.doors import came_too_late, run_once
from network.web.i18n import language, safe_path
from network.web.templating import country_name, label

UNMET = (NeedState.OPEN, NeedState.IN_PROGRESS)


@dataclass(frozen=True)
class Subject:
    """What is asked about, as the address names it: ids and codes only."""

    purpose: str
    need: str | None
    organization_id: UUID | None
    categories: tuple[str, ...] = ()

    @property
    def draft(self) -> str:
        """Under which name the draft of this question is kept."""
        return f"consent.{self.purpose}.{self.need or ''}.{self.organization_id or ''}"

    def address(self) -> dict[str, Any]:
        """The parts of the address that name it."""
        named = {"purpose": self.purpose, "need": self.need, "organization": self.organization_id}
        parts: dict[str, Any] = {name: str(value) for name, value in named.items() if value}
        return parts | ({"category": list(self.categories)} if self.categories else {})


@blueprint.get("/cases/<uuid:case_id>/consent/new")
@requires(Permission.CONSENT_RECORD)
def new(case_id: UUID) -> ResponseReturnValue:
    """Ask for consent. Without a purpose, for the need that presses most and was not asked about yet, with the
    others in reach; where there is none, choose first what for."""
    if request.args.get("purpose"):
        subject = _subject()
    elif not request.args.get("choose") and (pressing := _pressing_need(case_id)):
        subject = Subject("service_provision", pressing, None)
    else:
        return _choose(case_id)
    kept = drafts.find_draft(subject.draft, case_id)
    return _asking(case_id, subject, kept)


@blueprint.post("/cases/<uuid:case_id>/consent/new")
@requires(Permission.CONSENT_RECORD)
def save(case_id: UUID) -> ResponseReturnValue:
    """Record what she said, and go back to where it was needed."""
    subject = _subject()
    try:
        given = forms.load(ConsentSchema, request.form) | {"case_id": case_id}
        run_once(lambda: _save(case_id, subject, given))
    except Invalid as wrong:
        return _asking(case_id, subject, request.form, _placed(wrong.fields))
    return done(".of_case", _("The answers are recorded."), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/consent/draft")
@requires(Permission.CONSENT_RECORD)
def keep_draft(case_id: UUID) -> ResponseReturnValue:
    """Keep what was typed so far."""
    subject = _subject()
    with unit_of_work():
        get_case(case_id)
        if not came_too_late():
            drafts.save_draft(subject.draft, case_id, request.form.to_dict(flat=False))
    return "", 204


def _save(case_id: UUID, subject: Subject, given: dict[str, Any]) -> UUID:
    consent = do.record_consent(get_case(case_id).client_id, given)
    drafts.discard_draft(subject.draft, case_id)
    return consent.id


def _subject() -> Subject:
    """What the address asks about; raises ``UnknownCode`` or ``Invalid`` for what is not there."""
    purpose = vocabulary.purpose(request.args.get("purpose", "")).code
    need = request.args.get("need") or None
    if need is not None:
        vocabulary.need(need)
    if vocabulary.purpose(purpose).per != "need":
        need = None
    organization = request.args.get("organization")
    organization_id = forms.as_uuid(organization, "organization") if organization else None
    categories = tuple(vocabulary.category(code).code for code in request.args.getlist("category"))
    return Subject(purpose, need, organization_id, categories)


def _pressing_need(case_id: UUID) -> str | None:
    """The need of the case that presses most, of those that no grant covers."""
    with unit_of_work():
        case, needs = get_case(case_id), list_needs(case_id)
        covered = {one.need_code for one in live_grants(case.client_id)}
    waiting = [one.need_code for one in needs if one.state in UNMET and one.need_code not in covered]
    return min(
        waiting, key=lambda code: PRIORITIES.index(vocabulary.need(code).default_priority), default=None
    )


def _instead(case_id: UUID, subject: Subject, wanted: str) -> list[tuple[str, str]]:
    """What else could be asked from here: the other needs of the case, and everything that is no need."""
    if subject.organization_id is not None or subject.need is None:
        return []
    others = [one.need_code for one in list_needs(case_id) if one.state in UNMET]
    rest: dict[str, Any] = {"return": wanted} if wanted else {}
    found = [
        (label("needs", code), url_for(".new", case_id=case_id, purpose=subject.purpose, need=code, **rest))
        for code in others
        if code != subject.need
    ]
    return [*found, (_("Something else"), url_for(".new", case_id=case_id, choose=1, **rest))]


def _placed(wrong: dict[str, list[str]]) -> dict[str, list[str]]:
    """Errors by the inputs of this page, on which all questions have one recipient."""
    placed: dict[str, list[str]] = {}
    for name, lines in wrong.items():
        target = "recipient_class" if name.endswith(".organization_id") else name
        placed[target] = list(dict.fromkeys([*placed.get(target, []), *lines]))
    return placed


def _choose(case_id: UUID) -> ResponseReturnValue:
    """What for? The needs of the case first, then every other purpose."""
    with unit_of_work():
        case, card = case_and_card(case_id)
        needs = [need.need_code for need in list_needs(case_id) if need.state != NeedState.WITHDRAWN]
        record("viewed", "case", case_id)
    others = [
        (code, label("consent_purposes", code))
        for code, purpose in vocabulary.terms("consent_purposes").items()
        if vocabulary.purpose(code).per != "need" and purpose.code not in ("statistics", "feedback_to_centre")
    ]
    wanted = request.args.get("return", "")
    back = safe_path(wanted) if wanted else url_for(".of_case", case_id=case_id)
    return show("choose", case=case, card=card, needs=needs, others=others, back=back, wanted=wanted)


def _asking(
    case_id: UUID,
    subject: Subject,
    kept: MultiDict[str, str] | None,
    errors: dict[str, list[str]] | None = None,
) -> ResponseReturnValue:
    if vocabulary.purpose(subject.purpose).per == "need" and subject.need is None:
        return redirect(url_for(".new", case_id=case_id))
    with unit_of_work():
        case, card = case_and_card(case_id)
        recipient = get_recipient(subject.organization_id) if subject.organization_id else None
        asked = questions(subject.purpose, subject.need)
        page = _page(case, card, subject, recipient, asked)
        record("viewed", "case", case_id, fields=["name"])
    values = kept if kept is not None else _beforehand(card, asked, subject)
    return show("ask", errors, values=values, draft_kept=kept is not None and not errors, **page)


def _page(
    case: CaseFile,
    card: ClientCard,
    subject: Subject,
    recipient: Recipient | None,
    asked: tuple[Question, ...],
) -> dict[str, Any]:
    classes = [
        (code, text)
        for code, text in vocabulary.choices("recipient_classes", language())
        if code not in NO_RECIPIENT
    ]
    standing = [one for one in live_grants(card.id) if recipient and grant_reaches(one, recipient)]
    refused = [one.class_code for one in live_refusals(card.id) if one.class_code]
    wanted = request.args.get("return", "")
    return {
        "case": case,
        "card": card,
        "subject": subject,
        "asked": asked,
        "instead": _instead(case.id, subject, wanted),
        "said": _said(asked, recipient, subject),
        "recipient": recipient,
        "to_hear": to_hear(recipient, subject.need),
        "earlier": earlier_lines(card.id, recipient) if recipient else [],
        "standing": grant_rows(standing),
        "refused": list(dict.fromkeys(one["whom"] for one in refusal_rows(card.id))),
        "children": [(str(one.id), one.name) for one in list_children_unasked(card.id)],
        "never": [(code, label("recipient_classes", code)) for code in NEVER_FIRST if code not in refused],
        "never_more": [one for one in classes if one[0] not in (*NEVER_FIRST, *refused)],
        "classes": [(code, kind_label(code)) for code, _text in classes],
        "own_periods": own_periods,
        "days_of": days_of,
        "kind": kind_label(recipient.class_code) if recipient else "",
        "countries": _countries(card),
        "typical": vocabulary.purpose(subject.purpose).typical_recipients,
        "must_understand": vocabulary.purpose(subject.purpose).confirm_understanding,
        "to_say": _to_say(subject.purpose),
        "address": subject.address() | ({"return": wanted} if wanted else {}),
        "back": safe_path(wanted) if wanted else url_for(".of_case", case_id=case.id),
        **how_asked(card, subject.purpose),
    }


def _to_say(purpose: str) -> list[str]:
    """What the vocabulary wants said of a purpose: its limits, and what cannot be called back."""
    found = vocabulary.purpose(purpose)
    return [vocabulary.text(text, language()) for text in (found.note, found.revocable_note) if text]


def _countries(card: ClientCard) -> list[tuple[str, str]]:
    """Where a body may be: here, or in her own country."""
    codes = dict.fromkeys((home().country, card.nationality or home().country))
    return [(code, country_name(code)) for code in codes]


def _said(asked: tuple[Question, ...], recipient: Recipient | None, subject: Subject) -> dict[int, str]:
    """Each question in plain words, for saying aloud."""
    who = recipient.name if recipient else _("the organization")
    return {one.place: question_aloud(one, who, subject.need) for one in asked}


def _beforehand(card: ClientCard, asked: tuple[Question, ...], subject: Subject) -> MultiDict[str, str]:
    """What the form says before anybody touched it: the least, what is true of most, and the categories
    that were found missing where consent is needed."""
    values: MultiDict[str, str] = MultiDict(
        {
            "capacity": "parent" if card.is_child else "next_of_kin" if card.deceased_on else "self",
            "method": "signature_paper",
            "language": likely_language(card),
            "days": str(days_of(subject.purpose)),
            "recipient_country": home().country,
        }
    )
    if card.is_child and len(likely := guardians(card)) == 1:
        values["guardian_relationship_id"] = likely[0][0]
    typical = vocabulary.purpose(subject.purpose).typical_recipients
    if len(typical) == 1 and typical[0] not in NO_RECIPIENT:
        values["recipient_class"] = typical[0]
    values.setlist("also", [str(one.id) for one in list_children_unasked(card.id)])
    for one in asked:
        missing = [code for code in subject.categories if one.main and code in one.offered]
        values.setlist(one.name("categories"), list(dict.fromkeys([*one.ticked, *missing])))
    return values
