"""What somebody would have to say yes to so that it can leave: the grants that are missing, and no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from network.consent.answers import Heard
from network.consent.disclosure.coverage import Asked, Facts, cover, needs_asked, wanted_categories
from network.consent.disclosure.shapes import Proposal
from network.consent.queries.speaking import list_guardians, person_of
from network.consent.questions import days_of, longest_of, questions
from network.consent.terms import GrantTerms, Recipient
from network.core import clock, crypto, vocabulary
from network.core.ids import new_id
from network.tenants.context import acting
from network.tenants.keys import settings

NOTHING_HEARD = Heard()
# What a yes can mend. A refusal, a suspended recipient and what is only asked by itself take more than that.
ASKABLE = frozenset({"no_grant", "expired", "provisional_over"})


@dataclass(frozen=True)
class MissingGrant:
    """One thing to ask: for which purpose and need, and what may be told. ``beside``: it is asked in the same breath,
    and a no to it stops nothing else. ``until``: the day to which it is asked for, where its use has an end of its own;
    it ends on that day, as she was told.
    """

    purpose: str
    need: str | None
    categories: tuple[str, ...]
    beside: bool = False
    until: date | None = None

    @property
    def days(self) -> int:
        """For how many days from now a yes holds."""
        if self.until is None:
            return days_of(self.purpose)
        days = (self.until - _day_after(0)).days
        days += (
            self.until - _day_after(days)
        ).days  # the hour that is put forward or back may change the date
        return max(1, min(days, longest_of(self.purpose)))

    @property
    def ends_on(self) -> date:
        """The day on which a yes given now ends: as it is told, and as it is kept."""
        return _day_after(self.days)


@dataclass(frozen=True)
class Lacking:
    """What one person has to be asked before it can leave for a recipient."""

    client_id: UUID
    case_id: UUID
    is_child: bool
    recipient: Recipient
    grants: tuple[MissingGrant, ...]

    def voice_of(self, guardian_relationship_id: UUID | None) -> str:
        """Who answers: she herself, or for a child the related person who was chosen, if any was. The same person,
        the same mark, whomever she answers for."""
        if not self.is_child:
            return str(self.client_id)
        chosen = (one for one in list_guardians(self.client_id) if one.id == guardian_relationship_id)
        return next((person_of(one) for one in chosen), str(self.client_id))

    def question(self, grant: MissingGrant) -> str:
        """By which mark the answer to one of her questions is told from all others."""
        return f"{self.client_id}:{grant.purpose}:{grant.need or ''}"

    def is_refused(self, heard: Heard) -> bool:
        """Whether nothing of her may leave by these answers: one that everything hangs on is not yes."""
        return any(not one.beside and self.question(one) in heard.without for one in self.grants)

    def assumed(self, heard: Heard = NOTHING_HEARD) -> tuple[GrantTerms, ...]:
        """The grants as they would stand after a yes to each question, but for those that were answered otherwise:
        to see what would leave then. They are written nowhere."""
        now, nothing = clock.now(), new_id()
        until = now + timedelta(hours=heard.hours) if heard.hours else None
        return tuple(
            GrantTerms(
                id=new_id(),
                consent_id=nothing,
                purpose=one.purpose,
                need_code=one.need,
                categories=frozenset(one.categories),
                organization_id=self.recipient.organization_id,
                class_code=None,
                country=None,
                onward=False,
                created_at=now,
                expires_at=now + timedelta(days=one.days),
                provisional_until=until,
                capacity="parent" if self.is_child else "self",
            )
            for one in self.grants
            if self.question(one) not in heard.without
        )


def find_lacking(proposal: Proposal, beside: Collection[str] = ()) -> Lacking | None:
    """What a yes would have to cover; None where nothing is missing, or where a yes alone opens nothing.

    ``beside``: further purposes that are asked in the same breath, where nobody allowed them yet.
    """
    wanted, purpose = proposal.wanted, vocabulary.purpose(proposal.wanted.purpose)
    stops = [line for line in proposal.missing if line.blocks]
    if not stops or purpose.confirm_understanding or any(line.code not in ASKABLE for line in stops):
        return None
    added = frozenset(code.split(".", 1)[0] for code in wanted.added)
    left_out = frozenset(code for code in wanted.left_out if "." not in code)
    asked = Asked(wanted.purpose, wanted.need_codes, added, left_out, wanted.outside)
    grants = proposal.known.given
    missing = _missing(asked, proposal.recipient, grants)
    for code in beside:
        ticked = questions(code, None)[0].ticked
        if ticked:
            found = _missing(Asked(code, outside=wanted.outside), proposal.recipient, grants, ticked)
            missing += [replace(one, beside=True) for one in found]
    return Lacking(
        client_id=proposal.case.client_id,
        case_id=wanted.case_id,
        is_child=proposal.known.card.is_child,
        recipient=proposal.recipient,
        grants=tuple(missing),
    )


def _missing(
    asked: Asked,
    recipient: Recipient,
    grants: Collection[GrantTerms],
    categories: tuple[str, ...] | None = None,
) -> list[MissingGrant]:
    """A grant for each need that none covers yet, with what is proposed and what was added."""
    allowed = vocabulary.purpose(asked.purpose).allowed_categories
    told = categories or tuple(
        code
        for code in wanted_categories(asked)
        if code in allowed
        and not (vocabulary.category(code).own_grant or vocabulary.category(code).never_leaves)
    )
    now, missing = clock.now(), []
    for need in needs_asked(asked):
        alone = replace(asked, need_codes=(need,) if need else ())
        if not cover(alone, recipient, grants, (), Facts(), now).open:
            missing.append(MissingGrant(asked.purpose, need, told))
    return missing


def mark_of(people: Sequence[Lacking]) -> str:
    """A keyed hash of everything that these people are asked: what was shown is what is recorded."""
    asked = [
        (
            *(str(one.client_id), str(one.recipient.organization_id)),
            *(grant.purpose, grant.need, grant.categories, grant.ends_on if grant.until else None),
        )
        for one in people
        for grant in one.grants
    ]
    secret = crypto.derive(settings().index_key, "lacking")
    return crypto.keyed_hash(secret, orjson.dumps(asked).decode()).hex()


def _day_after(days: int) -> date:
    """The date, where we are, of the instant so many days from now."""
    return (clock.now() + timedelta(days=days)).astimezone(ZoneInfo(acting().time_zone)).date()
