"""A bed in a shelter: found, refused where nothing was allowed, sent, accepted, answered, closed."""

from __future__ import annotations

from network.rehearsal.asking import expect
from network.rehearsal.casework import prepared
from network.rehearsal.story import (
    CASEWORKER,
    INSPECTOR,
    NAME,
    OPERATOR,
    PASSPORT_NEED,
    PHONE,
    SECRETS,
    SHELTER,
    SHELTER_NEED,
    Story,
    script,
)
from network.rehearsal.world import DORM, HOUSE, INSPECTORATE

SCRIPT = script()
PROFILE = {"sex": "female", "age": 27, "nationality": "BD", "children": [{"sex": "female", "age": 2}]}


@SCRIPT.step("find a shelter", CASEWORKER)
def find_shelter(story: Story) -> str:
    """By need, place, distance and language; and which of them take her."""
    asked = {
        "needs": [SHELTER_NEED],
        "place_code": "jo-al-hassan-industrial-estate",
        "radius_km": 60,
        "language": "bn",
        "profile": PROFILE,
        "case_id": story.known["case"],
    }
    found = story.people[CASEWORKER].post("service-searches", asked).body["items"]
    by_name = {one["organization_name"]: one for one in found}
    expect({HOUSE.name, DORM.name} <= by_name.keys(), f"found are {sorted(by_name)}")
    distances = [one["distance_km"] for one in found]
    expect(all(distances) and distances == sorted(distances), f"the distances are {distances}")
    house = by_name[HOUSE.name]
    expect(house["match"]["verdict"] != "not_eligible" and house["takes_referrals"], "it does not take her")
    story.known["shelter"] = house["service_at_location_id"]
    story.known["residence"] = by_name[DORM.name]["service_at_location_id"]
    return f"{HOUSE.name}, {house['distance_km']:.1f} km"


@SCRIPT.step("what no grant covers is refused and says why", CASEWORKER)
def refused_without_grant(story: Story) -> str:
    """Nobody asked her yet about the labour inspectorate: nothing leaves."""
    caseworker = story.people[CASEWORKER]
    found = caseworker.get(f"services?needs={PASSPORT_NEED}&place_code=jo-irbid").body["items"]
    story.known["inspectorate"] = next(
        one["service_at_location_id"] for one in found if one["organization_name"] == INSPECTORATE.name
    )
    story.known["passport's referral"] = prepared(story, [PASSPORT_NEED], "inspectorate")
    path = story.path("referrals", "passport's referral")
    draft = caseworker.get(path)
    answer = caseworker.refused("POST", f"{path}/send", status=409, version=draft.etag)
    codes = sorted({line["code"] for line in answer.body["lines"]})
    expect("no_grant" in codes, f"the reasons told are {codes}")
    expect(caseworker.get(path).body["state"] == "draft", "it left all the same")
    expect(story.people[INSPECTOR].get("inbox").body["items"] == [], "the inspectorate has mail")
    story.people[INSPECTOR].refused("GET", path, status=404)
    return ", ".join(codes)


@SCRIPT.step("preview of what will leave", CASEWORKER)
def preview(story: Story) -> str:
    """Field by field, each under its grant; nothing leaves by looking."""
    story.known["referral"] = prepared(story, [SHELTER_NEED], "shelter")
    path = story.path("referrals", "referral")
    told = story.people[CASEWORKER].get(f"{path}/proposal").body
    expect(told["ok"] and told["readable_until"], f"it could not be sent: {told['missing']}")
    identity = [one for one in told["leaving"] if one["part"] == "identity"]
    shown = [one for one in told["leaving"] if one["part"] == "preview"]
    expect(NAME in [one["value"] for one in identity], "her name is not among what will leave")
    expect(all(one["grant_id"] for one in identity), "something would leave under no grant")
    expect(not any(secret in str(shown) for secret in SECRETS), "the preview part would name her")
    expect(story.people[SHELTER].get("inbox").body["items"] == [], "the shelter has mail already")
    return f"{len(identity)} fields after acceptance, {len(shown)} before"


@SCRIPT.step("send the referral", CASEWORKER)
def send(story: Story) -> str:
    """On the version that was shown; on another it is refused."""
    caseworker, path = story.people[CASEWORKER], story.path("referrals", "referral")
    version = caseworker.get(path).body["version"]
    caseworker.refused("POST", f"{path}/send", status=428)
    caseworker.refused("POST", f"{path}/send", status=412, version=version + 7)
    sent = caseworker.post(f"{path}/send", {"priority": "emergency"}, version=version).body
    expect(sent["state"] == "sent" and sent["decide_by"], f"it is {sent['state']}")
    return str(sent["reference"])


@SCRIPT.step("the partner sees a preview that names nobody", SHELTER)
def partner_sees_preview(story: Story) -> str:
    """In her inbox: what is needed and how soon, and nobody's name, number or paper."""
    worker, path = story.people[SHELTER], story.path("referrals", "referral")
    inbox, page = worker.get("inbox"), worker.get(path)
    row = next(one for one in inbox.body["items"] if one["id"] == story.known["referral"])
    expect(row["unread"] and row["preview"] and page.body["preview"], "there is no preview")
    expect(page.body["identity"] is None, "the identity part is shown before accepting")
    expect(page.body["case_id"] is None, "the sender's case is told")
    named = inbox.names(*SECRETS) + page.names(*SECRETS, story.known["client"], story.known["case"])
    expect(not named, "it names her before accepting")
    return f"{row['priority']}, to be decided by {page.body['decide_by'][:16]}"


@SCRIPT.step("the database hides the identity part before accepting", OPERATOR)
def hidden_before_accepting(story: Story) -> str:
    """Asked as the application's role in the shelter's own context."""
    parts = parts_seen_by_shelter(story, "referral")
    expect(parts == ["preview"], f"the shelter's rows are {parts}")
    return "only the preview's row"


@SCRIPT.step("accept", SHELTER)
def accept(story: Story) -> str:
    """The shelter says yes."""
    worker, path = story.people[SHELTER], story.path("referrals", "referral")
    seen = worker.move(path, "acknowledgement").body
    expect(seen["state"] == "received", f"it is {seen['state']}")
    said = worker.move(path, "acceptance").body
    expect(said["state"] == "accepted" and said["accepted_at"], f"it is {said['state']}")
    return str(said["state"])


@SCRIPT.step("identity is shown after accepting", SHELTER)
def identity_is_shown(story: Story) -> str:
    """Her name and number, as she allowed; and nothing that she did not."""
    page = story.people[SHELTER].get(story.path("referrals", "referral"))
    expect(page.names(NAME, PHONE) == [NAME, PHONE], "name or number is missing")
    expect(not page.names(SECRETS[3]), "her passport's number is shown, which she did not allow")
    expect(parts_seen_by_shelter(story, "referral") == ["identity", "preview"], "a part's row is missing")
    return f"{sum(len(one) for one in page.body['identity'].values())} fields"


@SCRIPT.step("record the outcome", SHELTER)
def record_outcome(story: Story) -> str:
    """She came, and was given a bed."""
    worker, path = story.people[SHELTER], story.path("referrals", "referral")
    begun = worker.move(path, "start").body
    expect(begun["state"] == "in_progress", f"it is {begun['state']}")
    told = worker.move(path, "outcome", {"outcomes": ["served_full"], "text": "She has a room."}).body
    expect(told["state"] == "completed", f"it is {told['state']}")
    expect([need["outcome_code"] for need in told["needs"]] == ["served_full"], "the outcome is lost")
    return "served in full"


@SCRIPT.step("the caseworker sees each step with its time", CASEWORKER)
def each_step(story: Story) -> str:
    """What the shelter did, and when."""
    page = story.people[CASEWORKER].get(story.path("referrals", "referral")).body
    moves = [one["move"] for one in page["steps"]]
    expect(moves == ["send", "acknowledge", "accept", "start", "complete"], f"the steps told are {moves}")
    times = [one["at"] for one in page["steps"]]
    expect(all(times) and times == sorted(times), "a step has no time, or a wrong one")
    expect([need["outcome_code"] for need in page["needs"]] == ["served_full"], "the outcome did not come")
    return ", ".join(moves)


@SCRIPT.step("close with the client's own word", CASEWORKER)
def close(story: Story) -> str:
    """The loop is closed by what she says herself; without it, it stays open."""
    caseworker, path = story.people[CASEWORKER], story.path("referrals", "referral")
    version = caseworker.get(path).etag
    caseworker.refused("POST", f"{path}/closure", {}, status=422, version=version)
    closed = caseworker.move(path, "closure", {"helped": "yes", "words": "We sleep. The door has a lock."})
    expect(closed.body["state"] == "closed", f"it is {closed.body['state']}")
    told = story.people[SHELTER].get(path)
    expect(not told.names("The door has a lock"), "the shelter reads what she said of it")
    return "it helped"


def parts_seen_by_shelter(story: Story, referral: str) -> list[str]:
    """Which parts of a referral's packet the database shows to the shelter."""
    person = story.people[SHELTER]
    context = story.database.context(story.known[f"tenant of {HOUSE.code}"], person.account_id, "partner")
    rows = story.database.ask(
        context, "SELECT part FROM packet_part WHERE exchange_id = %s ORDER BY part", story.known[referral]
    )
    return [str(part) for (part,) in rows]
