"""The fixed words of the slip, in more languages than the pages speak; days and languages by Unicode's CLDR."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from babel import Locale
from babel.dates import get_day_names

from network.directory.hours import Opening, clock_text
from network.web.printing import Direction, isolated, unbroken


@dataclass(frozen=True)
class SlipWords:
    """A slip's words in one language. ``read``: a native speaker has read them."""

    language: str
    read: bool
    words: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    @property
    def locale(self) -> Locale:
        """Its data in CLDR."""
        return Locale.parse(self.language, sep="-")

    @property
    def direction(self) -> Direction:
        """How it reads."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"

    @property
    def own_name(self) -> str:
        """The language in its own words."""
        return str(self.locale.get_display_name(self.locale)).capitalize()

    @property
    def comma(self) -> str:
        """What stands between the things of a list."""
        return "، " if self.direction == "rtl" else ", "

    def days(self, opening: Opening) -> str:
        """ "Sunday, Monday", or that it is every day."""
        if len(opening.days) == 7:
            return self["every_day"]
        names = get_day_names("wide", locale=self.locale)
        return self.comma.join(names[day] for day in opening.days)

    def times(self, opening: Opening) -> str:
        """ "08:00–16:00", or that it never closes."""
        if opening.closes - opening.opens == 24 * 60:
            return self["day_and_night"]
        return isolated(unbroken(f"{clock_text(opening.opens)}–{clock_text(opening.closes)}"))

    def names_of(self, languages: tuple[str, ...]) -> str:
        """Languages, named in this one."""
        names: Any = self.locale.languages
        return self.comma.join(names.get(code.split("-")[0], code) for code in languages)


@cache
def _all() -> dict[str, SlipWords]:
    text = (resources.files("network.directory") / "data" / "slip.json").read_bytes()
    held = msgspec.json.decode(text)["languages"]
    return {code: SlipWords(code, one["read"], one["words"]) for code, one in held.items()}


def slip_languages() -> tuple[SlipWords, ...]:
    """Every language that a slip can be in."""
    return tuple(_all().values())


def find_slip_words(language: str | None) -> SlipWords | None:
    """The words in a language (BCP 47), if a slip can be in it."""
    return _all().get((language or "").split("-")[0])
