"""The rows of an invented client: card, key, team, contact, papers, and all by which she is found."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from network.bench.seeding.people import Person, invent_person
from network.bench.seeding.rows import Rows
from network.cases import names, numbers
from network.cases.models import Client, ClientContact, ClientDocument, ClientTeam, ClientToken
from network.cases.operations.search_keys import MOST_TOKENS
from network.cases.queries.search import token
from network.core import crypto
from network.core.crypto import DataKey
from network.core.db import Base
from network.core.ids import new_id
from network.core.references import new_reference
from network.tenants.models import StoredKey


@dataclass(frozen=True)
class Receiver:
    """A listing that takes referrals, and who answers there in the platform; None where nobody signs in."""

    tenant_id: UUID | None
    account_id: UUID | None
    organization_id: UUID
    service_id: UUID
    service_at_location_id: UUID
    country: str
    time_zone: str


@dataclass
class Centre:
    """A centre as far as its rows need it. ``accounts`` are its caseworkers; ``receivers`` whom it can ask in its
    country; ``outside``: whom it tells there by hand, and how often it does; ``taken``: references in use."""

    tenant_id: UUID
    country: str
    prefix: str
    accounts: tuple[UUID, ...]
    token_secret: bytes
    master_key: bytes
    receivers: tuple[Receiver, ...] = ()
    outside: tuple[Receiver, ...] = ()
    by_hand: float = 0
    dice: random.Random = field(default_factory=lambda: random.Random(23))  # noqa: S311  # the same ones every time
    taken: set[str] = field(default_factory=set)

    def reference(self) -> str:
        """A reference that nothing of the centre has."""
        while (made := new_reference(self.prefix)) in self.taken:
            continue
        self.taken.add(made)
        return made


@dataclass(frozen=True)
class Registered:
    """A client whose rows are written down: what the rows below her repeat."""

    id: UUID
    restricted: bool
    key: DataKey
    person: Person
    worker: UUID
    at: datetime
    contact_id: UUID | None
    document_id: UUID | None

    def below(self, centre: Centre) -> dict[str, Any]:
        """The columns by which a row hangs on her."""
        return {"tenant_id": centre.tenant_id, "client_id": self.id, "restricted": self.restricted}


def sealed(model: type[Base], key: DataKey, tenant_id: UUID, row_id: UUID, data: Mapping[str, Any]) -> bytes:
    """The envelope that the product's own operations would write."""
    return crypto.seal(key, model.__tablename__, tenant_id, row_id, dict(data))


def at_noon(day: date, minutes: int = 0) -> datetime:
    """An instant of a working day."""
    return datetime.combine(day, time(9), UTC) + timedelta(minutes=minutes)


def register(rows: Rows, centre: Centre, dice: random.Random, day: date, *, restricted: bool) -> Registered:
    """Write down a client who came on this day."""
    person = invent_person(dice, centre.country, day.year)
    client_id, worker, at = new_id(), dice.choice(centre.accounts), at_noon(day)
    key = DataKey(client_id, crypto.new_secret())
    rows.add(
        StoredKey,
        tenant_id=centre.tenant_id,
        id=client_id,
        purpose="client",
        wrapped=crypto.wrap(centre.master_key, key, centre.tenant_id),
        created_at=at,
    )
    rows.add(
        Client,
        tenant_id=centre.tenant_id,
        id=client_id,
        reference=centre.reference(),
        restricted=restricted,
        is_child=False,
        sex=person.sex,
        nationality=person.nationality,
        birth_year=person.birth_year,
        sector=person.sector,
        sealed=sealed(Client, key, centre.tenant_id, client_id, person.card),
        version=1,
        created_at=at,
        created_by=worker,
    )
    rows.add(
        ClientTeam,
        tenant_id=centre.tenant_id,
        client_id=client_id,
        account_id=worker,
        added_at=at,
        added_by=worker,
    )
    client = Registered(client_id, restricted, key, person, worker, at, *_papers(person))
    _reach(rows, centre, client)
    _paper(rows, centre, client)
    _make_findable(rows, centre, client)
    return client


def _papers(person: Person) -> tuple[UUID | None, UUID | None]:
    return (new_id() if person.phone else None, new_id() if person.passport else None)


def _reach(rows: Rows, centre: Centre, client: Registered) -> None:
    if client.contact_id is None:
        return
    rules = {
        "number": client.person.phone,
        "channels": ["call", "whatsapp"],
        "belongs_to": "client",
        "may_leave_message": "neutral",
        "if_another_answers": "wrong_number",
        "hours": "day_off",
    }
    rows.add(
        ClientContact,
        id=client.contact_id,
        **client.below(centre),
        state="destination_number",
        country=centre.country,
        asked_on=client.at.date(),
        sealed=sealed(ClientContact, client.key, centre.tenant_id, client.contact_id, rules),
        version=1,
    )


def _paper(rows: Rows, centre: Centre, client: Registered) -> None:
    document_id = client.document_id
    if document_id is None:
        return
    told = {"number": client.person.passport, "country": client.person.nationality}
    rows.add(
        ClientDocument,
        id=document_id,
        **client.below(centre),
        type="passport",
        holder="employer",
        sealed=sealed(ClientDocument, client.key, centre.tenant_id, document_id, told),
        version=1,
    )


def _make_findable(rows: Rows, centre: Centre, client: Registered) -> None:
    """The keyed hashes of all forms of her names and numbers, as ``index_client`` makes them."""
    person = client.person
    forms: set[str] = set()
    for name in (person.card["name"], *person.card.get("other_names", ())):
        forms |= names.keys(name).keys()
    if person.phone:
        forms |= numbers.phone_keys(person.phone, centre.country)
    if person.passport:
        forms |= numbers.document_keys(person.passport)
    for form in sorted(forms)[:MOST_TOKENS]:
        rows.add(ClientToken, token=token(centre.token_secret, form), **client.below(centre))
