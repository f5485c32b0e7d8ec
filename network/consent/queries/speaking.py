"""Who answers when somebody is asked: herself, or whoever speaks for a child."""

from __future__ import annotations

from uuid import UUID

from network.cases import names
from network.cases.queries import ClientCard, Related, list_related
from network.consent.queries.consents import list_unasked
from network.core import vocabulary


def person_of(related: Related) -> str:
    """One mark for one person, by whichever relation she is meant: a client of ours, or a name."""
    return str(related.client.id) if related.client else " ".join(names.fold(related.details.get("name", "")))


def list_guardians(client_id: UUID) -> list[Related]:
    """The related people who may speak for a child."""
    return [
        one for one in list_related(client_id) if vocabulary.relationship(one.relationship).may_be_guardian
    ]


def list_children_unasked(client_id: UUID) -> list[ClientCard]:
    """The children for whom she may speak, who are clients too and were asked nothing yet."""
    young = {
        one.client.id: one.client
        for one in list_related(client_id)
        if one.client is not None
        and one.client.is_child
        and any(
            vocabulary.relationship(code).may_be_guardian
            for code in vocabulary.relationship(one.relationship).inverse or ()
        )
    }
    return [young[one] for one in list_unasked(young)]
