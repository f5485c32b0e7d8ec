"""A restricted client is not lost with the last colleague who sees her, and whoever manages staff sees nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask

from network.accounts.operations import leaving, staff
from network.accounts.queries import get_membership
from network.background.drain import drain
from network.cases.operations import restrict_client
from network.cases.queries import list_team
from network.core.db import unit_of_work
from network.core.errors import Conflict
from network.tenants.context import job_identity, scope
from tests.cases.test_team import Colleague, colleague
from tests.factories import make_account, make_case, make_tenant, sign_in, signed_in
from tests.support.visitor import Visitor

MOVED = "Passed on to a colleague"


@pytest.fixture
def tenant(app: Flask) -> UUID:
    return make_tenant(app)


@pytest.fixture
def rana(app: Flask, tenant: UUID) -> Colleague:
    return colleague(app, tenant, "Rana")


@pytest.fixture
def omar(app: Flask, tenant: UUID) -> Colleague:
    return colleague(app, tenant, "Omar")


@pytest.fixture
def administrator(app: Flask, tenant: UUID) -> Visitor:
    return signed_in(app, tenant, "centre_administrator")


@pytest.fixture
def case(app: Flask, rana: Colleague) -> tuple[UUID, UUID]:
    """A client restricted to Rana, and her case."""
    return make_case(app, rana.identity, restricted=True)


def version_of(app: Flask, person: Colleague) -> int:
    with app.app_context(), scope(job_identity(person.person.tenant_id)):
        return get_membership(person.person.membership_id).version


def shut_out(app: Flask, administrator: Visitor, person: Colleague) -> str:
    """End somebody's access; what her page says afterwards."""
    path = f"/staff/{person.person.membership_id}"
    answer = administrator.send_form(f"{path}/deactivate", version=version_of(app, person))
    assert answer.status_code == 303
    return administrator.get(path).text


def name(app: Flask, administrator: Visitor, person: Colleague, successor: Colleague) -> int:
    return administrator.send_form(
        f"/staff/{person.person.membership_id}/successor",
        successor_id=str(successor.person.membership_id),
        version=version_of(app, person),
    ).status_code


def test_the_last_who_sees_a_restricted_client_is_not_shut_out_before_a_successor_is_named(
    app: Flask, administrator: Visitor, rana: Colleague, omar: Colleague, case: tuple[UUID, UUID]
) -> None:
    page = shut_out(app, administrator, rana)
    assert "1 restricted client is seen by nobody else at work. Name first who takes over." in page
    assert rana.browser.get(f"/cases/{case[1]}").status_code == 200


def test_a_change_of_roles_that_would_lose_her_is_refused_as_well(
    app: Flask, administrator: Visitor, rana: Colleague, omar: Colleague, case: tuple[UUID, UUID]
) -> None:
    path = f"/api/v1/staff/{rana.person.membership_id}"
    version = version_of(app, rana)
    refused = administrator.api("PUT", f"{path}/roles", {"roles": ["monitoring_officer"]}, version=version)
    assert refused.status_code == 409
    assert administrator.api("GET", path).json["alone_with"] == 1
    kept = administrator.api("PUT", f"{path}/roles", {"roles": ["intake"]}, version=version)
    assert kept.status_code == 200  # an intake worker still reaches her


def test_whoever_was_named_takes_over_client_and_case_when_she_leaves_and_not_before(
    app: Flask,
    worker_app: Flask,
    administrator: Visitor,
    rana: Colleague,
    omar: Colleague,
    case: tuple[UUID, UUID],
) -> None:
    client_id, case_id = case
    assert name(app, administrator, rana, omar) == 303
    with worker_app.app_context():
        drain()
    assert omar.browser.get(f"/cases/{case_id}").status_code == 404  # she is at work
    page = shut_out(app, administrator, rana)
    assert "Name first" not in page
    with worker_app.app_context():
        drain()
    shown = omar.browser.get(f"/cases/{case_id}")
    assert shown.status_code == 200
    assert MOVED in shown.text
    assert "Omar" in shown.text  # the case is his
    for path in (f"/clients/{client_id}", f"/cases/{case_id}"):
        assert administrator.get(path).status_code in (403, 404)
    with app.app_context(), scope(omar.identity):
        assert omar.identity.account in list_team(client_id)


def test_who_manages_staff_learns_how_many_and_not_whose(
    administrator: Visitor, rana: Colleague, omar: Colleague, case: tuple[UUID, UUID]
) -> None:
    page = administrator.get(f"/staff/{rana.person.membership_id}").text
    assert "1 restricted client is seen by nobody else at work." in page
    for secret in ("Invented", str(case[0]), str(case[1])):
        assert secret not in page
    assert "restricted" not in administrator.get(f"/staff/{omar.person.membership_id}").text


def test_who_manages_staff_does_not_name_herself_while_there_is_somebody_else(
    app: Flask, tenant: UUID, rana: Colleague, omar: Colleague, case: tuple[UUID, UUID]
) -> None:
    both = make_account(app, tenant, "coordinator", "centre_administrator")
    browser = sign_in(app, both)
    refused = browser.api(
        "PUT",
        f"/api/v1/staff/{rana.person.membership_id}/successor",
        {"successor_id": str(both.membership_id)},
        version=version_of(app, rana),
    )
    assert refused.status_code == 422


def test_where_nobody_can_take_over_she_is_shut_out_and_the_clients_are_counted_until_somebody_does(
    app: Flask,
    worker_app: Flask,
    tenant: UUID,
    administrator: Visitor,
    rana: Colleague,
    case: tuple[UUID, UUID],
) -> None:
    shut_out(app, administrator, rana)
    assert rana.browser.get(f"/cases/{case[1]}").status_code == 302
    page = administrator.get("/staff").text
    assert "1 restricted client is seen by nobody at work." in page
    assert "Name who takes over from Rana" in page
    omar = colleague(app, tenant, "Omar")
    assert name(app, administrator, rana, omar) == 303
    with worker_app.app_context():
        drain()
    assert omar.browser.get(f"/cases/{case[1]}").status_code == 200
    assert "seen by nobody at work" not in administrator.get("/staff").text


def test_a_successor_does_not_leave_with_what_she_has_not_yet_been_given(
    app: Flask,
    worker_app: Flask,
    tenant: UUID,
    administrator: Visitor,
    rana: Colleague,
    omar: Colleague,
    case: tuple[UUID, UUID],
) -> None:
    lina = colleague(app, tenant, "Lina")
    name(app, administrator, rana, omar)
    shut_out(app, administrator, rana)  # and no worker has run yet
    assert "Name first who takes over." in shut_out(app, administrator, omar)
    assert name(app, administrator, omar, lina) == 303
    shut_out(app, administrator, omar)
    with worker_app.app_context():
        drain()
    assert lina.browser.get(f"/cases/{case[1]}").status_code == 200


def test_a_client_whom_two_see_and_one_who_is_not_restricted_hold_nobody_back(
    app: Flask, administrator: Visitor, rana: Colleague, omar: Colleague, case: tuple[UUID, UUID]
) -> None:
    with app.app_context(), scope(rana.identity), unit_of_work():
        restrict_client(case[0], team=[omar.identity.account])
    make_case(app, rana.identity)
    shut_out(app, administrator, rana)
    assert rana.browser.get(f"/cases/{case[1]}").status_code == 302
    assert omar.browser.get(f"/cases/{case[1]}").status_code == 200
    assert "Name first" in shut_out(app, administrator, omar) or _nobody_left(app, omar)


def _nobody_left(app: Flask, person: Colleague) -> bool:
    with app.app_context(), scope(job_identity(person.person.tenant_id)):
        return not leaving.list_successors(get_membership(person.person.membership_id))


def test_of_two_who_are_shut_out_at_once_the_second_is_the_last(
    app: Flask, tenant: UUID, rana: Colleague, omar: Colleague, case: tuple[UUID, UUID]
) -> None:
    colleague(app, tenant, "Lina")
    with app.app_context(), scope(rana.identity), unit_of_work():
        restrict_client(case[0], team=[omar.identity.account])
    start = Barrier(2)

    def shut(person: Colleague) -> bool:
        with app.app_context(), scope(job_identity(tenant)):
            start.wait()
            try:
                with unit_of_work():
                    staff.deactivate(person.person.membership_id, 1)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(shut, (rana, omar))) == [False, True]
