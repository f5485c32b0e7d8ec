"""What the pages of consent share: their blueprint, their templates and their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.cases.models import CaseFile
from network.cases.queries import ClientCard, card_of, get_case, get_client, list_related
from network.consent.disclosure import wording
from network.consent.queries import live_refusals, organization_names, refused_persons
from network.consent.questions import CONTENTS
from network.consent.schemas import PERIODS
from network.consent.terms import GrantTerms, RefusalTerms
from network.core import vocabulary
from network.web.i18n import language, safe_path
from network.web.templating import country_name, label, language_name

blueprint = Blueprint("consent_pages", __name__)

SPOKEN = (
    *("ar", "en", "bn", "ne", "si", "ta", "id", "fil", "hi", "ur", "am", "om", "ti", "sw", "fr", "my", "vi"),
    *("th", "km", "ml", "te", "pa", "so"),
)
FOR_ADULTS = ("self", "self_supported", "legal_representative")
FOR_CHILDREN = ("parent", "guardian", "caregiver", "mature_minor")
# In the order in which they are used; the rest of the vocabulary follows.
METHODS_FIRST = ("signature_paper", "signature_screen", "thumbprint", "verbal_witnessed", "verbal_phone")


def show(
    template: str, errors: Mapping[str, list[str]] | None = None, *, status: int = 0, **about: Any
) -> ResponseReturnValue:
    """A page of this feature; with errors it comes back as a 422, with what was typed still there."""
    given = {"errors": errors or {}, "values": request.form, "contents": CONTENTS, **about}
    return render_template(f"consent/{template}.html", **given), status or (422 if errors else 200)


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


def how_asked(card: ClientCard) -> dict[str, Any]:
    """What the form needs to ask how she was asked: who may speak, ways, languages, guardians."""
    locale = language()
    if card.deceased_on is not None:
        capacities: tuple[str, ...] = ("next_of_kin",)
    else:
        capacities = FOR_CHILDREN if card.is_child else FOR_ADULTS
    methods = dict.fromkeys((*METHODS_FIRST, *vocabulary.terms("consent_methods")))
    return {
        "capacities": [(code, vocabulary.label("consent_capacities", code, locale)) for code in capacities],
        "methods": [(code, vocabulary.label("consent_methods", code, locale)) for code in methods],
        "method_notes": [
            (one.label(locale), vocabulary.text(one.note, locale))
            for one in map(vocabulary.consent_method, methods)
            if one.note
        ],
        "languages": [(code, language_name(code)) for code in dict.fromkeys((*card.languages, *SPOKEN))],
        "guardians": guardians(card) if card.is_child else [],
        "ties": ties(),
        "periods": [(str(days), period(days)) for days in PERIODS],
    }


def guardians(card: ClientCard) -> list[tuple[str, str]]:
    """The related people who may speak for a child."""
    return [
        (str(one.id), f"{label('relationships', one.relationship)}: {_name_of(one)}")
        for one in list_related(card.id)
        if vocabulary.relationship(one.relationship).may_be_guardian
    ]


def _name_of(related: Any) -> str:
    return str(related.client.name if related.client else related.details.get("name", ""))


def ties() -> list[tuple[str, str]]:
    """What an interpreter may be tied to."""
    return [
        ("none", _("Asked: no ties")),
        *((code, label("recipient_classes", code)) for code in ("employer", "recruiter", "family")),
        *((code, label("recipient_classes", code)) for code in ("compatriots", "embassy_consulate")),
        ("unknown", _("Not known")),
    ]


def period(days: int) -> str:
    """A length of time, as it is said."""
    return {30: _("1 month"), 90: _("3 months"), 180: _("6 months"), 365: _("1 year")}[days]


def recipient_words(grant: GrantTerms, names: Mapping[UUID, str]) -> str:
    """Whom a grant names."""
    if grant.organization_id is not None:
        return names.get(grant.organization_id, _("An organization that is listed no more"))
    return anybody(grant.class_code or "", grant.country or "")


def anybody(class_code: str, country: str) -> str:
    """Every body of a class in a country."""
    said: str = _(
        "Any: %(kind)s (%(country)s)",
        kind=label("recipient_classes", class_code),
        country=country_name(country),
    )
    return said


def grant_rows(grants: Iterable[GrantTerms]) -> list[dict[str, Any]]:
    """Grants as the pages show them: who, what for, what, until when."""
    grants = list(grants)
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
