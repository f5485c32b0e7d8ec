"""Whom a service takes: yes, no, and not known."""

from __future__ import annotations

import pytest

from network.core import vocabulary
from network.core.errors import Invalid, UnknownCode
from network.directory.eligibility import Match, Profile, check_condition, match

MARIAM = Profile(
    sex="female",
    age=27,
    nationality="BD",
    legal_status="permit_expired",
    children=(("male", 2),),
    sector="garment",
    has_documents=False,
)
OPEN_TO_ALL = {
    "sex": ["any"],
    "age": {},
    "nationality": {"include": [], "exclude": []},
    "legal_status": ["any"],
    "sector": ["any"],
    "children_along": {"accepted": True, "girls_up_to": 18, "boys_up_to": 12},
    "works_without_documents": True,
}


def test_a_service_that_states_everything_and_fits_takes_her():
    assert match(OPEN_TO_ALL, MARIAM) == Match("eligible")


def test_a_listing_that_says_nothing_is_neither_yes_nor_no():
    found = match({}, MARIAM)
    assert found.verdict == "unknown"
    assert found.reasons == ()
    assert set(found.unknown) == {
        "sex", "age", "nationality", "legal_status", "sector", "children_along", "documents_required"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "value", "reason"),
    [
        ("sex", ["men"], "sex_not_served"),
        ("age", {"min": 28}, "age_not_served"),
        ("age", {"max": 26}, "age_not_served"),
        ("nationality", {"include": ["LK"], "exclude": []}, "nationality_not_served"),
        ("nationality", {"include": [], "exclude": ["BD"]}, "nationality_not_served"),
        ("legal_status", ["regular"], "status_not_served"),
        ("sector", ["domestic_work"], "sector_not_served"),
        ("children_along", {"accepted": False}, "children_not_accepted"),
        ("children_along", {"accepted": True, "girls_up_to": 18, "boys_up_to": 1}, "children_not_accepted"),
        ("works_without_documents", False, "document_missing"),
        ("documents_required", ["work_permit"], "document_missing"),
    ],
)
def test_one_no_is_enough_and_has_a_reason_of_the_vocabulary(criterion, value, reason):
    found = match(OPEN_TO_ALL | {criterion: value}, MARIAM)
    assert found == Match("not_eligible", (reason,))
    assert vocabulary.reason("decline", reason).kind == "eligibility"


def test_a_known_no_outweighs_what_is_not_known():
    assert match({"sex": ["men"]}, MARIAM).verdict == "not_eligible"


@pytest.mark.parametrize(("age", "verdict"), [(12, "eligible"), (13, "not_eligible"), (None, "unknown")])
def test_boys_may_come_along_up_to_and_with_the_stated_age(age, verdict):
    mother = Profile("female", 27, "BD", "regular", (("male", age),), "garment", True)
    assert match(OPEN_TO_ALL, mother).verdict == verdict


def test_one_boy_too_old_decides_for_all_children():
    family = Profile("female", 35, "BD", "regular", (("female", 15), ("male", 15)), "garment", True)
    assert match(OPEN_TO_ALL, family).reasons == ("children_not_accepted",)


def test_a_child_whose_sex_is_not_known_fits_only_where_both_limits_let_her():
    def along(age: int) -> str:
        return match(
            OPEN_TO_ALL, Profile("female", 27, "BD", "regular", ((None, age),), "garment", True)
        ).verdict

    assert (along(10), along(15), along(19)) == ("eligible", "unknown", "not_eligible")


def test_children_who_are_not_along_do_not_matter():
    alone = Profile("female", 27, "BD", "regular", (), "garment", True)
    assert match(OPEN_TO_ALL | {"children_along": {"accepted": False}}, alone).verdict == "eligible"


def test_what_was_not_asked_is_unknown_where_the_service_chooses():
    found = match(OPEN_TO_ALL | {"sex": ["women"], "legal_status": ["regular"]}, Profile())
    assert found.verdict == "unknown"
    assert set(found.unknown) == {"sex", "legal_status"}


def test_a_service_for_people_whose_status_nobody_asked_takes_her_unasked():
    assert (
        match(OPEN_TO_ALL | {"legal_status": ["regular", "unknown"]}, Profile(has_documents=True)).verdict
        == "eligible"
    )


def test_a_person_who_is_neither_woman_nor_man_is_taken_where_that_is_safe_and_asked_about_elsewhere():
    other = Profile(sex="other", has_documents=True)
    assert match(OPEN_TO_ALL | {"sex": ["women", "trans_inclusive"]}, other).verdict == "eligible"
    assert match(OPEN_TO_ALL | {"sex": ["women"]}, other).verdict == "unknown"


def test_a_profile_with_a_code_that_does_not_exist_is_an_error():
    with pytest.raises(UnknownCode):
        Profile(legal_status="illegal")
    with pytest.raises(UnknownCode):
        Profile(sector="banking")


@pytest.mark.parametrize(
    ("criterion", "value", "kept"),
    [
        ("sex", ["women", "women"], ["women"]),
        ("age", {"min": 16, "max": None}, {"min": 16}),
        ("children_along", {"accepted": True, "boys_up_to": 12}, {"accepted": True, "boys_up_to": 12}),
        ("nationality", {"include": ["BD"]}, {"include": ["BD"]}),
        ("documents_required", ["passport"], ["passport"]),
        ("referral_required", "any_organization", "any_organization"),
        ("female_staff", True, True),
        ("area", {"countries": ["JO"]}, {"countries": ["JO"]}),
        ("languages", ["bn", "si"], ["bn", "si"]),
        ("health_limits", "No dialysis.", "No dialysis."),
        ("disability_access", ["walking"], ["walking"]),
    ],
)
def test_conditions_are_kept_in_the_shape_of_their_criterion(criterion, value, kept):
    assert check_condition(criterion, value) == kept


@pytest.mark.parametrize(
    ("criterion", "value"),
    [
        ("sex", "women"),
        ("sex", ["ladies"]),
        ("age", {"from": 16}),
        ("age", {"min": 40, "max": 20}),
        ("age", {"min": "16"}),
        ("age", {"min": True}),
        ("age", {"min": -1}),
        ("children_along", {"boys_up_to": 12}),
        ("nationality", {"include": ["Bangladesh"]}),
        ("nationality", ["BD"]),
        ("female_staff", "yes"),
        ("referral_required", "letter"),
        ("documents_required", ["passport_of_sponsor"]),
        ("area", {"continents": ["AS"]}),
        ("languages", ["english"]),
        ("health_limits", 5),
        ("disability_access", ["flying"]),
        ("shoe_size", 42),
    ],
)
def test_a_condition_of_another_shape_or_with_an_unknown_code_is_refused(criterion, value):
    with pytest.raises(Invalid):
        check_condition(criterion, value)
