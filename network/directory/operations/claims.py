"""An organization takes its own listing over: invited by the headquarters, by its own yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.accounts.operations.opening import open_tenant
from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, NotFound
from network.core.ids import new_id
from network.directory import fields
from network.directory.models import ListingClaim
from network.directory.policies import require_headquarters
from network.directory.queries import get_organization, members_to_invite, tenant_of_organization
from network.directory.states import ClaimState
from network.tenants.context import acting

_ANSWERS = {
    "claimed": "listing.claimed",
    "declined": "listing.claim_declined",
    "withdrawn": "listing.claim_withdrawn",
}


def invite_to_claim(organization_id: UUID, member_id: UUID | None = None, **about: Any) -> UUID:
    """Invite an organization to keep its own listing; it is hers once she says yes.

    ``member_id``: a member that is invited to keep this listing beside its own. Otherwise a partner is opened, with an
    invitation for its first person; ``about``: its code, reference_prefix, default_language and time_zone. Until the
    yes the steward stays, and referrals go to the organization as before. Raises Conflict where it is claimed.
    """
    require_headquarters(acting())
    organization = get_organization(organization_id)
    standing = select(ListingClaim.id).where(
        ListingClaim.organization_id == organization_id, ListingClaim.state == "invited"
    )
    if tenant_of_organization(organization_id) is not None or db.session.scalar(standing) is not None:
        raise Conflict(_("This organization is a member, or invited already."))
    if member_id is None:
        member_id = open_tenant(kind="partner", name=organization.name, country=organization.country, **about)
        db.session.flush()
    elif member_id not in {one.id for one in members_to_invite(organization)}:
        raise fields.wrong("member_id", _("Choose a member that does not keep this listing yet."))
    claim = ListingClaim(
        id=new_id(),
        organization_id=organization_id,
        steward_tenant_id=organization.steward_tenant_id,
        invited_by_tenant_id=acting().tenant,
        tenant_id=member_id,
        invited_at=clock.now(),
    )
    db.session.add(claim)
    db.session.flush()
    record("listing.invited", "organization", organization_id)
    return claim.id


def answer_claim(claim_id: UUID, *, accepted: bool) -> UUID:
    """Take the listing over, or leave it with its steward: only the organization itself answers."""
    claim = _open_claim(claim_id)
    if claim.tenant_id != acting().tenant:
        raise NotFound
    return _settle(claim, "claimed" if accepted else "declined")


def withdraw_claim(claim_id: UUID) -> UUID:
    """Take an invitation back that nobody has answered."""
    require_headquarters(acting())
    return _settle(_open_claim(claim_id), "withdrawn")


def _open_claim(claim_id: UUID) -> ListingClaim:
    claim = db.session.get(ListingClaim, claim_id, with_for_update=True)
    if claim is None:
        raise NotFound
    if claim.state != "invited":
        raise Conflict(_("This invitation was answered already."))
    return claim


def _settle(claim: ListingClaim, state: ClaimState) -> UUID:
    claim.state, claim.answered_at = state, clock.now()
    db.session.flush()
    record(_ANSWERS[state], "organization", claim.organization_id)
    db.session.expire_all()
    return claim.id
