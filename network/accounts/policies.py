"""May this person do this to that member of staff; and what a tenant of a kind may grant."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from network.accounts.models import Membership
from network.accounts.permissions import roles_for
from network.core.errors import Forbidden, Invalid
from network.tenants.context import Identity, TenantKind


def check_roles(roles: Collection[str], tenant_kind: TenantKind | None) -> list[str]:
    """The roles, in the order of the page; raises ``Invalid`` for none, or one that this tenant cannot give."""
    allowed = roles_for(tenant_kind)
    if not roles:
        raise Invalid(fields={"roles": [_("Choose at least one role.")]})
    if not set(roles) <= set(allowed):
        raise Invalid(fields={"roles": [_("Choose from the roles of this organization.")]})
    return [name for name in allowed if name in roles]


def check_not_oneself(identity: Identity, membership: Membership) -> None:
    """Nobody changes her own roles or shuts herself out: so somebody always manages the staff."""
    if membership.account_id == identity.account_id:
        raise Forbidden(_("Ask a colleague who manages staff to change your own roles or access."))
