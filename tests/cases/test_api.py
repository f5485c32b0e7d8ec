"""The API of clients and cases, what it refuses, and every page in both languages."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.cases.conftest import RINA
from tests.cases.intake import FORM, registered
from tests.support.visitor import Visitor


def test_the_api_registers_changes_and_reads(rana: Visitor) -> None:
    made = rana.api("POST", "/api/v1/clients", RINA | {"needs": ["labour.wages"]})
    assert made.status_code == 201, made.text
    client_id = made.json["client"]["id"]
    assert made.headers["Location"].endswith(client_id)
    assert made.headers["ETag"] == '"1"'
    (case_id,) = made.json["case_ids"]
    changed = rana.api("PATCH", f"/api/v1/clients/{client_id}", {"workplace": "Line 4"}, version=1)
    assert (changed.status_code, changed.json["client"]["details"]["employer"]) == (
        200,
        "Blue Thread Garments",
    )
    stale = rana.api("PATCH", f"/api/v1/clients/{client_id}", {"workplace": "Line 9"}, version=1)
    assert stale.status_code == 412
    assert rana.api("PATCH", f"/api/v1/clients/{client_id}", {"workplace": "Line 9"}).status_code == 428
    assert (
        rana.api("POST", f"/api/v1/clients/{client_id}/cases", {"needs": ["legal.advice"]}).status_code == 201
    )
    page = rana.api("GET", f"/api/v1/cases/{case_id}").json
    assert page["card"]["name"] == "Rina Akter"
    assert [need["need_code"] for need in page["needs"]] == ["labour.wages"]
    found = rana.api("POST", "/api/v1/clients/search", {"question": "رينا"}).json
    assert [hit["client_id"] for hit in found] == [client_id]


def test_lists_are_paged_by_cursors_of_their_own(rana: Visitor) -> None:
    for number in range(3):
        assert rana.api("POST", "/api/v1/clients", {"name": f"N{number}", "age": 30}).status_code == 201
    page = rana.api("GET", "/api/v1/clients").json
    assert (len(page["items"]), page["next_cursor"]) == (3, None)
    assert rana.api("GET", "/api/v1/clients?cursor=nonsense").status_code == 422


WRONG: list[object] = [
    {}, [], 7, "x", None, {"name": None}, {"name": 1}, {"name": {}}, {"name": "x" * 10_000, "age": 3},
    {"name": "Rina\x00", "age": 3}, {"name": "Rina", "age": "old"}, {"name": "Rina", "age": 1e300},
    {"name": "Rina", "age": 3, "sex": "x"}, {"name": "Rina", "age": 3, "needs": ["x"]},
    {"name": "Rina", "age": 3, "needs": "labour.wages"}, {"name": "Rina", "age": 3, "contacts": [{}]},
    {"name": "Rina", "age": 3, "contacts": [{"number": "x"}]}, {"name": "Rina", "age": 3, "contacts": {"a": 1}},
    {"name": "Rina", "age": 3, "documents": [{"type": "x", "holder": "y"}]},
    {"name": "Rina", "age": 3, "team": ["me"]}, {"name": "Rina", "age": 3, "place_code": "atlantis"},
    {"name": "Rina", "age": 3, "tenant_id": str(uuid.uuid4())}, {"name": "Rina", "birth_date": "2026-13-45"},
    {"name": "Rina", "age": 3, "languages": ["<script>"]}, {"name": "Rina", "age": 3, "priority": 5},
]  # fmt: skip


def test_wrong_registrations_get_a_clear_refusal_and_change_nothing(rana: Visitor) -> None:
    taken = [
        wrong for wrong in WRONG if not 400 <= rana.api("POST", "/api/v1/clients", wrong).status_code < 500
    ]
    assert taken == []
    assert rana.api("GET", "/api/v1/clients").json["items"] == []


HOSTILE: list[dict[str, object]] = [
    {}, {"name": "x" * 30_000}, {"name": "a\x00b"}, {"age": "NaN"}, {"contacts.0": "x"}, {"contacts.x.y": "1"},
    {"contacts.0.channels.0": "call"}, {"languages": ["bn"] * 500}, {"needs": ["labour.wages"] * 2},
    {"reach": "pigeon"}, {"version": "-1"}, {"birth_year": "99999", "age_basis": "birth_year"},
]  # fmt: skip


def test_hostile_forms_never_break_the_page(rana: Visitor) -> None:
    for fields in HOSTILE:
        sent = {**FORM, **fields} if fields else {}
        assert rana.send_form("/clients/new", sent).status_code in (303, 400, 413, 422), fields


def test_empty_and_hostile_forms_of_a_card_are_refused(rana: Visitor) -> None:
    client_id, _case_id = registered(rana)
    for path in ("contacts/new", "documents/new", "relatives/new", "relations/new", "children/new", "edit"):
        for fields in ({}, {"name": "\x00"}, {"number": "9" * 400}, {"flags": ["x"]}, {"type": "passport"}):
            answer = rana.send_form(f"/clients/{client_id}/{path}", {**fields, "version": "1"})
            assert answer.status_code in (400, 422), (path, fields, answer.status_code)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_comes_in_both_languages(rana: Visitor, locale: str) -> None:
    client_id, case_id = registered(rana)
    rana.send_form("/language", language=locale, next="/")
    record = rana.api("GET", f"/api/v1/clients/{client_id}").json
    pages = [
        "/clients", "/clients/new", f"/clients/{client_id}", f"/clients/{client_id}/edit", "/cases", "/incidents",
        f"/clients/{client_id}/children/new", f"/clients/{client_id}/contacts/new", f"/cases/{case_id}",
        f"/clients/{client_id}/documents/new", f"/clients/{client_id}/cases/new", f"/cases/{case_id}/edit",
        f"/cases/{case_id}/claims/new", f"/cases/{case_id}/close", f"/cases/{case_id}/needs/new",
        f"/contacts/{record['contacts'][0]['id']}", f"/documents/{record['documents'][0]['id']}",
    ]  # fmt: skip
    for path in pages:
        answer = rana.get(path)
        assert answer.status_code == 200, path
        ids = re.findall(r'\sid="([^"]+)"', answer.text)
        assert len(ids) == len(set(ids)), (path, sorted({one for one in ids if ids.count(one) > 1}))
