"""What a task says to the reader."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.crossborder.labels import MILESTONES

WHAT: dict[str, LazyString] = {
    "answer_referral": _l("Answer a new referral"),
    "decide_referral": _l("Say yes or no to a referral"),
    "serve_referral": _l("Accepted: begin, or give an appointment"),
    "keep_appointment": _l("Appointment given: say when the service has begun"),
    "record_outcome": _l("Record what came of it"),
    "send_referral": _l("Send the referral that you prepared"),
    "answer_question": _l("Answer their question"),
    "close_referral": _l("Ask the client, and close the referral"),
    "reroute_referral": _l("Not taken: find another service"),
    "no_answer": _l("No answer yet: call them, or find another service"),
    "alarm": _l("Alarm: this person may be in danger, or was harmed"),
    "referral_news": _l("Something new in a referral"),
    "handoff_news": _l("Something new in a handoff"),
    "answer_handoff": _l("A case is offered to you: look at it"),
    "decide_handoff": _l("Say yes or no to a case that is offered"),
    "offer_handoff": _l("Offer the case that you prepared"),
    "redirect_handoff": _l("Not taken: offer it to another centre"),
    "expect_arrival": _l("Somebody arrives: be ready"),
    "mark_arrival": _l("On the way: mark the arrival"),
    "take_over": _l("Arrived: take the case over"),
    "record_departure": _l("Travel is planned: record the departure"),
    "find_out": _l("Did not arrive: find out where she or he is"),
    "follow_up": _l("Follow-up is due"),
    "review_return": _l("Review a return before it goes on"),
    "confirm_consent": _l("Confirm a consent before it ends"),
    "verify_listing": _l("Verify a listing: call, and say that it is right"),
    "answer_report": _l("Somebody reported a listing of yours: answer"),
    "claim_listing": _l("Keep your own listing: say yes or no"),
    "missing_listing": _l("Its source no longer holds it: is it still there?"),
    "consent_ends": _l("A permission to share ends soon: ask again"),
}

# What is new, by the kind of exchange and the state that it has come to.
NEWS: dict[tuple[str, str], LazyString] = {
    ("referral", "received"): _l("They have seen the referral"),
    ("referral", "accepted"): _l("They said yes to the referral"),
    ("referral", "scheduled"): _l("They gave an appointment, or changed it"),
    ("referral", "in_progress"): _l("The service has begun"),
    ("handoff", "in_review"): _l("They are looking at the case"),
    ("handoff", "accepted"): _l("They said yes to the case"),
    ("handoff", "taken_over"): _l("They have taken the case over"),
}


def what_to_do(what: str, kind: str, state: str) -> LazyString:
    """The line of a task; news says what happened, where the state tells."""
    if what == "milestone":
        return MILESTONES.get(state, WHAT["handoff_news"])
    news = NEWS.get((kind, state)) if what.endswith("_news") else None
    return news or WHAT[what]
