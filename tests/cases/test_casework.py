"""Needs, services, the end of a case, and what its timeline and the audit keep."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from network.audit.models import AuditEvent
from network.cases import operations as do
from network.cases import queries as read
from network.cases.models import CaseEvent
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, IllegalTransition, Invalid, UnknownCode
from tests.cases.conftest import RINA, Act, Centre

SAFE = RINA["contacts"][0]
TODAY = clock.today("UTC")


def kinds(case_id: UUID) -> list[str]:
    return [event.kind for event in reversed(read.list_events(case_id))]


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
