"""What happens before anybody is known: signing in, and accepting an invitation.

Each step runs in a scope of its own: at the gate, which shows the one row whose keyed hash it carries, and
then in the scope of the tenant that was found. So these functions open their units of work themselves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, update

from network.accounts import lockout, passwords, tokens
from network.accounts.models import Account, Session
from network.accounts.operations import own, staff
from network.accounts.queries import (
    ABSOLUTE_LIMIT,
    OpenInvitation,
    find_account_at_gate,
    find_invitation,
    get_own_account,
    get_own_membership,
    get_tenant,
    list_tenants_at_gate,
    list_workplaces_at_gate,
)
from network.accounts.states import Assurance, InvitationPurpose
from network.audit.trail import record, record_refusal
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import Forbidden, Invalid, NotAuthenticated, NotFound
from network.core.ids import new_id
from network.tenants.context import Identity, acting, gate_identity, scope
from network.tenants.keys import settings

# A refusal takes this long whatever was wrong, so that its time tells nothing about an account.
REFUSAL_SECONDS = 0.4


@dataclass(frozen=True)
class SignedIn:
    """A session that was just opened. The token is known here and to its holder, and nowhere else."""

    token: str
    session_id: UUID
    account_id: UUID
    tenant_id: UUID
    language: str


@dataclass(frozen=True)
class Workplace:
    """A tenant that an account may work for."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True)
class _Proved:
    """What the gate found out about a login and its password."""

    account_id: UUID | None
    right: bool
    tenant_ids: list[UUID]


def sign_in(email: str, password: str, *, address: str, tenant_code: str = "") -> SignedIn:
    """Open a session for a tenant in which the account is active: the one named, or the first.

    Raises ``NotAuthenticated`` for a wrong address or password, alike, and ``TooMany`` after too many.
    """
    begun = time.monotonic()
    login = tokens.login_hash(email)
    lockout.refuse_if_locked(login, address)
    proved = _prove(login, password)
    if proved.right:
        for tenant_id in proved.tenant_ids:
            opened = _open_session(proved, tenant_id, tenant_code)
            if opened is not None:
                lockout.forget_failures(login)
                return opened
    lockout.count_failure(login, address)
    _note_refusal(proved)
    _take_as_long(begun)
    raise NotAuthenticated(_("The e-mail address or the password is not right."))


def end_session(token: str) -> None:
    """End the session of this token, if there is one: another one takes its place in the browser."""
    hashed = tokens.session_hash(token)
    with scope(gate_identity(hashed)), unit_of_work():
        db.session.execute(
            update(Session)
            .where(Session.token_hash == hashed, Session.revoked_at.is_(None))
            .values(revoked_at=func.now())
            .execution_options(synchronize_session=False)
        )


def change_workplace(tenant_id: UUID) -> SignedIn:
    """Go on working for another tenant, in a session of its own; the one before ends."""
    here = acting()
    account = get_own_account()
    opened = None
    with scope(gate_identity(account.login_hash)):
        mine = list_workplaces_at_gate(account.login_hash)
    if tenant_id in mine:
        opened = _open_session(_Proved(account.id, True, mine), tenant_id, "")
    if opened is None:
        raise NotFound
    with scope(here), unit_of_work():
        own.sign_out()
    return opened


def list_workplaces() -> list[Workplace]:
    """The tenants that who acts may work for, the present one among them."""
    account = get_own_account()
    with scope(gate_identity(account.login_hash)):
        tenant_ids = list_workplaces_at_gate(account.login_hash)
    found = []
    for tenant_id in tenant_ids:
        with scope(_for_tenant(tenant_id, account.id)):
            tenant = get_tenant(tenant_id)
            if tenant.status == "live":
                found.append(Workplace(tenant.id, tenant.code, tenant.name))
    return found


def accept_invitation(
    token: str, password: str, *, address: str, name: str = "", email: str = "", language: str = ""
) -> UUID:
    """Join the tenant that invited: with a new account, or the one that this e-mail address has.

    An invitation to choose a new password replaces the one she had. ``name`` and ``email`` count only for a
    tenant's first invitation; ``language`` is that of the page on which she joins. Returns the membership's
    id. Raises ``NotFound`` for an invitation that cannot be used, ``Invalid`` for a password that will not do.
    """
    invitation = find_invitation(token)
    if invitation is None:
        raise NotFound(_("This invitation cannot be used any more. Ask for a new one."))
    login = invitation.login_hash or tokens.login_hash(email)
    if invitation.purpose == InvitationPurpose.RESET:
        return _choose_password(invitation, login, password)  # who forgot hers has tried too often already
    lockout.refuse_if_locked(login, address)
    account_id = _account_for(login, password, (name, email))
    if account_id is None:
        lockout.count_failure(login, address)
        raise Invalid(
            fields={"password": [_("This e-mail address has a password already. Enter that password.")]}
        )
    return _join(invitation, account_id, name, email, language)


def _choose_password(invitation: OpenInvitation, login: str, password: str) -> UUID:
    """Replace a forgotten password. Whoever manages staff in one organization opens no way into another."""
    with scope(gate_identity(login)):
        account = find_account_at_gate(login)
        elsewhere = set(list_tenants_at_gate(login)) != {invitation.tenant_id}
    if account is None or elsewhere:
        raise Forbidden(
            _("You work for another organization too. Sign in with the password that you use there.")
        )
    with scope(_for_tenant(invitation.tenant_id, account.id)), unit_of_work():
        membership_id = staff.use_reset(invitation.id, password)
    with scope(gate_identity(login)), unit_of_work():
        _store_password(login, password)
    lockout.forget_failures(login)
    return membership_id


def _prove(login: str, password: str) -> _Proved:
    with scope(gate_identity(login)):
        account = find_account_at_gate(login)
        account_id, stored = (account.id, account.password_hash) if account else (None, None)
        tenant_ids = list_workplaces_at_gate(login)
        db.session.remove()  # no connection is held while the hash is computed
        right = passwords.matches(stored, password)
        if stored and right and passwords.is_outdated(stored):
            with unit_of_work():
                _store_password(login, password)
        return _Proved(account_id, right, tenant_ids)


def _store_password(login: str, password: str) -> None:
    """Keep a password, hashed under today's parameters."""
    db.session.execute(
        update(Account)
        .where(Account.login_hash == login)
        .values(password_hash=passwords.hash_password(password), password_changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _open_session(proved: _Proved, tenant_id: UUID, tenant_code: str) -> SignedIn | None:
    """A session for this tenant; None if the tenant is not live, or not the one that was named."""
    if proved.account_id is None:
        return None
    with scope(_for_tenant(tenant_id, proved.account_id)), unit_of_work():
        tenant, language = get_tenant(tenant_id), get_own_membership().language
        if tenant.status != "live" or (tenant_code and tenant.code != tenant_code):
            return None
        token, session_id = tokens.new_session_token(), new_id()
        db.session.add(
            Session(
                id=session_id,
                token_hash=tokens.session_hash(token),
                account_id=proved.account_id,
                tenant_id=tenant_id,
                tenant_kind=tenant.kind,
                assurance=Assurance.PASSWORD_ONLY,
                created_at=func.now(),
                last_seen_at=func.now(),
                expires_at=func.now() + ABSOLUTE_LIMIT,
            )
        )
        record("signed-in", "session", session_id)
    return SignedIn(token, session_id, proved.account_id, tenant_id, language)


def _note_refusal(proved: _Proved) -> None:
    if proved.account_id is not None and proved.tenant_ids:
        with scope(_for_tenant(proved.tenant_ids[0], proved.account_id)):
            record_refusal("signed-in", "account", proved.account_id, "wrong-password")


def _take_as_long(begun: float) -> None:
    if settings().environment != "test":
        time.sleep(max(0.0, begun + REFUSAL_SECONDS - time.monotonic()))


def _account_for(login: str, password: str, known_words: tuple[str, ...]) -> UUID | None:
    """The account of this login, new if there was none; None if its password is another."""
    with scope(gate_identity(login)), unit_of_work():
        account = find_account_at_gate(login)
        if account is not None:
            return account.id if passwords.matches(account.password_hash, password) else None
        passwords.check_new_password(password, known_words)
        now, account_id = clock.now(), new_id()
        db.session.add(
            Account(
                id=account_id,
                login_hash=login,
                password_hash=passwords.hash_password(password),
                password_changed_at=now,
                created_at=now,
            )
        )
        return account_id


def _join(invitation: OpenInvitation, account_id: UUID, name: str, email: str, language: str) -> UUID:
    with scope(_for_tenant(invitation.tenant_id, account_id)), unit_of_work():
        return staff.join(invitation.id, account_id, name=name, email=email, language=language)


def _for_tenant(tenant_id: UUID, account_id: UUID) -> Identity:
    """The platform's own work in this tenant, on behalf of an account that the gate has proved."""
    return Identity(kind="job", tenant_id=tenant_id, account_id=account_id)
