"""Who looked at what: a page that shows personal data says so in the audit trail."""

from __future__ import annotations

from uuid import UUID

from network.audit.trail import record
from network.exchange.operations import mark_read as read_news
from network.referrals.queries.page import ReferralPage, referral_page
from network.referrals.queries.records import get_referral


def open_referral(exchange_id: UUID) -> ReferralPage:
    """The referral for who looks, her look on record: which parts she could read. Raises ``NotFound``."""
    page = referral_page(exchange_id)
    parts = [
        name
        for name, content in (("preview", page.preview), ("identity", page.identity))
        if content is not None
    ]
    record("viewed", "referral", exchange_id, fields=parts)
    return page


def mark_read(exchange_id: UUID) -> None:
    """The news of a referral was read. Raises ``NotFound``, also for what is no referral."""
    get_referral(exchange_id)
    read_news(exchange_id)


def note_inbox_viewed() -> None:
    """The inbox was looked at: previews, which name nobody."""
    record("viewed", "inbox", None, fields=("preview",))
