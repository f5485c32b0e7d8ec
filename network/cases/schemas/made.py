"""Schemas made from the described fields of a card or record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import fields, validate

from network.cases.card.fields import OWN_LISTS, Field
from network.cases.card.values import LONG, MOST_CODES, MOST_ENTRIES, SHORT
from network.core import vocabulary


def made_from(described: Iterable[Field], **more: Any) -> dict[str, fields.Field[Any]]:
    """A marshmallow field for each field of a card or record; ``more`` goes to each of them."""
    return {field.code: _made(field, more) for field in described}


def _made(field: Field, more: Mapping[str, Any]) -> fields.Field[Any]:
    given: dict[str, Any] = {"allow_none": True, "metadata": {"title": str(field.code)}} | dict(more)
    if field.kind in ("code", "codes"):
        one = fields.String(validate=validate.OneOf(codes_of(field.list_name or "")))
        if field.kind == "codes":
            return fields.List(one, validate=validate.Length(max=MOST_CODES), **given)
        return fields.String(validate=validate.OneOf(codes_of(field.list_name or "")), **given)
    if field.kind in ("texts", "languages"):
        inner = fields.String(validate=validate.Length(max=SHORT))
        return fields.List(inner, validate=validate.Length(max=MOST_ENTRIES), **given)
    if field.kind == "date":
        return fields.Date(**given)
    if field.kind == "year":
        return fields.Integer(strict=False, validate=validate.Range(1900, 2100), **given)
    if field.kind == "amount":
        return fields.String(validate=validate.Length(max=30), **given)
    longest = LONG if field.kind == "long" else SHORT
    return fields.String(validate=validate.Length(max=longest), **given)


def codes_of(list_name: str) -> list[str]:
    """The codes of a list, the vocabulary's or our own."""
    return list(OWN_LISTS[list_name] if list_name in OWN_LISTS else vocabulary.terms(list_name))


def needs_field() -> fields.Field[Any]:
    """A list of needs."""
    return fields.List(
        fields.String(validate=validate.OneOf(codes_of("needs"))), validate=validate.Length(max=MOST_CODES)
    )
