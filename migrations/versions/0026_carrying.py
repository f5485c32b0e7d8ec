"""A merge carries what hangs on a service at a location, too."""

from __future__ import annotations

from migrations import ddl

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """The keys let rows go no further than to another listing of the same steward."""
    for table in ("phone", "schedule", "schedule_exception", "contact", "service_area"):
        ddl.grant(table, "UPDATE", columns=["service_at_location_id"])
    for table in ("schedule_exception", "contact"):
        ddl.grant(table, "UPDATE", columns=["service_id", "location_id"])
    for table in ("service_area", "service_capacity", "funding", "url", "required_document", "cost_option"):
        ddl.grant(table, "UPDATE", columns=["service_id"])
