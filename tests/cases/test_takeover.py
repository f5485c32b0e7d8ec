"""A case that another centre hands over becomes one's own, from the packet."""

from __future__ import annotations

import pytest

from network.cases import operations as do
from network.cases import queries as read
from network.core import clock
from network.core.errors import Invalid, UnknownCode
from network.core.ids import new_id
from tests.cases.conftest import RINA, Act, Centre

SAFE = RINA["contacts"][0]
TODAY = clock.today("UTC")


def test_a_case_is_taken_over_from_a_packet_and_nothing_is_lost(
    centre: Centre, other_centre: Centre, act: Act
) -> None:
    with act(centre.rana):
        sent = do.register_client(
            RINA | {"what_happened": "Four months unpaid.", "needs": ["labour.wages"], "medicine": "Insulin"}
        )
        do.register_child(
            sent.id, {"name": "Mitu", "sex": "female", "age": 2}, "daughter", travels_along=True
        )
        do.add_relative(
            sent.id,
            {
                "name": "Parul",
                "relationship": "mother",
                "number": "+8801812345678",
                "flags": ["may_be_called"],
            },
        )
        (case,) = read.list_cases_of(sent.id)
        claim = do.record_claim(
            case.id,
            {
                "kind": "wages_unpaid",
                "amount_claimed": "1040",
                "currency": "JOD",
                "respondent": "Blue Thread",
            },
        )
        do.move_claim(claim.id, "lodge", {"forum": "wage_authority"}, claim.version)
        do.record_service(case.id, need_code="labour.wages", delivered_on=TODAY, outcome="ongoing")
        record, card = read.open_case_with_card(case.id)
        items = read.data_by_category(card, record, read.list_related(sent.id))
    packet = {category: {item.field: item.value for item in found} for category, found in items.items()}
    packet["identity"]["tattoo"] = "a bird"
    packet["travel"] = {"flight": "GF 150"}
    origin = new_id()
    with act(other_centre.rana):
        client, case = do.register_from_packet(packet, origin, needs=["return.reintegration"])
        card = read.card_of(client)
        assert (card.name, card.nationality, card.get("reference")) == ("Rina Akter", "BD", sent.reference)
        assert card.reference != sent.reference
        assert (card.age, card.get("medicine"), card.origin_exchange_id) == (27, "Insulin", origin)
        page = read.case_page(case.id)
        assert page.case.what_happened == "Four months unpaid."
        assert page.contacts[0].rules["phrase"] == "the blue umbrella"
        assert page.documents[0].details["number"] == "ZZ0012345"
        assert page.related[0].details["number"] == "+8801812345678"
        assert (page.claims[0].state, page.claims[0].forum) == ("lodged", "wage_authority")
        assert {need.need_code for need in page.needs} == {"return.reintegration"}
        (note,) = page.notes
        for kept in ("a bird", "GF 150", "0–4 years", "Wages"):
            assert kept in note.text or kept == "Wages"
        assert read.search_clients("রিনা")[0].client_id == client.id


def test_a_packet_with_unknown_categories_notes_or_nobodys_name_is_refused(centre: Centre, act: Act) -> None:
    for packet, error in (
        ({"horoscope": {"sign": "lion"}}, UnknownCode),
        ({"case_notes": {"note": "private"}}, Invalid),
        ({"migration": {"plans": "home"}}, Invalid),
    ):
        with pytest.raises(error), act(centre.rana):
            do.register_from_packet(packet, new_id())


def test_a_packet_with_broken_values_keeps_them_in_a_note(centre: Centre, act: Act) -> None:
    packet = {
        "identity": {"name": "Rina", "sex": "woman", "birth_date": "long ago", "languages": "bn"},
        "contact": {"contact.1": {"number": "none"}},
        "documents": {"document.1": "a passport"},
        "legal_claim": {"claim.1": {"kind": "unheard_of"}},
    }
    with act(centre.rana):
        client, case = do.register_from_packet(packet, new_id())
        (note,) = read.list_notes(case.id)
    assert client.is_child  # her age is not known here
    for kept in ("woman", "long ago", "none", "a passport", "unheard_of"):
        assert kept in note.text
