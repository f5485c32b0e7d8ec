"""What the pages of referrals say: of steps, of what is owed, of reasons, and of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.cases.queries import Line, lines_of
from network.consent.disclosure import wording as door
from network.core import vocabulary
from network.directory.wording import town as town
from network.exchange.messages import Message, with_words
from network.exchange.models import ExchangeSide
from network.referrals.hand_wording import HEARD as HEARD
from network.referrals.hand_wording import STEPS_OUTSIDE, recorded
from network.referrals.hand_wording import channels as channels
from network.referrals.hand_wording import heard_answers as heard_answers
from network.referrals.queries.page import ReferralPage, Step
from network.referrals.states import PROTECTED
from network.web.i18n import by_sex, language
from network.web.templating import local_date, local_time

STEPS: Final[dict[str, LazyString]] = {
    "send": _l("Sent"),
    "discard": _l("Draft thrown away"),
    "acknowledge": _l("Seen"),
    "ask": _l("Question asked"),
    "answer": _l("Question answered"),
    "accept": _l("Accepted"),
    "decline": _l("Declined"),
    "schedule": _l("Appointment made"),
    "change_appointment": _l("Appointment changed"),
    "start": _l("Service begun"),
    "complete": _l("Outcome recorded"),
    "not_served": _l("Not served"),
    "close": _l("Closed"),
    "withdraw": _l("Withdrawn"),
    "recall": _l("Recalled: the permission to share has ended"),
    "expire": _l("Expired: nobody answered in time"),
}
TONES: Final = {
    **{"accept": "good", "complete": "good", "close": "good", "ask": "waiting"},
    **{"decline": "bad", "not_served": "bad", "expire": "bad", "withdraw": "bad", "recall": "bad"},
}
# What goes with which step.
WRITTEN_WITH: Final = {
    "ask": "question",
    "answer": "answer",
    "schedule": "appointment",
    "change_appointment": "appointment",
    "decline": "note",
    "complete": "outcome",
    "not_served": "outcome",
}
OWED: Final[dict[str, LazyString]] = {
    "acknowledge": _l("Somebody there must look at it"),
    "decide": _l("An answer is due: yes or no"),
    "answer": _l("Their question must be answered"),
    "serve": _l("The service is due"),
    "close": _l("Ask for the client's own word"),
    "reroute": _l("Find another service"),
    "alarm": _l("Alarm: look at this now"),
    "hear": _l("Ask them: no answer yet"),
    "hear_outcome": _l("Ask them what came of it"),
    "tell": _l("Tell them that sharing has ended"),
}
# The same, for whoever must do it.
OURS: Final[dict[tuple[str, str], LazyString]] = {
    ("receiver", "acknowledge"): _l("Say yes or no, or that you have seen it"),
    ("receiver", "decide"): _l("Say yes or no"),
    ("receiver", "serve"): _l("Serve, or make an appointment"),
    ("receiver", "answer"): _l("The sender must answer your question"),
    ("sender", "answer"): _l("Answer their question"),
    ("sender", "serve"): _l("They must serve"),
}
# Once there is an appointment, or the service has begun, it is not asked for again.
OURS_NOW: Final[dict[tuple[str, str], LazyString]] = {
    ("receiver", "scheduled"): _l("The appointment"),
    ("receiver", "in_progress"): _l("Record what came of it"),
}
HELPED_LABELS: Final[dict[str, LazyString]] = {
    "yes": _l("Yes, it helped"),
    "partly": _l("Partly"),
    "no": _l("No"),
}
REASON_KINDS: Final[dict[str | None, LazyString]] = {
    "capacity": _l("No place"),
    "scope": _l("Not what we do"),
    "eligibility": _l("Does not fit our conditions"),
    "safety": _l("Safety"),
    "client": _l("The client's wish"),
    "process": _l("About the referral itself"),
    None: _l("Other"),
}
SIDES: Final[dict[str | None, LazyString]] = {
    "client": _l("The client"),
    "partner": _l("The service"),
    "either": _l("Other"),
    None: _l("Other"),
}
NEXT: Final[dict[str, LazyString]] = {
    "reroute": _l("Ask another service."),
    "reroute_now": _l("Ask another service now: they say that they cannot keep this person safe."),
    "ask_client": _l("Ask what the client wants, then ask another service or wait."),
    "call_client": _l("Call the client: they were told that it is not wanted."),
    "ask_sender": _l("Add what they miss and send it again, or ask another service."),
    "none": _l("Nothing more is needed."),
}
SEALED_FOR: Final[dict[str, LazyString]] = {
    "withdrawn": _l("The client stopped sharing. What was sent can no longer be read."),
    "expired": _l("The permission to share has ended. What was sent can no longer be read."),
    "refused": _l("The client refused to have it shared. What was sent can no longer be read."),
    "recalled": _l("The sender took it back. What was sent can no longer be read."),
    "declined": _l("It was declined. What was sent can no longer be read."),
    "error": _l(
        "It was sent in error. What was sent can no longer be read; do not use what you remember of it."
    ),
    "ended": _l("The service has ended. What was sent can no longer be read."),
    "incident": _l("Something went wrong with this data. What was sent can no longer be read."),
}


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a category of data, or one way to reach the client with all its rules.
    ``ends_at_departure``: a number of the country that she leaves."""

    title: str
    lines: tuple[Line, ...]
    rules: bool = False
    ends_at_departure: bool = False


def owed(side: ExchangeSide, state: str) -> str:
    """What is owed next, as the own side reads it."""
    return owed_of(side.role, side.due_kind or "", state)


def owed_of(role: str, kind: str, state: str) -> str:
    """What is owed next in this state, as this side reads it."""
    now = OURS_NOW.get((role, state)) if kind == "serve" else None
    return str(now or OURS.get((role, kind), OWED[kind]))


def need_text(code: str) -> str:
    """A need, the group that stands for it, or that it is protected."""
    if code == PROTECTED:
        return _("A protected referral for one named colleague")
    return vocabulary.label("needs" if "." in code else "groups", code, language())


def reason_text(reason: tuple[str, str]) -> str:
    """A reason in the reader's words."""
    return vocabulary.label(f"reasons.{reason[0]}", reason[1], language())


def critical(codes: tuple[str, ...]) -> list[str]:
    """Why time presses, for the needs that say so."""
    found = [vocabulary.need(code).time_critical for code in codes if "." in code]
    return [vocabulary.text(one.why, language()) for one in found if one is not None]


def timeline(page: ReferralPage) -> list[dict[str, Any]]:
    """Every step with its time, who took it, its reason, and what was written with it; oldest first."""
    entries = []
    for step, message in with_words(page.steps, page.messages, WRITTEN_WITH):
        entries.append(
            {
                "at": step.at,
                "what": (STEPS_OUTSIDE.get(step.move) if page.outside else None) or STEPS[step.move],
                "who": who(page, step),
                "note": " · ".join(filter(None, (_note(step, message), recorded(step.told)))),
                "tone": TONES.get(step.move, ""),
            }
        )
    return entries


def who(page: ReferralPage, step: Step) -> str:
    """Which organization made a step."""
    if step.side == "system":
        return str(_("The platform"))
    if step.told is not None and step.told.kind == "heard":
        return page.listing.organization_name
    if step.side == "sender":
        return page.sender.name
    return page.receiver.name if page.receiver else ""


def _note(step: Step, message: Message | None) -> str:
    parts = [reason_text(step.reason)] if step.reason else []
    if message is not None:
        if message.kind == "appointment" and message.data.get("on"):
            parts.append(local_time(datetime.fromisoformat(message.data["on"])))
        parts += [str(message.data["place"])] if message.data.get("place") else []
        if message.kind == "note" and message.data.get("on"):
            day = local_date(datetime.fromisoformat(message.data["on"]))
            parts.append(_("Place from %(day)s", day=day))
        parts += [message.text] if message.text else []
    return " · ".join(parts)


def preview_lines(preview: Mapping[str, Any], *but: str) -> list[tuple[str, str]]:
    """What the preview tells, in the order in which it is read; without what the page says elsewhere. Names nobody."""
    return [
        (str(door.preview_label(name)), door.text_of(name, value, preview=True))
        for name, value in preview.items()
        if name not in ("needs", "needed_by", *but)
    ]


def person_in_short(preview: Mapping[str, Any]) -> list[str]:
    """Age, sex, languages and children in a few words, for a card of the inbox."""
    parts = [
        door.text_of(name, preview[name], preview=True)
        for name in ("age_band", "sex", "languages")
        if preview.get(name)
    ]
    if preview.get("children"):
        ages = door.text_of("children", preview["children"], preview=True)
        parts.append(_("with children: %(ages)s", ages=ages))
    return parts


def identity_blocks(identity: Mapping[str, Mapping[str, Any]]) -> list[Block]:
    """What was released, by category; a way to reach the client stands by itself, with all its rules."""
    blocks = []
    for category, fields in identity.items():
        plain: list[Line] = []
        for code, value in fields.items():
            if code in ("never_to", "needs"):
                plain.append(Line(door.preview_label(code), door.text_of(code, value)))
            elif category == "contact" and isinstance(value, Mapping):
                title = by_sex(
                    identity.get("identity", {}).get("sex"),
                    _("How to reach her or him: only by these rules"),
                    _("How to reach her: only by these rules"),
                    _("How to reach him: only by these rules"),
                )
                ends = value.get("state") == "destination_number"
                blocks.append(Block(title, tuple(lines_of(code, value)), rules=True, ends_at_departure=ends))
            else:
                plain += lines_of(code, value)
        if plain:
            blocks.insert(_before_rules(blocks), Block(door.category_label(category), tuple(plain)))
    return blocks


def _before_rules(blocks: list[Block]) -> int:
    return next((place for place, block in enumerate(blocks) if block.rules), len(blocks))


def grouped_reasons(
    list_name: str, but: frozenset[str] = frozenset()
) -> list[tuple[str, list[tuple[str, str]]]]:
    """A list of reasons as a form offers it, in groups: what the system alone gives is left out."""
    by_side = list_name == "not_served"
    groups: dict[str, list[tuple[str, str]]] = {}
    for reason in vocabulary.reasons(list_name):
        if reason.automatic or reason.code in but:
            continue
        title = str(SIDES[reason.side] if by_side else REASON_KINDS[reason.kind])
        groups.setdefault(title, []).append((reason.code, reason.label(language())))
    return list(groups.items())


def plain_reasons(list_name: str) -> list[tuple[str, str]]:
    """A list of reasons as a form offers it, one below the other."""
    return [
        (reason.code, reason.label(language()))
        for reason in vocabulary.reasons(list_name)
        if not reason.automatic
    ]


def priorities() -> list[tuple[str, str, str]]:
    """The priorities with what each is for."""
    return [
        (code, entry.label(language()), vocabulary.text(vocabulary.priority(code).use, language()))
        for code, entry in vocabulary.terms("priorities").items()
    ]


def next_step(page: ReferralPage) -> str:
    """What the sender is advised after a no."""
    if page.exchange.state == "declined" and page.last_reason:
        following = vocabulary.reason(*page.last_reason).next
        return str(NEXT[following]) if following in NEXT else ""
    return str(NEXT["reroute"]) if page.exchange.state == "expired" else ""
