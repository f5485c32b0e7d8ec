"""Who stands behind an organization, as a refusal must see it."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from network.core.db import unit_of_work
from network.core.errors import Forbidden, NotFound, UnknownCode
from network.core.ids import new_id
from network.directory import operations, queries
from network.directory.recipients import RecipientOf, is_hit_by
from network.tenants.context import scope
from tests.directory.conftest import Members


def organization(app: Flask, members: Members, **given: object) -> UUID:
    with app.app_context(), scope(members.partner), unit_of_work():
        return operations.create_organization(**({"name": "House", "country": "JO"} | given))


def add_role(app: Flask, members: Members, *given: object, **named: object) -> None:
    with app.app_context(), scope(members.partner), unit_of_work():
        operations.add_role(*given, **named)


def classes(app: Flask, members: Members, organization_id: UUID) -> dict[tuple[str, str], RecipientOf]:
    """Whoever stands behind it, by (class, way), as another centre sees it."""
    with app.app_context(), scope(members.centre):
        return {(one.class_code, one.via): one for one in queries.recipient_classes_of(organization_id)}


def hit(app: Flask, members: Members, organization_id: UUID, refused: str, **where: str) -> bool:
    with app.app_context(), scope(members.centre):
        return any(is_hit_by(one, refused, **where) for one in queries.recipient_classes_of(organization_id))


def test_an_organization_is_its_own_class_and_nothing_else(app: Flask, members: Members):
    shelter = organization(app, members)
    assert set(classes(app, members, shelter)) == {("service_provider", "self")}
    assert not hit(app, members, shelter, "recruiter")


def test_a_recruiter_on_the_board_is_seen(app: Flask, members: Members):
    shelter = organization(app, members)
    add_role(app, members, shelter, "board", "recruiter", country="JO", name="Agencies' association")
    assert ("recruiter", "board") in classes(app, members, shelter)
    assert hit(app, members, shelter, "recruiter")
    assert not hit(app, members, shelter, "employer")


def test_who_runs_it_is_seen_with_every_class_that_includes_it(app: Flask, members: Members):
    house = organization(app, members)
    add_role(app, members, house, "run_by", "embassy_consulate", country="BD")
    found = classes(app, members, house)
    assert found[("embassy_consulate", "run_by")].country == "BD"
    assert found[("authority_origin", "run_by")].country == "BD"


def test_the_walk_goes_through_parents_boards_and_runners_at_any_distance(app: Flask, members: Members):
    agency = organization(app, members, name="Agency", recipient_class="recruiter", country="BD")
    holding = organization(app, members, name="Holding")
    add_role(app, members, holding, "board", "recruiter", other_organization_id=agency)
    foundation = organization(app, members, name="Foundation", parent_organization_id=holding)
    shelter = organization(app, members, name="Shelter")
    add_role(app, members, shelter, "run_by", "service_provider", other_organization_id=foundation)
    found = classes(app, members, shelter)
    assert found[("recruiter", "run_by")].organization_id == agency
    with app.app_context(), scope(members.centre):
        everybody = queries.recipient_classes_of(shelter)
    assert {one.organization_id for one in everybody} == {shelter, foundation, holding, agency}
    assert RecipientOf("recruiter", "BD", agency, "run_by") in everybody


def test_a_parent_named_as_a_role_counts_like_one_that_is_linked(app: Flask, members: Members):
    clinic = organization(app, members)
    add_role(app, members, clinic, "parent", "employer", country="JO")
    assert ("employer", "parent") in classes(app, members, clinic)


def test_organizations_that_own_each_other_do_not_trap_the_walk(app: Flask, members: Members):
    one = organization(app, members, name="One", recipient_class="union")
    two = organization(app, members, name="Two", recipient_class="employer", parent_organization_id=one)
    add_role(app, members, one, "board", "employer", other_organization_id=two)
    assert {code for code, _ in classes(app, members, one)} == {"union", "employer"}
    assert {code for code, _ in classes(app, members, two)} == {"union", "employer"}


def test_an_organization_that_does_not_exist_is_not_found_and_so_never_free_of_classes(
    app: Flask, members: Members
):
    with app.app_context(), scope(members.centre), pytest.raises(NotFound):
        queries.recipient_classes_of(new_id())


@pytest.mark.parametrize(
    ("class_code", "country", "refused", "hits"),
    [
        # Refusals of a Bangladeshi woman in Jordan.
        ("embassy_consulate", "BD", "authority_origin", True),
        ("embassy_consulate", "BD", "embassy_consulate", True),
        ("embassy_consulate", "PH", "authority_origin", False),
        ("embassy_consulate", "PH", "embassy_consulate", False),
        ("embassy_consulate", None, "embassy_consulate", True),
        ("police", "JO", "authority_destination", True),
        ("police", "JO", "police", True),
        ("police", "JO", "authority_origin", False),
        ("police", "BD", "authority_origin", True),
        ("authority_destination", "BD", "authority_origin", True),
        ("authority_destination", "JO", "authority_origin", False),
        ("authority_destination", None, "authority_origin", True),
        ("immigration", "JO", "authority_destination", True),
        ("authority_destination", "JO", "police", False),
        ("service_provider", "BD", "authority_origin", False),
        ("recruiter", "BD", "recruiter", True),
        ("recruiter", None, "recruiter", True),
        ("employer", "JO", "recruiter", False),
    ],
)
def test_whose_authority_it_is_follows_from_its_country(class_code, country, refused, hits):
    body = RecipientOf(class_code, country, None, "run_by")
    assert is_hit_by(body, refused, origin="BD", destination="JO") is hits


def test_where_her_own_countries_are_not_known_refusals_win():
    embassy = RecipientOf("embassy_consulate", "PH", None, "self")
    assert is_hit_by(embassy, "embassy_consulate")


def test_a_refusal_of_a_class_that_does_not_exist_is_an_error():
    with pytest.raises(UnknownCode):
        is_hit_by(RecipientOf("police", "JO", None, "self"), "cousin")


def test_only_the_steward_says_who_stands_behind_an_organization(app: Flask, members: Members):
    shelter = organization(app, members)
    with app.app_context(), scope(members.centre):
        with pytest.raises(Forbidden), unit_of_work():
            operations.add_role(shelter, "board", "recruiter")


def test_the_page_shows_who_runs_it_before_who_sits_on_the_board(app: Flask, members: Members):
    parent = organization(app, members, name="Mother house", recipient_class="religious")
    house = organization(app, members, parent_organization_id=parent)
    add_role(app, members, house, "board", "union", country="JO")
    add_role(app, members, house, "run_by", "religious", country="JO", name="Sisters")
    with app.app_context(), scope(members.centre):
        found = queries.bodies_behind(house)
    assert [(one.relation, one.class_code, one.name) for one in found] == [
        ("run_by", "religious", "Sisters"),
        ("board", "union", None),
        ("parent", "religious", "Mother house"),
    ]
