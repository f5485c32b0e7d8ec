"""A thousand wrong or hostile requests: each is refused, none is a fault of ours, and nothing changes."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tests.attack.bodies import EVIL
from tests.attack.shots import ATTACKS, ODD_HEADERS, ODD_QUERY, SHARED, Hand, Shot
from tests.attack.targets import targets
from tests.factories import visitor
from tests.support.demonstration import Installation, Somebody

SEED = 20261122
ENOUGH = 1000
ROUNDS = 5
PEOPLE = (
    ("al-hassan", "caseworker"),
    ("al-hassan", "coordinator"),
    ("al-hassan", "intake"),
    ("al-hassan", "monitoring_officer"),
    ("al-hassan", "centre_administrator"),
    ("shurjodoy-dhaka", "coordinator"),
    ("caritas-jordan", "coordinator"),
    ("dar-al-yaqeen", "partner_worker"),
    ("dar-al-yaqeen", "partner_manager"),
    ("labour-inspection-irbid", "partner_manager"),
    ("headquarters", "network_administrator"),
)


@pytest.fixture(scope="module")
def people(installation: Installation) -> list[Somebody]:
    """One of each role, and a stranger's centre."""
    return [installation.sign_in(*one) for one in PEOPLE]


def hand_of(
    installation: Installation, chance: Random, who: Somebody, pools: dict[str, dict[str, set[str]]]
) -> Hand:
    """What this person knows: her own tenant's ids, and others' that she should not know."""
    mine = str(who.who.tenant_id)
    own = {name: sorted(by.get(mine, ())) for name, by in pools.items()}
    shared = {name: sorted(set().union(*by.values())) for name, by in pools.items() if name in SHARED}
    others = {name: sorted(set().union(*by.values()) - by.get(mine, set())) for name, by in pools.items()}
    stranger = visitor(installation.app).csrf_token()
    return Hand(installation.app, chance, own | shared, others, who.browser.csrf_token, stranger)


def fire(installation: Installation, who: Somebody, shot: Shot) -> TestResponse:
    """Send it."""
    browser: Client = installation.app.test_client(use_cookies=False) if shot.signed_out else who.browser
    headers: list[tuple[str, str]] = list(shot.headers.items())
    given: dict[str, Any] = {"data": shot.data} if shot.data is not None else {}
    if shot.content_type is not None:
        given["content_type"] = shot.content_type
    return browser.open(shot.path, method=shot.method, headers=headers, query_string=shot.query, **given)


def wrong_with(installation: Installation, who: Somebody, shot: Shot, answer: TestResponse) -> str:
    """What is wrong with this answer, or nothing."""
    place = answer.headers.get("Location", "")
    if answer.status_code >= 500 and not shot.path.startswith(
        "/readyz"
    ):  # it says that no scheduler runs here
        return f"answered {answer.status_code}"
    if place and (not place.startswith("/") or place.startswith(("//", "/\\"))):
        return f"leads to {place}"
    if EVIL.encode() in answer.data:
        return "repeats a host that the visitor made up"
    if answer.status_code >= 400 or is_harmless(installation, who, shot, answer, place):
        return ""
    return f"answered {answer.status_code} {place}"


def is_harmless(
    installation: Installation, who: Somebody, shot: Shot, answer: TestResponse, place: str
) -> bool:
    """Whether an answer that is no 4xx may be given all the same. That nothing changed is asked of every row."""
    if place.startswith(("/sign-in", "/unlock")) and answer.status_code == 302:
        return True  # whoever is signed out is led to the door by a page
    if shot.method == "OPTIONS":
        return True  # it names the methods, and no view runs
    if shot.method in ("GET", "HEAD") and shot.what in (ODD_QUERY, ODD_HEADERS):
        return True  # a filter or header that means nothing to us is passed over: the page is shown as without it
    if shot.method == "GET" and place:
        # A part of a page leads to the page of which it is one, which then refuses.
        return who.browser.get(place).status_code >= 400
    if answer.status_code == 303:
        # A page that was overtaken leads back to how things stand, and says that nothing was changed.
        with who.browser.session_transaction() as session:
            told = session.pop("_flashes", [])
        return bool(told) and {kind for kind, _ in told} <= {"error", "warning"}
    return False


def test_a_thousand_hostile_requests_are_refused_and_change_nothing(
    installation: Installation, people: list[Somebody]
) -> None:
    """Made from the application's own routes and schemas, the same in every run; a new route joins by itself."""
    chance = Random(SEED)
    rows = installation.rows()
    pools = rows.ids()
    hands = [(who, hand_of(installation, chance, who, pools)) for who in people]
    before = rows.digests()
    faults: list[str] = []
    fired: Counter[str] = Counter()
    found = targets(installation.app)
    for target in [one for _ in range(ROUNDS) for one in chance.sample(found, len(found))]:
        if fired.total() >= ENOUGH and fired.total() >= 3 * len(found):
            break
        allowed = [one for one in hands if target.admits(one[0].permissions)]
        who, hand = chance.choice(allowed if allowed and chance.random() < 0.9 else hands)
        shots = (attack(hand, target) for attack in chance.sample(ATTACKS, len(ATTACKS)))
        shot = next((one for one in shots if one is not None), None)
        if shot is None:
            continue
        answer = fire(installation, who, shot)
        fired[shot.what] += 1
        if problem := wrong_with(installation, who, shot, answer):
            faults.append(f"{problem}\n  {who.title} at {target}\n  {shot}\n  {answer.data[:300]!r}")
    after = rows.digests()
    changed = sorted(name for name in before if before[name] != after[name])
    assert not faults, f"{len(faults)} of {fired.total()}:\n" + "\n".join(faults[:25])
    assert changed == []
    assert fired.total() >= ENOUGH
