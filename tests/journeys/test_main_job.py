"""The main job, walked by those who do it: from the first page on, by what is visible, in few taps."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import force_locale

from network.consent.questions import ASKED
from network.core import clock
from tests.journeys.conftest import Network
from tests.support.walker import Walker

NAME, GIRL, PHONE = "Rehana Begum Invented", "Jhinuk Invented", "+962790000127"
EMPLOYER, AT_HOME = "Invented Garments", "Invented Migrants' Centre"
GUARDIAN = (
    "I have checked that she or he is the guardian, "
    "and neither employer nor recruiter nor somebody who may do harm"
)
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
        her.tick(her.say("By a number that is safe"))
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
        her.press_said(her.term("needs", "protection.shelter"))
        her.tick(her.say("Yes"))
        her.tick(her.say("Yes"), nth=1)
        her.tick(her.term("recipient_classes", "recruiter"))
        her.write("In her or his own words", "A house for women may know my name. The agent never.")
        her.press("Save what she or he said")
        assert her.say("Never: %(whom)s", whom=her.term("recipient_classes", "recruiter")) in her.text()


def opens_her_case(her: Walker) -> None:
    """From the first page to the woman who stands there: her case is among mine, by its needs."""
    her.press_counter("open cases of mine")
    row = her.page.locator("main tr", has_text=her.term("needs", "documents.recovery"))
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
        her.press("Close the referral")
        her.tick(her.say("Yes, it helped"))
        her.write("In her or his own words", "We sleep. The door has a lock.")
        her.press("Close the referral")
    network.jobs()


def recovers_her_passport(network: Network) -> None:
    """Nobody asked her yet about the inspectorate: it says so, she is asked, it is sent."""
    her = network.at("centre")
    with her.step("4 the inspectorate is asked"):
        opens_her_case(her)
        her.press("Find a service")
        her.press_said(her.term("needs", "documents.recovery"))
        her.press("Ask this service")
        assert her.say("What cannot leave") in her.text()
        her.press("Ask for consent")
        her.tick(her.say("Yes"))
        her.tick(her.say("Yes"), nth=1)
        her.write("In her or his own words", "The inspector may know me, to get my passport.")
        her.press("Save what she or he said")
        her.press("Send referral")
    network.jobs()
    inspector = network.at("inspectorate")
    with inspector.step("4 the inspectorate answers"):
        inspector.press_first_task()
        inspector.press("Accept")
        inspector.press("Record outcome")
        inspector.tick(inspector.term("service_outcomes", "served_full"))
        inspector.press("Record outcome")
    network.jobs()
    with her.step("4 the passport is back"):
        her.press_first_task()
        her.press("Close the referral")
        her.tick(her.say("Yes, it helped"))
        her.press("Close the referral")
        her.press("Go to the case")
        her.press_said(her.term("document_types", "passport"))


def signs_for_her_claim(network: Network) -> None:
    """Four months' wages, and her authorization to go on with it when she is gone."""
    her = network.at("centre")
    with her.step("4 her claim"):
        opens_her_case(her)
        her.press("Add a claim")
        her.select("Kind of claim", "wages_unpaid")
        her.write("Amount claimed", "1320")
        her.press("Save the claim")
        her.unfold("The client signs")
        her.tick(her.say("Lodge the claim"))
        her.tick(her.say("Receive payment"))
        her.press("Save the authorization")


def offers_her_case(network: Network) -> None:
    """Asked alone, her own choice; mother and child are offered over the corridor."""
    her = network.at("centre")
    with her.step("4 mother and child are offered"):
        opens_her_case(her)
        her.press("Screen the return")
        her.select("Which kind of return is it?", "own_plan")
        yes, no = her.say("Yes"), her.say("No")
        for question, answer in (
            ("Did you ask her or him alone?", yes),
            ("Is it her or his own choice?", yes),
            ("Does anybody press her or him to go?", no),
            ("Does she or he fear anything at home?", no),
            ("Did you explain what the return means for a claim?", yes),
        ):
            her.choose(her.say(question), answer)
        her.press("Save the answers")
        her.write("Arrives on", ARRIVES.isoformat())
        her.press("See what would leave")
        her.press("Ask for consent")
        says_yes(her, "case_transfer", "follow_up_contact", "claim_pursuit")
        her.write("In her or his own words", "My sister's town may know me. They help me there.")
        her.press("Save what she or he said")
        her.press("Ask for consent")
        her.tick(her.say(GUARDIAN))
        her.tick(her.say("Too young to say"))
        says_yes(her, "case_transfer")
        her.write("In her or his own words", "She goes with me, they may know it.")
        her.press("Save what she or he said")
        her.press("Offer all %(count)s", count=2)
    network.jobs()


def says_yes(her: Walker, *purposes: str) -> None:
    """Yes to each of these questions, and to no other."""
    for purpose in purposes:
        with her.app.test_request_context(), force_locale(her.language):
            question = str(ASKED[purpose]) % {"who": AT_HOME, "need": ""}
        her.choose(question, her.say("Yes"))


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
        her.press("They have departed")
    network.jobs()
    with his.step("4 arrived and taken over"):
        his.press_first_task()
        his.press("They have arrived")
        his.press("Take over all %(count)s", count=2)
        assert NAME in his.text()
    network.jobs()


def test_main(network: Network) -> None:
    comes_to_the_centre(network)
    finds_a_shelter(network)
    print({w.name: w.counted for w in network.walkers.values()})
