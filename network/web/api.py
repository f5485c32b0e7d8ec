"""The JSON API's frame: OpenAPI 3.1, its document and its page, served by us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from network.web import handlers
from network.web.reference import render_reference
from network.web.security import public

BASE = "/api/v1"
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details. `code` is stable; `errors` maps a field to its messages.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
    "required": ["type", "title", "status", "code"],
}

blueprint = Blueprint("api_document", __name__, url_prefix=BASE)


class NetworkApi(Api):
    """Flask-smorest's API, whose errors are answered like all others."""

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
            "components": {
                "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
                "schemas": {"Problem": PROBLEM},
            },
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
    found: dict[str, Any] = current_app.extensions["network_api"].spec.to_dict()
    return found
