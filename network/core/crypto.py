"""Encryption of identifying data: one JSON envelope a row, AES-256-GCM, keys wrapped by the master key.

Layout of an envelope: version (1 byte) | key id (16) | nonce (12) | ciphertext and tag. The associated
data are table, tenant and row, so a value copied to another row, table or centre does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
_HEADER = len(VERSION) + 16 + NONCE_BYTES


class Unreadable(Exception):
    """An envelope that does not open: wrong key, wrong row, or changed bytes."""


@dataclass(frozen=True)
class DataKey:
    """A key for data, in the clear in memory only. ``id`` is written into each envelope it seals."""

    id: UUID
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey(id={self.id})"


def new_secret() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def wrap(master_key: bytes, key: DataKey, tenant_id: UUID) -> bytes:
    """The key, encrypted by the master key for this tenant."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(master_key).encrypt(nonce, key.secret, _about("key", tenant_id, key.id))


def unwrap(master_key: bytes, key_id: UUID, tenant_id: UUID, wrapped: bytes) -> DataKey:
    """The key in the clear; raises ``Unreadable`` with another master key, tenant or key id."""
    nonce, sealed = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
    try:
        secret = AESGCM(master_key).decrypt(nonce, sealed, _about("key", tenant_id, key_id))
    except InvalidTag as error:
        raise Unreadable("the key does not open with this master key") from error
    return DataKey(key_id, secret)


def seal(key: DataKey, table: str, tenant_id: UUID, row_id: UUID, data: dict[str, Any]) -> bytes:
    """One envelope for a row: ``data`` as JSON under ``key``."""
    return seal_bytes(key, table, tenant_id, row_id, orjson.dumps(data))


def unseal(key: DataKey, table: str, tenant_id: UUID, row_id: UUID, blob: bytes) -> dict[str, Any]:
    """What ``seal`` was given; raises ``Unreadable`` for another row, table, tenant or key."""
    data: dict[str, Any] = orjson.loads(unseal_bytes(key, table, tenant_id, row_id, blob))
    return data


def seal_bytes(key: DataKey, table: str, tenant_id: UUID, row_id: UUID, data: bytes) -> bytes:
    """Like ``seal``, for bytes."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, data, _about(table, tenant_id, row_id))
    return VERSION + key.id.bytes + nonce + sealed


def unseal_bytes(key: DataKey, table: str, tenant_id: UUID, row_id: UUID, blob: bytes) -> bytes:
    """Like ``unseal``, for bytes."""
    blob = bytes(blob)
    if blob[:1] != VERSION or len(blob) <= _HEADER or key_id_of(blob) != key.id:
        raise Unreadable("the envelope was sealed under another key")
    nonce, sealed = blob[17:_HEADER], blob[_HEADER:]
    try:
        return AESGCM(key.secret).decrypt(nonce, sealed, _about(table, tenant_id, row_id))
    except InvalidTag as error:
        raise Unreadable("the envelope does not belong to this row") from error


def key_id_of(blob: bytes) -> UUID:
    """The key that an envelope names."""
    return UUID(bytes=bytes(blob[1:17]))


def derive(secret: bytes, purpose: str) -> bytes:
    """A key of its own for another purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


def keyed_hash(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA-256 of the parts, kept apart by a unit separator: 32 bytes, equal for equal parts."""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).digest()


def _about(table: str, tenant_id: UUID, row_id: UUID) -> bytes:
    return b"|".join((table.encode(), tenant_id.bytes, row_id.bytes))
