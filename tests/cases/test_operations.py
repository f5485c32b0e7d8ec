"""Registering a client, changing her card, and how she may be reached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from network.cases import operations as do
from network.cases import queries as read
from network.core import clock
from network.core.errors import Conflict, Forbidden, Invalid, StaleVersion, UnknownCode
from tests.cases.conftest import RINA, Act, Centre
from tests.factories import make_tenant, staff

SAFE = RINA["contacts"][0]
TODAY = clock.today("UTC")


def test_a_client_is_registered_with_contact_paper_needs_and_case_in_one_go(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(
            RINA | {"needs": ["labour.wages", "documents.recovery"], "what_happened": "Four months unpaid."}
        )
    with act(centre.omar):
        card = read.card_of(read.get_client(client.id))
        assert (card.name, card.age, card.age_band, card.is_child) == ("Rina Akter", 27, "25-34", False)
        assert card.get("employer") == "Blue Thread Garments"
        (contact,) = read.list_contacts(client.id)
        assert (contact.number, contact.state) == ("+962790012345", "destination_number")
        assert contact.rules["phrase"] == "the blue umbrella"
        (passport,) = read.list_documents(client.id)
        assert (passport.type, passport.holder, passport.details["number"]) == (
            "passport",
            "employer",
            "ZZ0012345",
        )
        (case,) = read.list_cases_of(client.id)
        page = read.case_page(case.id)
        assert [need.need_code for need in page.needs] == ["labour.wages", "documents.recovery"]
        assert page.case.what_happened == "Four months unpaid."
        assert (case.priority, case.state, case.assignee_account_id) == (
            "urgent",
            "open",
            centre.rana.account_id,
        )


def test_a_child_who_came_along_is_registered_with_her_mother(centre: Centre, act: Act) -> None:
    came = {
        "needs": ["labour.wages", "return.travel"],
        "children": [{"name": "Mitu", "relationship": "daughter", "age": 2}],
    }
    with act(centre.rana):
        mother = do.register_client(RINA | came)
        (child_id,) = {one.client.id for one in read.list_related(mother.id) if one.client}
        child = read.card_of(read.get_client(child_id))
        assert (child.name, child.age, child.sex, child.nationality) == ("Mitu", 2, "female", "BD")
        (case,) = read.list_cases_of(child_id)
        assert [need.need_code for need in read.list_needs(case.id)] == ["return.travel"]


def test_what_is_wrong_with_a_child_is_said_beside_the_child(centre: Centre, act: Act) -> None:
    nameless = {"children": [{"name": "Mitu", "relationship": "daughter"}]}
    with act(centre.rana), pytest.raises(Invalid) as wrong:
        do.register_client(RINA | nameless)
    assert set(wrong.value.fields) == {"children.0.age"}


def test_a_single_name_and_an_unknown_birth_date_are_valid(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        adult = read.card_of(do.register_client({"name": "Siti", "age_basis": "adult"}))
        assert (adult.age, adult.age_band, adult.is_child, adult.sex) == (None, "adult", False, "unknown")


@pytest.mark.parametrize(
    ("told", "band"),
    [
        ({"age_basis": "may_be_under_18"}, "child"),
        ({"age": 17}, "12-17"),
        ({"age": 2}, "0-4"),
        ({"birth_year": TODAY.year - 18}, "12-17"),
        ({"birth_date": (TODAY - timedelta(days=365 * 17)).isoformat()}, "12-17"),
    ],
)
def test_whoever_may_be_under_18_counts_as_a_child(centre: Centre, act: Act, told: dict, band: str) -> None:
    with act(centre.rana):
        client = do.register_client({"name": "Mitu", **told})
        card = read.card_of(client)
        assert (client.is_child, card.is_child, card.age_band) == (True, True, band)


@pytest.mark.parametrize("told", [{"age": 18}, {"birth_year": 1999}, {"age_basis": "adult"}])
def test_whoever_is_18_does_not(centre: Centre, act: Act, told: dict) -> None:
    with act(centre.rana):
        assert not do.register_client({"name": "Mitu", **told}).is_child


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": 7}, "name"),
        ({"name": "Ri\x00na"}, "name"),
        ({"name": "R" * 10_000}, "name"),
        ({"age": None}, "age"),
        ({"age": "27"}, "age"),
        ({"age": -1}, "age"),
        ({"age": True}, "age"),
        ({"birth_date": "yesterday"}, "birth_date"),
        ({"birth_date": "2999-01-01"}, "birth_date"),
        ({"sex": "woman"}, "sex"),
        ({"nationality": "Bangladesh"}, "nationality"),
        ({"nationality": "ZZ"}, "nationality"),
        ({"languages": ["klingon"]}, "languages"),
        ({"languages": 5}, "languages"),
        ({"sector": "banking"}, "sector"),
        ({"whereabouts": ["free"]}, "whereabouts"),
        ({"pregnant": "perhaps"}, "pregnant"),
        ({"favourite_colour": "red"}, "favourite_colour"),
        ({"other_names": ["x"] * 40}, "other_names"),
    ],
)
def test_what_a_card_cannot_hold_is_refused_and_named(
    centre: Centre, act: Act, wrong: dict, field: str
) -> None:
    with pytest.raises(Invalid) as refused, act(centre.rana):
        do.register_client({"name": "Rina", "age": 27} | wrong)
    assert field in refused.value.fields
    with act(centre.rana):
        assert read.count_clients() == 0


def test_unknown_needs_are_errors(centre: Centre, act: Act) -> None:
    with pytest.raises(UnknownCode), act(centre.rana):
        do.register_client({"name": "Rina", "age": 27, "needs": ["labour.happiness"]})


def test_neither_a_partner_nor_the_headquarters_keep_cases(app, act: Act) -> None:
    for kind in ("partner", "network"):
        with pytest.raises(Forbidden), act(staff(make_tenant(app, kind), kind=kind)):
            do.register_client({"name": "Rina", "age": 27})


def test_a_card_changes_and_a_stale_change_is_refused_with_what_stands(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA)
    with act(centre.omar):
        do.update_client(client.id, {"employer": "", "workplace": "Line 4", "age": 28}, version=1)
    with act(centre.rana):
        card = read.card_of(read.get_client(client.id))
        assert (card.get("employer"), card.get("workplace"), card.age, card.version) == (
            None,
            "Line 4",
            28,
            2,
        )
        assert card.name == "Rina Akter"
    with pytest.raises(StaleVersion) as stale, act(centre.rana):
        do.update_client(client.id, {"workplace": "Line 9"}, version=1)
    assert stale.value.theirs.get("workplace") == "Line 4"


@pytest.mark.parametrize(
    "missing", ["channels", "belongs_to", "may_leave_message", "if_another_answers", "hours"]
)
def test_a_number_is_never_kept_without_its_rules(centre: Centre, act: Act, missing: str) -> None:
    with pytest.raises(Invalid) as refused, act(centre.rana):
        client = do.register_client({"name": "Rina", "age": 27})
        do.add_contact(client.id, {code: rule for code, rule in SAFE.items() if code != missing})
    assert list(refused.value.fields) == [missing]


def test_that_no_number_is_safe_can_be_said(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client({"name": "Rina", "age": 27})
        do.add_contact(client.id, {"channels": ["at_centre"]})
        (contact,) = read.list_contacts(client.id)
        assert contact.number is None
        with pytest.raises(Invalid):
            do.add_contact(client.id, {})
        with pytest.raises(Invalid):
            do.add_contact(client.id, {"channels": ["none", "call"]})


def test_at_departure_the_numbers_of_the_country_she_leaves_are_not_used(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA)
        do.add_contact(client.id, SAFE | {"number": "+8801712345678", "belongs_to": "relative"})
        assert do.stop_destination_numbers(client.id) == 1
        assert [contact.state for contact in read.list_contacts(client.id)] == ["do_not_use", "in_use"]
        case, card = read.open_case_with_card(do.open_case(client.id).id)
        items = read.data_by_category(card, case, [])["contact"]
        assert [item.field for item in items] == ["contact.2"]


def test_all_contact_stops_in_one_transaction(centre: Centre, act: Act) -> None:
    stopped: list[UUID] = []
    do.when_contact_stops(stopped.append)
    with act(centre.rana):
        client = do.register_client(RINA)
        case = do.open_case(client.id)
        do.close_case(case.id, "died")
        assert stopped == [client.id]
        assert read.contact_is_stopped(client.id)
        assert read.get_client(client.id).deceased_on is not None
        with pytest.raises(Conflict):
            do.resume_contact(client.id)


def test_a_client_who_wanted_no_contact_may_want_it_again(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA)
        do.stop_contact(client.id, "arrived_no_contact_wanted")
        do.resume_contact(client.id)
        assert not read.contact_is_stopped(client.id)


def test_somebody_grows_up_on_her_card(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client({"name": "Mitu", "birth_date": "2010-06-01"})
    with clock.set_to(datetime(2028, 5, 31, 20, tzinfo=UTC)), act(centre.rana):
        assert read.card_of(read.get_client(client.id)).is_child
    with clock.set_to(datetime(2028, 6, 2, tzinfo=UTC)), act(centre.rana):
        assert not read.card_of(read.get_client(client.id)).is_child


def test_an_infant_whose_age_is_nought_is_registered(centre, act) -> None:
    with act(centre.rana):
        mother = do.register_client({"name": "Rina", "sex": "female", "age": 24})
        infant = do.register_child(mother.id, {"name": "Arif", "sex": "male", "age": 0}, "son")
        assert infant.is_child
