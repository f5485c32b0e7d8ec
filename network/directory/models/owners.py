"""To whom a row of the directory belongs: its steward, and exactly one owner. The keys are those of every table."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint


def one_owner(*columns: str) -> CheckConstraint:
    """Exactly one of these columns leads to an owner."""
    return CheckConstraint(f"num_nonnulls({', '.join(columns)}) = 1", name="one_owner")


def owned_by(*owners: str) -> tuple[ForeignKeyConstraint | CheckConstraint, ...]:
    """A row belongs to exactly one of these, and to its steward."""
    columns = [f"{owner}_id" for owner in owners]
    return (*(of_steward(f"{owner}_id", owner) for owner in owners), one_owner(*columns))


def open_place(table: str) -> tuple[ForeignKeyConstraint | CheckConstraint, ...]:
    """What would lead to the door of a confidential location cannot hang on one."""
    return (
        ForeignKeyConstraint(
            ["location_id", "steward_tenant_id", "confidential"],
            ["location.id", "location.steward_tenant_id", "location.confidential"],
            name=f"fk_{table}_location",
            onupdate="CASCADE",
        ),
        CheckConstraint("NOT confidential", name="not_confidential"),
    )


def of_steward(column: str, parent: str) -> ForeignKeyConstraint:
    """A foreign key to a row of the same steward, which follows that row to a new steward."""
    return ForeignKeyConstraint(
        [column, "steward_tenant_id"], [f"{parent}.id", f"{parent}.steward_tenant_id"], onupdate="CASCADE"
    )
