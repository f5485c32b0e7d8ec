"""The tables of a handoff's two columns, the decision and the journey, and of a follow-up. Pure."""

from __future__ import annotations

from network.exchange.states import BACK, HANDOFF_STATES, Machine, move

MODES = ("transfer", "joint", "follow_up", "pre_departure")
JOURNEY_STATES = ("none", "planned", "departed", "not_departed", "arrived", "not_arrived")
FOLLOW_UP_STATES = ("planned", "due", "done", "missed", "lost", "stopped")

UNDECIDED = ("offered", "in_review", "clarification")
BEFORE_TAKE_OVER = ("offered", "in_review", "clarification", "accepted")
FINAL = ("declined", "closed", "recalled")
# By which moves somebody has arrived.
ARRIVING = frozenset({"arrive", "count_as_arrived"})
# Moves of the journey that end with the take-over: whoever took her over has met her.
ENDS_WITH_TAKE_OVER = frozenset({"take_back_arrival"})
FINAL_JOURNEYS = ("none", "not_departed", "arrived")
# With which journeys an accepted handoff can be closed: by its sender, where nobody travelled.
FINAL_FOR = {"receiver": FINAL_JOURNEYS, "sender": ("none", "not_departed")}

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
        # The operation checks that the journey is final: the receiver where she arrived and wants no more, the
        # sender where nobody travelled.
        move("close", ["accepted"], "closed", "receiver", "sender"),
        move("recall", BEFORE_TAKE_OVER, "recalled", "sender", "system", requires="reason:recall"),
    ),
)

JOURNEY = Machine(
    JOURNEY_STATES,
    (
        # From not_departed only where the reason says that it may be planned again; otherwise that is final.
        move("plan", ["none", "planned", "not_departed"], "planned", "sender", requires="date"),
        move("depart", ["planned"], "departed", "sender"),
        move("not_depart", ["planned"], "not_departed", "sender", requires="reason:not_departed"),
        move("arrive", ["none", "planned", "departed", "not_arrived"], "arrived", "receiver"),
        # Once the alarm was raised, a better reason may follow.
        move(
            "not_arrive",
            ["departed", "not_arrived"],
            "not_arrived",
            "receiver",
            "system",
            requires="reason:not_arrived",
        ),
        # Recorded of the wrong person, or too early: back to where the journey stood before. Of a wrong day alone the
        # day is mended.
        move("take_back_arrival", ["arrived"], BACK, "receiver", requires="reason:arrival_corrected"),
        move("redate_arrival", ["arrived"], "arrived", "receiver", requires="reason:arrival_corrected"),
        # What two kinds of reason why she did not come make of it: she is home, or she never left.
        move(
            "count_as_arrived",
            ["none", "planned", "departed", "not_arrived"],
            "arrived",
            "receiver",
            requires="reason:not_arrived",
        ),
        move(
            "never_boarded",
            ["departed", "not_arrived"],
            "not_departed",
            "receiver",
            requires="reason:not_arrived",
        ),
    ),
)

FOLLOW_UP = Machine(
    FOLLOW_UP_STATES,
    (
        move("fall_due", ["planned"], "due", "system"),
        move("do", ["planned", "due", "missed"], "done", "receiver"),
        # One missed already may be tried again: each attempt is counted.
        move("miss", ["planned", "due", "missed"], "missed", "receiver", "system"),
        move("lose", ["planned", "due", "missed"], "lost", "receiver", requires="reason:lost_to_follow_up"),
        # From lost only where the reason says that it may be tried again.
        move("reschedule", ["planned", "due", "missed", "lost"], "planned", "receiver", requires="date"),
        move("stop", ["planned", "due", "missed"], "stopped", "receiver", "system"),
        move("resume", ["stopped"], "planned", "receiver"),
    ),
)

OPEN_FOLLOW_UPS = ("planned", "due", "missed")

# Why a planned contact was stopped: she allowed none after return, she wants none, her case went elsewhere.
STOPPED_REASONS = ("no_grant", "contact_stopped", "asked_no_contact", "withdrawn", "handed_over")

# How she was when she was reached; those in danger come to the top of somebody's list.
SITUATIONS = ("well", "coping", "needs_help", "in_danger", "leaving_again", "not_told")
IN_DANGER = "in_danger"

# How a request to delete what was taken over is answered: with a receipt, or with the basis for keeping it.
DELETION_ANSWERS = ("deleted", "kept")

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
