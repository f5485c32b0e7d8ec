"""Which centres exchange cases: over a corridor, under an agreement that is in force."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.tenants.context import scope
from network.tenants.operations import create_agreement, create_corridor
from network.tenants.queries import (
    agreement_in_force,
    centres_over_corridors,
    corridors_between,
    is_in_force,
)
from tests.factories import make_agreement, make_tenant, staff

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def destination(app: Flask) -> UUID:
    return make_tenant(app, country="JO")


@pytest.fixture
def origin(app: Flask) -> UUID:
    return make_tenant(app, country="BD")


def test_an_agreement_is_in_force_from_its_first_to_its_last_day(
    app: Flask, origin: UUID, destination: UUID
) -> None:
    agreement_id = make_agreement(
        app, origin, destination, from_on=date(2026, 1, 1), until_on=date(2026, 11, 20)
    )
    days = {date(2025, 12, 31): False, date(2026, 1, 1): True, date(2026, 11, 20): True, TODAY: False}
    with app.app_context(), scope(staff(destination)):
        for day, in_force in days.items():
            assert (agreement_in_force(origin, destination, day) is not None) is in_force, day
            assert is_in_force(agreement_id, day) is in_force, day


def test_an_agreement_binds_its_two_centres_and_no_other(app: Flask, origin: UUID, destination: UUID) -> None:
    make_agreement(app, origin, destination)
    other = make_tenant(app, country="BD")
    with app.app_context(), scope(staff(destination)):
        assert agreement_in_force(origin, destination, TODAY)
        assert agreement_in_force(other, destination, TODAY) is None
        assert agreement_in_force(destination, origin, TODAY) is None


def test_a_centre_is_shown_the_live_centres_that_it_has_an_agreement_with(app: Flask, origin: UUID) -> None:
    destination = make_tenant(app, country="JO")
    planned = make_tenant(app, country="BD", status="planned")
    ended = make_tenant(app, country="BD")
    make_agreement(app, origin, destination)
    make_agreement(app, planned, destination)
    make_agreement(app, ended, destination, until_on=date(2026, 11, 1))
    with app.app_context(), scope(staff(destination)):
        found = centres_over_corridors(destination, TODAY)
        assert [(one.tenant.id, one.is_origin) for one in found] == [(origin, True)]
    with app.app_context(), scope(staff(origin)):
        found = centres_over_corridors(origin, TODAY)
        assert [(one.tenant.id, one.is_origin) for one in found] == [(destination, False)]


def test_corridors_are_found_from_either_end(app: Flask, origin: UUID, destination: UUID) -> None:
    make_agreement(app, origin, destination)
    with app.app_context(), scope(staff(destination)):
        for pair in (("JO", "BD"), ("BD", "JO")):
            assert [(one.origin, one.destination) for one in corridors_between(*pair)] == [("BD", "JO")]
        assert corridors_between("JO", "FR") == []


def test_an_agreement_is_made_between_centres_of_its_corridors_countries_only(
    app: Flask, origin: UUID, destination: UUID
) -> None:
    make_agreement(app, origin, destination)
    partner = make_tenant(app, kind="partner", country="BD")
    headquarters = staff(make_tenant(app, kind="network"), kind="network", roles=("network_administrator",))
    with app.app_context(), scope(headquarters):
        corridor_id = corridors_between("BD", "JO")[0].id
        for wrong in (partner, destination):
            with pytest.raises(Invalid) as refused, unit_of_work():
                create_agreement(corridor_id, wrong, destination, TODAY)
            assert list(refused.value.fields) == ["origin_tenant_id"]
        with pytest.raises(Invalid) as refused, unit_of_work():
            create_agreement(corridor_id, origin, destination, TODAY, date(2026, 1, 1))
        assert list(refused.value.fields) == ["until_on"]


def test_a_corridor_is_opened_once_by_the_headquarters_alone(app: Flask, destination: UUID) -> None:
    headquarters = staff(make_tenant(app, kind="network"), kind="network", roles=("network_administrator",))
    with app.app_context(), scope(headquarters):
        with unit_of_work():
            create_corridor("LK", "QA")
        with pytest.raises(Invalid), unit_of_work():
            create_corridor("LK", "QA")
    with app.app_context(), scope(staff(destination)), pytest.raises(DBAPIError), unit_of_work():
        create_corridor("LK", "OM")
