"""Anchors: the heads of the chains, signed and written down where the database's own administrator cannot reach.

A file of lines, only ever added to. A line is one round: the heads that moved since the last one, the hash
of the line before, and an Ed25519 signature (RFC 8032) under a key derived from the audit key. Whoever
holds the database alone can neither write a line nor make a rewritten chain fit one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from network.core import crypto

PURPOSE = "audit anchors"
LONGEST_TAIL = 1 << 20


@dataclass(frozen=True)
class Head:
    """The last link of a chain: how many entries it has, and the hash of the last."""

    seq: int
    hash: bytes


@dataclass
class Anchors:
    """What the lines of one or more files promise."""

    heads: dict[UUID, Head] = field(default_factory=dict)
    lines: int = 0
    last_at: datetime | None = None
    faults: list[str] = field(default_factory=list)


def signing_key(audit_key: bytes) -> Ed25519PrivateKey:
    """The key that signs anchors."""
    return Ed25519PrivateKey.from_private_bytes(crypto.derive(audit_key, PURPOSE))


def public_key(audit_key: bytes) -> str:
    """The key by which anybody checks an anchor, in hex."""
    return signing_key(audit_key).public_key().public_bytes_raw().hex()


def write_anchor(path: Path, audit_key: bytes, heads: Mapping[UUID, Head], at: datetime) -> str:
    """Add a line with these heads to the file, safely on disk when this returns; returns the line."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last, whole = _last_line(file)
        line = signed_line(audit_key, heads, at, _link(last))
        file.write((b"" if whole else b"\n") + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return line


def read_anchors(paths: Iterable[Path], public_keys: Iterable[str]) -> Anchors:
    """Everything that these files promise, each line checked. Raises ``OSError`` where one cannot be read.

    Beside our own file, a log collector's: lines of JSON that hold an anchor's line as ``anchor``.
    """
    found = Anchors()
    keys = {text: Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)) for text in public_keys}
    for path in paths:
        for number, line, linked in _lines(path):
            try:
                _take(found, line, linked, keys)
            except ValueError as wrong:
                found.faults.append(f"{path.name}, line {number}: {wrong}")
    return found


def last_anchored_at(path: Path) -> datetime | None:
    """When the last line of the file was written, by its own word; None where it says nothing. Raises ``OSError``."""
    with path.open("rb") as file:
        last, _whole = _last_line(file)
    try:
        return datetime.fromisoformat(_parsed(last)["at"]) if last else None
    except (ValueError, KeyError, TypeError):
        return None


def heads_of(paths: Iterable[Path], tenant_id: UUID) -> Iterator[Head]:
    """Every anchored head of one tenant, oldest first; the lines were checked before."""
    for path in paths:
        for _number, line, _linked in _lines(path):
            try:
                head = _parsed(line)["heads"].get(str(tenant_id))
            except ValueError:
                continue
            if head:
                yield Head(head[0], bytes.fromhex(head[1]))


def _lines(path: Path) -> Iterator[tuple[int, bytes, bool | None]]:
    """Each line, and whether it is linked to the one before; None where a collector may have left some out."""
    before: bytes | None = b""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            line = raw.rstrip(b"\n")
            collected = _collected(line)
            if collected is not None:
                yield number, collected, None
                continue
            if not line.strip():
                continue
            yield number, line, _says(line) == _link(before or b"")
            before = line


def _collected(line: bytes) -> bytes | None:
    """The anchor's line inside a line of a log; None for a line of our own file."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    text = entry.get("anchor") if isinstance(entry, dict) else None
    return text.encode() if isinstance(text, str) else None


def _says(line: bytes) -> str | None:
    try:
        said = _parsed(line)["previous"]
    except ValueError:
        return None
    return said if isinstance(said, str) else None


def _parsed(line: bytes) -> dict[str, Any]:
    """The line's object; raises ``ValueError`` for what is no anchor."""
    entry = json.loads(line)
    if not isinstance(entry, dict) or not isinstance(entry.get("heads"), dict) or "previous" not in entry:
        raise ValueError("not an anchor")
    return entry


def _take(found: Anchors, line: bytes, linked: bool | None, keys: Mapping[str, Ed25519PublicKey]) -> None:
    try:
        entry = _parsed(line)
    except ValueError:
        # A power cut leaves half a line. It is no fault by itself: the next line vouches for it by its hash.
        return
    signature, named = entry.pop("signature", ""), str(entry.get("key"))
    if named not in keys:
        raise ValueError("signed with a key that is not ours")
    try:
        keys[named].verify(bytes.fromhex(signature), _canonical(entry))
    except (InvalidSignature, ValueError, TypeError):
        raise ValueError("the signature is not genuine") from None
    found.lines += 1
    at = datetime.fromisoformat(entry["at"])
    found.last_at = max(found.last_at or at, at)
    for tenant, (seq, digest) in entry["heads"].items():
        head = Head(seq, bytes.fromhex(digest))
        known = found.heads.get(UUID(tenant))
        if known is None or known.seq <= seq:
            found.heads[UUID(tenant)] = head
    if linked is False:
        raise ValueError("lines before it were changed or taken out")


def signed_line(audit_key: bytes, heads: Mapping[UUID, Head], at: datetime, previous: str = "") -> str:
    """One round, signed; ``previous`` is the hash of the line before it."""
    entry: dict[str, Any] = {
        "at": at.isoformat(),
        "heads": {str(tenant): [head.seq, head.hash.hex()] for tenant, head in heads.items()},
        "previous": previous,
        "key": public_key(audit_key),
    }
    entry["signature"] = signing_key(audit_key).sign(_canonical(entry)).hex()
    return json.dumps(entry, separators=(",", ":"))


def _canonical(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()


def _link(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else ""


def _last_line(file: BinaryIO) -> tuple[bytes, bool]:
    """The last line that says something, and whether the file ends with a line's end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_TAIL))
    tail = file.read()
    lines = [line for line in tail.split(b"\n") if line.strip()]
    return (lines[-1] if lines else b""), not tail or tail.endswith(b"\n")
