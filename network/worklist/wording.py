"""What a task says to the reader."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.crossborder.labels import MILESTONES

WHAT: dict[str, LazyString] = {
    "answer_referral": _l("Answer a new referral"),
    "decide_referral": _l("Say yes or no to a referral"),
    "serve_referral": _l("Begin the service, or give an appointment"),
    "keep_appointment": _l("Say when the service has begun"),
    "record_outcome": _l("Record what came of it"),
    "send_referral": _l("Send the referral that you prepared"),
    "answer_question": _l("Answer their question"),
    "close_referral": _l("Ask the client, and close the referral"),
    "reroute_referral": _l("Find another service: this one was not taken"),
    "no_answer": _l("Call them, or find another service: no answer yet"),
    "ask_them": _l("Ask them by telephone: no answer yet"),
    "ask_outcome": _l("Ask them what came of it"),
    "tell_them": _l("Tell them by telephone: sharing has ended"),
    "alarm": _l("Look at this now: this person may be in danger, or was harmed"),
    "referral_news": _l("Read what is new in a referral"),
    "handoff_news": _l("Read what is new in a handoff"),
    "answer_handoff": _l("Look at a case that is offered to you"),
    "decide_handoff": _l("Say yes or no to a case that is offered"),
    "offer_handoff": _l("Offer the case that you prepared"),
    "redirect_handoff": _l("Offer it to another centre: this one did not take it"),
    "expect_arrival": _l("Be ready: somebody arrives"),
    "mark_arrival": _l("Mark the arrival: somebody is on the way"),
    "take_over": _l("Take the case over"),
    "record_departure": _l("Record the departure: travel is planned"),
    "find_out": _l("Find out who did not arrive, and where they are"),
    "follow_up": _l("Make contact: a follow-up is due"),
    "ask_contact": _l("Ask again: the permission to visit ends before the last visit"),
    "review_return": _l("Review a return before it goes on"),
    "confirm_consent": _l("Confirm a consent before it ends"),
    "verify_listing": _l("Verify a listing: call, and say that it is right"),
    "answer_report": _l("Answer: somebody reported a listing of yours"),
    "claim_listing": _l("Keep your own listing: say yes or no"),
    "missing_listing": _l("Ask whether it is still there: its source no longer holds it"),
    "consent_ends": _l("Ask again: a permission to share ends soon"),
}

# What is new, by the kind of exchange and the state that it has come to, with the journey
# once the other centre has said yes.
NEWS: dict[tuple[str, str], LazyString] = {
    ("referral", "received"): _l("Wait for their answer: they have seen the referral"),
    ("referral", "accepted"): _l("Tell the client: they said yes to the referral"),
    ("referral", "scheduled"): _l("Tell the client the appointment that they gave"),
    ("referral", "in_progress"): _l("Ask how it goes: the service has begun"),
    ("handoff", "in_review"): _l("Wait for their answer: they are looking at the case"),
    ("handoff", "accepted.none"): _l("Wait until they take the case over: they said yes"),
    ("handoff", "accepted.departed"): _l("Wait for news of the arrival: they said yes"),
    ("handoff", "accepted.arrived"): _l("Wait until they take the case over: the arrival is recorded"),
    ("handoff", "accepted.not_departed"): _l("Plan the journey again, or close the handoff: nobody departed"),
    ("handoff", "taken_over"): _l("Read what is told: they have taken the case over"),
}


def what_to_do(what: str, kind: str, state: str) -> LazyString:
    """The line of a task; news says what happened, where the state tells."""
    if what == "milestone":
        if state not in MILESTONES:
            return WHAT["handoff_news"]
        return _l("Read what is told: %(milestone)s", milestone=MILESTONES[state])
    news = NEWS.get((kind, state)) if what.endswith("_news") else None
    return news or WHAT[what]
