"""The words for states, in one place: what a tag says and how much it calls for attention.

Codes are those of the ``states.py`` of each feature; tests/web compares them, so a new state without a word
fails there. The tone only repeats the word in colour: waiting, open, good, bad, plum, or none.
"""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

STATES: Final[dict[str, tuple[LazyString, str]]] = {
    # exchanges: referrals and the decision on a handoff
    "draft": (_l("Draft"), ""),
    "prepared": (_l("Being prepared"), ""),
    "sent": (_l("Sent"), "waiting"),
    "received": (_l("Received"), "waiting"),
    "needs_information": (_l("Needs information"), "waiting"),
    "accepted": (_l("Accepted"), "open"),
    "scheduled": (_l("Scheduled"), "open"),
    "in_progress": (_l("In progress"), "open"),
    "completed": (_l("Completed"), "good"),
    "not_served": (_l("Not served"), "bad"),
    "closed": (_l("Closed"), ""),
    "declined": (_l("Declined"), "bad"),
    "withdrawn": (_l("Withdrawn"), "plum"),
    "recalled": (_l("Recalled"), "plum"),
    "expired": (_l("Expired"), "bad"),
    "offered": (_l("Offered"), "waiting"),
    "in_review": (_l("In review"), "waiting"),
    "clarification": (_l("Question asked"), "waiting"),
    "taken_over": (_l("Taken over"), "good"),
    # the journey of a handoff
    "none": (_l("No journey"), ""),
    "planned": (_l("Planned"), "open"),
    "departed": (_l("Departed"), "open"),
    "not_departed": (_l("Did not depart"), "bad"),
    "arrived": (_l("Arrived"), "good"),
    "not_arrived": (_l("Has not arrived"), "bad"),
    # follow-ups, consents, cases, accounts
    "due": (_l("Due"), "waiting"),
    "done": (_l("Done"), "good"),
    "missed": (_l("Missed"), "bad"),
    "lost": (_l("Lost to follow-up"), "bad"),
    "cancelled": (_l("Cancelled"), ""),
    "given": (_l("Given"), "good"),
    "refused": (_l("Refused"), "bad"),
    "provisional": (_l("Provisional"), "waiting"),
    "open": (_l("Open"), "open"),
    "active": (_l("Active"), "good"),
    "inactive": (_l("Not active"), ""),
    "invited": (_l("Invited"), "waiting"),
    "locked": (_l("Locked"), "bad"),
    "sealed": (_l("Sealed"), "plum"),
    "stopped": (_l("Stopped"), ""),
    "live": (_l("In force"), "good"),
    "provisional_over": (_l("No longer provisional"), "bad"),
    "paused": (_l("Paused"), "waiting"),
    "held": (_l("With us"), "open"),
    "handed_over": (_l("Handed over"), "plum"),
    # needs and claims
    "met": (_l("Met"), "good"),
    "not_met": (_l("Not met"), "bad"),
    "preparing": (_l("In preparation"), ""),
    "lodged": (_l("Lodged"), "open"),
    "hearing": (_l("Being heard"), "open"),
    "settled": (_l("Settled"), "good"),
    "awarded": (_l("Awarded"), "good"),
    "paid": (_l("Paid"), "good"),
    "rejected": (_l("Rejected"), "bad"),
    "lapsed": (_l("Lapsed"), "bad"),
}


def state_label(code: str) -> str:
    """The word for a state; KeyError for a state nobody named, because a wrong word would mislead."""
    return str(STATES[code][0])


def state_tone(code: str) -> str:
    """How much a state calls for attention; KeyError for a state nobody named."""
    return STATES[code][1]
