"""Where an import stands: held while it is worked on, and told when it moved."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete

from network.core import clock
from network.core.db import db
from network.directory.models import (
    ListingImport,
    ListingImportPart,
    ListingImportRow,
)
from network.tenants.rows import get_own


def locked(import_id: UUID) -> ListingImport:
    """An import of this tenant, held until the unit of work ends. Raises NotFound."""
    return get_own(ListingImport, import_id, lock=True)  # a worker may have moved on while we waited


def moved_on(one: ListingImport) -> None:
    """Say that something of it changed."""
    one.version += 1
    one.modified_at = clock.now()
    db.session.flush()


def forget(model: type[ListingImportPart] | type[ListingImportRow], one: ListingImport) -> None:
    """Keep nothing of its file, or of its rows."""
    db.session.execute(delete(model).where(model.tenant_id == one.tenant_id, model.import_id == one.id))
