"""Words that stay in the sender's own case: a withdrawal's note, and a partner's last ones."""

from __future__ import annotations

from uuid import UUID

from network.cases.operations.casework import write_note
from network.cases.queries import get_case
from network.exchange.messages import list_messages
from network.exchange.queries import get_exchange, get_side


def keep_note(exchange_id: UUID, text: str) -> None:
    """A note in the own case, under the referral's reference; nothing where there is no text or no case."""
    side = get_side(exchange_id)
    if not text.strip() or side.case_id is None:
        return
    write_note(get_case(side.case_id), f"{get_exchange(exchange_id).reference}: {text.strip()}")


def keep_last_words(exchange_id: UUID) -> None:
    """What the receiver wrote with its no, kept before the packet's key goes: whoever is asked next needs it."""
    told = [one for one in list_messages(exchange_id) if one.kind == "note"]
    if told:
        last = told[-1]
        keep_note(exchange_id, " ".join(filter(None, (last.text, last.data.get("on", "")))))
