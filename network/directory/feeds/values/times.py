"""Clock times, dates and weekdays as people write them, in any script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from rapidfuzz.distance import OSA

from network.directory.feeds.values.texts import DIGITS, Doubtful, is_empty
from network.directory.states import WEEKDAYS

_TIME: Final = re.compile(
    r"(?:\d{4}-\d{2}-\d{2})?T?(?P<hour>\d{1,2})(?:h|[:.h](?P<minute>\d{2})(?:[:.]\d{2}(?:\.\d+)?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?|ص(?:باح[اً]*)?|م(?:ساء[اً]*)?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?\Z",
    re.IGNORECASE,
)
# Part of a day, as a spreadsheet keeps it: 0.375, 0.5, 0.75. "0.33" may be half past midnight as well.
_FRACTION: Final = re.compile(r"0?\.(?:\d|[6-9]\d|\d{3,})")
_EITHER: Final = re.compile(r"0\.[0-5]\d")
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
_ENGLISH: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONG, _SLIPS = 6, 2  # letters of a word that may have so many slips
_EXCEL_EPOCH: Final = date(1899, 12, 30)


def clock_time(value: Any) -> str:
    """``HH:MM``, from 24 hours, 12 hours, a fraction of a day, with seconds or an offset. ``24:00`` ends a day."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        value = value.total_seconds() / 86400
    if isinstance(value, float) and 0 <= value <= 1:
        minutes = round(value * 1440)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    plain = str(value).translate(DIGITS).strip().lower()
    if _FRACTION.fullmatch(plain):
        return clock_time(float(plain))
    if plain in ("noon", "12 noon", "midday"):
        return "12:00"
    if plain in ("midnight", "12 midnight"):
        return "24:00"
    if re.fullmatch(r"\d{3,4}", plain):
        plain = f"{plain[:-2]}:{plain[-2:]}"
    found = _TIME.match(plain)
    if (
        not found
        or _EITHER.fullmatch(plain)
        or (found["minute"] is None and found["half"] is None and not re.fullmatch(r"\d{1,2}h?", plain))
    ):
        raise Doubtful("not_a_value")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "")[:1]
    if half and hour <= 12:  # "13:00pm" is written too, and can only mean one thing
        hour = hour % 12 + (12 if half in ("p", "م") else 0)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise Doubtful("out_of_range")
    return f"{hour:02d}:{minute:02d}"


def opening(value: Any) -> str:
    """When it opens: a day begins at 00:00."""
    found = clock_time(value)
    return "00:00" if found == "24:00" else found


def closing(value: Any) -> str:
    """When it closes: a day ends at 24:00."""
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
    plain = str(value).translate(DIGITS).strip()
    try:
        if found := _ISO_DATE.match(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DATE.match(plain):
            first, second = int(found[1]), int(found[2])
            if first <= 12 and second <= 12 and first != second:
                raise Doubtful("not_a_value")  # which of them is the month nobody can tell
            return date(int(found[3]), *((second, first) if first > 12 else (first, second)))
        if re.fullmatch(r"[2-7]\d{4}", plain):  # a cell of a spreadsheet that forgot that it was a date
            return _EXCEL_EPOCH + timedelta(days=int(plain))
        if re.fullmatch(r"(19|20)\d{6}", plain):
            return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
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
    for part in parts(value, also=r"[,;/&+]|\band\b|\s+و\s*"):
        plain = part.strip().strip(".").lower()
        if plain in ("daily", "every day", "everyday", "all", "يوميا", "يومياً"):
            return ",".join(WEEKDAYS)
        if plain in ("weekdays", "m-f"):
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
    found = _DAY_NAMES.get(plain) or (_named(plain) if plain[:1].isascii() else None)
    if found is None:
        raise Doubtful("not_a_value")
    return found


def _named(word: str) -> str | None:
    """A day by its English name: shortened, of many, or with slips. "Monthly" and "friends" are none."""
    days = dict(zip(_ENGLISH, WEEKDAYS, strict=True))
    for name, day in days.items():
        if (len(word) > 2 and f"{name}s".startswith(word)) or word == f"{name[:3]}s":
            return day
    if len(word) < _LONG:
        return None
    slips, name = min((OSA.distance(word, name), name) for name in days)
    return days[name] if slips <= _SLIPS else None


def parts(value: Any, also: str = r"[,;|]") -> list[str]:
    """Several in one text, or in a list."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value if not is_empty(one)]
    return [part for part in re.split(also, str(value)) if part and part.strip()]
