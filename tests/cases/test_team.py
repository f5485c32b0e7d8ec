"""Who sees a restricted client: taken off the team on a page, and what a suspension means for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from network.accounts.models import Membership
from network.accounts.operations.staff import deactivate
from network.audit.models import AuditEvent
from network.cases.models import CaseFile
from network.cases.operations import add_relative, restrict_client
from network.cases.queries import list_team
from network.core.db import db, unit_of_work
from network.tenants.context import Identity, job_identity, scope
from tests.factories import Person, make_account, make_case, make_tenant, sign_in, staff
from tests.support.visitor import Visitor


@dataclass
class Colleague:
    """Somebody at work in the centre: her browser, and who she is."""

    person: Person
    identity: Identity
    browser: Visitor


@pytest.fixture
def tenant(app: Flask) -> UUID:
    return make_tenant(app)


@pytest.fixture
def people(app: Flask, tenant: UUID) -> tuple[Colleague, Colleague]:
    """Rana and Omar."""
    return colleague(app, tenant, "Rana"), colleague(app, tenant, "Omar")


def colleague(app: Flask, tenant: UUID, name: str) -> Colleague:
    person = make_account(app, tenant, "caseworker", name=name)
    with app.app_context(), scope(job_identity(tenant)):
        statement = select(Membership.account_id).where(Membership.id == person.membership_id)
        account_id = db.session.scalars(statement).one()
    return Colleague(person, replace(staff(tenant), account_id=account_id), sign_in(app, person))


@pytest.fixture
def case(app: Flask, people: tuple[Colleague, Colleague]) -> tuple[UUID, UUID]:
    """A restricted client of Rana's and Omar's, and her case, which is Rana's."""
    rana, omar = people
    client_id, case_id = make_case(app, rana.identity, restricted=True)
    with app.app_context(), scope(rana.identity), unit_of_work():
        restrict_client(client_id, team=[omar.identity.account])
    return client_id, case_id


def team_of(app: Flask, tenant: UUID, client_id: UUID) -> set[UUID]:
    with app.app_context(), scope(job_identity(tenant)):
        return set(list_team(client_id))


def test_a_colleague_is_taken_off_the_team_on_the_clients_page(
    app: Flask, tenant: UUID, people: tuple[Colleague, Colleague], case: tuple[UUID, UUID]
) -> None:
    rana, omar = people
    client_id, case_id = case
    page = omar.browser.get(f"/clients/{client_id}").text
    remove = f"/clients/{client_id}/team/{rana.identity.account_id}/remove"
    assert remove in page
    assert "Take Rana off the team" in page
    assert omar.browser.send_form(remove).status_code == 303
    assert team_of(app, tenant, client_id) == {omar.identity.account_id}
    for path in (f"/clients/{client_id}", f"/cases/{case_id}"):
        assert rana.browser.get(path).status_code == 404
    with app.app_context(), scope(omar.identity):  # her case went to him, as nobody else could see it
        assert db.session.scalars(select(CaseFile.assignee_account_id)).one() == omar.identity.account_id
        acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.object_id.in_(case))).all()
    assert {"left-team", "assigned"} <= set(acts)


def test_who_leaves_gives_her_case_away_first(
    people: tuple[Colleague, Colleague], case: tuple[UUID, UUID]
) -> None:
    rana, omar = people
    client_id, case_id = case
    leave = f"/clients/{client_id}/team/{rana.identity.account_id}/remove"
    rana.browser.send_form(leave)
    assert "Give the case to a colleague first." in rana.browser.get(f"/clients/{client_id}").text
    answer = rana.browser.send_form(f"/cases/{case_id}/assign", account_id=str(omar.identity.account_id))
    assert answer.status_code == 303
    assert rana.browser.send_form(leave).headers["Location"].endswith("/clients")
    assert rana.browser.get(f"/clients/{client_id}").status_code == 404


def test_the_team_cannot_be_left_to_somebody_who_was_shut_out(
    app: Flask, tenant: UUID, people: tuple[Colleague, Colleague], case: tuple[UUID, UUID]
) -> None:
    rana, omar = people
    client_id, case_id = case
    with app.app_context(), scope(staff(tenant, roles=("centre_administrator",))), unit_of_work():
        deactivate(
            omar.person.membership_id,
            db.session.get_one(Membership, (tenant, omar.person.membership_id)).version,
        )
    assert omar.browser.get(f"/cases/{case_id}").status_code in (302, 303)  # his session ended
    assert omar.browser.send_form(
        "/sign-in", email=omar.person.email, password=omar.person.password
    ).status_code in (
        401,
        422,
    )
    rana.browser.send_form(f"/clients/{client_id}/team/{rana.identity.account_id}/remove")
    assert "nobody could see this client any more" in rana.browser.get(f"/clients/{client_id}").text
    remove = f"/clients/{client_id}/team/{omar.identity.account_id}/remove"
    assert rana.browser.send_form(remove).status_code == 303
    assert team_of(app, tenant, client_id) == {rana.identity.account_id}


def test_nobody_outside_the_team_or_the_centre_takes_anybody_off_it(
    app: Flask, tenant: UUID, people: tuple[Colleague, Colleague], case: tuple[UUID, UUID]
) -> None:
    client_id, _case_id = case
    before = team_of(app, tenant, client_id)
    remove = f"/clients/{client_id}/team/{people[0].identity.account_id}/remove"
    stranger = sign_in(app, make_account(app, make_tenant(app), "coordinator"))
    coordinator = sign_in(app, make_account(app, tenant, "coordinator"))
    for browser in (stranger, coordinator):
        assert browser.send_form(remove).status_code == 404
    assert team_of(app, tenant, client_id) == before


def test_who_is_said_to_have_harmed_her_is_told_to_her_team_alone(
    app: Flask, tenant: UUID, people: tuple[Colleague, Colleague]
) -> None:
    rana, omar = people
    client_id, case_id = make_case(app, rana.identity)  # not restricted: both see the client
    with app.app_context(), scope(rana.identity), unit_of_work():
        add_relative(client_id, {"relationship": "alleged_perpetrator", "name": "The foreman"})
        add_relative(client_id, {"relationship": "friend", "name": "Shirin"})
    for path in (f"/clients/{client_id}", f"/cases/{case_id}", f"/api/v1/clients/{client_id}"):
        assert "Person complained of" in rana.browser.get(f"/clients/{client_id}").text
        other = omar.browser.get(path)
        assert other.status_code == 200
        assert "The foreman" not in other.text
        assert "complained of" not in other.text
        assert "alleged_perpetrator" not in other.text
    assert "Shirin" in omar.browser.get(f"/clients/{client_id}").text
