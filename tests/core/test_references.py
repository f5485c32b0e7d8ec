"""Reference numbers: what a hurried hand can do to one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.core.references import CHARACTERS, is_valid_reference, new_reference, normalise_reference

PREFIXES = ["AH", "MCC", "ZA", "DHK", "AZ", "ZZ", "CIRBN"]
EVERY_CHARACTER = string.digits + string.ascii_uppercase


@pytest.fixture(params=PREFIXES)
def references(request) -> list[str]:
    return [new_reference(request.param) for _ in range(60)]


def test_a_new_reference_is_valid_and_spells_nothing(references):
    for reference in references:
        assert is_valid_reference(reference)
        tail = reference.split("-")[1]
        assert len(tail) == 6
        assert not set(tail) & set("AEIOUY01LSZBGQ")


def test_every_single_wrong_character_is_caught(references):
    """All 36 letters and digits at every place, the tenant's letters included. Letters that only look like a
    digit (S for 5) are read as that digit, so they stand for the right character or for a wrong one."""
    for reference in references:
        for place, right in enumerate(reference):
            if right == "-":
                continue
            for wrong in EVERY_CHARACTER:
                typed = reference[:place] + wrong + reference[place + 1 :]
                if normalise_reference(typed) != reference:
                    assert not is_valid_reference(typed), (reference, typed)


def test_every_swap_of_neighbours_is_caught(references):
    for reference in references:
        joined = reference.replace("-", "")
        for place in range(len(joined) - 1):
            swapped = joined[:place] + joined[place + 1] + joined[place] + joined[place + 2 :]
            if swapped != joined:
                assert not is_valid_reference(swapped), (reference, swapped)


def test_a_number_under_another_centres_letters_is_caught():
    for _ in range(100):
        tail = new_reference("AH").split("-")[1]
        assert not is_valid_reference(f"AJ-{tail}")


def test_a_reference_is_read_as_people_type_it():
    reference = "AH-" + new_reference("AH").split("-")[1]
    spaced = " ".join(reference.lower().replace("-", ""))
    for typed in (
        reference.lower(),
        f"  {reference} ",
        spaced,
        reference.replace("-", "–"),
        f"\u200f{reference}",
    ):
        assert normalise_reference(typed) == reference
        assert is_valid_reference(typed)


@pytest.mark.parametrize(
    "digits", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "０１２３４５６７８９"]
)
def test_digits_of_other_scripts_are_the_same_digits(digits):
    for _ in range(30):
        reference = new_reference("AH")
        typed = reference.translate(str.maketrans(string.digits, digits))
        assert normalise_reference(typed) == reference


def test_letters_that_look_like_digits_are_read_as_those_digits():
    for _ in range(60):
        reference = new_reference("AH")
        prefix, tail = reference.split("-")
        assert normalise_reference(f"{prefix}-{tail.translate(str.maketrans('8526', 'BSZG'))}") == reference


@given(st.text(max_size=200))
def test_any_text_can_be_asked_about(text):
    assert is_valid_reference(text) in (True, False)


@pytest.mark.parametrize(
    "wrong", ["", "-", "AH-", "AH", "A-234567", "AHAHAH-234567", "AH-23456", "AH-234!67", "AH-٣" * 40]
)
def test_what_is_no_reference_is_not_valid(wrong):
    assert not is_valid_reference(wrong)


@pytest.mark.parametrize("wrong", ["", "a", "ah", "A1", "ABCDEF", "AH-"])
def test_a_prefix_is_two_to_five_capital_letters(wrong):
    with pytest.raises(ValueError, match="two to five letters"):
        new_reference(wrong)


def test_references_of_a_tenant_are_spread_over_their_whole_range():
    tails = {new_reference("AH")[3:] for _ in range(2000)}
    assert len(tails) >= 1995
    assert {character for tail in tails for character in tail} == set(CHARACTERS)
