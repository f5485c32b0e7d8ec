"""The main story: a shelter, the passport, a claim, and the way home with her daughter."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from network.cases.models import Claim, ClientDocument
from network.cases.operations import document_recovered, sign_authorization
from network.cases.queries.clients import list_related
from network.core import clock
from network.core.db import db
from network.core.errors import NotCovered
from network.crossborder import operations as across
from network.crossborder.models import FollowUp
from network.crossborder.operations import Travel
from network.crossborder.queries import wanted_for
from network.demonstration.acting import Stage
from network.demonstration.consents import (
    agree,
    to_follow_up,
    to_get_service,
    to_hand_over,
    to_hear_back,
)
from network.demonstration.crossings import OWN_CHOICE
from network.demonstration.data_files import data_file
from network.demonstration.intake import Heroine, Served, receive_heroine
from network.demonstration.people import Names
from network.demonstration.referring import answer, service_at
from network.demonstration.scenes import Scene
from network.demonstration.world import World
from network.referrals import operations as referrals
from network.referrals.operations import Choices

SHELTER, REFUSED, INSPECTORATE = "dar-al-yaqeen", "al-amal-residence", "labour-inspection-irbid"


def tell_story(stage: Stage, world: World, names: Names, began: float) -> Scene:
    """She comes with her daughter, ``began`` days ago, and everything that happens to her since."""
    yield began
    heroine = receive_heroine(stage, world, names)
    shelter = yield from find_shelter(stage, world, heroine.mother, began - 0.2)
    yield from recover_passport(stage, world, heroine.mother, began - 1)
    yield from go_home(stage, world, heroine, shelter, began - 4)


def find_shelter(stage: Stage, world: World, mother: Served, since: float) -> Generator[float, None, UUID]:
    """The shelter that is near is refused at the door, for who sits on its board; the other one takes her."""
    need = "protection.shelter"
    shelter, refused = world.organizations[SHELTER], world.organizations[REFUSED]
    yield since
    agree(
        stage,
        mother,
        [
            to_get_service(need, shelter, "dependants", "protection_concerns"),
            to_hear_back(shelter),
            to_get_service(need, refused),
        ],
        never=("recruiter",),
        language="bn",
        restatement="The house may know my name and that my girl is with me. The agent never.",
    )
    place = service_at(stage, world, REFUSED, need)
    with stage.acting(mother.caseworker):
        draft = referrals.prepare_referral(mother.case_id, place, [need]).id
    try:
        with stage.acting(mother.caseworker):
            referrals.send_referral(draft, Choices())
    except NotCovered:
        with stage.acting(mother.caseworker):
            referrals.discard_draft(draft)
    yield since - 0.05
    place = service_at(stage, world, SHELTER, need)
    with stage.acting(mother.caseworker):
        sent = referrals.prepare_referral(mother.case_id, place, [need], priority="emergency").id
        referrals.send_referral(sent, Choices())
    focal_point = world.colleague(SHELTER, "partner_worker")
    yield from answer(stage, mother.caseworker, focal_point, sent, "in_progress", since - 0.05)
    return sent


def recover_passport(stage: Stage, world: World, mother: Served, since: float) -> Scene:
    """The inspectorate gets the passport back, and she signs an authorization for her claim."""
    need = "documents.recovery"
    inspectorate = world.organizations[INSPECTORATE]
    yield since
    agree(
        stage,
        mother,
        [to_get_service(need, inspectorate, "employment"), to_hear_back(inspectorate)],
        language="bn",
    )
    place = service_at(stage, world, INSPECTORATE, need)
    with stage.acting(mother.caseworker):
        sent = referrals.prepare_referral(mother.case_id, place, [need]).id
        referrals.send_referral(sent, Choices())
    inspector = world.colleague(INSPECTORATE, "partner_manager")
    yield from answer(stage, mother.caseworker, inspector, sent, "closed", since)
    yield since - 2
    with stage.acting(mother.caseworker):
        passport = db.session.scalars(
            select(ClientDocument.id).where(ClientDocument.client_id == mother.client_id)
        ).one()
        document_recovered(passport, clock.now().date())
        claim = db.session.scalars(select(Claim.id).where(Claim.client_id == mother.client_id)).one()
        sign_authorization(claim, scope=["lodge", "settle", "receive_payment"], signed_on=clock.now().date())


def go_home(stage: Stage, world: World, heroine: Heroine, shelter: UUID, since: float) -> Scene:
    """Asked alone, her own choice: mother and child are handed over jointly, arrive, and are followed up."""
    origin = data_file("people")["main_story"]["origin_centre"]
    centre = world.organizations[origin]
    mother, child = heroine.mother, heroine.child
    yield since
    more = ("dependants", "travel", "legal_claim", "employment", "documents")
    agree(stage, mother, [to_hand_over(centre, *more), to_follow_up(centre)], language="bn")
    agree_for_child(stage, child, [to_hand_over(centre, "travel"), to_follow_up(centre)])
    travel = Travel((clock.now() + timedelta(days=3)).date(), needs=("met_at_arrival", "infant"))
    with stage.acting(mother.caseworker):
        across.screen_return(
            mother.case_id, OWN_CHOICE | {"words": "I want to go home with my girl. My brother waits for us."}
        )
        offered = across.prepare_family_handoff(
            [mother.case_id, child.case_id], world.tenants[origin], "joint", travel
        )
        handoffs = [one.id for one in offered]
        for exchange_id in handoffs:
            across.offer(exchange_id, wanted_for(exchange_id))
    yield from leave_shelter(stage, world, mother, shelter, since - 2.2)
    yield from arrive(stage, world, origin, mother, handoffs, since)


def leave_shelter(stage: Stage, world: World, mother: Served, shelter: UUID, since: float) -> Scene:
    """The house says how it ended; she is asked what it was worth to her, and the loop is closed."""
    yield since
    with stage.acting(world.colleague(SHELTER, "partner_worker")):
        referrals.complete_service(
            shelter, {0: "served_full"}, "Stayed with her daughter until they flew home."
        )
    yield since - 0.1
    with stage.acting(mother.caseworker):
        referrals.close_referral(
            shelter, helped="yes", words="We slept without fear. They were kind to my girl."
        )


def agree_for_child(stage: Stage, child: Served, grants: list[dict[str, object]]) -> None:
    """The mother says yes for the child, who is too small to be asked."""
    with stage.looking(child.caseworker):
        mother = next(one.id for one in list_related(child.client_id) if one.relationship == "mother")
    agree(
        stage,
        child,
        grants,
        language="bn",
        capacity="parent",
        guardian_relationship_id=str(mother),
        guardian_checked=True,
        child_view="too_young",
    )


def arrive(
    stage: Stage, world: World, origin: str, mother: Served, handoffs: list[UUID], since: float
) -> Scene:
    """They land, the origin centre takes both cases over, and makes the first follow-up of each."""
    coordinator = world.colleague(origin, "coordinator")
    for days, colleague, act in (
        (since - 1, coordinator, across.accept),
        (since - 2.5, mother.caseworker, across.depart),
        (since - 3, coordinator, across.arrive),
        (since - 3.1, coordinator, across.take_over),
    ):
        yield days
        for exchange_id in handoffs:
            with stage.acting(colleague):
                act(exchange_id)
    yield since - 10
    with stage.looking(coordinator):
        first = db.session.scalars(
            select(FollowUp.id).where(FollowUp.code == "7d", FollowUp.exchange_id.in_(handoffs))
        ).all()
    for follow_up in first:
        with stage.acting(coordinator):
            across.record_follow_up(
                follow_up,
                across.Contacted("at_centre", "coping", "Lives with her brother. Asks about the claim."),
            )
