"""An organization that has no sign-in: it is told by other ways, its answers are recorded, and the loop is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import network
from network.cases.operations import add_need
from network.cases.queries import list_needs
from network.cases.states import NeedState
from network.consent.operations import add_refusal, withdraw_all, withdraw_grant
from network.consent.queries import live_grants
from network.core import clock, vocabulary
from network.core.db import db, unit_of_work
from network.core.errors import (
    Conflict,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotCovered,
    NotFound,
    StaleVersion,
)
from network.directory.printed.slip_words import slip_languages
from network.referrals import operations
from network.referrals.api import proposal_for
from network.referrals.letter import print_letter
from network.referrals.letter_words import letter_languages, read_there
from network.referrals.operations import Choices, Heard
from network.referrals.operations.send import lacking_for
from network.referrals.queries.lists import sent
from network.referrals.queries.matching import choice_for
from network.tenants.context import scope
from network.worklist.queries import list_tasks
from tests.attack.test_races import at_once, one_won
from tests.factories import Listed, make_account, make_listing, make_tenant, sign_in
from tests.referrals.conftest import NEED, Desks, World, form_of, reason, worker_of
from tests.support.pdf import pages

CATALOGUE = Path(network.__file__).parent / "translations/ar/LC_MESSAGES/messages.po"


@dataclass
class Outside:
    """The world, and a service of an organization in which nobody signs in."""

    world: World
    listed: Listed

    def told(self, *needs: str, channel: str = "phone", **choices: Any) -> UUID:
        """They were told; returns the referral's id."""
        one = self.world.prepare(*needs, listed=self.listed)
        self.world.send(one, channel=channel, **choices)
        self.world.jobs()
        return one

    def heard(self, one: UUID, move: str, channel: str = "phone", **more: Any) -> Any:
        """Record what they said."""
        done = self.world.act(self.world.sender, operations.record_heard, one, Heard(move, channel, **more))
        self.world.jobs()
        return done

    def tasks(self, one: UUID) -> list[tuple[str, str]]:
        """What the home of the caseworker says of it."""
        with self.world.app.app_context(), scope(self.world.sender):
            return [(task.what, task.other) for task in list_tasks() if task.subject_id == one]


@pytest.fixture
def out(world: World) -> Outside:
    needs = [NEED, "legal.advice", "violence.police"]
    listed = make_listing(
        world.app, world.sender.tenant, needs=needs, organization_name="Casa Sin Puerta",
        referral={"accepted": True, "methods": ["phone"]},
    )  # fmt: skip
    world.consent(listed.organization_id, NEED, "legal.advice", "violence.police")
    return Outside(world, listed)


def test_the_loop_goes_round_by_hand(out: Outside) -> None:
    world = out.world
    one = out.told()
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.outside, page.exchange.to_tenant_id) == ("sent", True, None)
    assert (page.side.due_kind, page.side.due_at) == ("hear", page.referral.decide_by)
    assert out.tasks(one) == [("ask_them", "Casa Sin Puerta")]
    assert page.preview
    assert page.identity
    assert page.identity["identity"]
    assert [(told.kind, told.channel) for told in page.told] == [("told", "phone")]
    out.heard(one, "accept", "email")
    assert out.tasks(one) == [("ask_outcome", "Casa Sin Puerta")]
    on = clock.now() + timedelta(days=2)
    out.heard(one, "schedule", on=on, place="Street 4", text="Ask for Ana")
    page = world.page(world.sender, one)
    assert page.appointment
    assert page.appointment.data["place"] == "Street 4"
    assert page.side.due_at == on
    out.heard(one, "change_appointment", on=on + timedelta(hours=1), place="Street 5")
    out.heard(one, "start")
    out.heard(one, "complete", outcomes={0: "served_full"}, text="A room for a month")
    assert world.timeline() == [
        "referral.told", "referral.accept", "referral.schedule", "referral.change_appointment",
        "referral.start", "referral.heard",
    ]  # fmt: skip
    assert out.tasks(one) == [("close_referral", "Casa Sin Puerta")]
    world.act(world.sender, operations.close_referral, one, helped="yes", words="I sleep there")
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.side.open, page.moves) == ("closed", False, ())
    assert [step.told.channel if step.told else None for step in page.steps] == [
        "phone", "email", "phone", "phone", "phone", "phone", None,
    ]  # fmt: skip
    with world.app.app_context(), scope(world.sender):
        assert [need.state for need in list_needs(world.case_id)] in ([], [NeedState.MET])


def test_what_leaves_is_what_the_consent_covers_and_the_disclosure_says_to_whom(out: Outside) -> None:
    world = out.world
    one = out.told(left_out=frozenset({"contact"}))
    page = world.page(world.sender, one)
    assert page.identity is not None
    assert "contact" not in page.identity
    [(organization, tenant, categories)] = world.rows(
        world.sender,
        "SELECT recipient_organization_id, recipient_tenant_id, categories FROM disclosure "
        "WHERE exchange_id = :one",
        one=one,
    )
    assert (organization, tenant, categories) == (out.listed.organization_id, None, ["identity"])
    [(fields,)] = world.rows(
        world.sender,
        "SELECT fields FROM audit_event WHERE action = 'disclosed' AND object_id = :packet",
        packet=page.packet.id,
    )
    assert set(fields)
    assert not any("contact" in name for name in fields)


def test_without_a_grant_or_against_a_refusal_nothing_is_told(out: Outside) -> None:
    world = out.world
    one = world.prepare(listed=out.listed)
    with pytest.raises(Invalid):
        world.send(one)
    with pytest.raises(Invalid):
        world.send(one, channel="pigeon")
    refusal = {
        **{"organization_id": out.listed.organization_id, "capacity": "self"},
        **{"method": "signature_paper", "language": "bn"},
    }
    world.act(world.sender, add_refusal, world.client_id, refusal)
    with pytest.raises(NotCovered):
        world.send(one, channel="phone")
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.packet, page.told) == ("draft", None, ())


def test_nobody_else_sees_or_moves_what_has_no_receiver(out: Outside) -> None:
    """By the database itself: a tenant that is nobody's is not everybody's."""
    world = out.world
    one = out.told()
    out.heard(one, "accept")
    tables = (
        "exchange_side", "exchange_event", "exchange_message", "packet", "packet_part", "packet_key", "referral",
        "referral_need", "referral_own_need", "referral_told",
    )  # fmt: skip
    for who in (world.receiver, world.stranger):
        assert world.rows(who, "SELECT id FROM exchange WHERE id = :one", one=one) == []
        for table in tables:
            assert world.rows(who, f"SELECT 1 FROM {table} WHERE exchange_id = :one", one=one) == [], table
        with pytest.raises(NotFound):
            world.page(who, one)
        for operation, given in (
            (operations.accept_referral, ()),
            (operations.record_heard, (Heard("accept", "phone"),)),
            (operations.tell_ended, ("phone",)),
            (print_letter, ("en",)),
        ):
            with pytest.raises(NotFound):
                world.act(who, operation, one, *given)
        with world.app.app_context(), scope(who):
            changed = db.session.execute(
                text("UPDATE exchange SET state = 'closed', version = version + 1 WHERE id = :one"),
                {"one": one},
            )
            assert changed.rowcount == 0
            db.session.rollback()
            with pytest.raises(DBAPIError), unit_of_work():
                db.session.execute(
                    text(
                        "INSERT INTO exchange_event (id, exchange_id, from_tenant_id, at, side, move, from_state, "
                        "to_state, version) VALUES (uuidv7(), :one, :centre, now(), 'receiver', 'accept', 'sent', "
                        "'accepted', 9)"
                    ),
                    {"one": one, "centre": world.sender.tenant},
                )
    sides = world.rows(world.sender, "SELECT role FROM exchange_side WHERE exchange_id = :one", one=one)
    assert [role for (role,) in sides] == ["sender"]
    with pytest.raises(DBAPIError):
        world.rows(
            world.sender, "UPDATE referral_told SET channel = 'email' WHERE exchange_id = :one", one=one
        )
    with pytest.raises(DBAPIError):
        world.rows(
            world.sender,
            "UPDATE exchange SET to_tenant_id = :other WHERE id = :one", one=one, other=world.receiver.tenant,
        )  # fmt: skip


def test_a_receiver_in_the_platform_answers_for_itself(world: World) -> None:
    world.consent()
    with pytest.raises(Invalid):
        world.send(world.prepare(), channel="phone")
    one = world.sent()
    for who in (world.sender, world.receiver):
        with pytest.raises(NotFound):
            world.act(who, operations.record_heard, one, Heard("accept", "phone"))
        with pytest.raises((NotFound, Conflict)):
            world.act(who, operations.tell_ended, one, "phone")
        with pytest.raises(NotFound):
            world.act(who, print_letter, one, "en")
    assert world.state(one) == "sent"


def test_answers_are_held_to_the_table_and_to_what_she_allowed(out: Outside) -> None:
    world = out.world
    one = out.told()
    with pytest.raises(IllegalTransition):
        out.heard(one, "complete", outcomes={0: "served_full"})
    with pytest.raises(Invalid):
        out.heard(one, "accept", "pigeon")
    with pytest.raises(NotFound):
        out.heard(one, "acknowledge")
    with pytest.raises(Invalid):
        out.heard(one, "decline")
    with pytest.raises(StaleVersion):
        world.act(world.sender, operations.record_heard, one, Heard("accept", "phone"), 1)
    out.heard(one, "accept")
    with pytest.raises(IllegalTransition):
        out.heard(one, "accept")
    with pytest.raises(Invalid):
        out.heard(one, "schedule", on=clock.now() - timedelta(days=1), place="There")
    with pytest.raises(Invalid):
        out.heard(one, "complete", outcomes={0: "served_full", 1: "served_full"})
    intake = worker_of(world.sender.tenant, "centre", "intake_worker")
    with pytest.raises((NotFound, Forbidden, Invalid)):
        world.act(intake, operations.record_heard, one, Heard("schedule", "phone"))


def test_a_no_seals_what_was_told_and_asks_for_another_service(out: Outside) -> None:
    world = out.world
    one = out.told()
    out.heard(one, "decline", reason="no_capacity", text="Full until May")
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.packet.seal_reason, page.last_reason) == (
        "declined", "declined", ("decline", "no_capacity"),
    )  # fmt: skip
    assert out.tasks(one) == [("reroute_referral", "Casa Sin Puerta")]
    with pytest.raises(Conflict):
        world.act(world.sender, print_letter, one, "en")


def test_without_leave_to_tell_more_only_served_or_not_is_written_down(world: World) -> None:
    listed = make_listing(world.app, world.sender.tenant, needs=[NEED])
    world.consent(listed.organization_id, feedback=False)
    out = Outside(world, listed)
    one = out.told()
    out.heard(one, "accept")
    with pytest.raises(Invalid):
        out.heard(one, "complete", outcomes={0: "served_full"}, text="She told us of her brother")
    with pytest.raises(Invalid):
        out.heard(one, "not_served", reason="client_did_not_come")
    out.heard(one, "complete", outcomes={0: "served_full"})


def test_a_protected_need_is_told_to_one_person_by_name_and_to_one_service_at_a_time(out: Outside) -> None:
    world = out.world
    one = world.prepare("violence.police", listed=out.listed)
    with pytest.raises(Invalid):
        world.send(one, channel="phone")
    world.send(one, channel="in_person", told_to="Ms Rima, intake")
    page = world.page(world.sender, one)
    assert page.told[0].to == "Ms Rima, intake"
    [(sealed,)] = world.rows(
        world.sender, "SELECT sealed FROM referral_told WHERE exchange_id = :one", one=one
    )
    assert b"Rima" not in bytes(sealed)
    other = make_listing(world.app, world.sender.tenant, needs=["violence.police"])
    world.consent(other.organization_id, "violence.police")
    second = world.prepare("violence.police", listed=other)
    with pytest.raises(Conflict):
        world.send(second, channel="phone", told_to="Mr Omar")


def test_a_withdrawal_is_to_be_told_by_telephone_and_once(out: Outside) -> None:
    world = out.world
    one = out.told()
    out.heard(one, "accept")
    with pytest.raises(Conflict):
        world.act(world.sender, operations.tell_ended, one, "phone")
    grant = next(g for g in world.act(world.sender, live_grants, world.client_id) if g.need_code == NEED)
    world.act(world.sender, withdraw_grant, grant.id)
    world.jobs()
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.identity, page.side.due_kind, page.side.open) == (
        "recalled", None, "tell", True,
    )  # fmt: skip
    assert out.tasks(one) == [("tell_them", "Casa Sin Puerta")]
    with pytest.raises(Conflict):
        world.act(world.sender, print_letter, one, "en")
    world.act(world.sender, operations.tell_ended, one, "phone")
    assert out.tasks(one) == []
    assert not world.side(world.sender, one).open
    with pytest.raises(Conflict):
        world.act(world.sender, operations.tell_ended, one, "phone")
    assert world.timeline()[-1] == "referral.told_ended"


def test_a_service_that_goes_on_without_the_file_is_told_too_and_so_is_who_has_ended(out: Outside) -> None:
    world = out.world
    running, ended = out.told(), out.told("legal.advice")
    for one, move in ((running, "accept"), (running, "start"), (ended, "accept")):
        out.heard(one, move)
    out.heard(ended, "complete", outcomes={0: "served_full"})
    world.act(world.sender, operations.close_referral, ended, helped="yes")
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    for one, state in ((running, "in_progress"), (ended, "closed")):
        assert world.state(one) == state
        assert out.tasks(one) == [("tell_them", "Casa Sin Puerta")]
        world.act(world.sender, operations.tell_ended, one, "email")
    assert out.tasks(running) == [("ask_outcome", "Casa Sin Puerta")]
    assert out.tasks(ended) == []


def test_one_that_is_taken_back_is_told_and_one_that_is_thrown_away_is_not(out: Outside) -> None:
    world = out.world
    draft = world.prepare(listed=out.listed)
    world.act(world.sender, operations.discard_draft, draft)
    assert not world.side(world.sender, draft).open
    one = out.told()
    world.act(world.sender, operations.withdraw_referral, one, reason("withdrawal", "situation_changed"))
    assert out.tasks(one) == [("tell_them", "Casa Sin Puerta")]


def test_the_clock_reminds_and_ends_what_nobody_answers(out: Outside) -> None:
    world = out.world
    one = out.told()
    page = world.page(world.sender, one)
    late = page.referral.serve_by + timedelta(hours=1)
    world.act(world.sender, operations.remind, one, page.exchange.version)
    assert world.side(world.sender, one).unread
    world.act(world.sender, operations.note_overdue, one, page.exchange.version)
    assert world.timeline()[-1] == "referral.overdue"
    rows = world.rows(
        world.sender, "SELECT topic FROM outbox WHERE subject_id = :one ORDER BY available_at", one=one
    )
    assert [topic for (topic,) in rows] == ["referral.reminder", "referral.overdue", "referral.expire"]
    assert late > clock.now()
    world.act(world.sender, operations.expire_referral, one, page.exchange.version)
    assert world.state(one) == "expired"
    assert out.tasks(one) == [("reroute_referral", "Casa Sin Puerta")]


def test_once_they_sign_in_the_old_stay_the_senders_and_new_ones_are_sent(out: Outside) -> None:
    world = out.world
    old, draft = out.told(), world.prepare("legal.advice", listed=out.listed)
    partner = make_tenant(world.app, "partner", organization_id=out.listed.organization_id)
    theirs = worker_of(partner, "partner", "partner_worker")
    with pytest.raises(Conflict):
        world.send(draft, channel="phone")
    with pytest.raises(NotFound):
        world.page(theirs, old)
    out.heard(old, "accept")
    new = world.prepare("legal.advice", listed=out.listed)
    assert new != draft
    world.send(new)
    assert world.page(theirs, new).exchange.to_tenant_id == partner
    assert world.rows(theirs, "SELECT id FROM exchange") == [(new,)]
    assert world.page(world.sender, old).exchange.to_tenant_id is None
    with world.app.app_context(), scope(world.sender):
        listed = {row.exchange_id: (row.outside, row.other_name) for row in sent().items}
    assert listed[old] == (True, "Casa Sin Puerta")
    assert listed[new][0] is False


def test_whoever_has_no_sign_in_can_be_chosen_like_any_other(out: Outside, place: str) -> None:
    world = out.world
    world.act(world.sender, add_need, world.case_id, NEED, place_code=place)
    open_to_all = make_listing(world.app, world.sender.tenant, needs=[NEED], place=place)
    centre = make_tenant(world.app)
    partner = make_listing(world.app, centre, needs=[NEED], place=place)
    make_tenant(world.app, "partner", organization_id=partner.organization_id)
    with world.app.app_context(), scope(world.sender), unit_of_work():
        found = {one.found.service_at_location_id: one for one in choice_for(world.case_id).candidates}
    chosen = found[open_to_all.service_at_location_id]
    assert (chosen.outside, chosen.can_be_asked) == (True, True)
    assert found[partner.service_at_location_id].outside is False


def test_the_letter_holds_what_was_told_and_printing_is_on_record(out: Outside) -> None:
    world = out.world
    one = out.told(channel="letter", left_out=frozenset({"contact"}))
    english, arabic = (
        pages(world.act(world.sender, print_letter, one, language)) for language in ("en", "ar")
    )
    assert (len(english), len(arabic)) == (1, 1)
    page = world.page(world.sender, one)
    assert page.identity is not None
    for told in ("Casa Sin Puerta", page.identity["identity"]["name"], page.exchange.reference):
        assert told in english[0]
    assert "You may not pass it on." in english[0]
    page = world.page(world.sender, one)
    rows = world.rows(
        world.sender,
        "SELECT fields FROM audit_event WHERE action = 'printed' AND object_id = :packet",
        packet=page.packet.id,
    )
    assert len(rows) == 2
    assert all(any(name.startswith("identity.") for name in fields) for (fields,) in rows)
    assert not any("contact" in name for (fields,) in rows for name in fields)


def test_the_letter_speaks_the_language_of_the_country_in_which_it_is_read(out: Outside) -> None:
    world = out.world
    dhaka = make_listing(world.app, world.sender.tenant, needs=[NEED], country="BD", place="bd-dhaka")
    world.consent(dhaka.organization_id)
    one = world.prepare(listed=dhaka)
    world.send(one, channel="letter", priority="urgent")
    page = world.page(world.sender, one)
    assert read_there(page.listing.country, page.listing.languages, "ar") == "bn"
    assert page.identity is not None
    known = set(re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text("utf-8"), re.MULTILINE))
    for name in ("priorities", "data_categories"):
        known |= {label for _code, label in vocabulary.choices(name, "en")}
    for words in letter_languages():
        [letter] = pages(world.act(world.sender, print_letter, one, words.language))
        assert page.exchange.reference in letter
        assert page.identity["identity"]["name"] in letter
        assert set(words.words) <= known, words.language
        if words.words:
            assert "Letter of referral" not in letter
            assert "How soon" not in letter
            assert "Urgent: within" not in letter
            assert "Female" not in letter
            assert set(words.groups) == set(vocabulary.terms("groups"))
    assert read_there("JO", (), "en") == "ar"
    assert (read_there("LK", (), "en"), read_there("ET", (), "en")) == ("si", "am")
    assert {words.language for words in letter_languages()} == {words.language for words in slip_languages()}
    assert read_there("MM", ("fr",), "en") == "fr"
    assert read_there("MM", (), "en") == "en"


def test_who_does_not_sign_in_yet_is_told_by_hand_and_whose_membership_rests_is_told_nothing(
    out: Outside, desks: Desks, place: str
) -> None:
    world = out.world
    world.act(world.sender, add_need, world.case_id, "legal.advice", place_code=place)
    planned, resting = (
        make_listing(world.app, world.sender.tenant, needs=[NEED, "legal.advice"], place=place)
        for _ in range(2)
    )
    make_tenant(world.app, "partner", organization_id=planned.organization_id, status="planned")
    rests = make_tenant(world.app, "partner", organization_id=resting.organization_id, status="suspended")
    for listed in (planned, resting):
        world.consent(listed.organization_id)
    with world.app.app_context(), scope(world.sender), unit_of_work():
        found = {one.found.service_at_location_id: one for one in choice_for(world.case_id).candidates}
    first, second = (found[one.service_at_location_id] for one in (planned, resting))
    assert (first.outside, first.can_be_asked, first.suspended) == (True, True, False)
    assert (second.outside, second.can_be_asked, second.suspended) == (False, False, True)
    assert (
        "membership of this organization rests"
        in desks.caseworker.get(f"/cases/{world.case_id}/referrals/choose").text
    )
    told = world.prepare(listed=planned)
    world.send(told, channel="phone")
    assert world.page(world.sender, told).exchange.to_tenant_id is None
    # What she allowed already is not asked again, because nobody signs in there yet.
    more = world.prepare(NEED, "legal.advice", listed=planned)
    with world.app.app_context(), scope(world.sender):
        lacking = lacking_for(proposal_for(more, Choices()))
    assert lacking is not None
    assert [(one.purpose, one.need) for one in lacking.grants] == [("service_provision", "legal.advice")]
    with pytest.raises(Conflict):
        world.prepare(listed=resting)
    assert world.rows(worker_of(rests, "partner", "partner_worker"), "SELECT id FROM exchange") == []


def test_two_colleagues_at_once_record_one_answer_and_tell_once(out: Outside) -> None:
    world = out.world
    draft = world.prepare(listed=out.listed)
    tell = partial(world.act, world.sender, operations.send_referral, draft, Choices(channel="phone"))
    assert one_won(at_once(tell, tell))
    yes = partial(world.act, world.sender, operations.record_heard, draft, Heard("accept", "phone"))
    no = partial(
        world.act, world.sender, operations.record_heard, draft, Heard("decline", "phone", "no_capacity")
    )
    assert one_won(at_once(yes, no))
    assert len(world.page(world.sender, draft).told) == 2


def test_the_loop_goes_round_through_the_api_and_twice_is_once(out: Outside) -> None:
    world = out.world
    caseworker = sign_in(world.app, make_account(world.app, world.sender.tenant, "caseworker"))
    stranger = sign_in(world.app, make_account(world.app, world.stranger.tenant, "coordinator"))
    partner = sign_in(world.app, make_account(world.app, world.receiver.tenant, "partner_worker"))
    draft = caseworker.api(
        "POST",
        "/api/v1/referrals",
        {
            "case_id": str(world.case_id),
            "service_at_location_id": str(out.listed.service_at_location_id),
            "need_codes": [NEED],
        },
    ).json
    assert (draft["outside"], draft["organization_name"]) == (True, "Casa Sin Puerta")
    assert "receiver_name" not in draft
    one = f"/api/v1/referrals/{draft['id']}"
    assert caseworker.api("POST", f"{one}/send", {}, version=1).status_code == 422
    told = caseworker.api("POST", f"{one}/send", {"channel": "form"}, version=1, key="told-once").json
    again = caseworker.api("POST", f"{one}/send", {"channel": "form"}, version=1, key="told-once").json
    assert (told["state"], again["version"], len(again["told"])) == ("sent", told["version"], 1)
    body = {"move": "accept", "channel": "email"}
    for other in (stranger, partner):
        assert other.api("POST", f"{one}/heard", body, version=2).status_code in (403, 404)
        assert other.api("GET", f"{one}/letter").status_code in (403, 404)
        assert other.api("POST", f"{one}/ending-told", {"channel": "phone"}, version=2).status_code in (
            403,
            404,
        )
    for wrong in ({"move": "acknowledge"}, {"channel": "pigeon"}, {"move": "decline", "reason": "no_such"}):
        assert caseworker.api("POST", f"{one}/heard", {**body, **wrong}, version=2).status_code == 422, wrong
    assert caseworker.api("POST", f"{one}/heard", body, version=1).status_code == 412
    said = caseworker.api("POST", f"{one}/heard", body, version=2)
    assert (said.status_code, said.json["state"]) == (200, "accepted")
    letter = caseworker.api("GET", f"{one}/letter?language=ar")
    assert letter.data.startswith(b"%PDF")
    assert letter.headers["Cache-Control"] == "no-store"
    assert caseworker.api("GET", f"{one}/letter?language=tlh").status_code == 422
    assert caseworker.api("POST", f"{one}/ending-told", {"channel": "phone"}, version=3).status_code == 409
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    assert caseworker.api("GET", f"{one}/letter").status_code == 409
    ended = caseworker.api("POST", f"{one}/ending-told", {"channel": "phone"}, version=4)
    assert [told["kind"] for told in ended.json["told"]] == ["told", "heard", "ended"]
    [row] = caseworker.api("GET", f"/api/v1/referrals?case_id={world.case_id}").json["items"]
    assert (row["outside"], row["other_name"], row["open"]) == (True, "Casa Sin Puerta", False)


def test_the_pages_tell_what_may_be_told_and_record_what_was_said(out: Outside, desks: Desks) -> None:
    world, caseworker = out.world, desks.caseworker
    made = caseworker.send_form(
        f"/cases/{world.case_id}/referrals",
        {"service_at_location_id": str(out.listed.service_at_location_id), "need_codes": [NEED]},
    )
    one = made.location.removesuffix("/preview")
    preview = caseworker.get(f"{one}/preview")
    assert "Tell this first" in preview.text
    assert "What you tell them" in preview.text
    assert "What they see" not in preview.text
    assert "I have told them" in preview.text
    wrong = caseworker.send_form(f"{one}/send", form_of(preview))
    assert wrong.status_code == 422
    assert "Say how you told them." in wrong.text
    done = caseworker.send_form(f"{one}/send", form_of(preview, channel="phone"))
    assert (done.status_code, done.location) == (303, one), done.text
    page = caseworker.get(one)
    assert "waiting since" in caseworker.get("/").text
    assert "Told outside the platform" in page.text
    assert re.search(r"recorded by [^,<]+, told by telephone", page.text)
    assert caseworker.get(f"{one}/heard/acknowledge").status_code == 404
    assert caseworker.get(f"{one}/heard/complete").status_code == 409
    heard = f"{one}/heard/decline"
    assert (
        "Choose a reason."
        in caseworker.send_form(heard, form_of(caseworker.get(heard), channel="phone")).text
    )
    heard = f"{one}/heard/accept"
    assert caseworker.send_form(heard, form_of(caseworker.get(heard), channel="phone")).status_code == 303
    heard = f"{one}/heard/schedule"
    on = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    typed = form_of(caseworker.get(heard), channel="phone", on=on, place="Door 7")
    assert caseworker.send_form(heard, typed).status_code == 303
    assert "Door 7" in caseworker.get(one).text
    letter = caseworker.send_form(f"{one}/letter", {"language": "en"})
    assert letter.data.startswith(b"%PDF")
    assert letter.headers["Cache-Control"] == "no-store"
    heard = f"{one}/heard/complete"
    typed = form_of(caseworker.get(heard), channel="phone", **{"outcomes.0": "served_full"})
    assert caseworker.send_form(heard, typed).status_code == 303
    assert world.state(UUID(one.rsplit("/", 1)[1])) == "completed"
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    assert "Tell them now" in caseworker.get(one).text
    assert "Tell them by telephone: sharing has ended" in caseworker.get("/").text
    version = world.page(world.sender, UUID(one.rsplit("/", 1)[1])).exchange.version
    told = caseworker.send_form(f"{one}/ending-told", {"channel": "phone", "version": str(version)})
    assert told.status_code == 303
    assert "They were told that sharing has ended" in caseworker.get(one).text
    for path in ("", "/heard/start", "/preview"):
        assert desks.stranger.get(f"{one}{path}").status_code in (403, 404)
        assert desks.worker.get(f"{one}{path}").status_code in (403, 404)
