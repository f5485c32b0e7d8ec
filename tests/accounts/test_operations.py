"""Staff and one's own account: who may change what, and what ends when it does."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from network.accounts import lockout
from network.accounts.gate import accept_invitation
from network.accounts.gate import sign_in as open_session
from network.accounts.models import Session
from network.accounts.operations import opening, staff, tidying
from network.accounts.queries import get_staff_member, list_staff
from network.accounts.tokens import login_hash
from network.background.drain import drain
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import Forbidden, Invalid, NotAuthenticated, StaleVersion
from network.core.ids import new_id
from network.tenants.context import job_identity, scope
from network.tenants.models import Draft, StoredKey
from network.web.drafts import find_draft, save_draft
from tests.factories import PASSWORD, Person, make_account, make_tenant, sign_in, signed_in, visitor
from tests.factories import staff as staff_of
from tests.support.servers import Database

HERE = "192.0.2.1"
ANOTHER = "quartz lantern meadow"


def about(app: Flask, tenant_id: UUID, membership_id: UUID):
    with app.app_context(), scope(job_identity(tenant_id)):
        return get_staff_member(membership_id)


def test_deactivating_a_colleague_ends_her_sessions_at_once(app: Flask) -> None:
    tenant = make_tenant(app)
    administrator = signed_in(app, tenant, "centre_administrator")
    person = make_account(app, tenant, "caseworker")
    client = sign_in(app, person)
    assert client.get("/account").status_code == 200
    answer = administrator.send_form(f"/staff/{person.membership_id}/deactivate", version=1)
    assert answer.status_code == 303
    assert client.get("/account").status_code == 302
    with app.app_context(), pytest.raises(NotAuthenticated):
        open_session(person.email, person.password, address=HERE)
    administrator.send_form(f"/staff/{person.membership_id}/reactivate", version=2)
    assert sign_in(app, person).get("/account").status_code == 200


def test_changed_roles_hold_from_the_next_request(app: Flask) -> None:
    tenant = make_tenant(app)
    administrator = signed_in(app, tenant, "centre_administrator")
    person = make_account(app, tenant, "centre_administrator")
    client = sign_in(app, person)
    assert client.get("/staff").status_code == 200
    path = f"/api/v1/staff/{person.membership_id}/roles"
    assert administrator.api("PUT", path, {"roles": ["intake"]}, version=1).status_code == 200
    assert client.get("/staff").status_code == 403


def test_two_who_change_the_same_person_do_not_overwrite_each_other(app: Flask) -> None:
    tenant = make_tenant(app)
    administrator = signed_in(app, tenant, "centre_administrator")
    person = make_account(app, tenant, "intake")
    path = f"/api/v1/staff/{person.membership_id}/roles"
    assert administrator.api("PUT", path, {"roles": ["caseworker"]}, version=1).status_code == 200
    stale = administrator.api("PUT", path, {"roles": ["coordinator"]}, version=1)
    assert (stale.status_code, stale.json["code"]) == (412, "stale-version")
    assert administrator.api("PUT", path, {"roles": ["coordinator"]}).status_code == 428
    assert about(app, tenant, person.membership_id).roles == ["caseworker"]
    with app.app_context(), scope(staff_of(tenant)), pytest.raises(StaleVersion), unit_of_work():
        staff.change_roles(person.membership_id, ["intake"], 1)


def test_nobody_changes_her_own_roles_or_shuts_herself_out(app: Flask) -> None:
    tenant = make_tenant(app)
    person = make_account(app, tenant, "centre_administrator")
    client = sign_in(app, person)
    path = f"/staff/{person.membership_id}"
    assert client.send_form(f"{path}/roles", roles=["coordinator"], version=1).status_code == 403
    assert client.send_form(f"{path}/deactivate", version=1).status_code == 403
    assert about(app, tenant, person.membership_id).state == "active"


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("centre", ["partner_manager"]),
        ("partner", ["caseworker"]),
        ("network", ["coordinator"]),
        ("centre", ["network_administrator"]),
        ("centre", ["caseworker", "partner_worker"]),
        ("centre", []),
        ("centre", ["queen"]),
    ],
)
def test_a_tenant_gives_only_the_roles_of_its_kind(app: Flask, kind, roles: list[str]) -> None:
    tenant = make_tenant(app, kind)
    with app.app_context(), scope(staff_of(tenant, kind=kind)), pytest.raises(Invalid), unit_of_work():
        staff.invite("Rina", "rina@example.org", roles)


def test_nobody_is_on_the_list_twice(app: Flask) -> None:
    tenant = make_tenant(app)
    with app.app_context(), scope(staff_of(tenant)):
        with unit_of_work():
            staff.invite("Rina", "rina@example.org", ["intake"])
        with pytest.raises(Invalid), unit_of_work():
            staff.invite("Rina", " RINA@example.org", ["intake"])
        assert len(list_staff()) == 1


def test_a_new_invitation_ends_the_one_before(app: Flask) -> None:
    tenant = make_tenant(app)
    administrator = signed_in(app, tenant, "centre_administrator")
    form = {"name": "Rina", "email": "again@example.org", "roles": ["intake"]}
    said = administrator.api("POST", "/api/v1/staff", form).json
    administrator.send_form(f"/staff/{said['id']}/invite-again")
    old, new = said["invitation_token"], administrator.api("GET", f"/api/v1/staff/{said['id']}").json
    assert visitor(app).get(f"/join/{old}").status_code == 404
    assert visitor(app).get(f"/join/{new['invitation_token']}").status_code == 200
    administrator.send_form(f"/staff/{said['id']}/deactivate", version=new["version"])
    assert visitor(app).get(f"/join/{new['invitation_token']}").status_code == 404


def test_another_tenants_staff_cannot_be_seen_or_changed(app: Flask) -> None:
    stranger = make_account(app, make_tenant(app), "intake")
    administrator = signed_in(app, make_tenant(app), "centre_administrator")
    path = f"/staff/{stranger.membership_id}"
    assert administrator.get(path).status_code == 404
    for move in ("roles", "deactivate", "reactivate", "invite-again"):
        assert administrator.send_form(f"{path}/{move}", roles=["intake"], version=1).status_code == 404


def test_a_changed_password_signs_out_every_other_browser(app: Flask) -> None:
    person = make_account(app, make_tenant(app), "intake")
    here, elsewhere = sign_in(app, person), sign_in(app, person)
    wrong = here.send_form("/account/password", current_password="no", new_password=ANOTHER)
    assert wrong.status_code == 422
    right = here.send_form("/account/password", current_password=person.password, new_password=ANOTHER)
    assert right.status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    with app.app_context():
        with pytest.raises(NotAuthenticated):
            open_session(person.email, person.password, address=HERE)
        assert open_session(person.email, ANOTHER, address=HERE)


def test_a_locked_screen_shows_nothing_until_the_password_is_given(app: Flask) -> None:
    tenant = make_tenant(app)
    person = make_account(app, tenant, "centre_administrator")
    client = sign_in(app, person)
    assert client.send_form("/lock").headers["Location"] == "/unlock"
    assert client.get("/staff").headers["Location"] == "/unlock?next=/staff"
    assert client.get("/api/v1/staff").status_code == 401
    assert client.send_form("/unlock", password="not this one", next="/staff").status_code == 422
    assert client.get("/staff").status_code == 302
    opened = client.send_form("/unlock", password=person.password, next="/staff")
    assert opened.headers["Location"] == "/staff"
    assert client.get("/staff").status_code == 200


def test_one_says_which_language_pages_come_in(app: Flask) -> None:
    client = signed_in(app, make_tenant(app), "intake")
    answer = client.send_form("/account/languages", language="ar", languages=["ne", "bn"], version=1)
    assert answer.status_code == 303
    page = client.get("/account").text
    assert '<html lang="ar" dir="rtl"' in page
    assert client.send_form("/account/languages", language="xx", version=2).status_code == 422


def test_the_headquarters_open_a_tenant_and_a_job_in_its_own_scope_prepares_it(
    app: Flask, worker_app: Flask
) -> None:
    headquarters = make_tenant(app, "network")
    code = f"dhaka-{headquarters.hex[-8:]}"
    with app.app_context(), scope(staff_of(headquarters, kind="network")), unit_of_work():
        tenant = opening.open_tenant(
            code=code, kind="centre", name="Centre in Dhaka", country="BD", reference_prefix="DH"
        )
    with worker_app.app_context():
        drain()
    with app.app_context():
        with scope(job_identity(tenant)):
            assert db.session.get(StoredKey, (tenant, tenant)) is not None
        token = opening.first_invitation_token(tenant)
        accept_invitation(token, PASSWORD, address=HERE, name="Rahim", email=f"{code}@example.org")
        assert open_session(f"{code}@example.org", PASSWORD, address=HERE).tenant_id == tenant
    assert visitor(app).get(f"/join/{token}").status_code == 404


def test_nobody_but_the_headquarters_opens_a_tenant(app: Flask) -> None:
    with app.app_context(), scope(staff_of(make_tenant(app))), pytest.raises(Forbidden), unit_of_work():
        opening.open_tenant(code="x", kind="centre", name="X", country="BD", reference_prefix="X")


def test_the_headquarters_can_have_nothing_else_done_in_another_tenant(app: Flask) -> None:
    from network.background.outbox import enqueue_for_new_tenant

    headquarters, tenant = make_tenant(app, "network"), make_tenant(app)
    with app.app_context(), scope(staff_of(headquarters, kind="network")):
        with pytest.raises(Exception, match="row-level security"), unit_of_work():
            enqueue_for_new_tenant("accounts.tidy", tenant)


def test_a_tenant_that_is_prepared_again_gets_no_second_key_or_invitation(app: Flask) -> None:
    tenant = make_tenant(app)
    make_account(app, tenant)
    with app.app_context(), scope(job_identity(tenant)):
        before = db.session.get_one(StoredKey, (tenant, tenant)).wrapped
        with unit_of_work():
            opening.prepare_tenant()
        assert db.session.get_one(StoredKey, (tenant, tenant)).wrapped == before
    with app.app_context():
        assert visitor(app).get(f"/join/{opening.first_invitation_token(tenant)}").status_code == 404


def test_what_has_ended_is_forgotten(app: Flask) -> None:
    tenant = make_tenant(app)
    identity = staff_of(tenant)
    with app.app_context():
        with scope(identity), unit_of_work():
            save_draft("intake", None, {"name": ["R"]})
        with scope(job_identity(tenant)), clock.set_to(clock.now() + timedelta(days=15)), unit_of_work():
            tidying.tidy_up()
        with scope(identity):
            assert db.session.scalars(select(Draft)).all() == []
            assert find_draft("intake", None) is None
            assert db.session.scalars(select(Session)).all() == []


def test_the_headquarters_open_an_organization_on_a_page_and_hand_over_its_first_invitation(
    app: Flask, worker_app: Flask, database: Database
) -> None:
    client = signed_in(app, make_tenant(app, "network"), "network_administrator")
    code = f"manila-{new_id().hex[-8:]}"
    form = {
        "code": code,
        "kind": "centre",
        "name": "Centre in Manila",
        "country": "PH",
        "reference_prefix": "MN",
    }
    assert client.send_form("/tenants/new", {**form, "country": "XX"}).status_code == 422
    empty = client.send_form("/tenants/new").text
    said = [
        *("Enter the name of the organization.", "Choose whether it is a centre or a partner."),
        *("Choose the country.", "Enter a short code for the organization."),
    ]
    assert sorted(said, key=empty.index) == said  # in the order of the page
    opened = client.send_form("/tenants/new", form)
    page = client.get(opened.headers["Location"]).text
    link = re.search(r"/join/[\w-]+", page)
    assert link is not None
    assert visitor(app).get(link[0]).status_code == 404
    with worker_app.app_context():
        drain()
    assert "Centre in Manila" in visitor(app).get(link[0]).text
    token = link[0].removeprefix("/join/")
    change = (
        "UPDATE invitation SET expires_at = now() - interval '1 day' WHERE token_hash IS NOT NULL AND id = %s"
    )
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(change, (opened.headers["Location"].rpartition("/")[2],))
    assert visitor(app).get(link[0]).status_code == 404
    assert client.send_form(f"{opened.headers['Location']}/invite-again").status_code == 303
    with worker_app.app_context():
        drain()
    joined = {"token": token, "name": "Luz", "email": f"{code}@example.org", "password": PASSWORD}
    assert visitor(app).send_form("/join", {**joined, "email": "no address"}).status_code == 422
    assert visitor(app).send_form("/join", {**joined, "password": "password1234"}).status_code == 422
    assert visitor(app).send_form("/join", joined).status_code == 303
    luz = Person(new_id(), new_id(), f"{code}@example.org", PASSWORD)
    assert sign_in(app, luz).get("/staff").status_code == 200
    client.send_form(f"{opened.headers['Location']}/invite-again")
    with worker_app.app_context():
        drain()
    assert visitor(app).get(link[0]).status_code == 404
    assert client.send_form("/tenants/new", form).status_code == 422


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(app: Flask) -> None:
    tenant = make_tenant(app)
    administrator = signed_in(app, tenant, "centre_administrator")
    person = make_account(app, tenant, "caseworker")
    client = sign_in(app, person)
    path = f"/api/v1/staff/{person.membership_id}/new-password"
    token = administrator.api("POST", path).json["invitation_token"]
    with app.app_context():
        for _ in range(lockout.MOST_PER_LOGIN):
            lockout.count_failure(login_hash(person.email), HERE)
    assert "Choose a new password" in visitor(app).get(f"/join/{token}").text
    assert visitor(app).send_form("/join", token=token, password="short").status_code == 422
    assert client.get("/account").status_code == 200
    assert visitor(app).send_form("/join", token=token, password=ANOTHER).status_code == 303
    assert visitor(app).send_form("/join", token=token, password=PASSWORD).status_code == 404
    assert client.get("/account").status_code == 302
    with app.app_context():
        with pytest.raises(NotAuthenticated):
            open_session(person.email, person.password, address=HERE)
        assert open_session(person.email, ANOTHER, address=HERE)


def test_whoever_manages_staff_of_one_organization_opens_no_way_into_another(app: Flask) -> None:
    tenant, elsewhere = make_tenant(app), make_tenant(app)
    person = make_account(app, tenant, "caseworker")
    make_account(app, elsewhere, "caseworker", email=person.email)
    administrator = signed_in(app, tenant, "centre_administrator")
    path = f"/api/v1/staff/{person.membership_id}/new-password"
    token = administrator.api("POST", path).json["invitation_token"]
    assert visitor(app).send_form("/join", token=token, password=ANOTHER).status_code == 403
    with app.app_context():
        assert open_session(person.email, person.password, address=HERE)


def test_nobody_makes_such_a_link_for_herself_or_for_who_cannot_sign_in(app: Flask) -> None:
    tenant = make_tenant(app)
    herself = make_account(app, tenant, "centre_administrator")
    administrator = sign_in(app, herself)
    assert administrator.send_form(f"/staff/{herself.membership_id}/new-password").status_code == 403
    form = {"name": "Rina", "email": f"{new_id()}@example.org", "roles": ["intake"]}
    invited = administrator.api("POST", "/api/v1/staff", form).json["id"]
    assert administrator.send_form(f"/staff/{invited}/new-password").status_code == 409
