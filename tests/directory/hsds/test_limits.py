"""Who reads without signing in is counted, and told when to come again; the document and its page are there."""

from __future__ import annotations

from flask import Flask

from network.app import create_app
from network.core.settings import Settings
from network.web import limits
from tests.factories import visitor


def test_a_stranger_who_asks_too_often_is_told_to_wait(settings: Settings):
    app = create_app(settings)
    app.config[limits.OPEN_DATA] = "3 per minute"
    stranger = visitor(app)
    stranger.environ_base["REMOTE_ADDR"] = "198.51.100.21"
    statuses = [stranger.get("/hsds/v3/taxonomies").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = stranger.get("/hsds/v3/taxonomies")
    assert refused.mimetype == "application/problem+json"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    stranger.environ_base["REMOTE_ADDR"] = "198.51.100.22"
    assert stranger.get("/hsds/v3/taxonomies").status_code == 200


def test_the_document_is_served_for_programs_and_for_readers(app: Flask):
    stranger = visitor(app)
    told = stranger.get("/hsds/v3/openapi.json").json
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": "http://localhost/hsds/v3"}]
    assert {"/services", "/services/{id}", "/service_at_locations", "/profile"} <= told["paths"].keys()
    page = stranger.get("/hsds/v3/docs")
    assert page.status_code == 200
    for word in ("/service_at_locations", "radius_m (query)", "proximity (query)", "tombstone"):
        assert word in page.text
