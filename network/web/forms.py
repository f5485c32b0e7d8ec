"""From what was sent to what an operation takes: one schema for a form and for JSON.

A form's names with dots are nested (``contact.channel``, ``grants.0.purpose``). An empty field counts as
not given: a field that may be emptied says ``load_default=None``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from marshmallow import RAISE, Schema, ValidationError, pre_load
from marshmallow import fields as ma
from marshmallow.validate import OneOf
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from network.core import vocabulary
from network.core.errors import Invalid
from network.web.doors import DOOR_FIELDS
from network.web.messages import said

LONGEST_TEXT = 20_000
LONGEST_LIST = 1_000
DEEPEST = 12
LARGEST_NUMBER = 2**53
_UNUSABLE = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of surrogate pairs
FORM = "_form"  # where marshmallow puts what is wrong with the whole


class RequestSchema(Schema):
    """The base of every schema of what is sent: nothing unknown, and no text that could not be stored."""

    class Meta:
        """What is not expected is refused."""

        unknown = RAISE

    @pre_load
    def refuse_unusable(self, data: Any, **_ignored: Any) -> Any:
        """Refuse what no field of ours can hold, before any field is looked at."""
        if isinstance(data, Mapping):
            wrong = {
                str(name): [problem]
                for name, value in data.items()
                if (problem := _unusable(value) or _unusable(name))
            }
            if wrong:
                raise ValidationError(wrong)
        return data


def missing(text: LazyString) -> dict[str, Any]:
    """The ``error_messages`` of a required field: what to say when it is not filled in."""
    return {"required": text, "null": text}


def coded(list_name: str, **given: Any) -> ma.String:
    """A field that takes the codes of one list of the vocabulary and nothing else."""
    return ma.String(validate=OneOf(list(vocabulary.terms(list_name))), **given)


def load(schema: Schema | type[Schema], form: Mapping[str, Any]) -> dict[str, Any]:
    """What the form or JSON object says, as the schema's types. Raises ``Invalid`` with each field's messages."""
    wanted = _made(schema) if isinstance(schema, type) else schema
    given = nested(wanted, form) if isinstance(form, MultiDict) else form
    try:
        loaded: dict[str, Any] = wanted.load(given)
    except ValidationError as wrong:
        raise Invalid(fields=flat(wrong.messages)) from None
    return loaded


@cache
def _made(schema: type[Schema]) -> Schema:
    """One of each kind serves all requests: it keeps nothing of what it loads."""
    return schema()


def split(form: MultiDict[str, str], schema: type[Schema]) -> tuple[MultiDict[str, str], MultiDict[str, str]]:
    """A form of two parts: what is of this schema, and the rest."""
    names = set(_made(schema).fields)
    own, rest = MultiDict[str, str](), MultiDict[str, str]()
    for name in form:
        (own if name.split(".", 1)[0] in names else rest).setlist(name, form.getlist(name))
    return own, rest


def load_json(schema: Schema | type[Schema]) -> dict[str, Any]:
    """The request's JSON body, as the schema's types."""
    return load(schema, request.get_json())


def nested(schema: Schema, form: MultiDict[str, str]) -> dict[str, Any]:
    """The form as the nested object that the schema expects; what serves the door alone is left out."""
    found: dict[str, Any] = {}
    for name in form:
        if name in DOOR_FIELDS or (name == "version" and name not in schema.fields):
            continue
        values = [value.strip() for value in form.getlist(name)]
        _place(found, name.split("."), values)
    result = _settled(found)
    return _shaped(schema, result) if isinstance(result, dict) else {}


def flat(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Marshmallow's nested messages, by the dotted name of the input each belongs to."""
    if not isinstance(messages, list | dict):
        return {path or FORM: [said(messages)]}
    if isinstance(messages, list):
        found: dict[str, list[str]] = {}
        for message in messages:
            for name, lines in flat(message, path).items():
                found.setdefault(name, []).extend(lines)
        return found
    found = {}
    for name, inner in messages.items():
        deeper = path if name == "_schema" else f"{path}.{name}".lstrip(".")
        for key, lines in flat(inner, deeper).items():
            found.setdefault(key, []).extend(lines)
    return found


def as_uuid(text: str | None, field: str = FORM) -> UUID:
    """The identifier in a text; raises ``Invalid`` for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        raise Invalid(fields={field: [_("This is not an identifier.")]}) from None


def _place(found: dict[str, Any], path: list[str], values: list[str]) -> None:
    if len(path) > DEEPEST:
        raise BadRequest("the form is nested too deeply")
    for step in path[:-1]:
        inner = found.setdefault(step, {})
        if not isinstance(inner, dict):
            raise BadRequest("two fields of the form contradict each other")
        found = inner
    if isinstance(found.get(path[-1]), dict):
        raise BadRequest("two fields of the form contradict each other")
    found[path[-1]] = values


def _settled(value: Any) -> Any:
    """Objects whose names are numbers become lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    settled = {name: _settled(inner) for name, inner in value.items()}
    if settled and all(name.isascii() and name.isdigit() and len(name) < 5 for name in settled):
        return [settled[name] for name in sorted(settled, key=int)]
    return settled


def _shaped(schema: Schema, given: dict[str, Any]) -> dict[str, Any]:
    """Lists of texts become what each field takes: all of them, or the last; empty ones are not given."""
    shaped: dict[str, Any] = {}
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    for name, value in given.items():
        made = _value(known.get(name), value)
        if made is not None:
            shaped[name] = made
    return shaped


def _value(field: ma.Field[Any] | None, value: Any) -> Any:
    if isinstance(field, ma.Nested):
        if isinstance(value, dict):
            return _shaped(field.schema, value) or None
        if isinstance(value, list) and field.many:
            inner = [_shaped(field.schema, one) for one in value if isinstance(one, dict)]
            return [one for one in inner if one] or None
    if isinstance(field, ma.List):
        if isinstance(value, list) and isinstance(field.inner, ma.Nested):
            found = [_value(field.inner, one) for one in value]
        else:
            found = [one for one in value if one != ""] if isinstance(value, list) else [value]
        return [one for one in found if one is not None]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return (value[-1] if value else "") or None
    return value


def _unusable(value: Any, depth: int = 0) -> str | None:
    """Why a value can be used by no field, or None."""
    if depth > DEEPEST:
        return _("This is nested too deeply.")
    if isinstance(value, str):
        return _unusable_text(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        # Not a number compares as false, so it is refused as well.
        return None if abs(value) <= LARGEST_NUMBER else _("This number is too large.")
    if isinstance(value, Mapping):
        parts: list[Any] = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        parts = value
    else:
        return None
    if len(parts) > LONGEST_LIST:
        return _("This has too many parts.")
    return next((problem for part in parts if (problem := _unusable(part, depth + 1))), None)


def _unusable_text(text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        return _("Use at most %(count)s characters.", count=LONGEST_TEXT)
    if _UNUSABLE.search(text):
        return _("This holds a character that cannot be used.")
    return None
