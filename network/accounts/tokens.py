"""Keyed hashes of what opens the door: e-mail addresses, session tokens, invitations.

The gate's tables hold these alone, so a stolen copy of the database tells neither who has an account nor
how to open one.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from uuid import UUID

from network.core import crypto
from network.tenants.keys import settings

_TOKEN_BYTES = 32


def login_hash(email: str) -> str:
    """The keyed hash of an e-mail address, in hex; the same however it was typed."""
    return _hash("login", unicodedata.normalize("NFKC", email).strip().casefold())


def session_hash(token: str) -> str:
    """The keyed hash of a session's token, in hex."""
    return _hash("session", token)


def invitation_hash(token: str) -> str:
    """The keyed hash of an invitation's token, in hex."""
    return _hash("invitation", token)


def address_hash(address: str) -> str:
    """The keyed hash of a network address, in hex: counters of wrong sign-ins are kept under it."""
    return _hash("address", address)


def new_session_token() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def invitation_token(invitation_id: UUID) -> str:
    """The token of an invitation: made anew from its id and a key outside the database, never stored."""
    secret = crypto.derive(settings().index_key, "invitation tokens")
    return base64.urlsafe_b64encode(crypto.keyed_hash(secret, str(invitation_id))).decode().rstrip("=")


def _hash(purpose: str, text: str) -> str:
    return crypto.keyed_hash(settings().index_key, purpose, text).hex()
