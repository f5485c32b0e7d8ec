"""Who comes to the centres: clients are registered, papers and claims recorded, cases opened and worked on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from network.cases.operations import (
    add_note,
    open_case,
    record_claim,
    record_document,
    record_service,
    register_child,
    register_client,
)
from network.core import clock
from network.demonstration.acting import Stage
from network.demonstration.data_files import centres, data_file
from network.demonstration.people import Colleague, Names, written
from network.demonstration.world import World

CARE = {
    "channels": ["call"],
    "belongs_to": "client",
    "who_else_may_see": ["roommates"],
    "may_leave_message": "no",
    "if_another_answers": "wrong_number",
    "we_appear_as": "language_class",
    "check": "phrase",
    "phrase": "blue bucket",
    "hours": "set_hours",
    "hours_note": "20:30-22:00",
}


@dataclass(frozen=True)
class Served:
    """A client of the demonstration, her case, and who works with her."""

    caseworker: Colleague
    client_id: UUID
    case_id: UUID


def receive(stage: Stage, world: World, names: Names, told: dict[str, Any]) -> Served:
    """Somebody comes: card, case, first note, claim, and what the centre does itself."""
    caseworker = _caseworker(world, told["centre"])
    with stage.acting(caseworker):
        client_id, name = _register(names, told)
        for child in told.get("children", ()):
            _register_child(client_id, name, told["nationality"], names, child)
        case = open_case(
            client_id,
            needs=told["needs"],
            priority=told["priority"],
            summary=told["summary"],
            restricted=told.get("restricted"),
        )
        add_note(case.id, "Listened, explained what the centre can do, and agreed on the next step.")
        if "labour.wages" in told["needs"]:
            record_claim(case.id, {"kind": "wages_unpaid", "forum": "none_yet", "remedies": ["money"]})
        if told["needs"][0].startswith(("work.", "community.", "information.")):
            record_service(
                case.id,
                need_code=told["needs"][0],
                delivered_on=clock.now().date(),
                outcome="served_full",
            )
    return Served(caseworker, client_id, case.id)


def _caseworker(world: World, centre: str) -> Colleague:
    staff = world.staff[centre]
    return staff.get("caseworker") or staff["coordinator"]


def _register(names: Names, told: dict[str, Any]) -> tuple[UUID, str]:
    name, others = names.client(told["nationality"], told["sex"])
    country = _country_of(told["centre"])
    data: dict[str, Any] = {
        "name": name,
        "other_names": others,
        "sex": told["sex"],
        "age": told["age"],
        "nationality": told["nationality"],
        "languages": data_file("people")["nationalities"][told["nationality"]]["languages"],
        "came_by": "walk_in",
        "contacts": [CARE | {"number": names.phone(country)}],
        "documents": [{"type": "passport", "holder": "client", "number": names.passport()}],
    }
    if told.get("employer"):
        employer = names.employer(told["employer"])
        data |= {"employer": employer["name"], "sector": employer["sector"]}
        if "documents.recovery" in told["needs"]:
            data["documents"][0]["holder"] = "employer"
    return register_client(data).id, name


def _country_of(centre: str) -> str:
    country: str = next(one["country"] for one in centres() if one["code"] == centre)
    return country


def _register_child(
    mother_id: UUID, mother: str, nationality: str, names: Names, child: dict[str, Any]
) -> None:
    register_child(
        mother_id,
        {
            "name": names.child(nationality, child["sex"], mother),
            "sex": child["sex"],
            "age": child["age"],
            "nationality": nationality,
        },
        "daughter" if child["sex"] == "female" else "son",
        travels_along=True,
    )


@dataclass(frozen=True)
class Heroine:
    """The main story's client and her child."""

    mother: Served
    child: Served


def receive_heroine(stage: Stage, world: World, names: Names) -> Heroine:
    """The woman of the main story comes with her daughter: card, passport, claim, case."""
    story = data_file("people")["main_story"]
    told, caseworker = story["client"], world.colleague(story["centre"], "caseworker")
    name, others = written(told["names"])
    employer = names.employer(told["employer"])
    rules = told["phone_rules"]
    with stage.acting(caseworker):
        client = register_client(
            {
                "name": name,
                "other_names": others,
                "sex": told["sex"],
                "age": told["age"],
                "nationality": told["nationality"],
                "languages": told["languages"],
                "origin_district": "Manikganj",
                "sector": told["sector"],
                "employer": employer["name"],
                "immigration_status": told["legal_status"],
                "whereabouts": told["whereabouts"],
                "came_by": "friend_or_family",
                "contacts": [CARE | {"number": told["phone"], "phrase": rules["phrase"]}],
                "documents": [
                    {"type": "passport", "holder": told["passport_held_by"], "number": told["passport"]}
                ],
            }
        )
        case = open_case(client.id, needs=told["needs"], priority="emergency", summary=told["summary"])
        claim = told["claim"]
        record_claim(
            case.id,
            {
                "kind": claim["kind"],
                "forum": claim["forum"],
                "remedies": claim["remedies"],
                "respondent": employer["name"],
                "amount_claimed": claim["amount"],
                "currency": claim["currency"],
            },
        )
    child = story["child"]
    child_name, child_others = written(child["names"])
    with stage.acting(caseworker):
        girl = register_child(
            client.id,
            {
                "name": child_name,
                "other_names": child_others,
                "sex": child["sex"],
                "age": child["age"],
                "nationality": child["nationality"],
                "languages": told["languages"],
            },
            child["relationship"],
            travels_along=True,
        )
        record_document(girl.id, {"type": child["documents"][0], "holder": "client"})
        girls_case = open_case(girl.id, needs=["return.travel"], summary="Travels with her mother.")
    return Heroine(Served(caseworker, client.id, case.id), Served(caseworker, girl.id, girls_case.id))
