"""Single values as feeds write them, read into what the directory keeps. What cannot be read says why.

``texts`` says what a text is and when it says nothing, ``codes`` what stands in lists, ``times`` clocks and calendars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import phonenumbers

from network.directory.feeds.entities import CODES
from network.directory.feeds.values.codes import (
    coded,
    country,
    currency,
    language,
    one_of,
    place,
    status,
    zone,
)
from network.directory.feeds.values.texts import DIGITS, MARKS, Doubtful, is_empty, name, text
from network.directory.feeds.values.times import closing, day, instant, opening, parts, weekdays

_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\Z")
_URL: Final = re.compile(r"https?://[^\s/?#.][^\s/?#]*([/?#]\S*)?\Z", re.IGNORECASE)
_BARE_URL: Final = re.compile(r"(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}([/?#]\S*)?\Z", re.IGNORECASE)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}\Z")
_POSITION: Final = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<degrees>\d{1,3}([.,]\d+)?)\s*[°\s]?\s*"
    r"((?P<minutes>\d{1,2}(\.\d+)?)\s*'\s*)?((?P<seconds>\d{1,2}(\.\d+)?)\s*\"\s*)?(?P<after>[NSEW])?"
)
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s*([+\u2212-]?)(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_PRIMES: Final = str.maketrans({"′": "'", "’": "'", "″": '"', "”": '"', "º": "°"})
_FROM_ELSEWHERE: Final = re.compile(r"\([0-9]{2,5}\) ?[0-9][0-9 .-]{4,12}\Z")  # as "(555) 123-4567"
_YES: Final = frozenset({"true", "t", "yes", "y", "1", "x", "نعم", "on", "oui", "si", "sí"})
_NO: Final = frozenset({"false", "f", "no", "n", "0", "لا", "off", "non"})


def read(kind: str, value: Any, country: str = "") -> Any:
    """The value of this kind, or None where nothing is said. Raises Doubtful."""
    if is_empty(value):
        return None
    name, _, of = kind.partition("/")
    if isinstance(value, str) and name not in ("text", "name", "condition"):
        value = " ".join(value.split())  # patterns get lost in long runs of spaces
    if name in ("one", "several"):
        return (
            one_of(value, CODES[of]) if name == "one" else [one_of(code, CODES[of]) for code in parts(value)]
        )
    if name == "code":
        return coded(of, value)
    if name == "phone":
        return phone(value, country)
    return _READERS[name](value)


def number(value: Any) -> float:
    """A number, with a point or a comma."""
    if isinstance(value, bool):
        raise Doubtful("not_a_value")
    if not isinstance(value, int | float):
        plain = str(value).translate(DIGITS).strip().lstrip("'").replace("\u2212", "-").rstrip("°")
        if plain.count(",") == 1 and "." not in plain:
            plain = plain.replace(",", ".")
        try:
            value = float(plain)
        except ValueError:
            raise Doubtful("not_a_value") from None
    if value != value or abs(value) > 1e12:
        raise Doubtful("out_of_range")
    return float(value)


def amount(value: Any) -> float:
    """A sum: with thousands set apart, or not; whether ``1,500`` is one and a half nobody can tell."""
    if isinstance(value, str):
        plain = value.translate(DIGITS).strip()
        if re.fullmatch(r"\d{1,3}([,.]\d{3})+([.,]\d{1,2})?", plain):
            last = max(plain.rfind(","), plain.rfind("."))
            whole = len(plain) - last == 4  # else the last sign is that of the fraction
            if whole and len(re.findall("[,.]", plain)) == 1 and "," in plain:
                raise Doubtful("not_a_value")
            if len(set(re.findall("[,.]", plain))) == 2 or not whole or plain.count(",") > 1:
                fraction = "" if whole else f".{plain[last + 1 :]}"
                value = re.sub("[,.]", "", plain if whole else plain[:last]) + fraction
    return _within(0, 1e9)(value)


def offset(value: Any) -> float:
    """Hours from UTC: ``3``, ``+03:00``, ``UTC+5:30``."""
    if isinstance(value, str) and (found := _OFFSET.fullmatch(value.strip())):
        hours = int(found[2]) + int(found[3] or 0) / 60
        value = -hours if found[1] in ("-", "\u2212") else hours
    return _within(-15, 15)(value)


def age(value: Any) -> float:
    """Years: ``18``, ``18+``, ``18 years``."""
    if isinstance(value, str):
        value = re.sub(
            r"(?<=\d)\s*(\+|years?( old)?|yrs?|سنوات|سنة|عاما|عاماً)\Z", "", value.strip(), flags=re.IGNORECASE
        )
    return _within(0, 130)(value)


def extension(value: Any) -> int:
    """The number behind a number: ``12``, ``x12``, ``ext. 12``."""
    if isinstance(value, str):
        value = re.sub(
            r"^\s*(x|ext(ension)?|تحويلة)[.:]?\s*(?=\d)", "", value.translate(DIGITS), flags=re.IGNORECASE
        )
    return _whole(1, 100_000)(value)


def _degrees(positive: str, negative: str, most: float) -> Callable[[Any], float]:
    """Of a position: a number, with its side of the world or in minutes and seconds, too."""

    def reader(value: Any) -> float:
        if isinstance(value, str):
            plain = value.translate(DIGITS).translate(_PRIMES).strip().strip(MARKS).upper()
            if found := _POSITION.fullmatch(plain):
                side = found["before"] or found["after"] or positive
                minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
                if (found["before"] and found["after"]) or side not in positive + negative:
                    raise Doubtful("not_a_value")
                if minutes >= 60 or seconds >= 60:
                    raise Doubtful("out_of_range")
                value = float(found["degrees"].replace(",", ".")) + minutes / 60 + seconds / 3600
                value = -value if side == negative else value
            else:
                value = plain
        return _within(-most, most)(value)

    return reader


def _within(low: float, high: float) -> Callable[[Any], float]:
    def reader(value: Any) -> float:
        found = number(value)
        if not low <= found <= high:
            raise Doubtful("out_of_range")
        return found

    return reader


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def reader(value: Any) -> int:
        found = number(value)
        if found != int(found):
            raise Doubtful("not_a_value")
        if not low <= found <= high:
            raise Doubtful("out_of_range")
        return int(found)

    return reader


def boolean(value: Any) -> bool:
    """Yes or no."""
    if isinstance(value, bool):
        return value
    plain = str(value).strip().lower()
    if plain in _YES or plain in ("1.0",):
        return True
    if plain in _NO or plain in ("0.0",):
        return False
    raise Doubtful("not_a_value")


def email(value: Any) -> str:
    """An address for mail."""
    plain = (text(value) or "").removeprefix("mailto:")
    if not _EMAIL.match(plain) or len(plain) > 254:
        raise Doubtful("not_a_value")
    return plain


def url(value: Any) -> str:
    """An address on the web; one without http gets it."""
    plain = text(value) or ""
    if _BARE_URL.match(plain) and "@" not in plain:
        plain = f"https://{plain}"
    if not _URL.match(plain) or len(plain) > 2000:
        raise Doubtful("not_a_value")
    return plain


def _uri(value: Any) -> str:
    plain = text(value) or ""
    if not _URI.match(plain) or len(plain) > 2000:
        raise Doubtful("not_a_value")
    return plain


def phone(value: Any, country: str = "") -> str:
    """A number as people write it: digits of any script, and none of what spreadsheets put around them."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    plain = str(value).translate(DIGITS).replace("\u200e", "").replace("\u202a", "").replace("\u202c", "")
    plain = re.sub(
        r"^(tel|phone|mob(ile)?)[.:]?\s*", "", plain.strip().strip("\"'").strip(), flags=re.IGNORECASE
    )
    if _PHONE.match(plain):
        return plain
    if re.search(r"[;,]|\d[eE][+-]?\d", plain):
        raise Doubtful("not_a_value")  # several; or what a spreadsheet leaves of a long one
    try:
        parsed = phonenumbers.parse(plain, country or None)
    except phonenumbers.NumberParseException:
        raise Doubtful("not_a_value") from None
    if not phonenumbers.is_possible_number(parsed):
        if _FROM_ELSEWHERE.match(plain):
            return plain
        raise Doubtful("not_a_value")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": text,
    "name": name,
    "number": _within(0, 1e9),
    "offset": offset,
    "amount": amount,
    "extension": extension,
    "status": status,
    "count": _whole(1, 100_000),
    "year": _whole(1000, 2100),
    "age": age,
    "latitude": _degrees("N", "S", 90),
    "longitude": _degrees("E", "W", 180),
    "bool": boolean,
    "email": email,
    "url": url,
    "uri": _uri,
    "opens": opening,
    "closes": closing,
    "date": day,
    "instant": instant,
    "byday": weekdays,
    "country": country,
    "language": language,
    "zone": zone,
    "currency": currency,
    "place": place,
    "condition": _as_it_is,
}
