"""What the database and the floors below report is passed on to the feature that the exchange belongs to."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from network.background.outbox import ClaimedJob
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.exchange.jobs import exchange_moved, exchange_sealed
from network.tenants.context import Identity, job_identity, scope
from tests.exchange.conftest import Story


def run(story: Story, who: Identity, subject: UUID, topic: str) -> None:
    handler = {"exchange.moved": exchange_moved, "exchange.sealed": exchange_sealed}[topic]
    with story.app.app_context(), scope(job_identity(who.tenant)), unit_of_work():
        handler(ClaimedJob(new_id(), who.tenant, topic, subject, 2))


def waiting(story: Story, who: Identity) -> set[tuple[str, int | None]]:
    with story.app.app_context(), scope(who):
        rows = db.session.execute(
            text(
                "SELECT topic, expected_version FROM outbox WHERE subject_id = :id AND topic <> 'exchange.moved'"
            ),
            {"id": story.exchange_id},
        )
        return {(topic, version) for topic, version in rows}


@pytest.mark.parametrize(
    ("topic", "passed_on"), [("exchange.moved", "referral.moved"), ("exchange.sealed", "referral.recall")]
)
def test_it_goes_to_the_feature_of_the_exchange_in_the_same_tenant(
    sent: Story, topic: str, passed_on: str
) -> None:
    run(sent, sent.receiver, sent.exchange_id, topic)
    assert waiting(sent, sent.receiver) == {(passed_on, 2)}
    assert waiting(sent, sent.sender) == set()


def test_an_exchange_of_others_moves_nothing(sent: Story) -> None:
    run(sent, sent.stranger, sent.exchange_id, "exchange.moved")
    assert waiting(sent, sent.stranger) == set()
