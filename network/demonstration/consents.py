"""What the clients of the demonstration allowed and refused, asked as a caseworker would ask."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from network.consent.operations import record_consent
from network.consent.questions import days_of
from network.consent.schemas import ConsentSchema
from network.demonstration.acting import Stage
from network.demonstration.intake import Served

SHARED = ("identity", "contact")


def to_get_service(need: str, organization_id: UUID, *more: str) -> dict[str, Any]:
    """A grant to get one service from one organization."""
    return {
        "purpose": "service_provision",
        "need": need,
        "categories": [*SHARED, *more],
        "organization_id": str(organization_id),
    }


def to_hear_back(organization_id: UUID) -> dict[str, Any]:
    """A grant that the organization may tell the centre what it did."""
    return {
        "purpose": "feedback_to_centre",
        "categories": ["service_history"],
        "organization_id": str(organization_id),
    }


def to_hand_over(organization_id: UUID, *more: str) -> dict[str, Any]:
    """A grant to hand the case to another centre."""
    return {
        "purpose": "case_transfer",
        "categories": [*SHARED, "migration", *more],
        "organization_id": str(organization_id),
    }


def to_follow_up(organization_id: UUID) -> dict[str, Any]:
    """A grant to be contacted after the return."""
    return {
        "purpose": "follow_up_contact",
        "categories": ["contact"],
        "days": days_of("follow_up_contact"),
        "organization_id": str(organization_id),
    }


def agree(
    stage: Stage,
    served: Served,
    grants: list[dict[str, Any]],
    *,
    never: tuple[str, ...] = (),
    language: str = "en",
    days: int = 180,
    **how: Any,
) -> UUID:
    """She is asked, and answers; returns the consent's id."""
    asked = {
        "capacity": "self",
        "method": "signature_screen",
        "language": language,
        "restatement": "You tell them my name and how to call me, so that they can help. Nobody else.",
        "case_id": str(served.case_id),
        "days": days,
        "grants": grants,
        "never": list(never),
    }
    with stage.acting(served.caseworker):
        return record_consent(served.client_id, ConsentSchema().load(asked | how)).id
