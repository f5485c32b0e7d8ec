"""The door on a real database: what leaves, who reads it, and what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from network.cases.operations import add_need, make_read_only, open_case, register_child, restrict_client
from network.cases.queries import list_related
from network.consent.disclosure import disclose, propose
from network.consent.operations import add_refusal, lift_refusal_once, record_consent
from network.consent.queries import disclosures_of, who_knows_what
from network.core.errors import Invalid, NotCovered, NotFound
from network.core.ids import new_id
from network.directory.operations import add_role
from network.tenants.context import job_identity, scope
from tests.consent.conftest import NEED, NOTE, Story, a_grant, asked, in_days, make_member_listing
from tests.factories import staff


def test_preview_names_nobody_and_identity_waits_for_acceptance(story: Story) -> None:
    story.consent(story.grant())
    packet = story.disclose()
    assert story.seen(packet) == {
        "preview": {
            "needs": ["protection"],
            "age_band": "25-34",
            "sex": "female",
            "languages": ["bn"],
        }
    }
    story.accept(packet)
    identity = story.seen(packet)["identity"]
    assert set(identity) == {"identity", "contact"}
    assert identity["identity"]["name"] == "Rina Akter"
    assert identity["contact"]["contact.1"]["number"] == "+962790000001"
    assert identity["contact"]["contact.1"]["phrase"] == "the blue door"


def test_packet_holds_exactly_what_was_proposed(story: Story) -> None:
    story.consent(story.grant("identity", "contact", "health"))
    wanted = {"added": frozenset({"health"}), "left_out": frozenset({"identity.nationality", "contact"})}
    proposal = story.propose(**wanted)
    packet = story.disclose(**wanted)
    story.accept(packet)
    seen = story.seen(packet)
    proposed = {(one.part, one.category, one.field): one.value for one in proposal.leaving}
    left = {("preview", "preview", field): value for field, value in seen["preview"].items()}
    left |= {
        ("identity", category, field): value
        for category, fields in seen["identity"].items()
        for field, value in fields.items()
    }
    assert left == proposed
    assert ("identity", "identity", "nationality") not in left
    assert {category for _, category, _ in left} == {"preview", "identity", "health"}
    assert packet.categories == ["identity", "health"]


def test_a_case_note_never_leaves_whatever_was_granted(story: Story) -> None:
    everything = ["identity", "contact", "whereabouts", "dependants", "health", "protection_concerns"]
    story.consent(
        story.grant(*everything, "immigration_status", "employment", "documents"),
        story.grant("incident_account"),
        story.grant("health_special"),
    )
    added = frozenset(
        {*everything, "employment", "documents.document.1", "incident_account", "health_special"}
    )
    packet = story.disclose(added=added)
    story.accept(packet)
    content = str(story.seen(packet))
    assert NOTE not in content
    assert "what happened to her, in words" in content
    assert "BX0123456" in content


def test_without_consent_nothing_is_written(story: Story) -> None:
    with pytest.raises(NotCovered) as refused:
        story.disclose()
    assert {(line.category, line.code) for line in refused.value.lines} == {
        (None, "no_grant"),
        ("identity", "no_grant"),
        ("contact", "no_grant"),
    }
    for table in ("packet", "disclosure", "disclosure_grant"):
        assert story.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    refusals = "SELECT action, object_kind, reason FROM audit_event WHERE outcome = 'refused'"
    assert story.rows(refusals) == [("disclosed", "exchange", "no_grant")]


def test_consent_for_one_organization_opens_nothing_for_another(story: Story) -> None:
    story.consent(story.grant())
    other, _worker = make_member_listing(story.app)
    assert not story.propose(recipient_organization_id=other.organization_id).ok


def test_consent_for_a_kind_of_body_in_a_country_covers_any_of_them(story: Story) -> None:
    story.consent(a_grant(recipient_class="service_provider", recipient_country="JO"))
    assert story.propose().ok
    other, _worker = make_member_listing(story.app, country="LB")
    assert not story.propose(recipient_organization_id=other.organization_id).ok


def test_a_recruiter_on_the_board_shuts_the_door_and_the_page_says_so(story: Story) -> None:
    story.consent(story.grant(), refusals=[{"recipient_class": "recruiter"}])
    assert story.propose().ok
    with story.acting(replace(job_identity(story.shelter_worker.tenant), tenant_kind="partner")):
        add_role(story.shelter.organization_id, "board", "recruiter", country="JO")
    proposal = story.propose()
    assert not proposal.ok
    assert not proposal.leaving
    line = proposal.missing[0]
    assert (line.code, line.detail["class"], line.detail["via"]) == ("refused", "recruiter", "board")
    with story.app.test_request_context():
        assert "sits on the board" in proposal.why(line)
    with pytest.raises(NotCovered):
        story.disclose()


def test_a_lifted_refusal_is_used_once(story: Story) -> None:
    embassy, worker = make_member_listing(
        story.app, recipient_class="embassy_consulate", country="BD", run_by=[]
    )
    story.shelter, story.shelter_worker = embassy, worker
    document = a_grant(
        "identity", purpose="travel_document", need=None, organization_id=embassy.organization_id
    )
    story.consent(document)
    with story.acting():
        refusal = add_refusal(story.client_id, {"recipient_class": "embassy_consulate"})
    wanted = {"purpose": "travel_document", "need_codes": ()}
    assert not story.propose(**wanted).ok
    with story.acting():
        lift_refusal_once(refusal.id, "travel_document")
    assert [one.code for one in story.propose(**wanted).warnings][:1] == ["lift_used"]
    story.disclose(**wanted)
    assert not story.propose(**wanted).ok
    with pytest.raises(NotCovered):
        story.disclose(**wanted)


def test_fear_of_return_blocks_the_authorities_of_her_country(story: Story) -> None:
    embassy, _worker = make_member_listing(story.app, recipient_class="embassy_consulate", country="BD")
    story.consent(
        a_grant("identity", purpose="travel_document", need=None, organization_id=embassy.organization_id)
    )
    wanted = {
        "recipient_organization_id": embassy.organization_id,
        "purpose": "travel_document",
        "need_codes": (),
    }
    assert story.propose(**wanted).ok
    with story.acting():
        add_need(story.case_id, "legal.asylum")
    assert {line.code for line in story.propose(**wanted).missing} == {"fear_of_return_blocks_authority"}


def test_a_restricted_clients_preview_goes_to_one_named_person(story: Story) -> None:
    story.consent(story.grant())
    with story.acting():
        restrict_client(story.client_id)
    assert story.propose().needs_named
    with pytest.raises(Invalid) as wrong:
        story.disclose()
    assert "named_account_id" in wrong.value.fields
    packet = story.disclose(named_account_id=story.shelter_worker.account_id)
    assert set(story.seen(packet)) == {"preview"}
    colleague = staff(story.shelter_worker.tenant, kind="partner", roles=("partner_worker",))
    assert story.seen(packet, colleague) == {}


def test_packet_is_readable_until_the_earliest_end_of_the_grants_used(story: Story) -> None:
    story.consent(story.grant(days=30), story.grant("health_special", days=90))
    plain, both = story.propose(), story.propose(added=frozenset({"health_special"}))
    assert plain.readable_until == both.readable_until
    assert len(both.grants) == 2


def test_header_says_whether_it_may_be_passed_on_and_whether_they_may_report_back(story: Story) -> None:
    story.consent(story.grant())
    assert (story.propose().onward, story.propose().feedback) == (False, False)
    story.consent(
        story.grant("service_history", purpose="feedback_to_centre", need=None),
        story.grant(onward=True, days=180),
        refusals=[{"recipient_class": "family"}],
    )
    proposal = story.propose()
    assert (proposal.onward, proposal.feedback) == (True, True)
    assert proposal.content("identity")["identity"]["never_to"] == ["family"]


def test_disclosure_is_on_record_with_its_grant_and_its_fields_by_name(story: Story) -> None:
    story.consent(story.grant())
    packet = story.disclose()
    with story.app.app_context(), scope(story.rana):
        (told,) = disclosures_of(story.client_id)
        (known,) = who_knows_what(story.client_id)
    assert told.packet_id == packet.id
    assert "identity.name" in told.fields
    assert len(told.grant_ids) == 1
    assert known.readable == ("contact", "identity")
    assert story.rows("SELECT kind FROM case_event WHERE kind = 'disclosure.made'") == [("disclosure.made",)]
    ((fields,),) = story.rows("SELECT fields FROM audit_event WHERE action = 'disclosed'")
    assert "identity.name" in fields
    assert "Rina" not in str(fields)


def test_the_record_of_a_disclosure_cannot_be_changed(story: Story) -> None:
    story.consent(story.grant())
    story.disclose()
    for statement in ("UPDATE disclosure SET categories = '{}'", "DELETE FROM disclosure"):
        with pytest.raises(Exception, match="permission denied"):
            story.rows(statement)


def test_nothing_leaves_a_case_that_was_handed_over(story: Story) -> None:
    story.consent(story.grant())
    with story.acting():
        make_read_only(story.case_id)
    assert {line.code for line in story.propose().missing} == {"read_only_case"}


def test_another_centre_cannot_ask_the_door_about_this_case(story: Story) -> None:
    story.consent(story.grant())
    with story.acting(story.stranger), pytest.raises(NotFound):
        disclose(story.wanted(), new_id())
    with story.app.test_request_context(), scope(story.stranger), pytest.raises(NotFound):
        propose(story.wanted())


def test_a_packet_cannot_be_hung_on_another_tenants_exchange(story: Story) -> None:
    story.consent(story.grant())
    packet = story.disclose()
    with pytest.raises(Exception, match=r"not-found"):
        with story.acting(story.stranger):
            disclose(story.wanted(), packet.exchange_id)


def test_papers_leave_one_by_one(story: Story) -> None:
    story.consent(story.grant("identity", "contact", "documents"))
    whole = story.propose(added=frozenset({"documents"}))
    assert "documents" not in whole.content("identity")
    assert "choose_documents" in {one.code for one in whole.warnings}
    offered = [one for one in whole.offers if one.category == "documents"]
    assert [(one.code, one.covered, one.chosen) for one in offered] == [("documents.document.1", True, False)]
    one = story.propose(added=frozenset({"documents.document.1"}))
    assert set(one.content("identity")["documents"]) == {"document.1"}


def test_what_the_partner_does_that_may_endanger_her_is_said(story: Story) -> None:
    story.consent(story.grant())
    practices = [one.detail["practice"] for one in story.propose().warnings if one.code == "practice"]
    assert practices == ["police_on_site"]


def test_preview_takes_no_words_that_somebody_typed(story: Story) -> None:
    story.consent(story.grant())
    assert story.propose(preview_extra={"priority": "urgent"}).content("preview")["priority"] == "urgent"
    for extra in ({"remark": "she is Rina Akter"}, {"sex": "male"}, {"nested": {"a": "b"}}):
        with pytest.raises(Invalid):
            story.propose(preview_extra=extra)


def test_children_who_come_along_are_told_by_age_band_alone(story: Story) -> None:
    with story.acting():
        child = register_child(
            story.client_id,
            {"name": "Tahmid Akter", "sex": "male", "age": 2},
            "son",
            travels_along=True,
        )
    story.consent(story.grant())
    assert story.propose().content("preview")["children"] == ["0-4"]
    with story.acting():
        mother = next(one for one in list_related(child.id) if one.relationship == "mother")
        consent = record_consent(
            child.id,
            asked(
                story.grant(),
                capacity="parent",
                guardian_relationship_id=mother.id,
                guardian_checked=True,
                child_view="too_young",
            ),
        )
    assert consent.state == "given"


def test_a_childs_packet_says_that_a_guardian_consented(story: Story) -> None:
    with story.acting():
        child = register_child(story.client_id, {"name": "T", "sex": "male", "age": 2}, "son")
        case = open_case(child.id, needs=[NEED])
        mother = list_related(child.id)[0]
        record_consent(
            child.id,
            asked(
                story.grant(),
                capacity="parent",
                guardian_relationship_id=mother.id,
                guardian_checked=True,
                child_view="too_young",
            ),
        )
    story.client_id, story.case_id = child.id, case.id
    assert story.disclose().legal_basis == "consent_guardian"


def test_only_consent_opens_the_door_for_now(story: Story) -> None:
    with story.acting(), pytest.raises(Invalid):
        disclose(story.wanted(), new_id(), legal_basis="vital_interest")


def test_consent_that_has_expired_opens_nothing(story: Story) -> None:
    story.consent(story.grant(days=30))
    with in_days(31):
        proposal = story.propose()
    assert not proposal.ok
    assert {line.code for line in proposal.missing} == {"expired"}
