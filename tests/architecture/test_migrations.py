"""A migration meets the rows that are there: it sees them, and it does not let pass what it forbids."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.exc import IntegrityError

from network.core.ids import new_id
from network.stack.bootstrap import bootstrap
from tests.support.servers import Database, Server, database_of, drop_database, migrate

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BY_TYPE: dict[str, Any] = {
    "text": "x",
    "bytea": b"x",
    "boolean": False,
    "integer": 1,
    "ARRAY": [],
    "date": date(2026, 11, 20),
    "timestamp with time zone": NOW,
}


@pytest.fixture
def earlier(postgres: Server) -> Iterator[Database]:
    """A database of its own in which no migration has run yet."""
    name = f"network_test_{secrets.token_hex(6)}"
    bootstrap(postgres.admin_url, postgres.passwords, name)
    yield database_of(postgres, name)
    drop_database(postgres, name)


def put(admin: psycopg.Connection, table: str, **values: Any) -> None:
    """A row with these values, and something in every other column that must have one."""
    columns = admin.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'",
        (table,),
    ).fetchall()
    row = {name: new_id() if kind == "uuid" else BY_TYPE[kind] for name, kind in columns} | values
    admin.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )


def two_clients_and_a_case(admin: psycopg.Connection) -> tuple[UUID, UUID, UUID, UUID]:
    """A centre with two clients, and a case of the first: (tenant, first, second, case)."""
    tenant, first, second, case = new_id(), new_id(), new_id(), new_id()
    put(admin, "tenant", id=tenant, code="ah", kind="centre", status="live", country="JO")
    for client, reference in ((first, "A"), (second, "B")):
        put(admin, "client", tenant_id=tenant, id=client, reference=reference, sex="female", restricted=False)
    put(
        admin,
        "case_file",
        **{"tenant_id": tenant, "id": case, "client_id": first, "restricted": False},
        **{"state": "open", "custody": "held", "priority": "routine"},
    )
    return tenant, first, second, case


@pytest.mark.parametrize("whose", ["her own", "another's"])
def test_a_consent_that_names_another_clients_case_stops_the_migration(earlier: Database, whose: str) -> None:
    """The owner is bound by row security as well: a key that it adds without lifting it checks nothing."""
    migrate(earlier, "0010")
    with psycopg.connect(earlier.admin_url) as admin:
        tenant, first, second, case = two_clients_and_a_case(admin)
        client = first if whose == "her own" else second
        put(
            admin,
            "consent",
            tenant_id=tenant,
            client_id=client,
            case_id=case,
            restricted=False,
            state="given",
        )
    if whose == "her own":
        migrate(earlier)
    else:
        with pytest.raises(IntegrityError, match="fk_consent_case_file"):
            migrate(earlier)
    with psycopg.connect(earlier.admin_url) as admin:
        rows = admin.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity")
        assert rows.fetchall() == []


def test_listings_of_before_are_kept_and_hidden_numbers_go(earlier: Database) -> None:
    """Needs stay the service's, hours stay weekly, a verified listing is due again; no number leads to a shelter."""
    migrate(earlier, "0012")
    tenant, organization, service, open_place, hidden, term, taxonomy = (new_id() for _ in range(7))
    with psycopg.connect(earlier.admin_url) as admin:
        admin.execute("SET session_replication_role = replica")
        put(admin, "tenant", id=tenant, code="ah", kind="centre", status="live", country="JO")
        mine = {"steward_tenant_id": tenant}
        put(admin, "organization", id=organization, visibility="network", verified_on=NOW.date(), **mine)
        put(
            admin,
            "service",
            **{"id": service, "organization_id": organization, "visibility": "network", "status": "active"},
            **{"referral_method": "phone", **mine},
        )
        for place, confidential in ((open_place, False), (hidden, True)):
            put(
                admin,
                "location",
                **{"id": place, "organization_id": organization, "visibility": "network"},
                **{
                    "location_type": "virtual",
                    "confidential": confidential,
                    "place_code": "jo-irbid",
                    **mine,
                },
            )
            put(admin, "phone", location_id=place, **mine)
        put(admin, "service_at_location", service_id=service, location_id=open_place, **mine)
        put(admin, "schedule", service_id=service, byday="MO", opens_at="08:00", closes_at="12:00", **mine)
        put(admin, "taxonomy", id=taxonomy)
        put(admin, "taxonomy_term", id=term, taxonomy_id=taxonomy)
        put(admin, "attribute", link_id=service, link_entity="service", taxonomy_term_id=term, **mine)
    migrate(earlier)
    with psycopg.connect(earlier.admin_url) as admin:
        assert admin.execute("SELECT service_id, organization_id FROM attribute").fetchall() == [
            (service, None)
        ]
        assert admin.execute("SELECT freq FROM schedule").fetchall() == [("WEEKLY",)]
        assert admin.execute("SELECT location_id FROM phone").fetchall() == [(open_place,)]
        assert admin.execute(
            "SELECT verified_by_tenant_id, verification_due_on FROM organization"
        ).fetchall() == [(tenant, date(2027, 5, 20))]
        assert admin.execute("SELECT modified_at FROM service_at_location").fetchall() == [(NOW,)]
        unforced = admin.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
        )
        assert unforced.fetchall() == []


def test_referrals_of_before_are_no_more_anybody_elses_once_some_are_told_outside(earlier: Database) -> None:
    """The table is made beside what was sent; what is told by hand names its client, is dated by kind, and stays."""
    migrate(earlier, "0028")
    exchange = new_id()
    with psycopg.connect(earlier.admin_url) as admin:
        tenant, client, _second, case = two_clients_and_a_case(admin)
        put(
            admin,
            "exchange",
            **{"id": exchange, "kind": "referral", "state": "sent", "moved_by": "sender", "reference": "R"},
            **{"from_tenant_id": tenant, "sent_at": NOW},
        )
        side = {"tenant_id": tenant, "exchange_id": exchange, "client_id": client, "restricted": False}
        put(admin, "exchange_side", kind="referral", role="sender", case_id=case, **side)
    migrate(earlier)
    with psycopg.connect(earlier.admin_url) as admin:
        assert admin.execute("SELECT state, to_tenant_id FROM exchange").fetchall() == [("sent", None)]
        put(admin, "referral_told", kind="told", channel="phone", version=2, **side)
        for wrong in (
            {"kind": "sent"},
            {"channel": "pigeon"},
            {"client_id": new_id()},
            {"exchange_id": new_id()},
        ):
            told = {"kind": "heard", "channel": "phone", "version": 3, **side, **wrong}
            with pytest.raises(psycopg.errors.IntegrityError), admin.transaction():
                put(admin, "referral_told", **told)
        with pytest.raises(psycopg.errors.UniqueViolation), admin.transaction():
            put(admin, "referral_told", kind="told", channel="email", version=2, **side)


def test_until_when_she_may_be_visited_is_brought_over_as_her_grants_end(earlier: Database) -> None:
    """A grant ends when it was taken back, or never confirmed, and nothing outlasts a refusal."""
    migrate(earlier, "0031")
    later, soon, before = NOW + timedelta(days=300), NOW + timedelta(days=3), NOW - timedelta(days=1)
    until: dict[UUID, datetime | None] = {}
    with psycopg.connect(earlier.admin_url) as admin:
        tenant, _first, _second, _case = two_clients_and_a_case(admin)
        admin.execute("SET session_replication_role = replica")
        other, organization = new_id(), new_id()
        put(
            admin,
            "organization",
            id=organization,
            visibility="network",
            country="BD",
            recipient_class="centre",
        )
        for mode, grant, consent, packet, said in (
            ("joint", {}, {}, {}, later),
            ("joint", {"withdrawn_at": before}, {}, {}, before),
            ("joint", {}, {"provisional_until": soon}, {}, soon),
            ("joint", {}, {"provisional_until": soon, "confirmed_at": NOW}, {}, later),
            ("joint", {}, {}, {"seal_reason": "refused", "sealed_at": before}, before),
            ("joint", {}, {}, {"seal_reason": "ended", "sealed_at": before}, later),
            ("joint", {"recipient_organization_id": new_id()}, {}, {}, None),
            ("pre_departure", {}, {}, {}, None),
        ):
            exchange, client, asked = new_id(), new_id(), new_id()
            both = {"from_tenant_id": tenant, "to_tenant_id": other}
            hers = {"tenant_id": tenant, "client_id": client, "restricted": False}
            put(
                admin,
                "exchange",
                **{"id": exchange, "kind": "handoff", "state": "taken_over", "moved_by": "sender"},
                **{"reference": str(exchange), "sent_at": NOW, "to_organization_id": organization, **both},
            )
            put(admin, "handoff", exchange_id=exchange, mode=mode, journey="none", **both)
            put(admin, "exchange_side", exchange_id=exchange, kind="handoff", role="sender", **hers)
            put(admin, "packet", exchange_id=exchange, **both, **packet)
            put(admin, "consent", id=asked, state="given", **hers, **consent)
            to = {"recipient_organization_id": organization} | grant
            put(
                admin,
                "consent_grant",
                **{"consent_id": asked, "purpose": "follow_up_contact", "expires_at": later, **hers, **to},
            )
            until[exchange] = said
    migrate(earlier)
    with psycopg.connect(earlier.admin_url) as admin:
        brought = dict(admin.execute("SELECT exchange_id, until FROM handoff_contact").fetchall())
    assert brought == {exchange: said for exchange, said in until.items() if said is not None}
