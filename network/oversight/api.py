"""The trail in JSON."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.core.db import unit_of_work
from network.oversight import queries
from network.oversight.queries import Entry
from network.oversight.schemas import TrailApiQuery, TrailOut
from network.web.paging import Page

blueprint = Blueprint("oversight_api", __name__, url_prefix="/api/v1", description="The audit trail")


@blueprint.route("/audit-events", methods=["GET"])
@requires(Permission.AUDIT_VIEW)
@blueprint.arguments(TrailApiQuery, location="query")
@blueprint.response(200, TrailOut)
def audit_events(given: dict[str, Any]) -> Page[Entry]:
    """The trail of this organization, newest first; without ``since``, of the last thirty days. Audited itself."""
    with unit_of_work():
        asked = queries.wanted(given)
        page = queries.trail(asked, given["cursor"], given["size"])
        record("viewed", "audit_trail", asked.about[0] if asked.about else None)
    return page
