"""What is said when consent is asked for: the questions aloud, who may speak and how, and what she must hear first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from babel.languages import get_official_languages
from flask_babel import gettext as _

from network.cases.queries import ClientCard, card_of, get_client, list_related
from network.consent.answers import Heard, at_places_now, holds_hours
from network.consent.disclosure.lacking import Lacking, MissingGrant, mark_of
from network.consent.queries import list_earlier
from network.consent.queries.speaking import list_guardians
from network.consent.questions import ASKED, CONTACT_LATER, CONTENTS, OWN_DAYS, WITHOUT, Question, days_of
from network.consent.terms import Recipient
from network.core import clock, vocabulary
from network.directory.queries import listings_of_organization
from network.web.i18n import language
from network.web.templating import label, language_name, local_date, local_time

# Of children of this age nobody asks what they think of it.
TOO_YOUNG = "0-4"
# How long a grant may be asked for, in days.
PERIODS = (30, 90, 180, 365)
SPOKEN = (
    *("ar", "en", "bn", "ne", "si", "ta", "id", "fil", "hi", "ur", "am", "om", "ti", "sw", "fr", "my", "vi"),
    *("th", "km", "ml", "te", "pa", "so"),
)
FOR_ADULTS = ("self", "self_supported", "legal_representative")
FOR_CHILDREN = ("parent", "guardian", "caregiver", "mature_minor")
# In the order in which they are used; the rest of the vocabulary follows.
METHODS_FIRST = ("signature_paper", "signature_screen", "thumbprint", "verbal_witnessed", "verbal_phone")


def question_aloud(one: Question, who: str, need_code: str | None) -> str:
    """A question in plain words, for saying aloud."""
    if one.own:
        what = label("data_categories", one.offered[0])
        said: str = _("Asked by itself: may we also tell %(who)s this: %(what)s?", who=who, what=what)
        return said
    return aloud(one.purpose, who, need_code)


def aloud(purpose: str, who: str, need_code: str | None) -> str:
    """What is asked for a purpose, in plain words."""
    need = label("needs", need_code) if need_code else ""
    return str(ASKED[purpose]) % {"who": who, "need": need}


def to_hear(recipient: Recipient | None, need_code: str | None) -> dict[str, Any]:
    """What she must hear of the service before she is asked: its practices and its house rules."""
    found: dict[str, Any] = {"warnings": [], "unknown": [], "reassuring": [], "rules": []}
    if recipient is None:
        return found
    for one in listings_of_organization(recipient.organization_id):
        if need_code and need_code not in one.need_codes:
            continue
        for part in ("warnings", "unknown", "reassuring"):
            found[part] += [code for code in getattr(one.to_hear, part) if code not in found[part]]
        found["rules"] += [rule for rule in one.house_rules.items() if rule not in found["rules"]]
    return found


def likely_language(card: ClientCard) -> str:
    """The language that she speaks, else the one that is spoken where she comes from."""
    spoken = (*card.languages, *get_official_languages(card.nationality or "", de_facto=True))
    return next((code for code in spoken if code in card.languages or code in SPOKEN), "")


def how_asked(card: ClientCard, purpose: str = "") -> dict[str, Any]:
    """What the form needs to ask how she was asked: who may speak, ways, languages, guardians."""
    locale = language()
    if card.deceased_on is not None:
        capacities: tuple[str, ...] = ("next_of_kin",)
    else:
        capacities = FOR_CHILDREN if card.is_child else FOR_ADULTS
    methods = dict.fromkeys((*METHODS_FIRST, *vocabulary.terms("consent_methods")))
    return {
        "capacities": [(code, vocabulary.label("consent_capacities", code, locale)) for code in capacities],
        "methods": [(code, _method(code)) for code in methods],
        "method_notes": [
            (one.label(locale), vocabulary.text(one.note, locale))
            for one in map(vocabulary.consent_method, methods)
            if one.note
        ],
        "languages": [(code, language_name(code)) for code in dict.fromkeys((*card.languages, *SPOKEN))],
        "guardians": guardians(card) if card.is_child else [],
        "ties": ties(),
        "periods": periods_of(purpose),
    }


def _method(code: str) -> str:
    """A way to say yes; one that has to be confirmed says how long it holds until then."""
    name, hours = vocabulary.label("consent_methods", code, language()), holds_hours(code)
    return _("%(how)s (holds %(hours)s hours)", how=name, hours=hours) if hours else name


def guardians(card: ClientCard) -> list[tuple[str, str]]:
    """The related people who may speak for a child."""
    return [
        (str(one.id), f"{label('relationships', one.relationship)}: {_name_of(one)}")
        for one in list_guardians(card.id)
    ]


def earlier_lines(client_id: UUID, recipient: Recipient) -> list[str]:
    """What she has taken back from them or said no to, and when: before she is asked anew."""
    return [
        (
            _(
                "Taken back on %(day)s: %(what)s",
                day=local_date(one.at),
                what=_asked_for(one.purpose, one.need),
            )
            if one.taken_back
            else _(
                "Said no on %(day)s: %(what)s", day=local_date(one.at), what=_asked_for(one.purpose, one.need)
            )
        )
        for one in list_earlier(client_id, recipient)
    ]


def said_no_lines(said_no: Sequence[Mapping[str, Any]]) -> list[str]:
    """What she said no to when she was asked."""
    return [_asked_for(one["purpose"], one["need"]) for one in said_no]


def _asked_for(purpose: str, need: str | None) -> str:
    what = label("consent_purposes", purpose)
    return f"{what} ({label('needs', need)})" if need else what


def short_form(people: Sequence[Lacking], heard: Heard, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the short form asks and shows: each person with her questions, and how the first grown-up was asked.
    ``heard``: what was answered so far, and so what the page shows of what would leave; ``said``: how it was typed.

    ``for_all``: whether it can be asked in short: one person answers, for herself and for each child whose
    guardian she is.
    """
    cards = [card_of(get_client(one.client_id)) for one in people]
    grown = next((card for card in cards if not card.is_child), cards[0])
    asked = [_asked_in_short(one, card, grown) for one, card in zip(people, cards, strict=True)]
    voices = {
        one.voice_of(UUID(how["guardians"][0][0]) if how["guardians"] else None)
        for one, how in zip(people, asked, strict=True)
    }
    questions = [question for one in asked for question in one["questions"]]
    for place, question in enumerate(questions):
        question["name"] = f"answers.{place}"
    until = clock.now() + timedelta(hours=heard.hours) if heard.hours else None
    return {
        "shown_without": sorted(heard.without & {each["key"] for each in questions}),
        "hours": heard.hours,
        "one_main": sum(not each["beside"] for each in questions) == 1,
        "typed": _typed_before(said, asked, [each["key"] for each in questions]),
        "until": local_time(until) if until else "",
        "people": asked,
        "mark": mark_of(people),
        "recipient": people[0].recipient,
        "for_all": len(voices) == 1 and all(len(one["guardians"]) == 1 for one in asked if one["is_child"]),
        "sex": grown.sex,
        "language": likely_language(grown),
        "how": how_asked(grown) | {"is_child": False},
    }


def _typed_before(
    said: Mapping[str, Any], asked: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> dict[str, Any]:
    """The answers, and what was said of the children, each with whom and what it belongs to."""
    children = [one for one in asked if one["is_child"]]
    young = {
        f"children.{place}.child_view": "too_young" for place, one in enumerate(children) if one["too_young"]
    }
    of_children = at_places_now(said, "children", "client_id", [str(one["client_id"]) for one in children])
    return at_places_now(said, "answers", "question", keys) | young | of_children


def _asked_in_short(one: Lacking, card: ClientCard, grown: ClientCard) -> dict[str, Any]:
    who = one.recipient.name
    checked = {
        str(tie.id)
        for tie in (list_related(card.id) if card.is_child else ())
        if "guardian_checked" in tie.flags
    }
    return {
        "client_id": card.id,
        "case_id": one.case_id,
        "name": card.name,
        "is_child": card.is_child,
        "guardians": _who_answers(one, card, grown) if card.is_child else [],
        "checked": checked,
        "too_young": card.is_child and card.age_band == TOO_YOUNG,
        "earlier": earlier_lines(card.id, one.recipient),
        "questions": [
            {
                "key": one.question(grant),
                "beside": grant.beside,
                "without": str(WITHOUT.get(grant.purpose, ""))
                if grant.beside
                else _("Without it nothing leaves."),
                "aloud": aloud(grant.purpose, who, grant.need),
                "told": [str(CONTENTS[code]) for code in grant.categories],
                "holds": _holds(grant),
            }
            for grant in one.grants
        ],
    }


def _holds(grant: MissingGrant) -> str:
    """For how long a yes holds, as it is said to her."""
    if grant.until is not None and grant.ends_on != grant.until:
        return _("A yes holds until %(day)s.", day=local_date(grant.ends_on))
    if grant.until is not None:
        return _(
            "A yes holds until one year and a month after you arrive: until %(day)s.",
            day=local_date(grant.until),
        )
    return _("A yes holds for %(long)s.", long=period(grant.days))


def _who_answers(one: Lacking, card: ClientCard, grown: ClientCard) -> list[tuple[str, str]]:
    """The guardians of a child who may answer now: the grown-up who is asked, where she is one of them."""
    possible = guardians(card)
    return [pair for pair in possible if one.voice_of(UUID(pair[0])) == str(grown.id)] or possible


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
    long_enough = OWN_DAYS[CONTACT_LATER]
    words = {30: _("1 month"), 90: _("3 months"), 180: _("6 months"), 365: _("1 year")}
    return (words | {long_enough: _("1 year and 4 months")})[days]


def periods_of(purpose: str) -> list[tuple[str, str]]:
    """For how long a yes for this purpose may be asked: (days, text)."""
    return [(str(days), period(days)) for days in sorted({*PERIODS, days_of(purpose)})]


def own_periods(one: Question) -> list[tuple[str, str]]:
    """For how long a yes may hold to a question that is asked beside another: (days, text). Empty where it holds as
    long as the others."""
    return [] if one.main or one.purpose not in OWN_DAYS else periods_of(one.purpose)
