"""What people and programs do to feeds: cells merged over rows, strings for objects, and pieces that fail."""

from __future__ import annotations

import io

import openpyxl
import pytest
from flask import Flask
from rq.timeouts import JobTimeoutException
from sqlalchemy import select

from network.core.db import db, unit_of_work
from network.directory import operations as directory
from network.directory.feeds.reading import workbooks
from network.directory.models import Organization, RequiredDocument, Service
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.feeds import zipped
from tests.directory.feeds.test_feeds import mine

SERVICE = {"id": "s", "name": "Shelter", "status": "active"}


def test_a_cell_merged_over_rows_counts_for_each_of_them(app: Flask, members: Members, bring: Bring):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Organization", "Service", "Needs", "Town", "Country"),
        ("House of Bread", "Meals", "legal.advice", "Irbid", "JO"),
        (None, "Parcels", "legal.advice", "Irbid", "JO"),
        (None, "Cooking", "legal.advice", None, None),
        ("Open Door", "Advice", "legal.advice", "Irbid", "JO"),
        (None, "Lost", "legal.advice", "Irbid", "JO"),
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("D3:D4")
    sheet.merge_cells("E3:E4")
    sheet.merge_cells("A5:A5")
    made = io.BytesIO()
    book.save(made)
    bring(made.getvalue(), file_name="listings.xlsx", source="workbook")
    names = {one.id: one.name for one in mine(app, members, Organization)}
    under = {one.name: names[one.organization_id] for one in mine(app, members, Service)}
    assert {name: under[name] for name in ("Meals", "Parcels", "Cooking")} == dict.fromkeys(
        ("Meals", "Parcels", "Cooking"), "House of Bread"
    )
    assert under["Advice"] == "Open Door"
    assert under.get("Lost", "workbook: no organization named") != "House of Bread"


def test_what_another_member_keeps_out_of_the_directory_does_not_come_in(
    app: Flask, members: Members, bring: Bring
):
    house = {"id": "o", "name": "Safe House", "website": "https://safe.example", "services": [SERVICE]}
    bring({"organizations": [house]}, identity=members.centre)
    with app.app_context(), scope(members.centre), unit_of_work():
        [theirs] = directory_rows(members, Organization)
        directory.withhold("organization", theirs.id, reason="asked_not_to_be")
    other = {"id": "x", "name": "Open House", "website": "https://open.example", "services": [SERVICE]}
    brought = bring({"organizations": [house | {"name": " safe  house"}, other | {"services": []}]})
    assert [one.name for one in mine(app, members, Organization)] == ["Open House"]
    assert not mine(app, members, Service)
    refused = [one[:2] for one in brought.rows_of("organization") if one[0] == "refused"]
    assert refused == [("refused", ["withheld_here"])]
    assert [(one[0], one[1]) for one in brought.rows_of("service")] == [("refused", ["withheld_here"])]


def test_what_the_headquarters_took_out_does_not_come_in_again_by_another_feed(
    app: Flask, members: Members, bring: Bring
):
    house = {"id": "o", "name": "Open House", "services": [SERVICE]}
    bring({"organizations": [house]})
    [service] = mine(app, members, Service)
    with app.app_context(), scope(members.headquarters), unit_of_work():
        directory.withhold("service", service.id, reason="fraud")
    again = SERVICE | {"id": "another", "description": "Said in other words"}
    brought = bring({"organizations": [house | {"id": "x", "services": [again]}]}, source="another feed")
    assert [one[:2] for one in brought.rows_of("service")] == [("refused", ["withheld_here"])]
    assert [one.id for one in mine(app, members, Service)] == [service.id]


def directory_rows(members: Members, model: type[Organization]) -> list[Organization]:
    theirs = model.steward_tenant_id == members.centre.tenant
    return list(db.session.scalars(select(model).where(theirs)))


def test_who_may_come_and_papers_are_read_from_older_versions(app: Flask, members: Members, bring: Bring):
    tables = {
        "eligibility.csv": "id,service_id,eligibility\ne1,s,Women\ne2,s,Children\ne3,gone,Men\n",
        "organizations.csv": "id,name,email\no,House,a@b.example\n",
        "services.csv": "id,organization_id,name,status,required_documents\ns,o,Meals,active,Passport; Photo\n",
    }
    brought = bring(zipped(tables))
    [service] = mine(app, members, Service)
    assert service.eligibility_description == "Women\nChildren"
    assert {one.document for one in mine(app, members, RequiredDocument)} == {"Passport", "Photo"}
    assert ("refused", ["no_place_for_it"]) in [(one[0], one[1]) for one in brought.rows_of("eligibility")]
    nested = SERVICE | {"id": "n", "name": "Parcels", "required_documents": ["A letter"]}
    bring({"organizations": [{"id": "o", "name": "House", "email": "a@b.example", "services": [nested]}]})
    assert "A letter" in {one.document for one in mine(app, members, RequiredDocument)}


def test_a_bare_object_is_what_those_beside_it_are(app: Flask, members: Members, bring: Bring):
    bring([{"id": "1", "name": "One", "website": "https://one.example"}, {"id": "2", "name": "Two"}])
    assert {one.name for one in mine(app, members, Organization)} == {"One", "Two"}


def test_what_was_merged_meanwhile_is_found_in_what_it_was_merged_into(
    app: Flask, members: Members, bring: Bring
):
    bring(
        [
            {"id": "1", "name": "One", "website": "https://one.example"},
            {"id": "2", "name": "Two", "website": "https://two.example"},
        ]
    )
    ids = {one.name: one.id for one in mine(app, members, Organization)}
    with app.app_context(), scope(members.partner), unit_of_work():
        directory.merge("organization", ids["One"], ids["Two"])
    bring([{"id": "s", "organization_id": "2", "name": "Meals", "status": "active"}])
    assert [one.organization_id for one in mine(app, members, Service)] == [ids["One"]]


def test_a_worker_whose_time_is_over_does_not_call_the_workbook_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(*_args: object, **_kwargs: object) -> None:
        raise JobTimeoutException("its time is over")

    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    monkeypatch.setattr(openpyxl, "load_workbook", slow)
    with pytest.raises(JobTimeoutException):
        workbooks.sheets(book.getvalue())


def test_a_note_on_a_place_that_is_not_there_stops_no_import(app: Flask, members: Members, bring: Bring):
    lost = {"id": "a", "link_id": "nowhere", "link_entity": "location", "taxonomy_term_id": "t", "value": "x"}
    feed = {
        "organizations": [{"id": "o", "name": "House of Notes", "services": [SERVICE]}],
        "taxonomy_terms": [{"id": "t", "name": "Term", "code": "t"}],
        "attributes": [lost],
    }
    first = bring(feed)
    assert first.one.state == "done"
    assert [result for result, _reasons, _held in first.rows_of("attribute")] == ["refused"]
    assert ("attribute", "link_id", "dangling") in first.doubts()
