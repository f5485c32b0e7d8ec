"""Searches that a centre has kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from network.core.crypto import unseal
from network.core.db import db
from network.core.errors import NotFound
from network.directory.eligibility import Profile
from network.directory.models import DirectorySearch
from network.directory.search import Criteria, from_kept
from network.tenants.context import acting
from network.tenants.keys import tenant_key


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search as it was started. ``profile``: what it knows of the client, if she was in mind."""

    id: UUID
    criteria: Criteria
    profile: Profile | None
    case_id: UUID | None
    created_at: datetime


def get_search(search_id: UUID) -> SavedSearch:
    """A search by who started it; raises NotFound, for colleagues too."""
    tenant_id = acting().tenant
    kept = db.session.get(DirectorySearch, (tenant_id, search_id))
    if kept is None:
        raise NotFound
    profile = None
    if kept.sealed is not None:
        profile = _profile(
            unseal(tenant_key(tenant_id), "directory_search", tenant_id, search_id, kept.sealed)
        )
    return SavedSearch(kept.id, from_kept(kept.criteria), profile, kept.case_id, kept.created_at)


def _profile(kept: dict[str, Any]) -> Profile:
    return Profile(**(kept | {"children": tuple((sex, age) for sex, age in kept["children"])}))
