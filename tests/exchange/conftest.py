"""A referral that was sent, with both of its sides and a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.consent import packets
from network.consent.packets import Header
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import NotFound
from network.core.ids import new_id
from network.exchange.operations import Given, make_move, prepare
from network.referrals.states import REFERRAL
from network.tenants.context import Identity, scope
from tests.factories import make_case, make_tenant, staff


@dataclass
class Story:
    """A referral that was sent, with both of its sides and a stranger."""

    app: Flask
    sender: Identity
    receiver: Identity
    stranger: Identity
    exchange_id: UUID
    packet_id: UUID

    def count(self, who: Identity, table: str) -> int:
        with self.app.app_context(), scope(who):
            column = "exchange_id" if table != "exchange" else "id"
            return db.session.execute(
                text(f"SELECT count(*) FROM {table} WHERE {column} = :id"), {"id": self.exchange_id}
            ).scalar_one()

    def parts(self, who: Identity) -> set[str]:
        with self.app.app_context(), scope(who):
            seen = {}
            try:
                packet = packets.packet_of(self.exchange_id)
            except NotFound:
                return set()
            for part in ("preview", "identity"):
                seen[part] = packets.find_part(packet, part)
            return {part for part, content in seen.items() if content is not None}

    def move(self, who: Identity, name: str, given: Given | None = None, **more: object) -> None:
        side = "sender" if who is self.sender else "receiver"
        ends = frozenset({"declined", "withdrawn", "closed"})
        with self.app.app_context(), scope(who), unit_of_work():
            make_move(self.exchange_id, name, REFERRAL, side=side, given=given, ends=ends, **more)

    def execute(self, who: Identity, statement: str) -> int:
        with self.app.app_context(), scope(who), unit_of_work():
            return db.session.execute(
                text(statement), {"id": self.exchange_id, "packet": self.packet_id, "other": who.tenant_id}
            ).rowcount


@pytest.fixture
def draft(app: Flask) -> Story:
    sender, receiver, stranger = (staff(make_tenant(app)) for _ in range(3))
    client_id, case_id = make_case(app, sender)
    with app.app_context(), scope(sender), unit_of_work():
        exchange = prepare(
            "referral",
            "draft",
            prefix="AH",
            to_organization_id=new_id(),
            to_tenant_id=receiver.tenant_id,
            case_id=case_id,
            client_id=client_id,
            restricted=False,
        )
        header = Header(
            "service_provision", "consent", ("identity",), False, True, clock.now() + timedelta(days=30)
        )
        parts = {"preview": {"need": "protection"}, "identity": {"name": "R"}}
        packet = packets.freeze(exchange.id, sender.tenant, receiver.tenant, header, parts)
    return Story(app, sender, receiver, stranger, exchange.id, packet.id)


@pytest.fixture
def sent(draft: Story) -> Story:
    draft.move(draft.sender, "send")
    return draft
