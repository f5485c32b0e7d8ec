"""Sessions: none outlives its place, and none is a way to something else."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask

from network.accounts.lockout import MOST_PER_LOGIN
from tests.factories import make_account, make_tenant, sign_in, visitor


def test_an_open_session_is_no_way_to_guess_the_password(app: Flask) -> None:
    person = make_account(app, make_tenant(app), "caseworker")
    desk = sign_in(app, person)
    new = {"new_password": "another hyrax umbrella"}
    for _ in range(MOST_PER_LOGIN):
        answer = desk.send_form("/account/password", new, current_password="a wrong one indeed")
        assert answer.status_code == 422
    assert desk.send_form("/account/password", new, current_password=person.password).status_code == 429


def test_whoever_signs_in_at_a_shared_desk_ends_the_session_before(app: Flask) -> None:
    first, second = (make_account(app, make_tenant(app), "caseworker") for _ in range(2))
    desk, other = sign_in(app, first), visitor(app)
    kept = desk.get_cookie("network")
    assert kept is not None
    assert desk.send_form("/sign-in", email=second.email, password=second.password).status_code == 303
    other.set_cookie("network", kept.value)
    assert other.get("/account").headers["Location"].startswith("/sign-in")
    assert desk.get("/account").status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer   ", "Bearer \t", "Bearer x=y"])
def test_a_bearer_header_without_a_token_leaves_the_csrf_check_on(app: Flask, header: str) -> None:
    desk = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    headers = {"Authorization": header, "Idempotency-Key": str(uuid.uuid4())}
    assert desk.post("/lock", headers=headers).status_code == 400
    assert desk.delete("/api/v1/sessions/current", headers=headers).status_code == 400
    assert desk.get("/account").status_code == 200
