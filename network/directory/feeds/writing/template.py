"""Our own workbook, to be filled in: one row a service."""

from __future__ import annotations

import io

from network.core import vocabulary
from network.directory.feeds.writing.files import write_book
from network.directory.states import REFERRAL_METHODS, SERVICE_STATUSES


def template() -> bytes:
    """Our own workbook, empty but for an example: one row a service; the codes on the second sheet."""
    example = {
        "Organization": "Example organization", "Service": "Legal advice", "Needs": "legal.advice,labour.wages",
        "Town": "Irbid", "Country": "JO", "Place name": "Main office", "Street": "", "Postal code": "", "Latitude": "",
        "Longitude": "", "Confidential": "no", "Telephone": "+962 2 700 0000", "E-mail": "", "Website": "",
        "Languages": "ar,en", "Languages by interpreter": "", "Days": "Sun-Thu", "Opens": "8:30 AM", "Closes": "16:00",
        "Open on holidays": "no",
        "How it takes referrals": "phone", "Answers within hours": 24, "Next step": "", "Sex served": "",
        "Legal status accepted": "any", "Works without papers": "yes", "Costs": "", "Cost code": "free",
        "Status": "active",
        "Description": "", "Name in another language": "", "How to apply": "", "Alert": "", "Organization website": "",
        "Organization e-mail": "", "ID": "",
    }  # fmt: skip
    lists = (
        [("Needs", one.code, one.label("en")) for one in vocabulary.needs()]
        + [("How it takes referrals", code, "") for code in REFERRAL_METHODS]
        + [("Status", code, "") for code in SERVICE_STATUSES]
        + [("Legal status accepted", *pair) for pair in vocabulary.choices("eligibility.legal_status")]
        + [("Sex served", *pair) for pair in vocabulary.choices("eligibility.sex")]
        + [("Cost code", *pair) for pair in vocabulary.choices("eligibility.cost")]
    )
    codes = [{"Column": column, "Code": code, "Meaning": str(label)} for column, code, label in lists]
    made = io.BytesIO()
    sheets = (("Services", "", list(example), iter([example])), ("Codes", "", list(codes[0]), iter(codes)))
    write_book(sheets, made)
    return made.getvalue()
