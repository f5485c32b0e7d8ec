"""What the steps share: the installation, its people, and what was made so far. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from flask import Flask

from network.rehearsal.asking import Person
from network.rehearsal.database import Database
from network.rehearsal.running import Known, People, Script

# Titles of those who take part.
OPERATOR = "operator"
HEADQUARTERS = "network administrator"
CASEWORKER = "caseworker"
SHELTER = "shelter worker"
RESIDENCE = "residence manager"
INSPECTOR = "labour inspector"
ORIGIN = "origin coordinator"
STRANGER = "another centre's coordinator"
NOBODY = "signed-out visitor"

# The woman and her daughter, and words that must never be read where they were not allowed.
NAME, GIRLS_NAME = "Rehana Begum Rehearsal", "Jhinuk Rehearsal"
PHONE, PASSPORT = "+962799000127", "ZX9900127"
EMPLOYER = "Rehearsal Garments Factory"
SECRETS = (NAME, GIRLS_NAME, PHONE, PASSPORT)
NOTE_AT_HOME = "Lives with her brother and looks for work."

SHELTER_NEED, BED_NEED = "protection.shelter", "protection.accommodation"
PASSPORT_NEED, WAGES_NEED, TRAVEL_NEED = "documents.recovery", "labour.wages", "return.travel"


@dataclass
class Story:
    """The rehearsal while it runs."""

    address: str
    app: Flask
    database: Database
    known: Known = field(default_factory=Known)
    people: People = field(default_factory=People)

    @cached_property
    def nobody(self) -> Person:
        """Somebody who has not signed in."""
        return Person(NOBODY, self.address)

    def path(self, kind: str, name: str) -> str:
        """The address of something that an earlier step made."""
        return f"{kind}/{self.known[name]}"


def script() -> Script[Story]:
    """An empty part of the story."""
    return Script[Story]()
