"""Her passport comes back by a referral to the labour inspectorate, and she lets the centre act in her claim."""

from __future__ import annotations

from datetime import UTC, datetime

from network.rehearsal.asking import expect
from network.rehearsal.casework import consent, to_get_service, to_hear_back
from network.rehearsal.story import CASEWORKER, INSPECTOR, NAME, PASSPORT_NEED, Story, script
from network.rehearsal.world import INSPECTORATE

SCRIPT = script()


@SCRIPT.step("recover the passport by a referral to the inspectorate", "caseworker and labour inspector")
def recover_passport(story: Story) -> str:
    """Asked anew, she allows it; the draft that was refused leaves now, and is answered."""
    office = story.known[f"organization of {INSPECTORATE.code}"]
    grants = [to_get_service(PASSPORT_NEED, office, "employment"), to_hear_back(office)]
    consent(story, "client", "case", grants)
    caseworker, inspector = story.people[CASEWORKER], story.people[INSPECTOR]
    path = story.path("referrals", "passport's referral")
    sent = caseworker.move(path, "send").body
    expect(sent["state"] == "sent", f"it is {sent['state']}")
    expect(inspector.get(path).body["identity"] is None, "the identity part is shown before accepting")
    inspector.move(path, "acceptance")
    expect(inspector.get(path).names(NAME), "her name is not shown after accepting")
    inspector.move(path, "start")
    inspector.move(path, "outcome", {"outcomes": ["served_full"]})
    closed = caseworker.move(path, "closure", {"helped": "yes"}).body
    expect(closed["state"] == "closed", f"it is {closed['state']}")
    caseworker.post(f"{story.path('documents', 'passport')}/recovered", {"recovered_on": today()})
    paper = caseworker.get(story.path("clients", "client")).body["documents"][0]
    expect((paper["holder"], paper["recovered_on"]) == ("client", today()), "the card does not say so")
    return "it is in her own hands"


@SCRIPT.step("sign an authorization for the claim", CASEWORKER)
def authorize(story: Story) -> str:
    """So that the claim goes on when she is home."""
    caseworker = story.people[CASEWORKER]
    signed = {"scope": ["lodge", "settle", "receive_payment"], "signed_on": today()}
    caseworker.post(f"{story.path('claims', 'claim')}/authorizations", signed)
    claim = caseworker.get(story.path("cases", "case")).body["claims"][0]
    scopes = [sorted(one["scope"]) for one in claim["authorizations"]]
    expect(scopes == [["lodge", "receive_payment", "settle"]], f"the authorizations are {scopes}")
    return "lodge, settle, receive payment"


def today() -> str:
    """The day, as the installation's clock has it."""
    return datetime.now(UTC).date().isoformat()
