"""Values as the standard writes them: what does not conform is not told as if it did.

A teller answers None for such a value; the profile's ``nonconforming`` then keeps it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from werkzeug.urls import iri_to_uri

from network.directory.hsds.standard import CODES

_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
# RFC 3986, appendix A: a scheme and, where there is an authority, a host that is not empty.
_URI: Final = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?"
    rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?(?=[/?#]|\Z))?"
    rf"(?!//){_CHARACTER}*(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?\Z"
)
_WEB: Final = re.compile(r"https?://(?:[^/?#@]*@)?[A-Za-z0-9\[]", re.IGNORECASE)
# RFC 5321 as programs check it: a dot-atom, and a domain of labels.
_EMAIL: Final = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])\Z"
)
_LONGEST_URI: Final = 2000


def teller(kind: str) -> Callable[[Any], Any]:
    """What writes a value of this kind as the standard wants it, or answers None where it cannot."""
    if kind in CODES:
        codes = frozenset(CODES[kind])
        return lambda value: value if value in codes else None
    return _TELLERS[kind]


def uri(value: Any) -> str | None:
    """An absolute URI; letters beyond ASCII are written as a URI writes them."""
    text = str(value).strip()
    if len(text) > _LONGEST_URI:
        return None
    if not text.isascii():
        try:
            text = iri_to_uri(text)
        except (ValueError, UnicodeError):
            return None
    if not _URI.match(text) or (text.lower().startswith("http") and not _WEB.match(text)):
        return None
    return text


def email(value: Any) -> str | None:
    """An address for mail."""
    text = str(value).strip()
    return text if _EMAIL.match(text) else None


def instant(value: Any) -> str | None:
    """An instant in UTC, to the millisecond."""
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: Any) -> str | None:
    """A date."""
    return value.isoformat() if isinstance(value, date) else None


def number(value: Any) -> int | float | None:
    """A number; whole ones without a point."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return int(value) if value == int(value) else float(value)


def _text(value: Any) -> str | None:
    return str(value)


def _uuid(value: Any) -> str | None:
    return str(value) if isinstance(value, UUID) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _as_it_is(value: Any) -> Any:
    return value


_TELLERS: Final[dict[str, Callable[[Any], Any]]] = {
    "string": _text,
    "uuid": _uuid,
    "uri": uri,
    "email": email,
    "date": day,
    "time": _text,
    "date-time": instant,
    "number": number,
    "integer": number,
    "boolean": _boolean,
    "any": _as_it_is,
}
