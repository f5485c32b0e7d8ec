"""Who sees a client at all: asked of the database as the application's own role, past every page."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.cases import operations as do
from network.cases import queries as read
from network.core import clock
from network.core.db import Base, db
from network.core.errors import Conflict, NotFound
from network.tenants.context import job_identity
from tests.cases.conftest import RINA, Act, Centre

TABLES = (
    "client",
    "client_team",
    "client_token",
    "client_relationship",
    "client_contact",
    "client_document",
    "case_file",
    "case_need",
    "case_note",
    "case_event",
    "service_record",
    "claim",
    "claim_authorization",
    "incident",
)
# The rule who needs to know reads the team; so the team itself is not under it.
BELOW_A_CLIENT = tuple(table for table in TABLES if table != "client_team")


def counts() -> dict[str, int]:
    return {table: db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}


def fill(centre: Centre, act: Act):
    """A client with something in every table; returns her id and her case's."""
    with act(centre.rana):
        client = do.register_client(
            RINA | {"needs": ["labour.wages"], "what_happened": "They kept my passport."}
        )
        do.register_child(client.id, {"name": "Mitu", "sex": "female", "age": 2}, "daughter")
        (case,) = read.list_cases_of(client.id)
        do.add_note(case.id, "She cried when she spoke of Mitu.")
        today = clock.today("UTC")
        do.record_service(
            case.id, need_code="labour.wages", delivered_on=today, outcome="ongoing", note="Hotel"
        )
        claim = do.record_claim(case.id, {"kind": "wages_unpaid", "respondent": "Blue Thread Garments"})
        do.sign_authorization(claim.id, scope=["lodge"], signed_on=today, evidence="Thumbprint of Rina")
        do.open_incident("withdrawal.sent_too_much", case_id=case.id, note="Sent her number")
    return client.id, case.id


def test_every_private_table_of_this_floor_is_tried_here() -> None:
    mine = {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if "network.cases" in mapper.class_.__module__
    }
    assert mine == set(TABLES)


def test_another_centre_sees_no_row_of_any_table(centre: Centre, other_centre: Centre, act: Act) -> None:
    client_id, case_id = fill(centre, act)
    with act(centre.omar):
        assert all(counts().values())
    with act(other_centre.rana):
        assert set(counts().values()) == {0}
        for ask in (lambda: read.get_client(client_id), lambda: read.get_case(case_id)):
            with pytest.raises(NotFound):
                ask()


def test_without_a_context_no_row_is_seen(app: Flask, centre: Centre, act: Act) -> None:
    fill(centre, act)
    with app.app_context():
        assert set(counts().values()) == {0}


def test_a_restricted_client_does_not_exist_for_who_is_not_on_her_team(centre: Centre, act: Act) -> None:
    client_id, case_id = fill(centre, act)
    with act(centre.rana):
        (child,) = [one.client.id for one in read.list_related(client_id) if one.client]
        do.restrict_client(child)
        do.restrict_client(client_id)
        assert all(counts().values())
    with act(centre.omar):
        seen = counts()
        assert {table: seen[table] for table in BELOW_A_CLIENT} == dict.fromkeys(BELOW_A_CLIENT, 0)
        assert (read.list_clients().items, read.list_cases().items, read.search_clients("Rina")) == (
            [],
            [],
            [],
        )
        assert (read.count_clients(), read.count_cases()) == (0, 0)
        for ask in (
            lambda: read.get_client(client_id),
            lambda: read.get_case(case_id),
            lambda: read.case_page(case_id),
            lambda: do.update_client(client_id, {"name": "X"}, 1),
            lambda: do.add_note(case_id, "X"),
            lambda: do.unrestrict_client(client_id),
            lambda: do.add_to_team(client_id, centre.omar.account),
        ):
            with pytest.raises(NotFound):
                ask()


def test_nobody_joins_a_restricted_clients_team_past_the_operation(centre: Centre, act: Act) -> None:
    client_id, _case_id = fill(centre, act)
    with act(centre.rana):
        do.restrict_client(client_id)
    join = text("INSERT INTO client_team VALUES (:tenant, :client, :account, now(), :account)")
    leave = text("DELETE FROM client_team WHERE client_id = :client")
    for change in (join, leave):
        with pytest.raises(DBAPIError, match="no such client"), act(centre.omar):
            db.session.execute(
                change, {"tenant": centre.id, "client": client_id, "account": centre.omar.account}
            )
    with act(centre.rana):
        assert read.list_team(client_id) == [centre.rana.account_id]


def test_who_is_put_on_the_team_sees_her_and_who_leaves_it_does_not(centre: Centre, act: Act) -> None:
    client_id, case_id = fill(centre, act)
    with act(centre.rana):
        do.restrict_client(client_id, team=[centre.omar.account])
    with act(centre.omar):
        assert read.case_page(case_id).card.name == "Rina Akter"
        do.remove_from_team(client_id, centre.rana.account)
    with act(centre.rana):
        assert read.search_clients("Rina Akter") == []


def test_the_last_of_a_restricted_clients_team_stays(centre: Centre, act: Act) -> None:
    client_id, _case_id = fill(centre, act)
    with act(centre.rana):
        do.restrict_client(client_id)
        with pytest.raises(Conflict):
            do.remove_from_team(client_id, centre.rana.account)


def test_lifting_a_restriction_shows_her_to_all_again_with_everything(centre: Centre, act: Act) -> None:
    client_id, _case_id = fill(centre, act)
    with act(centre.omar):
        before = counts()
    with act(centre.rana):
        do.restrict_client(client_id)
        do.unrestrict_client(client_id)
    with act(centre.omar):
        after = counts()
        assert after | {"case_event": 0} == before | {"case_event": 0}


def test_what_is_recorded_after_the_restriction_is_restricted_too(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        client = do.register_client(RINA)
        case = do.open_case(client.id)
        do.restrict_client(client.id)
        do.add_note(case.id, "She may be followed.")
        do.add_need(case.id, "labour.wages")
    with act(centre.omar):
        seen = counts()
        assert {table: seen[table] for table in BELOW_A_CLIENT} == dict.fromkeys(BELOW_A_CLIENT, 0)


def test_a_relation_to_a_restricted_client_is_not_shown_to_others(centre: Centre, act: Act) -> None:
    client_id, _case_id = fill(centre, act)
    with act(centre.rana):
        (child,) = [one.client.id for one in read.list_related(client_id) if one.client]
        do.restrict_client(client_id)
    with act(centre.omar):
        assert read.card_of(read.get_client(child)).name == "Mitu"
        assert read.list_related(child) == []


def test_the_platforms_own_jobs_see_restricted_clients_of_their_centre(centre: Centre, act: Act) -> None:
    client_id, _case_id = fill(centre, act)
    with act(centre.rana):
        do.restrict_client(client_id)
    with act(job_identity(centre.id)):
        assert read.get_client(client_id).restricted


def test_a_row_cannot_be_less_restricted_than_its_client(centre: Centre, act: Act) -> None:
    client_id, _case_id = fill(centre, act)
    with act(centre.rana):
        do.restrict_client(client_id)
    with pytest.raises(DBAPIError), act(centre.rana):
        db.session.execute(
            text("UPDATE case_file SET restricted = false WHERE client_id = :client"), {"client": client_id}
        )
