"""Who is who to a client, and her papers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from network.cases import operations as do
from network.cases import queries as read
from network.core import clock
from network.core.errors import Conflict, Invalid
from tests.cases.conftest import RINA, Act, Centre

SAFE = RINA["contacts"][0]
TODAY = clock.today("UTC")


def kinds(case_id: UUID) -> list[str]:
    return [event.kind for event in reversed(read.list_events(case_id))]


def test_a_child_is_a_client_of_her_own_linked_both_ways(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        mother = do.register_client(RINA)
        child = do.register_child(
            mother.id, {"name": "Mitu", "sex": "female", "age": 2}, "daughter", travels_along=True
        )
        assert {one.relationship for one in read.list_related(mother.id)} == {"daughter", "travels_with"}
        assert {one.relationship for one in read.list_related(child.id)} == {"mother", "travels_with"}
        facts = read.preview_facts(read.card_of(mother), read.list_related(mother.id))
        assert facts.children == (("0-4", "female"),)
        assert "Mitu" not in repr(facts)
        assert "Rina" not in repr(facts)


def test_a_childs_age_is_asked(centre: Centre, act: Act) -> None:
    with pytest.raises(Invalid) as refused, act(centre.rana):
        do.register_child(do.register_client(RINA).id, {"name": "Mitu"}, "daughter")
    assert "age" in refused.value.fields


@pytest.mark.parametrize(
    ("relationship", "flags"),
    [
        ("employer", ["guardian_checked"]),
        ("friend", ["guardian_checked"]),
        ("mother", ["guardian_checked", "possible_source_of_harm"]),
        ("sister", ["must_not_be_told", "may_be_called"]),
    ],
)
def test_a_guardian_is_never_an_employer_or_somebody_who_may_do_harm(
    centre: Centre, act: Act, relationship: str, flags: list[str]
) -> None:
    with pytest.raises(Invalid) as refused, act(centre.rana):
        child = do.register_client({"name": "Mitu", "age": 9})
        do.add_relative(child.id, {"name": "Somebody", "relationship": relationship, "flags": flags})
    assert "flags" in refused.value.fields


def test_a_checked_guardian_cannot_also_have_power_over_her(centre: Centre, act: Act) -> None:
    with pytest.raises(Invalid), act(centre.rana):
        child = do.register_client({"name": "Mitu", "age": 9, "sex": "female"})
        aunt = do.register_client({"name": "Parul", "age": 40, "sex": "female"})
        do.link_clients(child.id, aunt.id, "employer")
        do.link_clients(child.id, aunt.id, "aunt_uncle", flags=["guardian_checked"])


def test_a_relation_is_recorded_once_and_with_somebody_else(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        one, other = do.register_client(RINA), do.register_client(RINA)
        do.link_clients(one.id, other.id, "sister")
        with pytest.raises(Conflict):
            do.link_clients(one.id, other.id, "sister")
        with pytest.raises(Invalid):
            do.link_clients(one.id, one.id, "sister")


def test_a_passport_comes_back(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA)
        case = do.open_case(client.id)
        (passport,) = read.list_documents(client.id)
        do.document_recovered(passport.id)
        (passport,) = read.list_documents(client.id)
        assert (passport.holder, passport.recovered_on is not None) == ("client", True)
        assert kinds(case.id) == ["case.opened", "document.recovered"]
        with pytest.raises(Invalid):
            do.document_recovered(passport.id, TODAY + timedelta(days=9))


def test_a_paper_of_another_kind_needs_a_word(centre: Centre, act: Act) -> None:
    with pytest.raises(Invalid) as refused, act(centre.rana):
        do.record_document(do.register_client(RINA).id, {"type": "other", "holder": "client"})
    assert "note" in refused.value.fields
