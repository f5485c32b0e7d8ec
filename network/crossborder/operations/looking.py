"""Who looked at what: a page that shows personal data says so in the audit trail."""

from __future__ import annotations

from uuid import UUID

from network.audit.trail import record
from network.crossborder.operations.moves import KIND
from network.crossborder.queries.follow_ups import FollowUpPage, follow_up_page
from network.crossborder.queries.handoff_page import HandoffPage, handoff_page
from network.crossborder.queries.records import get_handoff
from network.exchange.operations import mark_read as read_news


def open_handoff(exchange_id: UUID) -> HandoffPage:
    """The handoff for who looks, her look on record: which parts she could read. Raises ``NotFound``."""
    page = handoff_page(exchange_id)
    parts = [
        name for name, held in (("preview", page.preview), ("identity", page.identity)) if held is not None
    ]
    record("viewed", KIND, exchange_id, fields=parts)
    return page


def mark_read(exchange_id: UUID) -> None:
    """The news of a handoff was read. Raises ``NotFound``, also for what is no handoff."""
    get_handoff(exchange_id)
    read_news(exchange_id)


def open_follow_up(follow_up_id: UUID) -> FollowUpPage:
    """A follow-up with the card and the ways to reach her, the look on record. Raises ``NotFound``."""
    page = follow_up_page(follow_up_id)
    record("viewed", "follow_up", follow_up_id, fields=("name", "contact"))
    return page


def note_list_viewed(name: str) -> None:
    """A list was looked at: previews, which name nobody."""
    record("viewed", name, None, fields=("preview",))
