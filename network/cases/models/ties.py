"""How the tables hang together: what each row below a client, or below a case, says about itself."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.schema import SchemaItem

PRIVATE = {"info": {"kind": "private"}}


def of_client(table: str) -> tuple[SchemaItem, ...]:
    """The row is about this client, and as restricted as she is."""
    return (
        ForeignKeyConstraint(
            ("tenant_id", "client_id", "restricted"),
            ("client.tenant_id", "client.id", "client.restricted"),
            name=f"fk_{table}_client",
            onupdate="CASCADE",
        ),
        Index(f"ix_{table}_client", "tenant_id", "client_id"),
    )


def of_case(table: str) -> tuple[SchemaItem, ...]:
    """The row belongs to this case, which is this client's."""
    return (
        ForeignKeyConstraint(
            ("tenant_id", "case_id", "client_id"),
            ("case_file.tenant_id", "case_file.id", "case_file.client_id"),
            name=f"fk_{table}_case_file",
        ),
        Index(f"ix_{table}_case_file", "tenant_id", "case_id"),
    )
