"""The directory's pages: searching it, a service, an organization; and what is taken along on paper."""

from flask_babel import lazy_gettext as _l

from network.accounts.permissions import Permission
from network.directory.pages import (
    adding,
    answering,
    editing,
    gaps,
    holidays,
    joining,
    keeping,
    naming,
    parts,
    printing,
    saying,
    searching,
    telling,
    withholding,
)
from network.directory.pages.searching import blueprint
from network.web.navigation import Item

NAVIGATION = (
    Item(_l("Directory"), "directory_pages.index", Permission.DIRECTORY_VIEW, order=50),
    Item(_l("Our listings"), "directory_pages.mine", Permission.LISTING_EDIT, order=55),
)

__all__ = [
    "NAVIGATION",
    "adding",
    "answering",
    "blueprint",
    "editing",
    "gaps",
    "holidays",
    "joining",
    "keeping",
    "naming",
    "parts",
    "printing",
    "saying",
    "searching",
    "telling",
    "withholding",
]
