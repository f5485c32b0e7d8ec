"""The tables of a handoff's two columns, the decision and the journey, and of a follow-up. Pure."""

from __future__ import annotations

from network.exchange.states import BACK, HANDOFF_STATES, Machine, move

MODES = ("transfer", "joint", "follow_up", "pre_departure")
JOURNEY_STATES = ("none", "planned", "departed", "not_departed", "arrived", "not_arrived")
FOLLOW_UP_STATES = ("planned", "due", "done", "missed", "lost", "stopped")

UNDECIDED = ("offered", "in_review", "clarification")
BEFORE_TAKE_OVER = ("offered", "in_review", "clarification", "accepted")
FINAL = ("declined", "closed", "recalled")
FINAL_JOURNEYS = ("none", "not_departed", "arrived")

DECISION = Machine(
    HANDOFF_STATES,
    (
        move("offer", ["prepared"], "offered", "sender", requires="packet"),
        move("review", ["offered"], "in_review", "receiver", requires="packet"),
        move("ask", ["offered", "in_review"], "clarification", "receiver", requires="packet text"),
        move("answer", ["clarification"], BACK, "sender", requires="packet text"),
        move("accept", UNDECIDED, "accepted", "receiver", requires="packet"),
        move("decline", UNDECIDED, "declined", "receiver", requires="reason:handoff_decline"),
        move("take_over", ["accepted"], "taken_over", "receiver", requires="packet"),
        move("close", ["taken_over"], "closed", "receiver"),
        # Where nobody travelled; the operation checks that the journey is final.
        move("close", ["accepted"], "closed", "sender"),
        move("recall", BEFORE_TAKE_OVER, "recalled", "sender", "system", requires="reason:recall"),
    ),
)

JOURNEY = Machine(
    JOURNEY_STATES,
    (
        move("plan", ["none", "planned"], "planned", "sender", requires="date"),
        move("depart", ["planned"], "departed", "sender"),
        move("not_depart", ["planned"], "not_departed", "sender", requires="reason:not_departed"),
        move("arrive", ["none", "planned", "departed", "not_arrived"], "arrived", "receiver"),
        move("not_arrive", ["departed"], "not_arrived", "receiver", "system", requires="reason:not_arrived"),
    ),
)

FOLLOW_UP = Machine(
    FOLLOW_UP_STATES,
    (
        move("fall_due", ["planned"], "due", "system"),
        move("do", ["planned", "due", "missed"], "done", "receiver"),
        move("miss", ["planned", "due"], "missed", "receiver", "system"),
        move("lose", ["planned", "due", "missed"], "lost", "receiver", requires="reason:lost_to_follow_up"),
        move("stop", ["planned", "due", "missed"], "stopped", "receiver", "system"),
    ),
)

# Days and months after the arrival: (code, days, months).
FOLLOW_UP_TEMPLATE = (("7d", 7, 0), ("1m", 0, 1), ("3m", 0, 3), ("6m", 0, 6), ("12m", 0, 12))

# What the sender of a handoff learns, and nothing else.
MILESTONES = (
    "arrived_safely",
    "arrived_not_in_contact",
    "registered",
    "first_service",
    "first_follow_up",
    "claim_paid",
    "closed",
)
