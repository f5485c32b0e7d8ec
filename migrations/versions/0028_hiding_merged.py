"""A place that becomes confidential takes along what was merged into it: a merge forgets what it took."""

from __future__ import annotations

from migrations import ddl

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """The steward alone writes its merges, as before; now also what moved, to leave out what told the door."""
    ddl.grant("listing_merge", "UPDATE", columns=["moved"])
