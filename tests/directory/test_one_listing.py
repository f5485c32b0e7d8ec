"""Two listings that are one, and one that its own organization takes over."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from network.accounts.operations import opening
from network.core.db import db
from network.core.errors import Conflict, Forbidden, NotFound
from network.core.ids import new_id
from network.directory import operations, queries
from network.directory.models import (
    Location,
    Organization,
    Service,
    ServiceAtLocation,
)
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members, act
from tests.factories import make_listing, make_tenant, staff


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
