"""A service as a booklet tells it: its places together, and everything in words that a reader asks about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final
from uuid import UUID

from flask_babel import gettext as _

from network.core import vocabulary
from network.directory import trust, wording
from network.directory.practices import PROTECTIVE
from network.directory.queries import Listing, PhoneNumber
from network.web.i18n import comma, direction, language
from network.web.printing import as_it_is, isolated, unbroken
from network.web.templating import local_date


@dataclass(frozen=True, slots=True)
class Entry:
    """A service with its listings in one area, and the group of needs under which it is described."""

    listings: tuple[Listing, ...]
    groups: tuple[str, ...]

    @property
    def service(self) -> Listing:
        """What its listings share."""
        return self.listings[0]

    @property
    def key(self) -> str:
        """By which its page is found."""
        return str(self.service.service_id)

    @property
    def phones(self) -> tuple[PhoneNumber, ...]:
        """Every number once, those of the service first."""
        found = {phone.number: phone for one in self.listings for phone in one.phones}
        return tuple(found.values())

    @property
    def is_hotline(self) -> bool:
        """Whether it is reached by telephone alone."""
        return bool(self.phones) and all(one.latitude is None for one in self.listings)


# Where a service stands of which nobody has said what need it answers, as feeds often don't.
OTHER: Final = "other"


def entries_of(listings: Sequence[Listing], chosen: Sequence[str]) -> list[Entry]:
    """One entry a service, by name. ``chosen``: the groups of needs that the booklet is about; none is all."""
    by_service: dict[UUID, list[Listing]] = {}
    for one in listings:
        by_service.setdefault(one.service_id, []).append(one)
    order = [group.code for group in vocabulary.groups() if not chosen or group.code in chosen]
    entries = []
    for places in by_service.values():
        answered = {vocabulary.need(code).group for code in places[0].need_codes}
        groups = tuple(code for code in order if code in answered)
        entries.append(Entry(tuple(places), groups or (OTHER,)))
    return sorted(entries, key=lambda entry: entry.service.service_name.casefold())


def is_verified(service: Listing, today: date) -> bool:
    """Whether somebody has looked at a listing lately enough to rely on it."""
    return trust.holds(service.verified_on, today)


def number(phone: PhoneNumber) -> str:
    """A telephone number that is neither turned round nor torn, and what it is for."""
    shown = isolated(unbroken(phone.number))
    if phone.extension is not None:
        shown = _("%(number)s, extension %(extension)s", number=shown, extension=phone.extension)
    return f"{shown} ({as_it_is(phone.description)})" if phone.description else shown


def facts(entry: Entry, today: date) -> Iterator[tuple[str, list[str]]]:
    """(what is told, its lines) of a service, in the order in which somebody asks. What nobody stated has no line."""
    service = entry.service
    if whom := " · ".join(_for_whom(service)):
        yield _("For whom"), [whom]
    yield from _places(entry)
    if numbers := [number(phone) for phone in entry.phones]:
        yield _("Telephone"), numbers
    if service.languages:
        yield _("Languages"), [wording.languages(service.languages)]
    if price := cost(service):
        yield _("Cost"), [price]
    if asked := papers(service):
        yield _("Papers"), [asked]
    yield _("Referrals"), [str(wording.METHODS[service.referral_method])]
    verified = local_date(service.verified_on) if service.verified_on else ""
    if is_verified(service, today):
        yield _("Verified"), [verified]
    elif verified:
        yield _("Verified"), [_("Not lately (%(date)s)", date=verified)]


def _for_whom(service: Listing) -> list[str]:
    """Papers have a line of their own."""
    return wording.for_whom(
        {
            criterion: value
            for criterion, value in service.eligibility.items()
            if criterion not in ("documents_required", "works_without_documents")
        }
    )


def _places(entry: Entry) -> Iterator[tuple[str, list[str]]]:
    """Where and when; places with the same hours share them."""
    for hours, together in groupby(entry.listings, key=weekly):
        physical = [place(one) for one in together if one.latitude is not None]
        if physical:
            yield _("Where"), physical
        yield _("Open"), hours


def place(listing: Listing) -> str:
    """The town and the address; of a confidential place the town alone."""
    town = wording.town(listing.town, listing.country)
    if listing.confidential:
        return _("%(town)s. The address is confidential: call first.", town=town)
    lines = [line for line in listing.address if line.casefold() != listing.town.casefold()]
    return comma(direction()).join([town, *map(as_it_is, lines)])


def weekly(listing: Listing) -> list[str]:
    """The weekly hours, a line an opening: "Sunday, Monday: 08:00 to 16:00"."""
    if listing.status != "active":
        return [_("Closed for now")]
    lines = [f"{days}: {unbroken(times)}" for days, times in wording.weekly(listing.hours)]
    return list(dict.fromkeys(lines)) or [_("Hours not known: call first.")]


def cost(service: Listing) -> str:
    """What it costs, in the reader's words; empty where that is not stated."""
    if service.cost is None:
        return ""
    return vocabulary.label("eligibility.cost", service.cost, language())


def papers(service: Listing) -> str:
    """The papers asked for; empty where that is not stated."""
    asked = service.eligibility.get("documents_required")
    if asked:
        return wording.condition("documents_required", asked)
    if service.eligibility.get("works_without_documents") is True:
        return _("Not needed")
    return ""


def to_hear(service: Listing) -> list[str]:
    """What a client must hear before she goes there."""
    return [
        _("No: %(practice)s", practice=told) if code in PROTECTIVE else told
        for code in service.to_hear.warnings
        for told in [vocabulary.label("partner_practices", code, language())]
    ]
