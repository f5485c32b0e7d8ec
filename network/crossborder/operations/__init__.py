"""What two centres do with a handoff, and one with a return and the follow-ups after it. Each verb is a
function; whoever calls it owns the unit of work."""

from network.crossborder.operations.asking import Asked, ask_together
from network.crossborder.operations.correcting import correct_arrival, correction_by
from network.crossborder.operations.decide import accept, ask, close, decline, review
from network.crossborder.operations.deletion import keep_record
from network.crossborder.operations.follow_up_plan import plan_follow_ups, resume_follow_ups
from network.crossborder.operations.follow_ups import (
    Contacted,
    Lost,
    lose_follow_up,
    miss_follow_up,
    record_follow_up,
    reschedule_follow_up,
)
from network.crossborder.operations.journey import arrive, depart, not_arrive, not_depart, plan
from network.crossborder.operations.looking import mark_read, note_list_viewed, open_follow_up, open_handoff
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.moves import settle_alarm
from network.crossborder.operations.offer import (
    answer,
    offer,
    offer_chosen,
    offer_without_travel,
    recall,
)
from network.crossborder.operations.prepare import (
    Travel,
    let_rest,
    prepare_family_handoff,
    prepare_handoff,
)
from network.crossborder.operations.screening import review_return, screen_return
from network.crossborder.operations.takeover import TakenOver, take_over
from network.crossborder.operations.together import with_group

__all__ = [
    "Asked",
    "Contacted",
    "Lost",
    "TakenOver",
    "Travel",
    "accept",
    "answer",
    "arrive",
    "ask",
    "ask_together",
    "close",
    "correct_arrival",
    "correction_by",
    "decline",
    "depart",
    "keep_record",
    "let_rest",
    "lose_follow_up",
    "mark_read",
    "miss_follow_up",
    "not_arrive",
    "not_depart",
    "note_list_viewed",
    "offer",
    "offer_chosen",
    "offer_without_travel",
    "open_follow_up",
    "open_handoff",
    "plan",
    "plan_follow_ups",
    "prepare_family_handoff",
    "prepare_handoff",
    "recall",
    "record_follow_up",
    "reschedule_follow_up",
    "resume_follow_ups",
    "review",
    "review_return",
    "screen_return",
    "settle_alarm",
    "take_over",
    "tell_milestone",
    "with_group",
]
