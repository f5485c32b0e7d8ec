"""Single values as feeds write them, read into what the directory keeps. What cannot be read says why."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.core import get_global

from network.core import vocabulary
from network.core.errors import DomainError
from network.directory.feeds.entities import CODES
from network.directory.fields import LONGEST_NAME, LONGEST_TEXT
from network.directory.geo import find_place
from network.directory.states import WEEKDAYS

LONGEST_KEPT: Final = 20_000
LONGEST_ID: Final = 500
_UNUSABLE: Final = re.compile("[\0\ud800-\udfff]")
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")
_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\Z")
_URL: Final = re.compile(r"https?://[^\s/?#.][^\s/?#]*([/?#]\S*)?\Z", re.IGNORECASE)
_BARE_URL: Final = re.compile(r"(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}([/?#]\S*)?\Z", re.IGNORECASE)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}\Z")
_TIME: Final = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?:[:.]\d{2}(?:\.\d+)?)?)?\s*(?P<half>[ap]\.?\s?m\.?|[صم])?"
    r"\s*(?:Z|[+-]\d{2}:?\d{2})?\Z",
    re.IGNORECASE,
)
_ISO_DATE: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?\Z")
_DATE: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})\Z")
_WORDED: Final = re.compile(
    r"(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})\Z|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})\Z"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CODED_DAYS: Final = re.compile(
    r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*\Z"
)
_MONTHLY_DAY: Final = re.compile(r"[+-]?[1-5](MO|TU|WE|TH|FR|SA|SU)\Z")
_DAY_NAMES: Final[Mapping[str, str]] = {
    **{day.lower(): day for day in WEEKDAYS},
    **dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), WEEKDAYS, strict=True)),
    **dict(zip(("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"), WEEKDAYS, strict=True)),
    "الإثنين": "MO", "الاربعاء": "WE", "الاحد": "SU",
}  # fmt: skip
_YES: Final = frozenset({"true", "yes", "y", "1", "x", "نعم", "on"})
_NO: Final = frozenset({"false", "no", "n", "0", "لا", "off"})
_EXCEL_EPOCH: Final = date(1899, 12, 30)


class Doubtful(Exception):
    """A value that cannot be used. ``reason``: one of the reasons for quarantine."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(reason)


def said(value: Any) -> str:
    """A value as text, for showing and for keeping aside; never longer than is kept."""
    text = value if isinstance(value, str) else repr(value) if isinstance(value, dict | list) else str(value)
    return _UNUSABLE.sub("\ufffd", text)[:LONGEST_KEPT]


def foreign_id(value: Any) -> str:
    """An id of a source, whatever it is made of; of one that is too long, its start and a digest of it all."""
    plain = _UNUSABLE.sub("\ufffd", str(value)).strip()
    if len(plain) <= LONGEST_ID:
        return plain
    return f"{plain[: LONGEST_ID - 65]}~{hashlib.sha256(plain.encode()).hexdigest()}"


def is_empty(value: Any) -> bool:
    """Whether a feed says nothing here."""
    return (
        value is None
        or value == []
        or value == {}
        or (isinstance(value, str) and value.strip().lower() in ("", "null", "none", "n/a", "nan", "\\n"))
    )


def read(kind: str, value: Any, country: str = "") -> Any:
    """The value of this kind, or None where nothing is said. Raises Doubtful."""
    if is_empty(value):
        return None
    name, _, of = kind.partition("/")
    if name in ("one", "several"):
        return _one(value, CODES[of]) if name == "one" else [_one(code, CODES[of]) for code in _parts(value)]
    if name == "code":
        return _coded(of, value)
    if name == "phone":
        return phone(value, country)
    return _READERS[name](value)


def text(value: Any) -> str | None:
    """Text without what a database cannot hold; too long is doubtful, and so is a formula that nobody worked out."""
    if isinstance(value, dict | list):
        if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
            value = ", ".join(str(one) for one in value)
        else:
            raise Doubtful("not_a_value")
    tidy = _UNUSABLE.sub("\ufffd", str(value)).strip()
    if tidy[:1] == "'" and tidy[1:2] in ("=", "+", "-", "@"):
        tidy = tidy[1:]  # the apostrophe with which spreadsheets are told that this is no formula
    if tidy.startswith("=") and "(" in tidy:
        raise Doubtful("not_a_value")
    if len(tidy) > LONGEST_TEXT:
        raise Doubtful("too_long")
    return tidy or None


def name(value: Any) -> str | None:
    """A name on one line."""
    tidy = text(value)
    if tidy is None:
        return None
    tidy = " ".join(tidy.split())
    if len(tidy) > LONGEST_NAME:
        raise Doubtful("too_long")
    return tidy


def number(value: Any) -> float:
    """A number, with a point or a comma."""
    if isinstance(value, bool):
        raise Doubtful("not_a_value")
    if not isinstance(value, int | float):
        plain = str(value).translate(_DIGITS).strip().lstrip("'").replace("\u2212", "-").rstrip("°")
        if plain.count(",") == 1 and "." not in plain:
            plain = plain.replace(",", ".")
        try:
            value = float(plain)
        except ValueError:
            raise Doubtful("not_a_value") from None
    if value != value or abs(value) > 1e12:
        raise Doubtful("out_of_range")
    return float(value)


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
    plain = str(value).translate(_DIGITS).replace("\u200e", "").replace("\u202a", "").replace("\u202c", "")
    plain = re.sub(
        r"^(tel|phone|mob(ile)?)[.:]?\s*", "", plain.strip().strip("\"'").strip(), flags=re.IGNORECASE
    )
    if _PHONE.match(plain):
        return plain
    try:
        parsed = phonenumbers.parse(plain, country or None)
    except phonenumbers.NumberParseException:
        raise Doubtful("not_a_value") from None
    if not phonenumbers.is_possible_number(parsed):
        raise Doubtful("not_a_value")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def clock_time(value: Any) -> str:
    """``HH:MM``, from 24 hours, 12 hours, a fraction of a day, with seconds or an offset. ``24:00`` ends a day."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        value = value.total_seconds() / 86400
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        minutes = round(value * 1440)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    plain = str(value).translate(_DIGITS).strip().lower()
    if plain in ("noon", "12 noon", "midday"):
        return "12:00"
    if plain in ("midnight", "12 midnight"):
        return "24:00"
    if re.fullmatch(r"\d{3,4}", plain):
        plain = f"{plain[:-2]}:{plain[-2:]}"
    found = _TIME.match(plain)
    if not found or (
        found["minute"] is None and found["half"] is None and ":" not in plain and len(plain) > 2
    ):
        raise Doubtful("not_a_value")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "")[:1]
    if half and hour <= 12:  # "13:00pm" is written too, and can only mean one thing
        hour = hour % 12 + (12 if half in ("p", "م") else 0)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise Doubtful("out_of_range")
    return f"{hour:02d}:{minute:02d}"


def _opens(value: Any) -> str:
    found = clock_time(value)
    return "00:00" if found == "24:00" else found


def _closes(value: Any) -> str:
    return clock_time(value)


def day(value: Any) -> date:
    """A date: ISO, with a month in words, or day/month where only one of the two can be meant."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 20_000 <= value <= 80_000:
            raise Doubtful("not_a_value")
        return _EXCEL_EPOCH + timedelta(days=int(value))
    plain = str(value).translate(_DIGITS).strip()
    try:
        if found := _ISO_DATE.match(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DATE.match(plain):
            first, second = int(found[1]), int(found[2])
            if first <= 12 and second <= 12 and first != second:
                raise Doubtful("not_a_value")  # which of them is the month nobody can tell
            return date(int(found[3]), *((second, first) if first > 12 else (first, second)))
        if found := _WORDED.match(plain):
            month = (found[2] or found[4]).lower()[:3]
            if month in _MONTHS:
                return date(int(found[3] or found[6]), _MONTHS.index(month) + 1, int(found[1] or found[5]))
    except ValueError:
        raise Doubtful("out_of_range") from None
    raise Doubtful("not_a_value")


def instant(value: Any) -> datetime:
    """An instant; without an offset it is UTC."""
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value).strip())
        except ValueError:
            value = datetime.combine(day(value), time())
    found: datetime = value
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def weekdays(value: Any) -> str:
    """``MO,TU``: from codes, names, numbers (1 is Monday), ranges (``Sun-Thu``); ``1MO`` of a month."""
    if _CODED_DAYS.match(str(value)):
        return str(value)
    found: list[str] = []
    for part in _parts(value, also=r"[,;/&+]|\band\b|\s+و\s*"):
        plain = part.strip().strip(".").lower()
        if plain in ("daily", "every day", "everyday", "all", "يوميا", "يومياً"):
            return ",".join(WEEKDAYS)
        if plain in ("weekdays",):
            found += WEEKDAYS[:5]
        elif _MONTHLY_DAY.match(plain.upper()):
            found.append(plain.upper().lstrip("+"))
        elif ends := re.fullmatch(r"(\w+)\s*(?:-|–|to|through|thru|until|إلى|الى)\s*(\w+)", plain):
            first, last = WEEKDAYS.index(_weekday(ends[1])), WEEKDAYS.index(_weekday(ends[2]))
            found += [WEEKDAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)]
        else:
            found += [_weekday(word) for word in plain.split()]
    if not found:
        raise Doubtful("not_a_value")
    numbered = [one for one in dict.fromkeys(found) if one not in WEEKDAYS]
    return ",".join([one for one in WEEKDAYS if one in found] + numbered)


def _weekday(word: str) -> str:
    plain = word.strip().lower()
    if plain in ("1", "2", "3", "4", "5", "6", "7"):
        return WEEKDAYS[int(plain) - 1]
    found = _DAY_NAMES.get(plain) or (_DAY_NAMES.get(plain[:3]) if plain[:1].isascii() else None)
    if found is None:
        raise Doubtful("not_a_value")
    return found


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


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    return {
        label.casefold(): code.replace("_", "-")
        for locale in ("ar", "en")
        for code, label in Locale(locale).languages.items()
    } | {"tagalog": "fil", "farsi": "fa", "bangla": "bn"}


def _zone(value: Any) -> str:
    plain = (text(value) or "").strip()
    try:
        ZoneInfo(plain)
    except (KeyError, ValueError, OSError):
        raise Doubtful("not_a_value") from None
    if "/" not in plain and plain != "UTC":
        raise Doubtful("not_a_value")
    return plain


def _currency(value: Any) -> str:
    code = (text(value) or "").strip().upper()
    if code not in Locale("en").currencies:
        raise Doubtful("unknown_code")
    return code


def _place(value: Any) -> str:
    code = text(value) or ""
    if find_place(code) is None:
        raise Doubtful("unknown_code")
    return code


def _one(value: Any, codes: tuple[str, ...]) -> str:
    plain = str(value).strip()
    known = {code.lower().replace("_", " "): code for code in codes}
    found = known.get(plain.lower().replace("_", " ").replace("-", " "))
    if found is None:
        raise Doubtful("unknown_code")
    return found


def _coded(list_name: str, value: Any) -> str:
    try:
        return vocabulary.check(list_name, str(value).strip())
    except DomainError:
        raise Doubtful("unknown_code") from None


def _parts(value: Any, also: str = r"[,;|]") -> list[str]:
    if isinstance(value, list | tuple):
        return [str(one) for one in value if not is_empty(one)]
    return [part for part in re.split(also, str(value)) if part and part.strip()]


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": text,
    "name": name,
    "number": _within(0, 1e9),
    "offset": _within(-15, 15),
    "amount": _within(0, 1e9),
    "count": _whole(1, 100_000),
    "year": _whole(1000, 2100),
    "age": _within(0, 130),
    "latitude": _within(-90, 90),
    "longitude": _within(-180, 180),
    "bool": boolean,
    "email": email,
    "url": url,
    "uri": _uri,
    "opens": _opens,
    "closes": _closes,
    "date": day,
    "instant": instant,
    "byday": weekdays,
    "country": country,
    "language": language,
    "zone": _zone,
    "currency": _currency,
    "place": _place,
    "condition": _as_it_is,
}
