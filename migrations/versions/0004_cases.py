"""Clients, their cases and their claims: private to a centre; of a restricted client, to her team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from migrations import ddl

revision = "0004"
down_revision = "0003"

NOW = sa.DateTime(timezone=True)
CODES = postgresql.ARRAY(sa.Text)

# The team decides who sees a restricted client, so nobody joins or changes a team whose client she cannot
# see. A policy could not say so: it would ask the client's policy, which asks the team again.
TEAM_GUARD = """
CREATE FUNCTION guard_client_team() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
DECLARE
    changed public.client_team%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    IF NOT EXISTS (SELECT 1 FROM public.client c
                   WHERE c.tenant_id = changed.tenant_id AND c.id = changed.client_id) THEN
        RAISE EXCEPTION 'no such client' USING ERRCODE = '42501';
    END IF;
    RETURN changed;
END
$$
"""


def upgrade() -> None:
    """Make the tables of the cases floor."""
    client()
    team()
    tokens()
    relationships()
    contacts()
    documents()
    case_file()
    needs_and_notes()
    timeline()
    services()
    claims()
    incidents()


def row(table: str, *columns: SchemaItem) -> None:
    """A private table, keyed by tenant and id."""
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )


def of_client(table: str, *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    """Columns and key of a row below a client: as restricted as she is."""
    return (
        sa.Column("client_id", sa.Uuid, nullable=nullable),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name=f"fk_{table}_client",
            onupdate="CASCADE",
        ),
    )


def of_case(table: str, *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    """Column and key of a row below a case: the case and the row are about the same client."""
    return (
        sa.Column("case_id", sa.Uuid, nullable=nullable),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id", "client_id"],
            ["case_file.tenant_id", "case_file.id", "case_file.client_id"],
            name=f"fk_{table}_case_file",
        ),
    )


def client_index(table: str) -> None:
    """For finding a client's rows, and for the cascade when she becomes restricted."""
    op.create_index(f"ix_{table}_client", table, ["tenant_id", "client_id"])


def case_index(table: str) -> None:
    """For finding a case's rows."""
    op.create_index(f"ix_{table}_case_file", table, ["tenant_id", "case_id"])


def client() -> None:
    """The person: her card sealed, plain only what is counted."""
    row(
        "client",
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("desk", sa.Text),
        sa.Column("is_child", sa.Boolean, nullable=False),
        sa.Column("sex", sa.Text, nullable=False),
        sa.Column("nationality", sa.Text),
        sa.Column("birth_year", sa.Integer),
        sa.Column("sector", sa.Text),
        sa.Column("contact_stopped_at", NOW),
        sa.Column("contact_stopped_reason", sa.Text),
        sa.Column("deceased_on", sa.Date),
        sa.Column("origin_exchange_id", sa.Uuid),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("created_by", sa.Uuid),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_client_tenant"),
        sa.UniqueConstraint("tenant_id", "id", "restricted", name="uq_client_tenant_id_id_restricted"),
        sa.UniqueConstraint("tenant_id", "reference", name="uq_client_tenant_id_reference"),
        sa.CheckConstraint("sex IN ('female', 'male', 'other', 'unknown')", name="sex"),
    )


def team() -> None:
    """Who works with a client. Not restricted itself: the rule of all other tables reads it."""
    op.create_table(
        "client_team",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("added_at", NOW, nullable=False),
        sa.Column("added_by", sa.Uuid),
        sa.PrimaryKeyConstraint("tenant_id", "client_id", "account_id", name="pk_client_team"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id"], ["client.tenant_id", "client.id"], name="fk_client_team_client"
        ),
    )
    op.create_index("ix_client_team_account", "client_team", ["tenant_id", "account_id"])
    ddl.protect_private("client_team", columns=["added_at"])
    op.execute(TEAM_GUARD)
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON client_team "
        "FOR EACH ROW EXECUTE FUNCTION guard_client_team()"
    )
    ddl.force_row_security("client")
    ddl.policy("client", "tenant", "ALL", ddl.MINE, ddl.MINE)
    ddl.need_to_know("client", "id")
    ddl.grant("client", "SELECT", "INSERT", "DELETE")
    ddl.grant(
        "client",
        "UPDATE",
        columns=[
            *("restricted", "desk", "is_child", "sex", "nationality", "birth_year", "sector"),
            *("contact_stopped_at", "contact_stopped_reason", "deceased_on", "sealed", "version"),
        ],
    )


def tokens() -> None:
    """By what a client is found. Found by equality, which an index may answer behind the wall."""
    op.create_table(
        "client_token",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        *of_client("client_token"),
        sa.PrimaryKeyConstraint("tenant_id", "token", "client_id", name="pk_client_token"),
    )
    client_index("client_token")
    ddl.force_row_security("client_token")
    ddl.policy("client_token", "tenant", "ALL", ddl.MINE, ddl.MINE)
    ddl.need_to_know("client_token")
    ddl.grant("client_token", "SELECT", "INSERT", "DELETE")


def relationships() -> None:
    """Who is who to the client."""
    row(
        "client_relationship",
        *of_client("client_relationship"),
        sa.Column("related_client_id", sa.Uuid),
        sa.Column("relationship", sa.Text, nullable=False),
        sa.Column("flags", CODES, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "related_client_id"],
            ["client.tenant_id", "client.id"],
            name="fk_client_relationship_related",
        ),
        sa.UniqueConstraint(
            "tenant_id", "client_id", "related_client_id", "relationship", name="uq_client_relationship_pair"
        ),
        sa.CheckConstraint("related_client_id <> client_id", name="two_people"),
    )
    client_index("client_relationship")
    op.create_index(
        "ix_client_relationship_related", "client_relationship", ["tenant_id", "related_client_id"]
    )
    ddl.protect_private("client_relationship", restricted=True, columns=["flags", "sealed"])


def contacts() -> None:
    """How she may be reached, by which rules."""
    row(
        "client_contact",
        *of_client("client_contact"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("country", sa.Text),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "state IN ('in_use', 'destination_number', 'confirmed_after_return', 'do_not_use', "
            "'belongs_to_stranger')",
            name="state",
        ),
    )
    client_index("client_contact")
    ddl.protect_private(
        "client_contact", restricted=True, columns=["state", "country", "asked_on", "sealed", "version"]
    )


def documents() -> None:
    """Her papers and who holds them."""
    row(
        "client_document",
        *of_client("client_document"),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("held_since", sa.Date),
        sa.Column("recovered_on", sa.Date),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    client_index("client_document")
    ddl.protect_private(
        "client_document",
        restricted=True,
        columns=["holder", "held_since", "recovered_on", "sealed", "version"],
    )


def case_file() -> None:
    """A period of work for a client."""
    row(
        "case_file",
        *of_client("case_file"),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("closed_reason", sa.Text),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("assignee_account_id", sa.Uuid),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("custody", sa.Text, nullable=False),
        sa.Column("read_only_since", NOW),
        sa.Column("origin_exchange_id", sa.Uuid),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("created_by", sa.Uuid),
        sa.UniqueConstraint("tenant_id", "id", "client_id", name="uq_case_file_tenant_id_id_client_id"),
        sa.UniqueConstraint("tenant_id", "reference", name="uq_case_file_tenant_id_reference"),
        sa.CheckConstraint("state IN ('open', 'paused', 'closed')", name="state"),
        sa.CheckConstraint("custody IN ('held', 'handed_over')", name="custody"),
        sa.CheckConstraint("priority IN ('immediate', 'emergency', 'urgent', 'routine')", name="priority"),
        sa.CheckConstraint("(state = 'closed') = (closed_reason IS NOT NULL)", name="closed_with_a_reason"),
        sa.CheckConstraint("(custody = 'handed_over') = (read_only_since IS NOT NULL)", name="read_only"),
    )
    client_index("case_file")
    op.create_index("ix_case_file_state", "case_file", ["tenant_id", "state", "id"])
    op.create_index("ix_case_file_assignee", "case_file", ["tenant_id", "assignee_account_id", "id"])
    ddl.protect_private(
        "case_file",
        restricted=True,
        columns=[
            *("state", "closed_reason", "closed_on", "assignee_account_id", "priority", "custody"),
            *("read_only_since", "sealed", "version"),
        ],
    )


def needs_and_notes() -> None:
    """What she needs, and what was written about the work."""
    row(
        "case_need",
        *of_client("case_need"),
        *of_case("case_need"),
        sa.Column("need_code", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("place_code", sa.Text),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "need_code", name="uq_case_need_tenant_id_case_id_need_code"
        ),
        sa.CheckConstraint("state IN ('open', 'in_progress', 'met', 'not_met', 'withdrawn')", name="state"),
    )
    row(
        "case_note",
        *of_client("case_note"),
        *of_case("case_note"),
        sa.Column("author_account_id", sa.Uuid),
        sa.Column("at", NOW, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    for table in ("case_need", "case_note"):
        client_index(table)
        case_index(table)
    ddl.protect_private("case_need", restricted=True, columns=["state", "place_code", "ended_on", "version"])
    ddl.protect_private("case_note", restricted=True, append_only=True)


def timeline() -> None:
    """What happened in a case, in codes."""
    row(
        "case_event",
        *of_client("case_event"),
        *of_case("case_event"),
        sa.Column("at", NOW, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor_account_id", sa.Uuid),
        sa.Column("subject_kind", sa.Text),
        sa.Column("subject_id", sa.Uuid),
        sa.Column("codes", postgresql.JSONB, nullable=False),
        sa.CheckConstraint("jsonb_typeof(codes) = 'object'", name="codes"),
    )
    client_index("case_event")
    case_index("case_event")
    ddl.protect_private("case_event", restricted=True, append_only=True)


def services() -> None:
    """Services delivered."""
    row(
        "service_record",
        *of_client("service_record"),
        *of_case("service_record"),
        sa.Column("need_code", sa.Text, nullable=False),
        sa.Column("delivered_on", sa.Date, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("organization_id", sa.Uuid),
        sa.Column("exchange_id", sa.Uuid),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.CheckConstraint(
            "mode IN ('in_person', 'telephone', 'online', 'outreach', 'written')",
            name="mode",
        ),
    )
    client_index("service_record")
    case_index("service_record")
    op.create_index("ix_service_record_delivered", "service_record", ["tenant_id", "delivered_on"])
    ddl.protect_private("service_record", restricted=True, append_only=True)


def claims() -> None:
    """Legal complaints, and the client's leave to act for her."""
    row(
        "claim",
        *of_client("claim"),
        *of_case("claim"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("forum", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("remedies", CODES, nullable=False),
        sa.Column("remedies_obtained", CODES, nullable=False),
        sa.Column("amount_claimed", sa.Numeric(14, 2)),
        sa.Column("amount_awarded", sa.Numeric(14, 2)),
        sa.Column("amount_paid", sa.Numeric(14, 2)),
        sa.Column("currency", sa.Text),
        sa.Column("lodged_on", sa.Date),
        sa.Column("decided_on", sa.Date),
        sa.Column("paid_on", sa.Date),
        sa.Column("lapses_on", sa.Date),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("tenant_id", "id", "client_id", name="uq_claim_tenant_id_id_client_id"),
        sa.CheckConstraint(
            "state IN ('preparing', 'lodged', 'hearing', 'settled', 'awarded', 'paid', 'rejected', "
            "'withdrawn', 'lapsed')",
            name="state",
        ),
        sa.CheckConstraint(
            "currency IS NOT NULL OR NOT (amount_claimed IS NOT NULL OR amount_awarded IS NOT NULL "
            "OR amount_paid IS NOT NULL)",
            name="amounts_have_a_currency",
        ),
    )
    client_index("claim")
    case_index("claim")
    op.create_index("ix_claim_lapses", "claim", ["tenant_id", "lapses_on"])
    ddl.protect_private(
        "claim",
        restricted=True,
        columns=[
            *("kind", "forum", "state", "remedies", "remedies_obtained", "amount_claimed", "amount_awarded"),
            *("amount_paid", "currency", "lodged_on", "decided_on", "paid_on", "lapses_on", "sealed"),
            "version",
        ],
    )
    row(
        "claim_authorization",
        *of_client("claim_authorization"),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("instrument", sa.Text, nullable=False),
        sa.Column("scope", CODES, nullable=False),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("revoked_on", sa.Date),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "claim_id", "client_id"],
            ["claim.tenant_id", "claim.id", "claim.client_id"],
            name="fk_claim_authorization_claim",
        ),
        sa.CheckConstraint(
            "instrument IN ('authorization_simple', 'power_of_attorney')",
            name="instrument",
        ),
    )
    client_index("claim_authorization")
    op.create_index("ix_claim_authorization_claim", "claim_authorization", ["tenant_id", "claim_id"])
    ddl.protect_private("claim_authorization", restricted=True, columns=["revoked_on"])


def incidents() -> None:
    """The incident register."""
    row(
        "incident",
        *of_client("incident", nullable=True),
        *of_case("incident", nullable=True),
        sa.Column("exchange_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("opened_at", NOW, nullable=False),
        sa.Column("opened_by", sa.Uuid),
        sa.Column("client_told_on", sa.Date),
        sa.Column("closed_at", NOW),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
        sa.CheckConstraint("case_id IS NULL OR client_id IS NOT NULL", name="case_has_a_client"),
        sa.CheckConstraint("client_id IS NOT NULL OR NOT restricted", name="restricted_with_a_client"),
    )
    client_index("incident")
    case_index("incident")
    op.create_index("ix_incident_state", "incident", ["tenant_id", "state"])
    ddl.protect_private(
        "incident",
        restricted=True,
        columns=["state", "client_told_on", "closed_at", "sealed", "version"],
    )
