"""Sending: through the disclosure door, in one unit, to one service at a time where the need demands it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.consent.disclosure import Lacking, Proposal, Wanted, decide, decide_with, disclose, find_lacking
from network.consent.operations import Answered, heard_in_short, record_answers, shown_in_short
from network.core import clock, vocabulary
from network.core.changes import write_changed
from network.core.errors import Conflict, Invalid, NotFound, StaleVersion
from network.directory.queries import terms_of
from network.exchange.models import Exchange, ExchangeSide
from network.exchange.operations import Moved, Reason, lock
from network.exchange.queries import get_side
from network.referrals import clockwork, policies
from network.referrals.models import Referral
from network.referrals.operations.finish import withdraw_referral
from network.referrals.operations.moves import make
from network.referrals.operations.needs import mark_asked_for
from network.referrals.operations.prepare import discard_draft
from network.referrals.operations.told import write_told
from network.referrals.queries.fingerprint import fingerprint
from network.referrals.queries.receivers import find_focal_point, working_hours
from network.referrals.queries.records import get_as_sender, is_outside, list_rivals
from network.referrals.states import OPEN, SAID_NO, UNDECIDED, machine_of

PURPOSE = "service_provision"


class ProposalChanged(Conflict):
    """Something else would leave than what the sender was shown."""

    code = "proposal-changed"


@dataclass(frozen=True)
class Choices:
    """What the sender chooses on the page that shows what will leave.

    ``added``: categories beyond the purpose's own. ``left_out``: categories, or ``category.field``, one by one.
    ``seen``: the fingerprint of what the page showed; if something else would leave by now, nothing does.
    ``channel``: how somebody told them who receives nothing here; ``told_to``: the one person whom she told.
    """

    added: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    named_account_id: UUID | None = None
    priority: str | None = None
    needed_by: datetime | None = None
    seen: str | None = None
    channel: str | None = None
    told_to: str = ""


def wanted_by(
    side: ExchangeSide, exchange: Exchange, referral: Referral, need_codes: tuple[str, ...], choices: Choices
) -> Wanted:
    """What is asked of the disclosure door for this referral and these needs."""
    if side.case_id is None:
        raise NotFound
    needed_by = choices.needed_by or referral.needed_by
    return Wanted(
        case_id=side.case_id,
        recipient_organization_id=exchange.to_organization_id,
        purpose=PURPOSE,
        need_codes=need_codes,
        added=choices.added,
        left_out=choices.left_out,
        named_account_id=choices.named_account_id,
        preview_extra={
            "priority": choices.priority or referral.priority,
            "needed_by": needed_by.isoformat() if needed_by else None,
        },
        outside=is_outside(exchange),
        told_to_one=bool(choices.told_to.strip()),
        client_id=side.client_id,
    )


def lacking_for(proposal: Proposal) -> Lacking | None:
    """What she has to be asked before this can be sent: for the service, and that they may tell us afterwards."""
    return find_lacking(proposal, ("feedback_to_centre",))


def ask_and_send(
    exchange_id: UUID, choices: Choices, said: Mapping[str, Any], expected_version: int | None = None
) -> Moved | Answered:
    """Record her answers to exactly what was missing, and send what they allow: both, or neither. Where the answer to
    what the referral itself asks is not yes, it is recorded, and nothing is sent; after a no the draft is closed.
    ``said``: ``ShortConsentSchema``.

    Raises ``AskingChanged`` also where nothing is missing any more: an answer that was given is not dropped.
    """
    _check_shown(choices.seen)
    sent = _opened(exchange_id)
    proposal = decide(_wanted(sent, choices), lock=True)
    lacking = lacking_for(proposal)
    if lacking is None:
        if proposal.ok:
            record_answers([], said)
        return _send(sent, choices, expected_version)
    shown, heard = shown_in_short(said), heard_in_short([lacking], said)
    _check_seen(choices.seen, decide_with(proposal, lacking.assumed(shown)))
    left = choices.seen
    if heard != shown:
        left = fingerprint(decide_with(proposal, lacking.assumed(heard)))
    answered = record_answers([lacking], said)
    if answered.not_allowed:
        if answered.said_no:  # what she does not want is asked of nobody: the draft goes, the answer stays
            discard_draft(exchange_id, expected_version, reason=Reason(*SAID_NO))
        return answered
    return _send(sent, replace(choices, seen=left), expected_version)


def send_referral(exchange_id: UUID, choices: Choices, expected_version: int | None = None) -> Moved:
    """Disclose and send. Raises ``NotCovered`` with every line that no grant covers; then nothing has left.

    Sending on from a referral that nobody has decided withdraws that one: the client is asked for once.
    """
    return _send(_opened(exchange_id), choices, expected_version)


@dataclass(frozen=True)
class _Sent:
    """A referral that is being sent: locked, and as its sender reads it."""

    exchange: Exchange
    side: ExchangeSide
    referral: Referral
    codes: tuple[str, ...]


def _opened(exchange_id: UUID) -> _Sent:
    exchange = lock(exchange_id)
    return _Sent(exchange, *get_as_sender(exchange_id))


def _wanted(sent: _Sent, choices: Choices) -> Wanted:
    return wanted_by(sent.side, sent.exchange, sent.referral, sent.codes, choices)


def _send(sent: _Sent, choices: Choices, expected_version: int | None) -> Moved:
    exchange, side, referral, codes = sent.exchange, sent.side, sent.referral, sent.codes
    if expected_version is not None and expected_version != exchange.version:
        raise StaleVersion(theirs=exchange.state)
    machine_of(is_outside(exchange)).find("send", exchange.state, "sender")
    service = terms_of(referral.service_at_location_id)
    policies.check_same_way(policies.check_can_be_asked(service, exchange.from_tenant_id), exchange)
    protected = policies.wants_named(codes, side.restricted)
    policies.check_telling(is_outside(exchange), choices.channel, choices.told_to, protected)
    _choose_terms(referral, choices)
    _leave_parent(exchange)
    _check_named(side, exchange, referral, codes, choices.named_account_id)
    disclose(_wanted(sent, choices), exchange.id, agreed=partial(_check_seen, choices.seen))
    hours = working_hours(service)
    moved = make(
        exchange.id, "send", side="sender", more=lambda _exchange, _move: clockwork.start_all(referral, hours)
    )
    if choices.channel is not None:
        write_told(moved.exchange, "told", choices.channel, choices.told_to.strip())
    write_changed(exchange, side, referral)
    mark_asked_for(side, codes)
    return moved


def _check_seen(seen: str | None, proposal: Proposal) -> None:
    """Exactly what was shown leaves, or nothing."""
    if seen is not None and seen != fingerprint(proposal):
        _check_shown(None)


def _check_shown(seen: str | None) -> None:
    """Whoever was asked has been told what would leave: something was shown."""
    if seen is None:
        raise ProposalChanged(
            _("What would leave has changed since it was shown. Look again before you send it.")
        )


def _choose_terms(referral: Referral, choices: Choices) -> None:
    policies.check_needed_by(choices.needed_by, clock.now())
    if choices.priority not in (None, referral.priority):
        referral.priority = vocabulary.priority(choices.priority).code
    if choices.needed_by is not None:
        referral.needed_by = choices.needed_by


def _leave_parent(exchange: Exchange) -> None:
    """Whoever was asked before and has not decided is asked no more."""
    if exchange.parent_id is None:
        return
    parent = lock(exchange.parent_id)
    if parent.state in UNDECIDED:
        withdraw_referral(parent.id, Reason("withdrawal", "rerouted_no_answer"))
    elif parent.state in ("declined", "expired", "not_served"):
        clockwork.rerouted(get_side(parent.id))


def _check_named(
    side: ExchangeSide,
    exchange: Exchange,
    referral: Referral,
    codes: tuple[str, ...],
    named_account_id: UUID | None,
) -> None:
    """Hold a protected referral to one named colleague, and to one service at a time."""
    if named_account_id is not None:
        receiver = exchange.to_tenant_id
        if receiver is None or find_focal_point(receiver, referral.service_id, named_account_id) is None:
            raise Invalid(fields={"named_account_id": [_("Choose one of the colleagues they have named.")]})
    if not policies.wants_named(codes, side.restricted):
        return
    if named_account_id is None and not is_outside(exchange):
        raise Invalid(fields={"named_account_id": [_("Choose the one colleague who may read this.")]})
    if side.case_id is not None and list_rivals(side.case_id, codes, OPEN, exchange.id):
        raise Conflict(
            _("Another service has been asked for this need. Wait for its answer or withdraw it first.")
        )
