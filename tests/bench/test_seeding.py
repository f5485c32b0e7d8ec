"""What is copied in bulk is like what the operations write: the same rows, the same columns, and it can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row
from sqlalchemy import select

from network.app import create_app
from network.audit.models import AuditEvent
from network.bench.seeding.tenants import Member
from network.cases import operations as cases
from network.cases.models import Client
from network.cases.queries import list_cases_of, list_contacts, search_clients
from network.cases.queries.cards import cards_of
from network.consent.models import Packet
from network.consent.operations import record_consent
from network.consent.packets import find_part
from network.core import clock
from network.core.db import db, unit_of_work
from network.directory.models import ServiceSearch
from network.exchange.models import Exchange
from network.referrals import operations as referrals
from network.referrals.operations import Heard
from network.stack.bootstrap import with_database
from network.tenants.context import Identity, TenantKind, job_identity, scope
from network.tenants.models import Tenant
from tests.bench.conftest import Filled
from tests.factories import Listed
from tests.referrals.conftest import World, worker_of
from tests.support.servers import Server

NEED = "legal.advice"
PHONE, PASSPORT = "+962790009999", "ZZ9999999"
# Each table, how its rows are told apart, and the columns that are filled or not by chance.
TABLES = {
    "data_key": "purpose",
    "client": "",
    "client_team": "",
    "client_contact": "",
    "client_document": "",
    "case_file": "state",
    "case_need": "",
    "case_note": "",
    "service_record": "",
    "case_event": "kind",
    "consent": "",
    "consent_grant": "",
    "consent_refusal": "",
    "consent_event": "kind",
    "exchange": "state",
    "exchange_side": "role",
    "exchange_event": "move",
    "referral": "",
    "referral_need": "",
    "referral_own_need": "",
    "referral_closure": "",
    "referral_told": "kind",
    "packet": "",
    "packet_key": "",
    "packet_part": "part",
    "disclosure": "",
    "disclosure_grant": "",
    "audit_event": "action",
    "outbox": "topic",
}
BY_CHANCE = {"request_id", "done_at", "needed_by", "occupation"}
NOBODY = UUID(int=0)
CARD: dict[str, Any] = {
    "name": "Rina Akter",
    "other_names": ["Rina Akhter"],
    "sex": "female",
    "age": 27,
    "nationality": "BD",
    "languages": ["bn"],
    "sector": "garment",
    "contacts": [
        {
            "number": PHONE,
            "belongs_to": "client",
            "channels": ["call"],
            "may_leave_message": "neutral",
            "if_another_answers": "wrong_number",
            "hours": "day_off",
        }
    ],
    "documents": [{"type": "passport", "holder": "employer", "number": PASSPORT, "country": "BD"}],
}
CONSENT: dict[str, Any] = {
    "capacity": "self",
    "method": "signature_screen",
    "language": "bn",
    "notice_version": "1",
    "restatement": "The lawyers may know my name.",
    "grants": [
        {
            "purpose": "service_provision",
            "need": NEED,
            "categories": ["identity", "contact"],
            "recipient_class": "service_provider",
            "recipient_country": "JO",
            "days": 365,
            "onward": False,
        }
    ],
    "refusals": [{"recipient_class": "recruiter"}],
}
Shape = tuple[str, str, frozenset[str]]


@pytest.fixture(scope="module")
def story(small: Filled, postgres: Server) -> tuple[set[Shape], set[Shape]]:
    """The shapes of the rows that were seeded, and of those that the operations then wrote."""
    with psycopg.connect(admin_of(small, postgres), autocommit=True) as admin:
        seeded, before = set(shapes(admin)), counted(admin)
        tell_a_story(small)
        written = {shape for shape, fresh in newer(admin, before) if fresh}
    return seeded, written


def admin_of(filled: Filled, postgres: Server) -> str:
    return with_database(postgres.admin_url, urlsplit(filled.settings.database_url).path.lstrip("/"))


def rows_of(admin: psycopg.Connection[Any], table: str) -> list[dict[str, Any]]:
    with admin.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"SELECT *, ctid::text AS place FROM {table}").fetchall()


def shape(table: str, row: dict[str, Any]) -> Shape:
    kind = str(row.get(TABLES[table], ""))
    if table == "audit_event":
        kind += f" {row['object_kind']} by {row['actor_kind']}"
    filled = {name for name, value in row.items() if value is not None and name != "place"}
    return table, kind, frozenset(filled - BY_CHANCE)


def shapes(admin: psycopg.Connection[Any]) -> Iterator[Shape]:
    for table in TABLES:
        for row in rows_of(admin, table):
            yield shape(table, row)


def counted(admin: psycopg.Connection[Any]) -> dict[str, set[str]]:
    return {table: {key_of(row) for row in rows_of(admin, table)} for table in TABLES}


def key_of(row: dict[str, Any]) -> str:
    ids = ("id", "exchange_id", "packet_id", "part", "role", "position", "client_id", "grant_id")
    return "|".join(str(row.get(name)) for name in ids)


def newer(admin: psycopg.Connection[Any], before: dict[str, set[str]]) -> Iterator[tuple[Shape, bool]]:
    for table in TABLES:
        for row in rows_of(admin, table):
            yield shape(table, row), key_of(row) not in before[table]


def tell_a_story(small: Filled) -> World:
    """A client registered, referred, served, and asked for her own word; then her case is closed."""
    world = make_world(small)
    exchange_id = world.prepare(NEED)
    world.send(exchange_id, priority="routine")
    world.jobs()
    steps: tuple[tuple[Identity, Any, dict[str, Any]], ...] = (
        (world.receiver, referrals.accept_referral, {}),
        (world.receiver, referrals.start_service, {}),
        (world.receiver, referrals.complete_service, {"outcomes": {0: "served_full"}}),
        (world.sender, referrals.close_referral, {"helped": "yes", "words": "They helped me."}),
    )
    for who, operation, given in steps:
        world.act(who, operation, exchange_id, **given)
        world.jobs()
    tell_by_hand(world)
    world.act(world.sender, cases.close_case, world.case_id, "goals_met")
    return world


def tell_by_hand(world: World) -> None:
    """The same with an organization in which nobody signs in."""
    members = select(Tenant.organization_id).where(Tenant.organization_id.is_not(None))
    with world.app.app_context(), scope(world.sender):
        to = db.session.scalars(
            select(ServiceSearch).where(
                ServiceSearch.organization_id.not_in(members),
                ServiceSearch.referral_method == "phone",
                ServiceSearch.country == "JO",
            )
        ).all()[0]
    exchange_id = world.prepare(
        NEED, listed=Listed(to.organization_id, to.service_id, NOBODY, to.service_at_location_id)
    )
    world.send(exchange_id, priority="routine", channel="phone")
    world.jobs()
    for heard in (Heard("accept", "phone"), Heard("complete", "phone", outcomes={0: "served_full"})):
        world.act(world.sender, referrals.record_heard, exchange_id, heard)
        world.jobs()
    world.act(world.sender, referrals.close_referral, exchange_id, helped="yes", words="They helped me.")
    world.jobs()


def make_world(small: Filled) -> World:
    """A client like the invented ones, registered by the operations, and a listing of the partner's."""
    app, centre, partner = small.app, small.network.largest, small.network.partners[0]
    with app.app_context(), scope(job_identity(centre.tenant_id)):
        found = db.session.execute(
            select(ServiceSearch)
            .join(Tenant, Tenant.organization_id == ServiceSearch.organization_id)
            .where(Tenant.id == partner.tenant_id, ServiceSearch.referral_method == "in_platform")
        ).scalars()
        to = next(iter(found))
        listed = Listed(to.organization_id, to.service_id, NOBODY, to.service_at_location_id)
    sender = at_work(centre, "centre", "caseworker")
    receiver = at_work(partner, "partner", "partner_manager")
    client_id, case_id = registered(app, sender)
    worker_app = create_app(small.settings, worker=True)
    return World(app, worker_app, sender, receiver, receiver, receiver, listed, client_id, case_id)


def at_work(member: Member, kind: TenantKind, role: str) -> Identity:
    return replace(worker_of(member.tenant_id, kind, role), account_id=member.accounts[0])


def registered(app: Flask, worker: Identity) -> tuple[UUID, UUID]:
    with app.app_context(), scope(worker):
        with unit_of_work():
            client = cases.register_client(CARD | {"needs": [NEED], "what_happened": "Four months unpaid."})
        with unit_of_work():
            (case,) = list_cases_of(client.id)
            cases.add_note(case.id, "She called.")
            cases.record_service(
                case.id,
                need_code=NEED,
                delivered_on=clock.today("UTC"),
                mode="in_person",
                outcome="served_part",
            )
            record_consent(client.id, CONSENT | {"case_id": case.id})
        return client.id, case.id


def test_every_row_that_the_operations_write_has_its_like_among_the_copied(
    story: tuple[set[Shape], set[Shape]],
) -> None:
    seeded, written = story
    missing = sorted((table, kind, sorted(columns)) for table, kind, columns in written - seeded)
    assert not missing, "\n".join(map(str, missing))


def test_copied_envelopes_open_and_a_copied_client_is_found_by_her_name(small: Filled) -> None:
    with small.app.app_context(), scope(job_identity(small.network.largest.tenant_id)):
        clients = list(db.session.scalars(select(Client)))
        cards = cards_of(clients)
        assert all(card.name for card in cards)
        for card in cards[:10]:
            hits = search_clients(card.name)
            assert card.id in {hit.client_id for hit in hits} or len(hits) == 20
        reached = [one for card in cards for one in list_contacts(card.id)]
        assert reached
        assert all(one.number and one.rules["hours"] for one in reached)


def test_a_copied_packet_is_read_by_whoever_may_by_now(small: Filled) -> None:
    partner = small.network.partners[0]
    before = clock.now() - timedelta(hours=4)  # what other tests sent, or had the floor send, is younger
    with small.app.app_context(), scope(job_identity(partner.tenant_id)):
        states = {one.id: one.state for one in db.session.scalars(select(Exchange))}
        packets = list(db.session.scalars(select(Packet).where(Packet.created_at < before)))
        seen = [
            (states[one.exchange_id], find_part(one, "preview"), find_part(one, "identity"))
            for one in packets
        ]
    assert all(preview and not identity for state, preview, identity in seen if state in ("sent", "received"))
    assert all(
        identity["identity"]["name"] for state, _, identity in seen if state in ("accepted", "in_progress")
    )
    assert not any(preview or identity for state, preview, identity in seen if state == "declined")
    assert len({state for state, _, _ in seen} & {"sent", "received", "accepted", "declined", "closed"}) > 1


def test_a_draft_is_seen_by_its_centre_alone(small: Filled) -> None:
    assert small.known.drafts
    with small.app.app_context(), scope(job_identity(small.network.partners[0].tenant_id)):
        assert "draft" not in set(db.session.scalars(select(Exchange.state)))


def test_the_trail_of_copied_entries_is_one_chain(small: Filled) -> None:
    with small.app.app_context(), scope(job_identity(small.network.largest.tenant_id)):
        entries = db.session.execute(
            select(AuditEvent.seq, AuditEvent.prev_hash, AuditEvent.hash).order_by(AuditEvent.seq)
        ).all()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert all(later.prev_hash == entry.hash for entry, later in pairwise(entries))
