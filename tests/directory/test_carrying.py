"""A merge carries everything, and undoing it restores everything: held to the tables that there are."""

from __future__ import annotations

import importlib
import itertools
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from network.core.db import Base, db, unit_of_work
from network.core.errors import Conflict
from network.directory import operations, queries
from network.directory.models import Phone, Service, Unit
from network.directory.operations import Proposal
from network.directory.operations.carrying import CARRIED, LEFT, MODELS
from network.directory.queries import keeping
from network.directory.queries.holdings import part_version
from network.stack.migrations import sqlalchemy_url
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members
from tests.factories import make_listing
from tests.support.servers import Database

KINDS = ("organization", "service", "location", "service_at_location")
DAY = {"first_on": "2030-01-01", "last_on": "2030-01-02", "closed": True, "kind": "closure"}
HANGING: dict[str, dict[str, Any]] = {
    "phone": {"number": "+962 6 55"},
    "contact": {"name": "Desk"},
    "url": {"url": "https://desk.example"},
    "funding": {"source": "A fund"},
    "program": {"name": "Winter"},
    "organization_identifier": {"identifier_type": "register", "identifier": "7"},
    "organization_role": {"relation": "board", "class_code": "service_provider"},
    "required_document": {"document": "Passport"},
    "cost_option": {"option": "Once", "amount": 5},
    "service_area": {"name": "North"},
    "schedule_exception": DAY,
    "schedule": {"byday": "SA", "opens_at": "10:00", "closes_at": "11:00"},
    "address": {"address_1": "Main road", "city": "Irbid", "country": "JO", "address_type": "physical"},
    "accessibility": {"description": "Ramp"},
}


def act(app: Flask, identity: Identity, operation):
    with app.app_context(), scope(identity), unit_of_work():
        return operation()


def test_every_column_that_leads_to_a_listing_is_carried_or_left_for_a_reason(app: Flask):
    """Found among the tables themselves: a new one is decided on, or this fails."""
    carried = {
        f"{one.model.__tablename__}.{one.column or kind + '_id'}"
        for kind, rows in CARRIED.items()
        for one in rows
    }
    unknown = []
    for table in Base.metadata.tables.values():
        if table.name in (*KINDS[:3], "listing_merge", "not_duplicate") and table.name != "organization":
            leading = (
                {"organization_id"} & set(table.c.keys()) if table.name in ("service", "location") else set()
            )
        else:
            leading = {
                column.name
                for column in table.columns
                if column.name != "steward_tenant_id"
                and column.name != "confidential"
                and (
                    any(key.target_fullname.split(".")[0] in KINDS for key in column.foreign_keys)
                    or column.name.endswith(tuple(f"{kind}_id" for kind in KINDS))
                )
            }
        for name in leading - {"merged_into_id"}:
            told = {f"{table.name}.{name}", f"{table.name}.*"}
            if not told & carried and not told & LEFT.keys():
                unknown.append(f"{table.name}.{name}")
    assert unknown == []


def rows_of(app: Flask, identity: Identity) -> dict[str, Any]:
    """All that this steward keeps, in every table of which a merge moves rows, but for when it was written."""
    found = {}
    with app.app_context(), scope(identity):
        for table in sorted({*MODELS, *KINDS}):
            rows = db.session.execute(
                text(f"SELECT to_jsonb(t) - '{{modified_at,version}}'::text[] FROM {table} AS t "
                     "WHERE steward_tenant_id = :steward ORDER BY id"),
                {"steward": identity.tenant_id},
            ).scalars()  # fmt: skip
            found[table] = list(rows)
    return found


@pytest.mark.parametrize("kind", ["organization", "service", "location"])
def test_merging_carries_all_that_hangs_and_undoing_restores_it_row_by_row(
    app: Flask, members: Members, kind: str
):
    kept, merged = make_listing(app, members.partner.tenant), make_listing(app, members.partner.tenant)
    if kind != "organization":
        act(
            app,
            members.partner,
            lambda: operations.merge("organization", kept.organization_id, merged.organization_id),
        )
    kept_id, merged_id = (getattr(one, f"{kind}_id") for one in (kept, merged))

    def fill() -> None:
        db.session.execute(text("DELETE FROM schedule WHERE service_id = :id"), {"id": kept.service_id})
        for entity, values in HANGING.items():
            carried = {one.model.__tablename__ for one in CARRIED[kind]}
            if entity in carried and not (entity == "schedule" and kind == "service"):
                operations.add_part(entity, values, **{f"{kind}_id": merged_id})
        if kind == "service":
            operations.set_eligibility(kept_id, {"sex": ["women"]})
            operations.set_eligibility(merged_id, {"sex": ["men"], "pregnant_served": True})
            operations.set_languages(merged_id, ["ar", "bn"])
            bed = db.session.scalars(select(Unit.id).where(Unit.identifier == "bed")).one()
            operations.say_capacity(merged_id, bed, 2)
            operations.hold_service(merged_id, "withdrawal", "partner_unsafe")

    act(app, members.partner, fill)
    asked = [Proposal(kind, merged_id, "name", "Another name")]
    act(app, members.centre, lambda: operations.report_problem(kind, merged_id, "moved", asked))
    before = rows_of(app, members.partner)
    merge = act(app, members.partner, lambda: operations.merge(kind, kept_id, merged_id))
    for table in {one.model.__tablename__: one for one in CARRIED[kind]}.values():
        column = table.column or f"{kind}_id"
        with app.app_context(), scope(members.partner):
            model: Any = table.model
            left = db.session.scalars(select(model).where(getattr(model, column) == merged_id)).all()
            assert not left or table.alike or table.whole, (table.model.__tablename__, left)
    if kind == "service":
        with app.app_context(), scope(members.partner):
            assert queries.is_held(kept_id)
            listing = queries.listings_of_service(kept_id)[0]
            assert listing.held
            assert listing.eligibility["sex"] == ["women"]
            assert listing.eligibility["pregnant_served"] is True
            assert "bn" in listing.languages
            assert listing.hours.known
            assert {one.service_id for one in queries.listings_of_service(kept_id)} == {kept_id}
    with app.app_context(), scope(members.partner):
        told = {
            one.change.entity_id
            for one in keeping.history_of(
                kind,
                kept_id,
            ).items
        }
        assert told
        [report] = queries.list_reports("to").items
        assert report.listing_id == kept_id
        [proposed] = queries.suggestions_of(report.report.id)
        assert proposed.suggestion.entity_id == kept_id
    act(app, members.partner, lambda: operations.undo_merge(merge))
    after = rows_of(app, members.partner)
    for table, rows in before.items():
        assert after[table] == rows, table


def test_what_was_told_of_the_merged_one_is_answered_at_the_kept_one(app: Flask, members: Members):
    kept, merged = make_listing(app, members.partner.tenant), make_listing(app, members.partner.tenant)
    asked = [Proposal("organization", merged.organization_id, "email", "desk@example.org")]
    report = act(
        app, members.centre, lambda: operations.suggest("organization", merged.organization_id, asked)
    )
    act(
        app,
        members.partner,
        lambda: operations.merge("organization", kept.organization_id, merged.organization_id),
    )

    def take() -> UUID:
        [one] = queries.suggestions_of(report)
        return operations.answer_report(report, True, {one.suggestion.id: True})

    act(app, members.partner, take)
    with app.app_context(), scope(members.centre):
        assert queries.get_organization(kept.organization_id).email == "desk@example.org"
        assert queries.get_organization(merged.organization_id).email is None


def test_what_was_merged_twice_is_found_and_parted_in_the_order_in_which_it_was_merged(
    app: Flask, members: Members
):
    first, second, third = (make_listing(app, members.partner.tenant) for _ in range(3))
    phone = act(
        app,
        members.partner,
        lambda: operations.add_part("phone", {"number": "+962 6 1"}, service_id=first.service_id),
    )
    for one in (first, second):
        act(
            app,
            members.partner,
            lambda one=one: operations.merge("organization", third.organization_id, one.organization_id),
        )
    # Another centre, of which its steward learns nothing, sends nobody there.
    act(
        app,
        members.centre,
        lambda: operations.hold_service(first.service_id, "withdrawal", "partner_unsafe"),
    )
    asked = act(
        app, members.partner, lambda: operations.merge("service", second.service_id, first.service_id)
    )
    act(
        app,
        members.partner,
        lambda: operations.change(
            "service", second.service_id, {"alert": "Ring twice", "email": "b@x.example"}
        ),
    )
    later = act(
        app,
        members.partner,
        lambda: operations.merge("service", third.service_id, second.service_id, take=["alert", "email"]),
    )
    with app.app_context(), scope(members.centre):
        assert queries.is_held(third.service_id)
        assert third.service_id in queries.held_services()
        assert queries.listing(first.service_at_location_id).service_id == third.service_id
        history = keeping.history_of("service", third.service_id).items
        assert {one.change.service_id for one in history} >= {first.service_id, third.service_id}
    with pytest.raises(Conflict, match="Undo that first"):
        act(app, members.partner, lambda: operations.undo_merge(asked))
    # What somebody changed since the merge stays when it is undone.
    act(
        app, members.partner, lambda: operations.change("service", third.service_id, {"alert": "Ring thrice"})
    )
    act(app, members.partner, lambda: operations.undo_merge(later))
    act(app, members.partner, lambda: operations.undo_merge(asked))
    with app.app_context(), scope(members.centre):
        assert queries.get_service(third.service_id).alert == "Ring thrice"
        assert queries.get_service(third.service_id).email is None
        assert db.session.get_one(Phone, phone).service_id == first.service_id
        assert not queries.is_held(third.service_id)
        assert queries.is_held(first.service_id)


def test_merges_in_steps_that_earlier_versions_left_lead_to_the_one_that_stands(
    app: Flask, members: Members, database: Database
):
    listed = [make_listing(app, members.partner.tenant) for _ in range(4)]
    stands = listed[-1]
    for one in listed[:-1]:
        act(
            app,
            members.partner,
            lambda one=one: operations.merge("organization", stands.organization_id, one.organization_id),
        )
    ids = [one.service_id for one in listed]
    merges = [
        act(app, members.partner, lambda a=a, b=b: operations.merge("service", b, a))
        for a, b in itertools.pairwise(ids)
    ]
    migration = importlib.import_module("migrations.versions.0030_flat_merges")
    engine = create_engine(sqlalchemy_url(database.admin_url), poolclass=NullPool)
    with engine.begin() as connection:
        # As a merge left it before traces followed what they lead to.
        for trace, into in itertools.pairwise(ids):
            connection.execute(
                text("UPDATE service SET merged_into_id = :into WHERE id = :id"), {"into": into, "id": trace}
            )
        connection.execute(
            text(
                "UPDATE listing_merge SET moved = "
                """jsonb_path_query_array(moved, 'strict $[*] ? (@[2] != "merged_into_id")') WHERE id = ANY (:ids)"""
            ),
            {"ids": merges},
        )

    # As its owner does it, with the walls lifted within one transaction.
    owner = create_engine(sqlalchemy_url(database.owner_url), poolclass=NullPool)
    with owner.begin() as connection:
        for force in ("NO FORCE", "FORCE"):
            for table in ("service", "listing_merge"):
                connection.execute(text(f"ALTER TABLE {table} {force} ROW LEVEL SECURITY"))
            if force == "NO FORCE":
                for _ in range(2):
                    migration.flatten(connection, "service")

    def leads() -> list[UUID | None]:
        with app.app_context(), scope(members.centre):
            return [db.session.get_one(Service, one).merged_into_id for one in ids]

    assert leads() == [ids[3]] * 3 + [None]
    act(app, members.partner, lambda: operations.undo_merge(merges[2]))
    assert leads() == [ids[2], ids[2], None, None]
    act(app, members.partner, lambda: operations.undo_merge(merges[1]))
    assert leads() == [ids[1], None, None, None]


def test_places_that_were_merged_twice_and_hidden_are_parted_in_their_order(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)

    def add() -> UUID:
        return operations.create_location(listed.organization_id, place_code="jo-irbid", name="The mill")

    first, second, third = (act(app, members.partner, add) for _ in range(3))
    merges = [
        act(app, members.partner, lambda: operations.merge("location", second, first)),
        act(app, members.partner, lambda: operations.merge("location", third, second, take=["name"])),
    ]

    def hide() -> None:
        operations.hide_location(third, operations.get_listing("location", third).version)

    act(app, members.partner, hide)
    for merge, into in zip(reversed(merges), (second, None), strict=True):
        act(app, members.partner, lambda merge=merge: operations.undo_merge(merge))
        with app.app_context(), scope(members.centre):
            place = operations.get_listing("location", first)
            assert (place.merged_into_id, place.name) == (into, None)


@pytest.mark.parametrize("kind", ["organization", "service", "location"])
def test_what_the_headquarters_withhold_does_not_stand_again_in_another(
    app: Flask, members: Members, kind: str
):
    kept, merged = make_listing(app, members.partner.tenant), make_listing(app, members.partner.tenant)
    if kind != "organization":
        act(
            app,
            members.partner,
            lambda: operations.merge("organization", kept.organization_id, merged.organization_id),
        )
    ids = getattr(kept, f"{kind}_id"), getattr(merged, f"{kind}_id")
    act(app, members.headquarters, lambda: operations.withhold(kind, ids[1], "fraud"))
    with pytest.raises(Conflict, match="headquarters"):
        act(app, members.partner, lambda: operations.merge(kind, *ids))
    # The other way round it stays withheld.
    act(app, members.partner, lambda: operations.merge(kind, ids[1], ids[0]))
    with app.app_context(), scope(members.partner):
        assert operations.get_listing(kind, ids[1]).do_not_list


def test_each_write_of_a_part_is_another_state_of_it(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    phone = act(
        app,
        members.partner,
        lambda: operations.add_part("phone", {"number": "+962 1"}, service_id=listed.service_id),
    )
    with app.app_context(), scope(members.partner):
        first = part_version("phone", phone)
    act(app, members.partner, lambda: operations.change("phone", phone, {"number": "+962 2"}, version=first))
    with app.app_context(), scope(members.partner):
        assert part_version("phone", phone) != first
