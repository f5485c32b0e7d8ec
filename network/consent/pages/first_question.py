"""The first question of all: whom she does not want to be told. The way to whoever is to be told leads through it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases.queries import ClientCard
from network.consent import operations as do
from network.consent.pages.showing import blueprint, case_and_card, done, show
from network.consent.queries import list_unasked, live_refusals, refused_persons
from network.consent.queries.speaking import list_children_unasked, list_guardians
from network.consent.questions import NEVER_FIRST, NO_RECIPIENT
from network.consent.schemas import NeverSchema
from network.consent.wording import how_asked, likely_language
from network.core import vocabulary
from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import comma, language, safe_path
from network.web.templating import label


@blueprint.get("/cases/<uuid:case_id>/refusals/first")
@requires(Permission.CONSENT_RECORD)
def whom_never(case_id: UUID) -> ResponseReturnValue:
    """Who must not be told? Whoever was asked already goes on to where she was needed."""
    _case, card = case_and_card(case_id)
    if not list_unasked([card.id]):
        return redirect(_goes_on(case_id), 303)
    return _page(case_id)


@blueprint.post("/cases/<uuid:case_id>/refusals/first")
@requires(Permission.CONSENT_RECORD)
def save_never(case_id: UUID) -> ResponseReturnValue:
    """Record the answer, and go on."""
    try:
        given = forms.load(NeverSchema, request.form)
        _case, card = case_and_card(case_id)
        run_once(lambda: do.record_never(card.id, given | {"case_id": case_id}).id)
    except Invalid as wrong:
        return _page(case_id, wrong.fields)
    return done(".of_case", _("The answer is recorded."), case_id=case_id)


def _goes_on(case_id: UUID) -> str:
    wanted = request.args.get("return", "")
    return safe_path(wanted) if wanted else url_for(".of_case", case_id=case_id)


def _page(case_id: UUID, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    with unit_of_work():
        case, card = case_and_card(case_id)
        children = list_children_unasked(card.id)
        ways = how_asked(card)
        beforehand = _beforehand(card, children)
        first = list(dict.fromkeys((*NEVER_FIRST, *beforehand.get("never", ()))))
        record("viewed", "refusal", case_id)
    more = [
        one
        for one in vocabulary.choices("recipient_classes", language())
        if one[0] not in (*first, *NO_RECIPIENT)
    ]
    wanted = request.args.get("return", "")
    return show(
        "first_question",
        errors,
        case=case,
        card=card,
        first=[(code, label("recipient_classes", code)) for code in first],
        more=more,
        children=[(str(one.id), one.name) for one in children],
        address={"return": wanted} if wanted else {},
        back=url_for("cases_pages.case", case_id=case_id),
        values=request.form if errors else beforehand,
        **ways,
    )


def _beforehand(card: ClientCard, children: list[ClientCard]) -> dict[str, Any]:
    """What is true of most; of a child, what a parent or guardian said for herself."""
    said: dict[str, Any] = {
        "method": "signature_paper",
        "language": likely_language(card),
        "also": [str(one.id) for one in children],
    }
    grown = [one.client.id for one in list_guardians(card.id) if one.client] if card.is_child else []
    asked = [one for one in grown if one not in list_unasked(grown)]
    if asked:
        stand = [refusal for one in asked for refusal in live_refusals(one)]
        persons = [name for one in asked for name in refused_persons(one).values()]
        said["never"] = sorted({one.class_code for one in stand if one.class_code} - NO_RECIPIENT)
        said["never_person"] = comma().join(dict.fromkeys(persons))
        if not stand:  # an organization that was refused is said on a page of its own
            said["nobody"] = "true"
    return said
