"""A page asks the database as often in a large network as in a small one."""

from __future__ import annotations

import pytest

from network.bench.recording import record
from tests.bench.conftest import Filled


@pytest.mark.parametrize("name", ["home", "case list", "case page", "name search", "directory search"])
def test_a_page_runs_the_same_number_of_statements_whatever_the_size_of_the_network(
    small: Filled, larger: Filled, name: str
) -> None:
    def statements(filled: Filled) -> int:
        page = filled.pages[name]
        record(filled.app, filled.visitor, page.asks[0])
        return record(filled.app, filled.visitor, page.asks[0]).statements

    assert statements(small) == statements(larger)


def test_sending_a_referral_asks_nothing_twice(small: Filled) -> None:
    *_others, first, second = small.pages["referral send"].asks
    record(small.app, small.visitor, first)  # a draft can be sent once: this one warms what is kept
    recorded = record(small.app, small.visitor, second)
    asked = [
        (statement.sql, repr(statement.parameters))
        for transaction in recorded.transactions
        for statement in transaction.statements
        if statement.sql.startswith("SELECT")
    ]
    assert sorted(set(asked)) == sorted(asked)
    # Two of the guard, the key of the request, five locks and terms, thirteen of the door's decision, and the writes.
    assert recorded.statements <= 36


def test_home_asks_a_fixed_number_of_questions(small: Filled) -> None:
    (ask,) = small.pages["home"].asks
    record(small.app, small.visitor, ask)
    assert record(small.app, small.visitor, ask).statements <= 8
