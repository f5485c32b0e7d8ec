"""Staff of a tenant: inviting, joining, changing roles, deactivating."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from network.accounts import passwords, tokens
from network.accounts.models import Invitation, Membership, Session
from network.accounts.operations import leaving
from network.accounts.permissions import Permission, roles_with
from network.accounts.policies import check_not_oneself, check_roles
from network.accounts.queries import (
    INVITATION_LIFETIME,
    RESET_LIFETIME,
    SEALED_AS,
    at_work,
    get_membership,
    get_tenant,
    in_the_clear,
)
from network.accounts.states import InvitationPurpose, MembershipState
from network.audit.trail import record
from network.core import clock, crypto
from network.core.db import db
from network.core.errors import Conflict, Invalid, NotFound
from network.core.ids import new_id
from network.core.versions import expect_version
from network.tenants.context import acting
from network.tenants.keys import tenant_key


def invite(name: str, email: str, roles: Collection[str], *, languages: Sequence[str] = ()) -> UUID:
    """Put a person on the staff list as invited, and make her invitation; returns the membership's id.

    Answers alike whether or not the address has an account somewhere. Its token is
    ``tokens.invitation_token(find_open_invitation_of(membership_id))``.
    """
    identity = acting()
    roles = check_roles(roles, identity.tenant_kind)
    login = tokens.login_hash(email)
    if db.session.scalar(
        select(Membership.id).where(Membership.tenant_id == identity.tenant, Membership.login_hash == login)
    ):
        raise Invalid(fields={"email": [_("This person is on your staff list already.")]})
    membership = _new_membership(name, email, roles, languages)
    db.session.flush()
    _new_invitation(membership)
    record("invited", "membership", membership.id, fields=["roles"])
    return membership.id


def invite_again(membership_id: UUID) -> UUID:
    """Give somebody who has not joined yet a new invitation; the one before stops working."""
    membership = get_membership(membership_id, lock=True)
    if membership.state != MembershipState.INVITED:
        raise Conflict(_("This person has joined already."))
    _revoke_invitations(membership)
    _new_invitation(membership)
    record("invited", "membership", membership.id)
    return membership.id


def offer_new_password(membership_id: UUID) -> UUID:
    """Give a colleague who forgot her password an invitation to choose another; works once, for a day."""
    membership = get_membership(membership_id, lock=True)
    check_not_oneself(acting(), membership)
    if membership.state != MembershipState.ACTIVE:
        raise Conflict(_("This person cannot sign in here, so no password is needed."))
    _revoke_invitations(membership)
    _new_invitation(membership, InvitationPurpose.RESET, RESET_LIFETIME)
    record("offered-new-password", "membership", membership.id)
    return membership.id


def use_reset(invitation_id: UUID, password: str) -> UUID:
    """Use an invitation to choose a new password, if this one will do; every session of hers here ends."""
    invitation = _take(invitation_id)
    if invitation.membership_id is None:
        raise NotFound
    membership = get_membership(invitation.membership_id, lock=True)
    known = in_the_clear(membership)
    passwords.check_new_password(password, (known.name, known.email))
    invitation.used_at = func.now()
    _end_sessions(membership)
    record("chose-new-password", "membership", membership.id)
    db.session.flush()
    return membership.id


def join(
    invitation_id: UUID, account_id: UUID, *, name: str = "", email: str = "", language: str = ""
) -> UUID:
    """Use an invitation: its person becomes active. Returns the membership's id.

    Her pages keep the ``language`` in which she joined. Runs in the tenant's own scope, after the gate has
    proved the account. Raises ``Conflict`` if the invitation was used meanwhile.
    """
    invitation = _take(invitation_id)
    if invitation.membership_id is None:
        membership = _new_membership(name, email, invitation.roles, ())
    else:
        membership = get_membership(invitation.membership_id, lock=True)
    if membership.state != MembershipState.INVITED:
        raise Conflict(_("This person has joined already."))
    membership.account_id = account_id
    membership.language = language or membership.language
    membership.state = MembershipState.ACTIVE
    invitation.used_at = func.now()
    record("joined", "membership", membership.id)
    db.session.flush()
    return membership.id


def change_roles(membership_id: UUID, roles: Collection[str], version: int) -> UUID:
    """Give a colleague other roles; they hold from her next request on. Raises Conflict where only her old ones
    let anybody see a client."""
    at_work(lock=True)
    membership = get_membership(membership_id, lock=True)
    expect_version(membership, version)
    check_not_oneself(acting(), membership)
    roles = check_roles(roles, acting().tenant_kind)
    if not set(roles) & set(roles_with(Permission.CLIENT_EDIT)):
        leaving.check_can_be_spared(membership)
    membership.roles = roles
    membership.version += 1
    record("changed-roles", "membership", membership.id, fields=["roles"])
    db.session.flush()
    return membership.id


def deactivate(membership_id: UUID, version: int) -> UUID:
    """Shut a colleague out at once: her sessions here end, her invitation stops working. Raises Conflict where
    nobody else sees a client of hers and nobody was named to take over."""
    at_work(lock=True)
    membership = get_membership(membership_id, lock=True)
    expect_version(membership, version)
    check_not_oneself(acting(), membership)
    if membership.state == MembershipState.INACTIVE:
        raise Conflict(_("This person's access has ended already."))
    leaving.check_can_be_spared(membership)
    _revoke_invitations(membership)
    membership.state = MembershipState.INACTIVE
    membership.version += 1
    _end_sessions(membership)
    record("deactivated", "membership", membership.id)
    db.session.flush()
    return membership.id


def reactivate(membership_id: UUID, version: int) -> UUID:
    """Let a colleague in again, with the roles that she had; one who never joined is invited anew."""
    membership = get_membership(membership_id, lock=True)
    expect_version(membership, version)
    if membership.state != MembershipState.INACTIVE:
        raise Conflict(_("This person has access already."))
    membership.version += 1
    membership.successor_id = None
    if membership.account_id is None:
        membership.state = MembershipState.INVITED
        _new_invitation(membership)
    else:
        membership.state = MembershipState.ACTIVE
    record("reactivated", "membership", membership.id)
    db.session.flush()
    return membership.id


def _new_membership(name: str, email: str, roles: Collection[str], languages: Sequence[str]) -> Membership:
    tenant_id, membership_id = acting().tenant, new_id()
    sealed = {"name": name, "email": email}
    membership = Membership(
        tenant_id=tenant_id,
        id=membership_id,
        login_hash=tokens.login_hash(email),
        state=MembershipState.INVITED,
        roles=list(roles),
        language=get_tenant(tenant_id).default_language,
        languages=list(languages),
        sealed=crypto.seal(tenant_key(tenant_id), SEALED_AS, tenant_id, membership_id, sealed),
        version=1,
        created_at=clock.now(),
    )
    db.session.add(membership)
    return membership


def _take(invitation_id: UUID) -> Invitation:
    """The invitation, held against a second use at the same time; raises ``Conflict`` if it was used."""
    invitation = db.session.scalars(
        select(Invitation)
        .where(Invitation.tenant_id == acting().tenant, Invitation.id == invitation_id)
        .with_for_update()
    ).one()
    if invitation.used_at or invitation.revoked_at:
        raise Conflict(_("This invitation was used already. Ask for a new one."))
    return invitation


def _end_sessions(membership: Membership) -> None:
    db.session.execute(
        update(Session)
        .where(
            Session.tenant_id == membership.tenant_id,
            Session.account_id == membership.account_id,
            Session.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )


def _new_invitation(
    membership: Membership,
    purpose: InvitationPurpose = InvitationPurpose.JOIN,
    lifetime: timedelta = INVITATION_LIFETIME,
) -> None:
    invitation_id = new_id()
    token = tokens.invitation_token(invitation_id)
    db.session.add(
        Invitation(
            id=invitation_id,
            token_hash=tokens.invitation_hash(token),
            tenant_id=membership.tenant_id,
            membership_id=membership.id,
            login_hash=membership.login_hash,
            purpose=purpose,
            roles=membership.roles,
            created_at=clock.now(),
            expires_at=func.now() + lifetime,
        )
    )
    db.session.flush()


def _revoke_invitations(membership: Membership) -> None:
    db.session.execute(
        update(Invitation)
        .where(Invitation.tenant_id == membership.tenant_id, Invitation.membership_id == membership.id)
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )
