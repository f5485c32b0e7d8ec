"""What is asked when consent is asked for: one purpose at a time, in plain words, with the least ticked.

Pure: the vocabulary says what a purpose may carry; the words are ours, for saying aloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.core import vocabulary

# For how long a yes holds, where nobody chose otherwise.
DEFAULT_DAYS: Final = 90
# And where it would be of no use for so short a time: who comes home is visited for a year from the arrival, and the
# last visit may take a month. Where the day of the arrival is not known, she may leave within three months from now.
CONTACT_LATER: Final = "follow_up_contact"
OWN_DAYS: Final = {CONTACT_LATER: 487}
# No yes holds longer; but for visits, because the year begins with a journey that may be put off.
LONGEST_DAYS: Final = 365
OWN_LONGEST: Final = {CONTACT_LATER: 550}
# What is asked in the same breath, each by its own yes or no.
BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "service_provision": ("feedback_to_centre",),
    "case_transfer": (
        "feedback_to_centre",
        "follow_up_contact",
        "return_travel",
        "reintegration",
        "claim_pursuit",
    ),
    "claim_pursuit": ("feedback_to_centre",),
}
# Refusals that are offered as toggles; every other class is in the list below them.
NEVER_FIRST: Final = ("recruiter", "employer", "embassy_consulate", "family", "authority_origin", "police")
# Whom a refusal or a grant cannot name by class.
NO_RECIPIENT: Final = frozenset({"own_centre", "named_person", "named_organization", "network", "public"})

ASKED: Final[dict[str, LazyString]] = {
    "service_provision": _l("May we tell %(who)s about you, so that you get this service: %(need)s?"),
    "feedback_to_centre": _l("May %(who)s tell us afterwards what they did for you?"),
    "case_transfer": _l("May we hand your case to %(who)s, so that they go on helping you?"),
    "return_travel": _l("May we tell %(who)s what is needed to arrange your journey home?"),
    "travel_document": _l("May we tell %(who)s who you are, so that you get a travel document?"),
    "reintegration": _l("May we tell %(who)s about you, so that they help you after your return?"),
    "follow_up_contact": _l("May %(who)s contact you later, also after your return?"),
    "claim_pursuit": _l("May we tell %(who)s about your claim, so that it is pursued?"),
    "employer_negotiation": _l("May we speak about you with %(who)s, to negotiate for you?"),
    "protection_authority": _l("May we report to %(who)s? We explain first what can follow from it."),
    "international_protection": _l("May we tell %(who)s about you, so that you can seek protection?"),
    "family_contact_restoring": _l("May we tell %(who)s, to find or to reach your family?"),
    "found_if_missing": _l("If nobody hears from you: may we tell %(who)s, so that you are looked for?"),
    "interpretation": _l("May %(who)s hear what is needed to interpret for you?"),
    "statistics": _l("May we count you in our figures, without your name? A no changes nothing for you."),
    "tracing_interview": _l("May %(who)s ask you later what has changed for you?"),
    "story_publication": _l(
        "May %(who)s have your story to publish? What is published cannot be called back."
    ),
    "advocacy_pattern": _l("May we tell %(who)s about this employer or recruiter, without your name?"),
}
# What follows where the answer to a question asked beside another is not yes.
WITHOUT: Final[dict[str, LazyString]] = {
    "feedback_to_centre": _l("Without it they tell us only whether they served, and nothing more."),
    "follow_up_contact": _l("Without it nobody there makes contact after the return."),
    "claim_pursuit": _l("Without it they do nothing about the claim."),
}
# What a category holds, said to the client (the vocabulary's own contents are in English).
CONTENTS: Final[dict[str, LazyString]] = {
    "identity": _l("Name, sex, age, nationality, languages"),
    "photo_biometric": _l("Photograph, fingerprint"),
    "contact": _l("Number with its rules: when to call, what to say, what not"),
    "whereabouts": _l("Where you are now"),
    "family_contact": _l("Who of your family may be called, and what they may know"),
    "dependants": _l("Ages of your children, and what they need"),
    "migration": _l("Home district, route, dates, plans"),
    "immigration_status": _l("Permit, fines, reports by the employer"),
    "travel": _l("Day, flight, who meets you, what you need on arrival"),
    "employment": _l("Employer, recruiter, contract, wages"),
    "union": _l("Union membership"),
    "protection_concerns": _l("What they must know to keep you safe, in a few words"),
    "incident_account": _l("What happened to you, in your words"),
    "health": _l("Allergies, medicine, disability, fitness to travel"),
    "health_special": _l("HIV, tuberculosis, pregnancy, mental health"),
    "legal_claim": _l("Your claim: against whom, how much, where it stands"),
    "criminal_matter": _l("Charges, detention, deportation"),
    "documents": _l("Papers, each chosen one by one"),
    "financial": _l("Bank or mobile money, to pay you"),
    "service_history": _l("Which services you got, and when"),
}


def days_of(purpose: str) -> int:
    """For how many days a yes for this purpose holds, where nobody chose otherwise."""
    return OWN_DAYS.get(purpose, DEFAULT_DAYS)


def longest_of(purpose: str) -> int:
    """For how many days a yes for this purpose may hold at most."""
    return OWN_LONGEST.get(purpose, LONGEST_DAYS)


@dataclass(frozen=True)
class Question:
    """One question: its place in the form, what may be told, and what is ticked beforehand.

    ``own``: about a single category that is asked by itself. ``main``: what the client came for; the others
    may be left unanswered, which allows nothing and is no answer.
    """

    place: int
    purpose: str
    need: str | None
    offered: tuple[str, ...]
    ticked: tuple[str, ...]
    main: bool = False
    own: bool = False

    def name(self, part: str) -> str:
        """The name of one of its fields in the form."""
        return f"grants.{self.place}.{part}"


def questions(purpose_code: str, need: str | None) -> tuple[Question, ...]:
    """What is asked for a purpose: itself, what goes with it, and what is only ever asked by itself."""
    found: list[Question] = []
    for code in (purpose_code, *BESIDE.get(purpose_code, ())):
        purpose = vocabulary.purpose(code)
        plain = [one for one in purpose.allowed_categories if not vocabulary.category(one).own_grant]
        ticked = [one for one in purpose.default_categories if one in plain]
        if code not in (purpose_code, "feedback_to_centre"):
            plain = ticked
        offered = (*ticked, *(one for one in plain if one not in ticked))
        need_code = need if purpose.per == "need" else None
        found.append(
            Question(len(found), code, need_code, offered, _beforehand(ticked, code), code == purpose_code)
        )
    for category in vocabulary.purpose(purpose_code).allowed_categories:
        if vocabulary.category(category).own_grant:
            need_code = need if vocabulary.purpose(purpose_code).per == "need" else None
            found.append(Question(len(found), purpose_code, need_code, (category,), (category,), own=True))
    return tuple(found)


def _beforehand(proposed: list[str], purpose: str) -> tuple[str, ...]:
    """What is ticked: what the purpose proposes, except what is never chosen beforehand. What a service may
    report back is named by the question itself, so it is ticked with it."""
    if purpose == "feedback_to_centre":
        return tuple(proposed)
    return tuple(code for code in proposed if vocabulary.category(code).by_default)
