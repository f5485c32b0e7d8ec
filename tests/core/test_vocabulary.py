"""The vocabulary: typed, complete, and strict about what it does not know."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from network.core import vocabulary
from network.core.book import BrokenVocabulary, read
from network.core.errors import Invalid, UnknownCode

FILE = resources.files("network.core") / "data" / "vocabulary.json"


def test_every_need_has_a_group_a_priority_and_both_languages():
    assert len(vocabulary.needs()) == 68
    assert len(vocabulary.groups()) == 12
    for need in vocabulary.needs():
        assert vocabulary.priority(need.default_priority)
        assert need.label("en") != need.label("ar")
    assert sum(len(vocabulary.needs(group.code)) for group in vocabulary.groups()) == 68


def test_every_entry_of_every_list_has_a_label_in_english_and_arabic():
    for name in vocabulary.list_names():
        for code, entry in vocabulary.terms(name).items():
            assert entry.en.strip(), (name, code)
            assert any("\u0600" <= letter <= "\u06ff" for letter in entry.ar) or code == "imo", (name, code)


def test_an_unknown_code_is_an_error_and_never_a_default():
    for wrong in ("shelter", "", "PROTECTION.SHELTER", "protection.shelter ", "x" * 10_000):
        with pytest.raises(UnknownCode):
            vocabulary.need(wrong)
        with pytest.raises(Invalid):
            vocabulary.check("needs", wrong)


@pytest.mark.parametrize("wrong", [None, 3, ["no_capacity"], {"code": "no_capacity"}])
def test_something_that_is_not_text_is_an_unknown_code(wrong):
    with pytest.raises(UnknownCode):
        vocabulary.check("reasons.decline", wrong)


def test_a_reason_belongs_to_its_list():
    assert vocabulary.reason("decline", "no_capacity").next == "reroute"
    assert vocabulary.reason("handoff_decline", "no_capacity").next == "redirect"
    assert vocabulary.reason("reasons.decline", "no_capacity").list_name == "reasons.decline"
    with pytest.raises(UnknownCode):
        vocabulary.reason("withdrawal", "no_capacity")


def test_flags_are_typed_as_the_file_gives_them():
    unsafe = vocabulary.reason("withdrawal", "partner_unsafe")
    assert (unsafe.alarm, unsafe.sensitive, unsafe.suspends) == (True, True, "offer")
    assert unsafe.no_reason_shown_to == "receiver"
    assert vocabulary.reason("lost_to_follow_up", "died").counts_as_lost is False
    assert vocabulary.reason("decline", "other").counts_as_lost is None
    clinical = vocabulary.need("violence.clinical")
    assert clinical.time_critical is not None
    assert clinical.time_critical.hours == 72
    assert vocabulary.category("case_notes").never_leaves
    assert vocabulary.relationship("employer").power_over_client
    assert vocabulary.legal_basis("child_best_interest").may_override_refusal == "guardian_only"


def test_every_flag_of_the_file_is_read_into_a_field():
    """Each key and value of the file is found again in the typed entry: nothing is dropped on the way."""
    given = json.loads(FILE.read_bytes())
    sections = {
        **{name: given[name] for name in given if isinstance(given[name], list)},
        **{f"reasons.{name}": entries for name, entries in given["reasons"].items()},
        "priorities": given["priorities"]["levels"],
        "recipient_classes": given["recipient_classes"]["classes"],
        "criteria": given["eligibility"]["criteria"],
        "house_rules": given["eligibility"]["house_rules"],
        "partner_practices": given["eligibility"]["partner_practices"],
        **{
            f"safe_contact.{name}": entries
            for name, entries in given["safe_contact"].items()
            if name != "rules"
        },
    }
    for name, entries in sections.items():
        for entry in entries:
            typed = vocabulary.term(name, entry["code"])
            for key, value in entry.items():
                got = getattr(typed, key)
                if isinstance(value, list):
                    assert len(got) == len(value)
                elif not isinstance(value, dict):
                    assert got == value, (name, entry["code"], key)


def broken(change) -> bytes:
    given = json.loads(FILE.read_bytes())
    change(given)
    return json.dumps(given).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book["reasons"]["decline"][0].update(rings_a_bell=True),
        lambda book: book["reasons"]["decline"][0].update(alarm="yes"),
        lambda book: book["reasons"]["decline"][0].update(next="shrug"),
        lambda book: book["reasons"].update(invented=[]),
        lambda book: book.update(invented=[]),
        lambda book: book["needs"].append(book["needs"][0]),
        lambda book: book["needs"][0].update(group="nowhere"),
        lambda book: book["needs"][0].update(group="labour"),
        lambda book: book["needs"][0].pop("preview"),
        lambda book: book["consent_purposes"][0]["default_categories"].append("case_notes"),
        lambda book: book["consent_purposes"][0]["typical_recipients"].append("nobody"),
        lambda book: book["recipient_classes"]["classes"][0].update(includes=["nobody"]),
        lambda book: book["relationships"][0].update(inverse=["nobody"]),
        lambda book: book["eligibility"]["criteria"][0].update(values_from="nothing"),
    ],
)
def test_a_file_with_a_key_or_code_that_nothing_knows_does_not_load(change):
    with pytest.raises(BrokenVocabulary):
        read(broken(change))


def test_a_refusal_of_authorities_covers_police_and_embassies():
    assert vocabulary.classes_within("authority_destination") == {
        "authority_destination",
        "police",
        "immigration",
    }
    assert "embassy_consulate" in vocabulary.classes_within("authority_origin")


def test_labels_follow_the_language_and_fall_back_to_english():
    shelter = vocabulary.need("protection.shelter")
    assert vocabulary.label("needs", "protection.shelter", "ar-JO") == shelter.ar
    assert vocabulary.label("needs", "protection.shelter", "ne") == shelter.en
    assert vocabulary.choices("priorities")[0] == ("immediate", "Immediate: call now")
    assert ("yes", "نعم") in vocabulary.choices("answers", "ar")


def longer_texts() -> set[str]:
    found = {*vocabulary.safe_contact_rules(), vocabulary.eligibility_rule()}
    for name in vocabulary.list_names():
        for entry in vocabulary.terms(name).values():
            for field in ("definition", "note", "use", "on_overdue", "contents", "revocable_note", "warning"):
                found.add(getattr(entry, field, None) or "")
            found.update(getattr(entry, "requires", ()))
            if getattr(entry, "time_critical", None):
                found.add(entry.time_critical.why)
    return found - {""}


def test_every_longer_text_has_its_arabic_and_no_arabic_is_left_over():
    arabic = json.loads((resources.files("network.core") / "data" / "vocabulary_ar.json").read_bytes())
    assert set(arabic) == longer_texts()
    assert all(any("\u0600" <= letter <= "\u06ff" for letter in line) for line in arabic.values())


def test_a_definition_is_read_in_the_readers_language():
    definition = vocabulary.need("assistance.food").definition
    assert vocabulary.text(definition, "ar_JO") == "وجبات أو طرد غذائي أو قسيمة."
    assert vocabulary.text(definition, "en-GB") == vocabulary.text(definition, "ne") == definition
