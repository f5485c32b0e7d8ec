"""The tiny network of the rehearsal: who takes part, and how they are listed in the directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from network.rehearsal.story import (
    BED_NEED,
    CASEWORKER,
    INSPECTOR,
    ORIGIN,
    PASSPORT_NEED,
    RESIDENCE,
    SHELTER,
    SHELTER_NEED,
    STRANGER,
    WAGES_NEED,
)

ALL_WEEK = [{"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"}]
PRACTICES = dict.fromkeys(("reports_status", "police_on_site", "informs_embassy", "informs_employer"), "no")


@dataclass(frozen=True)
class Member:
    """An organization of the rehearsal, and the one person who works there, with her role."""

    code: str
    kind: str
    name: str
    country: str
    prefix: str
    person: str
    role: str
    place: str
    recipient_class: str
    board: tuple[str, ...]
    service: str
    needs: tuple[str, ...]

    @property
    def account(self) -> dict[str, str]:
        """What opens its tenant."""
        zone = "Asia/Dhaka" if self.country == "BD" else "Asia/Amman"
        return {
            "code": self.code,
            "kind": self.kind,
            "name": self.name,
            "country": self.country,
            "reference_prefix": self.prefix,
            "time_zone": zone,
        }

    @property
    def listing(self) -> dict[str, Any]:
        """How it stands in the directory."""
        return {
            "name": self.name,
            "country": self.country,
            "recipient_class": self.recipient_class,
            "run_by": [self.recipient_class],
            "board": self.board,
            "invented": True,
            "locations": [
                {
                    "code": "house",
                    "place": self.place,
                    "name": self.name,
                    "confidential": self.role == SHELTER,
                }
            ],
            "services": [
                {
                    "name": self.service,
                    "needs": list(self.needs),
                    "locations": ["house"],
                    "languages": ["ar", "en", "bn"],
                    "schedules": ALL_WEEK,
                    "eligibility": {
                        "cost": "free",
                        "sex": ["any"],
                        "legal_status": ["any"],
                        "works_without_documents": True,
                    },
                    "partner_practices": PRACTICES,
                    "referral": {
                        "accepted": True,
                        "methods": ["in_platform"],
                        "usual_response_hours": 24,
                    },
                }
            ],
        }


HASSAN, HOUSE, DORM, INSPECTORATE, DHAKA, OTHER = (
    Member(
        "rehearsal-hassan",
        "centre",
        "Rehearsal Workers' Centre",
        "JO",
        "RW",
        CASEWORKER,
        "caseworker",
        "jo-al-hassan-industrial-estate",
        "centre",
        ("service_provider",),
        "Advice for workers",
        ("legal.advice",),
    ),
    Member(
        "rehearsal-shelter",
        "partner",
        "Rehearsal Women's Shelter",
        "JO",
        "RS",
        SHELTER,
        "partner_worker",
        "jo-irbid",
        "service_provider",
        ("lawyer_legal_aid",),
        "Protected shelter",
        (SHELTER_NEED, BED_NEED),
    ),
    Member(
        "rehearsal-residence",
        "partner",
        "Rehearsal Guest Residence",
        "JO",
        "RG",
        RESIDENCE,
        "partner_manager",
        "jo-husn",
        "service_provider",
        ("recruiter",),
        "Beds between jobs",
        (SHELTER_NEED, BED_NEED),
    ),
    Member(
        "rehearsal-inspectorate",
        "partner",
        "Rehearsal Labour Inspectorate",
        "JO",
        "RI",
        INSPECTOR,
        "partner_manager",
        "jo-irbid",
        "authority_destination",
        ("authority_destination",),
        "Inspection and complaints",
        (PASSPORT_NEED, WAGES_NEED),
    ),
    Member(
        "rehearsal-dhaka",
        "centre",
        "Rehearsal Migrants' Centre, Dhaka",
        "BD",
        "RD",
        ORIGIN,
        "coordinator",
        "bd-dhaka",
        "centre",
        ("service_provider",),
        "Reception and reintegration",
        ("return.reception", "return.reintegration"),
    ),
    Member(
        "rehearsal-other",
        "centre",
        "Rehearsal Other Centre",
        "JO",
        "RO",
        STRANGER,
        "coordinator",
        "jo-irbid",
        "centre",
        ("service_provider",),
        "Advice elsewhere",
        ("legal.advice",),
    ),
)
MEMBERS = (HASSAN, HOUSE, DORM, INSPECTORATE, DHAKA, OTHER)
