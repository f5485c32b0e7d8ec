"""What would lead to the door of a confidential place: found when a feed is compared, and again when it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from network.core.crypto import seal
from network.core.db import db
from network.directory.feeds.entities import TELLING
from network.directory.feeds.sources.remembering import Held
from network.directory.models import Contact, Location, ServiceAtLocation
from network.tenants.keys import tenant_key

TOLD: Final = "confidential_place"
_LINKS: Final = {"attribute": ("link_id", "link_entity"), "metadata": ("resource_id", "resource_type")}
_WORDS: Final = ("description", "notes", "schedule_link", "note", "attending_type")

Through = Mapping[str, str]  # by their ids, the places of what is offered somewhere, and of contacts


def place_of(entity: str, values: Mapping[str, Any], target: Any, through: Through) -> str | None:
    """The place that a row is, or on which it hangs, be it by what is offered there or by a contact."""
    if entity == "location":
        return str(target) if target else None
    link, of = _LINKS.get(entity, ("", ""))
    if link and values.get(of) == "location":
        return str(values[link]) if values.get(link) else None
    if values.get("location_id"):
        return str(values["location_id"])
    for name in ("service_at_location_id", "contact_id", link):
        if found := through.get(str(values.get(name))):
            return found
    return None


def tells(entity: str) -> bool:
    """Whether a row of this kind leads to the door by itself. Others do by their words alone."""
    return entity in TELLING or entity in _LINKS


def without_words(values: dict[str, Any]) -> None:
    """Take away what is said in words."""
    for name in _WORDS:
        values.pop(name, None)


def hide_what_came_late(entity: str, held: Sequence[Held]) -> None:
    """Of rows that were compared before their place became confidential keep what tells nothing, and refuse the others.

    What was kept of them until they are carried out is taken away, too, and so is what was set aside.
    """
    open_rows = [pair for pair in held if not pair[1]["confidential"]]
    through = _through([payload["values"] for _row, payload in open_rows])
    places = [place_of(entity, payload["values"], payload["target"], through) for _row, payload in open_rows]
    hidden = _confidential({UUID(one) for one in places if one})
    for (row, payload), place in zip(open_rows, places, strict=True):
        above = payload["values"].get("contact_id")
        lost = above is not None and above not in through  # it was refused itself, a moment ago
        if not lost and (not place or UUID(place) not in hidden):
            continue
        payload |= {"confidential": True, "label": "", "changes": {}}
        payload["doubts"] = [[name, "", reason] for name, _value, reason in payload["doubts"]]
        without_words(payload["values"])
        if tells(entity):
            kept = ("location_id", "contact_id", "service_at_location_id")
            payload["values"] = {name: payload["values"][name] for name in kept if name in payload["values"]}
            payload["refused"] = payload["refused"] or ("dangling" if lost else TOLD)
            row.outcome, row.reasons = "refused", [payload["refused"]]
        elif entity == "location":
            payload["values"] = {"confidential": False}
        key = tenant_key(row.tenant_id)
        row.sealed = seal(key, "listing_import_row", row.tenant_id, row.id, payload)


def _through(values: Sequence[Mapping[str, Any]]) -> Through:
    found: dict[str, str] = {}
    for model, names in (
        (ServiceAtLocation, ("service_at_location_id", "link_id", "resource_id")),
        (Contact, ("contact_id",)),
    ):
        ids = {UUID(str(one[name])) for one in values for name in names if one.get(name)}
        if ids:
            columns = model.__table__.c
            asked = select(columns.id, columns.location_id).where(columns.id.in_(ids))
            found |= {str(one): str(place or "") for one, place in db.session.execute(asked)}
    return found


def _confidential(ids: set[UUID]) -> set[UUID]:
    if not ids:
        return set()
    return set(db.session.scalars(select(Location.id).where(Location.id.in_(ids), Location.confidential)))
