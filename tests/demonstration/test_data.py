"""The demonstration's data: every code known, every place where it is said to be, nothing that could ring."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, time
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from babel import Locale
from geopy.distance import geodesic

from network.core import vocabulary
from network.core.references import is_valid_reference, new_reference
from network.demonstration.people import Names
from network.directory import geo

DAYS = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
METHODS = {"in_platform", "email", "phone", "form", "walk_in", "not_accepted"}
STATUSES = {"active", "inactive", "defunct", "temporarily closed"}
DOMAINS = {"seeing", "hearing", "mobility", "cognition", "self_care", "communication"}
IRBID = (32.556, 35.850)


def load(package: str, name: str) -> dict[str, Any]:
    return json.loads((resources.files(package) / "data" / name).read_bytes())


PLACES = {place.code: place for place in geo.places()}
CENTRES = load("network.demonstration", "centres.json")
ORIGIN = load("network.demonstration", "origin_centres.json")
PARTNERS = load("network.demonstration", "partners.json")["organizations"]
PEOPLE = load("network.demonstration", "people.json")
SERVICES = [(partner, service) for partner in PARTNERS for service in partner["services"]]

partners = pytest.mark.parametrize("partner", PARTNERS, ids=lambda partner: partner["code"])
services = pytest.mark.parametrize(
    ("partner", "service"), SERVICES, ids=[service["code"] for _, service in SERVICES]
)


def is_language(tag: str) -> bool:
    return bool(Locale.parse(tag, sep="-"))


def check_classes(codes: list[str]) -> None:
    for code in codes:
        vocabulary.check("recipient_classes", code)


def check_schedule(schedule: dict[str, Any]) -> None:
    assert schedule["freq"] == "WEEKLY"
    assert set(schedule["byday"].split(",")) <= DAYS
    assert time.fromisoformat(schedule["opens_at"]) is not None
    assert time.fromisoformat(schedule["closes_at"]) is not None


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


# partners


def test_colleagues_have_names_and_not_numbers() -> None:
    names = Names()
    dealt = [names.colleague("JO") for _one in range(30)]
    assert len(set(dealt)) == len(dealt)
    assert not any(character.isdigit() for name in dealt for character in name)
    many = [names.colleague("TW") for _one in range(9)]  # two names only: still nobody twice
    assert len(set(many)) == len(many)


def test_there_are_at_least_forty_partner_services_and_a_handful_sign_in():
    assert len(SERVICES) >= 48
    assert len(PARTNERS) >= 30
    assert 6 <= sum(partner["tenant"] for partner in PARTNERS) <= 9


def test_codes_of_organizations_locations_and_services_are_unique():
    for codes in (
        [partner["code"] for partner in PARTNERS],
        [location["code"] for partner in PARTNERS for location in partner["locations"]],
        [service["code"] for _, service in SERVICES],
    ):
        assert len(codes) == len(set(codes))


@partners
def test_a_partner_is_marked_invented_and_says_who_runs_it(partner):
    assert partner["invented"] is True
    assert partner["run_by"]
    check_classes(partner["run_by"] + partner["board"])
    assert re.fullmatch(r"[A-Z]{2}", partner["country"])
    assert partner["email"].endswith(".example")
    assert partner["website"].endswith(".example/")
    if partner["own_name"]:
        assert is_language(partner["own_language"])
    if partner["tenant"]:
        assert is_valid_reference(new_reference(partner["reference_prefix"]))
        assert partner["default_language"] in ("en", "ar")
        assert ZoneInfo(partner["time_zone"])


@partners
def test_a_partner_stands_where_its_town_is(partner):
    assert partner["locations"]
    for location in partner["locations"]:
        place = PLACES[location["place"]]
        if location["location_type"] == "virtual":
            assert "latitude" not in location  # a telephone line stands nowhere
            continue
        here = (location["latitude"], location["longitude"])
        town = (place.latitude, place.longitude)
        assert geodesic(here, town).km < 10
        assert location["time_zone"] == place.time_zone
        assert location["addresses"][0]["country"] == place.country
        if location["confidential"]:
            assert here == town
            assert location["addresses"][0]["address_1"] is None


@services
def test_a_service_speaks_the_vocabulary(partner, service):
    assert service["needs"]
    for need in service["needs"]:
        vocabulary.need(need)
    assert service["status"] in STATUSES
    assert set(service["locations"]) <= {location["code"] for location in partner["locations"]}
    assert service["languages"]
    assert all(is_language(tag) for tag in service["languages"])
    assert service["schedules"]
    for schedule in service["schedules"]:
        check_schedule(schedule)
    for practice, answer in service["partner_practices"].items():
        vocabulary.practice(practice)
        vocabulary.check("answers", answer)
    for rule, answer in service["house_rules"].items():
        if vocabulary.house_rule(rule).type == "integer":
            assert isinstance(answer, int)
        else:
            vocabulary.check(f"house_rules.{rule}", answer)


@services
def test_a_service_says_how_it_takes_referrals(partner, service):
    referral = service["referral"]
    assert referral["methods"]
    assert set(referral["methods"]) <= METHODS
    assert referral["accepted"] is ("not_accepted" not in referral["methods"])
    assert (referral["usual_response_hours"] is None) is not referral["accepted"]
    assert ("in_platform" in referral["methods"]) is partner["tenant"]
    for cost in service["cost_options"]:
        vocabulary.check("eligibility.cost", cost["option"])
    for capacity in service["capacities"]:
        assert 0 <= capacity["available"] <= capacity["maximum"]
        assert date.fromisoformat(capacity["updated"])


@services
def test_a_service_states_its_conditions_by_known_criteria(partner, service):
    for code, given in service["eligibility"].items():
        criterion = vocabulary.criterion(code)
        if criterion.type == "set" and criterion.values:
            for value in given:
                vocabulary.check(f"eligibility.{code}", value)
        elif criterion.type == "one_of":
            vocabulary.check(f"eligibility.{code}", given)
        elif criterion.values_from:
            for value in given:
                vocabulary.check(criterion.values_from, value)
        elif criterion.type == "boolean":
            assert given in (True, False)
        elif code == "children_along":
            assert isinstance(given["accepted"], bool)
            assert set(given) <= {"accepted", "girls_up_to", "boys_up_to"}
        elif code == "age":
            assert set(given) == {"min", "max"}
        elif code == "nationality":
            assert set(given) == {"include", "exclude"}
            assert all(re.fullmatch(r"[A-Z]{2}", country) for country in given["include"] + given["exclude"])
        elif code == "area":
            assert set(given) <= {"countries", "places"}
            assert set(given.get("places", [])) <= set(PLACES)
        elif code == "languages":
            assert all(is_language(tag) for tag in given)
        elif code == "disability_access":
            assert set(given) <= DOMAINS
        else:
            assert isinstance(given, str)


def shelters_near_irbid() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    found = []
    for partner, service in SERVICES:
        at = {location["code"]: location for location in partner["locations"]}[service["locations"][0]]
        if (
            "protection.shelter" in service["needs"]
            and geodesic(IRBID, (at["latitude"], at["longitude"])).km <= 40
        ):
            found.append((partner, service))
    return found


def takes_mother_from_bangladesh(service: dict[str, Any]) -> bool:
    rules = service["eligibility"]
    nationality = rules["nationality"]
    return (
        "women" in rules["sex"]
        and rules["children_along"]["accepted"]
        and rules["children_along"].get("girls_up_to", 0) >= 2
        and (not nationality["include"] or "BD" in nationality["include"])
        and "BD" not in nationality["exclude"]
        and bool({"any", "reported_by_employer"} & set(rules["legal_status"]))
    )


def test_near_irbid_some_shelters_take_a_mother_from_bangladesh_and_one_has_a_recruiter_on_its_board():
    near = shelters_near_irbid()
    assert len(near) >= 3
    taking = [partner for partner, service in near if takes_mother_from_bangladesh(service)]
    assert len(taking) >= 2
    assert any("recruiter" in partner["board"] for partner in taking)
    assert any("recruiter" not in partner["board"] and partner["tenant"] for partner in taking)
    assert len(near) > len(taking)


def test_irbid_has_what_the_main_story_needs():
    needs = {need for partner, service in SERVICES for need in service["needs"] if partner["tenant"]}
    assert {"documents.recovery", "legal.advice", "health.primary", "protection.shelter"} <= needs
    embassies = [partner for partner in PARTNERS if "embassy_consulate" in partner["run_by"]]
    assert [partner["country"] for partner in embassies] == ["BD"]
    assert any("interpreter" in partner["run_by"] for partner in PARTNERS)
    inspectorate = next(partner for partner in PARTNERS if partner["code"] == "labour-inspection-irbid")
    assert inspectorate["run_by"] == ["authority_destination"]


def test_no_number_of_the_demonstration_can_ring_anybody():
    """Possible by its length, valid in no operator's block: so it parses, and reaches nobody."""
    numbers = [phone["number"] for partner in PARTNERS for phone in partner["phones"]]
    numbers += [pattern % running for pattern in PEOPLE["phones"].values() for running in (0, 7, 42, 999)]
    numbers += re.findall(r'"(\+\d{7,15})"', json.dumps([PARTNERS, PEOPLE, CENTRES, ORIGIN]))
    for number in numbers:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_possible_number(parsed), number
        assert not phonenumbers.is_valid_number(parsed), number


# centres


def test_planned_centres_are_not_live_and_sources_are_kept():
    assert {centre["code"]: centre["status"] for centre in CENTRES["centres"]}["ad-dulayl"] == "planned"
    assert "Inferred, not in the documents" in CENTRES["source"]
    assert len(CENTRES["centres"]) == 13
    assert {corridor["inferred"] for corridor in CENTRES["corridors"]} == {True, False}


@pytest.mark.parametrize("centre", CENTRES["centres"], ids=lambda centre: centre["code"])
def test_a_centre_speaks_the_vocabulary(centre):
    added = centre["demonstration"]
    check_classes(added["run_by"] + added["board"])
    assert ZoneInfo(added["time_zone"])
    assert PLACES[added["place_code"]].country == centre["country"]
    place = PLACES[added["place_code"]]
    assert geodesic((centre["lat"], centre["lon"]), (place.latitude, place.longitude)).km < 15
    assert all(is_language(tag) for tag in added["languages"])
    for offer in added["offers"]:
        for need in offer["needs"]:
            vocabulary.need(need)
    for schedule in added["schedules"]:
        check_schedule(schedule)


@pytest.mark.parametrize("centre", ORIGIN["centres"], ids=lambda centre: centre["code"])
def test_a_centre_of_origin_is_marked_invented_and_speaks_the_vocabulary(centre):
    assert centre["invented"] is True
    check_classes(centre["run_by"] + centre["board"])
    assert ZoneInfo(centre["time_zone"])
    assert PLACES[centre["place_code"]].country == centre["country"]
    assert all(PLACES[district].country == centre["country"] for district in centre["districts"])
    assert all(vocabulary.need(need) for offer in centre["offers"] for need in offer["needs"])


def test_every_country_of_origin_with_a_centre_has_one_that_is_no_authority():
    for country in ("BD", "NP", "LK", "ID", "PH"):
        of_country = [centre for centre in ORIGIN["centres"] if centre["country"] == country]
        assert any("authority_origin" not in centre["run_by"] for centre in of_country)


def test_agreements_join_centres_over_a_known_corridor_and_one_has_ended():
    corridors = {(corridor["origin"], corridor["destination"]) for corridor in CENTRES["corridors"]}
    countries = {centre["code"]: centre["country"] for centre in CENTRES["centres"] + ORIGIN["centres"]}
    ended = 0
    for agreement in ORIGIN["agreements"]:
        ends = (agreement["origin"], agreement["destination"])
        assert ends in corridors
        assert ends == (countries[agreement["origin_centre"]], countries[agreement["destination_centre"]])
        assert date.fromisoformat(agreement["from_on"])
        ended += bool(agreement["until_on"] and agreement["until_on"] < "2026-11")
    assert ended == 1


def test_codes_and_prefixes_of_tenants_are_unique():
    tenants = CENTRES["centres"] + ORIGIN["centres"] + [partner for partner in PARTNERS if partner["tenant"]]
    codes = [tenant["code"] for tenant in tenants]
    prefixes = [tenant.get("demonstration", tenant)["reference_prefix"] for tenant in tenants]
    assert len(set(codes)) == len(codes)
    assert len(set(prefixes)) == len(prefixes)


# people


def test_invented_people_have_names_in_three_scripts_where_their_language_has_its_own():
    for country, names in PEOPLE["nationalities"].items():
        for list_name in ("female", "male", "family_female", "family_male"):
            assert len(names[list_name]) >= 3, (country, list_name)
            for name in names[list_name]:
                assert name["latin"].isascii()
                assert any("\u0600" <= letter <= "\u06ff" for letter in name["ar"])
                assert (name["own"] is None) is (country in ("ID", "PH"))


def test_the_main_story_is_a_mother_of_27_with_a_daughter_of_two():
    story = PEOPLE["main_story"]
    client, child = story["client"], story["child"]
    assert (client["age"], client["nationality"], client["sex"]) == (27, "BD", "female")
    assert (child["age"], child["sex"], child["relationship"]) == (2, "female", "daughter")
    assert client["refusals"] == ["recruiter"]
    check_classes(client["refusals"])
    codes = {service["code"]: partner for partner, service in SERVICES}
    assert "recruiter" in codes[story["refused_shelter"]]["board"]
    assert "recruiter" not in codes[story["shelter"]]["board"]
    assert "documents.recovery" in next(
        service["needs"] for _, service in SERVICES if service["code"] == story["inspectorate"]
    )
    for name, code in client["phone_rules"].items():
        if name not in ("phrase", "from", "to"):
            vocabulary.check(f"safe_contact.{name}", code)
    vocabulary.check("eligibility.legal_status", client["legal_status"])
    vocabulary.check("whereabouts", client["whereabouts"])
    vocabulary.claim_kind(client["claim"]["kind"])
    vocabulary.claim_forum(client["claim"]["forum"])
    vocabulary.return_kind(client["return"]["kind"])
    assert all(vocabulary.check("claim_remedies", remedy) for remedy in client["claim"]["remedies"])


def test_situations_are_a_few_dozen_and_speak_the_vocabulary():
    centres = {centre["code"] for centre in CENTRES["centres"] + ORIGIN["centres"]}
    employers = {employer["code"] for employer in PEOPLE["employers"]}
    assert len(PEOPLE["situations"]) >= 36
    for situation in PEOPLE["situations"]:
        assert situation["centre"] in centres
        assert situation["nationality"] in PEOPLE["nationalities"]
        assert situation["sex"] in ("female", "male")
        vocabulary.priority(situation["priority"])
        opens_restricted = [vocabulary.need(need).opens_restricted for need in situation["needs"]]
        assert bool(situation.get("restricted")) >= any(opens_restricted)
        assert situation.get("employer") is None or situation["employer"] in employers
    for employer in PEOPLE["employers"]:
        assert PLACES[employer["place"]].country == employer["country"]
        vocabulary.check("eligibility.sector", employer["sector"])


def test_no_text_of_the_demonstration_names_a_document_of_a_real_country():
    for text in texts([PARTNERS, PEOPLE]):
        assert not re.search(r"\b[A-Y][A-Z]\d{7}\b", text)
