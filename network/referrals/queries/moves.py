"""Which moves a person can make next: by the table, by her roles, and by what became of the packet."""

from __future__ import annotations

from collections.abc import Collection

from network.accounts.permissions import Permission
from network.consent.models import Packet
from network.referrals.states import HEARD, machine_of

# What each move needs of the roles of who makes it, on either side.
PERMISSIONS: dict[tuple[str, str], Permission] = {
    ("sender", "send"): Permission.REFERRAL_SEND,
    ("sender", "discard"): Permission.REFERRAL_PREPARE,
    ("sender", "answer"): Permission.REFERRAL_SEND,
    ("sender", "withdraw"): Permission.REFERRAL_SEND,
    ("sender", "not_served"): Permission.REFERRAL_CLOSE,
    ("sender", "close"): Permission.REFERRAL_CLOSE,
    # What they said, recorded for them: by whoever may send it.
    **{("sender", name): Permission.REFERRAL_SEND for name in HEARD if name != "not_served"},
    ("receiver", "acknowledge"): Permission.REFERRAL_ANSWER,
    ("receiver", "ask"): Permission.REFERRAL_ANSWER,
    ("receiver", "accept"): Permission.REFERRAL_ANSWER,
    ("receiver", "decline"): Permission.REFERRAL_ANSWER,
    ("receiver", "schedule"): Permission.REFERRAL_RECORD_OUTCOME,
    ("receiver", "change_appointment"): Permission.REFERRAL_RECORD_OUTCOME,
    ("receiver", "start"): Permission.REFERRAL_RECORD_OUTCOME,
    ("receiver", "complete"): Permission.REFERRAL_RECORD_OUTCOME,
    ("receiver", "not_served"): Permission.REFERRAL_RECORD_OUTCOME,
}


def moves_open_to(
    state: str,
    side: str,
    permissions: Collection[str],
    packet: Packet | None,
    *,
    alive: bool,
    mine: bool,
    outside: bool = False,
) -> tuple[str, ...]:
    """The moves that this person can make now, in the table's order: what a page offers."""
    if packet is not None and not mine:
        return ()
    machine = machine_of(outside)
    needing_packet = {one.name for one in machine.moves if "packet" in one.requires and one.name != "send"}
    return tuple(
        name
        for name in machine.open_to(state, side)
        if PERMISSIONS[side, name] in permissions and (alive or name not in needing_packet)
    )
