"""The page of the API is made from its document, whole, and without a script."""

from __future__ import annotations

from typing import Any

import flask_smorest
import marshmallow as ma
import pytest
from flask import Flask
from playwright.sync_api import Browser

from network.web import reference
from tests.support.look import violations
from tests.support.web import serving
from tests.web.gallery import make_app


class _Part(ma.Schema):
    code = ma.fields.String(required=True, metadata={"description": "A code of the vocabulary."})


class _Referral(ma.Schema):
    id = ma.fields.UUID(dump_only=True)
    needs = ma.fields.List(ma.fields.Nested(_Part), required=True)
    urgency = ma.fields.String(validate=ma.validate.OneOf(["urgent", "routine"]))


@pytest.fixture
def documented() -> tuple[Flask, dict[str, Any]]:
    """An application with one documented address, and its document."""
    app = make_app()
    app.config.update(API_TITLE="Network", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    api = flask_smorest.Api(app)
    blueprint = flask_smorest.Blueprint("referrals_api", __name__, url_prefix="/api/v1/referrals")

    @blueprint.route("/<uuid:referral_id>", methods=["PUT"])
    @blueprint.arguments(_Referral)
    @blueprint.response(200, _Referral)
    def change(data: dict[str, Any], referral_id: str) -> dict[str, Any]:
        """Change a referral

        While it is a draft.
        """
        return data

    api.register_blueprint(blueprint)
    spec = api.spec.to_dict()
    app.add_url_rule(
        "/reference", "reference", lambda: reference.render_reference(spec, "/api/v1/openapi.json")
    )
    return app, spec


def test_every_operation_of_the_document_is_there_with_its_fields(
    documented: tuple[Flask, dict[str, Any]],
) -> None:
    (operation,) = reference.groups(documented[1])["Referrals"]
    assert (operation.method, operation.summary) == ("PUT", "Change a referral")
    assert [one.name for one in operation.parameters] == ["referral_id (path)"]
    assert {"needs", "needs[].code", "urgency"} <= {one.name for one in operation.body}
    assert "id" not in {one.name for one in operation.body}
    assert "id" in {one.name for one in {code: rows for code, _, rows in operation.answers}["200"]}
    types = {one.name: one.type for one in operation.body}
    assert types["urgency"] == "urgent | routine"
    assert types["needs"].startswith("list of")
    assert next(one for one in operation.body if one.name == "needs").required


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_the_screen_and_has_no_fault_that_axe_finds(
    documented: tuple[Flask, dict[str, Any]], browser: Browser, language: str, width: int
) -> None:
    with serving(documented[0]) as address:
        context = browser.new_context(viewport={"width": width, "height": 800}, base_url=address)
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        page = context.new_page()
        page.goto("/reference")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()
