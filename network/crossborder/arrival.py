"""What somebody needs on arrival, as a handoff keeps it, and what of it a board may say. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from network.core import vocabulary


@dataclass(frozen=True)
class NeedOnArrival:
    """What she needs on arrival; some needs have a date of their own."""

    code: str
    on: date | None

    @property
    def printed(self) -> str:
        """Whether a board may say so: ``yes``, in ``generic`` words, or ``no``."""
        return vocabulary.arrival_need(self.code).on_printed_board


def written_needs(codes: Collection[str], dates: Mapping[str, date]) -> list[str]:
    """Needs as a handoff keeps them: the code, and after an @ the date where the need has one."""
    order = list(vocabulary.terms("arrival_needs"))
    return [
        f"{code}@{dates[code].isoformat()}" if vocabulary.arrival_need(code).needs_date else code
        for code in sorted(set(codes), key=order.index)
    ]


def read_needs(written: Collection[str]) -> tuple[NeedOnArrival, ...]:
    """Needs as a handoff keeps them, read again."""
    parts = [one.partition("@") for one in written]
    return tuple(NeedOnArrival(code, date.fromisoformat(on) if on else None) for code, _at, on in parts)
