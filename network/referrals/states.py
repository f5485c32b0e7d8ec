"""The table of a referral's moves, with what each state is in FHIR's Task (R5). Pure."""

from __future__ import annotations

from dataclasses import replace

from network.exchange.states import BACK, REFERRAL_STATES, Machine, move

OPEN = ("sent", "received", "needs_information", "accepted", "scheduled", "in_progress")
UNDECIDED = ("sent", "received", "needs_information")
AGREED = ("accepted", "scheduled", "in_progress")
UNBEGUN = ("sent", "received", "needs_information", "accepted", "scheduled")
FINAL = ("closed", "withdrawn", "recalled")
# Why a draft goes: its list and its code in the vocabulary.
SAID_NO = ("withdrawal", "client_said_no")

REFERRAL = Machine(
    REFERRAL_STATES,
    (
        move("send", ["draft"], "sent", "sender", requires="packet"),
        # Nobody else has seen it, and nobody else ever will.
        move("discard", ["draft"], "withdrawn", "sender"),
        move("acknowledge", ["sent"], "received", "receiver", requires="packet"),
        move(
            "ask", ["sent", "received", "accepted"], "needs_information", "receiver", requires="packet text"
        ),
        move("answer", ["needs_information"], BACK, "sender", requires="packet text"),
        move("accept", UNDECIDED, "accepted", "receiver", requires="packet"),
        move("decline", UNDECIDED, "declined", "receiver", requires="reason:decline"),
        move("schedule", ["accepted"], "scheduled", "receiver", requires="packet date"),
        # She could not come, or the service could not keep it: the one before stays in the history.
        move("change_appointment", ["scheduled"], "scheduled", "receiver", requires="packet date"),
        move("start", ["accepted", "scheduled"], "in_progress", "receiver", requires="packet"),
        move("complete", AGREED, "completed", "receiver", requires="outcome"),
        move("not_served", AGREED, "not_served", "sender", "receiver", requires="reason:not_served"),
        move(
            "close", ["completed", "not_served", "declined", "expired"], "closed", "sender", requires="word"
        ),
        move("withdraw", OPEN, "withdrawn", "sender", requires="reason:withdrawal"),
        move("recall", OPEN, "recalled", "system", requires="reason:recall"),
        move("expire", ["sent", "received"], "expired", "system"),
    ),
)

# How an organization that has no sign-in is told, and tells.
CHANNELS = ("phone", "email", "form", "in_person", "letter")
# What its people say and the sender's write down, in the order in which it is offered.
HEARD = ("accept", "decline", "schedule", "change_appointment", "start", "complete", "not_served")
# What the other side does only where it signs in.
_BY_SIGN_IN = frozenset({"acknowledge", "ask", "answer"})

# The same loop where nobody signs in on the other side: its moves are recorded by the sender.
BY_HAND = Machine(
    REFERRAL_STATES,
    tuple(
        replace(one, sides=one.sides - {"receiver"} | {"sender"}) if one.name in HEARD else one
        for one in REFERRAL.moves
        if one.name not in _BY_SIGN_IN
    ),
)


def machine_of(outside: bool) -> Machine:
    """The table of a referral: one whose receiver signs in, or one that is kept by hand."""
    return BY_HAND if outside else REFERRAL


# (Task.status, Task.businessStatus); an unknown state is an error, never a default.
FHIR_TASK = {
    "draft": ("draft", "draft"),
    "sent": ("requested", "sent"),
    "received": ("received", "received"),
    "needs_information": ("on-hold", "needs-information"),
    "accepted": ("accepted", "accepted"),
    "declined": ("rejected", "declined"),
    "scheduled": ("accepted", "scheduled"),
    "in_progress": ("in-progress", "in-progress"),
    "completed": ("completed", "completed"),
    "not_served": ("failed", "not-served"),
    "closed": ("completed", "closed"),
    "withdrawn": ("cancelled", "withdrawn"),
    "recalled": ("cancelled", "recalled"),
    "expired": ("failed", "expired"),
}

# The client's own word: did it help?
HELPED = ("yes", "partly", "no")

# What a receiver may report where the client did not allow it to tell more.
PLAIN_OUTCOMES = frozenset({"served_full", "not_served"})

# What stands in the place of a need that one named focal point alone may read.
PROTECTED = "protected"


def is_open_for(role: str, state: str) -> bool:
    """Whether a side's mailbox still has something to do or to wait for. The sender's closes with the loop."""
    return state in OPEN if role == "receiver" else state not in FINAL
