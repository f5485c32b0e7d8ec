"""The guard of every view: who is signed in, for which tenant, and whether her roles allow this.

``@requires(Permission.X)`` stands above every view, page or API; inside it ``acting()`` works. The few
views that are open to everybody say ``@public``. Views do not touch flask_login: this module alone does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, Request, request
from flask_login import LoginManager, UserMixin, current_user

from network.accounts.permissions import Permission
from network.accounts.queries import OpenSession, find_identity, find_session
from network.audit.trail import record_refusal
from network.core.errors import Forbidden, NotAuthenticated
from network.tenants.context import Identity, TenantKind, complete_identity, enter_scope
from network.web.handlers import RECOGNIZE
from network.web.security import GUARD, bearer_token, public, session_cookie_name

__all__ = ["Guard", "guard_application", "public", "public_or", "requires"]

UNLOCK = "accounts_pages.unlock"
LONGEST_TOKEN = 200

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """What a view requires: all of the permissions, or, with ``any_of``, one of them."""

    permissions: tuple[Permission, ...]
    any_of: bool = False
    even_locked: bool = False

    def admits(self, held: frozenset[str]) -> bool:
        """Whether these permissions are enough."""
        return (any if self.any_of else all)(permission in held for permission in self.permissions)


class _SignedIn(UserMixin):
    """What flask_login keeps for a request: the session, read at the gate."""

    def __init__(self, opened: OpenSession) -> None:
        self.opened = opened


def requires(
    *permissions: Permission, any_of: bool = False, even_locked: bool = False
) -> Callable[[View], View]:
    """Hold a view to these permissions, and let it act for the tenant of who is signed in.

    Signed out: to the sign-in page, or a 401 from the API. Not allowed: a 403, and the refusal is audited.
    """
    if not permissions:
        raise ValueError("a guard names at least one permission")
    guard = Guard(permissions, any_of, even_locked)

    def hold(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                admit(guard)
                return view(*args, **kwargs)
            except Forbidden as refused:
                record_refusal("opened", "route", _subject(), refused.details.get("missing", refused.code))
                raise

        setattr(guarded, GUARD, guard)
        return cast(View, guarded)

    return hold


def public_or(permission: Permission) -> Callable[[View], View]:
    """Leave a view open to everybody, and let who is signed in act for her tenant: ``find_acting()`` tells.

    A token that is no longer good is refused and not taken for nobody: a program would miss what it may read and
    believe it gone. A browser's session that ended, or is locked, counts as nobody.
    """
    guard = Guard((permission,))

    def hold(view: View) -> View:
        @wraps(view)
        def opened(*args: Any, **kwargs: Any) -> Any:
            if bearer_token() is not None or (is_signed_in() and not _opened().locked):
                admit(guard)
            return view(*args, **kwargs)

        return cast(View, public(opened))

    return hold


def admit(guard: Guard) -> Identity:
    """Enter the scope of who is signed in; raises ``NotAuthenticated`` or ``Forbidden``."""
    opened = _opened()
    identity = _enter(opened)
    if opened.locked and not guard.even_locked:
        raise NotAuthenticated(door=UNLOCK)
    if not guard.admits(identity.permissions):
        raise Forbidden(missing=guard.permissions[0].value)
    return identity


def _enter(opened: OpenSession) -> Identity:
    """Her scope, with her whole identity; raises ``NotAuthenticated`` where she no longer works there."""
    enter_scope(
        Identity(
            kind="staff",
            tenant_id=opened.tenant_id,
            account_id=opened.account_id,
            tenant_kind=cast(TenantKind, opened.tenant_kind),
            session_id=opened.id,
        )
    )
    identity = find_identity()
    if identity is None:
        raise NotAuthenticated
    complete_identity(identity)
    return identity


def guard_application(app: Flask) -> None:
    """Let flask_login find the session of each request."""
    manager = LoginManager()
    manager.session_protection = None  # our own sessions are kept in the database and can be revoked there
    manager.request_loader(_load)
    manager.init_app(app)
    app.extensions[RECOGNIZE] = recognize


def recognize() -> None:
    """Act as who is signed in, for the frame of a page that names nothing; nobody where the screen is locked."""
    if not current_user.is_authenticated or _opened().locked:
        return
    with suppress(NotAuthenticated):  # she has been shut out meanwhile
        _enter(_opened())


def is_signed_in() -> bool:
    """Whether this request carries a live session."""
    return bool(current_user.is_authenticated)


def _opened() -> OpenSession:
    if not current_user.is_authenticated:
        raise NotAuthenticated
    opened: OpenSession = current_user.opened
    return opened


def _load(asked: Request) -> _SignedIn | None:
    token = bearer_token() or asked.cookies.get(session_cookie_name())
    if not token or len(token) > LONGEST_TOKEN:
        return None
    opened = find_session(token)
    return _SignedIn(opened) if opened else None


def _subject() -> UUID | None:
    """The record that the address names, for the audit trail."""
    return next((value for value in (request.view_args or {}).values() if isinstance(value, UUID)), None)
