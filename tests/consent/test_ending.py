"""Consent confirmed, extended, and its end by the clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from network.accounts.permissions import permissions_of
from network.cases.models import Client
from network.cases.queries.clients import get_client
from network.consent.operations import (
    confirm_consent,
    end_expired_grant,
    end_provisional_consent,
    extend_grant,
    record_consent,
    withdraw,
    withdraw_all,
)
from network.consent.queries import expiring, list_grants
from network.core import clock
from network.core.errors import Conflict, IllegalTransition, Invalid
from network.exchange.operations import Given, make_move
from network.referrals.states import REFERRAL
from network.tenants.context import job_identity, scope
from network.worklist import pages as home
from network.worklist.queries import list_tasks
from tests.consent.conftest import Story, a_child, asked, in_days
from tests.support.statements import locked, statements


def test_provisional_consent_ends_by_the_clock_with_what_left_under_it(story: Story) -> None:
    story.consent(story.grant(), method="verbal_phone", identity_check="agreed phrase")
    packet = story.disclose()
    assert packet.readable_until - packet.created_at <= timedelta(hours=72)
    story.work()
    assert set(story.seen(packet)) == {"preview"}
    with in_days(3.01):
        assert not story.propose().ok
        story.work()
    assert story.seen(packet) == {}
    assert story.rows("SELECT seal_reason FROM packet") == [("expired",)]
    assert ("consent.not_confirmed",) in story.rows("SELECT kind FROM case_event")


def test_a_confirmed_consent_goes_on_and_so_does_its_packet(story: Story) -> None:
    consent = story.consent(story.grant(), method="verbal_phone", identity_check="agreed phrase")
    packet = story.disclose()
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as wrong:
        confirm_consent(consent.id, {"method": "message", "language": "bn", "identity_check": "phrase"})
    assert set(wrong.value.fields) == {"method"}
    with story.acting():
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})
    with story.acting(), pytest.raises(Conflict):
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})
    with in_days(3.01):
        story.work()
        assert story.propose().ok
    ((until,),) = story.rows("SELECT readable_until FROM packet")
    assert until - packet.created_at > timedelta(days=89)
    assert set(story.seen(packet)) == {"preview"}


def test_a_childs_consent_by_telephone_is_confirmed_by_the_same_guardian(story: Story) -> None:
    child_id, how = a_child(story)
    phone = {"method": "verbal_phone", "identity_check": "agreed phrase"}
    with story.acting():
        consent = record_consent(child_id, asked(story.grant(), **how | phone))
    sent = {
        "method": "thumbprint",
        "language": "bn",
        "witness": "",
        "child_view": None,
        "guardian_checked": False,
    }
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as wrong:
        confirm_consent(consent.id, sent)
    assert set(wrong.value.fields) == {"witness"}
    with story.acting():
        assert confirm_consent(consent.id, sent | {"witness": "Omar"}).confirmed_at is not None


def test_confirming_comes_too_late_once_the_time_is_over(story: Story) -> None:
    consent = story.consent(story.grant(), method="verbal_phone", identity_check="agreed phrase")
    with in_days(4), story.acting(), pytest.raises(Conflict):
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})
    with story.acting():
        withdraw_all(story.client_id)
    with story.acting(), pytest.raises(IllegalTransition):
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})


def test_the_end_is_announced_and_carried_out_on_the_date(story: Story) -> None:
    story.consent(story.grant(days=30))
    packet = story.disclose()
    with in_days(10):
        story.work()
        assert ("consent.expiring",) not in story.rows("SELECT kind FROM case_event")
    with in_days(17):
        story.work()
        assert story.rows("SELECT count(*) FROM case_event WHERE kind = 'consent.expiring'") == [(1,)]
        with story.app.app_context(), scope(story.rana):
            assert [one.purpose for one in expiring(story.client_id)] == ["service_provision"]
    with in_days(28):
        story.work()
        assert story.rows("SELECT count(*) FROM case_event WHERE kind = 'consent.expiring'") == [(2,)]
    assert set(story.seen(packet)) == {"preview"}
    with in_days(30.01):
        story.work()
    assert story.seen(packet) == {}
    assert ("consent.expired",) in story.rows("SELECT kind FROM case_event")
    assert "exchange.sealed" in story.topics(packet.exchange_id)


def test_an_end_that_waited_for_an_extension_seals_nothing(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, consent = clock.now(), story.consent(story.grant(days=30))
    packet = story.disclose()
    (grant_id,) = story.rows("SELECT id FROM consent_grant WHERE consent_id = :id", id=consent.id)[0]

    def lock_late(client_id: UUID, *, lock: bool = False) -> Client:
        with ThreadPoolExecutor(1) as colleague:
            colleague.submit(extend).result(timeout=60)
        return get_client(client_id, lock=lock)

    def extend() -> None:
        with clock.set_to(begun + timedelta(days=29)), story.acting():
            extend_grant(grant_id, asked(days=60))

    monkeypatch.setattr(withdraw, "get_client", lock_late)
    with in_days(30.01), story.acting(job_identity(story.rana.tenant)):
        end_expired_grant(grant_id)
    assert story.rows("SELECT seal_reason FROM packet WHERE id = :id", id=packet.id) == [(None,)]


def test_the_end_of_a_yes_by_telephone_locks_her_first_as_whoever_confirms_it(story: Story) -> None:
    consent = story.consent(story.grant(), method="verbal_phone", identity_check="agreed phrase")
    with (
        statements(story.app) as sent,
        in_days(3.01),
        story.acting(job_identity(story.rana.tenant)),
    ):
        end_provisional_consent(consent.id)
    assert locked(sent, "client", "consent")[:2] == ["client", "consent"]
    assert ("consent.not_confirmed",) in story.rows("SELECT kind FROM case_event")


def test_a_service_that_runs_is_not_cut_off_in_the_night(story: Story) -> None:
    story.consent(story.grant(days=30))
    packet = story.disclose()
    story.accept(packet, "start")
    with in_days(30.01):
        story.work()
        ((until, sealed_at),) = story.rows("SELECT readable_until, sealed_at FROM packet")
        assert until > clock.now()
        assert sealed_at is None
        assert not story.propose().ok
    with story.acting(story.shelter_worker):
        make_move(packet.exchange_id, "complete", REFERRAL, side="receiver", given=Given(outcome=True))
    with in_days(31.02):
        story.work()
    assert story.rows("SELECT seal_reason FROM packet") == [("expired",)]
    assert story.rows("SELECT count(*) FROM case_event WHERE kind = 'consent.expired'") == [(1,)]


def test_extending_asks_anew_and_moves_nothing_but_the_end(story: Story) -> None:
    story.consent(story.grant(days=30))
    packet = story.disclose()
    grant = story.propose().grants[0]
    with story.app.test_request_context(), scope(story.rana):
        for wrong in ({"days": 10}, {"days": 90, "method": "verbal_phone", "identity_check": "phrase"}):
            with pytest.raises(Invalid):
                extend_grant(grant.id, asked() | {"days": 90} | wrong)
    with story.acting():
        extend_grant(grant.id, asked() | {"days": 180})
    with in_days(31):
        story.work()
        proposal = story.propose()
    assert proposal.ok
    assert proposal.grants[0].categories == grant.categories
    assert ("consent.expired",) not in story.rows("SELECT kind FROM case_event")
    ((until,),) = story.rows("SELECT readable_until FROM packet WHERE id = :id", id=packet.id)
    assert until - packet.created_at > timedelta(days=179)
    assert story.rows("SELECT count(*) FROM consent_event WHERE kind = 'extended'") == [(1,)]


def test_what_has_ended_is_not_extended(story: Story) -> None:
    story.consent(story.grant(days=30))
    grant = story.propose().grants[0]
    with in_days(31), story.acting(), pytest.raises(Conflict):
        extend_grant(grant.id, asked() | {"days": 90})


def test_a_grant_cannot_be_widened_even_by_the_database(story: Story) -> None:
    story.consent(story.grant())
    for change in (
        "categories = '{health}'",
        "purpose = 'claim_pursuit'",
        "recipient_organization_id = gen_random_uuid()",
        "onward = true",
    ):
        with pytest.raises(Exception, match="permission denied"):
            story.rows(f"UPDATE consent_grant SET {change}")
    with pytest.raises(Exception, match="permission denied"):
        story.rows("DELETE FROM consent_event")


def test_home_leads_to_the_very_consent_that_has_to_be_confirmed_or_asked_again(story: Story) -> None:
    said = story.consent(story.grant(), method="message", identity_check="phrase", case_id=story.case_id)
    later, soon = (story.consent(story.grant(days=days), case_id=story.case_id) for days in (9, 5))
    rana = replace(story.rana, permissions=permissions_of(story.rana.roles, "centre"))
    with story.app.test_request_context(), scope(rana):
        led = {task.what: home.Doors().lead_to(task) for task in list_tasks()}
        ends = {one.consent_id: one.id for one in list_grants(story.client_id)}
    assert led["confirm_consent"] == f"/cases/{story.case_id}/consents/{said.id}/confirmation"
    assert led["consent_ends"] == f"/cases/{story.case_id}/grants/{ends[soon.id]}/extension"
    assert later.id in ends
