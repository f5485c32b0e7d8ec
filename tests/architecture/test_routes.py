"""Every route is guarded or on the short list of public ones; and each role opens what its page says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from network.accounts.guards import Guard
from network.accounts.permissions import ROLES, Permission, permissions_of
from network.core.settings import Settings
from network.tenants.context import TenantKind
from network.web.security import GUARD, HARMLESS, PUBLIC
from tests.factories import make_account, make_tenant, sign_in, visitor
from tests.support.visitor import Visitor

# Open to anybody, and why. A view is added here only with a reason that a stranger may use it.
PUBLIC_ROUTES = {
    "language": "the language of the sign-in page",
    "health.healthz": "a supervisor asks whether the process lives",
    "health.readyz": "a balancer asks whether it can serve",
    "observe.metrics": "counts, for this machine and its private network alone",
    "api_document.document": "the API's description holds nobody's data",
    "api_document.documentation": "the same, for the reader",
    **dict.fromkeys(
        (
            "hsds.about",
            "hsds.openapi",
            "hsds.documentation",
            "hsds.whole_profile",
            "hsds.one_patch",
            "hsds.taxonomies",
            "hsds.taxonomy",
            "hsds.taxonomy_terms",
            "hsds.taxonomy_term",
        ),
        "what the HSDS API is, and its words, hold nobody's data",
    ),
    **dict.fromkeys(
        (
            "hsds.services",
            "hsds.service",
            "hsds.organizations",
            "hsds.organization",
            "hsds.service_at_locations",
            "hsds.service_at_location",
        ),
        "listings that their steward made public are for everybody",
    ),
    **dict.fromkeys(
        (
            "finder_pages.languages",
            "finder_pages.begin",
            "finder_pages.start",
            "finder_pages.ask",
            "finder_pages.sheet",
        ),
        "what a migrant looks up on her own phone",
    ),
    "accounts_pages.sign_in": "the door",
    "accounts_pages.open_session": "the door",
    "accounts_pages.invitation": "an invitation is its own key",
    "accounts_pages.join": "an invitation is its own key",
    "accounts_api.open_session": "the door, for programs",
    "accounts_api.accept_invitation": "an invitation is its own key",
    "accounts_api.accept_first_invitation": "an invitation is its own key",
}


# Views that take a form without a CSRF token: they change nothing, whoever asks.
HARMLESS_ROUTES = {"finder_pages.ask", "finder_pages.sheet"}


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    rule: Rule
    method: str
    guard: Any

    @property
    def path(self) -> str:
        """The address, with made-up ids that belong to nobody."""
        values: dict[str, Any] = {}
        for name in self.rule.arguments:
            converter = type(self.rule._converters[name]).__name__
            values[name] = {"UUIDConverter": uuid.uuid4(), "IntegerConverter": 1}.get(converter, "x")
        built = self.rule.build(values, append_unknown=False)
        assert built is not None
        return built[1]

    @property
    def ends_the_session(self) -> bool:
        """Whether calling it would change how the next call is answered."""
        return self.rule.endpoint in {
            "accounts_pages.sign_out",
            "accounts_pages.lock",
            "accounts_api.end_session",
        }


def routes(app: Flask) -> list[Route]:
    """Every method of every route."""
    return [
        Route(rule, method, getattr(app.view_functions[rule.endpoint], GUARD, None))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_every_route_is_guarded_or_on_the_short_list(app: Flask) -> None:
    unguarded = {r.rule.endpoint for r in routes(app) if not isinstance(r.guard, Guard) and r.guard != PUBLIC}
    assert unguarded == set()
    assert {r.rule.endpoint for r in routes(app) if r.guard == PUBLIC} == set(PUBLIC_ROUTES)


def test_a_form_without_a_token_is_taken_only_where_it_changes_nothing(app: Flask) -> None:
    found = {name for name, view in app.view_functions.items() if getattr(view, HARMLESS, False)}
    assert found == HARMLESS_ROUTES


def test_a_view_without_a_guard_answers_nobody(settings: Settings) -> None:
    from network.app import create_app

    app = create_app(settings)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = visitor(app).get("/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_addresses_are_plural_kebab_case_with_typed_ids(app: Flask) -> None:
    wrong = []
    for route in routes(app):
        steps = [step for step in route.rule.rule.split("/") if step and not step.startswith("<")]
        # HSDS names its own addresses, with underscores.
        joint = "_" if route.rule.rule.startswith("/hsds/") else "-"
        plain = all(
            step.replace(joint, "").replace(".", "").isalnum() and step == step.lower() for step in steps
        )
        ids = [name for name in route.rule.arguments if name.endswith("_id")]
        untyped = [name for name in ids if f"<uuid:{name}>" not in route.rule.rule]
        if not plain or untyped:
            wrong.append(route.rule.rule)
    assert wrong == []


def test_a_visitor_who_is_signed_out_is_let_in_nowhere(app: Flask) -> None:
    stranger = visitor(app)
    wrong = {}
    for route in routes(app):
        if route.guard == PUBLIC:
            continue
        answer = call(stranger, route)
        api = route.path.startswith(("/api/", "/hsds/"))
        let_in = (
            answer.status_code != 401
            if api
            else not answer.headers.get("Location", "").startswith("/sign-in")
        )
        if let_in:
            wrong[f"{route.method} {route.rule}"] = answer.status_code
    assert wrong == {}


def call(client: Visitor, route: Route) -> Any:
    """The request, with nothing in it but what every request carries."""
    if route.method == "GET":
        return client.get(route.path)
    if route.path.startswith("/api/"):
        return client.api(route.method, route.path, {})
    return client.send_form(route.path)


@pytest.fixture(scope="module")
def signed_in_as(app: Flask) -> Callable[[str], Visitor]:
    """A browser for each role, in a tenant of its kind, made once."""
    made: dict[str, Visitor] = {}

    def of(role: str) -> Visitor:
        if role not in made:
            kind: TenantKind = ROLES[role].tenant_kind
            made[role] = sign_in(app, make_account(app, make_tenant(app, kind), role))
        return made[role]

    return of


@pytest.mark.parametrize("role", list(ROLES))
def test_each_role_opens_what_the_page_of_permissions_says_and_nothing_else(
    app: Flask, signed_in_as: Callable[[str], Visitor], role: str
) -> None:
    """Ids belong to nobody: what the role may open is not found or not valid, what it may not is refused."""
    client, held = signed_in_as(role), permissions_of([role], ROLES[role].tenant_kind)
    wrong = {}
    for route in routes(app):
        if not isinstance(route.guard, Guard) or route.ends_the_session:
            continue
        status = call(client, route).status_code
        refused = status == 403
        if refused == route.guard.admits(held) or status >= 500 or status == 401:
            wrong[f"{route.method} {route.rule}"] = status
    assert wrong == {}


def test_managing_staff_opens_no_case_and_the_headquarters_see_none() -> None:
    subjects = {"client", "case", "consent", "referral", "inbox", "handoff", "arrival", "follow-up", "return"}
    of_a_person = {one for one in Permission if one.split(".")[0] in subjects}
    for role in ("centre_administrator", "network_administrator", "monitoring_officer"):
        assert not ROLES[role].permissions & of_a_person


def test_intake_registers_and_sees_clients_and_sends_nothing() -> None:
    held = ROLES["intake"].permissions
    assert {Permission.CLIENT_REGISTER, Permission.CLIENT_VIEW} <= held
    assert not {Permission.REFERRAL_SEND, Permission.HANDOFF_OFFER, Permission.CASE_VIEW} & held


def test_a_role_counts_only_in_a_tenant_of_its_kind() -> None:
    assert permissions_of(["coordinator"], "network") == frozenset()
    assert permissions_of(["network_administrator"], "centre") == frozenset()
    assert permissions_of(["queen"], "centre") == frozenset()
    assert permissions_of([], "centre") == frozenset()


def test_every_permission_is_held_by_some_role() -> None:
    held = frozenset().union(*(role.permissions for role in ROLES.values()))
    assert set(Permission) - held == set()
