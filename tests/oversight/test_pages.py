"""The trail for those who answer for an organization: found, read in plain words, taken along; and kept apart."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from network.accounts.models import Membership
from network.audit.models import AuditEvent
from network.audit.trail import record, record_refusal
from network.cases.models import CaseFile
from network.cases.operations import restrict_client
from network.core import clock
from network.core.db import db, unit_of_work
from network.oversight.export import FORMULAS, harmless
from network.tenants.context import job_identity, scope
from tests.factories import Person, make_account, make_case, make_tenant, sign_in, signed_in, staff
from tests.support.visitor import Visitor


@pytest.fixture
def centre(app: Flask) -> UUID:
    return make_tenant(app)


@pytest.fixture
def coordinator(app: Flask, centre: UUID) -> Visitor:
    return sign_in(app, make_account(app, centre, "coordinator", name="Rania Haddad"))


def account_of(app: Flask, person: Person) -> UUID:
    with app.app_context(), scope(job_identity(person.tenant_id)):
        statement = select(Membership.account_id).where(Membership.id == person.membership_id)
        return db.session.scalars(statement).one()


def reference_of(app: Flask, tenant: UUID, case_id: UUID) -> str:
    with app.app_context(), scope(job_identity(tenant)):
        return db.session.scalars(select(CaseFile.reference).where(CaseFile.id == case_id)).one()


def acts_of(app: Flask, tenant: UUID) -> list[tuple[str, str]]:
    with app.app_context(), scope(job_identity(tenant)):
        return [tuple(row) for row in db.session.execute(select(AuditEvent.action, AuditEvent.object_kind))]


def test_a_case_that_was_opened_names_the_colleague_and_the_reference(
    app: Flask, centre: UUID, coordinator: Visitor
) -> None:
    _client, case_id = make_case(app, staff(centre))
    coordinator.get(f"/cases/{case_id}")
    page = coordinator.get("/audit").text
    assert "Rania Haddad" in page
    assert "Looked at" in page
    assert reference_of(app, centre, case_id) in page


def test_the_trail_names_the_colleague_an_act_was_about(app: Flask, centre: UUID) -> None:
    administrator = signed_in(app, centre, "centre_administrator")
    shut_out = make_account(app, centre, "caseworker", name="Lina Zoubi")
    administrator.send_form(f"/staff/{shut_out.membership_id}/deactivate", version=1)
    page = administrator.get("/audit?action=deactivated").text
    assert re.search(r"Member of staff\s+<bdi>Lina Zoubi</bdi>", page)


def test_a_sign_in_is_not_the_platforms_own_doing(coordinator: Visitor) -> None:
    acts = [one["action"] for one in coordinator.get("/api/v1/audit-events?who=platform").json["items"]]
    assert "signed-in" not in acts


def test_why_nothing_could_leave_is_for_those_who_open_cases(app: Flask, centre: UUID) -> None:
    with app.app_context(), scope(staff(centre)):
        record_refusal("disclosed", "exchange", centre, "fear_of_return_blocks_authority")
    page = signed_in(app, centre, "centre_administrator").get("/audit?outcome=refused").text
    assert "Tried to send data out" in page
    assert "fear" not in page


def test_the_trail_says_it_in_arabic(coordinator: Visitor) -> None:
    coordinator.send_form("/language", language="ar")
    page = coordinator.get("/audit")
    assert "سُجّل الدخول" in page.text
    assert "سجل التدقيق" in page.text


def test_looking_at_the_trail_is_in_the_trail(app: Flask, centre: UUID, coordinator: Visitor) -> None:
    coordinator.get("/audit")
    coordinator.get("/audit/export.csv")
    coordinator.get("/api/v1/audit-events")
    acts = acts_of(app, centre)
    assert acts.count(("viewed", "audit_trail")) == 2
    assert ("exported", "audit_trail") in acts


def test_a_search_finds_by_person_act_record_outcome_and_day(
    app: Flask, centre: UUID, coordinator: Visitor
) -> None:
    intake = make_account(app, centre, "intake")
    sign_in(app, intake).get("/audit")  # refused
    _client, case_id = make_case(app, staff(centre))
    reference = reference_of(app, centre, case_id)
    account = account_of(app, intake)

    def found(**asked: object) -> list[tuple[str, str]]:
        answer = coordinator.get("/api/v1/audit-events", query_string=asked)
        assert answer.status_code == 200, answer.text
        return [(one["action"], one["outcome"]) for one in answer.json["items"]]

    assert found(outcome="refused") == [("opened", "refused")]
    assert {
        one["account_id"] for one in coordinator.get(f"/api/v1/audit-events?who={account}").json["items"]
    } == {str(account)}
    assert found(about=reference) == [("opened", "ok")]
    assert found(about=reference.lower(), action="opened") == [("opened", "ok")]
    assert found(about=str(case_id))[:2] == [("viewed", "ok"), ("viewed", "ok")]  # that we looked
    assert set(found(action="signed-in")) == {("signed-in", "ok")}
    day = clock.today("Asia/Amman")
    assert found(since=(day + timedelta(days=1)).isoformat()) == []
    assert found(since="2020-01-01", until=(day - timedelta(days=1)).isoformat()) == []
    assert found(since=day.isoformat(), until=day.isoformat())


@pytest.mark.parametrize(
    "asked",
    [
        "since=yesterday",
        "since=2026-02-02&until=2026-01-01",
        "until=9999-12-31",
        "since=0001-01-01",
        "action=made-up",
        "who=me",
        "about=nobody",
        "outcome=maybe",
        "cursor=made-up",
    ],
)
def test_a_wrong_search_is_answered_with_what_is_wrong(coordinator: Visitor, asked: str) -> None:
    assert coordinator.get(f"/audit?{asked}").status_code == 422
    assert coordinator.get(f"/api/v1/audit-events?{asked}").status_code == 422


def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    app: Flask, centre: UUID, coordinator: Visitor
) -> None:
    at = clock.now() - timedelta(minutes=5)
    with app.app_context(), scope(staff(centre)), clock.set_to(at), unit_of_work():
        for _ in range(120):  # all at the same moment
            record("viewed", "client", None)
    seen, cursor = [], None
    while True:
        asked = {"size": 50, "action": "viewed"} | ({"cursor": cursor} if cursor else {})
        answer = coordinator.get("/api/v1/audit-events", query_string=asked).json
        seen += [one["seq"] for one in answer["items"] if one["object_kind"] == "client"]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
    page = coordinator.get("/audit")
    assert 'rel="next"' in page.text


def test_another_centre_sees_nothing_of_it(app: Flask, centre: UUID, coordinator: Visitor) -> None:
    _client, case_id = make_case(app, staff(centre))
    reference = reference_of(app, centre, case_id)
    other = sign_in(app, make_account(app, make_tenant(app), "centre_administrator"))
    headquarters = sign_in(app, make_account(app, make_tenant(app, "network"), "network_administrator"))
    for stranger in (other, headquarters):
        by_id = stranger.get(f"/api/v1/audit-events?about={case_id}").json
        assert by_id["items"] == []
        assert stranger.get(f"/api/v1/audit-events?about={reference}").status_code == 422
        mine = coordinator.get("/api/v1/audit-events").json["items"][0]["account_id"]
        assert stranger.get(f"/api/v1/audit-events?who={mine}").json["items"] == []
        assert "Rania Haddad" not in stranger.get("/audit").text
    assert other.get(f"/cases/{case_id}/trail").status_code == 403  # no case access at all
    foreign = sign_in(app, make_account(app, make_tenant(app), "coordinator"))
    assert foreign.get(f"/cases/{case_id}/trail").status_code == 404


def test_a_restricted_clients_reference_and_reasons_stay_with_her_team(
    app: Flask, centre: UUID, coordinator: Visitor
) -> None:
    team = staff(centre)
    client_id, case_id = make_case(app, team)
    reference = reference_of(app, centre, case_id)
    assert coordinator.get(f"/cases/{case_id}/trail").status_code == 200
    with app.app_context(), scope(team), unit_of_work():
        restrict_client(client_id)
    assert coordinator.get(f"/cases/{case_id}/trail").status_code == 404
    assert coordinator.get(f"/audit?about={reference}").status_code == 422
    items = coordinator.get(f"/api/v1/audit-events?about={case_id}").json["items"]
    assert items
    assert {(one["reference"], one["reason"], tuple(one["fields"])) for one in items} == {(None, None, ())}


def test_who_manages_staff_sees_the_act_and_not_why(app: Flask, centre: UUID, coordinator: Visitor) -> None:
    _client, case_id = make_case(app, staff(centre))
    with app.app_context(), scope(staff(centre)), unit_of_work():
        record("closed", "case", case_id, fields=["summary"], reason="goals_met")
    about = f"/api/v1/audit-events?about={case_id}&action=closed"
    [told] = coordinator.get(about).json["items"]
    assert (told["reason"], told["fields"]) == ("goals_met", ["summary"])
    administrator = sign_in(app, make_account(app, centre, "centre_administrator"))
    [held_back] = administrator.get(about).json["items"]
    assert (held_back["reason"], held_back["fields"]) == (None, [])


def test_the_case_page_leads_those_allowed_to_who_opened_it(
    app: Flask, centre: UUID, coordinator: Visitor
) -> None:
    _client, case_id = make_case(app, staff(centre))
    caseworker = sign_in(app, make_account(app, centre, "caseworker", name="Omar Said"))
    assert f"/cases/{case_id}/trail" not in caseworker.get(f"/cases/{case_id}").text
    assert caseworker.get(f"/cases/{case_id}/trail").status_code == 403
    assert f"/cases/{case_id}/trail" in coordinator.get(f"/cases/{case_id}").text
    page = coordinator.get(f"/cases/{case_id}/trail").text
    assert "Omar Said" in page
    assert ("viewed", "audit_trail") in acts_of(app, centre)


def test_a_name_that_is_a_formula_is_text_in_the_file(app: Flask, centre: UUID, coordinator: Visitor) -> None:
    sign_in(app, make_account(app, centre, "intake", name='=HYPERLINK("http://evil.example","x")'))
    answer = coordinator.get("/audit/export.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(StringIO(answer.text.lstrip("\ufeff"))))
    assert any(row["name"].startswith("'=HYPERLINK") for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(FORMULAS)]
    assert {row["action"] for row in rows} >= {"signed-in", "joined"}


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1", "%x"])
def test_cells_that_a_spreadsheet_would_calculate_are_marked(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_more_than_a_file_holds_is_refused_with_what_to_do(
    coordinator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("network.oversight.queries.MOST_EXPORTED", 1)
    answer = coordinator.get("/audit/export.csv")
    assert answer.status_code == 422
    assert "Choose fewer days" in answer.text


def test_the_trail_holds_no_name_of_a_client(app: Flask, centre: UUID, coordinator: Visitor) -> None:
    client_id, _case = make_case(app, staff(centre))  # her name is "Invented"
    coordinator.get(f"/clients/{client_id}")
    coordinator.get("/clients?query=Invented")
    for text in (coordinator.get("/audit/export.csv").text, coordinator.get("/audit").text):
        assert "Invented" not in text.replace("People, cases and partners' answers are invented", "")
