"""How the pages of clients and cases are shown: templates with the words that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.queries import list_staff, names_of
from network.cases.ages import BAND_LABELS
from network.cases.card.fields import FIELDS, OWN_LISTS, RECORDS, SEX_LABELS
from network.cases.card.reading import choices_of, code_label, country_name, language_name, lines_of
from network.cases.card.values import countries
from network.cases.queries import CasePage, ClientCard, Contact
from network.cases.queries.cards import home
from network.cases.queries.columns import EventColumns
from network.cases.timeline import find_kind
from network.core import vocabulary
from network.core.terms import ClaimForum, ClaimKind, Need
from network.directory.geo import get_place, listed_places
from network.tenants.context import acting
from network.web.answering import answer_with
from network.web.i18n import language
from network.web.templating import link

blueprint = Blueprint("cases_pages", __name__)

# What clients of our corridors speak and where they come from, offered first; every other can be chosen.
SPOKEN = (
    *("bn", "ne", "si", "ta", "id", "fil", "hi", "ur", "ar", "en", "am", "om", "ti", "sw", "so", "fr"),
    *("my", "vi", "th", "km", "ms", "ml", "te", "pa"),
)
OFTEN_FROM = (
    *(
        "BD",
        "NP",
        "LK",
        "ID",
        "PH",
        "IN",
        "PK",
        "ET",
        "KE",
        "UG",
        "SD",
        "EG",
        "SY",
        "MM",
        "VN",
        "MG",
        "GH",
        "SL",
    ),
)
# What most who come ask for: shown at once, where the rest is folded away by group.
OFTEN_NEEDED = (
    *("labour.wages", "labour.conditions", "documents.recovery", "legal.advice", "protection.shelter"),
    *("health.primary", "return.counselling", "return.travel"),
)
CURRENCIES = (
    "JOD",
    "LBP",
    "USD",
    "BDT",
    "NPR",
    "LKR",
    "IDR",
    "PHP",
    "INR",
    "SAR",
    "AED",
    "KWD",
    "QAR",
    "MYR",
    "EUR",
)
GOOD = frozenset({"document.recovered", "service.recorded", "claim.pay", "claim.award", "claim.settle"})


def show(
    template: str, errors: Mapping[str, list[str]] | None = None, *, status: int = 0, **about: Any
) -> ResponseReturnValue:
    """A page of this feature, with its words."""
    words: dict[str, Any] = {
        "choices_of": choices_of,
        "code_label": code_label,
        "fields": FIELDS,
        "records": RECORDS,
        "bands": BAND_LABELS,
        "sexes": SEX_LABELS,
        "lines_of": lines_of,
        "to_know": to_know,
        "has_power": has_power,
    }
    return answer_with(f"cases/{template}", errors, status=status, **(words | about))


def done(endpoint: str, said: str = "", **ids: Any) -> ResponseReturnValue:
    """Back to a page after something was done, with what to say about it."""
    if said:
        flash(said, "success")
    return redirect(url_for(endpoint, **ids), 303)


def as_form(values: Mapping[str, Any]) -> MultiDict[str, Any]:
    """A record's values as a form would hold them, for pages that change it."""
    form: MultiDict[str, Any] = MultiDict()
    for name, value in values.items():
        if isinstance(value, list | tuple):
            form.setlist(name, list(value))
        elif value is not None:
            form[name] = value
    return form


def nationalities() -> list[tuple[str, list[tuple[str, str]]]]:
    """Countries in two groups: those that clients often come from, and all."""
    often = sorted(((code, country_name(code)) for code in OFTEN_FROM), key=lambda one: one[1])
    rest = sorted(
        ((code, country_name(code)) for code in countries() if code not in OFTEN_FROM), key=lambda one: one[1]
    )
    return [(_("Chosen often"), often), (_("All others"), rest)]


def languages(held: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The languages to tick: those often spoken, and those that the client already has."""
    return [(code, language_name(code)) for code in dict.fromkeys((*SPOKEN, *held))]


def need_groups() -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """(group code, label, needs) in the order of the vocabulary, without what is shown at once; a need: code,
    label and definition."""
    return [
        (code, label, [_need(one) for one in vocabulary.needs(code) if one.code not in OFTEN_NEEDED])
        for code, label in choices_of("groups")
    ]


def needs_often() -> list[tuple[str, str, str]]:
    """What most ask for, which stands above the groups and in none of them."""
    return [_need(vocabulary.need(code)) for code in OFTEN_NEEDED]


def _need(need: Need) -> tuple[str, str, str]:
    return need.code, need.label(language()), _said(need.definition)


def to_know(list_name: str) -> list[tuple[str, str]]:
    """What whoever chooses from a list must know: (label, note or warning) of the entries that have one."""
    found = []
    for term in vocabulary.terms(list_name).values():
        told = [_said(getattr(term, part, None)) for part in ("warning", "note")]
        if isinstance(term, ClaimKind):
            told += _of_claim_kind(term)
        if isinstance(term, ClaimForum):
            told += _of_claim_forum(term)
        if text := " ".join(line for line in told if line):
            found.append((term.label(language()), text))
    return found


def _of_claim_kind(kind: ClaimKind) -> list[str]:
    return [
        _("The claim belongs to the heirs.") if kind.claimant == "heirs" else "",
        _("The client is the one accused: this is a defence.") if kind.side == "defence" else "",
    ]


def _of_claim_forum(forum: ClaimForum) -> list[str]:
    told = _("Going there tells an authority of the country of origin.") if forum.is_authority_of else ""
    if not forum.examples:
        return [told]
    names = ", ".join(country_name(one) if len(one) == 2 else one for one in forum.examples)
    known = _("Known to exist: %(names)s.", names=names)
    check = _("Ask somebody of that country whether this still holds.") if forum.verify else ""
    return [told, known, check]


def has_power(relationship: str) -> bool:
    """Whether somebody in this relation has power over the client."""
    return vocabulary.relationship(relationship).power_over_client


def towns() -> list[tuple[str, str]]:
    """The places of the gazetteer in the centre's own country, by name."""
    country = home().country
    found = [(one.code, one.label(acting().language)) for one in listed_places(country)]
    return sorted(found, key=lambda one: one[1])


def place_name(code: str | None) -> str:
    """A place by its code, in the reader's language."""
    return get_place(code).label(acting().language) if code else ""


def facts_of(card: ClientCard) -> list[str]:
    """Age, sex, nationality and languages of an opened card, in words."""
    age = _("%(years)s years", years=card.age) if card.age is not None else str(BAND_LABELS[card.age_band])
    found = [age]
    if card.sex != "unknown":
        found.append(str(SEX_LABELS[card.sex]))
    if card.nationality:
        found.append(country_name(card.nationality))
    return found + [language_name(code) for code in card.languages]


def contact_lines(contact: Contact) -> list[Any]:
    """A way to reach the client in lines: the number first, its rules right below."""
    told = {**contact.rules, "asked_on": contact.asked_on.isoformat()}
    if told.get("number"):
        told["state"] = contact.state
    return lines_of("contact.1", told)


def timeline_of(page: CasePage, names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """A case's events as the timeline shows them, newest first."""
    return [_entry(event, names) for event in page.events]


def staff_names(accounts: set[UUID]) -> dict[UUID, str]:
    """The names of colleagues by their accounts."""
    return names_of(accounts) if accounts else {}


def colleagues() -> list[tuple[str, str]]:
    """Everybody who works here, to choose from."""
    return [(str(one.account_id), one.name) for one in list_staff(active_only=True) if one.account_id]


def _said(text: str | None) -> str:
    """A longer text of the vocabulary in the reader's language."""
    return vocabulary.text(text, language()) if text else ""


def _entry(event: EventColumns, names: Mapping[UUID, str]) -> dict[str, Any]:
    kind = find_kind(event.kind)
    lists = {*vocabulary.list_names(), *OWN_LISTS}
    told = [code_label(name, code) for name, code in event.codes.items() if name in lists]
    what = str(kind.label) if kind else event.kind
    what = f"{what}: {', '.join(told)}" if told else what
    if kind and kind.endpoint and event.subject_id:
        subject: dict[str, Any] = {kind.argument or "id": event.subject_id}
        what = link(url_for(kind.endpoint, **subject), what)
    return {
        "at": event.at,
        "what": what,
        "who": names.get(event.actor_account_id, "") if event.actor_account_id else "",
        "tone": "good" if event.kind in GOOD else "",
    }
