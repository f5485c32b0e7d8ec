"""Adding names to the gazetteer's places, and taking them away."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import Forbidden, Invalid, NotFound
from network.core.ids import new_id
from network.core.spelling import fold_name, skeletons
from network.directory import geo
from network.directory.models import PlaceAlias
from network.directory.policies import may_name_places
from network.tenants.context import acting


def add_place_alias(name: str, place_code: str) -> UUID:
    """Add a name by which a place is asked for; the id of the one that is there already, if it is.

    Raises Forbidden, UnknownCode for a place that the gazetteer does not have, Invalid for a name without letters.
    """
    if not may_name_places(acting()):
        raise Forbidden(_("Only centres and the headquarters name places."))
    place = geo.get_place(place_code)
    tidy, folded = " ".join(name.split()), fold_name(name)
    if not folded or len(tidy) > geo.LONGEST:
        raise Invalid(fields={"name": [_("Enter a name of 1 to 80 letters.")]})
    there = db.session.scalar(
        select(PlaceAlias.id).where(
            PlaceAlias.steward_tenant_id == acting().tenant,
            PlaceAlias.place_code == place.code,
            PlaceAlias.folded == folded,
        )
    )
    if there is not None:
        return there
    alias = PlaceAlias(
        id=new_id(),
        steward_tenant_id=acting().tenant,
        place_code=place.code,
        country=place.country,
        name=tidy,
        folded=folded,
        skeleton=min(skeletons(folded), default=folded),
        created_at=clock.now(),
    )
    db.session.add(alias)
    db.session.flush()
    record("place_alias.added", "place_alias", alias.id)
    return alias.id


def remove_place_alias(alias_id: UUID) -> None:
    """Take a name away: whoever added it, or the headquarters. Raises NotFound, Forbidden."""
    alias = db.session.get(PlaceAlias, alias_id)
    if alias is None:
        raise NotFound
    if alias.steward_tenant_id != acting().tenant and acting().tenant_kind != "network":
        raise Forbidden(_("Only who added a name, or the headquarters, takes it away."))
    db.session.delete(alias)
    db.session.flush()
    record("place_alias.removed", "place_alias", alias_id)
