"""A client registered by the page, as somebody who is signed in does it."""

from __future__ import annotations

import re

from network.core import clock
from tests.support.visitor import Visitor

TODAY = clock.today("UTC").isoformat()
FORM = {
    "name": "Rina Akter",
    "other_names": ["رينا أختر", ""],
    "sex": "female",
    "age_basis": "age",
    "age": "27",
    "nationality": "BD",
    "languages": ["bn", "hi"],
    "reach": "number",
    "contacts.0.number": "0790012345",
    "contacts.0.belongs_to": "client",
    "contacts.0.channels": ["whatsapp"],
    "contacts.0.may_leave_message": "no",
    "contacts.0.if_another_answers": "hang_up",
    "contacts.0.hours": "any",
    "needs": ["labour.wages", "protection.shelter"],
    "what_happened": "Four months without pay.",
    "sector": "garment",
    "employer": "Blue Thread",
    "passport_holder": "employer",
    "passport_number": "ZZ0012345",
}


def case_of(page: str) -> str:
    found = re.search(r"/cases/([0-9a-f-]{36})", page)
    assert found, page
    return found[1]


def client_of(page: str) -> str:
    found = re.search(r"/clients/([0-9a-f-]{36})", page)
    assert found, page
    return found[1]


def registered(visitor: Visitor, **changes: object) -> tuple[str, str]:
    """The ids of a client and her case, registered by the page."""
    answer = visitor.send_form("/clients/new", {**FORM, **changes})
    assert answer.status_code == 303, answer.text
    case_id = case_of(answer.headers["Location"])
    return client_of(visitor.get(f"/cases/{case_id}").text), case_id
