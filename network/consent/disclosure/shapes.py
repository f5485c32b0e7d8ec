"""What is asked of the door, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from flask_babel.speaklater import LazyString

from network.cases.queries import CaseRecord, ClientCard, Item, Related
from network.consent.disclosure import wording
from network.consent.disclosure.coverage import Asked, Coverage, Facts, NotCoveredLine
from network.consent.terms import GrantTerms, Recipient, RefusalTerms
from network.core import vocabulary

Part = Literal["preview", "identity"]
PREVIEW: Part = "preview"
IDENTITY: Part = "identity"


@dataclass(frozen=True)
class Wanted:
    """What a referral or a handoff asks of the door.

    ``added``: categories beyond the purpose's own (``health``), or single fields of one
    (``documents.document.2``: papers are chosen one by one). ``left_out``: categories or ``category.field``
    that the sender takes out. ``preview_extra``: operational codes, dates and figures that name nobody.
    ``beside``: by category and field what no card holds, for the identity part (a journey); it leaves under a
    grant like all else. ``outside``: told by the sender herself, by telephone or letter: nobody reads the
    packet in the platform; ``told_to_one``: to one person there. ``client_id``: whose case it is, where that is known
    beforehand: then everything is asked in one journey.
    """

    case_id: UUID
    recipient_organization_id: UUID
    purpose: str
    need_codes: tuple[str, ...] = ()
    added: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    named_account_id: UUID | None = None
    preview_extra: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outside: bool = False
    told_to_one: bool = False
    client_id: UUID | None = None


@dataclass(frozen=True)
class Gathered:
    """What a decision was made from, as it stood in the database when it was read, and what it was.

    ``given``: every grant she ever gave; ``assumed``: those that nobody gave yet.
    """

    case: CaseRecord
    card: ClientCard
    related: list[Related]
    recipient: Recipient
    given: tuple[GrantTerms, ...]
    refusals: tuple[RefusalTerms, ...]
    asked: Asked
    facts: Facts
    data: Mapping[str, list[Item]]
    now: datetime
    coverage: Coverage
    assumed: tuple[GrantTerms, ...] = ()

    @property
    def grants(self) -> tuple[GrantTerms, ...]:
        """What is decided by: those that are assumed, and those that were given."""
        return (*self.assumed, *self.given)


@dataclass(frozen=True)
class Leaving:
    """One field that would leave: in which part, and under which grant. ``value`` is JSON."""

    category: str
    field: str
    label: LazyString | str
    value: Any
    part: Part
    grant_id: UUID

    @property
    def text(self) -> str:
        """The value in the reader's words, lines apart."""
        return wording.text_of(self.field, self.value, preview=self.part == PREVIEW)

    @property
    def category_label(self) -> str:
        """The category's name, or that the field names nobody."""
        return wording.category_label(self.category)


@dataclass(frozen=True)
class Offer:
    """What the sender may add: a category, or one paper of it. ``covered``: a live grant opens it."""

    code: str
    category: str
    label: str
    covered: bool
    chosen: bool


@dataclass(frozen=True)
class Warned:
    """Something to know before sending, in a code: ``ends_soon``, ``provisional``, ``practice``, …"""

    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The warning in the reader's words."""
        return wording.warning(self.code, self.detail)


@dataclass(frozen=True)
class Proposal:
    """What would leave, what would not and why, and on which terms."""

    wanted: Wanted
    case: CaseRecord
    recipient: Recipient
    leaving: tuple[Leaving, ...]
    missing: tuple[NotCoveredLine, ...]
    warnings: tuple[Warned, ...]
    offers: tuple[Offer, ...]
    grants: tuple[GrantTerms, ...]
    lifted: tuple[UUID, ...]
    needs_named: bool
    readable_until: datetime | None
    onward: bool
    feedback: bool
    legal_basis: str
    ok: bool
    known: Gathered = field(repr=False, compare=False)
    assumed: frozenset[UUID] = frozenset()

    def part(self, part: Part) -> tuple[Leaving, ...]:
        """What leaves in one part."""
        return tuple(one for one in self.leaving if one.part == part)

    def content(self, part: Part) -> dict[str, Any]:
        """A part as the packet holds it: the preview by field, the identity part by category and field."""
        if part == PREVIEW:
            return {one.field: one.value for one in self.part(PREVIEW)}
        found: dict[str, Any] = {}
        for one in self.part(IDENTITY):
            found.setdefault(one.category, {})[one.field] = one.value
        return found

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of data in the identity part, in the vocabulary's order."""
        held = {one.category for one in self.leaving}
        return tuple(code for code in vocabulary.terms("data_categories") if code in held)

    def why(self, line: NotCoveredLine) -> str:
        """Why something cannot leave, in plain words."""
        return wording.why(line.code, line.detail, self.recipient.name)

    def under(self, grant_id: UUID) -> str:
        """The grant under which something leaves, in plain words."""
        terms = next(one for one in self.grants if one.id == grant_id)
        return wording.asked_now(terms) if grant_id in self.assumed else wording.grant(terms)
