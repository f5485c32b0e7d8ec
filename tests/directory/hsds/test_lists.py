"""Lists: pages right to the last one, what an answer costs, and who may ask for it and how."""

from __future__ import annotations

import pytest
from flask import Flask

from network.core.ids import new_id
from tests.directory.conftest import Members
from tests.directory.hsds.conftest import make_public
from tests.factories import Listed
from tests.support.statements import statements
from tests.support.visitor import Visitor


def test_pages_are_right_to_the_last_one_and_beyond(five: Listed, stranger: Visitor):
    address = f"/hsds/v3/services?organization_id={five.organization_id}&per_page=2"
    pages = [stranger.get(f"{address}&page={number}").json for number in (1, 2, 3, 4)]
    frames = [{name: value for name, value in page.items() if name != "contents"} for page in pages]
    whole = {"total_items": 5, "total_pages": 3, "empty": False}
    assert frames[0] == whole | {"page_number": 1, "size": 2, "first_page": True, "last_page": False}
    assert frames[1] == whole | {"page_number": 2, "size": 2, "first_page": False, "last_page": False}
    assert frames[2] == whole | {"page_number": 3, "size": 1, "first_page": False, "last_page": True}
    assert frames[3] == whole | {
        "page_number": 4,
        "size": 0,
        "first_page": False,
        "last_page": True,
        "empty": True,
    }
    found = [one["id"] for page in pages for one in page["contents"]]
    assert found == sorted(set(found))
    assert len(found) == 5


def test_nothing_found_is_an_empty_first_and_last_page(stranger: Visitor):
    answer = stranger.get(f"/hsds/v3/services?organization_id={new_id()}").json
    assert answer == {
        "total_items": 0, "total_pages": 0, "page_number": 1, "size": 0, "first_page": True, "last_page": True,
        "empty": True, "contents": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=x", "page=1.5", "page=99999999999", "page=١", "page=", "per_page=0", "per_page=501",
        "per_page=100000", "full=yes", "minimal=1", "taxonomy_term_id=x", "organization_id=1", "taxonomy_id=-",
        "modified_after=yesterday", "modified_after=2026-13-01", "modified_after=2026-01-01T25:00:00Z", "lat=1",
        "lon=1", "lat=91&lon=0", "lat=nan&lon=0", "lat=1&lon=1&radius_m=1", "radius_m=5000", "open_at=now",
        "language=Arabic!", "sex=x", "age=-1", "age=200", "nationality=jordan", "legal_status=x", "sector=x",
        "has_documents=maybe", "nothing=1", "page=1&page=2", f"search={'x' * 201}",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_words(stranger: Visitor, query: str):
    answer = stranger.get(f"/hsds/v3/services?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["errors"].keys() & {part.partition("=")[0] for part in query.split("&")}


def test_there_are_two_formats_and_no_other(stranger: Visitor):
    assert stranger.get("/hsds/v3/services?format=csv").status_code == 406
    assert stranger.get("/hsds/v3/services?format=").status_code == 406
    assert stranger.get("/hsds/v3/services/not-an-id").status_code == 404
    assert stranger.get("/hsds/v3/nothing").status_code == 404


def test_an_address_may_end_in_a_slash_and_a_flag_begin_with_a_capital(five: Listed, stranger: Visitor):
    asked = f"organization_id={five.organization_id}"
    plain = stranger.get(f"/hsds/v3/services?{asked}&full=true").json
    assert stranger.get(f"/hsds/v3/services/?{asked}&full=True").json == plain
    one = stranger.get(f"/hsds/v3/services/{five.service_id}").json
    assert stranger.get(f"/hsds/v3/services/{str(five.service_id).upper()}/").json == one
    far = stranger.get("/hsds/v3/services?page=1000000000000000000")
    assert far.json["errors"] == {"page": ["This number is too small or too large."]}


@pytest.mark.parametrize(("query", "most"), [("", 7), ("&full=true", 32), ("&minimal=true", 4)])
def test_a_page_asks_the_database_the_same_number_of_times_however_long_it_is(
    app: Flask, five: Listed, rich: Listed, stranger: Visitor, query: str, most: int
):
    counts = set()
    for organization_id, per_page in (
        (five.organization_id, 1),
        (five.organization_id, 5),
        (rich.organization_id, 1),
    ):
        with statements(app) as seen:
            answer = stranger.get(
                f"/hsds/v3/services?organization_id={organization_id}&per_page={per_page}{query}"
            )
        assert answer.json["size"] == per_page
        counts.add(len(seen))
    assert len(counts) == 1
    assert counts.pop() <= most


def test_an_answer_is_told_again_only_if_it_changed(five: Listed, stranger: Visitor, member: Visitor):
    address = f"/hsds/v3/services/{five.service_id}"
    first = stranger.get(address)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "public, max-age=60"
    for given in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = stranger.get(address, headers={"If-None-Match": given})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
    assert stranger.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert {"Authorization", "Cookie"} <= set(first.vary)
    assert member.get(address).headers["Cache-Control"] == "private, no-cache"
    whole = stranger.head(address)
    assert (whole.status_code, whole.data, whole.headers["ETag"]) == (200, b"", tag)


def test_pages_of_other_origins_read_what_is_public_and_never_with_credentials(
    app: Flask, members: Members, five: Listed, stranger: Visitor, member: Visitor
):
    address = f"/hsds/v3/services/{five.service_id}"
    elsewhere = {"Origin": "https://example.org"}
    for answer in (
        stranger.get(address, headers=elsewhere),
        stranger.get("/hsds/v3/services?page=0", headers=elsewhere),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = elsewhere | {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    before = stranger.options(address, headers=asked)
    assert before.status_code == 200
    assert "Authorization" not in before.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in member.get(address, headers=elsewhere).headers
    refused = stranger.get(address, headers=elsewhere | {"Authorization": "Bearer no-such-token"})
    assert refused.status_code == 401
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert stranger.delete(address).status_code == 405
    assert "GET" in stranger.delete(address).headers["Allow"]


def test_a_list_may_be_asked_for_by_post_with_a_person_in_the_body(
    app: Flask, members: Members, stranger: Visitor
):
    women = make_public(app, members.partner.tenant, eligibility={"sex": ["women"], "age": {"min": 18}})
    asked = {"organization_id": str(women.organization_id), "age": 30}
    for sex, found in (("female", 1), ("male", 0), ("other", 1)):
        assert stranger.post("/hsds/v3/services", json=asked | {"sex": sex}).json["total_items"] == found
        assert stranger.post("/hsds/v3/services", data=asked | {"sex": sex}).json["total_items"] == found
    assert stranger.post("/hsds/v3/services", json=asked | {"age": 12}).json["total_items"] == 0
    assert stranger.post("/hsds/v3/services", json=[1]).status_code == 422
    assert stranger.post("/hsds/v3/services", data="age=30", content_type="text/plain").status_code == 415
    assert stranger.post("/hsds/v3/services?page=1", data={"page": "1"}).status_code == 422
