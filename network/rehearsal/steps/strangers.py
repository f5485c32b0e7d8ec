"""Those who have no business with her: nothing at the API, and nothing in the database."""

from __future__ import annotations

from uuid import uuid4

from network.rehearsal.asking import Person, expect
from network.rehearsal.story import (
    CASEWORKER,
    HEADQUARTERS,
    NOBODY,
    OPERATOR,
    SECRETS,
    STRANGER,
    Story,
    script,
)
from network.rehearsal.world import HASSAN, OTHER

SCRIPT = script()
# Addresses of hers, with what stands for the id; and what everybody may ask for and must find empty.
HERS = (
    ("clients/{}", "client"),
    ("clients/{}/consents", "client"),
    ("clients/{}/grants", "client"),
    ("clients/{}/refusals", "client"),
    ("clients/{}/disclosures", "client"),
    ("cases/{}", "case"),
    ("referrals/{}", "referral"),
    ("referrals/{}/proposal", "refused referral"),
    ("cases/{}/return-screening", "case"),
    ("cases/{}/follow-ups", "case at home"),
    ("handoffs/{}", "handoff"),
    ("cases/{}", "case at home"),
)
LISTS = (
    "clients",
    "cases",
    "referrals",
    "inbox",
    "referrals?done=true",
    "inbox?done=true",
    "handoffs?done=true",
    "handoffs/offers",
)
PAGES = (
    ("/clients/{}", "client"),
    ("/cases/{}", "case"),
    ("/referrals/{}", "referral"),
    ("/handoffs/{}", "handoff"),
)


@SCRIPT.step("another centre's coordinator sees nothing", STRANGER)
def stranger(story: Story) -> str:
    """Not by address, not in a list, not by a search, and nothing she sends changes anything."""
    person = story.people[STRANGER]
    for path, name in HERS:
        person.refused("GET", path.format(story.known[name]), status=404)
    for path in LISTS:
        expect(person.get(path).body["items"] == [], f"{path} is not empty")
    expect(person.post("clients/search", {"question": SECRETS[0]}).body == [], "a search finds her")
    case, referral = story.path("cases", "case"), story.path("referrals", "refused referral")
    person.refused("POST", f"{case}/notes", {"text": "I was here."}, status=404)
    person.refused("POST", f"{referral}/send", status=404, version=1)
    person.refused("PATCH", story.path("clients", "client"), {"age": 99}, status=404, version=1)
    card = story.people[CASEWORKER].get(story.path("clients", "client")).body
    expect(card["client"]["age"] == 27, "her card was changed")
    return f"{len(HERS)} addresses, {len(LISTS)} lists, 3 tries to change something"


@SCRIPT.step("the network administrator sees nothing", HEADQUARTERS)
def network_administrator(story: Story) -> str:
    """Whoever runs the network has no permission for any of it."""
    _refused_everywhere(story, story.people[HEADQUARTERS], 403)
    return f"{len(HERS) + len(LISTS)} addresses"


@SCRIPT.step("signed out sees nothing", NOBODY)
def signed_out(story: Story) -> str:
    """Neither at the API nor at the pages, which lead to the sign-in."""
    _refused_everywhere(story, story.nobody, 401)
    for path, name in PAGES:
        answer = story.nobody.ask("GET", path.format(story.known[name]))
        expect(answer.status in (302, 401), f"{path} answered {answer.status}")
        expect(not answer.names(*SECRETS), f"{path} names her")
    spoilt = Person(NOBODY, story.address, token="x" * 43)
    spoilt.refused("GET", story.path("clients", "client"), status=401)
    spoilt.close()
    return f"{len(HERS) + len(LISTS)} addresses, {len(PAGES)} pages, an invented session"


@SCRIPT.step("a forged id is answered like an unknown one", STRANGER)
def forged_id(story: Story) -> str:
    """Word for word: nobody learns whether it exists."""
    person = story.people[STRANGER]
    for path, name in HERS:
        hers = person.refused("GET", path.format(story.known[name]), status=404).body
        unknown = person.refused("GET", path.format(uuid4()), status=404).body
        for one in (hers, unknown):
            one.pop("request_id", None)
        expect(hers == unknown, f"{path} tells them apart")
        person.refused("GET", path.format("not-an-id"), status=404)
    return f"{len(HERS)} addresses"


@SCRIPT.step("the database shows nothing without a context", OPERATOR)
def no_context(story: Story) -> str:
    """Every private, two-party and gate table, as the application's own role."""
    seen = story.database.rows_seen("")
    expect(not seen, f"rows are seen: {seen}")
    own = story.database.rows_seen(_context_of(story, HASSAN.code, CASEWORKER))
    expect(own.get("client") == 2, "the centre itself does not see its two clients")
    return "no row in any table; the centre itself sees its own"


@SCRIPT.step("the database answers a forged context with an error", OPERATOR)
def forged_context(story: Story) -> str:
    """Another tenant in the place of the signed one, and one made up whole."""
    signed = _context_of(story, OTHER.code, STRANGER)
    other, hassan = (story.known[f"tenant of {one.code}"] for one in (OTHER, HASSAN))
    for forged in (signed.replace(other, hassan), signed[:-1] + "0z"[signed[-1] == "0"], "1|staff|made-up"):
        expect(story.database.refuses(forged), "a forged context is taken")
    expect(not story.database.refuses(signed), "a true context is refused")
    return "3 of 3"


@SCRIPT.step("the database shows nothing of hers to another tenant", OPERATOR)
def other_context(story: Story) -> str:
    """The other centre's rows are its own; hers are in none of them."""
    context, hassan = _context_of(story, OTHER.code, STRANGER), story.known[f"tenant of {HASSAN.code}"]
    seen = story.database.rows_seen(context)
    of_hers = sorted({"client", "case_file", "exchange", "packet", "packet_part", "packet_key"} & seen.keys())
    expect(not of_hers, f"rows are seen: {of_hers}")
    for table in story.database.tables_of_tenants():
        expect(story.database.rows_of(context, table, hassan) == 0, f"rows of {table} are seen")
    return "none of hers"


def _refused_everywhere(story: Story, person: Person, status: int) -> None:
    for path, name in HERS:
        answer = person.refused("GET", path.format(story.known[name]), status=status)
        expect(not answer.names(*SECRETS), f"{path} names her")
    for path in LISTS:
        person.refused("GET", path, status=status)


def _context_of(story: Story, code: str, title: str) -> str:
    tenant = story.known[f"tenant of {code}"]
    return story.database.context(tenant, story.people[title].account_id, "centre")
