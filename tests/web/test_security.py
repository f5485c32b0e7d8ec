"""Hostile and broken requests: each gets a clear answer of 4xx, changes nothing, and tells nothing."""

from __future__ import annotations

import io
import json
import logging
import random
import uuid
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from flask import Flask
from sqlalchemy import func, select, text

from network.accounts.guards import requires
from network.accounts.models import Membership
from network.accounts.permissions import Permission
from network.app import create_app
from network.audit.models import AuditEvent
from network.core.db import db
from network.core.errors import IllegalTransition, NotCovered, StaleVersion, TooMany
from network.core.settings import Settings
from network.tenants.context import job_identity, scope
from network.web import limits
from network.web.security import BODY_BYTES, public
from tests.factories import make_account, make_tenant, sign_in, signed_in, visitor
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def tenant(app: Flask) -> UUID:
    return make_tenant(app)


@pytest.fixture(scope="module")
def administrator(app: Flask, tenant: UUID) -> Visitor:
    return signed_in(app, tenant, "centre_administrator")


@pytest.fixture(scope="module")
def faulty(settings: Settings) -> Flask:
    """The application with views that fail in every way an operation can."""
    app = create_app(settings)

    def add(name: str, error: Any) -> None:
        @public
        def fail() -> str:
            raise error

        app.add_url_rule(f"/{name}", name, fail)
        app.add_url_rule(f"/api/{name}", f"api-{name}", fail)

    add("illegal", IllegalTransition("accept", "closed"))
    add("not-covered", NotCovered([{"category": "health"}]))
    add("stale", StaleVersion(theirs={"name": "theirs"}, version=4))
    add("too-many", TooMany(30))
    add("unexpected", KeyError("Rina Akter"))

    @public
    def database() -> str:
        db.session.execute(text("SELECT 'Rina Akter'::int"))
        return ""

    app.add_url_rule("/api/database", "database", database)

    @requires(Permission.HOME_VIEW)
    def wall() -> str:
        db.session.execute(
            text("INSERT INTO data_key VALUES (gen_random_uuid(), gen_random_uuid(), 'client', '', now())")
        )
        return ""

    app.add_url_rule("/api/wall", "wall", wall)
    return app


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("illegal", 409, "illegal-transition"),
        ("not-covered", 409, "not-covered"),
        ("stale", 409, "stale-version"),
        ("too-many", 429, "too-many"),
        ("unexpected", 500, "unexpected"),
        ("database", 400, "invalid"),
        ("nothing-here", 404, "not-found"),
    ],
)
def test_each_error_has_its_answer_in_problem_details(
    faulty: Flask, path: str, status: int, code: str
) -> None:
    answer = visitor(faulty).get(f"/api/{path}")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert (answer.json["code"], answer.json["status"]) == (code, status)
    assert answer.json["title"]
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert "Rina" not in answer.text


def test_problem_details_say_what_a_program_needs(faulty: Flask) -> None:
    client = visitor(faulty)
    assert client.get("/api/illegal").json["move"] == "accept"
    assert client.get("/api/not-covered").json["lines"] == [{"category": "health"}]
    assert client.get("/api/stale").json["theirs"] == {"name": "theirs"}
    assert client.get("/api/stale", headers={"If-Match": '"3"'}).status_code == 412
    assert client.get("/api/too-many").headers["Retry-After"] == "30"


@pytest.mark.parametrize("path", ["illegal", "not-covered", "stale", "too-many", "unexpected", "nothing"])
def test_the_reader_gets_a_page_and_the_number_to_give(faulty: Flask, path: str) -> None:
    answer = visitor(faulty).get(f"/{path}")
    assert answer.status_code >= 400
    assert "<h1" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert "Rina" not in answer.text


def test_a_refusal_of_the_wall_is_no_fault_and_tells_nothing(faulty: Flask, app: Flask) -> None:
    client = sign_in(faulty, make_account(app, make_tenant(app), "intake"))
    answer = client.get("/api/wall")
    assert answer.status_code == 403
    assert "data_key" not in answer.text


class Heard(logging.Handler):
    """Every line that is logged, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []


@pytest.fixture
def heard() -> Iterator[list[str]]:
    lines: list[str] = []

    def keep(_logger: Any, _method: str, entry: Any) -> Any:
        lines.append(repr(entry))
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[keep])
    yield lines
    structlog.configure(processors=before)


def test_no_log_line_holds_a_name_a_token_or_an_id_of_a_person(
    app: Flask, faulty: Flask, tenant: UUID, administrator: Visitor, heard: list[str]
) -> None:
    form = {"name": "Rina Akter", "email": "rina.log@example.org", "roles": ["intake"]}
    person = administrator.api("POST", "/api/v1/staff", form).json
    administrator.get(f"/staff/{person['id']}?name=Rina")
    visitor(app).get(f"/join/{person['invitation_token']}")
    visitor(app).send_form("/sign-in", email="rina.log@example.org", password="a wrong one indeed")
    visitor(faulty).get("/api/unexpected")
    visitor(faulty).get("/api/database")
    told = "\n".join(heard)
    assert len(heard) >= 7
    assert str(tenant) in told
    for secret in ("Rina", "rina.log", person["id"], person["invitation_token"], "a wrong one"):
        assert secret not in told


def test_every_answer_forbids_storing_framing_and_foreign_scripts(app: Flask, administrator: Visitor) -> None:
    for path in ("/staff", "/sign-in", "/nothing", "/api/v1/staff"):
        headers = administrator.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "script-src 'self';" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_over_https_cookies_keep_to_it(settings: Settings, app: Flask) -> None:
    from dataclasses import replace

    secure = create_app(replace(settings, base_url="https://network.example.org"))
    person = make_account(app, make_tenant(app), "intake")
    client = visitor(secure)
    client.environ_base["wsgi.url_scheme"] = "https"
    sent = {"email": person.email, "password": person.password, "csrf_token": client.csrf_token()}
    answer = client.post("/sign-in", data=sent, base_url="https://localhost")
    cookies = answer.headers.getlist("Set-Cookie")
    ours = next(one for one in cookies if one.startswith("__Host-network="))
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in ours
    assert "Domain" not in ours
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\n/x", ""]
)
def test_after_signing_in_nobody_is_sent_elsewhere(app: Flask, target: str) -> None:
    person = make_account(app, make_tenant(app), "intake")
    client = visitor(app)
    answer = client.send_form("/sign-in", email=person.email, password=person.password, next=target)
    assert answer.headers["Location"] == "/"


def test_too_many_requests_at_the_gate_are_put_off(settings: Settings) -> None:
    app = create_app(settings)
    app.config[limits.AT_THE_GATE] = "3 per minute"
    client = visitor(app)
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    answers = [client.post("/api/v1/sessions", json={}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 429, 429]
    client.environ_base["REMOTE_ADDR"] = "198.51.100.8"
    assert client.post("/api/v1/sessions", json={}).status_code == 422


def test_a_proxys_word_counts_only_where_it_is_trusted(settings: Settings) -> None:
    from dataclasses import replace

    for trusted, expected in ((0, "127.0.0.1"), (1, "203.0.113.9")):
        app = create_app(replace(settings, trusted_proxies=trusted))
        seen: list[str] = []
        app.before_request(lambda seen=seen: seen.append(__import__("flask").request.remote_addr))
        visitor(app).get("/healthz", headers={"X-Forwarded-For": "203.0.113.9"})
        assert seen == [expected]


def test_figures_are_told_to_this_machine_alone(app: Flask, administrator: Visitor) -> None:
    told = administrator.get("/metrics").text
    assert 'network_requests_total{method="GET",route="/staff"' in told
    assert administrator.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 404
    assert administrator.get("/metrics", environ_base={"REMOTE_ADDR": "8.8.8.8"}).status_code == 404


def test_a_refused_visit_is_written_into_the_audit_trail(app: Flask) -> None:
    tenant = make_tenant(app)
    client = signed_in(app, tenant, "caseworker")
    somebody = uuid.uuid4()
    assert client.get(f"/staff/{somebody}").status_code == 403
    with app.app_context(), scope(job_identity(tenant)):
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.outcome == "refused")).one()
        assert (entry.reason, entry.object_id) == ("staff.manage", somebody)
        assert entry.request_id


NASTY: list[Any] = [
    "", "x" * 30_000, "\0", "\ud800", "'; DROP TABLE client; --", "<script>alert(1)</script>", "../../etc/passwd",
    -1, 10**30, 1e308, float("nan"), True, None, [], {}, [[[[]]]], {"a": {"b": []}}, ["\0"], "٣", "\u202e",
    "00000000-0000-0000-0000-000000000000", "{{7*7}}", "%00", "\r\nSet-Cookie: a=b",
]  # fmt: skip


# They would end the visitor's session, or say that no worker runs here.
LEFT_OUT = {"/sign-out", "/lock", "/api/v1/sessions/current", "/readyz"}


@pytest.mark.parametrize("seed", range(6))
def test_hostile_requests_are_answered_with_4xx_and_change_nothing(
    app: Flask, tenant: UUID, administrator: Visitor, seed: int
) -> None:
    """Random wrong types, bodies, tokens and ids at every route; the sequence is the same in every run."""
    chance = random.Random(seed)
    before = count_everything(app, tenant)
    faults: dict[str, int] = {}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule not in LEFT_OUT]
    for _ in range(200):
        rule = chance.choice(rules)
        method = chance.choice(["GET", "POST", "PUT", "PATCH", "DELETE"])
        values = {name: chance.choice([uuid.uuid4(), "x", "%00", "ü", "-1"]) for name in rule.arguments}
        path = rule.rule
        for name, value in values.items():
            path = path.replace(f"<uuid:{name}>", str(value)).replace(f"<{name}>", str(value))
        answer = administrator.open(path, method=method, **nasty_body(chance, administrator))
        if answer.status_code >= 500:
            faults[f"{method} {rule.rule}"] = answer.status_code
    assert faults == {}
    assert count_everything(app, tenant) == before
    assert administrator.get("/staff").status_code == 200


def nasty_body(chance: random.Random, client: Visitor) -> dict[str, Any]:
    """The body and headers of one hostile request."""
    names = [
        "name",
        "email",
        "roles",
        "password",
        "language",
        "version",
        "token",
        "next",
        "a.b",
        "",
        "cursor",
    ]
    headers = {
        "X-CSRFToken": client.csrf_token(),
        "Idempotency-Key": chance.choice([str(uuid.uuid4()), "", "x" * 200, "key-key-key"]),
        "If-Match": chance.choice(['"1"', "*", "x", '"999999999999"', 'W/"1"']),
    }
    fields = {chance.choice(names): chance.choice(NASTY) for _ in range(4)}
    kind = chance.randrange(5)
    if kind == 0:
        return {"data": json.dumps(fields), "content_type": "application/json", "headers": headers}
    if kind == 1:
        texts = {name: str(value).encode("utf-8", "surrogatepass") for name, value in fields.items()}
        return {"data": texts, "headers": headers}
    if kind == 2:
        body = chance.choice([b"{", b"\xff\xfe", b"null", b"[1]", b'"x"', b"9" * 5000, b'{"a":' * 3000])
        return {"data": body, "content_type": "application/json", "headers": headers}
    if kind == 3:
        types = [
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/xml",
            "x",
            "multipart/form-data",
        ]
        return {"data": b"--x\r\n\r\n", "content_type": chance.choice(types), "headers": headers}
    return {
        "headers": headers,
        "query_string": {chance.choice(names): str(chance.choice(NASTY[:3] + NASTY[4:]))},
    }


def count_everything(app: Flask, tenant: UUID) -> int:
    with app.app_context(), scope(job_identity(tenant)):
        return db.session.scalar(select(func.count()).select_from(Membership)) or 0


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"null", b"[1]", b"9" * 5000, b'{"a":' * 100_000, b"[" * 100_000, b"NaN"]
)
def test_json_that_cannot_be_read_is_refused(administrator: Visitor, body: bytes) -> None:
    for path, status in (("/api/v1/staff", {400, 422}), ("/api/v1/sessions", {400, 422, 429})):
        headers = {"X-CSRFToken": administrator.csrf_token(), "Idempotency-Key": str(uuid.uuid4())}
        answer = administrator.post(path, data=body, content_type="application/json", headers=headers)
        assert answer.status_code in status, answer.text
        pieces = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
        kind = "application/json"
        answer = administrator.post(path, content_type=kind, headers=headers, environ_overrides=pieces)
        assert answer.status_code in status, answer.text


@pytest.mark.parametrize("path", ["/staff/invite", "/api/v1/staff", "/sign-in"])
def test_a_body_that_is_too_large_is_refused_unread(administrator: Visitor, path: str) -> None:
    headers = {"X-CSRFToken": administrator.csrf_token(), "Idempotency-Key": str(uuid.uuid4())}
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        answer = administrator.post(
            path, data=b"x" * (BODY_BYTES + 1), content_type=content_type, headers=headers
        )
        assert answer.status_code in (413, 415, 422), answer.text
