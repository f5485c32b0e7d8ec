"""The page that explains the JSON API, made from its OpenAPI document by us: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import render_template

METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """One value that goes in or comes out; nested ones are written with dots."""

    name: str
    type: str
    required: bool
    description: str
    answer_only: bool = False


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answers: tuple[tuple[str, str, tuple[Field, ...]], ...]


def resolve(spec: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a ``$ref`` stands for, or the node itself."""
    while "$ref" in node:
        found: Any = spec
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def type_name(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """A type in short: ``string (uuid)``, ``list of string``, ``a | b``."""
    schema = resolve(spec, schema)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value is not None)
    kind = schema.get("type", "object")
    names = [kind] if isinstance(kind, str) else [str(one) for one in kind]
    if "array" in names:
        return f"list of {type_name(spec, schema.get('items', {}))}"
    text = " or ".join(names)
    return f"{text} ({schema['format']})" if "format" in schema else text


def _text(node: Mapping[str, Any], name: str) -> str:
    """A text of the document without the marks of code, which a page would show as they are."""
    return str(node.get(name, "")).replace("``", "")


def fields(
    spec: Mapping[str, Any], schema: Mapping[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[Field]:
    """The fields of an object, nested ones after their parent, three levels deep."""
    schema = resolve(spec, schema)
    if "items" in schema:
        yield from fields(spec, schema["items"], f"{prefix}[]." if prefix else "[].", depth)
        return
    for part in schema.get("allOf", ()):
        yield from fields(spec, part, prefix, depth)
    for name, inner in schema.get("properties", {}).items():
        found = resolve(spec, inner)
        yield Field(
            name=f"{prefix}{name}",
            type=type_name(spec, inner),
            required=name in schema.get("required", ()),
            description=_text(found, "description"),
            answer_only=bool(found.get("readOnly")),
        )
        if depth < 2:
            below = f"{prefix}{name}[]." if "items" in found else f"{prefix}{name}."
            yield from fields(spec, found.get("items", found), below, depth + 1)


def _content(spec: Mapping[str, Any], node: Mapping[str, Any]) -> tuple[Field, ...]:
    for media in resolve(spec, node).get("content", {}).values():
        return tuple(fields(spec, media.get("schema", {})))
    return ()


def _parameters(spec: Mapping[str, Any], given: list[Mapping[str, Any]]) -> tuple[Field, ...]:
    found: list[Field] = []
    for one in (resolve(spec, parameter) for parameter in given):
        schema = one.get("schema", {})
        if one.get("explode") and "properties" in schema:  # an object that stands in the address in its parts
            found += [replace(part, name=f"{part.name} ({one['in']})") for part in fields(spec, schema)]
            continue
        found.append(
            Field(
                name=f"{one['name']} ({one['in']})",
                type=type_name(spec, schema),
                required=bool(one.get("required")),
                description=_text(one, "description"),
            )
        )
    return tuple(found)


def _answers(
    spec: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[tuple[str, str, tuple[Field, ...]], ...]:
    """Status, meaning and fields of each answer; errors all look alike (RFC 9457) and show no fields."""
    return tuple(
        (
            str(code),
            _text(resolve(spec, answer), "description"),
            _content(spec, answer) if str(code).startswith("2") else (),
        )
        for code, answer in sorted(given.items(), key=lambda item: str(item[0]))
    )


def groups(spec: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """The operations of an OpenAPI document under their tags, in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, item in spec.get("paths", {}).items():
        for method in METHODS:
            if method not in item:
                continue
            node = item[method]
            operation = Operation(
                anchor=f"{method}-{path}".replace("/", "-").replace("{", "").replace("}", ""),
                method=method.upper(),
                path=path,
                summary=_text(node, "summary"),
                description=_text(node, "description"),
                parameters=_parameters(spec, [*item.get("parameters", []), *node.get("parameters", [])]),
                body=tuple(one for one in _content(spec, node.get("requestBody", {})) if not one.answer_only),
                answers=_answers(spec, node.get("responses", {})),
            )
            tag = (node.get("tags") or ["API"])[0].removesuffix("_api").replace("_", " ").capitalize()
            found.setdefault(tag, []).append(operation)
    return found


def render_reference(spec: Mapping[str, Any], document_url: str) -> str:
    """The page for an OpenAPI document, with a link to the document itself."""
    return render_template(
        "web/reference.html", info=spec.get("info", {}), groups=groups(spec), document_url=document_url
    )
