"""How large the invented network is, and how its cases are spread over the centres."""

from __future__ import annotations

from dataclasses import dataclass

# The largest of the centres whose figures are known has 4,400 of 20,000 cases.
SHARE_OF_THE_LARGEST = 0.22


@dataclass(frozen=True)
class Size:
    """Centres, cases in all of them, listings of the directory, referral drafts that wait to be sent, and those for
    which she has to be asked first. ``by_hand``: how many of the referrals go to organizations without a sign-in."""

    centres: int = 10
    cases: int = 20_000
    listings: int = 1_000
    drafts: int = 0
    asking: int = 0
    by_hand: float = 0.1

    def cases_of_centres(self) -> list[int]:
        """How many cases each centre has, the largest first."""
        if self.centres == 1:
            return [self.cases]
        largest = round(self.cases * SHARE_OF_THE_LARGEST) if self.centres > 4 else self.cases // self.centres
        others, rest = divmod(self.cases - largest, self.centres - 1)
        return [largest + rest, *([others] * (self.centres - 1))]
