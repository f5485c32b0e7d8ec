"""What the pages of this feature share: their blueprint, their templates, the session's cookie."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from network.accounts.permissions import roles_for
from network.accounts.queries import ABSOLUTE_LIMIT
from network.tenants.context import acting
from network.tenants.keys import settings
from network.web.answering import answer_with
from network.web.security import session_cookie_name

blueprint = Blueprint("accounts_pages", __name__)


def show(template: str, errors: dict[str, list[str]] | None = None, **about: Any) -> ResponseReturnValue:
    """A page of this feature."""
    return answer_with(f"accounts/{template}", errors, **about)


def with_session(response: Any, token: str) -> Response:
    """The answer, with the session's cookie."""
    response.set_cookie(
        session_cookie_name(),
        token,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    made: Response = response
    return made


def address() -> str:
    """The network address that is asking."""
    return request.remote_addr or ""


def role_choices() -> list[tuple[str, str]]:
    """The roles that the acting tenant may give, for a form."""
    return [(name, str(role.label)) for name, role in roles_for(acting().tenant_kind).items()]
