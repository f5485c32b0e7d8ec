"""The API's own description: whole, true, and served by us."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from network.accounts.guards import Guard
from network.web.security import GUARD
from tests.factories import visitor


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    said = visitor(app).get("/api/v1/openapi.json").json
    assert isinstance(said, dict)
    return said


def test_the_document_tells_of_every_operation(app: Flask, document: dict[str, Any]) -> None:
    told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    served = {
        (method, re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.rpartition(".")[0].endswith("_api")
    }
    assert served <= {(method, path) for method, path in told if method != "PARAMETERS"}
    assert document["openapi"].startswith("3.1")


def test_it_says_what_the_doors_demand(app: Flask, document: dict[str, Any]) -> None:
    staff = document["paths"]["/api/v1/staff"]["post"]
    assert [one["name"] for one in staff["parameters"]] == ["Idempotency-Key"]
    assert "security" not in staff
    assert document["paths"]["/api/v1/sessions"]["post"]["security"] == []
    assert document["security"] == [{"session": []}]
    problem = document["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "code", "errors"} <= set(problem["properties"])


def test_every_operation_has_a_summary(document: dict[str, Any]) -> None:
    silent = [
        path
        for path, item in document["paths"].items()
        for method, about in item.items()
        if method != "parameters" and not about.get("summary")
    ]
    assert silent == []


def test_the_page_for_the_reader_needs_no_script_and_nothing_from_elsewhere(app: Flask) -> None:
    page = visitor(app).get("/api/v1/docs").text
    assert "/api/v1/staff" in page
    assert "https://" not in page.split("<main", 1)[1]


def test_guards_of_the_api_are_those_of_the_pages(app: Flask) -> None:
    """The same act asks for the same permission, whichever door it comes through."""
    pairs = [
        ("accounts_pages.invite", "accounts_api.invite"),
        ("accounts_pages.deactivate", "accounts_api.deactivate"),
    ]
    for page, api in pairs:
        first, second = (getattr(app.view_functions[one], GUARD) for one in (page, api))
        assert isinstance(first, Guard)
        assert first.permissions == second.permissions
