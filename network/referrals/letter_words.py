"""The letter's words in more languages than the pages speak, and which of them is read where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import msgspec
from babel import Locale
from babel.languages import get_official_languages

from network.web.i18n import LANGUAGES


@dataclass(frozen=True)
class LetterWords:
    """A letter's words in one language, by what the pages say in English; empty where the pages speak it themselves.

    ``read``: a native speaker has read them. ``groups``: the groups of needs, by code.
    """

    language: str
    read: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def said(self, text: object, **values: str) -> str:
        """A text of the pages in this language, as far as it is held; else as the pages have it."""
        found = self.words.get(str(text), str(text))
        return found % values if values else found

    def groups_of(self, need_codes: Iterable[str]) -> list[str]:
        """The groups of these needs (or groups), each once; needs themselves are held in few languages."""
        found = (self.groups.get(code.split(".")[0]) for code in need_codes)
        return list(dict.fromkeys(one for one in found if one))

    @property
    def locale(self) -> Locale:
        """Its data in CLDR."""
        return Locale.parse(self.language, sep="-")

    @property
    def own_name(self) -> str:
        """The language in its own words."""
        return LANGUAGES.get(self.language) or str(self.locale.get_display_name(self.locale)).capitalize()


@cache
def _all() -> dict[str, LetterWords]:
    text = (resources.files("network.referrals") / "data" / "letter.json").read_bytes()
    held = msgspec.json.decode(text)["languages"]
    of_the_pages = {code: LetterWords(code) for code in LANGUAGES}
    return of_the_pages | {code: LetterWords(code, **one) for code, one in held.items()}


def letter_languages() -> tuple[LetterWords, ...]:
    """Every language that a letter can be in: those of the pages, then the others by their own name."""
    known = _all().values()
    others = (one for one in known if one.language not in LANGUAGES)
    return (*(known_one for known_one in known if known_one.language in LANGUAGES),
            *sorted(others, key=lambda one: one.own_name.casefold()))  # fmt: skip


def letter_words(language: str) -> LetterWords:
    """The words of one of them; raises ``KeyError`` for another."""
    return _all()[language]


def read_there(country: str, spoken: Iterable[str], otherwise: str) -> str:
    """The language that is read in a country (ISO 3166-1 alpha-2): the first official one that a letter can be in; else
    one that is spoken at the service, else ``otherwise``."""
    official = get_official_languages(country, de_facto=True)
    return next((code for code in (*official, *spoken) if code in _all()), otherwise)
