"""She stops sharing with the shelter; and whom she refused is refused at the door."""

from __future__ import annotations

from itertools import pairwise

from network.rehearsal.asking import eventually, expect
from network.rehearsal.casework import prepared
from network.rehearsal.steps.shelter import parts_seen_by_shelter
from network.rehearsal.story import (
    BED_NEED,
    CASEWORKER,
    NAME,
    OPERATOR,
    RESIDENCE,
    SECRETS,
    SHELTER,
    Story,
    script,
)
from network.rehearsal.world import HASSAN, HOUSE
from network.tenants.context import TenantKind

SCRIPT = script()


@SCRIPT.step("a second referral to the shelter is sent and accepted", "caseworker and shelter worker")
def second_referral(story: Story) -> str:
    """No service has begun yet; the shelter knows who she is."""
    story.known["second referral"] = prepared(story, [BED_NEED], "shelter")
    path = story.path("referrals", "second referral")
    story.people[CASEWORKER].move(path, "send")
    accepted = story.people[SHELTER].move(path, "acceptance")
    expect(accepted.names(NAME), "the shelter does not see whom it accepted")
    return str(accepted.body["state"])


@SCRIPT.step("withdraw: sealed at once", CASEWORKER)
def withdraw(story: Story) -> str:
    """When the withdrawal is answered, nothing can be read any more."""
    caseworker = story.people[CASEWORKER]
    told = caseworker.post(f"{story.path('consents', 'consent')}/withdrawal", {"leaves": "sharing"}).body
    expect(all(grant["withdrawn_at"] for grant in told["grants"]), "a grant stands")
    for name in ("referral", "second referral"):
        page = story.people[SHELTER].get(story.path("referrals", name))
        expect(not page.names(*SECRETS), f"the {name} still names her")
        expect(parts_seen_by_shelter(story, name) == [], f"the database still shows the {name}'s parts")
    refusals = caseworker.get(f"{story.path('clients', 'client')}/refusals").body
    expect(len(refusals) == 1, "the refusal went with it")
    return "no field and no row is left to the shelter"


@SCRIPT.step("the shelter sees a tombstone", SHELTER)
def tombstone(story: Story) -> str:
    """That there was something, when it was sealed and why; nothing of her."""
    page = story.people[SHELTER].get(story.path("referrals", "second referral"))
    told = page.body
    expect(told["sealed_at"] and told["seal_reason"], "it does not say that it was sealed")
    expect(told["identity"] is None and not told["preview"], "something of it is left")
    inbox = story.people[SHELTER].get("inbox?done=true")
    expect(not inbox.names(*SECRETS), "the list of what was done names her")
    return str(told["seal_reason"])


@SCRIPT.step("the referral is recalled", "worker of the platform")
def recalled(story: Story) -> str:
    """No service had begun; the one that was served stays closed."""
    path = story.path("referrals", "second referral")
    caseworker = story.people[CASEWORKER]
    eventually(lambda: caseworker.get(path).body["state"] == "recalled" or None, "it was never recalled")
    expect(story.people[SHELTER].get(path).body["state"] == "recalled", "the shelter is told otherwise")
    first = caseworker.get(story.path("referrals", "referral")).body["state"]
    expect(first == "closed", f"the first one is {first}")
    return "recalled"


@SCRIPT.step("the audit shows it", OPERATOR)
def audited(story: Story) -> str:
    """Who did what, in one unbroken chain; and who was told what, on her card."""
    told = story.people[CASEWORKER].get(f"{story.path('clients', 'client')}/disclosures").body
    sealed = [one for one in told if one["exchange_id"] == story.known["second referral"]]
    expect(sealed and all(one["sealed_at"] for one in sealed), "her card does not say that it was sealed")
    centre = _trail(story, HASSAN.code, CASEWORKER, "centre")
    _expect_entries(centre, AUDITED_AT_CENTRE, "centre")
    second = {what for what, _kind, about in centre if about == story.known["second referral"]}
    expect({"prepared", "send", "recall"} <= second, f"of the recalled one it shows {sorted(second)}")
    shelter = _trail(story, HOUSE.code, SHELTER, "partner")
    _expect_entries(shelter, AUDITED_AT_SHELTER, "shelter")
    return f"{len(centre)} entries at the centre, {len(shelter)} at the shelter, no link missing"


@SCRIPT.step("a referral to a partner with the recruiter on its board is refused at the door", CASEWORKER)
def recruiter_refused(story: Story) -> str:
    """She had allowed the residence; but a recruiter sits on its board, and a refusal wins."""
    caseworker = story.people[CASEWORKER]
    story.known["refused referral"] = prepared(story, [BED_NEED], "residence")
    path = story.path("referrals", "refused referral")
    version = caseworker.get(path).etag
    lines = caseworker.refused("POST", f"{path}/send", status=409, version=version).body["lines"]
    refused = [line for line in lines if line["code"] == "refused"]
    expect(refused, f"the reasons told are {lines}")
    expect(
        "board" in str(refused) and "recruiter" in str(refused), f"it is not told who sits there: {refused}"
    )
    story.people[RESIDENCE].refused("GET", path, status=404)
    expect(story.people[RESIDENCE].get("inbox").body["items"] == [], "the residence has mail")
    trail = _trail(story, HASSAN.code, CASEWORKER, "centre")
    noted = ("disclosed", "exchange", story.known["refused referral"])
    expect(noted in trail, "the audit does not show the refusal")
    return "refused: recruiter, on its board; on record"


# What the two trails must hold by now: what was done, and to which kind of record.
AUDITED_AT_CENTRE = {
    ("registered", "client"),
    ("given", "consent"),
    ("refused", "consent"),
    ("disclosed", "packet"),
    ("viewed", "client"),
    ("withdrawn", "grant"),
    ("sealed", "packet"),
    ("recall", "referral"),
}
AUDITED_AT_SHELTER = {("viewed", "referral"), ("accept", "referral"), ("complete", "referral")}


def _trail(story: Story, code: str, title: str, kind: TenantKind) -> list[tuple[str, str, str]]:
    """What was done to what in one tenant, in order; fails the step where an entry is missing or out of line."""
    tenant, account = story.known[f"tenant of {code}"], story.people[title].account_id
    rows = story.database.ask(
        story.database.context(tenant, account, kind),
        "SELECT action, object_kind, object_id, seq, prev_hash, hash FROM audit_event ORDER BY seq",
    )
    expect([row[3] for row in rows] == list(range(1, len(rows) + 1)), "an entry is missing")
    expect(all(after[4] == before[5] for before, after in pairwise(rows)), "the chain is broken")
    return [(action, object_kind, str(about)) for action, object_kind, about, *_chain in rows]


def _expect_entries(trail: list[tuple[str, str, str]], wanted: set[tuple[str, str]], whose: str) -> None:
    missing = wanted - {(action, object_kind) for action, object_kind, _about in trail}
    expect(not missing, f"the {whose}'s trail does not show {sorted(missing)}")
