"""The wall between tenants, tried as the application's own database role."""

from __future__ import annotations

import threading
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.tenants.context import Identity, gate_identity, job_identity, scope
from network.tenants.isolation import ContextSigner
from network.tenants.models import StoredKey
from tests.factories import make_tenant, staff
from tests.support.servers import Database


def count_keys() -> int:
    return db.session.execute(text("SELECT count(*) FROM data_key")).scalar_one()


def test_tenant_sees_its_own_rows_and_nobody_elses(app: Flask) -> None:
    mine, other = make_tenant(app), make_tenant(app)
    with app.app_context(), scope(staff(mine)):
        assert db.session.query(StoredKey.tenant_id).all() == [(mine,)]
    with app.app_context(), scope(staff(other)):
        assert db.session.query(StoredKey.tenant_id).all() == [(other,)]


def test_without_a_context_nothing_is_seen(app: Flask) -> None:
    make_tenant(app)
    with app.app_context():
        assert count_keys() == 0


def test_a_gate_context_has_no_tenant(app: Flask) -> None:
    tenant = make_tenant(app)
    with app.app_context(), scope(replace(gate_identity("ab" * 32), tenant_id=tenant)):
        assert count_keys() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda signed: signed.replace("staff", "job"),
        lambda signed: signed[:-1] + ("0" if signed[-1] != "0" else "1"),
        lambda signed: "1|staff|" + "|".join(signed.split("|")[2:5]) + "|99999999999|" + signed.split("|")[6],
        lambda signed: "2" + signed[1:],
        lambda signed: "nonsense",
    ],
)
def test_a_forged_context_is_an_error(app: Flask, settings, database: Database, spoil) -> None:
    signed = ContextSigner(settings.context_key).sign(staff(make_tenant(app)))
    with psycopg.connect(database.app_url) as connection:
        connection.execute("SELECT set_config('network.context', %s, true)", (signed,))
        assert connection.execute("SELECT count(*) FROM data_key").fetchone() == (1,)
        connection.execute("SELECT set_config('network.context', %s, true)", (spoil(signed),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM data_key")


def test_an_expired_context_is_an_error(app: Flask, settings, database: Database, monkeypatch) -> None:
    tenant = make_tenant(app)
    monkeypatch.setattr("network.tenants.isolation.CONTEXT_SECONDS", -5)
    signed = ContextSigner(settings.context_key).sign(staff(tenant))
    with psycopg.connect(database.app_url) as connection:
        connection.execute("SELECT set_config('network.context', %s, true)", (signed,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM data_key")


def test_the_application_cannot_read_the_signing_key(database: Database) -> None:
    with psycopg.connect(database.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM network_private.context_key")


def test_a_tenant_cannot_write_a_row_into_another(app: Flask) -> None:
    mine, other = make_tenant(app), make_tenant(app)
    with app.app_context(), scope(staff(mine)):
        with pytest.raises(Exception, match="row-level security"), unit_of_work():
            db.session.execute(
                text(
                    "INSERT INTO data_key (tenant_id, id, purpose, wrapped, created_at) "
                    "VALUES (:tenant, :id, 'client', 'x', now())"
                ),
                {"tenant": other, "id": new_id()},
            )


def test_only_the_headquarters_change_tenants(app: Flask) -> None:
    tenant = make_tenant(app)
    rename = text("UPDATE tenant SET name = 'Taken over' WHERE id = :id")
    with app.app_context(), scope(staff(tenant)), unit_of_work():
        assert db.session.execute(rename, {"id": tenant}).rowcount == 0
    headquarters = make_tenant(app, "network")
    with app.app_context(), scope(staff(headquarters, kind="network")), unit_of_work():
        assert db.session.execute(rename, {"id": tenant}).rowcount == 1


def test_core_connections_are_behind_the_wall_too(app: Flask) -> None:
    tenant = make_tenant(app)
    with app.app_context(), scope(staff(tenant)), db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM data_key")).scalar_one() == 1


def test_threads_never_see_each_others_tenant(app: Flask) -> None:
    tenants = [make_tenant(app) for _ in range(4)]
    wrong: list[object] = []

    def look(identity: Identity) -> None:
        for _ in range(25):
            with app.app_context(), scope(identity):
                seen = db.session.query(StoredKey.tenant_id).all()
                if seen != [(identity.tenant_id,)]:
                    wrong.append(seen)

    threads = [threading.Thread(target=look, args=(staff(tenant),)) for tenant in tenants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_scope_cannot_be_entered_inside_a_unit_of_work(app: Flask) -> None:
    tenant, other = make_tenant(app), make_tenant(app)
    with app.app_context(), scope(staff(tenant)), unit_of_work():
        with pytest.raises(RuntimeError), scope(job_identity(other)):
            pass
