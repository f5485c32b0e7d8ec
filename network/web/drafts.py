"""What somebody has typed and not yet sent: kept sealed on the server, seen by her alone.

Power cuts are daily, and the desk is shared: nothing is kept in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict

from network.core import clock, crypto
from network.core.db import db, write_later
from network.core.ids import new_id
from network.tenants.context import acting
from network.tenants.keys import tenant_key
from network.tenants.models import Draft
from network.web.doors import DOOR_FIELDS

SEALED_AS = "draft"
# More than anybody works on at a time. Beyond it the oldest goes: a refusal would meet whoever is typing now, in the
# very form that a power cut takes away, and she could do nothing about forms that she left open weeks ago.
MOST_DRAFTS = 100

_DRAFT = Draft.__table__.c
_THIS = (
    _DRAFT.tenant_id == bindparam("tenant"),
    _DRAFT.account_id == bindparam("account"),
    _DRAFT.form == bindparam("form"),
    _DRAFT.subject_id.is_not_distinct_from(bindparam("subject", type_=Uuid())),
)
_KEPT = select(_DRAFT.id, _DRAFT.sealed).where(*_THIS)
_DISCARD = delete(cast(Table, Draft.__table__)).where(*_THIS)


def save_draft(form: str, subject_id: UUID | None, fields: Mapping[str, Sequence[str]]) -> UUID:
    """Keep what was typed into ``form`` about ``subject_id`` (None: somebody new); returns the draft's id.

    The last saving replaces the one before. Of more than ``MOST_DRAFTS`` the oldest are forgotten.
    """
    identity = acting()
    made = db.session.execute(
        insert(Draft)
        .values(
            tenant_id=identity.tenant,
            id=new_id(),
            account_id=identity.account,
            form=form,
            subject_id=subject_id,
            sealed=b"",
            saved_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Draft.id)
    ).first()
    if made is not None:
        _forget_oldest()
    draft = _find(form, subject_id)
    assert draft is not None, "it was just inserted"
    kept = {name: list(values) for name, values in fields.items() if name not in DOOR_FIELDS}
    draft.sealed = crypto.seal(tenant_key(draft.tenant_id), SEALED_AS, draft.tenant_id, draft.id, kept)
    draft.saved_at = clock.now()
    db.session.flush()
    return draft.id


def find_draft(form: str, subject_id: UUID | None) -> MultiDict[str, str] | None:
    """What was typed and not sent, ready to be a page's ``values``; None if there is nothing."""
    identity = acting()
    asked = {"tenant": identity.tenant, "account": identity.account, "form": form, "subject": subject_id}
    draft = db.session.execute(_KEPT, asked).first()
    if draft is None or not draft.sealed:
        return None
    kept = crypto.unseal(tenant_key(identity.tenant), SEALED_AS, identity.tenant, draft.id, draft.sealed)
    return MultiDict(kept)


def discard_draft(form: str, subject_id: UUID | None) -> None:
    """Forget what was typed: it was sent, or is not wanted any more."""
    identity = acting()
    asked = {"tenant": identity.tenant, "account": identity.account, "form": form, "subject": subject_id}
    write_later(_DISCARD, asked)


def _forget_oldest() -> None:
    identity = acting()
    mine = (Draft.tenant_id == identity.tenant, Draft.account_id == identity.account)
    oldest = (
        select(Draft.id).where(*mine).order_by(Draft.saved_at.desc(), Draft.id.desc()).offset(MOST_DRAFTS)
    )
    db.session.execute(
        delete(Draft).where(*mine, Draft.id.in_(oldest)).execution_options(synchronize_session=False)
    )


def _find(form: str, subject_id: UUID | None) -> Draft | None:
    """The draft to write into, locked."""
    identity = acting()
    statement = select(Draft).where(
        Draft.tenant_id == identity.tenant,
        Draft.account_id == identity.account,
        Draft.form == form,
        Draft.subject_id.is_not_distinct_from(subject_id),
    )
    return db.session.scalars(statement.with_for_update()).first()
