"""Keeping filters of the directory under a name."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid, NotFound
from network.core.ids import new_id
from network.directory.models import SavedFilter
from network.directory.policies import require_person
from network.directory.search import Criteria, as_kept
from network.tenants.context import acting

LONGEST_LABEL = 80
MOST_FILTERS = 200


def save_filter(label: str, criteria: Criteria) -> UUID:
    """Keep criteria under a name that no other filter of the centre has; returns the filter's id."""
    identity = acting()
    require_person(identity)
    name = " ".join(label.split())
    if not 0 < len(name) <= LONGEST_LABEL:
        raise Invalid(fields={"label": [_("Enter a name for the filter.")]})
    names = db.session.scalars(
        select(SavedFilter.label).where(SavedFilter.tenant_id == identity.tenant)
    ).all()
    if name in names:
        raise Invalid(fields={"label": [_("There is a filter with this name. Choose another name.")]})
    if len(names) >= MOST_FILTERS:
        raise Conflict(_("There are too many filters. Delete one that nobody uses."))
    kept = SavedFilter(
        tenant_id=identity.tenant,
        id=new_id(),
        label=name,
        criteria=as_kept(replace(criteria, page=1)),
        created_by=identity.account,
        created_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    record("filter.saved", "saved_filter", kept.id)
    return kept.id


def delete_filter(filter_id: UUID) -> UUID:
    """Forget a filter of the centre; raises NotFound."""
    kept = db.session.get(SavedFilter, (acting().tenant, filter_id))
    if kept is None:
        raise NotFound
    db.session.delete(kept)
    db.session.flush()
    record("filter.deleted", "saved_filter", filter_id)
    return filter_id
