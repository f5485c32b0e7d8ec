"""The pages of clients and cases. Every look at a card or case is audited; nothing about a person stands in
an address, and no list names anybody before a row is opened."""

from flask_babel import lazy_gettext as _l

from network.accounts.permissions import Permission
from network.cases.pages import cases, claims, clients, closing, people, reach
from network.cases.pages.showing import blueprint
from network.web.navigation import Item

NAVIGATION = (
    Item(_l("Clients"), "cases_pages.clients", Permission.CLIENT_VIEW, order=10),
    Item(_l("Cases"), "cases_pages.cases", Permission.CASE_VIEW, order=12),
)

__all__ = ["NAVIGATION", "blueprint", "cases", "claims", "clients", "closing", "people", "reach"]
