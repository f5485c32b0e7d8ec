"""What is read from a file, before it is known what it means: the record of one entity, and where it stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MOST_RECORDS: Final = 500_000  # of a file: more than what may be sent holds, unless it is made to hold much
WITH_ROW: Final = "with_row"  # why a value is set aside with which itself nothing is wrong


class Unreadable(Exception):
    """The file as a whole cannot be read. ``reason`` is a code that ``wording`` puts into words."""

    def __init__(self, reason: str, **about: Any):
        self.reason = reason
        self.about = about
        super().__init__(reason)


@dataclass(slots=True)
class Record:
    """One row of a feed. ``entity`` is empty where nobody knows what it is; ``foreign_id`` where it has none.

    ``line`` says where it stood (``services.csv:12``, ``/organizations/3/phones/0``). ``doubts`` are values that were
    set aside while reading: (field, value, reason). ``refused``: why it was not read at all. ``table``: the
    table or list in which it stood.
    """

    entity: str
    foreign_id: str
    line: str
    values: dict[str, Any]
    doubts: list[tuple[str, str, str]] = field(default_factory=list)
    refused: str = ""
    table: str = ""


def within_bounds(records: Iterable[Record]) -> Iterator[Record]:
    """The records, as long as there are not too many. Raises Unreadable."""
    for number, record in enumerate(records):
        if number >= MOST_RECORDS:
            raise Unreadable("too_many_rows")
        yield record


@dataclass(frozen=True, slots=True)
class Settings:
    """What an import takes for granted where a feed says nothing.

    ``towns``: codes of places by country and folded name, for the names that members added to the gazetteer.
    """

    country: str = ""
    time_zone: str = ""
    visibility: str = "network"
    confidential: bool = False
    language: str = "en"
    towns: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """From stored options; what is not known is left out."""
        return cls(**{name: given[name] for name in cls.__slots__ if given.get(name) is not None})
