"""One row of this floor by its id, for who may see it."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from network.cases.models import (
    CaseFile,
    CaseNeed,
    Claim,
    ClaimAuthorization,
    Client,
    ClientContact,
    ClientDocument,
    Incident,
)
from network.core.db import db
from network.core.errors import NotFound
from network.tenants.context import acting
from network.tenants.rows import get_own

ById = TypeVar(
    "ById", CaseFile, CaseNeed, Claim, ClaimAuthorization, Client, ClientContact, ClientDocument, Incident
)


def get_row(model: type[ById], row_id: UUID, *, lock: bool = False) -> ById:
    """The row of the acting tenant; raises NotFound, the same for one that is not there and one that we may not see.

    One that this unit of work has read already is not asked for again, unless it is to be locked.
    """
    if lock:
        return get_own(model, row_id, lock=True)
    found = db.session.get(model, (acting().tenant, row_id))
    if found is None:
        raise NotFound
    return found
