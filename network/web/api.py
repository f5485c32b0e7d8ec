"""The JSON API's frame: OpenAPI 3.1, its document and its page, served by us."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from network.web import handlers
from network.web.reference import render_reference
from network.web.security import GUARD, PUBLIC, public

BASE = "/api/v1"
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 8, "maxLength": 100},
    "description": "The same request sent again with the same key is carried out once.",
}
UNSAFE = ("post", "put", "patch", "delete")

blueprint = Blueprint("api_document", __name__, url_prefix=BASE)


class ProblemSchema(Schema):
    """Problem details (RFC 9457). ``code`` is stable; ``errors`` maps a field to its messages."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    request_id = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class NetworkApi(Api):
    """Flask-smorest's API, whose errors are answered like all others."""

    ERROR_SCHEMA = ProblemSchema
    finished: dict[str, Any] | None = None

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        """Leave the answer to ``handlers``."""
        return handlers.answer_http_error(error)


def open_api(app: Flask, blueprints: Iterable[Any]) -> None:
    """Register the API of every feature, and serve the document of all of them."""
    app.config.update(
        API_TITLE="Network of migrant resource centres",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {
                "description": "Sign in with POST /api/v1/sessions and send its token as a bearer token. "
                "Unsafe requests carry an Idempotency-Key; changes of a record carry If-Match."
            },
            "components": {"securitySchemes": {"session": {"type": "http", "scheme": "bearer"}}},
            "security": [{"session": []}],
        },
    )
    made = NetworkApi(app)
    app.extensions["network_api"] = made
    for one in blueprints:
        made.register_blueprint(one)
    app.register_blueprint(blueprint)


@blueprint.get("/openapi.json")
@public
def document() -> Response:
    """The OpenAPI document."""
    return jsonify(_specification())


@blueprint.get("/docs")
@public
def documentation() -> str:
    """Every operation of the API, for the reader: made from the document, without any script."""
    return render_reference(_specification(), url_for("api_document.document"))


def _specification() -> dict[str, Any]:
    """The document, made once: what a guard and a door demand of each operation is written in."""
    made: NetworkApi = current_app.extensions["network_api"]
    if made.finished is None:
        made.finished = made.spec.to_dict()
        for rule in current_app.url_map.iter_rules():
            operations = made.finished["paths"].get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), {})
            guard = getattr(current_app.view_functions[rule.endpoint], GUARD, None)
            for method in operations.keys() & {one.lower() for one in rule.methods or ()}:
                if guard == PUBLIC:
                    operations[method]["security"] = []
                elif method in UNSAFE:
                    operations[method].setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return made.finished
