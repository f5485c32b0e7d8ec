"""What the pages say where nobody signs in on the other side: by which way it was told, heard, and by whom recorded."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.referrals.queries.page import ReferralPage, Told

# Steps that are called otherwise than where they sign in.
STEPS_OUTSIDE: Final[dict[str, LazyString]] = {
    "send": _l("Told outside the platform"),
    "recall": _l("Recalled: the permission to share has ended. They must be told."),
}
CHANNELS: Final[dict[str, LazyString]] = {
    "phone": _l("By telephone"),
    "email": _l("By e-mail"),
    "form": _l("By their own form"),
    "in_person": _l("In person"),
    "letter": _l("By a letter that the client carries"),
}
TOLD_BY: Final[dict[str, LazyString]] = {
    "phone": _l("told by telephone"),
    "email": _l("told by e-mail"),
    "form": _l("told by their own form"),
    "in_person": _l("told in person"),
    "letter": _l("told by a letter that the client carries"),
}
HEARD: Final[dict[str, LazyString]] = {
    "accept": _l("They said yes"),
    "decline": _l("They said no"),
    "schedule": _l("They gave an appointment"),
    "change_appointment": _l("They changed the appointment"),
    "start": _l("The service has begun"),
    "complete": _l("They told what came of it"),
    "not_served": _l("They said that nobody was served"),
}


def recorded(told: Told | None) -> str:
    """Which colleague recorded it, by which way it was told, and the one person who was told."""
    if told is None:
        return ""
    way = str(TOLD_BY[told.channel])
    said = (
        _("recorded by %(colleague)s, %(way)s", colleague=told.colleague, way=way) if told.colleague else way
    )
    return _("%(said)s, to %(person)s", said=said, person=told.to) if told.to else said


def channels() -> list[tuple[str, str]]:
    """The ways in which somebody is told, as a form offers them."""
    return [(code, str(text)) for code, text in CHANNELS.items()]


def heard_answers(page: ReferralPage) -> list[tuple[str, str]]:
    """What they can have said by now, as buttons."""
    return [(code, str(text)) for code, text in HEARD.items() if code in page.moves]
