"""Until when somebody who returns may be visited: her sender says it, and whoever visits her reads it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0032"
down_revision = "0031"

SENT = "from_tenant_id = (SELECT context_tenant())"
# What the grants of before say, of every handoff that was offered and goes with visits: to where they end, were taken
# back or were never confirmed, and no longer than to the refusal that sealed what was sent.
BROUGHT_OVER = """
INSERT INTO handoff_contact (exchange_id, from_tenant_id, to_tenant_id, until)
SELECT h.exchange_id, h.from_tenant_id, h.to_tenant_id, least(
    max(coalesce(g.withdrawn_at,
        CASE WHEN c.confirmed_at IS NULL THEN least(g.expires_at, c.provisional_until) ELSE g.expires_at END)),
    max(p.sealed_at))
FROM handoff h
JOIN exchange e ON e.id = h.exchange_id
JOIN exchange_side s ON s.exchange_id = e.id AND s.tenant_id = e.from_tenant_id
JOIN organization o ON o.id = e.to_organization_id
JOIN consent_grant g ON g.tenant_id = s.tenant_id AND g.client_id = s.client_id
    AND g.purpose = 'follow_up_contact'
    AND (g.recipient_organization_id = o.id
         OR g.recipient_class = o.recipient_class AND g.recipient_country = o.country)
JOIN consent c ON c.tenant_id = g.tenant_id AND c.id = g.consent_id
LEFT JOIN packet p ON p.exchange_id = h.exchange_id AND p.seal_reason = 'refused'
WHERE e.sent_at IS NOT NULL AND h.to_tenant_id IS NOT NULL AND h.mode <> 'pre_departure'
GROUP BY h.exchange_id, h.from_tenant_id, h.to_tenant_id
"""
READ = ("handoff", "exchange", "exchange_side", "organization", "consent_grant", "consent", "packet")


def upgrade() -> None:
    """A two-party table that its sender alone writes; filled from the grants that stand."""
    op.create_table(
        "handoff_contact",
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_handoff_contact_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_handoff_contact_exchange_id_to_tenant_id",
        ),
        sa.PrimaryKeyConstraint("exchange_id", name="pk_handoff_contact"),
    )
    op.create_index("ix_handoff_contact_to_tenant_id_until", "handoff_contact", ["to_tenant_id", "until"])
    with ddl.walls_lifted(*READ):
        op.execute(BROUGHT_OVER)
    ddl.protect_two_party(
        "handoff_contact", sender=SENT, receiver=ddl.of_sent_exchange("handoff_contact"), columns=["until"]
    )
