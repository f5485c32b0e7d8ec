"""Where services are offered, in a word: what tells those of one name apart in a list."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from network.directory import wording
from network.directory.queries.duplicates import towns_of

FEW = 3


def towns_told(services: Iterable[UUID]) -> dict[UUID, str]:
    """The towns of several services in the reader's language: a few of each, and that there are more."""
    told = {}
    for one, there in towns_of(services).items():
        names = list(dict.fromkeys(wording.town(name, country) for name, country in there if name))
        told[one] = " · ".join(names[:FEW]) + (" …" if len(names) > FEW else "")
    return told
