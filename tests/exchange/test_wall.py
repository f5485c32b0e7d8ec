"""The two-sided shapes, tried as the application's own role: what each side may see and change, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.consent import packets
from network.consent.packets import Header
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import IllegalTransition, NotFound, StaleVersion
from network.core.ids import new_id
from network.exchange.operations import Given, Reason, prepare
from network.exchange.queries import get_exchange, get_side, list_open
from network.tenants.context import Identity, scope
from tests.exchange.conftest import Story
from tests.factories import make_case, make_tenant, staff

TWO_PARTY = ("exchange", "exchange_event", "exchange_message", "packet", "packet_part", "packet_key")


def test_a_draft_is_its_senders_alone(draft: Story) -> None:
    for table in TWO_PARTY:
        assert draft.count(draft.receiver, table) == 0, table
    assert draft.count(draft.sender, "exchange") == 1
    assert draft.parts(draft.sender) == {"preview", "identity"}


def test_the_receiver_sees_the_preview_once_sent_and_the_identity_once_accepted(sent: Story) -> None:
    assert sent.parts(sent.receiver) == {"preview"}
    assert sent.count(sent.receiver, "packet_part") == 1
    sent.move(sent.receiver, "accept")
    assert sent.parts(sent.receiver) == {"preview", "identity"}


def test_a_stranger_sees_nothing_of_it(sent: Story) -> None:
    sent.move(sent.receiver, "accept")
    for table in (*TWO_PARTY, "exchange_side"):
        assert sent.count(sent.stranger, table) == 0, table


def test_sealing_takes_the_packet_away_at_once_and_for_ever(sent: Story) -> None:
    sent.move(sent.receiver, "accept")
    with sent.app.app_context(), scope(sent.sender), unit_of_work():
        assert packets.seal(sent.packet_id, "withdrawn")
        assert not packets.seal(sent.packet_id, "withdrawn")
    assert sent.parts(sent.receiver) == set()
    assert sent.count(sent.receiver, "packet_part") == 0
    assert sent.count(sent.receiver, "packet") == 1  # the tombstone
    assert sent.parts(sent.sender) == set()


def test_a_packet_past_its_end_is_read_by_its_receiver_no_more(sent: Story) -> None:
    sent.move(sent.receiver, "accept")
    assert sent.execute(sent.sender, "UPDATE packet SET readable_until = now() WHERE id = :packet") == 1
    assert sent.count(sent.receiver, "packet_part") == 0
    assert sent.count(sent.receiver, "packet_key") == 0


def test_a_named_focal_point_alone_sees_the_packet(app: Flask, draft: Story) -> None:
    # The header cannot be changed after it was frozen, so make another one.
    named = staff(draft.receiver.tenant)
    with app.app_context(), scope(draft.sender), unit_of_work():
        header = Header(
            "service_provision",
            "consent",
            (),
            False,
            False,
            clock.now() + timedelta(days=1),
            named.account_id,
        )
        packet = packets.freeze(
            draft.exchange_id,
            draft.sender.tenant,
            draft.receiver.tenant,
            header,
            {"preview": {}, "identity": {}},
        )
    draft.move(draft.sender, "send")
    for who, seen in ((draft.receiver, None), (named, {})):
        with app.app_context(), scope(who):
            assert packets.find_part(packet, "preview") == seen


def test_the_other_sides_mailbox_and_outbox_are_written_by_the_database(sent: Story) -> None:
    with sent.app.app_context(), scope(sent.receiver):
        side = get_side(sent.exchange_id)
        assert (side.role, side.unread, side.case_id) == ("receiver", True, None)
        topics = db.session.execute(
            text("SELECT topic FROM outbox WHERE subject_id = :id"), {"id": sent.exchange_id}
        )
        assert topics.scalars().all() == ["exchange.moved"]
        assert [exchange.id for _, exchange in list_open("receiver", "referral")] == [sent.exchange_id]


def test_a_restricted_clients_packet_is_closed_to_the_rest_of_her_own_centre(app: Flask) -> None:
    sender, receiver = staff(make_tenant(app)), staff(make_tenant(app))
    colleague = staff(sender.tenant)
    client_id, case_id = make_case(app, sender, restricted=True)
    with app.app_context(), scope(sender), unit_of_work():
        exchange = prepare(
            "referral",
            "draft",
            prefix="AH",
            to_organization_id=new_id(),
            to_tenant_id=receiver.tenant_id,
            case_id=case_id,
            client_id=client_id,
            restricted=True,
        )
        header = Header("service_provision", "consent", (), False, True, clock.now() + timedelta(days=30))
        packet = packets.freeze(
            exchange.id, sender.tenant, receiver.tenant, header, {"preview": {}, "identity": {}}
        )
    with app.app_context(), scope(sender):
        assert packets.find_part(packet, "identity") == {}
    with app.app_context(), scope(colleague):
        assert packets.find_part(packet, "identity") is None
        with pytest.raises(NotFound):
            get_exchange(exchange.id)


def test_nobody_reads_the_other_sides_mailbox(sent: Story) -> None:
    with sent.app.app_context(), scope(sent.receiver):
        rows = db.session.execute(text("SELECT tenant_id FROM exchange_side")).scalars().all()
        assert rows == [sent.receiver.tenant]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange SET to_tenant_id = :other, version = version + 1 WHERE id = :id",
        "UPDATE exchange SET from_tenant_id = :other, version = version + 1 WHERE id = :id",
        "UPDATE exchange SET sent_at = now() - interval '1 day', version = version + 1 WHERE id = :id",
        "UPDATE exchange SET state = 'accepted', accepted_at = now(), version = version + 1 WHERE id = :id",
        "UPDATE packet SET categories = '{}' WHERE id = :packet",
        "UPDATE packet SET sealed_at = NULL, seal_reason = NULL, exchange_id = :other WHERE id = :packet",
        "UPDATE exchange_event SET move = 'accept' WHERE exchange_id = :id",
        "DELETE FROM exchange_event WHERE exchange_id = :id",
        "DELETE FROM exchange WHERE id = :id",
        "TRUNCATE packet",
    ],
)
def test_the_sender_cannot_rewrite_what_was_sent(sent: Story, statement: str) -> None:
    with pytest.raises(DBAPIError):
        sent.execute(sent.sender, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE packet SET sealed_at = now(), seal_reason = 'ended' WHERE id = :packet",
        "UPDATE packet SET readable_until = now() + interval '9 years' WHERE id = :packet",
        "DELETE FROM packet_key WHERE packet_id = :packet",
    ],
)
def test_the_receiver_cannot_change_the_packet(sent: Story, statement: str) -> None:
    assert sent.execute(sent.receiver, statement) == 0


def test_the_receiver_cannot_speak_for_the_sender(sent: Story) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        sent.execute(
            sent.receiver,
            "INSERT INTO exchange_event (id, exchange_id, from_tenant_id, to_tenant_id, at, side, move, from_state, "
            "to_state, version) SELECT gen_random_uuid(), id, from_tenant_id, to_tenant_id, now(), 'sender', "
            "'withdraw', 'sent', 'withdrawn', 9 FROM exchange WHERE id = :id",
        )


def test_a_stranger_cannot_hang_an_event_on_an_exchange_whose_id_she_knows(sent: Story) -> None:
    with pytest.raises(DBAPIError):
        sent.execute(
            sent.stranger,
            "INSERT INTO exchange_event (id, exchange_id, from_tenant_id, at, side, move, from_state, to_state, "
            "version) VALUES (gen_random_uuid(), :id, :other, now(), 'sender', 'withdraw', 'sent', 'withdrawn', 9)",
        )


def test_a_move_out_of_its_state_or_by_the_wrong_side_is_refused(sent: Story) -> None:
    for who, name in ((sent.sender, "accept"), (sent.receiver, "start"), (sent.receiver, "withdraw")):
        with pytest.raises(IllegalTransition):
            sent.move(who, name)
    with pytest.raises(NotFound):
        sent.move(sent.stranger, "accept")


def test_a_stale_move_is_a_conflict(sent: Story) -> None:
    with pytest.raises(StaleVersion):
        sent.move(sent.receiver, "accept", expected_version=1)


def test_an_answer_leads_back_to_where_the_question_was_asked(sent: Story) -> None:
    ask, answer = Given(text="How many nights?"), Given(text="Two")
    sent.move(sent.receiver, "ask", ask)
    sent.move(sent.sender, "answer", answer)
    with sent.app.app_context(), scope(sent.sender):
        assert get_exchange(sent.exchange_id).state == "received"
    sent.move(sent.receiver, "accept")
    sent.move(sent.receiver, "ask", ask)
    sent.move(sent.sender, "answer", answer)
    with sent.app.app_context(), scope(sent.sender):
        assert get_exchange(sent.exchange_id).state == "accepted"


def test_a_reason_that_the_other_side_must_not_see_stays_with_the_side_that_gave_it(sent: Story) -> None:
    sent.move(sent.sender, "withdraw", Given(reason=Reason("withdrawal", "partner_unsafe")))
    code = "SELECT reason_code FROM exchange_event WHERE move = 'withdraw' AND exchange_id = :id"
    own = "SELECT reason_code FROM exchange_reason WHERE exchange_id = :id"
    seen: dict[str, Callable[[Identity], object]] = {}
    for name, statement in (("event", code), ("own", own)):

        def look(who: Identity, statement: str = statement) -> object:
            with sent.app.app_context(), scope(who):
                return db.session.execute(text(statement), {"id": sent.exchange_id}).scalars().all()

        seen[name] = look
    assert seen["event"](sent.receiver) == [None]
    assert seen["own"](sent.receiver) == []
    assert seen["own"](sent.sender) == ["partner_unsafe"]


def test_with_no_context_every_two_party_table_is_empty(sent: Story, database) -> None:
    with psycopg.connect(database.app_url) as connection:
        for table in (*TWO_PARTY, "exchange_side"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
