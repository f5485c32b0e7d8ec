"""Opening the demonstration network: headquarters, centres, partners, corridors, listings and staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from network.accounts.gate import accept_invitation
from network.accounts.operations.opening import first_invitation_token, open_tenant
from network.accounts.operations.staff import invite
from network.accounts.queries import find_open_invitation_of
from network.accounts.tokens import invitation_token
from network.core.db import db, unit_of_work
from network.core.errors import NotFound
from network.core.ids import new_id
from network.demonstration.acting import Stage
from network.demonstration.data_files import centres, data_file, partners
from network.demonstration.people import PASSWORD, Colleague, Names
from network.directory.operations import link_tenant, load_listing, load_taxonomy
from network.tenants.context import job_identity, scope
from network.tenants.models import Tenant
from network.tenants.operations import create_agreement, create_corridor

HEADQUARTERS = "headquarters"
OWN_ADDRESS = "127.0.0.1"


@dataclass
class World:
    """What was opened: tenants and organizations by code, and who works where."""

    tenants: dict[str, UUID] = field(default_factory=dict)
    organizations: dict[str, UUID] = field(default_factory=dict)
    staff: dict[str, dict[str, Colleague]] = field(default_factory=dict)

    def colleague(self, tenant: str, role: str) -> Colleague:
        """Who holds this role there."""
        return self.staff[tenant][role]


def is_open(stage: Stage) -> bool:
    """Whether the demonstration was opened in this database before."""
    with stage.app.app_context(), scope(job_identity(new_id())):
        return db.session.scalar(select(Tenant.id).where(Tenant.code == HEADQUARTERS)) is not None


def open_world(stage: Stage, names: Names) -> World:
    """Open everything, in the order in which a network grows."""
    world = World()
    _open_tenants(stage, world)
    _hire(stage, world, names)
    _sign_agreements(stage, world)
    _list_organizations(stage, world)
    return world


def _open_tenants(stage: Stage, world: World) -> None:
    headquarters = new_id()
    world.tenants[HEADQUARTERS] = headquarters
    about = [_as_tenant(centre, "centre") for centre in centres()]
    about += [_as_tenant(partner, "partner") for partner in partners() if partner["tenant"]]
    first = {
        "code": HEADQUARTERS,
        "kind": "network",
        "name": "Headquarters of the demonstration network",
        "country": "JO",
        "reference_prefix": "HQ",
        "tenant_id": headquarters,
        "invented": True,
    }
    for one in (first, *about):
        with stage.app.test_request_context(), scope(job_identity(headquarters, "network")), unit_of_work():
            world.tenants[one["code"]] = open_tenant(**one)
    stage.work()


def _as_tenant(one: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "code": one["code"],
        "kind": kind,
        "name": one["name"],
        "country": one["country"],
        "reference_prefix": one["reference_prefix"],
        "default_language": one["default_language"] if one["default_language"] in ("en", "ar") else "en",
        "time_zone": one["time_zone"],
        "invented": one["invented"],
    }


def _hire(stage: Stage, world: World, names: Names) -> None:
    """A first administrator for each tenant, and the staff that its work needs."""
    story = data_file("people")["main_story"]
    people = {
        story["centre"]: {
            "centre_administrator": None,
            "coordinator": story["coordinator"]["latin"],
            "caseworker": story["caseworker"]["latin"],
            "intake": None,
            "monitoring_officer": None,
        },
        story["origin_centre"]: {
            "centre_administrator": None,
            "coordinator": story["origin_coordinator"]["latin"],
            "caseworker": None,
        },
        "dar-al-yaqeen": {"partner_manager": None, "partner_worker": story["focal_point"]["latin"]},
        "labour-inspection-irbid": {"partner_manager": story["inspector"]["latin"]},
        HEADQUARTERS: {"network_administrator": None},
    }
    countries = {one["code"]: one["country"] for one in (*centres(), *partners())} | {HEADQUARTERS: "JO"}
    kinds = {one["code"] for one in centres()}
    for code in world.tenants:
        usual = (
            {"centre_administrator": None, "coordinator": None}
            if code in kinds
            else {"partner_manager": None}
        )
        for role, given in people.get(code, usual).items():
            name = given or _unused(names, countries[code], people)
            world.staff.setdefault(code, {})[role] = _join(stage, world, code, role, name)


def _unused(names: Names, country: str, people: dict[str, dict[str, str | None]]) -> str:
    """A name that the story has not given to somebody."""
    taken = {name for roles in people.values() for name in roles.values() if name}
    return next(name for name in iter(lambda: names.colleague(country), None) if name not in taken)


def _join(stage: Stage, world: World, code: str, role: str, name: str) -> Colleague:
    tenant_id = world.tenants[code]
    email = f"{role.replace('_', '.')}@{code}.example"
    first = not world.staff.get(code)
    token = (
        first_invitation_token_of(stage, tenant_id)
        if first
        else _invited(stage, world, code, role, name, email)
    )
    with stage.app.test_request_context():
        membership_id = accept_invitation(token, PASSWORD, address=OWN_ADDRESS, name=name, email=email)
    return Colleague(tenant_id, membership_id, code, name, email, (role,))


def first_invitation_token_of(stage: Stage, tenant_id: UUID) -> str:
    """The token of a tenant's first invitation."""
    with stage.app.app_context():
        return first_invitation_token(tenant_id)


def _invited(stage: Stage, world: World, code: str, role: str, name: str, email: str) -> str:
    administrator = next(iter(world.staff[code].values()))
    with stage.acting(administrator):
        membership_id = invite(name, email, (role,))
        invitation_id = find_open_invitation_of(membership_id)
        if invitation_id is None:
            raise NotFound(email)
        return invitation_token(invitation_id)


def _sign_agreements(stage: Stage, world: World) -> None:
    corridors = data_file("centres")["corridors"]
    made: dict[tuple[str, str], UUID] = {}
    with stage.acting(world.colleague(HEADQUARTERS, "network_administrator")):
        for one in corridors:
            pair = (one["origin"], one["destination"])
            made[pair] = create_corridor(*pair, sector=one["sector"], inferred=one["inferred"]).id
        for one in data_file("origin_centres")["agreements"]:
            until = one["until_on"]
            create_agreement(
                made[(one["origin"], one["destination"])],
                world.tenants[one["origin_centre"]],
                world.tenants[one["destination_centre"]],
                date.fromisoformat(one["from_on"]),
                date.fromisoformat(until) if until else None,
            )


def _list_organizations(stage: Stage, world: World) -> None:
    """Each member lists itself; the headquarters list those that nobody has claimed."""
    administrator = world.colleague(HEADQUARTERS, "network_administrator")
    with stage.acting(administrator):
        load_taxonomy()
    listed: Iterable[tuple[str, dict[str, Any]]] = [
        *((one["code"], _as_listing(one)) for one in centres()),
        *((one["code"], one | {"recipient_class": one["run_by"][0]}) for one in partners()),
    ]
    for code, listing in listed:
        steward = next(iter(world.staff[code].values())) if code in world.staff else administrator
        with stage.acting(steward):
            world.organizations[code] = load_listing(listing).id
        if code in world.tenants:
            with stage.acting(administrator):
                link_tenant(world.organizations[code], world.tenants[code])


def _as_listing(centre: dict[str, Any]) -> dict[str, Any]:
    """A centre's own listing: what it offers, at its place, to whoever comes."""
    return {
        "name": centre["name"],
        "own_name": centre.get("own_name"),
        "country": centre["country"],
        "description": centre.get("operator") or "",
        "recipient_class": "centre",
        "run_by": centre["run_by"],
        "board": centre["board"],
        "email": centre.get("email"),
        "invented": centre["invented"],
        "locations": [{"code": "centre", "place": centre["place_code"], "name": centre["name"]}],
        "services": [
            {
                "name": offer["name"],
                "needs": offer["needs"],
                "locations": ["centre"],
                "languages": centre["languages"],
                "schedules": centre["schedules"],
                "eligibility": {"cost": "free", "legal_status": ["any"]},
                "referral": {"accepted": True, "methods": ["in_platform"], "usual_response_hours": 24},
            }
            for offer in centre["offers"]
        ],
    }
