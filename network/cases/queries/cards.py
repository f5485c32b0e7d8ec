"""Clients, contacts, papers and relations as they are read: opened, frozen, and told apart from their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from network.cases import ages
from network.cases.envelopes import fetch_keys, opened
from network.cases.models import Client, ClientContact, ClientDocument
from network.cases.queries.columns import ClientColumns, ContactColumns, DocumentColumns
from network.core import clock
from network.core.db import db
from network.core.errors import NotFound
from network.tenants.context import acting
from network.tenants.models import Tenant


@dataclass(frozen=True)
class ClientCard:
    """A client's card, opened. ``details`` holds every other field of the card by its code."""

    id: UUID
    reference: str
    version: int
    restricted: bool
    is_child: bool
    name: str
    other_names: tuple[str, ...]
    sex: str
    nationality: str | None
    age: int | None
    age_band: str
    age_basis: str
    birth_date: date | None
    birth_year: int | None
    languages: tuple[str, ...]
    sector: str | None
    contact_stopped_at: datetime | None
    contact_stopped_reason: str | None
    deceased_on: date | None
    created_at: datetime
    origin_exchange_id: UUID | None
    details: dict[str, Any]

    def get(self, field: str) -> Any:
        """The value of a field of the card by its code, or None."""
        held: Any = getattr(self, field) if field in _ON_CARD else self.details.get(field)
        return held.isoformat() if isinstance(held, date) else list(held) if isinstance(held, tuple) else held


_ON_CARD = frozenset(
    {
        "name",
        "other_names",
        "sex",
        "nationality",
        "birth_date",
        "birth_year",
        "age_basis",
        "languages",
        "sector",
    }
)


@dataclass(frozen=True)
class Contact:
    """One way to reach a client, opened: the number never without its rules."""

    id: UUID
    version: int
    state: str
    country: str | None
    asked_on: date
    rules: dict[str, Any]

    @property
    def number(self) -> str | None:
        """The number as E.164, where there is one."""
        return self.rules.get("number")

    @property
    def usable(self) -> bool:
        """Whether it may be used at all."""
        return self.state not in ("do_not_use", "belongs_to_stranger")


@dataclass(frozen=True)
class Document:
    """A paper of the client's, opened."""

    id: UUID
    version: int
    type: str
    holder: str
    held_since: date | None
    recovered_on: date | None
    details: dict[str, Any]


@dataclass(frozen=True)
class Related:
    """Who somebody is to the client. ``client`` is her card where she is a client whom we may see."""

    id: UUID
    relationship: str
    flags: tuple[str, ...]
    client: ClientCard | None
    details: dict[str, Any]


@dataclass(frozen=True)
class ClientRow:
    """A client as a list shows her: nothing that names her."""

    id: UUID
    reference: str
    restricted: bool
    is_child: bool
    age_band: str
    sex: str
    nationality: str | None
    created_at: datetime


def card_of(client: Client | ClientColumns, held: dict[str, Any] | None = None) -> ClientCard:
    """The client's card, opened; ``held``: its sealed part, where it was opened already."""
    today, held = home_today(), opened(client) if held is None else held
    birth_date = date.fromisoformat(held["birth_date"]) if held.get("birth_date") else None
    basis = held.get("age_basis", "may_be_under_18")
    years = ages.age(birth_date, client.birth_year, today)
    is_child = ages.counts_as_child(basis, birth_date, client.birth_year, today)
    return ClientCard(
        id=client.id,
        reference=client.reference,
        version=client.version,
        restricted=client.restricted,
        is_child=is_child,
        name=held.get("name", ""),
        other_names=tuple(held.get("other_names", ())),
        sex=client.sex,
        nationality=client.nationality,
        age=years,
        age_band=ages.band(years, is_child),
        age_basis=basis,
        birth_date=birth_date,
        birth_year=client.birth_year,
        languages=tuple(held.get("languages", ())),
        sector=client.sector,
        contact_stopped_at=client.contact_stopped_at,
        contact_stopped_reason=client.contact_stopped_reason,
        deceased_on=client.deceased_on,
        created_at=client.created_at,
        origin_exchange_id=client.origin_exchange_id,
        details={code: value for code, value in held.items() if code not in _ON_CARD},
    )


def cards_of(clients: list[Client]) -> list[ClientCard]:
    """Several cards, their keys fetched at once."""
    fetch_keys(clients)
    return [card_of(client) for client in clients]


def contact_of(row: ClientContact | ContactColumns) -> Contact:
    """A way to reach a client, opened."""
    return Contact(row.id, row.version, row.state, row.country, row.asked_on, opened(row))


def document_of(row: ClientDocument | DocumentColumns) -> Document:
    """A paper, opened."""
    return Document(row.id, row.version, row.type, row.holder, row.held_since, row.recovered_on, opened(row))


def row_of(client: Client, today: date) -> ClientRow:
    """A client as a list shows her, from what is kept plain."""
    years = ages.age(None, client.birth_year, today)
    band = ages.band(years, client.is_child)
    return ClientRow(
        client.id,
        client.reference,
        client.restricted,
        client.is_child,
        band,
        client.sex,
        client.nationality,
        client.created_at,
    )


def home() -> Tenant:
    """The centre that acts."""
    found = db.session.get(Tenant, acting().tenant)
    if found is None:
        raise NotFound
    return found


def home_today() -> date:
    """Today's date at the centre."""
    identity = acting()
    return clock.today(identity.time_zone if identity.kind == "staff" else home().time_zone)
