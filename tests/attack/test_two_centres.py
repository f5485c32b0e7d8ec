"""Two centres, two people signed in: nothing that one is answered tells her about the other's cases."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from random import Random

import pytest
from werkzeug.test import TestResponse

from tests.attack.shots import SHARED, Hand, Shot
from tests.attack.targets import Target, targets
from tests.attack.test_requests import fire, hand_of
from tests.support.demonstration import Installation, Somebody
from tests.support.statements import statements

# Different in every answer: the request's id, tokens of the form, what the visitor herself has sent.
CHANGING = re.compile(
    r'name="(csrf_token|idempotency_key)" value="[^"]*"|name="csrf-token" content="[^"]*"|'
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
HEADERS_THAT_CHANGE = frozenset({"X-Request-ID", "Set-Cookie", "Content-Length", "Date"})


@pytest.fixture(scope="module")
def stranger(installation: Installation) -> Somebody:
    """The coordinator of a centre that has nothing to do with the story: no role of a centre sees more."""
    return installation.sign_in("caritas-jordan", "coordinator")


@pytest.fixture(scope="module")
def hand(installation: Installation, stranger: Somebody) -> Hand:
    """Her own ids, and everybody else's."""
    return hand_of(installation, Random(1), stranger, installation.rows().ids())


def said(answer: TestResponse) -> tuple[object, ...]:
    """What an answer tells, without what is different every time."""
    headers = sorted(one for one in answer.headers.items() if one[0] not in HEADERS_THAT_CHANGE)
    return (
        answer.status_code,
        CHANGING.sub("*", answer.get_data().decode("utf-8", "replace")),
        CHANGING.sub("*", json.dumps(headers)),
    )


def with_ids(found: list[Target]) -> Iterator[tuple[Target, str]]:
    """Every route that names a record of one centre, with the argument that names it."""
    for target in found:
        for name in sorted(target.rule.arguments):
            if f"<uuid:{name}>" in target.rule.rule and name not in SHARED and name != "subject_id":
                yield target, name


def test_what_is_anothers_is_answered_like_what_is_not_there(
    installation: Installation, stranger: Somebody, hand: Hand
) -> None:
    """Word for word, header for header, and after the same statements: at every route, by every method."""
    differences, asked = [], 0
    for target, name in with_ids(targets(installation.app)):
        if not target.admits(stranger.permissions):
            continue
        body = hand.body(target)
        ids = hand.ids(target)
        shots: list[Shot] = []
        for one in (hand.ids(target, foreign=name)[name], str(uuid.uuid4())):
            shots.append(hand.aimed(target, name, dict(body), **(ids | {name: one})))
        told, done = [], []
        for shot in shots:
            with statements(installation.app) as sent:
                told.append(said(fire(installation, stranger, shot)))
            done.append(sent)
        asked += 1
        if told[0] != told[1]:
            differences.append(
                f"{target} by {name}: {told[0][0]} and {told[1][0]}\n{told[0][1]:.300}\n{told[1][1]:.300}"
            )
        elif done[0] != done[1]:
            differences.append(f"{target} by {name}: {len(done[0])} and {len(done[1])} statements")
    assert differences == [], "\n".join(differences)
    assert asked > 150


def test_no_list_of_hers_names_a_record_of_another_centre(
    installation: Installation, stranger: Somebody, hand: Hand
) -> None:
    """Every page and list without an id: no private id of another tenant, no reference, no name of a client."""
    with installation.rows().connected() as admin:
        mine = str(stranger.who.tenant_id)
        references = {
            one
            for table in ("client", "case_file")
            for (one,) in admin.execute(f"SELECT reference FROM {table} WHERE tenant_id <> %s", (mine,))
        } | {
            one
            for (one,) in admin.execute(
                "SELECT reference FROM exchange WHERE from_tenant_id <> %s AND to_tenant_id IS DISTINCT FROM %s",
                (mine, mine),
            )
        }
    private = {
        "client_id",
        "case_id",
        "exchange_id",
        "packet_id",
        "consent_id",
        "grant_id",
        "claim_id",
        "document_id",
    }
    theirs = {one for name in private for one in hand.others[name]}
    assert len(references) > 60
    assert len(theirs) > 200
    seen = 0
    for target in targets(installation.app):
        if target.method != "GET" or target.rule.arguments or not target.admits(stranger.permissions):
            continue
        for path in (target.rule.rule, f"{target.rule.rule}?done=true"):
            text = stranger.browser.get(path).get_data().decode("utf-8", "replace")  # some are files
            assert {one for one in references if one in text} == set(), path
            assert set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)) & theirs == set(), (
                path
            )
            seen += 1
    assert seen > 40


def test_a_search_finds_nobody_of_another_centre(installation: Installation, stranger: Somebody) -> None:
    """By name, number, paper or reference: the answer to a client of another's is that to an invented one."""
    asked = ["Rina", "Akter", "رينا", "+962730000027", "ZZ0000027"]
    with installation.rows().connected() as admin:
        mine = str(stranger.who.tenant_id)
        asked += [
            one
            for (one,) in admin.execute("SELECT reference FROM client WHERE tenant_id <> %s LIMIT 5", (mine,))
        ]
        own = {str(one) for (one,) in admin.execute("SELECT id FROM client WHERE tenant_id = %s", (mine,))}
    for question in asked:
        found = stranger.browser.api("POST", "/api/v1/clients/search", {"question": question})
        assert found.status_code == 200
        named = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", found.text)
        assert set(named) <= own, question


def test_a_counter_stands_still_while_another_centre_works(
    installation: Installation, stranger: Somebody
) -> None:
    """What is polled carries a validator: another centre's work must not change it."""
    before = [
        stranger.browser.get(path)
        for path in ("/", "/inbox", "/cases", "/clients", "/referrals", "/handoffs")
    ]
    busy = installation.sign_in("al-hassan", "caseworker")
    made = busy.browser.api(
        "POST",
        "/api/v1/clients",
        {
            "name": "Somebody New",
            "sex": "female",
            "age_basis": "adult",
            "needs": ["labour.wages"],
            "contacts": [],
            "documents": [],
        },
    )
    assert made.status_code == 201, made.text
    after = [
        stranger.browser.get(path)
        for path in ("/", "/inbox", "/cases", "/clients", "/referrals", "/handoffs")
    ]
    for first, second in zip(before, after, strict=True):
        assert said(first) == said(second)
        assert first.headers.get("ETag") == second.headers.get("ETag")
