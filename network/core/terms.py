"""What an entry of the vocabulary may say: one frozen type a list, every flag a typed field.

A key of the data file that no type here names fails the load, so that no flag is silently ignored. What each
flag makes the product do, and which feature does it, stands in ``docs/glossary.md``.
"""

from __future__ import annotations

from typing import Literal

import msgspec


def is_arabic(locale: object) -> bool:
    """Whether a locale (a BCP 47 tag or a Babel locale) is Arabic of any country."""
    return str(locale).replace("_", "-").split("-")[0].lower() == "ar"


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One code with its labels. Codes are stable once shipped: added and retired, never reused."""

    code: str
    en: str
    ar: str
    ar_review: Literal["needed", "done"]

    def label(self, locale: object = "en") -> str:
        """The label in the language of ``locale`` (a BCP 47 tag or a Babel locale), else in English."""
        return self.ar if is_arabic(locale) else self.en


class Group(Term, frozen=True, kw_only=True):
    """A group of needs; ``order`` is its place on the page."""

    order: int


class TimeCritical(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many hours are left from the event, and why; shown as a countdown to both sides."""

    hours: int
    why: str


IascForm = Literal[
    "mhpss", "child_support", "family_tracing", "womens_services", "disability", "legal", "safety", "nfi",
    "cash", "health", "food", "shelter", "livelihoods", "education", "other",
]  # fmt: skip


class Need(Term, frozen=True, kw_only=True):
    """What a client needs. Its code is ``group.name``.

    ``preview``: what a receiver may see before accepting. ``show``: the need. ``group``: its group only.
    ``named``: the need, but only the named focal point sees it, and one service at a time is asked.
    """

    group: str
    definition: str
    preview: Literal["show", "group", "named"]
    opens_restricted: bool
    default_priority: Literal["immediate", "emergency", "urgent", "routine"]
    time_critical: TimeCritical | None = None
    iasc_form: IascForm | None = None
    note: str | None = None


class Reason(Term, frozen=True, kw_only=True):
    """Why a move was made. A reason's code is unique inside its list only: store list and code."""

    list_name: str = ""
    # what it is about, and what the product offers next
    kind: Literal["capacity", "scope", "eligibility", "safety", "process", "client"] | None = None
    side: Literal["client", "partner", "either"] | None = None
    next: (
        Literal[
            "reroute", "reroute_now", "ask_client", "call_client", "ask_sender", "none",
            "redirect", "stop_and_review", "legal_partner", "coordinator",
        ]
        | None
    ) = None  # fmt: skip
    offers: Literal["handoff_after_departure", "pre_departure_or_handoff", "legal.asylum"] | None = None
    retry: bool = False
    moves_to: Literal["not_departed"] | None = None
    counts_as: Literal["arrived"] | None = None
    counts_as_lost: bool | None = None
    automatic: bool = False
    # what must be given with it
    needs_note: bool = False
    needs_date: bool = False
    needs_attempts: bool = False
    no_note: bool = False
    note: str | None = None
    # who may see it
    sensitive: bool = False
    note_to: Literal["sender_only"] | None = None
    no_reason_shown_to: Literal["receiver"] | None = None
    # what it sets off
    alarm: bool = False
    stops_all_contact: bool = False
    stop_number: bool = False
    seals: Literal["at_once"] | None = None
    opens_incident: bool = False
    opens_incident_if: str | None = None
    record_gap: bool = False
    flags_listing: bool = False
    suspends: Literal["offer"] | None = None
    report_to: Literal["safeguarding_focal_point"] | None = None
    handover_required: bool = False


class Priority(Term, frozen=True, kw_only=True):
    """How soon. ``clock`` runs always, or in the receiver's working hours and zone."""

    acknowledge_minutes: int
    decide_minutes: int
    served_within_hours: int
    clock: Literal["always", "working"]
    phone_first: bool
    on_overdue: str
    use: str


class Value(Term, frozen=True, kw_only=True):
    """One answer to an eligibility criterion or house rule. ``guarded``: asked and shown with care."""

    guarded: bool = False


class Criterion(Term, frozen=True, kw_only=True):
    """A condition that a service sets. Unknown is neither yes nor no: it is shown as unknown."""

    type: Literal[
        "set", "range", "object", "list_include_exclude", "boolean", "one_of", "areas", "list", "text",
        "list_of_organizations",
    ]  # fmt: skip
    values: tuple[Value, ...] = ()
    values_from: str | None = None
    fields: dict[str, str] | None = None
    unit: str | None = None
    standard: str | None = None
    guarded: bool = False


class HouseRule(Term, frozen=True, kw_only=True):
    """A rule that residents live under, told to the client before she is asked for consent."""

    type: Literal["one_of", "integer"] = "one_of"
    values: tuple[Value, ...] = ()


class Practice(Term, frozen=True, kw_only=True):
    """What a partner does that may endanger a client: answered yes, no or unknown."""

    values_yes_no_unknown: bool


class Eligibility(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a listing says about whom it serves and how it treats them."""

    criteria: tuple[Criterion, ...]
    house_rules: tuple[HouseRule, ...]
    partner_practices: tuple[Practice, ...]
    rule: str


class LegalBasis(Term, frozen=True, kw_only=True):
    """On what ground data may leave. All but consent are listed apart in every report."""

    second_person: Literal["none", "within_24_hours", "before"]
    may_override_refusal: bool | Literal["guardian_only"]
    expires: Literal["as_given", "with_authorization"] | None = None
    expires_after_hours: int | None = None
    expires_after_days: int | None = None
    categories_max: tuple[str, ...] | None = None
    requires: tuple[str, ...] = ()
    note: str | None = None


class Purpose(Term, frozen=True, kw_only=True):
    """What the data is for. The purpose allows some categories and proposes fewer."""

    default_categories: tuple[str, ...]
    allowed_categories: tuple[str, ...]
    typical_recipients: tuple[str, ...]
    ask_separately: bool
    per: Literal["need"] | None = None
    confirm_understanding: bool = False
    revocable_note: str | None = None
    note: str | None = None


class RecipientClass(Term, frozen=True, kw_only=True):
    """A class of recipient that a grant or a refusal can name. ``includes``: classes inside it."""

    authority: bool = False
    includes: tuple[str, ...] = ()


class ConsentMethod(Term, frozen=True, kw_only=True):
    """How consent was given, and what that way of giving it needs to be valid."""

    needs_witness: bool = False
    needs_identity_check: bool = False
    needs_supporter: bool = False
    needs_name_of_carrier: bool = False
    provisional_hours: int | None = None
    note: str | None = None


class Category(Term, frozen=True, kw_only=True):
    """A category of data. ``own_grant``: leaves by a grant of its own; ``never_leaves``: by none."""

    contents: str
    sensitivity: Literal["ordinary", "sensitive", "special"]
    parent: str | None = None
    by_default: bool = True
    own_grant: bool = False
    never_leaves: bool = False
    note: str | None = None


class Relationship(Term, frozen=True, kw_only=True):
    """How two people stand to each other. ``inverse``: what the second may be to the first."""

    inverse: tuple[str, ...] = ()
    may_be_guardian: bool = False
    power_over_client: bool = False
    guarded: bool = False
    needs_note: bool = False
    note: str | None = None


class DocumentType(Term, frozen=True, kw_only=True):
    """A kind of paper. ``guarded``: its existence alone tells something."""

    guarded: bool = False
    needs_note: bool = False
    note: str | None = None


class ArrivalNeed(Term, frozen=True, kw_only=True):
    """What somebody needs on arrival, and whether a printed board may say so."""

    on_printed_board: Literal["yes", "no", "generic"]
    sensitive: bool = False
    needs_date: bool = False


class ReturnKind(Term, frozen=True, kw_only=True):
    """Which kind of return. ``free`` is None where the kind alone does not tell; ``review`` stops the
    offer until a coordinator has looked."""

    free: bool | None = None
    review: bool = False


class ClaimKind(Term, frozen=True, kw_only=True):
    """What a claim is about, where it is pursued, and whether mediation is ever allowed."""

    pursued_in: Literal["origin", "destination", "both"]
    money: bool
    criminal: bool = False
    restricted: bool = False
    mediation: Literal["never"] | None = None
    claimant: Literal["heirs"] | None = None
    side: Literal["defence"] | None = None
    needs_note: bool = False
    note: str | None = None


class ClaimForum(Term, frozen=True, kw_only=True):
    """Where a claim is lodged. ``verify``: the examples need checking by somebody of the country."""

    side: Literal["origin", "destination", "both"]
    kind: Literal[
        "settlement", "non_state", "administrative", "quasi_judicial", "court", "criminal", "diplomatic",
        "oversight", "none", "other",
    ]  # fmt: skip
    is_authority_of: Literal["origin"] | None = None
    examples: tuple[str, ...] = ()
    warning: str | None = None
    verify: bool = False
    needs_note: bool = False
