"""The foundation: the signed context, tenants and their keys, the audit chain, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0001"
down_revision = None

NOW = sa.DateTime(timezone=True)

VERIFIED_CONTEXT = """
CREATE FUNCTION verified_context() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
    signed text := current_setting('network.context', true);
    part text[];
    body text;
    mac text;
    held network_private.context_key%ROWTYPE;
BEGIN
    IF signed IS NULL OR signed = '' THEN
        RETURN NULL;
    END IF;
    part := string_to_array(signed, '|');
    IF cardinality(part) <> 7 THEN
        RAISE EXCEPTION 'the context is not genuine' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO held FROM network_private.context_key WHERE id = part[1];
    body := array_to_string(part[1:6], '|');
    mac := encode(sha256(held.outer_pad || sha256(held.inner_pad || convert_to(body, 'UTF8'))), 'hex');
    IF held.id IS NULL OR mac <> part[7] THEN
        RAISE EXCEPTION 'the context is not genuine' USING ERRCODE = '42501';
    END IF;
    IF part[6]::bigint < extract(epoch FROM now()) THEN
        RAISE EXCEPTION 'the context has expired' USING ERRCODE = '42501';
    END IF;
    RETURN part;
END
$$
"""

# Who acts, as the policies ask it. A gate, link or client context has no tenant.
CONTEXT_READERS = (
    """CREATE FUNCTION context_kind() RETURNS text LANGUAGE sql STABLE
       AS $$ SELECT (public.verified_context())[2] $$""",
    """CREATE FUNCTION context_tenant() RETURNS uuid LANGUAGE plpgsql STABLE AS $$
       DECLARE part text[] := public.verified_context();
       BEGIN RETURN CASE WHEN part[2] IN ('staff', 'job') THEN nullif(part[3], '')::uuid END; END $$""",
    """CREATE FUNCTION context_account() RETURNS uuid LANGUAGE plpgsql STABLE AS $$
       DECLARE part text[] := public.verified_context();
       BEGIN RETURN CASE WHEN part[2] = 'staff' THEN nullif(part[4], '')::uuid END; END $$""",
    """CREATE FUNCTION context_subject() RETURNS text LANGUAGE plpgsql STABLE AS $$
       DECLARE part text[] := public.verified_context();
       BEGIN RETURN CASE WHEN part[2] IN ('gate', 'link', 'client') THEN nullif(part[5], '') END; END $$""",
    # Staff and jobs have no subject; their context states the kind of their tenant in its place.
    """CREATE FUNCTION context_is_headquarters() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
       DECLARE part text[] := public.verified_context();
       BEGIN RETURN coalesce(part[2] IN ('staff', 'job') AND part[5] = 'network', false); END $$""",
)

AUDIT_CHAIN = """
CREATE FUNCTION chain_audit_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE head public.audit_head%ROWTYPE;
BEGIN
    INSERT INTO public.audit_head (tenant_id, seq, hash) VALUES (NEW.tenant_id, 0, sha256(''::bytea))
        ON CONFLICT (tenant_id) DO NOTHING;
    SELECT * INTO head FROM public.audit_head WHERE tenant_id = NEW.tenant_id FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.prev_hash := head.hash;
    NEW.hash := public.audit_event_hash(NEW);
    UPDATE public.audit_head SET seq = NEW.seq, hash = NEW.hash WHERE tenant_id = NEW.tenant_id;
    RETURN NEW;
END
$$
"""

# Every part is quoted as JSON, so that no two different entries have the same text.
AUDIT_HASH = """
CREATE FUNCTION audit_event_hash(entry audit_event) RETURNS bytea LANGUAGE sql STABLE
SET timezone = 'UTC'
AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        entry.tenant_id, entry.id, entry.seq, encode(entry.prev_hash, 'hex'),
        to_char(entry.at, 'YYYY-MM-DD HH24:MI:SS.US'), entry.actor_kind, entry.account_id, entry.roles,
        entry.action, entry.object_kind, entry.object_id, entry.fields, entry.outcome, entry.reason,
        entry.request_id)::text, 'UTF8'))
$$
"""


def upgrade() -> None:
    """Lay the foundation."""
    context()
    tenants()
    private_stores()
    audit()
    outbox()


def context() -> None:
    """The signed context and the functions by which policies read it."""
    op.execute("CREATE SCHEMA network_private")
    op.execute("REVOKE ALL ON SCHEMA network_private FROM PUBLIC")
    op.execute(
        "CREATE TABLE network_private.context_key "
        "(id text PRIMARY KEY, inner_pad bytea NOT NULL, outer_pad bytea NOT NULL)"
    )
    op.execute("GRANT USAGE ON SCHEMA network_private TO network_context")
    op.execute("GRANT SELECT ON network_private.context_key TO network_context")
    op.execute(VERIFIED_CONTEXT)
    ddl.definer("verified_context()", "network_context", callable_by_app=True)
    for reader in CONTEXT_READERS:
        op.execute(reader)


def tenants() -> None:
    """Tenants, sites, corridors and agreements: shared, stewarded by the headquarters."""
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("default_language", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("reference_prefix", sa.Text, nullable=False),
        sa.Column("organization_id", sa.Uuid),
        sa.Column("invented", sa.Boolean, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.UniqueConstraint("code", name="uq_tenant_code"),
        sa.CheckConstraint("kind IN ('centre', 'partner', 'network')", name="kind"),
        sa.CheckConstraint("status IN ('live', 'planned', 'suspended')", name="status"),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id", name="fk_site_tenant_id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("town", sa.Text, nullable=False),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
    )
    op.create_table(
        "corridor",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("sector", sa.Text),
        sa.Column("inferred", sa.Boolean, nullable=False),
        sa.UniqueConstraint("origin", "destination", name="uq_corridor_origin_destination"),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "corridor_id",
            sa.Uuid,
            sa.ForeignKey("corridor.id", name="fk_agreement_corridor_id"),
            nullable=False,
        ),
        sa.Column(
            "origin_tenant_id",
            sa.Uuid,
            sa.ForeignKey("tenant.id", name="fk_agreement_origin_tenant_id"),
            nullable=False,
        ),
        sa.Column(
            "destination_tenant_id",
            sa.Uuid,
            sa.ForeignKey("tenant.id", name="fk_agreement_destination_tenant_id"),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date),
        sa.CheckConstraint("origin_tenant_id <> destination_tenant_id", name="two_parties"),
        sa.UniqueConstraint(
            "corridor_id",
            "origin_tenant_id",
            "destination_tenant_id",
            "from_on",
            name="uq_agreement_parties",
        ),
    )
    for table in ("tenant", "site", "corridor", "agreement"):
        ddl.protect_shared(table, write=ddl.HEADQUARTERS)


def private_stores() -> None:
    """Keys, drafts and idempotency keys: private."""
    op.create_table(
        "data_key",
        sa.Column(
            "tenant_id", sa.Uuid, sa.ForeignKey("tenant.id", name="fk_data_key_tenant_id"), nullable=False
        ),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_data_key"),
        sa.CheckConstraint("purpose IN ('tenant', 'client')", name="purpose"),
    )
    ddl.protect_private("data_key")
    op.create_table(
        "draft",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("saved_at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_draft"),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "form",
            "subject_id",
            name="uq_draft_tenant_id_account_id_form_subject_id",
            postgresql_nulls_not_distinct=True,
        ),
    )
    ddl.protect_private("draft")
    ddl.policy(
        "draft",
        "own_drafts",
        "ALL",
        "account_id = (SELECT context_account()) OR (SELECT context_kind()) = 'job'",
        kind="RESTRICTIVE",
    )
    op.create_table(
        "idempotency_key",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("request_hmac", sa.LargeBinary, nullable=False),
        sa.Column("result_id", sa.Uuid),
        sa.Column("created_at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "key", name="pk_idempotency_key"),
    )
    ddl.protect_private("idempotency_key")


def audit() -> None:
    """The audit trail: append-only, chained per tenant by a trigger."""
    op.create_table(
        "audit_head",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "audit_event",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("roles", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("object_kind", sa.Text, nullable=False),
        sa.Column("object_id", sa.Uuid),
        sa.Column("fields", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("request_id", sa.Text),
        sa.Column("seq", sa.BigInteger),
        sa.Column("prev_hash", sa.LargeBinary),
        sa.Column("hash", sa.LargeBinary),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_event"),
        sa.CheckConstraint("outcome IN ('ok', 'refused')", name="outcome"),
    )
    op.create_index("ix_audit_event_tenant_id_object_id", "audit_event", ["tenant_id", "object_id"])
    ddl.force_row_security("audit_head")
    ddl.policy("audit_head", "tenant", "SELECT", ddl.MINE)
    ddl.policy("audit_head", "chain", "ALL", "true", "true", role="network_audit")
    ddl.grant("audit_head", "SELECT")
    op.execute("GRANT SELECT, INSERT, UPDATE ON audit_head TO network_audit")
    ddl.protect_private("audit_event", append_only=True)
    op.execute(AUDIT_HASH)
    op.execute(AUDIT_CHAIN)
    ddl.definer("chain_audit_event()", "network_audit")
    op.execute(
        "CREATE TRIGGER chain BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION chain_audit_event()"
    )


def outbox() -> None:
    """The outbox: each tenant writes its own; the worker claims everybody's."""
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("expected_version", sa.Integer),
        sa.Column("available_at", NOW, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("last_error", sa.Text),
        sa.Column("done_at", NOW),
        sa.Column("failed_at", NOW),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["available_at"],
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    ddl.force_row_security("outbox")
    ddl.policy("outbox", "tenant", "ALL", ddl.MINE, ddl.MINE)
    ddl.grant("outbox", "SELECT", "INSERT")
    ddl.grant("outbox", "UPDATE", columns=["attempts", "last_error", "done_at", "failed_at", "available_at"])
    ddl.policy("outbox", "worker_claims", "ALL", "true", role="network_worker")
