"""Reference numbers: short, for reading aloud and copying by hand, told from a slip of the pen by themselves.

A reference is the tenant's letters, a dash, five random characters and a check character: ``AH-7K3MTM``.
The random part has no vowels (it spells nothing) and no two characters that look alike: neither 0 nor O,
neither 1, I nor L, and of 2/Z, 5/S, 6/G and 8/B the digit only; nor Q, U and Y. The check character is
Luhn modulo 36 over letters and digits, the tenant's letters included, so that a number read under the
wrong centre is caught as well. It finds every single wrong character and every swap of neighbours.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

from stdnum import luhn

CHARACTERS = "23456789CDFHJKMNPRTVWX"
_ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RANDOM = 5
_TAIL = _RANDOM + 1
_PREFIX = re.compile(r"[A-Z]{2,5}")
_LOOKS_LIKE = str.maketrans("BSZG", "8526")


def new_reference(prefix: str) -> str:
    """A new random reference under a tenant's two to five letters. Raises ValueError for another prefix.

    One in some five million is the same as another of the tenant: the table's unique constraint tells, and
    the caller draws again.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("a reference begins with two to five letters A to Z")
    while True:
        body = "".join(secrets.choice(CHARACTERS) for _ in range(_RANDOM))
        check = luhn.calc_check_digit(prefix + body, _ALL)
        if check in CHARACTERS:
            return f"{prefix}-{body}{check}"


def is_valid_reference(text: str) -> bool:
    """Whether this is a reference that :func:`new_reference` can have made, as typed or as printed."""
    prefix, _, tail = normalise_reference(text).partition("-")
    return bool(
        _PREFIX.fullmatch(prefix)
        and len(tail) == _TAIL
        and all(character in CHARACTERS for character in tail)
        and luhn.is_valid(prefix + tail, _ALL)
    )


def normalise_reference(text: str) -> str:
    """The reference as printed, from what somebody typed: any case, spaces or dashes, digits of any script,
    and B, S, Z, G where 8, 5, 2, 6 are meant. What is no reference comes back as something not valid."""
    plain = unicodedata.normalize("NFKC", text[:60]).upper()
    kept = "".join(_latin(character) for character in plain)
    prefix, tail = kept[:-_TAIL], kept[-_TAIL:]
    return f"{prefix}-{tail.translate(_LOOKS_LIKE)}"


def _latin(character: str) -> str:
    """A letter or digit of the alphabet; nothing for blanks and dashes; "?" for what does not belong."""
    if character in _ALL:
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    return "" if category in ("Zs", "Pd", "Cf", "Cc") or character in "_./" else "?"
