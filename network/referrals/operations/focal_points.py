"""Naming the colleagues to whom senders may entrust what one person alone may read."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from network.accounts.permissions import Permission, permissions_of
from network.accounts.queries import StaffMember, list_staff
from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import Invalid, NotFound
from network.core.ids import new_id
from network.directory.queries import get_organization, get_service, organization_of_tenant
from network.referrals.models import FocalPoint
from network.referrals.queries.receivers import find_own_focal_point, get_own_focal_point
from network.tenants.context import acting

LONGEST_LABEL = 80


def list_who_may_answer() -> list[StaffMember]:
    """The tenant's active staff whose roles let them answer referrals, by name."""
    kind = acting().tenant_kind
    return [
        one
        for one in list_staff(active_only=True)
        if one.account_id is not None and Permission.REFERRAL_ANSWER in permissions_of(one.roles, kind)
    ]


def name_focal_point(account_id: UUID, label: str, service_id: UUID | None = None) -> FocalPoint:
    """Name a colleague, for one service of ours or for all. Every sender reads the label: a name or a function."""
    label = label.strip()
    if not label or len(label) > LONGEST_LABEL:
        raise Invalid(fields={"label": [_("Enter what senders should read, in a few words.")]})
    if account_id not in {one.account_id for one in list_who_may_answer()}:
        raise Invalid(fields={"account_id": [_("Choose a colleague who answers referrals.")]})
    if service_id is not None:
        organization_id = organization_of_tenant(acting().tenant)
        if get_organization(get_service(service_id).organization_id).id != organization_id:
            raise NotFound
    point = find_own_focal_point(account_id, service_id)
    if point is None:
        point = FocalPoint(
            id=new_id(), tenant_id=acting().tenant, account_id=account_id, service_id=service_id
        )
        point.named_at = clock.now()
        db.session.add(point)
    point.label, point.ended_at = label, None
    db.session.flush()
    record("named", "focal_point", point.id)
    return point


def end_focal_point(focal_point_id: UUID) -> FocalPoint:
    """Name her no more. What was sent to her stays hers to answer."""
    point = get_own_focal_point(focal_point_id)
    point.ended_at = point.ended_at or clock.now()
    db.session.flush()
    record("ended", "focal_point", point.id)
    return point
