"""Before the story: organizations are opened, people join and sign in, listings and a corridor are made."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from network.core.db import unit_of_work
from network.directory.operations import link_tenant, load_listing
from network.opening import open_headquarters
from network.rehearsal.asking import Person, eventually, expect
from network.rehearsal.story import HEADQUARTERS, OPERATOR, Story, script
from network.rehearsal.world import DHAKA, HASSAN, MEMBERS, Member
from network.tenants.context import Identity, TenantKind, scope
from network.tenants.operations import create_agreement, create_corridor

SCRIPT = script()
PASSWORD = secrets.token_urlsafe(24)


@SCRIPT.step("open the headquarters", OPERATOR)
def open_the_headquarters(story: Story) -> str:
    """The first person of the network joins and signs in."""
    token = open_headquarters(story.app, "Rehearsal Headquarters", "JO")
    _join_first(story, token, HEADQUARTERS)
    story.people[HEADQUARTERS] = person = _sign_in(story, HEADQUARTERS)
    told = person.get("sessions/current").body
    expect(told["tenant_kind"] == "network", "she was signed in elsewhere")
    story.known["tenant of headquarters"] = told["tenant_id"]
    return "joined by an invitation, signed in"


@SCRIPT.step("open six organizations", HEADQUARTERS)
def open_organizations(story: Story) -> str:
    """Three centres and three partners."""
    for member in MEMBERS:
        opened = story.people[HEADQUARTERS].post("tenants", member.account).body
        story.known[f"tenant of {member.code}"] = opened["id"]
        story.known[f"invitation of {member.code}"] = opened["invitation_token"]
    return ", ".join(member.name for member in MEMBERS)


@SCRIPT.step("their people join and sign in", "administrators and staff")
def join(story: Story) -> str:
    """An administrator for each, who invites whoever has another role."""
    for member in MEMBERS:
        first = _first_title(member)
        _join_first(story, story.known[f"invitation of {member.code}"], first)
        if first != member.person:
            invited = _sign_in(story, first).post(
                "staff",
                {
                    "name": f"Rehearsal {member.person}",
                    "email": _email(member.person),
                    "roles": [member.role],
                },
            )
            story.nobody.post(
                "invitations/accept", {"token": invited.body["invitation_token"], "password": PASSWORD}
            )
        story.people[member.person] = person = _sign_in(story, member.person)
        told = person.get("sessions/current").body
        expect(told["roles"] == [member.role], f"the {member.person} has the roles {told['roles']}")
        expect(told["tenant_id"] == story.known[f"tenant of {member.code}"], "signed in elsewhere")
    return f"{len(MEMBERS)} of them, each with one role"


@SCRIPT.step("list them in the directory", "each organization")
def list_them(story: Story) -> str:
    """Each lists itself, with who stands behind it; the headquarters link listing and member."""
    for member in MEMBERS:
        with _acting(story, member.person, member.code, member.kind):
            organization_id = load_listing(member.listing).id
        with _acting(story, HEADQUARTERS, "headquarters", "network"):
            link_tenant(organization_id, UUID(story.known[f"tenant of {member.code}"]))
        story.known[f"organization of {member.code}"] = str(organization_id)
    shown = story.people[HEADQUARTERS].get(f"organizations/{organization_id}").body
    expect(shown["name"] == MEMBERS[-1].name, "the listing is not shown")
    return f"{len(MEMBERS)} listings"


@SCRIPT.step("open the corridor and sign an agreement", HEADQUARTERS)
def open_corridor(story: Story) -> str:
    """Between Bangladesh and Jordan, for the two centres."""
    with _acting(story, HEADQUARTERS, "headquarters", "network"):
        corridor = create_corridor("BD", "JO", sector="garment")
        create_agreement(
            corridor.id,
            UUID(story.known[f"tenant of {DHAKA.code}"]),
            UUID(story.known[f"tenant of {HASSAN.code}"]),
            date(2020, 1, 1),
        )
    return "Bangladesh–Jordan"


def _first_title(member: Member) -> str:
    """Who joins first: the person herself where her role is the first one's, else an administrator."""
    return member.person if member.role == "partner_manager" else f"{member.code} administrator"


def _email(title: str) -> str:
    return f"{title.replace(' ', '.').replace(chr(39), '')}@rehearsal.example"


def _join_first(story: Story, token: str, title: str) -> None:
    """Join as the first of an organization, as soon as the worker has prepared it."""
    joining = {"token": token, "password": PASSWORD, "name": f"Rehearsal {title}", "email": _email(title)}
    eventually(
        lambda: story.nobody.ask("POST", "invitations/accept-first", joining).status == 204 or None,
        f"the invitation of the {title} was never ready",
        every_s=1.5,
    )


def _sign_in(story: Story, title: str) -> Person:
    session = story.nobody.post("sessions", {"email": _email(title), "password": PASSWORD}).body
    return Person(title, story.address, session["token"], session["account_id"])


@contextmanager
def _acting(story: Story, title: str, code: str, kind: str) -> Iterator[None]:
    """Act as one of the people, for what has no door in the API: in a scope and a unit of work of her own."""
    tenant_kind: TenantKind = kind  # type: ignore[assignment]  # one of the three, as the table says
    identity = Identity(
        kind="staff",
        tenant_id=UUID(story.known[f"tenant of {code}"]),
        account_id=UUID(story.people[title].account_id),
        tenant_kind=tenant_kind,
    )
    with story.app.test_request_context(), scope(identity), unit_of_work():
        yield
