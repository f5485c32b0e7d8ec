"""Who works in the demonstration, and whom it serves: all invented."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from network.demonstration.data_files import data_file

# Known to whoever reads this, which is why it opens nothing but the demonstration.
PASSWORD = "every-one-here-is-invented"  # noqa: S105  # known to everybody, as said above


@dataclass(frozen=True)
class Colleague:
    """Somebody who can sign in to the demonstration."""

    tenant_id: UUID
    membership_id: UUID
    tenant: str
    name: str
    email: str
    roles: tuple[str, ...]


class Names:
    """Deals out invented names, numbers and papers, each once, in the same order every time."""

    def __init__(self) -> None:
        self._people = data_file("people")
        self._dealt: Counter[tuple[str, str]] = Counter()

    def _next(self, kind: str, key: str) -> int:
        self._dealt[(kind, key)] += 1
        return self._dealt[(kind, key)]

    def colleague(self, country: str) -> str:
        """The name of a member of staff in this country."""
        names = self._people["staff"].get(country) or self._people["staff"]["JO"]
        turn = self._next("staff", country) - 1
        # When all are dealt out, each first name goes on with the next one's family name; then by number.
        count = len(names)
        given, family = (names[at % count]["latin"].rsplit(" ", 1) for at in (turn, turn + turn // count))
        latin = f"{given[0]} {family[-1]}"
        return latin if turn < count * count else f"{latin} {turn // (count * count) + 1}"

    def client(self, nationality: str, sex: str) -> tuple[str, list[str]]:
        """A client's name as it is written first, and in other scripts."""
        known = self._people["nationalities"][nationality]
        givens, families = known[sex], known[f"family_{sex}"]
        turn = self._next("client", nationality + sex)
        given = givens[turn % len(givens)]
        family = families[(turn * 5) % len(families)]
        return written({"given": given, "family": family})

    def child(self, nationality: str, sex: str, family: str) -> str:
        """A child's name, with a part of the mother's."""
        names = self._people["children"][nationality][sex]
        given: str = names[self._next("child", nationality + sex) % len(names)]["latin"]
        return f"{given} {family.split()[-1]}"

    def phone(self, country: str) -> str:
        """A number that rings nobody."""
        pattern: str = self._people["phones"][country]
        return pattern % (self._next("phone", country) + 100)

    def passport(self) -> str:
        """A number that no country gives."""
        pattern: str = self._people["documents"]["passport"]
        return pattern % (self._next("passport", "") + 1000)

    def employer(self, code: str) -> dict[str, Any]:
        """An invented employer."""
        found: dict[str, Any] = next(one for one in self._people["employers"] if one["code"] == code)
        return found


def written(names: dict[str, Any]) -> tuple[str, list[str]]:
    """A name in Latin letters, and the same in own script and Arabic where it is known."""
    parts = [part for part in (names.get("given"), names.get("family")) if part]
    latin = " ".join(part["latin"] for part in parts)
    others = [
        " ".join(part[script] for part in parts)
        for script in ("own", "ar")
        if all(part.get(script) for part in parts)
    ]
    return latin, others
