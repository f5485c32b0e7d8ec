"""Two listings that are one: the merged one stays as a trace that points to the other, and it can be undone.

What moves stands in ``carrying``. What both have stays with the trace, where ``queries.standing`` finds it. Traces
lead to the one that stands, never to another trace: when it is merged itself, they follow it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, NotFound
from network.core.ids import new_id
from network.directory import fields, formats
from network.directory.models import (
    ListingClaim,
    ListingMerge,
    Location,
    NotDuplicate,
    Organization,
)
from network.directory.operations.carrying import MODELS, carry
from network.directory.operations.parts import editable_fields
from network.directory.operations.trust import KINDS, Listed, get_listing, may_list_again
from network.directory.policies import require_own
from network.directory.queries.reports import as_json
from network.tenants.context import acting
from network.tenants.models import Tenant


def merge(kind: str, kept_id: UUID, merged_id: UUID, take: Collection[str] = ()) -> UUID:
    """Take one listing into another of the same steward; ``take`` names fields whose value is the merged one's.

    Raises Conflict for two that cannot be one: of different organizations, confidential, each a member's own, or where
    what the headquarters withhold would stand again under another id.
    Returns the id of the merge, by which it can be undone.
    """
    if kept_id == merged_id:
        raise fields.wrong("merged_id", _("Choose two different listings."))
    first, second = sorted((kept_id, merged_id))
    locked = {one: get_listing(kind, one, lock=True) for one in (first, second)}
    kept, merged = locked[kept_id], locked[merged_id]
    for one in (kept, merged):
        require_own(acting(), one.steward_tenant_id)
        if one.removed_at is not None or one.merged_into_id is not None:
            raise Conflict(_("One of them is not listed any more."))
    _check_mergeable(kept, merged)
    moved = [
        *_take(kind, kept, merged, take),
        *carry(kind, kept_id, merged_id),
        *_lead_on(kind, kept_id, merged_id),
    ]
    done = ListingMerge(
        id=new_id(),
        steward_tenant_id=acting().tenant,
        entity=kind,
        kept_id=kept_id,
        merged_id=merged_id,
        moved=moved,
        merged_at=clock.now(),
    )
    db.session.add(done)
    merged.merged_into_id = kept_id
    _touch(kept, merged)
    record("listing.merged", kind, kept_id)
    return done.id


def undo_merge(merge_id: UUID) -> UUID:
    """Part two listings again: what moved goes back, and taken fields read as they did; what was changed since stays.

    Raises Conflict where the kept one was merged into a third: that merge is undone first.
    """
    done = db.session.get(ListingMerge, merge_id, with_for_update=True)
    if done is None or done.steward_tenant_id != acting().tenant:
        raise NotFound
    if done.undone_at is not None:
        raise Conflict(_("This was undone already."))
    kept = get_listing(done.entity, done.kept_id, lock=True)
    merged = get_listing(done.entity, done.merged_id, lock=True)
    require_own(acting(), merged.steward_tenant_id)
    require_own(acting(), kept.steward_tenant_id)
    if kept.merged_into_id is not None:
        raise Conflict(_("The one that is kept was merged itself since. Undo that first."))
    for entity, row_id, column, former, *put in done.moved:
        _put_back(entity, UUID(row_id), column, former, *put)
    done.undone_at, merged.merged_into_id = clock.now(), None
    _touch(kept, merged)
    record("listing.merge_undone", done.entity, done.kept_id)
    return done.kept_id


def mark_not_duplicate(kind: str, first_id: UUID, second_id: UUID) -> UUID:
    """Remember that somebody looked at two listings and found two."""
    first, second = sorted((first_id, second_id))
    for one in (first, second):
        require_own(acting(), get_listing(kind, one).steward_tenant_id)
    known = db.session.scalar(
        select(NotDuplicate.id).where(NotDuplicate.first_id == first, NotDuplicate.second_id == second)
    )
    if known is not None:
        return known
    row = NotDuplicate(
        tenant_id=acting().tenant,
        id=new_id(),
        entity=kind,
        first_id=first,
        second_id=second,
        decided_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    record("listing.not_duplicate", kind, first)
    return row.id


def _check_mergeable(kept: Listed, merged: Listed) -> None:
    if merged.do_not_list and not kept.do_not_list and not may_list_again(merged):
        raise Conflict(_("The headquarters have taken this listing out. Ask them."))
    if isinstance(merged, Organization):
        if db.session.scalar(select(Tenant.id).where(Tenant.organization_id == merged.id)):
            raise Conflict(_("This organization is a member of the network. Keep it, and merge the other."))
        if db.session.scalar(
            select(ListingClaim.id).where(
                ListingClaim.organization_id == merged.id, ListingClaim.state == "invited"
            )
        ):
            raise Conflict(_("This organization was invited to take its listing over. Wait for its answer."))
    elif not isinstance(kept, Organization) and merged.organization_id != kept.organization_id:
        raise Conflict(_("They belong to different organizations. Merge the organizations first."))
    if (
        isinstance(merged, Location)
        and isinstance(kept, Location)
        and (merged.confidential or kept.confidential)
    ):
        raise Conflict(_("A confidential place is not merged."))


def _take(kind: str, kept: Listed, merged: Listed, take: Collection[str]) -> Iterator[list[Any]]:
    for name in sorted(set(take)):
        if name not in editable_fields(kind):
            raise fields.wrong(name, _("There is no such code."))
        former, taken = getattr(kept, name), getattr(merged, name)
        yield [kind, str(kept.id), name, as_json(former), as_json(taken)]
        setattr(kept, name, taken)


def _lead_on(kind: str, kept_id: UUID, merged_id: UUID) -> Iterator[list[Any]]:
    """What was merged into the merged one before leads to the kept one from now on."""
    model = KINDS[kind]
    traces = select(model.id).where(
        model.merged_into_id == merged_id, model.steward_tenant_id == acting().tenant
    )
    ids = list(db.session.scalars(traces.order_by(model.id)))
    if ids:
        db.session.execute(
            update(model)
            .where(model.id.in_(ids))
            .values(merged_into_id=kept_id, modified_at=clock.now())
            .execution_options(synchronize_session="fetch")
        )
    yield from ([kind, str(one), "merged_into_id", str(merged_id), str(kept_id)] for one in ids)


def _put_back(entity: str, row_id: UUID, column: str, former: Any, *put: Any) -> None:
    """Let a column read as it did before the merge, if it still reads as the merge has put it."""
    row: Any = db.session.get(KINDS.get(entity) or MODELS[entity], row_id)
    if row is None or (put and as_json(getattr(row, column)) != put[0]):
        return
    kind = type(row).__table__.c[column]
    setattr(row, column, None if former is None else formats.checked(column, former, kind))
    db.session.flush()


def _touch(*listings: Listed) -> None:
    for one in listings:
        one.version += 1
        one.modified_at = clock.now()
    db.session.flush()
