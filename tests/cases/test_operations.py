"""What a centre does with clients and cases, as the database's own role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from network.audit.models import AuditEvent
from network.cases import operations as do
from network.cases import queries as read
from network.cases.models import CaseEvent, Incident
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Forbidden, IllegalTransition, Invalid, StaleVersion, UnknownCode
from network.core.ids import new_id
from tests.cases.conftest import RINA, Act, Centre
from tests.factories import make_tenant, staff

SAFE = RINA["contacts"][0]
TODAY = clock.today("UTC")


def kinds(case_id: UUID) -> list[str]:
    return [event.kind for event in reversed(read.list_events(case_id))]


# Registering


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


# Contact


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
        items = read.data_by_category(client.id, do.open_case(client.id).id)["contact"]
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


# Who is who


def test_a_child_is_a_client_of_her_own_linked_both_ways(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        mother = do.register_client(RINA)
        child = do.register_child(
            mother.id, {"name": "Mitu", "sex": "female", "age": 2}, "daughter", travels_along=True
        )
        assert {one.relationship for one in read.list_related(mother.id)} == {"daughter", "travels_with"}
        assert {one.relationship for one in read.list_related(child.id)} == {"mother", "travels_with"}
        facts = read.preview_facts(mother.id)
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


# Papers


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


# Casework


def test_a_need_that_opens_restricted_restricts_the_client_to_who_opened(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA | {"needs": ["violence.case_management"]})
        assert read.get_client(client.id).restricted
        assert read.list_team(client.id) == [centre.rana.account_id]
        (case,) = read.list_cases_of(client.id)
        assert case.restricted
    with act(centre.omar):
        assert (read.count_clients(), read.count_cases()) == (0, 0)


def test_the_client_may_have_it_otherwise(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA | {"needs": ["violence.case_management"], "restricted": False})
        assert not read.get_client(client.id).restricted


def test_a_need_added_later_restricts_too_and_presses(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA)
        case = do.open_case(client.id, needs=["information.rights"])
        assert case.priority == "routine"
        do.add_need(case.id, "protection.immediate")
        assert (case.priority, case.restricted) == ("immediate", True)
        assert [need.restricted for need in read.list_needs(case.id)] == [True, True]
        with pytest.raises(Conflict):
            do.add_need(case.id, "protection.immediate")


def test_a_served_need_is_met(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id, needs=["health.primary"])
        do.record_service(case.id, need_code="health.primary", delivered_on=TODAY, outcome="served_full")
        assert [need.state for need in read.list_needs(case.id)] == ["met"]
        assert kinds(case.id)[-2:] == ["service.recorded", "need.changed"]
        with pytest.raises(Invalid):
            do.record_service(
                case.id,
                need_code="health.primary",
                delivered_on=TODAY + timedelta(days=3),
                outcome="served_full",
            )


def test_a_case_closes_with_a_reason_and_reopens(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        with pytest.raises(UnknownCode):
            do.close_case(case.id, "bored")
        with pytest.raises(Invalid):
            do.close_case(case.id, "other")
        do.close_case(case.id, "goals_met")
        with pytest.raises(IllegalTransition):
            do.close_case(case.id, "goals_met")
        with pytest.raises(Conflict):
            do.add_note(case.id, "Too late")
        do.reopen_case(case.id)
        do.add_note(case.id, "She came again.")
        assert [note.text for note in read.list_notes(case.id)] == ["She came again."]


def test_a_case_that_was_handed_over_is_read_and_not_changed_but_hears_of_milestones(
    centre: Centre, act: Act
) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id, needs=["labour.wages"])
        do.make_read_only(case.id)
        version = case.version
        refused = (
            lambda: do.add_note(case.id, "No"),
            lambda: do.add_need(case.id, "legal.advice"),
            lambda: do.update_case(case.id, {"summary": "No"}, version),
            lambda: do.close_case(case.id, "goals_met"),
            lambda: do.record_claim(case.id, {"kind": "wages_unpaid"}),
            lambda: do.record_service(
                case.id, need_code="labour.wages", delivered_on=TODAY, outcome="ongoing"
            ),
        )
        for attempt in refused:
            with pytest.raises(Conflict):
                attempt()
        do.add_event(case.id, "service.recorded", codes={"needs": "labour.wages"})
        assert read.case_page(case.id).case.writable is False


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("nobody.declared", {}),
        ("need.recorded", {"note": "Her name is Rina"}),
        ("need.recorded", {"needs": "labour.happiness"}),
    ],
)
def test_the_timeline_holds_codes_and_never_words(centre: Centre, act: Act, kind: str, codes: dict) -> None:
    with pytest.raises((ValueError, UnknownCode)), act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        do.add_event(case.id, kind, codes=codes)


def test_the_timeline_is_never_rewritten(centre: Centre, act: Act) -> None:
    with pytest.raises(Exception, match="permission denied"), act(centre.rana):
        do.open_case(do.register_client(RINA).id)
        event = db.session.scalars(select(CaseEvent)).first()
        event.kind = "case.closed"
        db.session.flush()


def test_everything_that_was_done_is_audited_without_values(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA | {"needs": ["labour.wages"]})
    with act(centre.rana):
        entries = db.session.scalars(select(AuditEvent)).all()
        assert {(one.action, one.object_kind) for one in entries} >= {
            ("registered", "client"), ("opened", "case"), ("recorded", "contact"), ("recorded", "document"),
        }  # fmt: skip
        (registered,) = [one for one in entries if one.action == "registered"]
        assert registered.object_id == client.id
        assert {"name", "employer"} <= set(registered.fields)


# Claims


def test_a_wage_claim_is_authorized_awarded_and_paid(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        claim = do.record_claim(
            case.id,
            {"kind": "wages_unpaid", "respondent": "Blue Thread", "amount_claimed": "1040", "currency": "JOD",
             "remedies": ["money"]},
        )  # fmt: skip
        signed = do.sign_authorization(
            claim.id,
            scope=["lodge", "represent", "receive_payment"],
            signed_on=TODAY,
            valid_until=TODAY + timedelta(days=365),
            evidence="Signed before two witnesses",
        )
        do.move_claim(claim.id, "lodge", {"forum": "labour_court"}, claim.version)
        do.move_claim(claim.id, "award", {"amount_awarded": "900"}, claim.version)
        do.move_claim(
            claim.id, "pay", {"amount_paid": "900.50", "remedies_obtained": ["money"]}, claim.version
        )
        (record,) = read.list_claims(case.id)
        assert (record.state, record.amount_paid, record.respondent) == (
            "paid",
            Decimal("900.50"),
            "Blue Thread",
        )
        assert record.authorizations[0].is_live(TODAY)
        do.revoke_authorization(signed.id)
        assert not read.list_claims(case.id)[0].authorizations[0].is_live(TODAY)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "kind"),
        ({"kind": "wages_unpaid", "amount_claimed": "100"}, "currency"),
        ({"kind": "wages_unpaid", "amount_claimed": "-1", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "wages_unpaid", "amount_claimed": "1e99", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "wages_unpaid", "amount_claimed": "many", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "wages_unpaid", "amount_claimed": "1", "currency": "XYZW"}, "currency"),
        ({"kind": "documents_withheld", "amount_claimed": "1", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "violence", "forum": "community_mediation"}, "forum"),
        ({"kind": "trafficking", "forum": "labour_conciliation"}, "forum"),
        ({"kind": "other"}, "facts"),
        ({"kind": "wages_unpaid", "lodged_on": "2026-01-01"}, "forum"),
        ({"kind": "wages"}, "kind"),
    ],
)
def test_what_a_claim_cannot_be_is_refused(centre: Centre, act: Act, data: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused, act(centre.rana):
        do.record_claim(do.open_case(do.register_client(RINA).id).id, data)
    assert field in refused.value.fields


def test_a_claim_moves_only_as_claims_move(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        claim = do.record_claim(case.id, {"kind": "wages_unpaid"})
        for move in ("pay", "award", "fly"):
            with pytest.raises(IllegalTransition):
                do.move_claim(claim.id, move, {}, claim.version)
        with pytest.raises(StaleVersion):
            do.move_claim(claim.id, "withdraw", {}, 7)


def test_a_claim_of_violence_restricts(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        do.record_claim(case.id, {"kind": "sexual_harassment"})
        assert read.get_case(case.id).restricted


# Incidents


def test_an_incident_is_opened_by_a_reason_that_opens_one_and_closed_with_what_was_done(
    centre: Centre, act: Act
) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        incident = do.open_incident(
            "withdrawal.sent_wrong_recipient", case_id=case.id, note="To the wrong desk."
        )
        assert kinds(case.id)[-1] == "incident.opened"
        with pytest.raises(Invalid):
            do.close_incident(incident.id, done="")
        do.close_incident(incident.id, done="Sealed, and she was told.", client_told_on=TODAY)
        assert db.session.get(Incident, (centre.id, incident.id)).state == "closed"
        for other in ("withdrawal.client_wish", "nonsense", "withdrawal.", "decline.no_capacity"):
            with pytest.raises(UnknownCode):
                do.open_incident(other)
        assert do.open_incident("recall.data_incident").client_id is None


# Taking over


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
        items = read.data_by_category(sent.id, case.id)
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
