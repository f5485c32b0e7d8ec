"""How a referral ends: closed with the client's own word, withdrawn, recalled, or run out of time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases.operations import document_recovered
from network.cases.queries.clients import get_document
from network.consent import packets
from network.core import clock, crypto
from network.core.db import db
from network.core.errors import Invalid, NotFound
from network.exchange.operations import Given, Moved, Reason, lock
from network.exchange.queries import get_side
from network.referrals import policies
from network.referrals.models import ReferralClosure
from network.referrals.operations.flags import carry_out
from network.referrals.operations.moves import make, tell_case
from network.referrals.operations.needs import mark_met, mark_open_again
from network.referrals.operations.own_notes import keep_note
from network.referrals.operations.told import remember_to_tell
from network.referrals.states import HELPED, OPEN, UNBEGUN
from network.tenants.context import acting
from network.tenants.keys import client_key

SEALED_AS = "referral_closure"
LONGEST_WORDS = 2000
# Withdrawn for these, the need itself stands, and waits for somebody else.
STILL_NEEDED = frozenset({"partner_unsafe", "sent_wrong_recipient", "sent_too_much", "situation_changed"})
# What the recall is called, by why the packet was sealed.
RECALLED_FOR = {
    "withdrawn": "consent_withdrawn",
    "expired": "consent_expired",
    "refused": "refusal_added",
    "incident": "data_incident",
    "error": "data_incident",
}


def close_referral(
    exchange_id: UUID,
    *,
    helped: str | None = None,
    words: str = "",
    not_had_code: str | None = None,
    recovered: Sequence[UUID] = (),
    expected_version: int | None = None,
) -> Moved:
    """Close the loop: whether it helped, in the client's own word, or the code of why it cannot be had.
    ``recovered``: papers of hers that she has in hand again."""
    _check_word(helped, words, not_had_code)
    side = get_side(exchange_id)
    reason = Reason("client_word_not_had", not_had_code) if not_had_code else None
    if reason is not None:
        reason.known()
    moved = make(
        exchange_id,
        "close",
        side="sender",
        given=Given(word=True),
        expected_version=expected_version,
    )
    client_id, tenant_id = side.client_id, acting().tenant
    if client_id is None:
        raise NotFound
    said = {"helped": helped, "words": words.strip()}
    sealed = crypto.seal(client_key(tenant_id, client_id), SEALED_AS, tenant_id, exchange_id, said)
    db.session.add(
        ReferralClosure(
            tenant_id=tenant_id,
            exchange_id=exchange_id,
            client_id=client_id,
            restricted=side.restricted,
            helped=helped,
            not_had_code=not_had_code,
            sealed=None if not_had_code else sealed,
            account_id=acting().account,
            at=clock.now(),
        )
    )
    db.session.flush()
    if reason is not None:
        carry_out(reason, moved.exchange)
    for document_id in recovered:
        if get_document(document_id).client_id != client_id:
            raise NotFound
        document_recovered(document_id)
    if helped == "yes":
        mark_met(exchange_id)
    elif helped == "no":
        mark_open_again(exchange_id)
    return moved


def withdraw_referral(
    exchange_id: UUID, reason: Reason, note: str = "", expected_version: int | None = None
) -> Moved:
    """Take a referral back: the packet is sealed with the move. The note stays in the own case."""
    if acting().kind == "staff" and reason.code != "rerouted_no_answer":
        policies.check_person_may_give(reason)
    moved = make(
        exchange_id,
        "withdraw",
        side="sender",
        given=Given(reason=reason, text=note),
        expected_version=expected_version,
    )
    seal(exchange_id, "error" if reason.known().seals else "recalled")
    keep_note(exchange_id, note)
    remember_to_tell(moved.exchange)
    carry_out(reason, moved.exchange)
    if reason.code in STILL_NEEDED:
        mark_open_again(exchange_id)
    return moved


def recall_referral(exchange_id: UUID, *, leaves_service: bool = False) -> Moved | None:
    """The packet was sealed by the client's own will, or its end: what has not begun is recalled.

    A service that has begun goes on without the file, unless she leaves it; None then, and where nothing was
    open.
    """
    exchange, side = lock(exchange_id), get_side(exchange_id)
    if side.role != "sender":
        return None
    if exchange.state == "in_progress" and not leaves_service:
        tell_case(side, "goes_on_without_file")
        remember_to_tell(exchange)
        return None
    if exchange.state not in (OPEN if leaves_service else UNBEGUN):
        remember_to_tell(exchange)
        return None
    code = RECALLED_FOR.get(packets.packet_of(exchange_id).seal_reason or "", "consent_withdrawn")
    reason = Reason("recall", code)
    moved = make(exchange_id, "recall", side="system", given=Given(reason=reason))
    remember_to_tell(moved.exchange)
    carry_out(reason, moved.exchange)
    mark_open_again(exchange_id)
    return moved


def expire_referral(exchange_id: UUID, expected_version: int) -> Moved | None:
    """Nobody answered until the service was due: it has expired. None where somebody moved meanwhile."""
    exchange = lock(exchange_id)
    if exchange.version != expected_version or exchange.state not in ("sent", "received"):
        return None
    moved = make(exchange_id, "expire", side="system")
    seal(exchange_id, "expired")
    return moved


def seal(exchange_id: UUID, reason: str) -> None:
    """Seal the packet of an exchange whose sender acts, if it still lives."""
    packet = packets.packet_of(exchange_id)
    if packet.sealed_at is None:
        packets.seal(packet.id, reason)
        record("sealed", "packet", packet.id, reason=reason)


def words_of(closure: ReferralClosure) -> dict[str, str]:
    """The client's own word, opened."""
    if closure.sealed is None:
        return {}
    key = client_key(closure.tenant_id, closure.client_id)
    return crypto.unseal(key, SEALED_AS, closure.tenant_id, closure.exchange_id, closure.sealed)


def _check_word(helped: str | None, words: str, not_had_code: str | None) -> None:
    if (helped is None) == (not_had_code is None):
        raise Invalid(fields={"helped": [_("Say whether it helped, or why the client could not be asked.")]})
    if helped is not None and helped not in HELPED:
        raise Invalid(fields={"helped": [_("Choose yes, partly or no.")]})
    if len(words) > LONGEST_WORDS:
        raise Invalid(fields={"words": [_("Use at most %(count)s characters.", count=LONGEST_WORDS)]})
    if not_had_code is not None and words.strip():
        raise Invalid(fields={"words": [_("Leave the words empty where the client could not be asked.")]})
