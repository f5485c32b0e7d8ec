"""The main story: a shelter, the passport, a claim, and the way home with her daughter."""

from __future__ import annotations

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
from network.demonstration.data_files import data_file
from network.demonstration.intake import Heroine, Served, days_ago
from network.demonstration.referring import answer, service_at
from network.demonstration.world import World
from network.referrals import operations as referrals
from network.referrals.operations import Choices

SHELTER, REFUSED, INSPECTORATE = "dar-al-yaqeen", "al-amal-residence", "labour-inspection-irbid"


def tell_story(stage: Stage, world: World, heroine: Heroine, began: float) -> None:
    """Everything that happened to her since she came, ``began`` days ago."""
    find_shelter(stage, world, heroine.mother, began - 0.2)
    recover_passport(stage, world, heroine.mother, began - 1)
    go_home(stage, world, heroine, began - 4)


def find_shelter(stage: Stage, world: World, mother: Served, since: float) -> None:
    """The shelter that is near is refused at the door, for who sits on its board; the other one takes her."""
    need = "protection.shelter"
    shelter, refused = world.organizations[SHELTER], world.organizations[REFUSED]
    with days_ago(since):
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
        with days_ago(since), stage.acting(mother.caseworker):
            referrals.send_referral(draft, Choices())
    except NotCovered:
        pass
    place = service_at(stage, world, SHELTER, need)
    with days_ago(since - 0.1), stage.acting(mother.caseworker):
        sent = referrals.prepare_referral(mother.case_id, place, [need], priority="emergency").id
        referrals.send_referral(sent, Choices())
    answer(
        stage,
        mother.caseworker,
        world.colleague(SHELTER, "partner_worker"),
        sent,
        "in_progress",
        since - 0.1,
    )


def recover_passport(stage: Stage, world: World, mother: Served, since: float) -> None:
    """The inspectorate gets the passport back, and she signs an authorization for her claim."""
    need = "documents.recovery"
    inspectorate = world.organizations[INSPECTORATE]
    with days_ago(since):
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
    answer(stage, mother.caseworker, inspector, sent, "closed", since)
    with days_ago(since - 2), stage.acting(mother.caseworker):
        passport = db.session.scalars(
            select(ClientDocument.id).where(ClientDocument.client_id == mother.client_id)
        ).one()
        document_recovered(passport, clock.now().date())
        claim = db.session.scalars(select(Claim.id).where(Claim.client_id == mother.client_id)).one()
        sign_authorization(claim, scope=["lodge", "settle", "receive_payment"], signed_on=clock.now().date())


def go_home(stage: Stage, world: World, heroine: Heroine, since: float) -> None:
    """Asked alone, her own choice: mother and child are handed over jointly, arrive, and are followed up."""
    origin = data_file("people")["main_story"]["origin_centre"]
    centre = world.organizations[origin]
    mother, child = heroine.mother, heroine.child
    with days_ago(since):
        more = ("dependants", "travel", "legal_claim", "employment", "documents")
        agree(stage, mother, [to_hand_over(centre, *more), to_follow_up(centre)], language="bn")
        agree_for_child(stage, child, [to_hand_over(centre, "travel"), to_follow_up(centre)])
        with stage.acting(mother.caseworker):
            across.screen_return(
                mother.case_id,
                {
                    "return_kind": "own_plan",
                    "asked_alone": True,
                    "own_choice": True,
                    "pressure": False,
                    "fear": False,
                    "claim_explained": True,
                    "words": "I want to go home with my girl. My brother waits for us.",
                },
            )
            offered = across.prepare_family_handoff(
                [mother.case_id, child.case_id],
                world.tenants[origin],
                "joint",
                Travel(
                    arrival_on=(clock.now() + timedelta(days=3)).date(), needs=("met_at_arrival", "infant")
                ),
            )
            handoffs = [one.id for one in offered]
            for exchange_id in handoffs:
                across.offer(exchange_id, wanted_for(exchange_id))
    arrive(stage, world, origin, mother, handoffs, since)


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
) -> None:
    """They land, the origin centre takes both cases over, and makes the first follow-up."""
    coordinator = world.colleague(origin, "coordinator")
    for exchange_id in handoffs:
        with days_ago(since - 1), stage.acting(coordinator):
            across.accept(exchange_id)
        with days_ago(since - 2.5), stage.acting(mother.caseworker):
            across.depart(exchange_id)
        with days_ago(since - 3), stage.acting(coordinator):
            across.arrive(exchange_id)
        with days_ago(since - 3), stage.acting(coordinator):
            across.take_over(exchange_id)
        stage.work()
    with stage.looking(coordinator):
        first = db.session.scalars(
            select(FollowUp.id).where(FollowUp.exchange_id == handoffs[0], FollowUp.code == "7d")
        ).one()
    with days_ago(since - 10), stage.acting(coordinator):
        across.record_follow_up(
            first,
            across.Contacted("at_centre", "coping", "Lives with her brother. Asks about the claim."),
        )
