"""The decision of the door: which categories live grants cover for this recipient and purpose. Pure.

Refusals are asked first and win over every grant; a category that the purpose does not allow leaves under no
grant; what was asked for beyond the purpose's own proposal and is not covered stops the whole disclosure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from network.consent.policies import (
    find_authority_of_origin,
    find_refused,
    grant_is_for,
    grant_names,
    grant_reaches,
)
from network.consent.states import GrantState
from network.consent.terms import GrantTerms, Recipient, RefusalTerms
from network.core import vocabulary

_WHY = {GrantState.EXPIRED: "expired", GrantState.PROVISIONAL_OVER: "provisional_over"}


@dataclass(frozen=True)
class Asked:
    """What is to leave: for which purpose and needs, and which categories beyond the purpose's own. ``outside``: told
    by the sender herself."""

    purpose: str
    need_codes: tuple[str, ...] = ()
    added: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    outside: bool = False


@dataclass(frozen=True)
class Facts:
    """What the decision must know of the client and her case."""

    nationality: str | None = None
    fear_of_return: bool = False
    read_only: bool = False


@dataclass(frozen=True)
class NotCoveredLine:
    """One thing that cannot leave, and why. ``blocks``: nothing leaves at all because of it."""

    category: str | None
    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    blocks: bool = True


@dataclass(frozen=True)
class Coverage:
    """What may leave, under which grants; what may not; which lifted refusals it uses up."""

    categories: Mapping[str, tuple[GrantTerms, ...]]
    base: tuple[GrantTerms, ...]
    missing: tuple[NotCoveredLine, ...]
    lifted: tuple[UUID, ...] = ()

    @property
    def open(self) -> bool:
        """Whether anything may leave."""
        return bool(self.base) and not any(line.blocks for line in self.missing)

    @property
    def grants(self) -> tuple[GrantTerms, ...]:
        """Every grant that is used, each once; the grant that lets the preview leave first."""
        used = [grant for grants in self.categories.values() for grant in grants]
        return tuple({grant.id: grant for grant in (used or self.base)}.values())


def cover(
    asked: Asked,
    recipient: Recipient,
    grants: Collection[GrantTerms],
    refusals: Collection[RefusalTerms],
    facts: Facts,
    now: datetime,
) -> Coverage:
    """Decide. Raises ``UnknownCode`` for a purpose, need or category that the vocabulary does not hold."""
    purpose = vocabulary.purpose(asked.purpose)
    needs = needs_asked(asked)
    refused, lifted = _refused(asked.purpose, recipient, refusals, facts)
    stops = [*_standing_in_the_way(asked, recipient, facts), *refused]
    if stops:
        return Coverage({}, (), tuple(stops))
    for_this = [
        grant for grant in grants if grant.purpose == asked.purpose and grant_reaches(grant, recipient)
    ]
    categories: dict[str, tuple[GrantTerms, ...]] = {}
    missing: list[NotCoveredLine] = []
    for category in wanted_categories(asked):
        is_added = category in asked.added
        if stop := _never(category, purpose.allowed_categories):
            missing.append(NotCoveredLine(category, stop, blocks=is_added))
            continue
        found = _grants_for(category, needs, for_this, now)
        if isinstance(found, NotCoveredLine):
            missing.append(NotCoveredLine(category, found.code, found.detail, blocks=is_added))
        else:
            categories[category] = found
    base = _base(needs, for_this, now)
    if isinstance(base, NotCoveredLine):
        return Coverage({}, (), (base, *missing))
    return Coverage(categories, base, tuple(missing), lifted)


def needs_asked(asked: Asked) -> tuple[str | None, ...]:
    """The needs for which grants are asked one by one; a single None for a purpose that names no need."""
    if vocabulary.purpose(asked.purpose).per != "need":
        return (None,)
    return tuple(vocabulary.need(code).code for code in dict.fromkeys(asked.need_codes)) or (None,)


def wanted_categories(asked: Asked) -> tuple[str, ...]:
    """What the purpose proposes, as far as it is ever proposed, and what was added; in the vocabulary's order."""
    purpose = vocabulary.purpose(asked.purpose)
    for code in asked.added:
        vocabulary.category(code)
    proposed = {code for code in purpose.default_categories if vocabulary.category(code).by_default}
    wanted = (proposed | asked.added) - asked.left_out
    return tuple(code for code in vocabulary.terms("data_categories") if code in wanted)


def gives_feedback(recipient: Recipient, grants: Collection[GrantTerms], now: datetime) -> bool:
    """Whether she allowed that this organization tells the centre what it did."""
    return any(
        grant.purpose == "feedback_to_centre"
        and grant_reaches(grant, recipient)
        and grant.state(now) is GrantState.LIVE
        for grant in grants
    )


def _standing_in_the_way(asked: Asked, recipient: Recipient, facts: Facts) -> list[NotCoveredLine]:
    stops = []
    if facts.read_only:
        stops.append(NotCoveredLine(None, "read_only_case"))
    if recipient.suspended or (recipient.planned and not asked.outside):
        stops.append(NotCoveredLine(None, "recipient_suspended"))
    if facts.fear_of_return and (body := find_authority_of_origin(recipient, facts.nationality)):
        detail = {"class": body.class_code, "via": body.via}
        stops.append(NotCoveredLine(None, "fear_of_return_blocks_authority", detail))
    return stops


def _refused(
    purpose: str, recipient: Recipient, refusals: Collection[RefusalTerms], facts: Facts
) -> tuple[list[NotCoveredLine], tuple[UUID, ...]]:
    lines, lifted = [], []
    for refusal, body in find_refused(refusals, recipient, facts.nationality):
        if purpose in refusal.lifted_for:
            lifted.append(refusal.id)
            continue
        detail = {
            "class": refusal.class_code or "named_organization",
            "via": body.via,
            "refusal_id": refusal.id,
        }
        lines.append(NotCoveredLine(None, "refused", detail))
    return lines, tuple(lifted)


def _never(category: str, allowed: Collection[str]) -> str | None:
    if vocabulary.category(category).never_leaves:
        return "never_leaves"
    return None if category in allowed else "not_allowed_for_purpose"


def _grants_for(
    category: str, needs: Collection[str | None], grants: Collection[GrantTerms], now: datetime
) -> tuple[GrantTerms, ...] | NotCoveredLine:
    """For each need the live grant that opens the category and lasts longest; or why there is none."""
    used = []
    for need in needs:
        naming = [
            grant
            for grant in grants
            if grant_is_for(grant, grant.purpose, need) and grant_names(grant, category)
        ]
        found = _longest(naming, now)
        if found is None:
            own = vocabulary.category(category).own_grant and not naming
            return NotCoveredLine(category, "own_grant_needed" if own else _why_none(naming, now), _of(need))
        used.append(found)
    return tuple(used)


def _base(
    needs: Collection[str | None], grants: Collection[GrantTerms], now: datetime
) -> tuple[GrantTerms, ...] | NotCoveredLine:
    """For each need a live grant, without which not even the preview leaves."""
    used = []
    for need in needs:
        meant = [grant for grant in grants if grant_is_for(grant, grant.purpose, need)]
        found = _longest(meant, now)
        if found is None:
            return NotCoveredLine(None, _why_none(meant, now), _of(need))
        used.append(found)
    return tuple(used)


def _longest(grants: Collection[GrantTerms], now: datetime) -> GrantTerms | None:
    live = [grant for grant in grants if grant.state(now) is GrantState.LIVE]
    return max(live, key=lambda grant: (grant.ends_at, grant.id), default=None)


def _why_none(grants: Collection[GrantTerms], now: datetime) -> str:
    latest = max(grants, key=lambda grant: (grant.created_at, grant.id), default=None)
    return _WHY.get(latest.state(now), "no_grant") if latest else "no_grant"


def _of(need: str | None) -> dict[str, str]:
    return {"need": need} if need else {}
