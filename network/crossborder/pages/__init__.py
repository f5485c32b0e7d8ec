"""The pages of handoffs: prepare, preview, offer, follow; decide, receive, take over; and the follow-ups after."""

from flask_babel import lazy_gettext as _l

from network.accounts.permissions import Permission
from network.cases.parts import CasePart
from network.crossborder.pages import (
    deciding,
    following,
    looking,
    offering,
    preparing,
    receiving,
    screening,
    travelling,
)
from network.crossborder.pages.showing import blueprint
from network.web.navigation import Item

NAVIGATION = (
    Item(_l("Handoffs"), "crossborder_pages.handoffs", Permission.HANDOFF_VIEW, order=20),
    Item(_l("Arrivals"), "crossborder_pages.arrivals", Permission.ARRIVAL_VIEW, order=22),
    Item(_l("Follow-ups"), "crossborder_pages.follow_ups", Permission.FOLLOW_UP_VIEW, order=24),
)
CASE_PARTS = (
    CasePart(_l("Handoffs"), "crossborder_pages.handoffs_part", Permission.HANDOFF_VIEW, order=40),
    CasePart(_l("Follow-ups"), "crossborder_pages.follow_ups_part", Permission.FOLLOW_UP_VIEW, order=50),
)

__all__ = [
    "CASE_PARTS",
    "NAVIGATION",
    "blueprint",
    "deciding",
    "following",
    "looking",
    "offering",
    "preparing",
    "receiving",
    "screening",
    "travelling",
]
