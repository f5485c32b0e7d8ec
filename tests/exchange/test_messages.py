"""Words between the two sides: under the packet's key, and gone with it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from network.consent import packets
from network.consent.packets import Header
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, Invalid, NotFound
from network.exchange.messages import LONGEST_TEXT, Message, list_messages, write_message
from network.exchange.policies import check_may_answer, may_open
from network.exchange.queries import get_exchange
from network.tenants.context import Identity, scope
from tests.exchange.conftest import Story
from tests.factories import staff


def write(story: Story, who: Identity, kind: str, words: str, **data: object) -> UUID:
    with story.app.app_context(), scope(who), unit_of_work():
        return write_message(get_exchange(story.exchange_id), kind, words, **data)


def read(story: Story, who: Identity) -> list[Message]:
    with story.app.app_context(), scope(who):
        return list_messages(story.exchange_id)


def test_both_sides_read_what_either_wrote_in_order(sent: Story) -> None:
    write(sent, sent.receiver, "question", "  How many nights? ")
    write(sent, sent.sender, "answer", "Two")
    for who in (sent.sender, sent.receiver):
        assert [(m.side, m.kind, m.text) for m in read(sent, who)] == [
            ("receiver", "question", "How many nights?"),
            ("sender", "answer", "Two"),
        ]


def test_what_comes_with_the_words_comes_back_with_them(sent: Story) -> None:
    write(sent, sent.receiver, "appointment", "Ask for the red door", place="Gate 3")
    assert read(sent, sent.sender)[0].data == {"place": "Gate 3"}


def test_the_database_holds_no_word_of_it(sent: Story) -> None:
    write(sent, sent.receiver, "question", "Is she pregnant?")
    with sent.app.app_context(), scope(sent.receiver):
        held = db.session.execute(text("SELECT ciphertext FROM exchange_message")).scalars().all()
    assert held
    assert not any(b"pregnant" in bytes(one) for one in held)


def test_sealing_takes_every_message_away_from_both_sides(sent: Story) -> None:
    write(sent, sent.receiver, "question", "How many nights?")
    with sent.app.app_context(), scope(sent.sender), unit_of_work():
        packets.seal(sent.packet_id, "withdrawn")
    assert read(sent, sent.receiver) == []
    assert read(sent, sent.sender) == []
    for who in (sent.sender, sent.receiver):
        with pytest.raises(Conflict):
            write(sent, who, "note", "One more thing")


def test_a_stranger_neither_reads_nor_writes(sent: Story) -> None:
    with pytest.raises(NotFound):
        read(sent, sent.stranger)
    with pytest.raises(NotFound):
        write(sent, sent.stranger, "question", "Who is she?")


def test_an_endless_message_is_refused(sent: Story) -> None:
    with pytest.raises(Invalid):
        write(sent, sent.receiver, "question", "x" * (LONGEST_TEXT + 1))


def test_messages_of_a_packet_for_one_named_colleague_are_hers_alone(draft: Story) -> None:
    named = staff(draft.receiver.tenant)
    with draft.app.app_context(), scope(draft.sender), unit_of_work():
        end = clock.now() + timedelta(days=1)
        header = Header("service_provision", "consent", (), False, True, end, named.account_id)
        parts = {"preview": {}, "identity": {}}
        tenants = (draft.sender.tenant, draft.receiver.tenant)
        packet = packets.freeze(draft.exchange_id, *tenants, header, parts)
    draft.move(draft.sender, "send")
    write(draft, named, "question", "Is she safe tonight?")
    assert len(read(draft, named)) == 1
    assert read(draft, draft.receiver) == []
    with pytest.raises(Conflict):
        write(draft, draft.receiver, "question", "Who is it?")
    assert may_open(packet, named)
    with pytest.raises(Exception, match="named"):
        check_may_answer(packet, draft.receiver)
