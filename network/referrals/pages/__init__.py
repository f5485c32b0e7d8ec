"""The pages of referrals: choose, preview, send, follow; and, for who is asked, the inbox and its answers."""

from flask_babel import lazy_gettext as _l

from network.accounts.permissions import Permission
from network.cases.parts import CaseAct, CasePart
from network.directory.acts import ListingAct
from network.referrals.pages import answering, by_hand, choosing, closing, looking, naming, sending
from network.referrals.pages.showing import blueprint
from network.web.navigation import Item

NAVIGATION = (
    Item(_l("Inbox"), "referrals_pages.inbox", Permission.INBOX_VIEW, order=14),
    Item(_l("Referrals"), "referrals_pages.sent", Permission.REFERRAL_VIEW, order=16),
    Item(_l("Focal points"), "referrals_pages.focal_points", Permission.FOCAL_POINT_NAME, order=82),
)
LISTING_ACTS = (
    ListingAct(_l("Refer the client there"), "referrals_pages.ask_service", Permission.REFERRAL_PREPARE),
)

FIND = CaseAct(_l("Find a service"), "referrals_pages.choose", Permission.REFERRAL_PREPARE)
CASE_PARTS = (
    CasePart(_l("Referrals"), "referrals_pages.part", Permission.REFERRAL_VIEW, order=30, act=FIND),
)

__all__ = [
    "CASE_PARTS",
    "LISTING_ACTS",
    "NAVIGATION",
    "answering",
    "blueprint",
    "by_hand",
    "choosing",
    "closing",
    "looking",
    "naming",
    "sending",
]
