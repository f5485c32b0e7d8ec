"""The gate: signing in, sessions that end, and invitations that open once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from network.accounts import lockout, tokens
from network.accounts.gate import accept_invitation
from network.accounts.gate import sign_in as open_session
from network.accounts.models import Account, Invitation, Membership, Session
from network.accounts.operations.staff import invite
from network.accounts.queries import find_open_invitation_of
from network.audit.models import AuditEvent
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, Invalid, NotAuthenticated, NotFound, TooMany
from network.tenants.context import gate_identity, job_identity, scope
from network.tenants.models import Tenant
from tests.factories import PASSWORD, Person, make_account, make_tenant, sign_in, signed_in, staff, visitor
from tests.support.servers import Database

HERE = "192.0.2.1"


def audited(app: Flask, tenant_id) -> list[tuple[str, str]]:
    with app.app_context(), scope(job_identity(tenant_id)):
        rows = db.session.execute(select(AuditEvent.action, AuditEvent.outcome).order_by(AuditEvent.seq))
        return [(row.action, row.outcome) for row in rows]


def invited(app: Flask, tenant_id, email: str, role: str = "caseworker") -> str:
    """The token of an invitation."""
    with app.app_context(), scope(staff(tenant_id)), unit_of_work():
        return tokens.invitation_token(find_open_invitation_of(invite("Rina", email, [role])))


def test_whoever_signs_in_works_for_her_own_tenant(app: Flask) -> None:
    tenant = make_tenant(app)
    client = signed_in(app, tenant, "caseworker")
    said = client.get("/api/v1/sessions/current").json
    assert said["tenant_id"] == str(tenant)
    assert said["roles"] == ["caseworker"]
    assert ("signed-in", "ok") in audited(app, tenant)


@pytest.mark.parametrize("typed", ["  {}", "{} ", "{upper}"])
def test_an_address_is_the_same_however_it_is_typed(app: Flask, typed: str) -> None:
    person = make_account(app, make_tenant(app), "intake")
    with app.app_context():
        email = typed.format(person.email, upper=person.email.upper())
        assert open_session(email, person.password, address=HERE).tenant_id == person.tenant_id


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app: Flask) -> None:
    person = make_account(app, make_tenant(app), "intake")
    answers = []
    for email in (person.email, "nobody@example.org"):
        answer = visitor(app).send_form("/sign-in", email=email, password="not this one at all")
        body = answer.text.replace(email, "E")
        answers.append((answer.status_code, body[body.index("<main") : body.index("csrf_token")]))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert ("signed-in", "refused") in audited(app, person.tenant_id)


def test_too_many_wrong_sign_ins_shut_the_door_for_the_right_password_too(app: Flask) -> None:
    person = make_account(app, make_tenant(app), "intake")
    with app.app_context():
        for _ in range(lockout.MOST_PER_LOGIN):
            with pytest.raises(NotAuthenticated):
                open_session(person.email, "not this one at all", address=HERE)
        with pytest.raises(TooMany) as refused:
            open_session(person.email, person.password, address=HERE)
    assert 0 < refused.value.retry_after_s <= lockout.WINDOW_SECONDS


def test_an_unknown_address_is_locked_out_like_a_known_one(app: Flask) -> None:
    with app.app_context():
        for _ in range(lockout.MOST_PER_LOGIN):
            with pytest.raises(NotAuthenticated):
                open_session("nobody.at.all@example.org", "not this one at all", address=HERE)
        with pytest.raises(TooMany):
            open_session("nobody.at.all@example.org", "not this one at all", address=HERE)


def test_one_address_on_the_network_that_tries_many_logins_is_shut_out(app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(lockout, "MOST_PER_ADDRESS", 3)
    with app.app_context():
        for number in range(3):
            with pytest.raises(NotAuthenticated):
                open_session(f"guess-{number}@example.org", "not this one at all", address="192.0.2.77")
        with pytest.raises(TooMany):
            open_session("guess-4@example.org", "not this one at all", address="192.0.2.77")


def test_a_right_password_clears_the_count(app: Flask) -> None:
    person = make_account(app, make_tenant(app), "intake")
    with app.app_context():
        for _ in range(3):
            for _ in range(lockout.MOST_PER_LOGIN - 1):
                with pytest.raises(NotAuthenticated):
                    open_session(person.email, "not this one at all", address="192.0.2.5")
            open_session(person.email, person.password, address="192.0.2.5")


def test_after_signing_out_the_cookie_opens_nothing(app: Flask) -> None:
    client = signed_in(app, make_tenant(app), "centre_administrator")
    kept = client.get_cookie("network").value
    assert client.send_form("/sign-out").status_code == 303
    thief = visitor(app)
    thief.set_cookie("network", kept)
    assert thief.get("/staff").status_code == 302


@pytest.mark.parametrize(
    "moved", ["last_seen_at = now() - interval '46 minutes'", "expires_at = now() - interval '1 second'"]
)
def test_a_session_ends_when_idle_or_old(app: Flask, database: Database, moved: str) -> None:
    person = make_account(app, make_tenant(app), "intake")
    client = sign_in(app, person)
    assert client.get("/account").status_code == 200
    change_as_owner(database, f"UPDATE session SET {moved} WHERE tenant_id = %s", person.tenant_id)
    assert client.get("/account").status_code == 302


def change_as_owner(database: Database, statement: str, tenant_id) -> None:
    import psycopg

    with psycopg.connect(database.admin_url) as connection:
        assert connection.execute(statement, (tenant_id,)).rowcount > 0


def test_using_a_session_starts_its_idle_time_anew(app: Flask, database: Database) -> None:
    person = make_account(app, make_tenant(app), "intake")
    client = sign_in(app, person)
    moved = "UPDATE session SET last_seen_at = now() - interval '40 minutes' WHERE tenant_id = %s"
    for _ in range(2):
        change_as_owner(database, moved, person.tenant_id)
        assert client.get("/account").status_code == 200


def test_a_forged_or_garbled_cookie_opens_nothing(app: Flask) -> None:
    for value in ("x" * 43, "x" * 4000, "'; DROP TABLE session; --", "\u0661" * 10):
        client = visitor(app)
        client.set_cookie("network", value)
        assert client.get("/account").status_code == 302
        assert (
            client.get("/api/v1/staff", headers={"Authorization": f"Bearer {value[:60]}"}).status_code == 401
        )


def test_a_suspended_tenant_lets_nobody_in_and_ends_open_sessions(app: Flask) -> None:
    person = make_account(app, make_tenant(app), "intake")
    client = sign_in(app, person)
    headquarters = job_identity(person.tenant_id, "network")
    with app.app_context(), scope(headquarters), unit_of_work():
        db.session.execute(update(Tenant).where(Tenant.id == person.tenant_id).values(status="suspended"))
    assert client.get("/account").status_code == 302
    with app.app_context(), pytest.raises(NotAuthenticated):
        open_session(person.email, person.password, address=HERE)


def test_the_gate_shows_only_the_row_whose_hash_it_carries(app: Flask) -> None:
    people = [make_account(app, make_tenant(app), "intake") for _ in range(2)]
    with app.app_context():
        hashed = tokens.login_hash(people[0].email)
        with scope(gate_identity(hashed)):
            assert db.session.scalars(select(Account.login_hash)).all() == [hashed]
            assert db.session.scalars(select(Membership.tenant_id)).all() == [people[0].tenant_id]
            assert db.session.scalars(select(Session)).all() == []
            assert db.session.scalars(select(Invitation)).all() == []
        with scope(gate_identity("")):
            assert db.session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_tenant_sees_no_account_and_no_session_of_another(app: Flask) -> None:
    mine, other = make_tenant(app), make_tenant(app)
    for tenant in (mine, other):
        signed_in(app, tenant, "intake")
    with app.app_context(), scope(staff(mine)):
        assert set(db.session.scalars(select(Session.tenant_id))) == {mine}
        assert set(db.session.scalars(select(Invitation.tenant_id))) == {mine}
        assert db.session.scalars(select(Account)).all() == []


def test_nothing_personal_lies_at_the_gate_or_beside_it(app: Flask, database: Database) -> None:
    import psycopg

    tenant = make_tenant(app)
    person = make_account(app, tenant, "intake", email="rina.akter@example.org", name="Rina Akter")
    sign_in(app, person)
    with psycopg.connect(database.admin_url) as connection:
        for table in ("account", "session", "invitation", "membership", "audit_event", "outbox"):
            rows = connection.execute(f"SELECT t::text FROM {table} t").fetchall()
            told = "\n".join(row[0] for row in rows).lower()
            assert "rina" not in told
            assert "example.org" not in told


def test_an_invitation_opens_once(app: Flask) -> None:
    token = invited(app, make_tenant(app), "once@example.org")
    with app.app_context():
        accept_invitation(token, PASSWORD, address=HERE)
        with pytest.raises(NotFound):
            accept_invitation(token, PASSWORD, address=HERE)
        assert open_session("once@example.org", PASSWORD, address=HERE)


def test_an_invitation_used_meanwhile_is_refused(app: Flask) -> None:
    from network.accounts.gate import _account_for, _join
    from network.accounts.queries import find_invitation

    token = invited(app, make_tenant(app), "twice@example.org")
    with app.app_context():
        found = find_invitation(token)
        accept_invitation(token, PASSWORD, address=HERE)
        account_id = _account_for(found.login_hash, PASSWORD, ())
        with pytest.raises(Conflict):
            _join(found, account_id, "", "", "")


def test_whoever_joins_in_arabic_goes_on_in_arabic(app: Flask) -> None:
    """The inviting centre's pages are in English; she read the invitation in Arabic, and never chose otherwise."""
    tenant = make_tenant(app)
    token = invited_to_partner(app, tenant, "lina.reads@example.org")
    browser = visitor(app)
    page = browser.get(f"/join/{token}", headers={"Accept-Language": "ar"})
    assert 'lang="ar"' in page.text
    assert "lina.reads@example.org" not in page.text  # who finds a lost link cannot sign in with it
    browser.post(
        "/join",
        data={"csrf_token": browser.csrf_token(), "token": token, "password": PASSWORD},
        headers={"Accept-Language": "ar"},
    )
    answer = browser.send_form("/sign-in", email="lina.reads@example.org", password=PASSWORD)
    assert "language=ar" in str(answer.headers.getlist("Set-Cookie"))


def test_an_invitation_runs_out(app: Flask, database: Database) -> None:
    tenant = make_tenant(app)
    token = invited(app, tenant, "late@example.org")
    change_as_owner(
        database,
        "UPDATE invitation SET expires_at = now() - interval '1 second' WHERE tenant_id = %s",
        tenant,
    )
    with app.app_context(), pytest.raises(NotFound):
        accept_invitation(token, PASSWORD, address=HERE)


def test_a_known_person_joins_a_second_tenant_with_the_password_she_has(app: Flask) -> None:
    first, second = make_tenant(app), make_tenant(app, "partner")
    person = make_account(app, first, "caseworker")
    token = invited_to_partner(app, second, person.email)
    with app.app_context():
        with pytest.raises(Invalid):
            accept_invitation(token, "another password altogether", address=HERE)
        accept_invitation(token, person.password, address=HERE)
        here = open_session(person.email, person.password, address=HERE)
        there = open_session(person.email, person.password, address=HERE, tenant_code=code_of(app, second))
    assert (here.tenant_id, there.tenant_id) == (first, second)
    assert here.account_id == there.account_id


def invited_to_partner(app: Flask, tenant_id, email: str) -> str:
    with app.app_context(), scope(staff(tenant_id, kind="partner")), unit_of_work():
        return tokens.invitation_token(find_open_invitation_of(invite("Rina", email, ["partner_worker"])))


def code_of(app: Flask, tenant_id) -> str:
    with app.app_context(), scope(job_identity(tenant_id)):
        return db.session.get_one(Tenant, tenant_id).code


def test_she_goes_from_one_workplace_to_the_other_and_never_sees_both_at_once(app: Flask) -> None:
    first, second = make_tenant(app), make_tenant(app, "partner", name="The shelter")
    person = make_account(app, first, "caseworker")
    with app.app_context():
        accept_invitation(invited_to_partner(app, second, person.email), person.password, address=HERE)
    client = sign_in(app, person)
    assert "The shelter" in client.get("/account").text
    assert client.send_form("/account/workplace", tenant_id=str(second)).status_code == 303
    said = client.get("/api/v1/sessions/current").json
    assert (said["tenant_id"], said["roles"]) == (str(second), ["partner_worker"])
    strange = client.send_form("/account/workplace", tenant_id=str(make_tenant(app)))
    assert strange.status_code == 404


def test_inviting_a_known_address_answers_like_an_unknown_one(app: Flask) -> None:
    known = make_account(app, make_tenant(app), "intake")
    administrator = signed_in(app, make_tenant(app), "centre_administrator")
    answers = []
    for email in (known.email, "unknown@example.org"):
        form = {"name": "Rina", "email": email, "roles": ["intake"]}
        said = administrator.api("POST", "/api/v1/staff", form)
        answers.append((said.status_code, {**said.json, "id": 0, "email": 0, "invitation_token": 0}))
    assert answers[0] == answers[1]


def test_the_gates_policies_let_nobody_move_a_session_to_another_account(app: Flask) -> None:
    person: Person = make_account(app, make_tenant(app), "intake")
    sign_in(app, person)
    with app.app_context(), scope(job_identity(person.tenant_id)):
        with pytest.raises(Exception, match="permission denied"), unit_of_work():
            db.session.execute(text("UPDATE session SET account_id = gen_random_uuid()"))
