"""One row of the acting tenant, by its id."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from network.core.db import Base, db
from network.core.errors import NotFound
from network.tenants.context import acting

Own = TypeVar("Own", bound=Base)


def get_own(model: type[Own], row_id: UUID, *, lock: bool = False) -> Own:
    """The row, asked for anew; raises ``NotFound``, the same for one that is not there and one that is another's.

    With ``lock`` it stays as it is until the unit of work ends, and is read as it stands: somebody may have changed it
    while we waited.
    """
    columns: Any = model
    statement = select(model).where(columns.tenant_id == acting().tenant, columns.id == row_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found
