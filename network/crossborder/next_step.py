"""What comes next with a handoff, in one sentence, for either side and of whom it is spoken."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.crossborder.queries.handoff_page import HandoffPage
from network.web.i18n import by_sex

AFTER_DECLINE: Final[dict[str, LazyString]] = {
    "redirect": _l("Offer the case to another centre of the corridor."),
    "stop_and_review": _l("The return is stopped. A coordinator must talk to the client and review it."),
    "legal_partner": _l("Ask a legal aid partner to pursue the claim."),
    "ask_sender": _l("Add what they miss and offer it again, or offer it to another centre."),
    "call_client": _l("Talk to the client: they were told that no contact with them is wanted."),
    "coordinator": _l("Tell your coordinator: the agreement between the two centres is not in force."),
}


def next_step(page: HandoffPage) -> str:
    """What comes next, in one sentence: nobody is left without it."""
    return _next_of_sender(page) if page.is_sender else _next_of_receiver(page)


def _next_of_sender(page: HandoffPage) -> str:
    state, journey, other = page.exchange.state, page.handoff.journey, page.other.name
    if state == "declined":
        reason = page.decline
        return str(AFTER_DECLINE.get(reason.next or "", "")) if reason else ""
    if state in ("offered", "in_review", "accepted") and journey == "not_departed":
        return by_sex(
            page.sex,
            _("She or he did not depart. Plan the journey again, recall the handoff, or close it."),
            _("She did not depart. Plan the journey again, recall the handoff, or close it."),
            _("He did not depart. Plan the journey again, recall the handoff, or close it."),
        )
    if state in ("offered", "in_review", "accepted") and journey == "not_arrived":
        return by_sex(
            page.sex,
            _("Nobody knows where she or he is. Call %(centre)s, and whoever may be called.", centre=other),
            _("Nobody knows where she is. Call %(centre)s, and whoever may be called.", centre=other),
            _("Nobody knows where he is. Call %(centre)s, and whoever may be called.", centre=other),
        )
    sentences: dict[str, str] = {
        "prepared": _("Look at what would leave, then offer it. Nobody else sees it yet."),
        "offered": _("%(centre)s must look at it and decide.", centre=other),
        "in_review": _("%(centre)s looks at it and decides.", centre=other),
        "clarification": _("Answer the question of %(centre)s: until then nothing is decided.", centre=other),
        "accepted": _accepted(page),
        "taken_over": _(
            "%(centre)s has taken the case over. You see milestones here, and no more.", centre=other
        ),
        "closed": _("It is closed. Nothing more is needed."),
        "recalled": _("It was taken back. What was sent can no longer be read."),
    }
    return sentences[state]


def _accepted(page: HandoffPage) -> str:
    other = page.other.name
    sentences: dict[str, str] = {
        "none": _("%(centre)s accepts, and takes the case over next.", centre=other),
        "planned": by_sex(
            page.sex,
            _("%(centre)s accepts. Record here when she or he has departed.", centre=other),
            _("%(centre)s accepts. Record here when she has departed.", centre=other),
            _("%(centre)s accepts. Record here when he has departed.", centre=other),
        ),
        "departed": by_sex(
            page.sex,
            _("She or he is on the way. %(centre)s records the arrival.", centre=other),
            _("She is on the way. %(centre)s records the arrival.", centre=other),
            _("He is on the way. %(centre)s records the arrival.", centre=other),
        ),
        "arrived": by_sex(
            page.sex,
            _("She or he has arrived. %(centre)s takes the case over next.", centre=other),
            _("She has arrived. %(centre)s takes the case over next.", centre=other),
            _("He has arrived. %(centre)s takes the case over next.", centre=other),
        ),
    }
    return sentences.get(page.handoff.journey, "")


def _next_of_receiver(page: HandoffPage) -> str:
    state, journey = page.exchange.state, page.handoff.journey
    if state in ("offered", "in_review"):
        return _("Decide: accept, ask something, or decline. You see who it is once you accept.")
    if state == "accepted":
        sentences: dict[str, str] = {
            "none": _("Take the case over: you get a client and a case of your own."),
            "planned": _("Wait for the arrival, and record it here. You can take the case over before it."),
            "departed": by_sex(
                page.sex,
                _(
                    "She or he is on the way. Once you have seen her or him, or spoken together, record the "
                    "arrival: the other centre is told at once that she or he is safe."
                ),
                _(
                    "She is on the way. Once you have seen her, or spoken together, record the arrival: the other "
                    "centre is told at once that she is safe."
                ),
                _(
                    "He is on the way. Once you have seen him, or spoken together, record the arrival: the other "
                    "centre is told at once that he is safe."
                ),
            ),
            "not_arrived": _("Find out what happened, and record it here."),
            "arrived": _("Take the case over: you get a client and a case of your own."),
            "not_departed": by_sex(
                page.sex,
                _("She or he did not leave. The other centre plans again, or closes this."),
                _("She did not leave. The other centre plans again, or closes this."),
                _("He did not leave. The other centre plans again, or closes this."),
            ),
        }
        return sentences[journey]
    sentences = {
        "clarification": _("Your question is with the other centre."),
        "declined": _("You declined it. Nothing more is needed."),
        "taken_over": _("The case is yours. Go on in the case."),
        "closed": _("It is closed. Nothing more is needed."),
        "recalled": _("It was taken back. What was sent can no longer be read."),
    }
    return sentences[state]
