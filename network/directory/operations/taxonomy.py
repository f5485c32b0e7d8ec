"""The taxonomy in the database: a mirror of the vocabulary, which stays the definition."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from sqlalchemy import select

from network.core import vocabulary
from network.core.db import db
from network.directory.models import Taxonomy, TaxonomyTerm
from network.directory.policies import require_headquarters
from network.tenants.context import acting

# The same term has the same id in every installation, so that listings exchanged between them agree.
TAXONOMY_ID = UUID("6d1c2f4e-7a53-5b0e-9d3b-3f0c8a1e5b72")
NAME = "Needs of migrants"
DESCRIPTION = "What clients of migrant resource centres need, in groups."


def term_id(code: str) -> UUID:
    """The id of the term of a need or group."""
    return uuid5(TAXONOMY_ID, code)


def load_taxonomy() -> int:
    """Bring the terms in step with the vocabulary; returns how many there are. Safe to run at any time."""
    require_headquarters(acting())
    version = vocabulary.version()
    db.session.merge(Taxonomy(id=TAXONOMY_ID, name=NAME, description=DESCRIPTION, version=version))
    db.session.flush()
    for group in vocabulary.groups():
        _merge(group.code, group.en, group.en, None)
    db.session.flush()
    for need in vocabulary.needs():
        _merge(need.code, need.en, need.definition, term_id(need.group))
    db.session.flush()
    return len(vocabulary.groups()) + len(vocabulary.needs())


def _merge(code: str, name: str, description: str, parent_id: UUID | None) -> None:
    db.session.merge(
        TaxonomyTerm(
            id=term_id(code),
            taxonomy_id=TAXONOMY_ID,
            code=code,
            name=name,
            description=description,
            parent_id=parent_id,
            language="en",
        )
    )


def term_ids(codes: Sequence[str]) -> list[UUID]:
    """The ids of the terms of these needs. A need without a term means that the taxonomy was never loaded."""
    wanted = {term_id(code): code for code in codes}
    found = set(db.session.scalars(select(TaxonomyTerm.id).where(TaxonomyTerm.id.in_(wanted))))
    missing = [code for one, code in wanted.items() if one not in found]
    if missing:
        raise RuntimeError(f"the taxonomy has no {', '.join(missing)}: run load_taxonomy")
    return list(wanted)
