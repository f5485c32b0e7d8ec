"""Text as feeds write it: what nobody can keep taken out of it, ids of sources, and whether anything is said."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from network.directory.fields import LONGEST_NAME, LONGEST_TEXT

LONGEST_KEPT: Final = 20_000
LONGEST_ID: Final = 500
UNUSABLE: Final = re.compile("[\0\ud800-\udfff]")
FORMULAS: Final = tuple("=+-@\t\r\n＝＋－＠|%")  # how a cell begins that some spreadsheet calculates
MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\ufeff"  # of the direction in which text runs
DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")


class Doubtful(Exception):
    """A value that cannot be used. ``reason``: one of the reasons for quarantine."""

    def __init__(self, reason: str):
        self.reason = reason
        super().__init__(reason)


def said(value: Any) -> str:
    """A value as text, for showing and for keeping aside; never longer than is kept."""
    text = value if isinstance(value, str) else repr(value) if isinstance(value, dict | list) else str(value)
    return UNUSABLE.sub("\ufffd", text)[:LONGEST_KEPT]


def foreign_id(value: Any) -> str:
    """An id of a source, whatever it is made of; of one that is too long, its start and a digest of it all."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # as spreadsheets keep numbers
    plain = UNUSABLE.sub("\ufffd", str(value)).strip().strip(MARKS).strip()
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


def text(value: Any) -> str | None:
    """Text without what a database cannot hold; too long is doubtful, and so is a formula that nobody worked out."""
    if isinstance(value, dict | list):
        if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
            value = ", ".join(str(one) for one in value)
        else:
            raise Doubtful("not_a_value")
    tidy = UNUSABLE.sub("\ufffd", str(value)).strip()
    if tidy[:1] == "'" and tidy[1:].startswith(FORMULAS):
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
