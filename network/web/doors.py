"""What every unsafe request goes through: it is carried out once, however often it is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from network.core import clock, crypto
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, DomainError
from network.tenants.context import acting
from network.tenants.keys import settings
from network.tenants.models import IdempotencyKey

HEADER = "Idempotency-Key"
FIELD = "idempotency_key"
KEPT_FOR = timedelta(hours=24)
# What a form carries for the door and not for the operation.
DOOR_FIELDS = frozenset({"csrf_token", FIELD})
_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,100}\Z")


class KeyMissing(DomainError):
    """An unsafe request without a key: sent again, it could be carried out twice."""

    code = "idempotency-key-missing"


def run_once(operation: Callable[[], UUID]) -> UUID:
    """Carry out the operation in a unit of work of its own, once for each key; returns the id of its result.

    The same request sent again answers with the same id and changes nothing; the same key with another
    request is a ``Conflict``. A refused operation leaves no trace, so it can be mended and sent again.
    """
    key = _given_key()
    with unit_of_work():
        done = _claim(key)
        if done is not None:
            return done
        result = operation()
        db.session.execute(
            update(IdempotencyKey)
            .where(*_is(key))
            .values(result_id=result)
            .execution_options(synchronize_session=False)
        )
        return result


def _given_key() -> str:
    key = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    if not _KEY.match(key):
        raise KeyMissing(_("Send the header Idempotency-Key: 8 to 100 letters, digits or hyphens."))
    return key


def _claim(key: str) -> UUID | None:
    """Take the key for this request; the id of the result if the request was carried out already.

    A second sending that arrives meanwhile waits here until the first has finished.
    """
    now = clock.now()
    statement = insert(IdempotencyKey).values(
        tenant_id=acting().tenant,
        account_id=acting().account,
        key=key,
        route=_route(),
        request_hmac=_fingerprint(),
        result_id=None,
        created_at=now,
    )
    expired = IdempotencyKey.created_at < now - KEPT_FOR
    renewed = statement.on_conflict_do_update(
        index_elements=["tenant_id", "account_id", "key"],
        set_={
            "route": statement.excluded.route,
            "request_hmac": statement.excluded.request_hmac,
            "result_id": None,
            "created_at": statement.excluded.created_at,
        },
        where=expired,
    ).returning(IdempotencyKey.key)
    if db.session.execute(renewed).first() is not None:
        return None
    known = db.session.execute(
        select(IdempotencyKey.route, IdempotencyKey.request_hmac, IdempotencyKey.result_id).where(*_is(key))
    ).one()
    if known.route != _route() or bytes(known.request_hmac) != _fingerprint() or known.result_id is None:
        raise Conflict(_("This key was used for another request. Send the request with a key of its own."))
    result: UUID = known.result_id
    return result


def _is(key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        IdempotencyKey.tenant_id == acting().tenant,
        IdempotencyKey.account_id == acting().account,
        IdempotencyKey.key == key,
    )


def _route() -> str:
    return f"{request.method} {request.url_rule}"


def _fingerprint() -> bytes:
    """A keyed hash of what was sent and where to: tells two requests apart, and tells nothing else."""
    digest = hashlib.sha256()
    for part in _parts():
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    secret = crypto.derive(settings().index_key, "requests")
    return crypto.keyed_hash(secret, _route(), digest.hexdigest())


def _parts() -> Iterator[bytes]:
    yield request.path.encode()
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in sorted(request.form.items(multi=True)):
            if name not in DOOR_FIELDS:
                yield from (name.encode(), value.encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            yield name.encode()
            yield hashlib.sha256(file.stream.read()).digest()
            file.stream.seek(0)
    else:
        yield request.get_data(cache=True)
