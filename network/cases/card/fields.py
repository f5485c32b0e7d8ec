"""Every field of a card and of a case's account: its category of data, its label, and what it may hold.

The disclosure door chooses from these fields, intake fills them, and a case taken over is made from them.
``contact.1``, ``document.2``, ``claim.1`` and their like are numbered records; their own fields stand in
``RECORDS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.cases.ages import BAND_LABELS

Kind = Literal[
    "text", "long", "texts", "code", "codes", "date", "languages", "country", "year", "currency", "amount"
]

SEX_LABELS: Final = {
    "female": _l("Female"),
    "male": _l("Male"),
    "other": _l("Other"),
    "unknown": _l("Not recorded"),
}
BASIS_LABELS: Final = {
    "birth_date": _l("Date of birth known"),
    "age": _l("Age in years known"),
    "birth_year": _l("Only the year of birth known"),
    "adult": _l("Adult, age not known"),
    "may_be_under_18": _l("May be under 18"),
}
CAME_BY_LABELS: Final = {
    "walk_in": _l("Came alone, of own accord"),
    "hotline": _l("Called us"),
    "outreach": _l("Met at an outreach visit"),
    "friend_or_family": _l("Through a friend or family"),
    "community": _l("Through a community leader or volunteer"),
    "union": _l("Through a union"),
    "employer": _l("Through the employer"),
    "authority": _l("Through an authority"),
    "embassy": _l("Through an embassy"),
    "partner": _l("Referred by a partner"),
    "other_centre": _l("Handed over by another centre"),
    "online": _l("Online"),
    "other": _l("Another way"),
}
CLAIM_STATE_LABELS: Final = {
    "preparing": _l("Being prepared"),
    "lodged": _l("Lodged"),
    "hearing": _l("Being heard"),
    "settled": _l("Settled"),
    "awarded": _l("Awarded"),
    "paid": _l("Paid"),
    "rejected": _l("Rejected"),
    "withdrawn": _l("Withdrawn"),
    "lapsed": _l("Lapsed"),
}
AUTHORIZATION_LABELS: Final = {
    "inform": _l("Ask for information"),
    "lodge": _l("Lodge the claim"),
    "represent": _l("Represent the client at hearings"),
    "negotiate": _l("Negotiate"),
    "settle": _l("Agree to a settlement"),
    "receive_documents": _l("Receive documents"),
    "receive_payment": _l("Receive payment"),
    "enforce": _l("Have the decision carried out"),
}
CLAIM_MOVE_LABELS: Final = {
    "lodge": _l("Lodged"),
    "hear": _l("Is being heard"),
    "settle": _l("Settled"),
    "award": _l("Awarded by a decision"),
    "pay": _l("Paid"),
    "reject": _l("Rejected"),
    "appeal": _l("Appealed"),
    "withdraw": _l("Withdrawn"),
    "lapse": _l("Lapsed"),
}
MODE_LABELS: Final = {
    "in_person": _l("In person"),
    "telephone": _l("By telephone"),
    "online": _l("Online"),
    "outreach": _l("At an outreach visit"),
    "written": _l("In writing"),
}
NEED_STATE_LABELS: Final = {
    "open": _l("Open"),
    "in_progress": _l("In progress"),
    "met": _l("Met"),
    "not_met": _l("Not met"),
    "withdrawn": _l("No longer wanted"),
}
# Lists of our own, beside those of the vocabulary.
OWN_LISTS: Final[dict[str, Mapping[str, LazyString]]] = {
    "sex": SEX_LABELS,
    "age_basis": BASIS_LABELS,
    "age_band": BAND_LABELS,
    "came_by": CAME_BY_LABELS,
    "claim_state": CLAIM_STATE_LABELS,
    "claim_move": CLAIM_MOVE_LABELS,
    "authorization_scope": AUTHORIZATION_LABELS,
    "service_mode": MODE_LABELS,
    "need_state": NEED_STATE_LABELS,
}


@dataclass(frozen=True)
class Field:
    """One field: where it belongs and what it may hold. ``list_name``: the codes it takes."""

    code: str
    category: str
    label: LazyString
    kind: Kind = "text"
    list_name: str | None = None


def _rule(code: str, label: LazyString, kind: Kind, list_name: str) -> Field:
    return Field(code, "contact", label, kind, f"safe_contact.{list_name}")


def _fields(*fields: Field) -> dict[str, Field]:
    return {field.code: field for field in fields}


# In the order in which they are read. Those without a category never leave the centre.
FIELDS: Final = _fields(
    Field("name", "identity", _l("Name")),
    Field("other_names", "identity", _l("Other names and spellings"), "texts"),
    Field("sex", "identity", _l("Sex"), "code", "sex"),
    Field("age_basis", "identity", _l("How the age is known"), "code", "age_basis"),
    Field("birth_date", "identity", _l("Date of birth"), "date"),
    Field("birth_year", "identity", _l("Year of birth"), "year"),
    Field("nationality", "identity", _l("Nationality"), "country"),
    Field("languages", "identity", _l("Languages"), "languages"),
    Field("reference", "identity", _l("Reference at the sending centre")),
    Field("whereabouts", "whereabouts", _l("Where the client is now"), "code", "whereabouts"),
    Field("address", "whereabouts", _l("Address or directions"), "long"),
    Field("origin_district", "migration", _l("Home district")),
    Field("arrived_on", "migration", _l("Arrived in this country on"), "date"),
    Field("route", "migration", _l("How the client came to this country"), "long"),
    Field("plans", "migration", _l("Plans"), "long"),
    Field(
        "immigration_status",
        "immigration_status",
        _l("Immigration status"),
        "code",
        "eligibility.legal_status",
    ),
    Field("permit_until", "immigration_status", _l("Permit valid until"), "date"),
    Field("status_note", "immigration_status", _l("About the status"), "long"),
    Field("sector", "employment", _l("Sector"), "code", "eligibility.sector"),
    Field("occupation", "employment", _l("Occupation")),
    Field("employer", "employment", _l("Employer")),
    Field("workplace", "employment", _l("Place of work")),
    Field("recruiter", "employment", _l("Recruiter or agency")),
    Field("wage", "employment", _l("Wage agreed and wage paid")),
    Field("employed_from", "employment", _l("Worked there from"), "date"),
    Field("employed_until", "employment", _l("Worked there until"), "date"),
    Field("union", "union", _l("Union membership")),
    Field("safety_points", "protection_concerns", _l("What a receiver must know for safety"), "long"),
    Field("protection_needs", "protection_concerns", _l("Protection needs"), "codes", "needs"),
    Field("health_needs", "health", _l("Health needed for the service"), "long"),
    Field("medicine", "health", _l("Medicine")),
    Field("allergies", "health", _l("Allergies")),
    Field("disability", "health", _l("Disability or support needed")),
    Field("health_special", "health_special", _l("Special health information"), "long"),
    Field("pregnant", "health_special", _l("Pregnant"), "code", "answers"),
    Field("criminal_matter", "criminal_matter", _l("Charges, detention, deportation"), "long"),
    Field("payment_provider", "financial", _l("Bank or mobile money provider")),
    Field("payment_account", "financial", _l("Account number")),
    Field("payment_holder", "financial", _l("Account holder")),
    Field("what_happened", "incident_account", _l("What happened, in words"), "long"),
    Field("person_kind", "", _l("Who the client is to us"), "code", "eligibility.person_kind"),
    Field("came_by", "", _l("How the client came to us"), "code", "came_by"),
    Field("summary", "", _l("Summary of the case"), "long"),
)

# Kept plain in the row of the client, because the centre counts by them.
COLUMNS: Final = frozenset({"sex", "nationality", "birth_year", "sector"})
# Kept with the case, not with the card.
OF_CASE: Final = frozenset({"what_happened", "summary", "protection_needs"})
# What a card keeps sealed.
SEALED: Final = tuple(code for code in FIELDS if code not in COLUMNS | OF_CASE)

RECORDS: Final[dict[str, tuple[str, LazyString, dict[str, Field]]]] = {
    "contact": (
        "contact",
        _l("Safe contact"),
        _fields(
            Field("number", "contact", _l("Number")),
            Field("email", "contact", _l("E-mail")),
            _rule("channels", _l("Ways of contact"), "codes", "channel"),
            _rule("belongs_to", _l("Whose phone"), "code", "phone_belongs_to"),
            _rule("who_else_may_see", _l("Who else may see it"), "codes", "who_else_may_see"),
            _rule("may_leave_message", _l("Leave a message"), "code", "may_leave_message"),
            Field("neutral_wording", "contact", _l("Agreed neutral wording")),
            _rule("if_another_answers", _l("If somebody else answers"), "code", "if_another_answers"),
            Field("cover_story", "contact", _l("Agreed cover story or name")),
            _rule("we_appear_as", _l("We appear as"), "code", "we_appear_as"),
            _rule("check", _l("Check who answers"), "code", "check_it_is_her_or_him"),
            Field("phrase", "contact", _l("Agreed phrase or question")),
            _rule("hours", _l("When"), "code", "hours"),
            Field("hours_note", "contact", _l("Which hours")),
            Field("through_person", "contact", _l("Through whom")),
            _rule("when_not_reached", _l("When not reached"), "code", "when_not_reached"),
            _rule("slip", _l("Paper to take along"), "code", "slip"),
            _rule("state", _l("State of the number"), "code", "number_state"),
            Field("asked_on", "contact", _l("Rules asked on"), "date"),
        ),
    ),
    "relative": (
        "family_contact",
        _l("Relative or other person"),
        _fields(
            Field("relationship", "family_contact", _l("Relationship"), "code", "relationships"),
            Field("name", "family_contact", _l("Name")),
            Field("number", "family_contact", _l("Number")),
            Field("flags", "family_contact", _l("What applies"), "codes", "relationship_flags"),
            Field("note", "family_contact", _l("Note"), "long"),
        ),
    ),
    "dependant": (
        "dependants",
        _l("Child or dependant"),
        _fields(
            Field("relationship", "dependants", _l("Relationship"), "code", "relationships"),
            Field("age_band", "dependants", _l("Age"), "code", "age_band"),
            Field("sex", "dependants", _l("Sex"), "code", "sex"),
            Field("travels_along", "dependants", _l("Travels along"), "code", "answers"),
        ),
    ),
    "claim": (
        "legal_claim",
        _l("Claim"),
        _fields(
            Field("kind", "legal_claim", _l("Kind of claim"), "code", "claim_kinds"),
            Field("forum", "legal_claim", _l("Lodged with"), "code", "claim_forums"),
            Field("state", "legal_claim", _l("State"), "code", "claim_state"),
            Field("respondent", "legal_claim", _l("Against whom")),
            Field("facts", "legal_claim", _l("Facts and evidence"), "long"),
            Field("remedies", "legal_claim", _l("What is asked for"), "codes", "claim_remedies"),
            Field("amount_claimed", "legal_claim", _l("Amount claimed"), "amount"),
            Field("amount_awarded", "legal_claim", _l("Amount awarded"), "amount"),
            Field("amount_paid", "legal_claim", _l("Amount paid"), "amount"),
            Field("currency", "legal_claim", _l("Currency"), "currency"),
            Field("lodged_on", "legal_claim", _l("Lodged on"), "date"),
            Field("decided_on", "legal_claim", _l("Decided on"), "date"),
            Field("lapses_on", "legal_claim", _l("Lapses on"), "date"),
            Field("authorized_until", "legal_claim", _l("Authorization valid until"), "date"),
        ),
    ),
    "document": (
        "documents",
        _l("Document"),
        _fields(
            Field("type", "documents", _l("Kind"), "code", "document_types"),
            Field("holder", "documents", _l("Held by"), "code", "document_holders"),
            Field("number", "documents", _l("Number")),
            Field("country", "documents", _l("Issued by"), "country"),
            Field("expires_on", "documents", _l("Valid until"), "date"),
            Field("held_since", "documents", _l("Held since"), "date"),
            Field("recovered_on", "documents", _l("Recovered on"), "date"),
            Field("note", "documents", _l("Note"), "long"),
        ),
    ),
    "service": (
        "service_history",
        _l("Service received"),
        _fields(
            Field("need", "service_history", _l("Need"), "code", "needs"),
            Field("on", "service_history", _l("Date"), "date"),
            Field("outcome", "service_history", _l("Outcome"), "code", "service_outcomes"),
        ),
    ),
}  # fmt: skip
