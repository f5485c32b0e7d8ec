"""What the pages of handoffs and follow-ups say: of steps, of what is owed and comes next, of reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.cases.ages import BAND_LABELS
from network.cases.card.reading import lines_of
from network.cases.queries import Contact
from network.consent.disclosure import wording as door
from network.core import vocabulary
from network.crossborder.arrival import NeedOnArrival
from network.crossborder.labels import (
    FOLLOW_UPS,
    MILESTONES,
    MODE_HINTS,
    MODES,
    SITUATIONS,
    STOPPED,
    move_label,
)
from network.crossborder.next_step import next_step
from network.crossborder.queries.boards import HandoffRow
from network.crossborder.queries.follow_ups import FollowUpRow
from network.crossborder.queries.handoff_page import HandoffPage, Step
from network.crossborder.queries.receivers import TRAVEL
from network.exchange.messages import with_words
from network.referrals.wording import (
    SEALED_FOR,
    Block,
    identity_blocks,
    person_in_short,
    plain_reasons,
    preview_lines,
    reason_text,
)
from network.web.i18n import comma, language
from network.web.templating import country_name, local_date, telephone

__all__ = [
    "FOLLOW_UPS",
    "MILESTONES",
    "MODES",
    "OWED",
    "SEALED_FOR",
    "SITUATIONS",
    "STOPPED",
    "identity_blocks",
    "next_step",
    "person_in_short",
    "plain_reasons",
    "preview_lines",
    "reason_text",
]

OWED: Final[dict[str, LazyString]] = {
    "offer": _l("Ready to be offered"),
    "decide": _l("A decision is due"),
    "answer": _l("Their question must be answered"),
    "depart": _l("Departure to be confirmed"),
    "arrive": _l("Arrival to be recorded"),
    "take_over": _l("To be taken over"),
    "redirect": _l("Another centre is needed"),
    "close": _l("To be closed: nobody travelled"),
    "alarm": _l("Alarm: look at this now"),
}
TONES: Final = {
    **dict.fromkeys(("accept", "arrive", "take_over", "close", "count_as_arrived"), "good"),
    **dict.fromkeys(("decline", "recall", "not_arrive", "not_depart", "never_boarded"), "bad"),
    "take_back_arrival": "bad",
    "ask": "waiting",
}
# What goes with which step.
WRITTEN_WITH: Final = {
    **{"ask": "question", "answer": "answer", "decline": "note", "not_depart": "note"},
    **{"take_back_arrival": "note", "redate_arrival": "note"},
    **{"not_arrive": "note", "count_as_arrived": "note", "never_boarded": "note"},
}
REACHED: Final[dict[str, LazyString]] = {
    "at_centre": _l("At the centre"),
    "client_calls_us": _l("By a call to us"),
}
# What follows from how she is; where nothing is said, nothing more is needed.
AFTER_FOLLOW_UP: Final[dict[str, LazyString]] = {
    "needs_help": _l("Add to the case what is needed, then find a service."),
    "in_danger": _l("The client may be in danger. Tell your coordinator now, and act in the case."),
    "leaving_again": _l("Speak of the centre there, and offer to hand the case over to it."),
}


def timeline(page: HandoffPage) -> list[dict[str, Any]]:
    """Every step with its time, who took it, its reason, and what was written with it; oldest first."""
    entries = []
    for step, message in with_words(page.steps, page.messages, WRITTEN_WITH):
        parts = [reason_text(step.reason)] if step.reason else []
        parts += [message.text] if message and message.text else []
        tone = "good" if step.move.startswith("milestone.") else TONES.get(step.move, "")
        entries.append(
            {
                "at": step.at,
                "what": move_label(step.move),
                "who": who(page, step),
                "note": " · ".join(parts),
                "tone": tone,
            }
        )
    return entries


def who(page: HandoffPage, step: Step) -> str:
    """Which centre made a step."""
    if step.side == "system":
        return str(_("The platform"))
    return page.sender.name if step.side == "sender" else page.receiver.name


def identity_of(page: HandoffPage) -> list[Block]:
    """What was released, by category. The journey is shown by itself."""
    return identity_blocks({name: held for name, held in (page.identity or {}).items() if name != TRAVEL})


def needs_text(needs: tuple[NeedOnArrival, ...]) -> str:
    """What is needed on arrival, in words."""
    return comma().join(
        vocabulary.label("arrival_needs", one.code, language())
        + (f" ({local_date(one.on)})" if one.on else "")
        for one in needs
    )


def country(code: str) -> str:
    """A country in the reader's language."""
    return country_name(code)


def relationship(code: str) -> str:
    """Who somebody is to the client."""
    return vocabulary.label("relationships", code, language())


def band(code: str | None) -> str:
    """An age band, or that it is not told."""
    return str(BAND_LABELS[code]) if code in BAND_LABELS else _("Not told")


def facts(row: HandoffRow) -> list[str]:
    """Age and sex in a few words, as far as the preview tells them."""
    told = {"age_band": row.age_band, "sex": row.sex}
    return person_in_short({name: value for name, value in told.items() if value})


def contact_rows(contact: Contact) -> list[tuple[str, Any]]:
    """A way to reach the client, the number first and every rule below it."""
    held = {**contact.rules, "state": contact.state, "asked_on": contact.asked_on.isoformat()}
    return [
        (str(line.label), telephone(line.text) if line.code else line.text)
        for line in lines_of("contact.1", held)
    ]


def modes(travels_home: bool) -> list[tuple[str, str, str]]:
    """The modes as a form offers them, with what each means; before departure only where people go abroad."""
    return [
        (code, str(label), str(MODE_HINTS[code]))
        for code, label in MODES.items()
        if code != "pre_departure" or not travels_home
    ]


def channel_choices(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Ways of contact as a form offers them."""
    return [(code, channel_name(code)) for code in codes]


def channel_name(code: str) -> str:
    """How she was reached; where the rule says "only", what happened is told without it."""
    return str(REACHED.get(code) or vocabulary.label("safe_contact.channel", code, language()))


def situations() -> list[tuple[str, str]]:
    """How she may be, as a form offers it."""
    return [(code, str(label)) for code, label in SITUATIONS.items()]


def follow_up_name(code: str) -> str:
    """Which follow-up of the plan it is."""
    return str(FOLLOW_UPS.get(code, code))


def came_of_it(row: FollowUpRow) -> str:
    """What came of a follow-up, in a few words."""
    if row.state == "stopped" and row.stopped_reason:
        return str(STOPPED[row.stopped_reason])
    if row.state == "lost" and row.lost_reason:
        return vocabulary.label("reasons.lost_to_follow_up", row.lost_reason, language())
    if row.state == "done" and row.situation:
        return str(SITUATIONS[row.situation])
    if row.attempts:
        return _("Attempts: %(count)s", count=row.attempts)
    return ""


def preview_of(preview: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the preview tells, without what the page shows by itself."""
    shown = {"travels_with", "arrival_week", "arrival_needs", "mode"}
    told = {name: value for name, value in preview.items() if name not in shown}
    needs = (
        [(str(door.preview_label("needs")), door.text_of("needs", told["needs"]))]
        if told.get("needs")
        else []
    )
    return needs + preview_lines(told)


def lost_note(code: str) -> str:
    """What a reason of loss demands, for who chooses it."""
    reason = vocabulary.reason("lost_to_follow_up", code)
    if reason.handover_required:
        return _("Hand the follow-ups that are left over to another centre before you stop.")
    if reason.offers == "pre_departure_or_handoff":
        return _("You can introduce the client to the centre of the other country.")
    return ""
