"""When two spellings are one name."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from importlib import resources

import pytest

from network.cases import names, numbers

PEOPLE = json.loads((resources.files("network.demonstration") / "data" / "people.json").read_text())
LATIN, OWN, ARABIC = 0, 1, 2


def written(one: dict) -> tuple[str, str, str]:
    return one["latin"], one.get("own") or one["latin"], one.get("ar") or one["latin"]


def demonstration_names() -> list[tuple[str, str, str]]:
    """Every given name of the demonstration, most with a second one, in three scripts."""
    chance = random.Random(7)
    found = []
    for nation in PEOPLE["nationalities"].values():
        for sex in ("female", "male"):
            second = nation.get(f"family_{sex}", [])
            for given in nation[sex]:
                names_ = [given] + ([chance.choice(second)] if second and chance.random() > 0.2 else [])
                found.append(tuple(" ".join(part) for part in zip(*map(written, names_), strict=True)))
    return found


NAMES = demonstration_names()


def search(question: str, script: int) -> list[int]:
    """What the search does: the 50 likeliest by shared keys, then the likeness of their names."""
    shared: dict[int, float] = defaultdict(float)
    for form, key in names.keys(question).items():
        for place in INDEX[script].get(form, ()):
            shared[place] += key.weight
    candidates = sorted(shared, key=lambda place: -shared[place])[:50]
    hits = [(names.likeness(question, NAMES[place][script]), place) for place in candidates]
    hits = sorted((hit for hit in hits if hit[0] > 0), reverse=True)
    return [place for score, place in hits if score >= hits[0][0] * 0.6][:20]


def indexed(script: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for place, name in enumerate(NAMES):
        for form in names.keys(name[script]):
            found[form].add(place)
    return found


INDEX = {script: indexed(script) for script in (LATIN, OWN, ARABIC)}


def slip(name: str, chance: random.Random) -> str:
    """The name with one letter left out, added, wrong, or swapped with the next."""
    alphabet = "abcdefghijklmnopqrstuvwxyz" if name.isascii() else "ابتثجحدرسشعفقكلمنهوي"
    place = chance.choice([at for at, sign in enumerate(name) if sign.isalpha()])
    kind = chance.randrange(4)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + chance.choice(alphabet) + name[place:]
    if kind == 2 or not name[place + 1 : place + 2].isalpha():
        return name[:place] + chance.choice(alphabet) + name[place + 1 :]
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def recall(questions: list[tuple[int, str]], script: int) -> tuple[float, float]:
    """(share of those meant that were shown, how many others were shown on average)"""
    found = others = 0
    for meant, question in questions:
        shown = search(question, script)
        found += meant in shown
        others += len([place for place in shown if place != meant])
    return found / len(questions), others / len(questions)


def test_every_name_is_found_as_it_is_written_in_each_script() -> None:
    for script in (LATIN, OWN, ARABIC):
        assert recall([(place, name[script]) for place, name in enumerate(NAMES)], script)[0] == 1.0


def test_one_slip_in_a_name_is_forgiven_and_few_others_are_shown() -> None:
    chance = random.Random(11)
    for script in (LATIN, ARABIC):
        questions = [
            (place, slip(name[script].lower(), chance)) for place, name in enumerate(NAMES) for _ in range(5)
        ]
        share, others = recall(questions, script)
        assert share >= 0.98
        assert others <= 0.5


def test_one_slip_in_the_given_name_alone_is_forgiven() -> None:
    chance = random.Random(13)
    given = [(place, name[LATIN].split()[0].lower()) for place, name in enumerate(NAMES)]
    questions = [(place, slip(one, chance)) for place, one in given if len(one) > 3 for _ in range(5)]
    share, others = recall(questions, LATIN)
    assert share >= 0.98
    assert others <= 1.0


def test_most_names_are_found_from_the_other_script() -> None:
    for asked, held in ((ARABIC, LATIN), (LATIN, ARABIC), (OWN, LATIN)):
        share, others = recall([(place, name[asked]) for place, name in enumerate(NAMES)], held)
        assert share >= 0.93
        assert others <= 0.5


@pytest.mark.parametrize("one", ["الحسن", "Al-Hassan", "Al Hasan", "alhasan", "AL-HASAN", "el hassan"])
@pytest.mark.parametrize("other", ["الحسن", "Al-Hassan", "Al Hasan", "alhasan"])
def test_the_article_may_be_written_apart_joined_or_in_arabic(one: str, other: str) -> None:
    assert set(names.keys(one)) & set(names.keys(other))
    assert names.likeness(one, other) > 0.6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("فاطمة", "Fatima"), ("فاطمه", "Fatemah"), ("محمّد", "Muhammad"), ("عبد الرحمن", "Abdulrahman"),
        ("عثمان", "Usman"), ("يوسف", "Yousef"), ("أحمد", "احمد"), ("مُنى", "مني"), ("عـلي", "علي"),
        ("Nguyễn", "Nguyen"), ("O'Brien", "OBrien"), ("Nur Jahan", "Nurjahan"), ("রিনা", "Rina"),
    ],
)  # fmt: skip
def test_these_are_one_name(one: str, other: str) -> None:
    assert set(names.keys(one)) & set(names.keys(other))
    assert names.likeness(one, other) >= 0.7


@pytest.mark.parametrize(
    ("one", "other"), [("Rina", "Maria"), ("Hassan", "Ibrahim"), ("محمد", "فاطمة"), ("Siti", "Dewi")]
)
def test_these_are_two_names(one: str, other: str) -> None:
    assert names.likeness(one, other) == 0


@pytest.mark.parametrize(
    "odd", ["", "   ", "\x00", "-", "١٢٣", "a" * 10_000, "é" * 500, "ا" * 999, "\u202e", "🙂"]
)
def test_odd_input_makes_no_trouble(odd: str) -> None:
    assert len(names.keys(odd)) < 400
    assert 0 <= names.likeness(odd, "Rina Akter") <= 1


@pytest.mark.parametrize("typed", ["+962 79 001 2345", "0790012345", "00962790012345", "٠٧٩٠٠١٢٣٤٥"])
def test_a_number_is_one_however_it_is_typed(typed: str) -> None:
    assert numbers.phone_keys(typed, "JO") & numbers.phone_keys("+962790012345", "JO")
    assert numbers.find_phone("call me", "JO") is None


@pytest.mark.parametrize("typed", ["٠٧٩١٢٣٤٥", "07912345", "+962 07912345"])
def test_a_number_so_short_that_its_first_zero_stays_is_no_number(typed: str) -> None:
    assert numbers.find_phone(typed, "JO") is None


def test_a_papers_number_is_one_with_and_without_blanks() -> None:
    assert numbers.document_keys(" zz 001-2345 ") == numbers.document_keys("ZZ0012345")
    assert numbers.document_keys("12") == set()
