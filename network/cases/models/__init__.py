"""The tables of a centre's clients, their cases and their claims. All are private to the centre.

Everything below a client carries ``restricted`` beside her id: the database itself keeps it equal to hers,
so that the rule who needs to know holds for every table alike.
"""

from network.cases.models.casework import (
    CaseEvent,
    CaseFile,
    CaseNeed,
    CaseNote,
    Incident,
    ServiceRecord,
)
from network.cases.models.claims import Claim, ClaimAuthorization
from network.cases.models.clients import (
    Client,
    ClientContact,
    ClientDocument,
    ClientRelationship,
    ClientTeam,
    ClientToken,
)

__all__ = [
    "CaseEvent",
    "CaseFile",
    "CaseNeed",
    "CaseNote",
    "Claim",
    "ClaimAuthorization",
    "Client",
    "ClientContact",
    "ClientDocument",
    "ClientRelationship",
    "ClientTeam",
    "ClientToken",
    "Incident",
    "ServiceRecord",
]
