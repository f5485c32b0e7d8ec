"""The pages of the door: coming in and going out, staff, one's own account, the organizations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from network.accounts.pages import corridors, door, own, staff, tenants
from network.accounts.pages.door import switch_language
from network.accounts.pages.frame import blueprint
from network.accounts.permissions import Permission
from network.web.navigation import Item

__all__ = ["NAVIGATION", "blueprint", "corridors", "door", "own", "staff", "switch_language", "tenants"]

NAVIGATION = (
    Item(_l("Organizations"), "accounts_pages.tenant_list", Permission.TENANT_MANAGE, order=80),
    Item(_l("Corridors"), "accounts_pages.corridor_list", Permission.CORRIDOR_MANAGE, order=81),
    Item(_l("Staff"), "accounts_pages.staff_list", Permission.STAFF_MANAGE, order=90),
)
