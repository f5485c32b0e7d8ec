"""What lies below a client or a case is tied alike everywhere, and what no operation deletes cannot be deleted.

Consents, disclosures and what follows a handoff named a case without the database checking whose it is, and some
tables found a client's rows by reading all of a centre's when she became restricted. A refusal or a case could be
deleted by a fault of the code, though nothing in it ever does.
"""

from __future__ import annotations

from alembic import op

from migrations import ddl

revision = "0011"
down_revision = "0010"

# Tables below a client; True where the index existed under another name.
BELOW_A_CLIENT = {
    "consent": True,
    "consent_event": False,
    "consent_grant": True,
    "consent_refusal": True,
    "refusal_lift": False,
    "disclosure": True,
    "disclosure_grant": False,
    "exchange_side": False,
    "referral_own_need": False,
    "referral_closure": False,
    "return_screening": False,
    "follow_up": False,
    "deletion_request": False,
}
# Tables below a case; which of the key and the index existed under another name.
BELOW_A_CASE = {
    "consent": (False, False),
    "disclosure": (False, False),
    "exchange_side": (True, True),
    "return_screening": (True, True),
    "follow_up": (True, False),
    "deletion_request": (True, False),
}
# Rows that stay. Whatever erases them one day is granted it then.
LASTING = (
    *("client", "client_relationship", "client_contact", "client_document"),
    *("case_file", "case_need", "claim", "claim_authorization", "incident"),
    *("consent", "consent_grant", "consent_refusal", "refusal_lift"),
    *("exchange_side", "return_screening", "follow_up", "deletion_request"),
    *("membership", "location_private", "service_hold"),
)
# What a follow-up is about is said once.
OF_A_FOLLOW_UP = (
    *("state", "due_on", "done_at", "channel", "situation", "attempts", "lost_reason", "stopped_reason"),
    *("assignee_account_id", "version", "sealed"),
)


def upgrade() -> None:
    """Tie them, and keep them."""
    ties()
    for table in LASTING:
        op.execute(f"REVOKE DELETE ON {table} FROM {ddl.APP}")
    op.execute(f"REVOKE UPDATE ON follow_up FROM {ddl.APP}")
    ddl.grant("follow_up", "UPDATE", columns=OF_A_FOLLOW_UP)


def ties() -> None:
    """The keys to client and case, and the indexes that find the rows below each."""
    for table, indexed in BELOW_A_CLIENT.items():
        op.execute(
            f"ALTER TABLE {table} RENAME CONSTRAINT fk_{table}_tenant_id_client_id_restricted TO fk_{table}_client"
        )
        index(table, "client", indexed, f"ix_{table}_tenant_id_client_id", "client_id")
    with ddl.walls_lifted("case_file", *BELOW_A_CASE):
        for table, (keyed, indexed) in BELOW_A_CASE.items():
            if keyed:
                op.drop_constraint(f"fk_{table}_tenant_id_case_id", table)
            op.create_foreign_key(
                f"fk_{table}_case_file",
                table,
                "case_file",
                ["tenant_id", "case_id", "client_id"],
                ["tenant_id", "id", "client_id"],
            )
            index(table, "case_file", indexed, f"ix_{table}_tenant_id_case_id", "case_id")
    op.create_check_constraint(
        "case_of_a_client", "exchange_side", "case_id IS NULL OR client_id IS NOT NULL"
    )


def index(table: str, what: str, exists: bool, former: str, column: str) -> None:
    """The index that finds the rows below, renamed or made."""
    if exists:
        op.execute(f"ALTER INDEX {former} RENAME TO ix_{table}_{what}")
    else:
        op.create_index(f"ix_{table}_{what}", table, ["tenant_id", column])
