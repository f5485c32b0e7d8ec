"""Finding a client, as the database's own role, by what is typed."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from network.cases.operations import (
    add_contact,
    open_case,
    record_document,
    register_client,
    restrict_client,
    update_client,
)
from network.cases.queries import search_clients
from network.core.db import db
from tests.cases.conftest import RINA, Act, Centre


@pytest.mark.parametrize(
    ("question", "how"),
    [
        ("Rina Akter", "name"), ("rina", "name"), ("akter rina", "name"), ("Rima Akter", "name"),
        ("Rinaa", "name"), ("Aktre", "name"), ("رينا", "name"), ("اختر", "name"), ("রিনা", "name"),
        ("0790012345", "number"), ("+962 79 001 2345", "number"), ("79001 2345", "number"),
        ("zz 001 2345", "document"), ("ZZ0012345", "document"),
    ],
)  # fmt: skip
def test_a_client_is_found_by_name_number_and_paper(
    centre: Centre, act: Act, question: str, how: str
) -> None:
    with act(centre.rana):
        client = register_client(RINA)
        register_client({"name": "Sunita Gurung", "age": 30, "nationality": "NP"})
    with act(centre.omar):
        hits = search_clients(question)
    assert [(hit.client_id, hit.how) for hit in hits] == [(client.id, how)]
    assert hits[0].name == "Rina Akter"


def test_a_client_is_found_by_her_own_and_by_her_cases_reference(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = register_client(RINA)
        case = open_case(client.id)
        for reference in (client.reference, case.reference.lower().replace("-", " ")):
            assert [hit.client_id for hit in search_clients(reference)] == [client.id]


def test_another_centre_finds_nothing(centre: Centre, other_centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = register_client(RINA)
    with act(other_centre.rana):
        for question in ("Rina Akter", "+962790012345", "ZZ0012345", client.reference):
            assert search_clients(question) == []


def test_a_restricted_client_is_found_by_her_team_alone(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = register_client(RINA)
        restrict_client(client.id)
    questions = ("Rina Akter", "رينا", "+962790012345", "ZZ0012345", client.reference)
    with act(centre.omar):
        assert [search_clients(question) for question in questions] == [[]] * 5
        assert db.session.execute(text("SELECT count(*) FROM client_token")).scalar_one() == 0
    with act(centre.rana):
        assert all(search_clients(question) for question in questions)


def test_what_was_corrected_is_found_and_what_it_replaced_is_not(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = register_client({"name": "Shirin Begum", "age_basis": "adult"})
        update_client(client.id, {"name": "Moushumi Khatun"}, version=1)
        assert search_clients("Shirin Begum") == []
        assert [hit.client_id for hit in search_clients("Moushumi")] == [client.id]
        add_contact(client.id, RINA["contacts"][0])
        record_document(client.id, {"type": "passport", "holder": "client", "number": "ZZ777 888"})
        assert [hit.how for hit in search_clients("0790012345")] == ["number"]
        assert [hit.how for hit in search_clients("zz777888")] == ["document"]


@pytest.mark.parametrize("odd", ["", " ", "\x00", "%", "'; --", "a" * 20_000, "0" * 400, "é", "\ud800", "٪"])
def test_odd_questions_find_nobody(centre: Centre, act: Act, odd: str) -> None:
    with act(centre.rana):
        register_client(RINA)
        assert search_clients(odd) == []


def test_the_search_may_use_its_index_behind_the_wall(centre: Centre, act: Act) -> None:
    """Only leakproof operators may: any other comparison would be a filter over every row of the centre."""
    leakproof = text(
        "SELECT bool_and(f.proleakproof) FROM pg_operator o JOIN pg_proc f ON f.oid = o.oprcode "
        "WHERE o.oprname = '=' AND o.oprleft = o.oprright "
        "AND o.oprleft IN (SELECT atttypid FROM pg_attribute "
        "WHERE attrelid = 'client_token'::regclass AND attname IN ('tenant_id', 'token'))"
    )
    leading = text(
        "SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index i "
        "CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place) "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number "
        "WHERE i.indexrelid = 'pk_client_token'::regclass"
    )
    with act(centre.rana):
        assert db.session.execute(leakproof).scalar_one() is True
        assert db.session.execute(leading).scalar_one()[:2] == ["tenant_id", "token"]
