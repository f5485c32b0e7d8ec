"""May this identity answer for the receiver: a packet for one named focal point is hers alone."""

from __future__ import annotations

from flask_babel import gettext as _

from network.consent.models import Packet
from network.core.errors import Forbidden
from network.tenants.context import Identity


def may_open(packet: Packet, identity: Identity) -> bool:
    """Whether the receiver's worker may open it: everybody's, or named for her."""
    return packet.named_account_id is None or packet.named_account_id == identity.account_id


def check_may_answer(packet: Packet, identity: Identity) -> None:
    """Raises ``Forbidden`` where somebody else was named: nobody answers what she may not read."""
    if not may_open(packet, identity):
        raise Forbidden(_("This was sent to one named colleague, who alone can open and answer it."))
