"""What others say of a listing, on the pages: a problem, a second one of the same, and that it is theirs."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask

from network.accounts.operations import opening
from network.accounts.operations.opening import first_invitation_token
from network.core.db import unit_of_work
from network.core.ids import new_id
from network.directory import operations, queries
from network.directory.queries.duplicates import find_duplicates
from network.tenants.context import job_identity, scope
from tests.directory.keeping.conftest import fields_of, service, shown
from tests.factories import PASSWORD, Listed, make_listing, make_tenant, signed_in, visitor
from tests.support.visitor import Visitor


def test_a_problem_is_reported_answered_and_the_reporter_reads_the_answer(
    app: Flask, manager: Visitor, caseworker: Visitor, steward: UUID, listed: Listed
):
    page = f"/directory/services/{listed.service_id}"
    assert f"{page}/report" in shown(caseworker.get(page))
    shown(caseworker.get(f"{page}/report"))
    assert "Choose what is wrong." in shown(caseworker.send_form(f"{page}/report"), 422)
    assert caseworker.send_form(f"{page}/report", problem="refuses_migrants").status_code == 303
    third = signed_in(app, make_tenant(app), "caseworker")
    assert "It refuses migrants" in shown(third.get(page))
    typed = fields_of(shown(caseworker.get(f"{page}/suggest")))
    assert "Change at least one field." in shown(caseworker.send_form(f"{page}/suggest", typed), 422)
    asked = typed | {"alert": "Ring the bell", "wait_time": "Two days"}
    assert caseworker.send_form(f"{page}/suggest", asked).status_code == 303
    assert shown(manager.get("/")).count("somebody reported a listing of yours") == 2
    for report in re.findall(
        r'href="(/listings/reports/[0-9a-f-]+)"', shown(manager.get("/listings/reports"))
    ):
        one = shown(manager.get(report))
        shown(third.get(report), 404)
        taken = dict.fromkeys(set(re.findall(r'name="(taken\.[0-9a-f-]+)"', one)), "yes")
        if 'name="right"' in one:
            assert "Say whether it was right." in shown(manager.send_form(report, taken), 422)
            assert manager.send_form(report, {**taken, "right": "yes"}).status_code == 303
        else:
            assert "Ring the bell" in one
            first = sorted(taken)[0]
            assert "Say yes or no to each field." in shown(manager.send_form(report, {first: "yes"}), 422)
            assert manager.send_form(report, {**taken, first: "no"}).status_code == 303
    changed = service(app, steward, listed)
    assert [changed.alert, changed.wait_time].count(None) == 1
    assert "It refuses migrants" not in shown(third.get(page))
    answered = shown(caseworker.get("/listings/reports?side=from"))
    assert answered.count("Taken") == 2
    assert "Taken in part</strong> Waiting time" in answered or "Taken in part</strong> Alert" in answered
    assert "Everything that was changed" in shown(
        third.get(f"/listings/services/{listed.service_id}/history")
    )


def test_what_does_not_exist_any_more_is_closed_by_the_answer(
    app: Flask, manager: Visitor, caseworker: Visitor, steward: UUID, listed: Listed
):
    page = f"/directory/services/{listed.service_id}"
    for answer, status, gone in (("for_now", "temporarily closed", False), ("for_good", None, True)):
        assert caseworker.send_form(f"{page}/report", problem="closed").status_code == 303
        [report] = re.findall(r'href="(/listings/reports/[0-9a-f-]+)"', shown(manager.get("/")))
        assert "Say whether it was right." in shown(manager.send_form(report, right="yes"), 422)
        assert "whoever waits" in shown(manager.get(report)).casefold()
        assert manager.send_form(report, right=answer).status_code == 303
        kept = service(app, steward, listed)
        assert (kept.status in (status, "temporarily closed"), kept.removed_at is not None) == (True, gone)
    shown(caseworker.get(page), 404)


def test_two_that_are_one_are_proposed_merged_and_parted(app: Flask, manager: Visitor, steward: UUID):
    one = make_listing(
        app, steward, organization_name="Dar Al Yaqeen Centre", website="https://yaqeen.example"
    )
    two = make_listing(
        app, steward, organization_name="Dar al-Yaqeen centre", website="https://yaqeen.example"
    )
    page = shown(manager.get("/listings/duplicates"))
    first, second = sorted((one.organization_id, two.organization_id))
    address = f"/listings/duplicates/organizations/{first}/{second}"
    assert address in page
    assert "Same website" in page
    compared = shown(manager.get(address))
    assert "Are they one?" in compared
    assert "<bdi>Dar al-Yaqeen centre</bdi>" in compared, "somebody's own words, in their own direction"
    assert manager.send_form(address, decision="one", name="second").status_code == 303
    assert address not in shown(manager.get("/listings/duplicates"))
    reader = signed_in(app, make_tenant(app), "caseworker")
    assert "Merged into another" in shown(reader.get(f"/directory/organizations/{second}"))
    undo = re.search(r'action="(/listings/merges/[^"]+)"', shown(manager.get("/listings/duplicates")))
    assert undo
    assert undo[1] not in shown(manager.get("/listings/duplicates?kind=services"))
    assert manager.send_form(undo[1]).location == "/listings/duplicates?kind=organizations"
    assert manager.send_form(address, decision="two").status_code == 303
    assert address not in shown(manager.get("/listings/duplicates"))
    shown(manager.get("/listings/duplicates?kind=locations"))


def test_services_alike_by_name_are_told_apart_by_where_they_are_offered(
    app: Flask, manager: Visitor, steward: UUID
):
    make_listing(app, steward)
    with app.app_context(), scope(job_identity(steward)), unit_of_work():
        ours = operations.create_organization(name="House of Meals", country="JO")
        irbid, zarqa = (operations.create_location(ours, place_code=one) for one in ("jo-irbid", "jo-zarqa"))
        for name, place in (("Warm meals", irbid), ("Warm meal", irbid), ("Warm meals!", zarqa)):
            service = operations.create_service(
                ours, name=name, needs=("legal.advice",), referral_methods=("phone",)
            )
            operations.place_service_at_location(service, place)
        found = find_duplicates("service")
    assert {found[0].name, found[0].other} == {"Warm meals", "Warm meal"}  # at one place: first
    assert len(found) == 3
    page = shown(manager.get("/listings/duplicates?kind=services"))
    assert "Irbid / Irbid" in page
    compared = shown(manager.get(f"/listings/duplicates/services/{found[0].first}/{found[0].second}"))
    assert compared.count("<bdi>Irbid</bdi>") == 2
    assert "<bdi>Zarqa</bdi>" in shown(manager.get(f"/listings/organizations/{ours}"))
    assert "Irbid / Zarqa" in page or "Zarqa / Irbid" in page
    assert "Zarqa" in shown(manager.get("/listings?kind=services&name=Warm"))


def test_an_organization_takes_its_own_listing_over(app: Flask, listed: Listed):
    headquarters = signed_in(app, make_tenant(app, "network"), "network_administrator")
    invite = f"/listings/organizations/{listed.organization_id}/invite"
    assert invite in shown(headquarters.get(f"/directory/organizations/{listed.organization_id}"))
    assert 'value="Asia/Amman"' in shown(headquarters.get(invite))
    shown(headquarters.send_form(invite, code="X"), 422)
    about = {"code": f"own-{new_id().hex[-6:]}", "reference_prefix": "QW", "default_language": "en"}
    answer = headquarters.send_form(invite, {**about, "time_zone": "Asia/Amman"})
    assert answer.status_code == 303, shown(answer, answer.status_code)
    tenant = UUID(answer.location.rsplit("/", 1)[1])
    with app.app_context(), scope(job_identity(tenant)), unit_of_work():
        opening.prepare_tenant()
    with app.app_context():
        token = first_invitation_token(tenant)
    first, email = visitor(app), f"{new_id()}@example.org"
    joined = first.send_form("/join", token=token, name="First", email=email, password=PASSWORD)
    assert joined.status_code == 303, shown(joined, joined.status_code)
    first.send_form("/sign-in", email=email, password=PASSWORD)
    assert "Keep your own listing" in shown(first.get("/"))
    claim = re.search(r'href="(/listings/claims/[0-9a-f-]+)"', shown(first.get("/")))
    assert claim
    assert "Dar Al Amal" in shown(first.get(claim[1]))
    assert first.send_form(claim[1], answer="yes").status_code == 303
    assert "Night shelter" in shown(first.get("/listings"))
    with app.app_context(), scope(job_identity(tenant)):
        assert queries.tenant_of_organization(listed.organization_id) == tenant
