"""The parameters of a list as OpenAPI describes them, made from the schemas that read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, fields, validate

from network.directory.hsds.scalars import Decimal, Flag, Identifier, Instant, Whole

# Parameters that mean something together alone, by the name of what they say: those that it needs come first.
_TOGETHER: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "near": (("lat", "lon"), ("radius_m",)),
    "around": (("postcode",), ("proximity",)),
}


def parameters_of(schema: type[Schema]) -> list[dict[str, Any]]:
    """The parameters of a list as OpenAPI describes them; what goes together as one object, written out in parts."""
    fields_of = dict(schema().fields)
    found: list[dict[str, Any]] = []
    for name, (needed, more) in _TOGETHER.items():
        if fields_of.keys() >= {*needed, *more}:
            parts = {part: _described(fields_of.pop(part)) for part in (*needed, *more)}
            whole = {
                "type": "object",
                "properties": parts,
                "required": list(needed),
                "additionalProperties": False,
            }
            asked = {"name": name, "in": "query", "required": False, "style": "form", "explode": True}
            found.append(asked | {"description": f"Given as {', '.join(parts)}.", "schema": whole})
    for name, field in fields_of.items():
        described = _described(field)
        about = described.pop("description")
        found.append(
            {"name": name, "in": "query", "required": False, "description": about, "schema": described}
        )
    return found


def _described(field: fields.Field[Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "string"}
    if isinstance(field, Whole):
        described = {"type": "integer"}
    elif isinstance(field, Decimal):
        described = {"type": "number"}
    elif isinstance(field, Flag):
        described = {"type": "boolean"}
    elif isinstance(field, Identifier):
        described = {"type": "string", "format": "uuid"}
    elif isinstance(field, Instant):
        described = {"type": "string", "format": "date-time"}
    for rule in field.validators:
        described |= _rule(rule)
    if described == {"type": "string"} or "maxLength" in described:
        described["pattern"] = "^[^\\u0000]*$"
    return described | {"description": str(field.metadata.get("description", ""))}


def _rule(rule: object) -> dict[str, Any]:
    if isinstance(rule, validate.Range):
        return {"minimum": rule.min, "maximum": rule.max}
    if isinstance(rule, validate.Length):
        return {"maxLength": rule.max} | ({"minLength": rule.min} if rule.min else {})
    if isinstance(rule, validate.OneOf):
        return {"enum": list(rule.choices)}
    if isinstance(rule, validate.Regexp):
        return {"pattern": "^" + str(rule.regex.pattern).replace(r"\Z", "$")}
    return {}
