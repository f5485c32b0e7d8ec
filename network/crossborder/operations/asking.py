"""Asking where consent is missing, for everybody who is offered together: what each answered, and what leaves then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.consent.answers import Heard
from network.consent.disclosure import Lacking, Proposal, propose
from network.consent.operations import heard_in_short, record_answers, shown_in_short
from network.core.errors import NotFound
from network.crossborder.operations.offer import ProposalChanged
from network.crossborder.operations.together import hold_group
from network.crossborder.queries.receivers import lacking_for, wanted_for, wanted_for_member
from network.crossborder.queries.records import list_members
from network.exchange.operations import lock
from network.exchange.queries import get_side
from network.referrals.queries.fingerprint import fingerprint


@dataclass(frozen=True)
class Asked:
    """What was recorded: the first of the consents. ``seen`` and ``others``: what leaves by these answers of what was
    shown, as ``HandoffChoicesSchema`` holds it. ``not_allowed``: the handoffs that are not offered, by that answer."""

    consent_id: UUID
    seen: str
    others: tuple[str, ...]
    not_allowed: frozenset[UUID]


@dataclass(frozen=True)
class _Person:
    """One of those who are offered, with what is missing of her."""

    exchange_id: UUID
    proposal: Proposal
    lacking: Lacking | None
    first: bool
    choices: Mapping[str, Any]

    def left_by(self, heard: Heard, apart: frozenset[UUID]) -> str:
        """The fingerprint of what would leave by these answers, ``apart`` from whom nothing is told."""
        assumed = self.lacking.assumed(heard) if self.lacking else ()
        chosen = {**self.choices, "assumed": assumed, "apart": apart}
        wanted = (
            wanted_for(self.exchange_id, **chosen)
            if self.first
            else wanted_for_member(self.exchange_id, chosen)
        )
        return fingerprint(propose(wanted, assumed))


def ask_together(
    exchange_id: UUID,
    said: Mapping[str, Any],
    *,
    together: bool,
    seen: str | None,
    others: Sequence[str],
    **choices: Any,
) -> Asked:
    """Record what everybody who is offered answered to exactly what was missing, before the offer.

    ``said`` as ``ShortConsentSchema`` loads it; ``choices`` are those for the first of them, as ``wanted_for``
    takes them. Raises ``AskingChanged`` where something else is missing by now, ``ProposalChanged`` where something
    else would leave than was shown.
    """
    hold_group(exchange_id)
    exchange = lock(exchange_id)
    if get_side(exchange_id).role != "sender":
        raise NotFound
    members = list_members(exchange) if together else []
    along = [member.id for _side, member in members if member.state == "prepared"]
    people = [_person(one, choices, first=one == exchange_id) for one in (exchange_id, *along)]
    _check_seen(
        people, shown_in_short(said), {str(exchange_id): seen, **dict(one.split(":", 1) for one in others)}
    )
    asked = [one.lacking for one in people if one.lacking is not None]
    heard = heard_in_short(asked, said)
    apart = _refused(people, heard)
    left = {one.exchange_id: one.left_by(heard, apart) for one in people}
    answered = record_answers(asked, said)
    return Asked(
        consent_id=answered.consents[0].id,
        seen=left[exchange_id],
        others=tuple(f"{one}:{left[one]}" for one in along),
        not_allowed=frozenset(
            one.exchange_id for one in people if one.lacking and one.lacking.client_id in answered.not_allowed
        ),
    )


def _person(exchange_id: UUID, choices: Mapping[str, Any], *, first: bool) -> _Person:
    wanted = wanted_for(exchange_id, **choices) if first else wanted_for_member(exchange_id, choices)
    proposal = propose(wanted)
    return _Person(exchange_id, proposal, lacking_for(exchange_id, proposal), first, choices)


def _refused(people: Sequence[_Person], heard: Heard) -> frozenset[UUID]:
    """The handoffs that are not offered by these answers: the others are not told of them either."""
    return frozenset(one.exchange_id for one in people if one.lacking and one.lacking.is_refused(heard))


def _check_seen(people: Sequence[_Person], shown: Heard, seen: Mapping[str, str | None]) -> None:
    """Exactly what was shown leaves, less what was answered otherwise since, or nothing."""
    apart = _refused(people, shown)
    for one in people:
        if seen.get(str(one.exchange_id)) != one.left_by(shown, apart):
            raise ProposalChanged(
                _("What would leave has changed since you looked. See it again, then offer.")
            )
