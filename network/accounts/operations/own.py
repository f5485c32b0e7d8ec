"""One's own account: password, language, the locked screen, signing out."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, update

from network.accounts import lockout, passwords
from network.accounts.models import Session
from network.accounts.queries import get_own_account, get_own_membership, in_the_clear
from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import Invalid
from network.core.versions import expect_version
from network.tenants.context import acting


def change_password(current: str, new: str, *, address: str) -> UUID:
    """Replace the password; every other session of the account ends.

    Raises ``Invalid`` for a wrong one, ``TooMany`` after too many: an open session must not be a way to guess it.
    """
    account = get_own_account()
    lockout.refuse_if_locked(account.login_hash, address)
    if not passwords.matches(account.password_hash, current):
        lockout.count_failure(account.login_hash, address)
        raise Invalid(fields={"current_password": [_("This is not your present password.")]})
    own = in_the_clear(get_own_membership())
    passwords.check_new_password(new, (own.name, own.email), "new_password")
    account.password_hash = passwords.hash_password(new)
    account.password_changed_at = clock.now()
    db.session.execute(
        update(Session)
        .where(
            Session.account_id == account.id,
            Session.id != acting().session_id,
            Session.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )
    record("changed-password", "account", account.id)
    db.session.flush()
    return account.id


def change_languages(language: str, languages: Sequence[str], version: int) -> UUID:
    """Say in which language pages come, and which languages one speaks with clients."""
    membership = get_own_membership()
    expect_version(membership, version)
    membership.language = language
    membership.languages = list(languages)
    membership.version += 1
    record("changed-own-account", "membership", membership.id, fields=["language", "languages"])
    db.session.flush()
    return membership.id


def sign_out() -> None:
    """End the session of who acts."""
    db.session.execute(
        update(Session)
        .where(Session.id == acting().session_id)
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )
    record("signed-out", "session", acting().session_id)


def lock_screen() -> None:
    """Lock the session: whoever sits down next needs the password."""
    _set_lock(locked=True)
    record("locked", "session", acting().session_id)


def unlock_screen(password: str, *, address: str) -> None:
    """Go on after the lock. Raises ``Invalid`` for a wrong password, ``TooMany`` after too many."""
    account = get_own_account()
    lockout.refuse_if_locked(account.login_hash, address)
    if not passwords.matches(account.password_hash, password):
        lockout.count_failure(account.login_hash, address)
        raise Invalid(fields={"password": [_("The password is not right.")]})
    lockout.forget_failures(account.login_hash)
    _set_lock(locked=False)
    record("unlocked", "session", acting().session_id)


def _set_lock(*, locked: bool) -> None:
    db.session.execute(
        update(Session)
        .where(Session.id == acting().session_id)
        .values(locked_at=func.now() if locked else None)
        .execution_options(synchronize_session=False)
    )
