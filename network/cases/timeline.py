"""The kinds of event that a case's timeline shows. Each floor declares its own, in words of its own.

An event holds codes only: ``codes`` maps the name of a list of the vocabulary to the code that says more
(``{"needs": "labour.wages"}``), which the page puts into the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.cases.card.fields import OWN_LISTS
from network.core import vocabulary
from network.core.errors import UnknownCode

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,79}\Z")


@dataclass(frozen=True)
class EventKind:
    """What one kind of event is called, and the page that tells more about its subject."""

    code: str
    label: LazyString
    endpoint: str | None = None
    argument: str | None = None


_kinds: dict[str, EventKind] = {}


def declare_events(
    labels: Mapping[str, LazyString], *, endpoint: str | None = None, argument: str | None = None
) -> None:
    """Name kinds of event. ``endpoint`` shows the event's subject, whose id it takes as ``argument``."""
    for code, label in labels.items():
        if not _CODE.match(code):
            raise ValueError(f"{code} is no code")
        _kinds[code] = EventKind(code, label, endpoint, argument)


def kind_of(code: str) -> EventKind:
    """A kind of event; raises ValueError for one that nobody has declared."""
    try:
        return _kinds[code]
    except KeyError as error:
        raise ValueError(f"no floor has declared events of the kind {code}") from error


def find_kind(code: str) -> EventKind | None:
    """A kind of event, or None where the floor that wrote it is not running here."""
    return _kinds.get(code)


def check_codes(codes: Mapping[str, str]) -> dict[str, str]:
    """The codes of an event; raises UnknownCode for one that its list does not hold, and ValueError for
    what is no code at all."""
    for name, code in codes.items():
        if name in vocabulary.list_names():
            vocabulary.check(name, code)
        elif name in OWN_LISTS:
            if code not in OWN_LISTS[name]:
                raise UnknownCode(f"{name} has no such code", list_name=name)
        elif not (_CODE.match(name) and isinstance(code, str) and _CODE.match(code)):
            raise ValueError("a timeline holds codes, never words")
    return dict(codes)


declare_events(
    {
        "case.opened": _l("Case opened"),
        "case.received": _l("Case taken over from another centre"),
        "case.paused": _l("Case paused"),
        "case.resumed": _l("Case resumed"),
        "case.closed": _l("Case closed"),
        "case.reopened": _l("Case reopened"),
        "case.handed_over": _l("Case handed over: read-only from here on"),
        "case.assigned": _l("Case assigned"),
        "case.changed": _l("Summary or account changed"),
        "client.restricted": _l("Restricted to the team"),
        "client.passed_on": _l("Passed on to a colleague, because nobody of the team works here any more"),
        "client.unrestricted": _l("Restriction lifted"),
        "client.changed": _l("Card changed"),
        "client.related": _l("Related person recorded"),
        "contact.recorded": _l("Way to reach the client recorded"),
        "contact.changed": _l("Rules of contact changed"),
        "contact.stopped": _l("All contact stopped"),
        "contact.resumed": _l("Contact allowed again"),
        "document.recorded": _l("Document recorded"),
        "document.changed": _l("Document changed"),
        "document.recovered": _l("Document recovered"),
        "need.recorded": _l("Need recorded"),
        "need.changed": _l("State of a need changed"),
        "note.written": _l("Note written"),
        "service.recorded": _l("Service delivered"),
        "incident.opened": _l("Data incident recorded"),
    }
)
declare_events(
    {
        "claim.recorded": _l("Claim recorded"),
        "claim.changed": _l("Claim changed"),
        "claim.lodge": _l("Claim lodged"),
        "claim.hear": _l("Claim being heard"),
        "claim.settle": _l("Claim settled"),
        "claim.award": _l("Claim awarded"),
        "claim.pay": _l("Claim paid"),
        "claim.reject": _l("Claim rejected"),
        "claim.appeal": _l("Decision appealed"),
        "claim.withdraw": _l("Claim withdrawn"),
        "claim.lapse": _l("Claim lapsed"),
        "authorization.signed": _l("Authorization signed"),
        "authorization.revoked": _l("Authorization revoked"),
    },
    endpoint="cases_pages.claim",
    argument="claim_id",
)
