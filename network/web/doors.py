"""What every unsafe request goes through: it is carried out once, however often it is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from network.core import clock, crypto
from network.core.db import db, unit_of_work, write_later
from network.core.errors import Conflict, DomainError
from network.tenants.context import acting
from network.tenants.keys import settings
from network.tenants.models import IdempotencyKey

HEADER = "Idempotency-Key"
# By which a form that saves itself names its own key.
FORM_KEY = "X-Form-Key"
FIELD = "idempotency_key"
KEPT_FOR = timedelta(hours=24)
# What a form carries for the door and not for the operation.
DOOR_FIELDS = frozenset({"csrf_token", FIELD})
_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,100}\Z")


_TABLE = cast(Table, IdempotencyKey.__table__)


def _claiming() -> ReturningInsert[Any]:
    statement = insert(_TABLE).values(
        tenant_id=bindparam("tenant"),
        account_id=bindparam("account"),
        key=bindparam("given"),
        route=bindparam("route"),
        request_hmac=bindparam("hmac"),
        result_id=None,
        created_at=bindparam("now"),
    )
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "account_id", "key"],
        set_={
            "route": statement.excluded.route,
            "request_hmac": statement.excluded.request_hmac,
            "result_id": None,
            "created_at": statement.excluded.created_at,
        },
        where=_TABLE.c.created_at < bindparam("expired"),
    ).returning(_TABLE.c.key)


# Every unsafe request runs these: they are built once.
_MINE = (
    _TABLE.c.tenant_id == bindparam("tenant"),
    _TABLE.c.account_id == bindparam("account"),
    _TABLE.c.key == bindparam("given"),
)
_CLAIM = _claiming()
_KNOWN = select(_TABLE.c.route, _TABLE.c.request_hmac, _TABLE.c.result_id).where(*_MINE)
_DONE = update(_TABLE).where(*_MINE).values(result_id=bindparam("result"))


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
        write_later(_DONE, _whose(key) | {"result": result})
        return result


def came_too_late() -> bool:
    """Whether what a form saves on its way arrives after the form was carried out: it names the form's key."""
    key = request.headers.get(FORM_KEY, "")
    return bool(_KEY.match(key)) and db.session.execute(_KNOWN, _whose(key)).first() is not None


def _given_key() -> str:
    key = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    if not _KEY.match(key):
        raise KeyMissing(_("Send the header Idempotency-Key: 8 to 100 letters, digits or hyphens."))
    return key


def _claim(key: str) -> UUID | None:
    """Take the key for this request; the id of the result if the request was carried out already.

    A second sending that arrives meanwhile waits here until the first has finished.
    """
    now, route, fingerprint = clock.now(), _route(), _fingerprint()
    claim = {"route": route, "hmac": fingerprint, "now": now, "expired": now - KEPT_FOR}
    if db.session.execute(_CLAIM, _whose(key) | claim).first() is not None:
        return None
    known = db.session.execute(_KNOWN, _whose(key)).one()
    if known.route != route or bytes(known.request_hmac) != fingerprint or known.result_id is None:
        raise Conflict(_("This key was used for another request. Send the request with a key of its own."))
    result: UUID = known.result_id
    return result


def _whose(key: str) -> dict[str, Any]:
    return {"tenant": acting().tenant, "account": acting().account, "given": key}


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
