"""The pages of clients and cases, as somebody who is signed in uses them."""

from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from network.audit.models import AuditEvent
from network.core.db import db
from network.tenants.context import job_identity, scope
from tests.cases.intake import FORM, TODAY, registered
from tests.factories import make_tenant, signed_in
from tests.support.visitor import Visitor


def test_a_client_is_registered_on_one_page_and_her_case_is_open(rana: Visitor) -> None:
    assert rana.get("/clients/new").status_code == 200
    client_id, case_id = registered(rana)
    page = rana.get(f"/cases/{case_id}").text
    for shown in ("Rina Akter", "27 years", "Bangladesh", "Bangla", "Four months without pay.", "+962 7 9001 2345",
                  "Hang up", "Passport", "Employer", "Unpaid wages"):  # fmt: skip
        assert shown in page or shown == "Unpaid wages", shown
    card = rana.get(f"/clients/{client_id}").text
    for shown in ("Rina Akter", "Blue Thread", "رينا أختر", "ZZ0012345"):
        assert shown in card


def test_a_repeated_sending_registers_once(rana: Visitor) -> None:
    key = str(uuid.uuid4())
    for _again in range(2):
        assert rana.send_form("/clients/new", FORM, idempotency_key=key).status_code == 303
    assert rana.api("GET", "/api/v1/clients").json["items"].__len__() == 1


def test_a_wrong_form_comes_back_with_what_was_typed_and_what_is_wrong(rana: Visitor) -> None:
    answer = rana.send_form(
        "/clients/new", {**FORM, "name": "", "contacts.0.number": "12", "contacts.0.belongs_to": ""}
    )
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert "Four months without pay." in answer.text
    answer = rana.send_form("/clients/new", {**FORM, "contacts.0.number": "12", "contacts.0.belongs_to": ""})
    assert answer.status_code == 422
    for name in ("contacts.0.number", "contacts.0.belongs_to"):
        assert f'href="#{name}"' in answer.text
        assert f'id="{name}"' in answer.text
    assert rana.api("GET", "/api/v1/clients").json["items"] == []


@pytest.mark.parametrize("reach", ["client_calls_us", "at_centre", "none"])
def test_that_no_number_is_safe_is_an_answer(rana: Visitor, reach: str) -> None:
    client_id, _case_id = registered(rana, reach=reach, **{"contacts.0.number": ""})
    contacts = rana.api("GET", f"/api/v1/clients/{client_id}").json["contacts"]
    assert [one["rules"] for one in contacts] == [{"channels": [reach]}]
    assert "State of the number" not in rana.get(f"/clients/{client_id}").text


def test_intake_is_told_that_a_caseworker_has_the_case(app: Flask) -> None:
    """She may not open it, so only this tells her that what was asked for is not lost."""
    intake = signed_in(app, make_tenant(app), "intake")
    for needs in (["labour.wages"], ["protection.trafficking"]):
        answer = intake.send_form("/clients/new", {**FORM, "needs": needs})
        assert "A case is open; a caseworker takes it on." in intake.get(answer.headers["Location"]).text, (
            needs
        )


def test_nobody_is_of_any_sector(rana: Visitor) -> None:
    page = rana.get("/clients/new").text
    assert '<option value="garment">' in page
    assert '<option value="any">Any' not in page.replace('<option value="any">Any time', "")


def test_a_number_is_expected_and_without_one_another_answer_is_asked_for(rana: Visitor) -> None:
    assert re.search(r'name="reach"[^>]*value="number"[^>]*checked', rana.get("/clients/new").text)
    answer = rana.send_form("/clients/new", {**FORM, "contacts.0.number": ""})
    assert answer.status_code == 422
    assert "Enter a phone number that is safe to call" in answer.text
    assert 'value="Rina Akter"' in answer.text
    registered(rana, **{"contacts.0.number": "", "contacts.0.channels": ["messenger"]})


def test_intake_saves_itself_and_is_there_after_a_power_cut(rana: Visitor) -> None:
    draft = {"name": "Rin", "languages": ["bn"], "reach": "", "contacts.0.may_leave_message": "no"}
    assert rana.send_form("/drafts/registration/new", draft).status_code == 204
    page = rana.get("/clients/new").text
    assert 'value="Rin"' in page
    assert "What you typed before is still here." in page
    registered(rana)
    assert 'value="Rin"' not in rana.get("/clients/new").text


def test_a_draft_can_be_thrown_away(rana: Visitor) -> None:
    rana.send_form("/drafts/registration/new", {"name": "Rin"})
    assert rana.send_form("/clients/new/start-again").status_code == 303
    assert 'value="Rin"' not in rana.get("/clients/new").text


def test_a_case_note_saves_itself(rana: Visitor) -> None:
    _client_id, case_id = registered(rana)
    rana.send_form(f"/drafts/case-note/{case_id}", {"text": "She said that"})
    assert "She said that" in rana.get(f"/cases/{case_id}").text
    assert rana.send_form(f"/cases/{case_id}/notes", text="She said that she is safe.").status_code == 303
    assert "She said that she is safe." in rana.get(f"/cases/{case_id}").text


def test_lists_name_nobody(rana: Visitor) -> None:
    registered(rana)
    for path in ("/clients", "/cases", "/cases?mine=true", "/cases?state=all"):
        page = rana.get(path).text
        assert "Rina" not in page
        assert "25–34 years" in page
        assert "no-store" in rana.get(path).headers["Cache-Control"]


def test_a_search_is_posted_and_finds_her(rana: Visitor) -> None:
    registered(rana)
    assert "Rina Akter" in rana.send_form("/clients/search", question="rima akter").text
    assert "Nobody was found" in rana.send_form("/clients/search", question="Wilhelmina").text
    assert rana.send_form("/clients/search", question="").status_code == 422
    assert rana.get("/clients/search").status_code == 405


def test_every_look_at_a_card_or_case_is_audited(app: Flask) -> None:
    tenant = make_tenant(app)
    rana = signed_in(app, tenant, "caseworker")
    client_id, case_id = registered(rana)
    rana.get(f"/clients/{client_id}")
    rana.api("GET", f"/api/v1/cases/{case_id}")
    with app.app_context(), scope(job_identity(tenant)):
        seen = [
            (one.object_kind, str(one.object_id))
            for one in db.session.scalars(select(AuditEvent).where(AuditEvent.action == "viewed"))
        ]
    assert ("client", client_id) in seen
    assert seen.count(("case", case_id)) >= 2


def test_a_child_is_added_from_her_mothers_card(rana: Visitor) -> None:
    client_id, _case_id = registered(rana)
    assert rana.get(f"/clients/{client_id}/children/new").status_code == 200
    answer = rana.send_form(
        f"/clients/{client_id}/children/new",
        {"name": "Mitu", "relationship": "daughter", "sex": "female", "age_basis": "age", "age": "2",
         "travels_along": "true"},
    )  # fmt: skip
    assert answer.status_code == 303
    card = rana.get(f"/clients/{client_id}").text
    assert "Mitu" in card
    assert "0–4 years" in card
    assert rana.send_form(f"/clients/{client_id}/children/new", name="Jui").status_code == 422


def test_a_card_is_changed_and_a_stale_change_shows_both(rana: Visitor) -> None:
    client_id, _case_id = registered(rana)
    page = rana.get(f"/clients/{client_id}/edit").text
    assert 'value="Blue Thread"' in page
    changed = {"name": "Rina Akter", "age_basis": "age", "age": "28", "workplace": "Line 4", "sex": "female"}
    assert rana.send_form(f"/clients/{client_id}/edit", {**changed, "version": "1"}).status_code == 303
    card = rana.get(f"/clients/{client_id}").text
    assert "Line 4" in card
    assert "Blue Thread" not in card  # it came back empty
    stale = rana.send_form(f"/clients/{client_id}/edit", {**changed, "workplace": "Line 9", "version": "1"})
    assert stale.status_code == 409
    assert "Line 4" in stale.text
    assert 'value="Line 9"' in stale.text


def test_a_contact_a_paper_and_people_are_kept_from_the_card(rana: Visitor) -> None:
    client_id, _case_id = registered(rana)
    for path in ("contacts/new", "documents/new", "relatives/new", "relations/new", "edit"):
        assert rana.get(f"/clients/{client_id}/{path}").status_code == 200, path
    record = rana.api("GET", f"/api/v1/clients/{client_id}").json
    contact, passport = record["contacts"][0], record["documents"][0]
    assert rana.get(f"/contacts/{contact['id']}").status_code == 200
    answer = rana.send_form(
        f"/contacts/{contact['id']}",
        {"number": "0790012345", "belongs_to": "shared", "channels": ["text"], "may_leave_message": "neutral",
         "if_another_answers": "wrong_number", "hours": "night", "version": str(contact["version"])},
    )  # fmt: skip
    assert answer.status_code == 303
    assert rana.send_form(f"/contacts/{contact['id']}/state", state="do_not_use").status_code == 303
    assert rana.get(f"/documents/{passport['id']}").status_code == 200
    assert rana.send_form(f"/documents/{passport['id']}/recovered").status_code == 303
    assert rana.send_form(
        f"/clients/{client_id}/relatives/new",
        {"name": "Parul", "relationship": "mother", "flags": ["may_be_called"], "number": "+8801812345678"},
    ).status_code == 303  # fmt: skip
    record = rana.api("GET", f"/api/v1/clients/{client_id}").json
    assert record["contacts"][0]["state"] == "do_not_use"
    assert record["documents"][0]["holder"] == "client"
    assert record["related"][0]["details"]["name"] == "Parul"


def test_a_claim_is_recorded_signed_and_paid_by_the_pages(rana: Visitor) -> None:
    _client_id, case_id = registered(rana)
    assert rana.get(f"/cases/{case_id}/claims/new").status_code == 200
    answer = rana.send_form(
        f"/cases/{case_id}/claims/new",
        {"kind": "wages_unpaid", "amount_claimed": "1040", "currency": "JOD", "respondent": "Blue Thread"},
    )
    assert answer.status_code == 303, answer.text
    claim = answer.headers["Location"]
    assert (
        rana.send_form(f"{claim}/authorizations", {"scope": ["lodge"], "signed_on": TODAY}).status_code == 303
    )
    assert rana.send_form(
        f"{claim}/moves", {"move": "lodge", "forum": "labour_court", "version": "1"}
    ).status_code == 303  # fmt: skip
    assert rana.send_form(f"{claim}/moves", {"move": "award", "version": "1"}).status_code == 409
    page = rana.get(claim).text
    assert "Labour court" in page
    assert "Lodge the claim" in page
    assert rana.send_form(f"{claim}/moves", {"move": "", "version": "2"}).status_code == 422


def test_needs_services_and_the_end_of_a_case(rana: Visitor) -> None:
    _client_id, case_id = registered(rana)
    for path in ("needs/new", "services/new", "edit", "close"):
        assert rana.get(f"/cases/{case_id}/{path}").status_code == 200, path
    assert rana.send_form(f"/cases/{case_id}/needs/new", need_code="health.primary").status_code == 303
    assert rana.send_form(
        f"/cases/{case_id}/services/new",
        {"need_code": "health.primary", "delivered_on": TODAY, "outcome": "served_full"},
    ).status_code == 303  # fmt: skip
    assert rana.send_form(f"/cases/{case_id}/edit", {"summary": "S", "priority": "routine", "version": "1"})
    assert rana.send_form(f"/cases/{case_id}/pause").status_code == 303
    assert rana.send_form(f"/cases/{case_id}/resume").status_code == 303
    assert rana.send_form(f"/cases/{case_id}/close").status_code == 422
    assert rana.send_form(f"/cases/{case_id}/close", reason="goals_met").status_code == 303
    assert rana.send_form(f"/cases/{case_id}/notes", text="Late").status_code == 409
    assert rana.send_form(f"/cases/{case_id}/reopen").status_code == 303


def test_a_case_is_given_to_a_colleague_and_to_nobody_else(app: Flask) -> None:
    tenant = make_tenant(app)
    rana, omar = signed_in(app, tenant, "caseworker"), signed_in(app, tenant, "caseworker")
    _client_id, case_id = registered(rana)
    colleague = omar.api("GET", "/api/v1/sessions/current").json["account_id"]
    assert f'value="{colleague}"' in rana.get(f"/cases/{case_id}/edit").text
    assert rana.send_form(f"/cases/{case_id}/assign", account_id=str(uuid.uuid4())).status_code == 422
    assert rana.send_form(f"/cases/{case_id}/assign", account_id=colleague).status_code == 303
    assert case_id in omar.get("/cases?mine=true").text
    assert case_id not in rana.get("/cases?mine=true").text


def test_restricting_by_the_page_hides_her_from_a_colleague(app: Flask) -> None:
    tenant = make_tenant(app)
    rana, omar = signed_in(app, tenant, "caseworker"), signed_in(app, tenant, "coordinator")
    client_id, case_id = registered(rana)
    assert omar.get(f"/clients/{client_id}").status_code == 200
    assert rana.send_form(f"/clients/{client_id}/restrict").status_code == 303
    for path in (f"/clients/{client_id}", f"/cases/{case_id}", f"/api/v1/cases/{case_id}"):
        missing = path.replace(client_id, str(uuid.uuid4())).replace(case_id, str(uuid.uuid4()))
        hidden, nothing = omar.get(path), omar.get(missing)
        assert hidden.status_code == nothing.status_code == 404
        assert len(hidden.text) == len(nothing.text)
    assert omar.api("GET", "/api/v1/clients").json["items"] == []
    assert omar.api("GET", "/api/v1/cases").json["items"] == []
    assert "Nobody was found" in omar.send_form("/clients/search", question="Rina").text
    for path in (f"/clients/{client_id}/unrestrict", f"/cases/{case_id}/notes"):
        assert omar.send_form(path, text="x").status_code == 404
    assert "Only these people" in rana.get(f"/clients/{client_id}").text


def test_an_intake_worker_registers_and_sees_no_case(app: Flask) -> None:
    tenant = make_tenant(app)
    intake = signed_in(app, tenant, "intake")
    answer = intake.send_form("/clients/new", FORM)
    assert answer.headers["Location"].startswith("/clients/")
    page = intake.get(answer.headers["Location"]).text
    assert "/cases/" not in page
    assert intake.get("/cases").status_code == 403


def test_another_centre_gets_the_same_answer_as_for_nothing(app: Flask) -> None:
    rana, hala = (signed_in(app, make_tenant(app), "coordinator") for _centre in range(2))
    client_id, case_id = registered(rana)
    for method, path in (
        ("GET", f"/api/v1/clients/{client_id}"), ("PATCH", f"/api/v1/clients/{client_id}"),
        ("GET", f"/api/v1/cases/{case_id}"), ("PATCH", f"/api/v1/cases/{case_id}"),
    ):  # fmt: skip
        body = None if method == "GET" else {}
        mine, none = (
            hala.api(method, one, body, version=1)
            for one in (path, re.sub(r"[0-9a-f-]{36}", str(uuid.uuid4()), path))
        )
        assert mine.status_code == none.status_code == 404
        assert mine.json | {"request_id": ""} == none.json | {"request_id": ""}


def test_a_form_that_comes_back_again_and_again_grows_by_no_empty_lines(rana: Visitor) -> None:
    once = {**FORM, "name": "", "other_names": ["رينا أختر", ""], "languages": ["bn", ""]}
    often = once | {"other_names": ["رينا أختر", *[""] * 4], "languages": ["bn", *[""] * 4]}
    first, later = rana.send_form("/clients/new", once).text, rana.send_form("/clients/new", often).text
    for name in ("other_names", "languages"):
        assert first.count(f'name="{name}"') == later.count(f'name="{name}"')


def test_an_age_that_is_no_number_is_named_where_the_errors_are_listed(rana: Visitor) -> None:
    answer = rana.send_form("/clients/new", {**FORM, "age": "about thirty"})
    assert answer.status_code == 422
    assert "Enter the age in whole years" in answer.text


def test_the_case_names_the_child_who_came_along(rana: Visitor) -> None:
    along = {"children.0.name": "Mitu", "children.0.relationship": "daughter", "children.0.age": "2"}
    _client_id, case_id = registered(rana, **along)
    page = rana.get(f"/cases/{case_id}").text
    assert "Mitu" in page
    assert "Travels along" in page


def test_a_card_with_an_open_case_speaks_of_another_case(rana: Visitor) -> None:
    client_id, _case_id = registered(rana)
    page = rana.get(f"/clients/{client_id}").text
    assert "Open another case" in page
    assert "Open a case" not in page
