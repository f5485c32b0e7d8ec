"""Who may write in the directory. The database holds the same rules; these give the answer in words."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from network.core.errors import Forbidden
from network.directory.models import Organization
from network.tenants.context import Identity


def require_steward(identity: Identity, organization: Organization) -> None:
    """Only its steward changes a listing."""
    if identity.tenant_id is None or identity.tenant_id != organization.steward_tenant_id:
        raise Forbidden(_("Only the steward of a listing changes it."))


def require_own(identity: Identity, steward_tenant_id: UUID) -> None:
    """Only its steward changes a row of a listing."""
    if identity.tenant_id is None or identity.tenant_id != steward_tenant_id:
        raise Forbidden(_("Only the steward of a listing changes it."))


def require_headquarters(identity: Identity) -> None:
    """Only the headquarters change the taxonomy and hand a listing to a tenant."""
    if identity.kind not in ("staff", "job") or identity.tenant_kind != "network":
        raise Forbidden(_("Only the headquarters do this."))


def may_name_places(identity: Identity) -> bool:
    """Centres and the headquarters add names to the gazetteer's places."""
    return identity.kind == "staff" and identity.tenant_kind in ("centre", "network")


def require_person(identity: Identity) -> None:
    """A hold ends when somebody has looked, never by itself."""
    if identity.kind != "staff":
        raise Forbidden(_("Only a person can decide this."))
