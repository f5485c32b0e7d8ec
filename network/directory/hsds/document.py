"""The HSDS API described: its OpenAPI document, made from the same definitions as its answers."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from marshmallow import Schema

from network.directory.hsds import asking, parameters, profile, standard

PROBLEM: Final = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
    "required": ["type", "title", "status", "code"],
}
PAGE: Final = {
    "type": "object",
    "description": "A page. Beyond the last one, contents are empty and last_page is true.",
    "properties": {
        "total_items": {"type": "integer", "minimum": 0},
        "total_pages": {"type": "integer", "minimum": 0},
        "page_number": {"type": "integer", "minimum": 1},
        "size": {"type": "integer", "minimum": 0},
        "first_page": {"type": "boolean"},
        "last_page": {"type": "boolean"},
        "empty": {"type": "boolean"},
    },
    "required": [
        "total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents",
    ],
}  # fmt: skip
ABOUT: Final = {
    "type": "object",
    "properties": {
        "version": {"type": "string"},
        "profile": {"type": "string", "format": "uri"},
        "openapi_url": {"type": "string", "format": "uri"},
        "description": {"type": "string"},
        "data_guide": {"type": "string", "format": "uri"},
        "publisher": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "website": {"type": "string", "format": "uri"}},
        },
    },
    "required": ["version", "profile", "openapi_url"],
}
# The lists: their address, entity, parameters, and those of a single one.
LISTS: Final[tuple[tuple[str, str, type[Schema], type[Schema]], ...]] = (
    ("services", "service", asking.ServicesSchema, asking.EmptySchema),
    ("organizations", "organization", asking.OrganizationsSchema, asking.OrganizationSchema),
    ("service_at_locations", "service_at_location", asking.PlacesSchema, asking.EmptySchema),
    ("taxonomies", "taxonomy", asking.ListSchema, asking.EmptySchema),
    ("taxonomy_terms", "taxonomy_term", asking.TermsSchema, asking.EmptySchema),
)
DESCRIPTION: Final = (
    "The directory of services by the Human Services Data Specification (HSDS) 3.1. Without signing in it tells what "
    "is public; with the token of POST /api/v1/sessions as a bearer token, also what members of the network may read. "
    "All parameters must hold together. What concerns a person belongs into the body of a POST, not into an address."
)


def _problem(meaning: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": meaning, "content": content}


_REFUSALS: Final = {
    "400": _problem("The request cannot be read."),
    "401": _problem("The bearer token is not good (any more)."),
    "422": _problem("A parameter is not known, or cannot have this value."),
    "429": _problem("Too many requests; Retry-After tells when to try again."),
    "503": _problem("Not available for the moment; Retry-After tells when to try again."),
}
_UNCHANGED: Final = {"304": {"description": "Nothing has changed since the answer with this ETag."}}


def _list_operation(path: str, entity: str, schema: type[Schema], method: str) -> dict[str, Any]:
    of = {"$ref": f"#/components/schemas/{entity}"}
    page = {
        "allOf": [{"$ref": "#/components/schemas/Page"}],
        "type": "object",
        "properties": {"contents": {"type": "array", "items": of}},
    }
    told = {"application/json": {"schema": page}, "application/x-ndjson": {"schema": {"type": "string"}}}
    found: dict[str, Any] = {
        "operationId": f"{method}_{path}",
        "summary": f"{path.replace('_', ' ').capitalize()}, page by page or all of them.",
        "tags": [path],
        "parameters": parameters.parameters_of(schema),
        "responses": {
            "200": {"description": "What was found.", "content": told},
            **(_UNCHANGED if method == "get" else {}),
            "406": _problem("There is no such format."),
            **_REFUSALS,
        },
    }
    if method == "post":
        found["responses"]["415"] = _problem("The body is neither a form nor JSON.")
        found["description"] = "As GET. Parameters may stand in the body, too, as a form or as JSON."
    return found


def _single_operation(path: str, entity: str, schema: type[Schema]) -> dict[str, Any]:
    told = {"application/json": {"schema": {"$ref": f"#/components/schemas/{entity}"}}}
    one = entity.replace("_", " ")
    gone = entity in ("service", "organization", "service_at_location")
    return {
        "operationId": f"get_{entity}",
        "summary": f"One {one}, fully nested.",
        "tags": [path],
        "parameters": parameters.parameters_of(schema),
        "responses": {
            "200": {"description": f"The {one}.", "content": told},
            **_UNCHANGED,
            **({"308": {"description": "It was merged into the one at Location."}} if gone else {}),
            "404": _problem("There is none with this id that you may read."),
            **({"410": _problem("It was listed and is no longer.")} if gone else {}),
            **_REFUSALS,
        },
    }


def _plain(
    operation: str, summary: str, schema: dict[str, Any], media: str = "application/json"
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "tags": ["about"],
            "responses": {
                "200": {"description": summary, "content": {media: {"schema": schema}}},
                **_UNCHANGED,
                **_REFUSALS,
            },
        }
    }


@cache
def paths() -> dict[str, Any]:
    """Every address of the API."""
    found: dict[str, Any] = {
        "/": _plain("about", "What this API is.", {"$ref": "#/components/schemas/About"}),
        "/profile": _plain("profile", "What our profile adds, as merge patches.", {"type": "object"}),
        "/openapi.json": _plain("openapi", "This document.", {"type": "object"}),
    }
    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    for path, entity, many, one in LISTS:
        found[f"/{path}"] = {
            method: _list_operation(path, entity, many, method) for method in ("get", "post")
        }
        found[f"/{path}/{{id}}"] = {"parameters": [where], "get": _single_operation(path, entity, one)}
    return found


def openapi(address: str) -> dict[str, Any]:
    """The OpenAPI document of the API at this address."""
    entities = {entity: profile.schema(entity) for entity in standard.ENTITIES}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Directory of services (HSDS)",
            "version": f"{standard.VERSION}-{profile.VERSION}",
            "description": DESCRIPTION,
            "license": {"name": "AGPL-3.0-or-later (the software); ask the publisher for the data"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": address}],
        "security": [{}, {"session": []}],
        "paths": paths(),
        "components": {
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
            "schemas": {"About": ABOUT, "Page": PAGE, "Problem": PROBLEM, **entities},
        },
    }


def openapi_patch(address: str) -> dict[str, Any]:
    """What turns the standard's own OpenAPI document into ours: all of it, but for the version of OpenAPI."""
    return {name: value for name, value in openapi(address).items() if name != "openapi"}


def profile_document(address: str) -> dict[str, Any]:
    """The profile: merge patches (RFC 7386) by the name of the file of the standard that each changes."""
    patches = {f"{entity}.json": patch for entity, patch in profile.patches().items()}
    return {
        "name": profile.NAME,
        "version": profile.VERSION,
        "hsds_version": standard.VERSION,
        "uri": f"{address}/profile",
        "patches": patches | {"openapi.json": openapi_patch(address)},
    }
