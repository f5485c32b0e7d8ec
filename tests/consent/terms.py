"""Grants, refusals and recipients to decide about, made in a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from network.consent.disclosure.coverage import (
    Asked,
    Coverage,
    Facts,
    cover,
)
from network.consent.terms import GrantTerms, Recipient, RefusalTerms
from network.core.ids import new_id
from network.directory.recipients import RecipientOf, expand

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SHELTER = new_id()
NEED = "protection.shelter"


def recipient(
    *more: RecipientOf, class_code: str = "service_provider", country: str = "JO", suspended: bool = False
) -> Recipient:
    return Recipient(
        SHELTER, class_code, country, behind(*more, own=class_code, country=country), suspended=suspended
    )


def behind(*more: RecipientOf, own: str = "service_provider", country: str = "JO") -> frozenset[RecipientOf]:
    """The bodies of a recipient, each under its class and those that include it, as the directory tells them."""
    bodies = (RecipientOf(own, country, SHELTER, "self"), *more)
    return frozenset().union(*(expand(body) for body in bodies))


def body(
    via: str, class_code: str, country: str | None = None, organization_id: UUID | None = None
) -> RecipientOf:
    return RecipientOf(class_code, country, organization_id, via)


def grant(*categories: str, **given: object) -> GrantTerms:
    values: dict[str, object] = {
        "id": new_id(),
        "consent_id": new_id(),
        "purpose": "service_provision",
        "need_code": NEED,
        "categories": frozenset(categories or ("identity", "contact")),
        "organization_id": SHELTER,
        "class_code": None,
        "country": None,
        "onward": False,
        "created_at": NOW - timedelta(days=1),
        "expires_at": NOW + timedelta(days=90),
    }
    return GrantTerms(**(values | given))


def refusal(class_code: str | None = None, **given: object) -> RefusalTerms:
    values: dict[str, object] = {
        "id": new_id(),
        "class_code": class_code,
        "organization_id": None,
        "country": None,
        "created_at": NOW,
    }
    return RefusalTerms(**(values | given))


def asked(*added: str, purpose: str = "service_provision", need: str | None = NEED) -> Asked:
    return Asked(purpose, (need,) if need else (), frozenset(added))


def decide(
    what: Asked | None = None,
    to: Recipient | None = None,
    grants: tuple[GrantTerms, ...] = (),
    refusals: tuple[RefusalTerms, ...] = (),
    facts: Facts | None = None,
) -> Coverage:
    return cover(what or asked(), to or recipient(), grants, refusals, facts or Facts("BD"), NOW)


def codes(coverage: Coverage) -> set[tuple[str | None, str]]:
    return {(line.category, line.code) for line in coverage.missing}
