"""What was merged in several steps leads to the one that stands, and each step knows it, so that it can be undone.

Since traces follow what they lead to, only those that were merged before lead to another trace.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0030"
down_revision = "0029"

KINDS = ("organization", "service", "location")


def upgrade() -> None:
    """Lead each trace on, merge by merge, as merging does it today."""
    with ddl.walls_lifted(*KINDS, "listing_merge"):
        for kind in KINDS:
            flatten(op.get_bind(), kind)


def flatten(connection: sa.Connection, kind: str) -> None:
    """Lead the traces of one kind on to those that stand."""
    stranded = sa.text(
        f"SELECT trace.id, trace.merged_into_id FROM {kind} AS trace "
        f"JOIN {kind} AS kept ON kept.id = trace.merged_into_id WHERE kept.merged_into_id IS NOT NULL ORDER BY 1"
    )
    standing = sa.text(
        "SELECT id, kept_id FROM listing_merge WHERE entity = :kind AND merged_id = :merged AND undone_at IS NULL"
    )
    leads = sa.text(f"SELECT merged_into_id FROM {kind} WHERE id = :id")
    note = sa.text("UPDATE listing_merge SET moved = moved || CAST(:move AS jsonb) WHERE id = :id")
    lead_on = sa.text(f"UPDATE {kind} SET merged_into_id = :into, modified_at = now() WHERE id = :id")
    for trace, first in connection.execute(stranded).all():
        into, seen = first, {trace}
        while into not in seen:
            seen.add(into)
            merge = connection.execute(standing, {"kind": kind, "merged": into}).first()
            # What no merge remembers cannot be undone: it only leads on.
            following = merge.kept_id if merge else connection.scalar(leads, {"id": into})
            if following is None:
                break
            if merge:
                move = [[kind, str(trace), "merged_into_id", str(into), str(following)]]
                connection.execute(note, {"id": merge.id, "move": json.dumps(move)})
            into = following
        if into != first and into != trace:
            connection.execute(lead_on, {"into": into, "id": trace})
