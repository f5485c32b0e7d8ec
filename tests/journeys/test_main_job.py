"""The main job, walked by those who do it: from the first page on, by what is visible, in few taps."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from flask_babel import force_locale
from playwright.sync_api import APIResponse
from sqlalchemy import select

from network.audit.models import AuditEvent
from network.consent.questions import ASKED
from network.core import clock
from network.core.db import db
from network.directory import geo
from network.tenants.context import job_identity, scope
from tests.journeys.conftest import Network
from tests.journeys.strangers import nobody_else_sees_it
from tests.support.walker import Walker

NAME, GIRL, PHONE = "Rehana Begum Invented", "Jhinuk Invented", "+962790000127"
EMPLOYER, AT_HOME = "Invented Garments", "Invented Migrants' Centre"
GUARDIAN = (
    "I have checked that this person is the guardian, "
    "and neither employer nor recruiter nor somebody who may do harm"
)
BED, NOTE_AT_HOME = "protection.accommodation", "Lives with her brother and looks for work."
# The longest step, as a whole, for whoever does most of it.
MOST_OF_STEP_FOUR = 21
ARRIVES = clock.today("Asia/Amman") + timedelta(days=2)


def comes_to_the_centre(network: Network) -> None:
    """Her card, her child, her case; what she allows, and one refusal."""
    her = network.at("centre")
    with her.step("1 she comes"):
        her.press("Register a client")
        her.write("Name", NAME)
        her.tick(her.say("Female"))
        her.write("Age in years", "27")
        her.select("Nationality", "BD")
        her.write("Number", PHONE)
        her.tick(her.term("safe_contact.channel", "call"))
        for need in ("labour.wages", "documents.recovery", "protection.shelter", "return.travel"):
            her.tick(her.term("needs", need))
        her.write("Name of the child", GIRL)
        her.tick(her.term("relationships", "daughter"))
        her.write("Age of the child in years", "2")
        her.write("Employer", EMPLOYER)
        her.select("Who holds the passport", "employer")
        her.press("Register")
        assert NAME in her.text()
        her.press("Ask for consent")
        assert her.term("needs", "protection.shelter") in her.text()
        her.tick(her.say("Yes"))
        her.tick(her.say("Yes"), nth=1)
        her.tick(her.term("recipient_classes", "recruiter"))
        her.write("In her own words", "A house for women may know my name. The agent never.")
        her.press("Save the answers")
        assert her.say("Never: %(whom)s", whom=her.term("recipient_classes", "recruiter")) in her.text()


def opens_her_case(her: Walker) -> None:
    """From the first page to the woman who stands there: her case is among my newest, by its needs."""
    row = her.page.locator("#cases li", has_text=her.term("needs", "documents.recovery"))
    her.follow(row.get_by_role("link").first)
    assert NAME in her.text()


def finds_a_shelter(network: Network) -> None:
    """By need, place, distance and language; what leaves is shown first, and what is not covered does not."""
    her = network.at("centre")
    with her.step("2 a shelter is asked"):
        opens_her_case(her)
        her.press("Find a service")
        her.press_said(her.term("needs", "protection.shelter"))
        her.unfold("Search otherwise")
        her.write("Where", "Irbid")
        her.select("How far", "25")
        her.select("Language spoken", "bn")
        her.press("Find services")
        sends_it(network)
    network.jobs()


def sends_it(network: Network) -> None:
    """What leaves is shown line by line, and whom she refuses is not asked."""
    her = network.at("centre")
    refused = her.term("recipient_classes", "recruiter")
    assert refused in her.text()
    her.press("Ask this service")
    assert NAME in her.text()
    assert geo.get_place("jo-irbid").label(her.language) in her.text()
    assert her.say("Seen once they accept") in her.text()
    assert EMPLOYER not in her.text()
    her.press("Send referral")


def accepts_at_the_shelter(network: Network) -> None:
    """On the shelter's side: a preview that names nobody, yes, and who it is."""
    her = network.at("shelter")
    with her.step("3 accepted at the shelter"):
        her.press_first_task()
        for secret in (NAME, PHONE, GIRL):
            assert secret not in her.page.content()
        her.press("Accept")
        assert NAME in her.text()
    network.jobs()
    with her.step("3 served at the shelter"):
        her.press_first_task()
        her.press("Record outcome")
        her.tick(her.term("service_outcomes", "served_full"))
        her.press("Record outcome")
    network.jobs()


def closes_the_loop(network: Network) -> None:
    her = network.at("centre")
    with her.step("3 the loop is closed"):
        her.press_first_task()
        her.tick(her.say("Yes, it helped"))
        her.write("In her own words", "We sleep. The door has a lock.")
        her.press("Close the referral")
    network.jobs()


def recovers_her_passport(network: Network) -> None:
    """Whom to ask stands in the case. Nobody asked her yet about the inspectorate: she is asked where it is sent."""
    her = network.at("centre")
    with her.step("4 the inspectorate is asked"):
        opens_her_case(her)
        who = network.places["inspectorate"].name
        her.press("%(need)s: ask %(who)s", need=her.term("needs", "documents.recovery"), who=who)
        assert her.say("Seen once they accept") in her.text()
        her.write("In her own words", "The inspector may know me, to get my passport.")
        her.press("The answer is yes: send the referral")
    network.jobs()
    inspector = network.at("inspectorate")
    with inspector.step("4 the inspectorate answers"):
        inspector.press_first_task()
        inspector.press("Accept")
        inspector.press("Record outcome")
        inspector.tick(inspector.term("service_outcomes", "served_full"))
        inspector.press("Record outcome")
    network.jobs()


def goes_on_to_the_offer(network: Network) -> None:
    """Her passport is back; she signs for her wages; she is asked about the return; mother and child are offered."""
    her = network.at("centre")
    with her.step("4 passport, claim, screening and offer"):
        her.press_first_task()
        assert her.term("document_types", "passport") in her.text()
        her.press("It helped, and it is back: close")
        signs_for_her_claim(her)
        her.select("Which kind of return is it?", "own_plan")
        free = her.say("Yes, and nobody presses her to go")
        her.choose(her.say("Asked alone: is it her own choice?"), free)
        her.choose(her.say("Does she fear anything at home?"), her.say("No"))
        her.write("Arrives on", ARRIVES.isoformat())
        her.press("Claim explained: save the answers")
        assert NAME in her.text()
        asks_for_both(her)
        her.press("The answer is yes: offer all %(count)s", count=2)
    network.jobs()


def signs_for_her_claim(her: Walker) -> None:
    """Four months' wages, and her authorization to go on with it when she is gone."""
    her.press("Add a claim")
    her.tick(her.say("Lodge the claim"))
    her.tick(her.say("Receive payment"))
    her.press("Save it, then screen the return")


def asks_for_both(her: Walker) -> None:
    """The questions stand there to be read aloud; the mother answers for the child as well."""
    for purpose in ("case_transfer", "follow_up_contact", "claim_pursuit"):
        with her.app.test_request_context(), force_locale(her.language):
            assert str(ASKED[purpose]) % {"who": AT_HOME, "need": ""} in her.text()
    with her.app.test_request_context(), force_locale(her.language):
        contact = str(ASKED["follow_up_contact"]) % {"who": AT_HOME, "need": ""}
    her.choose(contact, her.say("Yes"))
    her.tick(her.say(GUARDIAN))
    her.write("In her own words", "My sister's town may know us. They help us there.")


def comes_home(network: Network) -> None:
    """At the centre at home: yes by a preview that names nobody; the arrival, the case, the plan."""
    his = network.at("origin")
    with his.step("4 accepted at home"):
        his.press_first_task()
        for secret in (NAME, PHONE, GIRL, EMPLOYER):
            assert secret not in his.page.content()
        his.press("Accept all %(count)s", count=2)
        assert NAME in his.text()
    network.jobs()
    her = network.at("centre")
    with her.step("4 the departure"):
        her.press_first_task()
        her.press("All %(count)s have departed", count=2)
    network.jobs()
    with his.step("4 arrived and taken over"):
        his.press_first_task()
        his.press("All %(count)s have arrived", count=2)
        his.press("Take over all %(count)s", count=2)
        assert NAME in his.text()
    network.jobs()


def visits_her_first(network: Network) -> None:
    """A week after the arrival: the first follow-up; the centre in Jordan learns of the milestones alone."""
    his = network.at("origin")
    with clock.set_to(clock.now() + timedelta(days=8)):
        network.jobs()
        with his.step("4 the first follow-up"):
            his.press_first_task()
            his.tick(his.say("At the centre"))
            his.tick(his.say("Doing well"))
            his.write("Note", NOTE_AT_HOME)
            his.press("Record the follow-up")
    network.jobs()
    her = network.at("centre")
    with her.step("4 the milestones"):
        news = her.page.locator("#tasks a", has_text=her.say("First follow-up done"))
        assert news.count() == 1
    her.follow(news)
    assert her.say("Milestones") in her.text()
    assert NOTE_AT_HOME not in her.page.content()
    her.home()
    assert news.count() == 0


def asks_for_a_bed(network: Network) -> None:
    """A second request to the shelter, under a consent of its own; accepted, and nothing has begun."""
    her = network.at("centre")
    with her.step("5 the shelter is asked again"):
        opens_her_case(her)
        her.press("Add a need")
        her.unfold_said(her.term("groups", "protection"))
        her.tick(her.term("needs", BED))
        her.press("Add the need")
        her.press("Find a service")
        her.press_said(her.term("needs", BED))
        her.press("Ask this service")
        her.press("Ask for consent")
        her.tick(her.say("Yes"))
        her.write("In her own words", "Only until we fly.")
        her.press("Save the answers")
        her.press("Send referral")
    network.jobs()
    theirs = network.at("shelter")
    with theirs.step("5 the shelter accepts again"):
        theirs.press_first_task()
        theirs.press("Accept")
        assert NAME in theirs.text()
    network.jobs()


def takes_it_back(network: Network) -> None:
    """Sealed at once: the shelter's page is a tombstone before any job has run; then it is recalled."""
    theirs = network.at("shelter")
    her = network.at("centre")
    with her.step("5 she takes it back"):
        opens_her_case(her)
        grant = her.page.locator("main li", has_text=her.term("needs", BED)).filter(has_text="Shelter")
        her.follow(grant.get_by_role("link").first)
        her.tick(her.say("Stop sharing"))
        her.press("Withdraw consent")
    theirs.page.reload()
    theirs.look()
    for secret in (NAME, PHONE):
        assert secret not in theirs.page.content()
    assert theirs.page.locator(".tombstone").count() == 1
    network.jobs()
    theirs.page.reload()
    assert theirs.say("Recalled") in theirs.text()


def is_refused_at_the_door(network: Network) -> None:
    """A recruiter sits on the residence's board. No page offers to ask it; what is prepared cannot be sent."""
    her = network.at("centre")
    case_id = next(path for path in her.met if path.startswith("/cases/")).split("/")[2]
    place = network.places["residence"].service_at_location_id
    told = {"case_id": case_id, "service_at_location_id": str(place), "need_codes": [BED]}
    draft = ask_api(her, "/api/v1/referrals", told).json()
    with her.step("5 the recruiter's friends are refused"):
        her.press_first_task()
        assert her.term("recipient_classes", "recruiter") in her.text()
        assert her.page.get_by_role("button", name=her.say("Send referral")).count() == 0
        her.press("Look at the refusal")
    assert ask_api(her, f"/api/v1/referrals/{draft['id']}/send", {}, draft["version"]).status == 409
    at_the_residence = network.at("residence")
    at_the_residence.home()
    assert at_the_residence.page.locator("#tasks a").count() == 0


def ask_api(her: Walker, path: str, data: dict[str, object], version: int = 1) -> APIResponse:
    """A request from her own browser, past its pages."""
    token = her.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    headers = {"X-CSRFToken": token, "Idempotency-Key": str(uuid4()), "If-Match": f'"{version}"'}
    return her.page.request.post(path, data=data, headers=headers)


def is_on_record(network: Network) -> None:
    """What was withdrawn, sealed and recalled stands in the centre's trail, and her card says who knew what."""
    centre = network.places["centre"].tenant_id
    with network.app.app_context(), scope(job_identity(centre)):
        done = {(one.action, one.object_kind) for one in db.session.scalars(select(AuditEvent))}
    assert {("withdrawn", "grant"), ("sealed", "packet"), ("recall", "referral")} <= done


def test_the_main_job_is_done_by_what_is_visible_in_few_taps(network: Network) -> None:
    """The whole of it, by those who work at six places; and what everybody else sees of it, which is nothing."""
    for step in (
        comes_to_the_centre,
        finds_a_shelter,
        accepts_at_the_shelter,
        closes_the_loop,
        recovers_her_passport,
        goes_on_to_the_offer,
        comes_home,
        visits_her_first,
        asks_for_a_bed,
        takes_it_back,
        is_on_record,
        is_refused_at_the_door,
    ):
        step(network)
    for walker in network.walkers.values():
        assert walker.whole("4 ") <= MOST_OF_STEP_FOUR, walker.counted
    nobody_else_sees_it(network, NAME, GIRL, PHONE, EMPLOYER, NOTE_AT_HOME)
