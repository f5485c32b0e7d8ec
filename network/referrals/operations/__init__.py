"""What may be done with a referral; every function is one move, or one step that the platform makes by itself."""

from network.referrals.operations.answer import (
    accept_referral,
    acknowledge_referral,
    answer_receiver,
    ask_sender,
    decline_referral,
)
from network.referrals.operations.by_hand import Heard, record_heard, tell_ended
from network.referrals.operations.finish import (
    close_referral,
    expire_referral,
    recall_referral,
    withdraw_referral,
)
from network.referrals.operations.focal_points import end_focal_point, list_who_may_answer, name_focal_point
from network.referrals.operations.follow import follow, follow_heard, mark_seen, note_overdue, remind
from network.referrals.operations.gone import tell_of_gone
from network.referrals.operations.looking import mark_read, note_inbox_viewed, open_referral
from network.referrals.operations.prepare import discard_draft, prepare_referral
from network.referrals.operations.response import count_response
from network.referrals.operations.send import (
    PURPOSE,
    Choices,
    ProposalChanged,
    ask_and_send,
    lacking_for,
    send_referral,
    wanted_by,
)
from network.referrals.operations.serve import (
    change_appointment,
    complete_service,
    record_not_served,
    schedule_service,
    start_service,
)

__all__ = [
    "PURPOSE",
    "Choices",
    "Heard",
    "ProposalChanged",
    "accept_referral",
    "acknowledge_referral",
    "answer_receiver",
    "ask_and_send",
    "ask_sender",
    "change_appointment",
    "close_referral",
    "complete_service",
    "count_response",
    "decline_referral",
    "discard_draft",
    "end_focal_point",
    "expire_referral",
    "follow",
    "follow_heard",
    "lacking_for",
    "list_who_may_answer",
    "mark_read",
    "mark_seen",
    "name_focal_point",
    "note_inbox_viewed",
    "note_overdue",
    "open_referral",
    "prepare_referral",
    "recall_referral",
    "record_heard",
    "record_not_served",
    "remind",
    "schedule_service",
    "send_referral",
    "start_service",
    "tell_ended",
    "tell_of_gone",
    "wanted_by",
    "withdraw_referral",
]
