"""What the pages of consent share: their blueprint, their templates and their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.cases.models import CaseFile
from network.cases.queries import ClientCard, card_of, get_case, get_client
from network.consent.disclosure import wording
from network.consent.queries import live_refusals, organization_names, refused_persons
from network.consent.questions import CONTENTS
from network.consent.terms import GrantTerms, RefusalTerms
from network.directory.kinds import kind_label
from network.web.answering import answer_with
from network.web.i18n import safe_path
from network.web.templating import country_name, label

blueprint = Blueprint("consent_pages", __name__)


def show(
    template: str, errors: Mapping[str, list[str]] | None = None, *, status: int = 0, **about: Any
) -> ResponseReturnValue:
    """A page of this feature, with what each category holds."""
    return answer_with(f"consent/{template}", errors, status=status, **({"contents": CONTENTS} | about))


def done(endpoint: str, said: str, **ids: Any) -> ResponseReturnValue:
    """Back to where the visitor came from (``return``), or to a page of ours, saying what was done."""
    flash(said, "success")
    wanted = request.args.get("return", "")
    target = safe_path(wanted) if wanted else url_for(endpoint, **ids)
    return redirect(target, 303)


def case_and_card(case_id: UUID) -> tuple[CaseFile, ClientCard]:
    """The case and its client's card."""
    case = get_case(case_id)
    return case, card_of(get_client(case.client_id))


def recipient_words(grant: GrantTerms, names: Mapping[UUID, str]) -> str:
    """Whom a grant names."""
    if grant.organization_id is not None:
        return names.get(grant.organization_id, _("An organization that is listed no more"))
    return anybody(grant.class_code or "", grant.country or "")


def anybody(class_code: str, country: str) -> str:
    """Every body of a class in a country."""
    said: str = _(
        "%(kind)s: any in %(country)s",
        kind=kind_label(class_code),
        country=country_name(country),
    )
    return said


def grant_rows(grants: Iterable[GrantTerms]) -> list[dict[str, Any]]:
    """Grants as the pages show them: who, what for, what, until when. Whether they tell us afterwards comes last: who
    stops sharing looks for what was told."""
    grants = sorted(grants, key=lambda one: one.purpose == "feedback_to_centre")
    names = organization_names({one.organization_id for one in grants if one.organization_id})
    return [
        {
            "id": one.id,
            "consent_id": one.consent_id,
            "who": recipient_words(one, names),
            "purpose": label("consent_purposes", one.purpose),
            "need": wording.need_label(one.need_code) if one.need_code else "",
            "categories": [label("data_categories", code) for code in sorted(one.categories)],
            "onward": one.onward,
            "ends_at": one.ends_at,
            "provisional": one.provisional_until is not None and one.confirmed_at is None,
            "withdrawn_at": one.withdrawn_at,
        }
        for one in grants
    ]


def refusal_rows(client_id: UUID) -> list[dict[str, Any]]:
    """Standing refusals as the pages show them."""
    refusals = live_refusals(client_id)
    names = organization_names({one.organization_id for one in refusals if one.organization_id})
    persons = refused_persons(client_id)
    return [
        {
            "id": one.id,
            "whom": _whom(one, names, persons),
            "lifted_for": [label("consent_purposes", code) for code in sorted(one.lifted_for)],
            "created_at": one.created_at,
        }
        for one in refusals
    ]


def _whom(refusal: RefusalTerms, names: dict[UUID, str], persons: dict[UUID, str]) -> str:
    if refusal.id in persons:
        return persons[refusal.id]
    if refusal.organization_id is not None:
        return names.get(refusal.organization_id, "")
    text = label("recipient_classes", refusal.class_code or "")
    return f"{text} ({country_name(refusal.country)})" if refusal.country else text
