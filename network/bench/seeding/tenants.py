"""The members of the invented network: headquarters, centres and partners with their staff, by the operations."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from uuid import UUID

from network.accounts.gate import accept_invitation
from network.accounts.operations.staff import invite
from network.accounts.queries import find_open_invitation_of, list_staff
from network.accounts.tokens import invitation_token
from network.core.db import unit_of_work
from network.core.ids import new_id
from network.directory.geo import Place, listed_places
from network.directory.operations import load_taxonomy
from network.tenants.context import Identity, TenantKind, job_identity, scope
from network.tenants.keys import create_key
from network.tenants.operations import create_tenant

COUNTRIES = ("JO", "LB", "MY", "TW", "SG", "BD", "NP", "LK", "ID", "PH")
PASSWORD = "hyrax umbrella staircase"  # noqa: S105  # of people who exist for two minutes, and only here


@dataclass(frozen=True)
class Member:
    """A tenant of the network: where it is, and who works there."""

    tenant_id: UUID
    kind: TenantKind
    place: Place
    prefix: str
    accounts: tuple[UUID, ...]
    email: str

    @property
    def country(self) -> str:
        """Where it is (ISO 3166-1 alpha-2)."""
        return self.place.country


def open_headquarters() -> UUID:
    """The tenant that stewards the network, and the taxonomy of needs; returns its id."""
    tenant_id = new_id()
    prefixes = _prefixes("N")
    with scope(job_identity(tenant_id, "network")), unit_of_work():
        create_tenant(
            code="headquarters",
            kind="network",
            name="Headquarters (invented)",
            country="JO",
            reference_prefix=next(prefixes),
            invented=True,
            tenant_id=tenant_id,
        )
        load_taxonomy()
    return tenant_id


def open_centres(headquarters: UUID, number: int) -> list[Member]:
    """The centres, spread over the countries; the first, which is the largest, has the most staff."""
    prefixes = _prefixes("C")
    return [
        _open(
            headquarters,
            "centre",
            f"centre-{place}",
            COUNTRIES[place % len(COUNTRIES)],
            next(prefixes),
            staff,
        )
        for place, staff in enumerate([8, *([2] * (number - 1))])
    ]


def open_partners(headquarters: UUID, centres: list[Member], number: int) -> list[Member]:
    """Partners with a sign-in, in the centres' countries in turn."""
    prefixes = _prefixes("P")
    return [
        _open(
            headquarters,
            "partner",
            f"partner-{place}",
            centres[place % len(centres)].country,
            next(prefixes),
            1,
        )
        for place in range(number)
    ]


def places_of(country: str) -> list[Place]:
    """The towns of a country in the gazetteer, the capital and cities first."""
    rank = {"capital": 0, "city": 1}
    return sorted(listed_places(country), key=lambda one: rank.get(one.kind, 2))


def _open(headquarters: UUID, kind: TenantKind, code: str, country: str, prefix: str, staff: int) -> Member:
    tenant_id, place = new_id(), places_of(country)[0]
    with scope(job_identity(headquarters, "network")), unit_of_work():
        create_tenant(
            code=code,
            kind=kind,
            name=f"{code.replace('-', ' ').capitalize()} of {place.name} (invented)",
            country=country,
            reference_prefix=prefix,
            time_zone=place.time_zone,
            invented=True,
            tenant_id=tenant_id,
        )
    with scope(job_identity(tenant_id)), unit_of_work():
        create_key(tenant_id, tenant_id, "tenant")
    emails = [f"{code}-{number}@example.org" for number in range(staff)]
    roles = ("coordinator", "caseworker") if kind == "centre" else ("partner_manager",)
    for number, email in enumerate(emails):
        _employ(replace(job_identity(tenant_id), tenant_kind=kind), f"Worker {number}", email, roles)
    with scope(job_identity(tenant_id)):
        accounts = tuple(one.account_id for one in list_staff() if one.account_id is not None)
    return Member(tenant_id, kind, place, prefix, accounts, emails[0])


def _employ(identity: Identity, name: str, email: str, roles: tuple[str, ...]) -> None:
    with scope(identity), unit_of_work():
        invitation_id = find_open_invitation_of(invite(name, email, roles))
        assert invitation_id is not None
        token = invitation_token(invitation_id)
    accept_invitation(token, PASSWORD, address="127.0.0.1")


def _prefixes(first: str) -> Iterator[str]:
    return (first + "".join(two) for two in product(string.ascii_uppercase, repeat=2))
