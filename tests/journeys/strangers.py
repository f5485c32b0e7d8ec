"""Those who have nothing to do with her: what they are told where others read of her."""

from __future__ import annotations

import re
from uuid import uuid4

from network.core.ids import new_id
from network.rehearsal.database import Database
from network.tenants.isolation import ContextSigner
from tests.journeys.conftest import Network
from tests.support.walker import Walker

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
RECORD = re.compile(rf"/(clients|cases|referrals|handoffs)/({ID.pattern})")
LISTS = (
    "clients",
    "cases",
    "referrals",
    "inbox",
    "referrals?done=true",
    "inbox?done=true",
    "handoffs/offers",
)
PAGES = ("/", "/clients", "/cases", "/referrals", "/inbox", "/handoffs", "/arrivals", "/follow-ups")
OF_HERS = ("client", "case_file", "exchange", "packet", "packet_part", "packet_key", "consent", "follow_up")


def addresses(network: Network) -> list[str]:
    """Every page with an id in its address that anybody has met, and its twin in the API."""
    met = sorted({path for walker in network.walkers.values() for path in walker.met if ID.search(path)})
    records = {match.groups() for path in met for match in RECORD.finditer(path)}
    return [*met, *sorted(f"/api/v1/{kind}/{record_id}" for kind, record_id in records)]


def nobody_else_sees_it(network: Network, *secrets: str) -> None:
    """At the page, the API and the database."""
    hers = addresses(network)
    assert len(hers) > 20
    stranger, administrator = network.at("stranger"), network.at("headquarters")
    for walker, statuses in (
        (stranger, {404}),
        (administrator, {403, 404}),
        (network.anybody(), {302, 303, 401}),
    ):
        for path in hers:
            answer = ask(walker, path)
            assert answer[0] in statuses, f"{walker.name}: {path} answered {answer[0]}"
            assert not named(answer[1], secrets), f"{walker.name}: {path} names her"
    for path in (*PAGES, *(f"/api/v1/{name}" for name in LISTS)):
        assert not named(ask(stranger, path)[1], secrets), path
    for path in hers:
        forged = ID.sub(lambda _match: str(uuid4()), path)
        assert plain(ask(stranger, path)[1], path) == plain(ask(stranger, forged)[1], forged), path
    at_the_database(network)


def at_the_database(network: Network) -> None:
    """As the role of the application: no row without a context, an error for a forged one, none for another."""
    signer = ContextSigner(network.settings.context_key)
    asked = Database(network.database.app_url, signer)
    assert asked.rows_seen("") == {}
    own, other = (network.places[name].tenant_id for name in ("centre", "stranger"))
    context = asked.context(str(other), str(new_id()), "centre")
    for forged in (
        context.replace(str(other), str(own)),
        context[:-1] + "0z"[context[-1] == "0"],
        "1|staff|x",
    ):
        assert asked.refuses(forged)
    assert not set(OF_HERS) & asked.rows_seen(context).keys()
    for table in asked.tables_of_tenants():
        assert asked.rows_of(context, table, str(own)) == 0, table
    seen = asked.rows_seen(asked.context(str(own), str(new_id()), "centre"))
    assert seen["client"] == 2


def ask(walker: Walker, path: str) -> tuple[int, str]:
    """What the address answers to whoever sits at this screen."""
    answer = walker.page.request.get(path, max_redirects=0)
    return answer.status, answer.text()


def named(text: str, secrets: tuple[str, ...]) -> list[str]:
    """Which of these stand in a text."""
    return [secret for secret in secrets if secret in text]


def plain(text: str, path: str) -> str:
    """An answer without what differs every time: ids, and the tokens of its forms."""
    text = ID.sub("#", text.replace(path, ""))
    return re.sub(r'(csrf[_-]token"[^>]*(?:value|content)=")[^"]*|"request_id": ?"[^"]*"', r"\1", text)
