"""What every unsafe request goes through: carried out once, only with a genuine form, never half."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from network.accounts.models import Membership
from network.accounts.queries import list_staff
from network.core import clock
from network.core.db import db, unit_of_work
from network.tenants.context import Identity, job_identity, scope
from network.tenants.models import Draft
from network.web import drafts
from network.web.drafts import find_draft
from tests.factories import Person, make_account, make_tenant, sign_in, signed_in, staff, visitor
from tests.support.visitor import Visitor

RINA = {"name": "Rina Akter", "email": "rina@example.org", "roles": ["intake"]}


@pytest.fixture
def tenant(app: Flask) -> UUID:
    return make_tenant(app)


@pytest.fixture
def administrator(app: Flask, tenant: UUID) -> Visitor:
    return signed_in(app, tenant, "centre_administrator")


def count_staff(app: Flask, tenant: UUID) -> int:
    with app.app_context(), scope(job_identity(tenant)):
        return db.session.scalar(select(func.count()).select_from(Membership)) or 0


def test_a_form_sent_twice_is_carried_out_once(app: Flask, tenant: UUID, administrator: Visitor) -> None:
    form = {**RINA, "idempotency_key": str(uuid.uuid4())}
    first = administrator.send_form("/staff/invite", form)
    second = administrator.send_form("/staff/invite", form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert count_staff(app, tenant) == 2


def test_two_sendings_at_once_are_carried_out_once(app: Flask, tenant: UUID, administrator: Visitor) -> None:
    cookie, key = administrator.get_cookie("network").value, str(uuid.uuid4())
    answers: list[Any] = []

    def send() -> None:
        answers.append(visitor(app).api("POST", "/api/v1/staff", RINA, key=key, token=cookie))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert count_staff(app, tenant) == 2


def test_the_same_key_with_another_request_is_refused(
    app: Flask, tenant: UUID, administrator: Visitor
) -> None:
    key = str(uuid.uuid4())
    assert administrator.api("POST", "/api/v1/staff", RINA, key=key).status_code == 201
    other = administrator.api("POST", "/api/v1/staff", {**RINA, "email": "b@example.org"}, key=key)
    assert (other.status_code, other.json["code"]) == (409, "conflict")
    elsewhere = administrator.send_form("/staff/invite", {**RINA, "idempotency_key": key})
    assert elsewhere.status_code == 409
    assert count_staff(app, tenant) == 2


def test_a_refused_request_can_be_mended_and_sent_with_the_same_key(
    app: Flask, tenant: UUID, administrator: Visitor
) -> None:
    key = str(uuid.uuid4())
    refused = administrator.api("POST", "/api/v1/staff", {**RINA, "roles": ["partner_worker"]}, key=key)
    assert refused.status_code == 422
    assert administrator.api("POST", "/api/v1/staff", RINA, key=key).status_code == 201


def test_another_person_may_use_the_same_key(app: Flask, tenant: UUID, administrator: Visitor) -> None:
    key = str(uuid.uuid4())
    assert administrator.api("POST", "/api/v1/staff", RINA, key=key).status_code == 201
    colleague = signed_in(app, tenant, "centre_administrator")
    said = colleague.api("POST", "/api/v1/staff", {**RINA, "email": "c@example.org"}, key=key)
    assert said.status_code == 201
    stranger = signed_in(app, make_tenant(app), "centre_administrator")
    assert stranger.api("POST", "/api/v1/staff", RINA, key=key).status_code == 201


def test_a_key_is_forgotten_after_a_day(app: Flask, tenant: UUID, administrator: Visitor) -> None:
    key = str(uuid.uuid4())
    assert administrator.api("POST", "/api/v1/staff", RINA, key=key).status_code == 201
    with clock.set_to(clock.now() + timedelta(hours=25)):
        again = administrator.api("POST", "/api/v1/staff", {**RINA, "email": "d@example.org"}, key=key)
    assert again.status_code == 201


@pytest.mark.parametrize("key", ["", "short", "x" * 101, "with space in it", "نص عربي هنا"])
def test_an_unsafe_request_without_a_usable_key_is_refused(
    app: Flask, tenant: UUID, administrator: Visitor, key: str
) -> None:
    answer = administrator.send_form("/staff/invite", {**RINA, "idempotency_key": key})
    assert answer.status_code in (400, 422)
    assert count_staff(app, tenant) == 1


def test_the_api_names_a_missing_key(app: Flask, administrator: Visitor) -> None:
    headers = {"X-CSRFToken": administrator.csrf_token()}
    answer = administrator.post("/api/v1/staff", json=RINA, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-missing")
    assert answer.content_type == "application/problem+json"


def test_a_form_without_our_token_changes_nothing(app: Flask, tenant: UUID, administrator: Visitor) -> None:
    for token in ("", "forged", visitor(app).csrf_token()):
        answer = administrator.send_form("/staff/invite", {**RINA, "csrf_token": token})
        assert answer.status_code == 400
    bare = administrator.post("/api/v1/staff", json=RINA, headers={"Idempotency-Key": "k" * 20})
    assert bare.status_code == 400
    assert count_staff(app, tenant) == 1


def test_a_program_with_a_bearer_token_needs_no_form_token(app: Flask, tenant: UUID) -> None:
    person = make_account(app, tenant, "centre_administrator")
    program = visitor(app)
    opened = program.post("/api/v1/sessions", json={"email": person.email, "password": person.password})
    assert opened.status_code == 201
    assert "Set-Cookie" not in opened.headers
    token = opened.json["token"]
    assert program.api("POST", "/api/v1/staff", RINA, token=token).status_code == 201
    assert program.api("DELETE", "/api/v1/sessions/current", token=token).status_code == 204
    assert program.api("GET", "/api/v1/staff", token=token).status_code == 401


def test_the_cookie_does_not_count_beside_a_bearer_token(
    app: Flask, tenant: UUID, administrator: Visitor
) -> None:
    """Otherwise a foreign page could leave the form token out by sending any bearer token."""
    assert administrator.api("POST", "/api/v1/staff", RINA, token="forged").status_code == 401
    assert count_staff(app, tenant) == 1


def test_a_save_that_arrives_after_its_form_was_sent_is_not_kept(
    app: Flask, tenant: UUID, administrator: Visitor
) -> None:
    def save(key: str) -> int:
        """Save as the page does; how many drafts there are then."""
        form = {"csrf_token": administrator.csrf_token(), "name": "R"}
        answer = administrator.post("/drafts/invite/new", data=form, headers={"X-Form-Key": key})
        assert answer.status_code == 204
        with app.app_context(), scope(job_identity(tenant)):
            return db.session.scalar(select(func.count()).select_from(Draft)) or 0

    assert (
        administrator.send_form("/staff/invite", RINA, idempotency_key="key-of-this-form").status_code == 303
    )
    assert save("key-of-this-form") == 0
    assert save("key-of-another-form") == 1
    assert save("") == 1


def test_of_more_than_a_hundred_drafts_the_oldest_are_forgotten_and_nobody_elses(
    app: Flask, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)
    me, colleague = staff(tenant), staff(tenant)
    subjects = [uuid.uuid4() for _ in range(5)]

    def kept(who: Identity) -> list[bool]:
        with app.app_context(), scope(who):
            return [find_draft("intake", one) is not None for one in subjects]

    def save(who: Identity, subject: UUID) -> None:
        with app.app_context(), scope(who), unit_of_work():
            drafts.save_draft("intake", subject, {"name": ["R"]})

    save(colleague, subjects[0])
    for subject in subjects[:3]:
        save(me, subject)
    save(me, subjects[0])  # it is the newest now
    save(me, subjects[3])
    assert kept(me) == [True, False, True, True, False]
    save(me, subjects[4])
    assert kept(me) == [True, False, False, True, True]
    assert kept(colleague)[0]


def test_what_is_typed_is_kept_sealed_and_seen_by_her_alone(app: Flask, tenant: UUID) -> None:
    person: Person = make_account(app, tenant, "intake")
    client, subject = sign_in(app, person), uuid.uuid4()
    typed = {"name": "Rina Akter", "needs": ["shelter", "legal"]}
    assert client.send_form("/drafts/intake/new", {"name": "R"}).status_code == 204
    assert client.send_form(f"/drafts/intake/{subject}", {"name": "Ri"}).status_code == 204
    assert client.send_form(f"/drafts/intake/{subject}", typed).status_code == 204
    with app.app_context(), scope(job_identity(tenant)):
        account = next(one.account_id for one in list_staff() if one.email == person.email)
    identity = job_identity(tenant)
    from dataclasses import replace

    me, colleague = replace(identity, kind="staff", account_id=account), uuid.uuid4()
    with app.app_context():
        with scope(me):
            kept = find_draft("intake", subject)
            assert (kept["name"], kept.getlist("needs")) == ("Rina Akter", ["shelter", "legal"])
            assert "csrf_token" not in kept
            assert find_draft("intake", None)["name"] == "R"
        with scope(replace(me, account_id=colleague)):
            assert find_draft("intake", subject) is None
        with scope(me):
            rows = db.session.execute(select(func.count()).select_from(Membership)).scalar_one()
            assert rows == 1
    assert client.send_form("/drafts/In%20take/new").status_code == 404
    assert (
        signed_in(app, make_tenant(app), "intake").send_form("/drafts/intake/not-a-uuid").status_code == 404
    )
