"""A steward, her listing, and who else looks at it."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from network.core.db import db
from network.directory.models import Service
from network.tenants.context import job_identity, scope
from tests.factories import Listed, make_listing, make_tenant, signed_in
from tests.support.visitor import Visitor

SECRET = "12 Hidden Alley"


@pytest.fixture
def steward(app: Flask) -> UUID:
    return make_tenant(app, "partner")


@pytest.fixture
def manager(app: Flask, steward: UUID) -> Visitor:
    return signed_in(app, steward, "partner_manager")


@pytest.fixture
def caseworker(app: Flask) -> Visitor:
    return signed_in(app, make_tenant(app), "caseworker")


@pytest.fixture
def listed(app: Flask, steward: UUID) -> Listed:
    return make_listing(app, steward, organization_name="Dar Al Amal", name="Night shelter")


def shown(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:3000]
    return unescape(answer.text)


def fields_of(page: str) -> dict[str, list[str] | str]:
    """What the main form of a page would send as it stands."""
    main = page[page.index("<main") :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", main):
        kind = (re.search(r'type="(\w+)"', tag) or ["", "text"])[1]
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (kind not in ("radio", "checkbox") or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', main, re.S):
        found[name] = [inner]
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = [chosen[1] if chosen else ""]
    return {name: values for name, values in found.items() if name not in ("csrf_token", "idempotency_key")}


def service(app: Flask, tenant: UUID, listed: Listed) -> Service:
    with app.app_context(), scope(job_identity(tenant)):
        found = db.session.get_one(Service, listed.service_id)
        db.session.expunge(found)
        return found
