"""Which restricted clients are out of everybody's reach: their count for who manages staff, the rows for a job."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from network.cases.models import Client, ClientTeam
from network.core.db import db
from network.tenants.context import acting


def count_out_of_reach(able: Collection[UUID], held_by: Collection[UUID] | None) -> int:
    """How many restricted clients nobody of ``able`` sees; with ``held_by``, of those on whose team one of these is.

    Whoever asks may see none of them: a client who is on a team and whom she cannot see is restricted.
    """
    held = _out_of_reach(able, held_by).subquery()
    return db.session.scalar(select(func.count()).select_from(held)) or 0


def list_out_of_reach(able: Collection[UUID], held_by: Collection[UUID]) -> list[Client]:
    """The same clients themselves, held: for the tenant's own job, which sees restricted clients."""
    found = select(Client).where(
        Client.tenant_id == acting().tenant,
        Client.restricted,
        Client.id.in_(_out_of_reach(able, held_by)),
    )
    return list(db.session.scalars(found.order_by(Client.id).with_for_update()))


def _out_of_reach(able: Collection[UUID], held_by: Collection[UUID] | None) -> Select[Any]:
    other, known = aliased(ClientTeam), aliased(Client)
    sees_her = select(other.account_id).where(
        other.tenant_id == ClientTeam.tenant_id,
        other.client_id == ClientTeam.client_id,
        other.account_id.in_(sorted(able)),
    )
    is_open = select(known.id).where(
        known.tenant_id == ClientTeam.tenant_id,
        known.id == ClientTeam.client_id,
        known.restricted.is_(False),
    )
    statement = (
        select(ClientTeam.client_id)
        .distinct()
        .where(
            ClientTeam.tenant_id == acting().tenant,
            ~sees_her.correlate(ClientTeam).exists(),
            ~is_open.correlate(ClientTeam).exists(),
        )
    )
    return statement if held_by is None else statement.where(ClientTeam.account_id.in_(sorted(held_by)))
