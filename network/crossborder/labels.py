"""What modes, milestones, planned contacts and moves are called on the page."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

MODES: Final[dict[str, LazyString]] = {
    "transfer": _l("Transfer"),
    "joint": _l("Joint work"),
    "follow_up": _l("Follow-up only"),
    "pre_departure": _l("Before departure"),
}
MODE_HINTS: Final[dict[str, LazyString]] = {
    "transfer": _l("The other centre takes the case over. Ours can then be read, and changed no more."),
    "joint": _l("Both centres work: we go on here, for one with the claim, and they help there."),
    "follow_up": _l("The case stays with us. The other centre visits and tells us that it did."),
    "pre_departure": _l("We introduce somebody to the centre of the country of destination."),
}
MILESTONES: Final[dict[str, LazyString]] = {
    "arrived_safely": _l("Arrived safely"),
    "arrived_not_in_contact": _l("Arrived, not in contact with the centre"),
    "registered": _l("Registered by the centre"),
    "first_service": _l("First service given"),
    "first_follow_up": _l("First follow-up done"),
    "claim_paid": _l("Claim paid"),
    "closed": _l("Case closed there"),
}
SITUATIONS: Final[dict[str, LazyString]] = {
    "well": _l("Doing well"),
    "coping": _l("Getting by"),
    "needs_help": _l("Needs help"),
    "in_danger": _l("In danger"),
    "leaving_again": _l("Means to leave again"),
    "not_told": _l("Did not say"),
}
FOLLOW_UPS: Final[dict[str, LazyString]] = {
    "7d": _l("7 days"),
    "1m": _l("1 month"),
    "3m": _l("3 months"),
    "6m": _l("6 months"),
    "12m": _l("12 months"),
}
STOPPED: Final[dict[str, LazyString]] = {
    "no_grant": _l("The client has not allowed contact after return."),
    "contact_stopped": _l("All contact with this client has been stopped."),
    "asked_no_contact": _l("The client asked not to be contacted."),
    "withdrawn": _l("The client took back the permission."),
    "handed_over": _l("Another centre has taken the case over."),
}
EVENTS: Final[dict[str, LazyString]] = {
    "handoff.prepare": _l("Handoff being prepared"),
    "handoff.offer": _l("Offered to the other centre"),
    "handoff.review": _l("Under review by the other centre"),
    "handoff.ask": _l("The other centre asked a question"),
    "handoff.answer": _l("Question answered"),
    "handoff.accept": _l("Accepted by the other centre"),
    "handoff.decline": _l("Declined by the other centre"),
    "handoff.take_over": _l("Taken over by the other centre"),
    "handoff.close": _l("Handoff closed"),
    "handoff.recall": _l("Handoff recalled"),
    "handoff.plan": _l("Journey planned"),
    "handoff.depart": _l("Departed"),
    "handoff.not_depart": _l("Did not depart"),
    "handoff.arrive": _l("Arrived"),
    "handoff.not_arrive": _l("Has not arrived"),
    "handoff.take_back_arrival": _l("Arrival taken back"),
    "handoff.redate_arrival": _l("Day of arrival corrected"),
    "handoff.count_as_arrived": _l("Arrived, and did not come to the centre"),
    "handoff.never_boarded": _l("Never boarded"),
    "handoff.permission_ended": _l("Permission to share has ended: nothing more is told"),
    "handoff.contact_changed": _l("Until when contact after the return is allowed has changed"),
    "handoff.alarm": _l("Alarm: look at this handoff now"),
    **{f"handoff.milestone.{code}": label for code, label in MILESTONES.items()},
}
OWN_EVENTS: Final[dict[str, LazyString]] = {
    "deletion.requested": _l("Deletion of the record requested"),
    "deletion.kept": _l("Record kept on a legal basis"),
    "return.screened": _l("Return screened"),
    "return.go_on": _l("Return reviewed: it may go on"),
    "return.stop": _l("Return reviewed: stopped"),
    "follow_up.plan": _l("Follow-ups planned"),
    "follow_up.do": _l("Follow-up done"),
    "follow_up.miss": _l("Follow-up: not reached"),
    "follow_up.lose": _l("Lost to follow-up"),
    "follow_up.reschedule": _l("Follow-up moved to another day"),
    "follow_up.stop": _l("Follow-ups stopped"),
    "follow_up.resume": _l("Follow-ups resumed"),
    "follow_up.alarm": _l("Alarm from a follow-up"),
}


def move_label(move: str) -> str:
    """What a move or milestone of a handoff is called."""
    return str(EVENTS[f"handoff.{move}"])
