"""Leaving: what is in one colleague's hands alone is passed on, so that nobody's client is lost with her.

A higher floor declares what it entrusts to single people, as a count: who manages staff learns how many, and
never whose. Once she is no longer at work, a job in the tenant's own scope passes them on to her successor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from network.accounts.models import Membership
from network.accounts.permissions import Permission
from network.accounts.queries import StaffMember, at_work, get_membership, list_able, list_staff
from network.audit.trail import record
from network.background.outbox import enqueue
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.versions import expect_version
from network.tenants.context import acting

LEFT = "staff.left"

Count = Callable[[Collection[UUID], Collection[UUID] | None], int]
_counts: list[Count] = []


def declare_charge(count: Count) -> None:
    """Declare what is entrusted to single people: ``count(able, held_by)`` says how many of it nobody of ``able``
    reaches; with ``held_by``, of what these people hold."""
    _counts.append(count)


def count_out_of_reach() -> int:
    """How many restricted clients nobody who works here sees."""
    return _count(at_work(), None)


def count_alone_with(membership: Membership) -> int:
    """How many restricted clients nobody else at work sees: hers, and those that she was to take over."""
    if membership.account_id is None:
        return 0
    return _count(at_work() - {membership.account_id}, held_by(membership))


def held_by(membership: Membership) -> set[UUID]:
    """Whose clients are hers to see to: her own, and those of whoever named her to take over."""
    left_to_her = select(Membership.account_id).where(
        Membership.tenant_id == membership.tenant_id, Membership.successor_id == membership.id
    )
    return {one for one in (membership.account_id, *db.session.scalars(left_to_her)) if one is not None}


def list_holders() -> list[StaffMember]:
    """Who left, or lost a role, and is the last on the team of a restricted client."""
    able = at_work()
    gone = [one for one in list_staff() if one.account_id is not None and one.account_id not in able]
    return [one for one in gone if count_alone_with(get_membership(one.id))]


def list_successors(membership: Membership) -> list[StaffMember]:
    """Who may take over: colleagues who keep cases. Oneself only where there is nobody else, for whoever
    manages staff opens no case by it."""
    able = [one for one in list_able(Permission.CASE_EDIT) if one.id != membership.id]
    return [one for one in able if one.account_id != acting().account_id] or able


def name_successor(membership_id: UUID, successor_id: UUID, version: int) -> UUID:
    """Say who takes over what is in a colleague's hands alone. It goes on at once where she has left already,
    otherwise when she leaves. Raises Invalid."""
    at_work(lock=True)
    membership = get_membership(membership_id, lock=True)
    expect_version(membership, version)
    if successor_id not in {one.id for one in list_successors(membership)}:
        raise Invalid(fields={"successor_id": [_("Choose a colleague from the list.")]})
    membership.successor_id = successor_id
    membership.version += 1
    record("named-successor", "membership", membership.id, fields=["successor_id"])
    db.session.flush()
    if membership.account_id not in at_work():
        enqueue(LEFT, membership.id)
    return membership.id


def check_can_be_spared(membership: Membership) -> None:
    """Nobody leaves with clients whom nobody else sees, unless nobody is there to take them over: raises
    Conflict. Otherwise her successor gets them. Called before the change, with the staff held."""
    alone = count_alone_with(membership)
    if not alone:
        return
    able = {one.id for one in list_successors(membership)}
    if able and membership.successor_id not in able:
        raise Conflict(
            ngettext(
                "%(num)d restricted client is seen by nobody else at work. Name first who takes over.",
                "%(num)d restricted clients are seen by nobody else at work. Name first who takes over.",
                alone,
            )
        )
    enqueue(LEFT, membership.id)


def _count(able: Collection[UUID], held_by: Collection[UUID] | None) -> int:
    return sum(count(able, held_by) for count in _counts)
