"""Trust in a listing: who looked and when, what is not listed, what others say, duplicates, and taking over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from network.accounts.operations import opening
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from network.core.ids import new_id
from network.directory import jobs, operations, queries
from network.directory.models import (
    ListingChange,
    ListingReport,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceSearch,
    Unit,
)
from network.directory.operations import Proposal, hiding, reports
from network.directory.trust import standing
from network.tenants.context import Identity, job_identity, scope
from tests.directory.conftest import Members
from tests.factories import make_listing, make_tenant, staff
from tests.support.servers import Database

SECRET = "9 Quiet Close"


def act(app: Flask, identity: Identity, operation):
    with app.app_context(), scope(identity), unit_of_work():
        return operation()


def look(app: Flask, identity: Identity, model, row_id: UUID):
    with app.app_context(), scope(identity):
        found = db.session.get_one(model, row_id)
        db.session.expunge(found)
        return found


def test_a_call_verifies_the_service_and_the_places_where_it_is_offered(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    act(app, members.partner, lambda: operations.verify("service", listed.service_id, "phone"))
    for model, row in ((Service, listed.service_id), (Location, listed.location_id)):
        seen = look(app, members.centre, model, row)
        today = clock.today("Asia/Amman")
        assert (seen.verified_on, seen.verified_how) == (today, "phone")
        assert seen.verified_by_tenant_id == members.partner.tenant
        assert today + timedelta(days=180) < seen.verification_due_on < today + timedelta(days=186)
    with pytest.raises(Forbidden):
        act(app, members.stranger, lambda: operations.verify("service", listed.service_id))
    with pytest.raises(NotFound):
        act(app, members.partner, lambda: operations.verify("program", listed.service_id))


def test_trust_ages_by_the_calendar():
    listed, today = date(2026, 1, 31), date(2026, 6, 1)
    assert standing(date(2026, 5, 1), date(2026, 11, 1), listed, today) == "verified"
    assert standing(date(2026, 5, 1), date(2026, 6, 10), listed, today) == "due"
    assert standing(date(2025, 12, 1), None, listed, today) == "not_verified"
    assert standing(None, None, listed, today) == "not_verified"
    assert standing(date(2025, 6, 1), None, listed, today) == "aged"
    assert standing(None, None, date(2025, 2, 28), date(2026, 2, 28)) == "aged"


def test_the_sweep_gives_a_day_to_what_nobody_has_looked_at(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    act(app, job_identity(members.partner.tenant), operations.sweep)
    assert look(app, members.centre, Service, listed.service_id).verification_due_on is not None


def test_what_is_not_to_be_listed_is_found_by_nobody_until_who_withheld_it_says_so(
    app: Flask, members: Members
):
    listed = make_listing(app, members.partner.tenant)

    def found() -> int:
        with app.app_context(), scope(members.centre):
            return db.session.query(ServiceSearch).filter_by(service_id=listed.service_id).count()

    with pytest.raises(Forbidden):
        act(app, members.centre, lambda: operations.withhold("service", listed.service_id, "fraud"))
    act(
        app,
        members.headquarters,
        lambda: operations.withhold("organization", listed.organization_id, "fraud"),
    )
    assert found() == 0
    with pytest.raises(Forbidden):
        act(app, members.partner, lambda: operations.list_again("organization", listed.organization_id))
    act(app, members.headquarters, lambda: operations.list_again("organization", listed.organization_id))
    assert found() == 1


def test_capacity_is_said_again_and_every_word_of_it_is_kept(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    with app.app_context(), scope(members.partner):
        bed = db.session.scalars(select(Unit.id).where(Unit.identifier == "bed")).one()
    for free in (3, 0):
        act(app, members.partner, lambda free=free: operations.say_capacity(listed.service_id, bed, free))
    with app.app_context(), scope(members.centre):
        [kept] = db.session.scalars(select(ServiceCapacity).filter_by(service_id=listed.service_id))
        assert kept.available == 0
        told = db.session.scalars(
            select(ListingChange.old_value).where(
                ListingChange.entity_id == kept.id, ListingChange.field == "available"
            )
        )
        assert list(told) == [3]
        assert db.session.query(ServiceSearch).filter_by(service_id=listed.service_id).count() == 1
    for wrong in ({"available": -1}, {"available": 1, "next_free_at": clock.now() - timedelta(days=1)}):
        with pytest.raises(Invalid):
            act(
                app,
                members.partner,
                lambda given=wrong: operations.say_capacity(listed.service_id, bed, **given),
            )


def test_hiding_a_place_leaves_its_door_in_no_shared_table(app: Flask, members: Members, database: Database):
    listed = make_listing(
        app, members.partner.tenant, addresses=[{"address_1": SECRET, "city": "Irbid"}], location_name=SECRET
    )
    act(
        app,
        members.partner,
        lambda: operations.add_part("phone", {"number": "+962 2 999111"}, location_id=listed.location_id),
    )
    with pytest.raises(StaleVersion):
        act(app, members.partner, lambda: operations.hide_location(listed.location_id, 7))
    act(app, members.partner, lambda: operations.hide_location(listed.location_id, 1))
    # Six digits alone stand in many a hexadecimal value.
    for told in (SECRET, "2 999111", "+9622999111"):
        assert tables_telling(database, told) == []
    with app.app_context(), scope(members.partner):
        kept = queries.private_address(listed.location_id)
        assert kept is not None
        assert (kept["name"], kept["addresses"][0]["address_1"]) == (SECRET, SECRET)
        assert "999111" in kept["phones"]
    act(
        app,
        members.partner,
        lambda: operations.keep_private(listed.location_id, {"name": "B", "address_1": "C"}, 2),
    )
    with app.app_context(), scope(members.partner):
        kept = queries.private_address(listed.location_id)
        assert kept is not None
        assert (kept["name"], kept["addresses"]) == ("B", [{"address_1": "C"}])
    with app.app_context(), scope(members.centre):
        assert queries.private_address(listed.location_id) is None


def test_what_is_suggested_of_a_place_while_it_is_hidden_is_not_kept(
    app: Flask, members: Members, database: Database, monkeypatch: pytest.MonkeyPatch
):
    listed = make_listing(app, members.partner.tenant, location_name=SECRET)
    place, read = listed.location_id, reports.get_listing

    def hidden_meanwhile(kind: str, listing_id: UUID) -> Any:
        found = read(kind, listing_id)
        with ThreadPoolExecutor(1) as colleague:
            colleague.submit(act, app, members.partner, lambda: operations.hide_location(place, 1)).result()
        return found

    monkeypatch.setattr(reports, "get_listing", hidden_meanwhile)
    with pytest.raises(Invalid):
        act(
            app,
            members.centre,
            lambda: operations.suggest(
                "location", place, [Proposal("location", place, "name", f"House at {SECRET}")]
            ),
        )
    assert tables_telling(database, SECRET) == []


def test_hiding_a_place_hides_what_was_merged_with_it(app: Flask, members: Members, database: Database):
    door = "Cedar passage 7"
    kept, twin, merged = two_doors(app, members, door)
    act(app, members.partner, lambda: operations.change("location", kept, {"name": "Gate 2"}))
    act(app, members.partner, lambda: operations.hide_location(kept, version_of(app, members.partner, kept)))
    assert tables_telling(database, door) == []
    act(app, members.partner, lambda: operations.undo_merge(merged))
    assert tables_telling(database, door) == []
    with app.app_context(), scope(members.partner):
        assert db.session.get_one(Location, twin).confidential
        sealed = queries.private_address(twin)
        assert sealed is not None
        assert sealed["name"] == door

    # A trace leads to the same door as the one that was kept instead of it.
    door = "Olive stairs 3"
    kept, twin, merged = two_doors(app, members, door)
    act(app, members.partner, lambda: operations.hide_location(twin, version_of(app, members.partner, twin)))
    assert tables_telling(database, door) == []
    assert look(app, members.centre, Location, kept).confidential


def test_doors_that_earlier_versions_left_half_open_are_closed_once(
    app: Flask, members: Members, database: Database, monkeypatch: pytest.MonkeyPatch
):
    first, second = "Almond court 5", "Almond court 6"
    hidden_kept, trace, _merged = two_doors(app, members, first)
    kept, hidden_trace, merged = two_doors(app, members, second, addressed=False)
    with monkeypatch.context() as earlier:
        earlier.setattr(hiding, "_same_door", lambda location: [location])
        earlier.setattr(hiding, "_forget_taken", lambda location_id: None)
        for place in (hidden_kept, hidden_trace):
            act(
                app,
                members.partner,
                lambda place=place: operations.hide_location(place, version_of(app, members.partner, place)),
            )
    # Parted meanwhile: the two are no longer one door, and yet the merge tells what it took from the hidden one.
    act(app, members.partner, lambda: operations.undo_merge(merged))
    assert "location" in tables_telling(database, first)
    assert "listing_merge" in tables_telling(database, second)
    with app.app_context():
        assert jobs.close_doors() >= 1
    assert tables_telling(database, first) == []
    assert "listing_merge" not in tables_telling(database, second)
    assert look(app, members.centre, Location, trace).confidential
    assert not look(app, members.centre, Location, kept).confidential
    with app.app_context(), scope(members.partner):
        sealed = queries.private_address(trace)
        assert sealed is not None
        assert sealed["name"] == first
    with app.app_context():
        assert jobs.close_doors() == 0


def two_doors(app: Flask, members: Members, door: str, *, addressed: bool = True) -> tuple[UUID, UUID, UUID]:
    """A place that another was merged into, of which it took the name; both ids, and that of the merge."""
    listed = make_listing(app, members.partner.tenant, location_name="Gate")
    twin = act(
        app,
        members.partner,
        lambda: operations.create_location(
            listed.organization_id,
            place_code="jo-irbid",
            name=door,
            addresses=[{"address_1": door, "city": "Irbid"}] if addressed else [],
        ),
    )
    merged = act(
        app, members.partner, lambda: operations.merge("location", listed.location_id, twin, ["name"])
    )
    return listed.location_id, twin, merged


def version_of(app: Flask, identity: Identity, location_id: UUID) -> int:
    return look(app, identity, Location, location_id).version


def tables_telling(database: Database, words: str) -> list[str]:
    """The tables in which a text stands in the clear."""
    with psycopg.connect(database.admin_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return [
            table
            for (table,) in tables
            if connection.execute(
                f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s LIMIT 1', (f"%{words}%",)
            ).fetchone()
        ]


def test_saying_the_same_again_leaves_no_trace(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    hours = [{"byday": "SU,MO,TU,WE,TH", "opens_at": "08:00", "closes_at": "16:00"}]

    def again() -> None:
        operations.set_needs(listed.service_id, ["protection.shelter"])
        operations.set_languages(listed.service_id, ["en", "ar"])
        operations.set_schedule(hours, service_id=listed.service_id)
        operations.set_eligibility(listed.service_id, {"sex": ["women"]})
        operations.set_practices(listed.service_id, {"police_on_site": "yes"}, {"keeps_phone": "yes"})

    def parts() -> int:
        with app.app_context(), scope(members.centre):
            return (
                db.session.query(ListingChange)
                .filter(ListingChange.service_id == listed.service_id, ListingChange.entity != "service")
                .count()
            )

    before = parts()
    act(app, members.partner, again)
    assert parts() == before
    act(app, members.partner, lambda: operations.set_schedule([], service_id=listed.service_id))
    with app.app_context(), scope(members.centre):
        assert db.session.query(Schedule).filter_by(service_id=listed.service_id).count() == 0


@pytest.mark.parametrize(
    ("entity", "values"),
    [
        ("service", {"status": "asleep"}),
        ("service", {"referral_method": "pigeon"}),
        ("service", {"response_hours": 0}),
        ("service", {"minimum_age": 9, "maximum_age": 3}),
        ("service", {"cost": "much"}),
        ("service", {"name": ["a"]}),
        ("location", {"latitude": 100.0}),
        ("location", {"longitude": None}),
    ],
)
def test_what_a_field_cannot_hold_is_refused_in_words(app: Flask, members: Members, entity: str, values):
    listed = make_listing(app, members.partner.tenant)
    with pytest.raises(Invalid) as wrong:
        act(app, members.partner, lambda: operations.change(entity, getattr(listed, f"{entity}_id"), values))
    assert wrong.value.fields


def test_a_problem_is_seen_by_all_and_its_words_by_two(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    proposal = Proposal("service", listed.service_id, "alert", "Moved to the market")
    report = act(
        app,
        members.centre,
        lambda: operations.report_problem("service", listed.service_id, "refuses_migrants", [proposal]),
    )
    seen = look(app, members.stranger, Service, listed.service_id)
    assert seen.reported_at is not None
    assert seen.reported_problem == "refuses_migrants"
    with app.app_context(), scope(members.stranger), pytest.raises(NotFound):
        queries.get_report(report)
    with app.app_context(), scope(members.partner):
        [asked] = queries.suggestions_of(report)
    with pytest.raises(NotFound):
        act(app, members.stranger, lambda: operations.answer_report(report, True, {}))
    with pytest.raises(Invalid):
        act(app, members.partner, lambda: operations.answer_report(report, True, {}))
    act(
        app,
        members.partner,
        lambda: operations.answer_report(report, False, {asked.suggestion.id: True}),
    )
    seen = look(app, members.stranger, Service, listed.service_id)
    assert (seen.alert, seen.reported_at) == ("Moved to the market", None)
    with app.app_context(), scope(members.centre):
        told = queries.get_report(report)
        assert told.report.state == "rejected"
        assert queries.suggestions_of(report)[0].suggestion.state == "accepted"
    with pytest.raises(Conflict):
        act(app, members.partner, lambda: operations.answer_report(report, True, {}))


def test_nothing_is_proposed_beside_what_may_be_corrected(app: Flask, members: Members):
    listed, other = (make_listing(app, members.partner.tenant) for _ in range(2))
    for proposal in (
        Proposal("service", listed.service_id, "do_not_list", True),
        Proposal("service", listed.service_id, "cost", "much"),
        Proposal("service", other.service_id, "name", "Other"),
        Proposal("location", listed.location_id, "name", "Door"),
    ):
        with pytest.raises((Invalid, NotFound)):
            act(app, members.centre, lambda p=proposal: operations.suggest("service", listed.service_id, [p]))
    with app.app_context(), scope(members.centre):
        assert db.session.query(ListingReport).filter_by(service_id=listed.service_id).count() == 0


def test_merged_organizations_are_one_and_can_be_parted(app: Flask, members: Members):
    kept, gone = (make_listing(app, members.partner.tenant, country=c) for c in ("JO", "LB"))
    merge = act(
        app,
        members.partner,
        lambda: operations.merge("organization", kept.organization_id, gone.organization_id, ["country"]),
    )
    with app.app_context(), scope(members.centre):
        assert db.session.get_one(Service, gone.service_id).organization_id == kept.organization_id
        assert queries.listing(gone.service_at_location_id).organization_id == kept.organization_id
        assert db.session.get_one(Organization, kept.organization_id).country == "LB"
        bodies = queries.recipient_classes_of(kept.organization_id)
        assert gone.organization_id in {one.organization_id for one in bodies}
    act(app, members.partner, lambda: operations.undo_merge(merge))
    with app.app_context(), scope(members.centre):
        assert db.session.get_one(Service, gone.service_id).organization_id == gone.organization_id
        assert db.session.get_one(Organization, kept.organization_id).country == "JO"
        assert db.session.get_one(Organization, gone.organization_id).merged_into_id is None
    with pytest.raises(Conflict):
        act(app, members.partner, lambda: operations.undo_merge(merge))


def test_a_referral_finds_the_service_that_its_own_was_merged_into(app: Flask, members: Members):
    kept = make_listing(app, members.partner.tenant)

    def second() -> tuple[UUID, UUID]:
        service = operations.create_service(
            kept.organization_id, name="Same", needs=["protection.shelter"], referral_methods=["phone"]
        )
        return service, operations.place_service_at_location(service, kept.location_id)

    service, place = act(app, members.partner, second)
    merge = act(app, members.partner, lambda: operations.merge("service", kept.service_id, service))
    with app.app_context(), scope(members.centre):
        found = queries.listing(place)
        assert (found.service_id, found.service_at_location_id) == (
            kept.service_id,
            kept.service_at_location_id,
        )
        assert db.session.get_one(ServiceAtLocation, place).service_id == service
        assert queries.terms_of(place).referral_method == "in_platform"
    act(app, members.partner, lambda: operations.undo_merge(merge))
    with app.app_context(), scope(members.centre):
        assert queries.listing(place).service_id == service


def test_two_organizations_of_different_stewards_are_not_merged(app: Flask, members: Members):
    mine, theirs = make_listing(app, members.partner.tenant), make_listing(app, members.centre.tenant)
    with pytest.raises(Forbidden):
        act(
            app,
            members.partner,
            lambda: operations.merge("organization", mine.organization_id, theirs.organization_id),
        )


def test_an_organization_that_says_yes_keeps_its_own_listing(app: Flask, members: Members):
    listed = make_listing(app, members.centre.tenant, addresses=[{"address_1": "Main road", "city": "Irbid"}])
    about = {
        "code": f"claim-{new_id().hex[-6:]}",
        "reference_prefix": "QXZ",
        "default_language": "en",
        "time_zone": "Asia/Amman",
    }
    with pytest.raises(Forbidden):
        act(app, members.centre, lambda: operations.invite_to_claim(listed.organization_id, **about))
    claim = act(
        app, members.headquarters, lambda: operations.invite_to_claim(listed.organization_id, **about)
    )
    with pytest.raises(Conflict):
        act(app, members.headquarters, lambda: operations.invite_to_claim(listed.organization_id, **about))
    with app.app_context(), scope(members.headquarters):
        invited = queries.standing_claim(listed.organization_id)
        assert invited is not None
        partner_id = invited.tenant_id
        assert queries.tenant_of_organization(listed.organization_id) is None
    act(app, job_identity(partner_id), opening.prepare_tenant)
    partner = staff(partner_id, kind="partner", roles=("partner_manager",))
    for other in (members.stranger, staff(make_tenant(app, "partner"), kind="partner")):
        with pytest.raises(NotFound):
            act(app, other, lambda: operations.answer_claim(claim, accepted=True))
    with pytest.raises(NotFound):
        act(app, members.centre, lambda: operations.answer_claim(claim, accepted=True))
    act(app, partner, lambda: operations.answer_claim(claim, accepted=True))
    with app.app_context(), scope(members.stranger):
        assert queries.tenant_of_organization(listed.organization_id) == partner_id
        for model, row in (
            (Organization, listed.organization_id),
            (Service, listed.service_id),
            (Location, listed.location_id),
        ):
            assert db.session.get_one(model, row).steward_tenant_id == partner_id
    act(app, partner, lambda: operations.verify("service", listed.service_id, "own"))


def test_nobody_takes_over_what_another_was_invited_to(app: Flask, members: Members):
    """The steward may see the claim; the database lets none but the invited one say yes."""
    listed = make_listing(app, members.centre.tenant)
    about = {"code": f"claim-{new_id().hex[-6:]}", "reference_prefix": "QXY", "default_language": "en",
             "time_zone": "Asia/Amman"}  # fmt: skip
    claim = act(
        app, members.headquarters, lambda: operations.invite_to_claim(listed.organization_id, **about)
    )
    from network.directory.models import ListingClaim

    def seize() -> None:
        db.session.get_one(ListingClaim, claim).state = "claimed"
        db.session.flush()

    with pytest.raises(DBAPIError):
        act(app, members.centre, seize)


def test_the_headquarters_keep_the_holidays_of_a_country(app: Flask, members: Members):
    days = {"first_on": "2026-12-25", "last_on": "2026-12-25", "closed": True, "kind": "holiday"}
    with pytest.raises(Forbidden):
        act(app, members.partner, lambda: operations.add_holiday("JO", days))
    added = act(app, members.headquarters, lambda: operations.add_holiday("JO", days))
    with pytest.raises(Invalid):
        act(
            app,
            members.headquarters,
            lambda: operations.add_holiday("JO", days | {"last_on": "2026-12-01"}),
        )
    act(app, members.headquarters, lambda: operations.remove_holiday(added))
