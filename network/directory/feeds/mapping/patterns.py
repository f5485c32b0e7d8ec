"""The patterns of a mapping. They come from anybody, so they are matched by RE2: in time that grows with the text.

What needs more than that (looking ahead or back, a group found again) RE2 does not take, and says so. Its ``\\w``,
``\\d`` and ``\\b`` know ASCII alone: letters and digits of every script are ``\\pL`` and ``\\pN``.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Final

import re2

from network.directory.feeds.records import Unreadable

LONGEST_PATTERN: Final = 500
LONGEST_TEXT: Final = 5000
MOST_SECONDS: Final = 30.0
_LARGEST_PROGRAM: Final = 128 * 1024
_OPTIONS: Final = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = _LARGEST_PROGRAM


class BadPattern(ValueError):
    """A pattern that cannot be used, and why, as RE2 says it; nothing for one that is too long."""


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re2._Regexp:
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as wrong:
        said = wrong.args[0] if wrong.args else b""
        raise BadPattern(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)) from None


def check_pattern(pattern: str) -> None:
    """Raises BadPattern where it cannot be used."""
    _compiled(pattern)


class Matching:
    """What the patterns of one mapping find in one file. Together they have so much time of the processor."""

    def __init__(self) -> None:
        self.left_s = MOST_SECONDS

    def first(self, pattern: str, text: str) -> str | None:
        """What a pattern finds first: its first group, or all of it where it has none. Raises Unreadable."""
        compiled, began = _compiled(pattern), time.thread_time()
        found = compiled.search(text[:LONGEST_TEXT].encode("utf-8", "replace").decode())
        self.left_s -= time.thread_time() - began
        if self.left_s < 0:
            raise Unreadable("slow_patterns")
        if found is None:
            return None
        said: str | None = found[1] if compiled.groups else found[0]
        return said
