"""What is read of clients and cases, and how often the database is asked for it."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from network.cases import operations as do
from network.cases.operations import record_document, register_client
from network.cases.queries import (
    case_page,
    data_by_category,
    list_cases_of,
    list_related,
    open_case_with_card,
    profile_of,
)
from network.directory.eligibility import Profile
from network.tenants.context import scope
from tests.cases.conftest import RINA, Act, Centre
from tests.support.statements import statements


def test_a_page_asks_the_database_as_often_for_much_as_for_little(
    app: Flask, centre: Centre, act: Act
) -> None:
    with act(centre.rana):
        small = do.open_case(register_client(RINA).id, needs=["labour.wages"])
        large = do.open_case(
            register_client(RINA).id, needs=["labour.wages", "legal.advice", "health.primary"]
        )
        for number in range(12):
            do.add_note(large.id, f"Note {number}")
            record_document(large.client_id, {"type": "payslip", "holder": "client"})
            do.record_claim(large.id, {"kind": "overtime"})
        do.record_claim(small.id, {"kind": "overtime"})

    def asked(case_id: UUID) -> int:
        with app.app_context(), scope(centre.rana), statements(app) as sent:
            case_page(case_id)
        return len(sent)

    assert asked(small.id) == asked(large.id) <= 16


def test_the_directory_is_told_what_tells_who_is_taken_and_no_name(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        mother = register_client(RINA | {"immigration_status": "permit_expired"})
        do.register_child(mother.id, {"name": "Mitu", "sex": "female", "age": 2}, "daughter")
        assert profile_of(mother.id) == Profile(
            sex="female",
            age=27,
            nationality="BD",
            legal_status="permit_expired",
            children=(("female", 2),),
            sector="garment",
            has_documents=False,
        )
        unknown = profile_of(register_client({"name": "Siti", "age_basis": "adult"}).id)
        assert unknown == Profile()


def test_what_may_leave_stands_under_its_category_and_notes_never(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = register_client(
            RINA
            | {
                "health_special": "Pregnant",
                "needs": ["violence.case_management"],
                "what_happened": "He hit me.",
            }
        )
        do.add_relative(client.id, {"name": "Parul", "relationship": "mother"})
        do.register_child(
            client.id, {"name": "Mitu", "sex": "female", "age": 2}, "daughter", travels_along=True
        )
        (case,) = do_cases(client.id)
        do.add_note(case, "Only for us.")
        do.record_claim(case, {"kind": "wages_unpaid"})
        do.record_claim(case, {"kind": "trafficking"})
        record, card = open_case_with_card(case)
        found = data_by_category(card, record, list_related(client.id))
    assert "case_notes" not in found
    assert "Only for us." not in repr(found)
    assert "Mitu" not in repr(found)  # she has a card and a consent of her own
    fields = {category: [item.field for item in items] for category, items in found.items()}
    assert fields["identity"][:2] == ["name", "other_names"]
    assert fields["contact"] == ["contact.1"]
    assert fields["family_contact"] == ["relative.1"]
    assert fields["dependants"] == ["dependant.1"]
    assert fields["health_special"] == ["health_special"]
    assert fields["incident_account"] == ["what_happened"]
    assert fields["protection_concerns"] == ["protection_needs"]
    assert fields["legal_claim"] == ["claim.1"]
    assert fields["criminal_matter"] == ["claim.2"]
    assert fields["documents"] == ["document.1"]
    assert found["contact"][0].value["phrase"] == "the blue umbrella"
    assert found["dependants"][0].value == {
        "relationship": "daughter", "age_band": "0-4", "sex": "female", "travels_along": "yes",
    }  # fmt: skip


def do_cases(client_id: UUID) -> list[UUID]:
    return [case.id for case in list_cases_of(client_id)]
