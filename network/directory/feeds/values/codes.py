"""Countries, languages, zones, currencies, places and words of our own lists, by their codes or their names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global

from network.core import vocabulary
from network.core.errors import DomainError
from network.directory.feeds.values.texts import Doubtful, text
from network.directory.geo import find_place
from network.directory.states import SERVICE_STATUSES


def country(value: Any) -> str:
    """ISO 3166-1 alpha-2, from two or three letters, or a name in English or Arabic."""
    plain = (text(value) or "").strip()
    code = plain.upper()
    if len(code) == 2 and code in _territories():
        return code
    if len(code) == 3 and code.isascii() and (alias := get_global("territory_aliases").get(code)):
        return str(alias[0])
    found = _territory_names().get(plain.casefold().removeprefix("the "))
    if found is None:
        raise Doubtful("unknown_code")
    return found


@lru_cache(maxsize=1)
def _territories() -> frozenset[str]:
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha())


@lru_cache(maxsize=1)
def _territory_names() -> dict[str, str]:
    return {
        label.casefold(): code
        for locale in ("ar", "en")
        for code, label in Locale(locale).territories.items()
        if code in _territories()
    } | {"uae": "AE", "usa": "US", "uk": "GB", "ksa": "SA", "burma": "MM", "hong kong": "HK"}


def language(value: Any) -> str:
    """A BCP 47 tag, from a tag, a code of three letters or a name in English or Arabic."""
    plain = (text(value) or "").strip().replace("_", "-")
    aliases = get_global("language_aliases")
    if found := language_code(plain):
        return found
    first, _, rest = plain.partition("-")
    code = first.lower()
    if len(code) == 3 and code in aliases:
        code = str(aliases[code])
    if code.isascii() and 2 <= len(code) <= 3 and code in _languages():
        return f"{code}-{rest}" if rest and re.fullmatch(r"[A-Za-z0-9-]{2,20}", rest) else code
    raise Doubtful("unknown_code")


def language_code(label: str) -> str | None:
    """The code of a language by its name in English or Arabic."""
    return _language_names().get(label.casefold())


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(Locale("en").languages)


# Other names by which languages are known, their own among them.
_LANGUAGES: Final = {
    "tagalog": "fil", "farsi": "fa", "bangla": "bn", "bengali": "bn", "বাংলা": "bn", "नेपाली": "ne",
    "हिन्दी": "hi", "sinhalese": "si", "bahasa indonesia": "id", "bahasa melayu": "ms", "français": "fr",
    "francais": "fr", "español": "es", "espanol": "es", "deutsch": "de", "kiswahili": "sw", "mandarin": "zh",
    "burmese": "my", "afaan oromo": "om", "sorani": "ckb", "kurmanji": "kmr", "اردو": "ur",
}  # fmt: skip


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    return {
        label.casefold(): code.replace("_", "-")
        for locale in ("ar", "en")
        for code, label in Locale(locale).languages.items()
    } | _LANGUAGES


def zone(value: Any) -> str:
    """A time zone by its name."""
    plain = (text(value) or "").strip()
    try:
        ZoneInfo(plain)
    except (KeyError, ValueError, OSError):
        raise Doubtful("not_a_value") from None
    if "/" not in plain and plain != "UTC":
        raise Doubtful("not_a_value")
    return plain


def currency(value: Any) -> str:
    """ISO 4217."""
    code = (text(value) or "").strip().upper()
    if code not in Locale("en").currencies:
        raise Doubtful("unknown_code")
    return code


def place(value: Any) -> str:
    """A place of the gazetteer by its code."""
    code = text(value) or ""
    if find_place(code) is None:
        raise Doubtful("unknown_code")
    return code


def one_of(value: Any, codes: tuple[str, ...]) -> str:
    """One of a few words of ours."""
    plain = str(value).strip()
    known = {code.lower().replace("_", " "): code for code in codes}
    found = known.get(plain.lower().replace("_", " ").replace("-", " "))
    if found is None:
        raise Doubtful("unknown_code")
    return found


_STATUSES: Final = {
    "active": "active enabled live open operational current running published yes 1 true مفتوح نشط يعمل",
    "inactive": "closed shut archived deleted removed disabled draft pending unpublished discontinued ended no 0 false "
    "مغلق متوقف",
    "temporarily closed": "suspended paused temporarily_closed temporarily_inactive inactive_temporary on_hold "
    "temporarily_suspended مغلق_مؤقتا",
    "defunct": "obsolete",
}  # fmt: skip
_STATUS_OF: Final = {word: code for code, words in _STATUSES.items() for word in words.split()}


def status(value: Any) -> str:
    """How a service stands, in the standard's words or in those of other systems: what is closed is not listed."""
    plain = re.sub(r"[\s_-]+", "_", str(value).strip().lower()).removeprefix("currently_")
    return _STATUS_OF.get(plain) or one_of(value, SERVICE_STATUSES)


def coded(list_name: str, value: Any) -> str:
    """A code of the vocabulary."""
    try:
        return vocabulary.check(list_name, str(value).strip())
    except DomainError:
        raise Doubtful("unknown_code") from None
