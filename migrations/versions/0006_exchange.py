"""Exchanges between two tenants: their sides, events and messages, and the packets they carry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0006"
down_revision = "0005"

NOW = sa.DateTime(timezone=True)

TIMES = ["sent_at", "accepted_at", "ended_at"]

# From and to are not among the columns that may be updated; this keeps the rest of the promise: a step's
# time is written once, and by the side whose step it is.
GUARD = """
CREATE FUNCTION guard_exchange() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE acting uuid := context_tenant();
BEGIN
    IF OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at
       OR OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
       OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN
        RAISE EXCEPTION 'the time of a step is written once' USING ERRCODE = '42501';
    END IF;
    IF OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL AND acting IS DISTINCT FROM NEW.from_tenant_id
       OR OLD.accepted_at IS NULL AND NEW.accepted_at IS NOT NULL
          AND acting IS DISTINCT FROM coalesce(NEW.to_tenant_id, NEW.from_tenant_id) THEN
        RAISE EXCEPTION 'this step is the other side''s' USING ERRCODE = '42501';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'an exchange moves one version at a time' USING ERRCODE = '40001';
    END IF;
    RETURN NEW;
END
$$
"""

# Runs as network_mailbox, whose policies cover the two tables that it writes and nothing else.
DELIVER = """
CREATE FUNCTION deliver_exchange() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE side record;
BEGIN
    IF NEW.sent_at IS NULL THEN
        RETURN NULL;
    END IF;
    IF OLD.sent_at IS NULL AND NEW.to_tenant_id IS NOT NULL THEN
        INSERT INTO public.exchange_side
            (tenant_id, exchange_id, kind, role, restricted, unread, open, updated_at)
        VALUES (NEW.to_tenant_id, NEW.id, NEW.kind, 'receiver', false, false, true, now());
    END IF;
    FOR side IN
        SELECT s.tenant_id FROM public.exchange_side s
        WHERE s.exchange_id = NEW.id
          AND (NEW.moved_by = 'system' OR s.role <> NEW.moved_by)
    LOOP
        UPDATE public.exchange_side SET unread = true, updated_at = now()
            WHERE tenant_id = side.tenant_id AND exchange_id = NEW.id;
        INSERT INTO public.outbox
            (tenant_id, id, topic, subject_id, expected_version, available_at, created_at)
        VALUES (side.tenant_id, uuidv7(), 'exchange.moved', NEW.id, NEW.version, now(), now());
    END LOOP;
    RETURN NULL;
END
$$
"""

RECEIVED = "to_tenant_id = (SELECT context_tenant())"
SENT = "from_tenant_id = (SELECT context_tenant())"


def of_open_side(table: str) -> str:
    """The sender's condition: the exchange is in a mailbox that she may see (a restricted client's may be not)."""
    return (
        f"{SENT} AND EXISTS (SELECT 1 FROM exchange_side s "
        f"WHERE s.tenant_id = {table}.from_tenant_id AND s.exchange_id = {table}.exchange_id)"
    )


def of_live_packet(table: str, more: str = "") -> str:
    """The receiver's condition for what a packet holds: sent, not sealed, not past its end by this clock."""
    return (
        f"{table}.{RECEIVED} AND EXISTS (SELECT 1 FROM packet p JOIN exchange e ON e.id = p.exchange_id "
        f"WHERE p.id = {table}.packet_id AND e.sent_at IS NOT NULL AND p.sealed_at IS NULL "
        "AND p.readable_until > now() AND (p.named_account_id IS NULL "
        f"OR p.named_account_id = (SELECT context_account())){more})"
    )


def upgrade() -> None:
    """Make the exchange tables."""
    exchanges()
    sides()
    events()
    packets()
    messages()


def exchanges() -> None:
    """The row that both sides share: a draft is its sender's alone."""
    op.create_table(
        "exchange",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("to_organization_id", sa.Uuid, nullable=False),
        sa.Column("group_id", sa.Uuid),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("moved_by", sa.Text, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("sent_at", NOW),
        sa.Column("accepted_at", NOW),
        sa.Column("ended_at", NOW),
        sa.CheckConstraint(
            "(kind = 'referral' AND state IN ('draft', 'sent', 'received', 'needs_information', 'accepted', 'declined', 'scheduled', 'in_progress', 'completed', 'not_served', 'closed', 'withdrawn', 'recalled', 'expired')) OR (kind = 'handoff' AND state IN ('prepared', 'offered', 'in_review', 'clarification', 'accepted', 'declined', 'taken_over', 'closed', 'recalled'))",
            name="state",
        ),
        sa.CheckConstraint("kind IN ('referral', 'handoff')", name="kind"),
        sa.CheckConstraint("moved_by IN ('sender', 'receiver', 'system')", name="moved_by"),
        sa.ForeignKeyConstraint(["from_tenant_id"], ["tenant.id"], name="fk_exchange_from_tenant_id"),
        sa.ForeignKeyConstraint(["to_tenant_id"], ["tenant.id"], name="fk_exchange_to_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_exchange"),
        sa.UniqueConstraint("from_tenant_id", "reference", name="uq_exchange_from_tenant_id_reference"),
        sa.UniqueConstraint("id", "from_tenant_id", name="uq_exchange_id_from_tenant_id"),
        sa.UniqueConstraint("id", "to_tenant_id", name="uq_exchange_id_to_tenant_id"),
    )
    ddl.force_row_security("exchange")
    ddl.policy("exchange", "sender", "SELECT", SENT)
    ddl.policy(
        "exchange", "sender_prepares", "INSERT", check=f"{SENT} AND sent_at IS NULL AND accepted_at IS NULL"
    )
    ddl.policy("exchange", "sender_moves", "UPDATE", SENT, SENT)
    ddl.policy("exchange", "receiver", "SELECT", f"{RECEIVED} AND sent_at IS NOT NULL")
    ddl.policy("exchange", "receiver_moves", "UPDATE", f"{RECEIVED} AND sent_at IS NOT NULL", RECEIVED)
    ddl.grant("exchange", "SELECT", "INSERT")
    ddl.grant("exchange", "UPDATE", columns=["state", "version", "moved_by", *TIMES])
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON exchange FOR EACH ROW EXECUTE FUNCTION guard_exchange()"
    )


def sides() -> None:
    """Each side's mailbox; the trigger writes the other side's."""
    op.create_table(
        "exchange_side",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("client_id", sa.Uuid),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Uuid),
        sa.Column("assignee_account_id", sa.Uuid),
        sa.Column("due_at", NOW),
        sa.Column("due_kind", sa.Text),
        sa.Column("unread", sa.Boolean, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("updated_at", NOW, nullable=False),
        sa.CheckConstraint("role IN ('sender', 'receiver')", name="role"),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name="fk_exchange_side_exchange_id"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case_file.tenant_id", "case_file.id"],
            name="fk_exchange_side_tenant_id_case_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_exchange_side_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "exchange_id", name="pk_exchange_side"),
    )
    op.create_index("ix_exchange_side_mailbox", "exchange_side", ["tenant_id", "role", "open", "due_at"])
    op.create_index("ix_exchange_side_tenant_id_case_id", "exchange_side", ["tenant_id", "case_id"])
    ddl.protect_private(
        "exchange_side",
        restricted=True,
        columns=[
            "client_id",
            "restricted",
            "case_id",
            "assignee_account_id",
            "due_at",
            "due_kind",
            "unread",
            "open",
            "updated_at",
        ],
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON exchange_side TO network_mailbox")
    op.execute("GRANT INSERT ON outbox TO network_mailbox")
    ddl.policy("exchange_side", "mailbox", "ALL", "true", "true", role="network_mailbox")
    ddl.policy("outbox", "mailbox", "INSERT", check="topic = 'exchange.moved'", role="network_mailbox")
    op.execute(DELIVER)
    op.execute(
        "CREATE TRIGGER deliver AFTER UPDATE ON exchange FOR EACH ROW EXECUTE FUNCTION deliver_exchange()"
    )
    ddl.definer("deliver_exchange()", "network_mailbox")


def events() -> None:
    """What happened, for both sides; and reasons that one side keeps to itself."""
    op.create_table(
        "exchange_event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("at", NOW, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("role", sa.Text),
        sa.Column("move", sa.Text, nullable=False),
        sa.Column("from_state", sa.Text, nullable=False),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("reason_list", sa.Text),
        sa.Column("reason_code", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("side IN ('sender', 'receiver', 'system')", name="side"),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_exchange_event_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_exchange_event_exchange_id_to_tenant_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_event"),
    )
    op.create_index("ix_exchange_event_exchange_id_at", "exchange_event", ["exchange_id", "at"])
    op.create_table(
        "exchange_reason",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("reason_list", sa.Text, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "exchange_id"],
            ["exchange_side.tenant_id", "exchange_side.exchange_id"],
            name="fk_exchange_reason_tenant_id_exchange_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "event_id", name="pk_exchange_reason"),
    )
    ddl.force_row_security("exchange_event")
    ddl.policy("exchange_event", "sender_reads", "SELECT", SENT)
    ddl.policy("exchange_event", "receiver_reads", "SELECT", ddl.of_sent_exchange("exchange_event"))
    ddl.policy("exchange_event", "sender_adds", "INSERT", check=f"{SENT} AND side IN ('sender', 'system')")
    ddl.policy(
        "exchange_event",
        "receiver_adds",
        "INSERT",
        check=f"{ddl.of_sent_exchange('exchange_event')} AND side IN ('receiver', 'system')",
    )
    ddl.grant("exchange_event", "SELECT", "INSERT")
    ddl.protect_private("exchange_reason", append_only=True)


def packets() -> None:
    """Packets: the sender makes and seals them; the receiver only reads, and only what she may by now."""
    op.create_table(
        "packet",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("onward", sa.Boolean, nullable=False),
        sa.Column("feedback", sa.Boolean, nullable=False),
        sa.Column("named_account_id", sa.Uuid),
        sa.Column("readable_until", NOW, nullable=False),
        sa.Column("sealed_at", NOW),
        sa.Column("seal_reason", sa.Text),
        sa.Column("created_at", NOW, nullable=False),
        sa.CheckConstraint(
            "seal_reason IS NULL OR seal_reason IN ('withdrawn', 'expired', 'refused', 'recalled', 'declined', 'error', 'ended', 'incident')",
            name="seal_reason",
        ),
        sa.CheckConstraint("(sealed_at IS NULL) = (seal_reason IS NULL)", name="sealed"),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_packet_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_packet_exchange_id_to_tenant_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_packet"),
        sa.UniqueConstraint("id", "from_tenant_id", name="uq_packet_id_from_tenant_id"),
    )
    op.create_index("ix_packet_exchange_id", "packet", ["exchange_id"])
    op.create_table(
        "packet_part",
        sa.Column("packet_id", sa.Uuid, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("part IN ('preview', 'identity')", name="part"),
        sa.ForeignKeyConstraint(
            ["packet_id", "from_tenant_id"],
            ["packet.id", "packet.from_tenant_id"],
            name="fk_packet_part_packet_id_from_tenant_id",
        ),
        sa.PrimaryKeyConstraint("packet_id", "part", name="pk_packet_part"),
    )
    op.create_table(
        "packet_key",
        sa.Column("packet_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id", "from_tenant_id"],
            ["packet.id", "packet.from_tenant_id"],
            name="fk_packet_key_packet_id_from_tenant_id",
        ),
        sa.PrimaryKeyConstraint("packet_id", name="pk_packet_key"),
    )
    ddl.protect_two_party(
        "packet",
        sender=of_open_side("packet"),
        receiver=ddl.of_sent_exchange("packet"),
        columns=["sealed_at", "seal_reason", "readable_until"],
    )
    released = " AND (packet_part.part = 'preview' OR e.accepted_at IS NOT NULL)"
    ddl.protect_two_party(
        "packet_part", sender=of_open_side("packet_part"), receiver=of_live_packet("packet_part", released)
    )
    ddl.protect_two_party(
        "packet_key", sender=of_open_side("packet_key"), receiver=of_live_packet("packet_key")
    )
    ddl.grant("packet_key", "DELETE")


def messages() -> None:
    """Words between the sides, as long as the packet lives."""
    op.create_table(
        "exchange_message",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("packet_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("at", NOW, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.CheckConstraint(
            "kind IN ('question', 'answer', 'note', 'appointment', 'outcome')",
            name="kind",
        ),
        sa.CheckConstraint("side IN ('sender', 'receiver')", name="side"),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_exchange_message_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_exchange_message_exchange_id_to_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["packet_id", "from_tenant_id"],
            ["packet.id", "packet.from_tenant_id"],
            name="fk_exchange_message_packet_id_from_tenant_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_message"),
    )
    op.create_index("ix_exchange_message_exchange_id_at", "exchange_message", ["exchange_id", "at"])
    ddl.force_row_security("exchange_message")
    sender, receiver = of_open_side("exchange_message"), of_live_packet("exchange_message")
    ddl.policy("exchange_message", "sender_reads", "SELECT", sender)
    ddl.policy("exchange_message", "receiver_reads", "SELECT", receiver)
    ddl.policy("exchange_message", "sender_adds", "INSERT", check=f"{sender} AND side = 'sender'")
    ddl.policy("exchange_message", "receiver_adds", "INSERT", check=f"{receiver} AND side = 'receiver'")
    ddl.grant("exchange_message", "SELECT", "INSERT")
