"""Reading handoffs, boards, screenings and follow-ups: always by way of the own mailbox and the own tenant."""

from network.crossborder.queries.boards import (
    Arrival,
    HandoffRow,
    arrivals_board,
    handoffs_of_case,
    list_handoffs,
    offers_inbox,
)
from network.crossborder.queries.follow_ups import (
    FollowUpPage,
    FollowUpRow,
    follow_up_page,
    follow_ups_due,
    follow_ups_of_case,
    get_follow_up,
)
from network.crossborder.queries.handoff_page import HandoffPage, handoff_page
from network.crossborder.queries.receivers import (
    choose_receiver,
    lacking_for,
    list_receivers,
    may_be_contacted,
    wanted_for,
)
from network.crossborder.queries.records import (
    get_handoff,
    get_screening,
    journey_version,
    latest_screening,
    list_members,
    list_milestones,
    screening_words,
)

__all__ = [
    "Arrival",
    "FollowUpPage",
    "FollowUpRow",
    "HandoffPage",
    "HandoffRow",
    "arrivals_board",
    "choose_receiver",
    "follow_up_page",
    "follow_ups_due",
    "follow_ups_of_case",
    "get_follow_up",
    "get_handoff",
    "get_screening",
    "handoff_page",
    "handoffs_of_case",
    "journey_version",
    "lacking_for",
    "latest_screening",
    "list_handoffs",
    "list_members",
    "list_milestones",
    "list_receivers",
    "may_be_contacted",
    "offers_inbox",
    "screening_words",
    "wanted_for",
]
