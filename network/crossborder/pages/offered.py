"""What an offer came to: whose case was offered to whom, and what of it was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.consent.disclosure import wording as door
from network.crossborder.queries import HandoffPage, handoff_page
from network.crossborder.queries.receivers import TRAVEL
from network.web.i18n import comma


def what_was_offered(exchange_id: UUID, choices: Mapping[str, Any]) -> str:
    """In a few sentences, by the references of the handoffs: the page names nobody to whoever looks over a shoulder."""
    page = handoff_page(exchange_id)
    group = [page.exchange, *(one.exchange for one in page.members)]
    offered = [one.reference for one in group if one.sent_at is not None]  # they may have answered meanwhile
    kept = [one.reference for one in group if one.state == "prepared"]
    said = [_("Offered to %(centre)s: %(what)s.", centre=page.receiver.name, what=comma().join(offered))]
    if kept:
        said.append(_("Not offered, and still prepared: %(what)s.", what=comma().join(kept)))
    if missing := _left_out(page, choices):
        said.append(_("Not told: %(what)s.", what=comma().join(missing)))
    if (page.preview or {}).get("follow_up_contact") == "no" and page.handoff.mode != "pre_departure":
        said.append(_("Contact after the return was not allowed."))
    said.append(_("You are told as soon as %(centre)s answers.", centre=page.receiver.name))
    return " ".join(said)


def _left_out(page: HandoffPage, choices: Mapping[str, Any]) -> list[str]:
    """The kinds of data and the single fields that were chosen not to leave."""
    codes = sorted(choices["left_out"])
    found = [
        str(door.field_label(code.split(".", 1)[1]) if "." in code else door.category_label(code))
        for code in codes
    ]
    if page.handoff.journey == "none" and choices["without_travel"]:
        found.append(str(door.category_label(TRAVEL)))
    return list(dict.fromkeys(found))
