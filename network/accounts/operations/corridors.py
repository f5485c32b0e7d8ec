"""What the headquarters steward between countries: corridors, and the agreements by which centres exchange cases."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from network.audit.trail import record
from network.core.errors import Forbidden
from network.tenants import operations as tenants
from network.tenants.context import acting


def open_corridor(origin: str, destination: str, sector: str | None = None) -> UUID:
    """Open a corridor between two countries; returns its id. Raises ``Invalid`` where it is there already."""
    _check_headquarters()
    corridor = tenants.create_corridor(origin, destination, sector=sector)
    record("opened", "corridor", corridor.id)
    return corridor.id


def agree(
    corridor_id: UUID,
    origin_tenant_id: UUID,
    destination_tenant_id: UUID,
    from_on: date,
    until_on: date | None = None,
) -> UUID:
    """Record that two centres of a corridor agreed to exchange cases; returns the agreement's id. Raises
    ``Invalid``."""
    _check_headquarters()
    agreement = tenants.create_agreement(
        corridor_id, origin_tenant_id, destination_tenant_id, from_on, until_on
    )
    record("recorded", "agreement", agreement.id)
    return agreement.id


def end_agreement(agreement_id: UUID, until_on: date) -> UUID:
    """Let an agreement end on this day. What was handed over stays where it is; nothing new is offered after it.

    Raises ``Invalid`` for a day that has passed, ``Conflict`` where it has ended.
    """
    _check_headquarters()
    agreement = tenants.end_agreement(agreement_id, until_on)
    record("ended", "agreement", agreement.id)
    return agreement.id


def _check_headquarters() -> None:
    if acting().tenant_kind != "network":
        raise Forbidden
