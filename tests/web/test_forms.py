"""From what was sent to what an operation takes."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from network.core.errors import Invalid
from network.web.forms import LONGEST_TEXT, RequestSchema, load


class ContactSchema(Schema):
    channel = fields.String(required=True, validate=validate.OneOf(["phone", "visit"]))
    quiet = fields.Boolean(load_default=False)


class GrantSchema(Schema):
    purpose = fields.String(required=True)
    until = fields.Date(load_default=None)


class ClientSchema(RequestSchema):
    name = fields.String(required=True, validate=validate.Length(max=200))
    age = fields.Integer(load_default=None)
    note = fields.String(load_default=None)
    needs = fields.List(fields.String(), load_default=list)
    contact = fields.Nested(ContactSchema, load_default=None)
    grants = fields.List(fields.Nested(GrantSchema), load_default=list)


def form(**given: Any) -> MultiDict[str, str]:
    return MultiDict(given)


@pytest.fixture(autouse=True)
def _request(app: Flask):
    with app.test_request_context():
        yield


def test_a_form_and_json_say_the_same() -> None:
    sent = form(
        **{"name": " Rina ", "age": "27", "needs": ["shelter", "legal"], "contact.channel": "phone"},
        **{"grants.1.purpose": "b", "grants.0.purpose": "a", "grants.0.until": "2026-12-01", "note": ""},
        csrf_token="x",
        idempotency_key="y",
        version="3",
    )
    json = {
        "name": "Rina",
        "age": 27,
        "needs": ["shelter", "legal"],
        "contact": {"channel": "phone"},
        "grants": [{"purpose": "a", "until": "2026-12-01"}, {"purpose": "b"}],
    }
    assert load(ClientSchema, sent) == load(ClientSchema, json)


def test_what_is_wrong_is_said_beside_its_field() -> None:
    with pytest.raises(Invalid) as wrong:
        load(ClientSchema, form(**{"age": "old", "contact.channel": "pigeon", "grants.0.until": "tomorrow"}))
    assert wrong.value.fields == {
        "name": ["Fill in this field."],
        "age": ["Enter a whole number."],
        "contact.channel": ["Choose one of the options."],
        "grants.0.purpose": ["Fill in this field."],
        "grants.0.until": ["Enter a date like 2026-11-03."],
    }


def test_it_is_said_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "ar"}), pytest.raises(Invalid) as wrong:
        load(ClientSchema, {})
    assert wrong.value.fields["name"]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(Invalid) as wrong:
        load(ClientSchema, {"name": "R", "is_admin": True})
    assert list(wrong.value.fields) == ["is_admin"]


@pytest.mark.parametrize(
    "value",
    [
        "nul\0",
        "half \ud800 a pair",
        "x" * (LONGEST_TEXT + 1),
        float("nan"),
        float("inf"),
        10**400,
        [["x"] * 2000],
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": {"k": {"l": {"m": {}}}}}}}}}}}}}},
    ],
)
def test_what_could_not_be_stored_is_refused_before_any_field_is_looked_at(value: Any) -> None:
    for name in ("name", "needs", "age", "contact"):
        with pytest.raises(Invalid):
            load(ClientSchema, {"name": "R", name: value})
    with pytest.raises(Invalid):
        load(ClientSchema, {"name": "R", "nul\0": "x"})


@pytest.mark.parametrize("body", [None, [], "text", 3, [{"name": "R"}], True])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(Invalid):
        load(ClientSchema, body)


@pytest.mark.parametrize(
    "names", [("a", "a.b"), ("a.b", "a"), (".".join("abcdefghijklmno"),), ("a.b.c", "a.b")]
)
def test_a_form_that_contradicts_itself_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises((Invalid, BadRequest)):
        load(ClientSchema, MultiDict([("name", "R"), *((name, "x") for name in names)]))


def test_strange_shapes_of_a_form_are_invalid_and_nothing_worse() -> None:
    for strange in (
        {"name.0": "R"},
        {"name": "R", "needs.0": "x"},
        {"name": "R", "contact": "x"},
        {"name": "R", "contact.0.channel": "x"},
        {"name": "R", "grants": "x"},
        {"name": "R", "grants.purpose": "x"},
        {"name": "R", "grants.0": "x"},
        {"name": "R", "": "x"},
        {"name": "R", ".": "x"},
        {"name": "R", "grants.0.0.0": "x"},
    ):
        with contextlib.suppress(Invalid):
            load(ClientSchema, MultiDict(strange))
