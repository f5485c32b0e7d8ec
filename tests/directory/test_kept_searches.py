"""Who sees a kept search, how long it is kept, where help is missing, and which words the lexicon holds."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from network.accounts.models import Membership
from network.cases.operations import add_to_team, remove_from_team, restrict_client
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import NotFound
from network.core.ids import new_id
from network.directory import jobs, operations, queries
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.models import DirectorySearch, Service, ServiceGap, ServiceGapFigure
from network.directory.search import Criteria, find, lexicon
from network.tenants.context import Identity, job_identity, scope
from tests.directory.conftest import Members
from tests.factories import make_account, make_case, make_listing, make_tenant, sign_in, staff

HERE = Criteria(("protection.shelter",), Point(28.5, 40.0), "Far south", "JO", radius_km=1.0)
HER = Profile("female", 27, "BD", "permit_expired", (), "garment", False)


def did(app: Flask, who: Identity, act):
    with app.app_context(), scope(who), unit_of_work():
        return act()


def colleague(app: Flask, who: Identity) -> Identity:
    """Somebody else who works there."""
    person = make_account(app, who.tenant, "caseworker")
    with app.app_context(), scope(job_identity(who.tenant)):
        membership = db.session.get_one(Membership, (who.tenant, person.membership_id))
        return replace(who, account_id=membership.account_id)


@pytest.mark.parametrize("restricted_first", [True, False], ids=["before", "after"])
def test_a_kept_search_ends_with_the_access_of_who_made_it(
    app: Flask, members: Members, restricted_first: bool
):
    """Whether she was restricted before the search or after it: the case's rule of who needs to know holds."""
    maker = members.centre
    maker, keeper = colleague(app, maker), colleague(app, maker)
    client_id, case_id = make_case(app, keeper, restricted=restricted_first)
    if restricted_first:
        with pytest.raises(NotFound):
            did(app, maker, lambda: operations.start_search(HERE, HER, case_id))
        did(app, keeper, lambda: add_to_team(client_id, maker.account))
    search_id = did(app, maker, lambda: operations.start_search(HERE, HER, case_id))
    assert did(app, maker, lambda: queries.get_search(search_id)).profile == HER
    if restricted_first:
        did(app, keeper, lambda: remove_from_team(client_id, maker.account))
    else:
        did(app, keeper, lambda: restrict_client(client_id))
    with pytest.raises(NotFound):
        did(app, maker, lambda: queries.get_search(search_id))
    with app.app_context(), scope(maker):  # and by no way round
        assert db.session.scalars(select(DirectorySearch.id)).all() == []
    # The whole centre reads its gaps: one of a restricted client says nothing of her.
    with app.app_context(), scope(maker):
        [gap] = db.session.query(ServiceGap).all()
        assert gap.case_id == (None if restricted_first else case_id)


def test_nobody_starts_a_search_for_a_case_that_she_may_not_see(app: Flask, members: Members):
    _client_id, case_id = make_case(app, members.stranger)
    with pytest.raises(NotFound):
        did(app, members.centre, lambda: operations.start_search(HERE, HER, case_id))
    row = DirectorySearch(
        tenant_id=members.centre.tenant, id=new_id(), account_id=members.centre.account, case_id=case_id,
        criteria={}, created_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(ProgrammingError, match="row-level security"):
        did(app, members.centre, lambda: (db.session.add(row), db.session.flush()))
    page = sign_in(app, make_account(app, members.centre.tenant, "caseworker"))
    asked = {"needs": "protection.shelter", "place_code": "jo-irbid", "case_id": str(case_id)}
    assert page.send_form("/directory/searches", **asked).status_code == 404
    assert (
        page.api("POST", "/api/v1/service-searches", asked | {"needs": ["protection.shelter"]}).status_code
        == 404
    )


def test_a_search_is_forgotten_after_a_month(app: Flask, worker_app: Flask, members: Members):
    with clock.set_to(clock.now() - timedelta(days=31)):
        old = did(app, members.centre, lambda: operations.start_search(HERE, HER))
    new = did(app, members.centre, lambda: operations.start_search(HERE, HER))
    with worker_app.app_context():
        assert jobs.tend_searches() >= 4
    with app.app_context(), scope(members.centre):
        assert db.session.scalars(select(DirectorySearch.id)).all() == [new]
        with pytest.raises(NotFound):
            queries.get_search(old)


def test_a_name_or_an_hour_that_finds_nobody_is_no_help_that_is_missing(app: Flask, members: Members):
    make_listing(app, members.partner.tenant, latitude=28.3, longitude=40.3, schedules=[])
    here = replace(HERE, point=Point(28.3, 40.3))
    for asked in (replace(here, open_at="MO 03:00"), replace(here, text="Zzyzx"), replace(here, verified=True),
                  Criteria(text="Zzyzx", needs=("protection.shelter",))):  # fmt: skip
        did(app, members.centre, partial(operations.start_search, asked, HER))
    with app.app_context(), scope(members.centre):
        assert db.session.query(ServiceGap).all() == []


def test_the_network_learns_how_often_which_help_is_missing_where_and_of_nobody(
    app: Flask, worker_app: Flask, members: Members
):
    need, other, once = "children.birth_registration", "work.job", "protection.shelter"
    country = "LK"
    centres = [staff(make_tenant(app, country=country)) for _ in range(2)]
    few = ("Galle", "Galle", "Matara", "Behind the red gate", "Kandy")  # few, and one that is no town
    for day, place in enumerate(few, 12):
        with clock.set_to(datetime(2026, 10, day, tzinfo=UTC)):
            for centre in centres:
                did(app, centre, lambda: operations.record_service_gap(need, "Kandy", country))
            did(app, centres[0], partial(operations.record_service_gap, other, place, country))
    with clock.set_to(datetime(2026, 10, 14, tzinfo=UTC)):
        # Seven are told as five. Who is looked for again and again on one day may be one person, of whom nobody learns.
        for _ in range(2):
            did(app, centres[0], lambda: operations.record_service_gap(need, "Kandy", country))
        for _ in range(6):
            did(app, centres[0], lambda: operations.record_service_gap(once, "Jaffna", country))
        did(app, centres[1], lambda: operations.record_service_gap(other, "Galle", country))  # too few at all
    with clock.set_to(datetime(2026, 11, 2, tzinfo=UTC)):
        for _ in range(5):  # a month that is not over is its centre's alone
            did(app, centres[1], lambda: operations.record_service_gap(need, "Kandy", country))
        for _ in "ab":
            with worker_app.app_context():
                jobs.tend_searches()
        for who in (members.headquarters, members.partner, centres[0]):
            seen = did(app, who, lambda: queries.network_gaps(country))
            assert [(one.need_code, one.place, one.number) for one in seen] == [
                (need, "Kandy", 10),
                (other, "", 5),
            ]
        own = did(app, centres[1], queries.own_gaps)
        assert [(one.need_code, one.place, one.number) for one in own] == [
            (need, "Kandy", 10),
            (other, "Galle", 1),
        ]
        assert did(app, members.stranger, queries.own_gaps) == ()
        with app.app_context(), scope(members.headquarters):
            told = json.dumps([dict(row) for row in db.session.execute(text(
                "SELECT * FROM service_gap_figure")).mappings()], default=str)  # fmt: skip
            assert "red gate" not in told
        forged = ServiceGapFigure(
            published_by=centres[0].tenant,
            need_code=need,
            country="NP",
            place="",
            number=9,
            until_on=clock.now().date(),
        )
        with pytest.raises(ProgrammingError, match="row-level security"):
            did(app, members.stranger, lambda: (db.session.add(forged), db.session.flush()))
        page = sign_in(app, make_account(app, centres[1].tenant, "caseworker"))
        told = page.get(f"/directory/gaps?country={country}").text
        assert told.index("Your centre") < told.index("Kandy") < told.index("The network")
        answer = page.get(f"/api/v1/service-gaps?country={country}").get_json()
        assert answer["network"][0] == {"need": need, "country": country, "place": "Kandy", "number": 10}
        assert len(answer["own"]) == 2
        assert page.get("/directory/gaps?country=xyz").status_code == 422
    with clock.set_to(datetime(2027, 12, 2, tzinfo=UTC)), worker_app.app_context():
        jobs.tend_searches()
    assert did(app, members.headquarters, lambda: queries.network_gaps(country)) == ()


def test_a_word_that_no_listing_holds_any_more_leaves_the_lexicon(
    app: Flask, worker_app: Flask, members: Members
):
    gone, stays = f"gone{secrets.token_hex(5)}x", f"stays{secrets.token_hex(5)}y"
    first = make_listing(app, members.partner.tenant, name=f"{gone} {stays}", place="jo-irbid")
    make_listing(app, members.partner.tenant, name=f"O'Neil \\ {stays}", place="jo-irbid")

    def held() -> set[str]:
        with app.app_context(), scope(members.centre):
            return set(db.session.execute(text("SELECT word FROM search_word")).scalars())

    assert {gone, stays} <= held()
    did(app, members.centre, lambda: lexicon.read(gone))
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        db.session.get_one(Service, first.service_id).name = stays
    with worker_app.app_context():
        jobs.tend_searches()
    assert gone not in held()
    assert stays in held()
    with app.app_context(), scope(members.centre):
        with clock.set_to(clock.now() + timedelta(hours=2)):
            assert lexicon.read(gone).exactly == ""  # the process forgets it, too
            assert find(Criteria(text=stays), source="network").total == 2
        with pytest.raises(ProgrammingError, match="permission denied"):
            operations.prune_words()
        db.session.rollback()
