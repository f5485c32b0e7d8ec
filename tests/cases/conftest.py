"""A centre with two caseworkers, and how its people act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from network.core.db import unit_of_work
from network.tenants.context import Identity, scope
from tests.factories import make_tenant, signed_in, staff
from tests.support.visitor import Visitor

Act = Callable[[Identity], AbstractContextManager[None]]


@dataclass(frozen=True)
class Centre:
    """A centre, and two of its caseworkers."""

    id: UUID
    rana: Identity
    omar: Identity


@pytest.fixture
def centre(app: Flask) -> Centre:
    tenant_id = make_tenant(app)
    return Centre(tenant_id, staff(tenant_id), staff(tenant_id))


@pytest.fixture
def other_centre(app: Flask) -> Centre:
    tenant_id = make_tenant(app, country="LB")
    return Centre(tenant_id, staff(tenant_id), staff(tenant_id))


@pytest.fixture
def rana(app: Flask) -> Visitor:
    """A caseworker who is signed in."""
    return signed_in(app, make_tenant(app), "caseworker")


@pytest.fixture
def act(app: Flask) -> Act:
    """Act as somebody, in one unit of work."""

    @contextmanager
    def acting_as(identity: Identity) -> Iterator[None]:
        with app.app_context(), scope(identity), unit_of_work():
            yield

    return acting_as


RINA = {
    "name": "Rina Akter",
    "other_names": ["রিনা আক্তার", "رينا أختر"],
    "sex": "female",
    "age": 27,
    "nationality": "BD",
    "languages": ["bn", "hi"],
    "sector": "garment",
    "employer": "Blue Thread Garments",
    "whereabouts": "dormitory",
    "contacts": [
        {
            "number": "+962790012345",
            "belongs_to": "client",
            "channels": ["whatsapp"],
            "may_leave_message": "no",
            "if_another_answers": "hang_up",
            "hours": "day_off",
            "check": "phrase",
            "phrase": "the blue umbrella",
        }
    ],
    "documents": [{"type": "passport", "holder": "employer", "number": "ZZ0012345"}],
}
