"""What the higher floors may take from a client and a case: by category of data, and naming nobody.

The disclosure door alone sends any of it. Notes are in none of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from network.cases.card.fields import FIELDS, OF_CASE, RECORDS
from network.cases.card.reading import Item
from network.cases.queries.cards import ClientCard, Contact, Document, Related, card_of, home_today
from network.cases.queries.cases import get_case, list_claims, list_services
from network.cases.queries.clients import RELATED, get_client, list_contacts, list_documents, list_related
from network.cases.queries.columns import (
    CLAIMS,
    CONTACTS,
    DOCUMENTS,
    NEEDS,
    SERVICES,
    NeedColumns,
    about,
    read,
)
from network.cases.queries.records import CaseRecord, ClaimRecord
from network.core import vocabulary
from network.core.asking import Question
from network.directory.acts import TakingAlong
from network.directory.eligibility import Profile

# Needs of these groups say by themselves that somebody is in danger.
PROTECTION_GROUPS = frozenset({"protection", "violence", "children"})
IDENTITY_PAPERS = frozenset(
    {"passport", "emergency_travel_document", "national_id", "residence_permit", "asylum_certificate"}
)
_DEPENDANT = frozenset({"son", "daughter", "ward", "grandchild", "niece_nephew"})


@dataclass(frozen=True)
class PreviewFacts:
    """What may be said of somebody without naming her. ``children``: (age band, sex) of those along."""

    age_band: str
    sex: str
    languages: tuple[str, ...]
    children: tuple[tuple[str, str], ...]
    restricted: bool


def preview_facts(card: ClientCard, related: list[Related]) -> PreviewFacts:
    """Age band, sex, languages and the children who come along. Names nobody."""
    children = tuple((child.age_band, child.sex) for child in children_along(related))
    return PreviewFacts(card.age_band, card.sex, card.languages, children, card.restricted)


def profile_of(client_id: UUID) -> Profile:
    """What a search of the directory may know of a client, to tell which services take her. It stays on
    the server. Whether she has papers is known only if some were recorded."""
    card = card_of(get_client(client_id))
    along = children_along(list_related(client_id))
    papers = [paper for paper in list_documents(client_id) if paper.type in IDENTITY_PAPERS]
    return Profile(
        sex=card.sex if card.sex != "unknown" else None,
        age=card.age,
        nationality=card.nationality,
        legal_status=card.get("immigration_status"),
        children=tuple((child.sex if child.sex != "unknown" else None, child.age) for child in along),
        sector=card.sector,
        has_documents=any(paper.holder == "client" for paper in papers) if papers else None,
    )


def taking_along(case_id: UUID) -> TakingAlong:
    """What a slip must know of the client of a case: her languages, and what paper she takes along."""
    client_id = get_case(case_id).client_id
    papers = {contact.rules["slip"] for contact in list_contacts(client_id) if contact.rules.get("slip")}
    return TakingAlong(card_of(get_client(client_id)).languages, frozenset(papers))


def is_restricted(case_id: UUID) -> bool:
    """Whether only her team knows of the client of a case; raises NotFound."""
    return get_case(case_id).restricted


def children_along(related: list[Related]) -> list[ClientCard]:
    """The children among a client's relations who are clients of their own, each once."""
    found: dict[UUID, ClientCard] = {}
    for one in related:
        if (
            one.client is not None
            and one.client.is_child
            and one.relationship in _DEPENDANT | {"travels_with"}
        ):
            found[one.client.id] = one.client
    return list(found.values())


def questions_of_facts(client_id: UUID, case_id: UUID) -> list[Question]:
    """What ``list_related`` and ``data_by_category`` will ask: it may be asked together with more."""
    of_client = [about(statement, client_id) for statement in (RELATED, CONTACTS, DOCUMENTS)]
    return of_client + [about(statement, case_id) for statement in (NEEDS, CLAIMS, SERVICES)]


def data_by_category(card: ClientCard, record: CaseRecord, related: list[Related]) -> dict[str, list[Item]]:
    """Everything that the disclosure door may choose from, by category of the vocabulary, in the order of
    the card. Every category that may leave is there, empty ones too; case notes are not.

    Numbered records keep their number: it is their place among all that were ever recorded.
    """
    if record.client_id != card.id:
        raise ValueError("the case is another client's")
    values: dict[str, Any] = {code: card.get(code) for code in FIELDS if code not in OF_CASE}
    values["reference"] = card.reference
    values["what_happened"] = record.what_happened
    values["protection_needs"] = protection_needs(read(NEEDS, NeedColumns, record.id))
    found: dict[str, list[Item]] = {
        code: [] for code in vocabulary.codes("data_categories") if not vocabulary.category(code).never_leaves
    }
    for code, field in FIELDS.items():
        if field.category and values.get(code) not in (None, "", []):
            found[field.category].append(Item(code, field.label, values[code], field.category))
    numbered: list[tuple[str, list[Mapping[str, Any] | None]]] = [
        ("contact", [contact_value(one) for one in list_contacts(card.id)]),
        ("relative", [relative_value(one) for one in related if one.client is None]),
        ("dependant", _dependants(related)),
        ("claim", [claim_value(one) for one in list_claims(record.id)]),
        ("document", [document_value(one) for one in list_documents(card.id)]),
        ("service", [
            {"need": one.need_code, "on": one.delivered_on.isoformat(), "outcome": one.outcome}
            for one in list_services(record.id)
        ]),
    ]  # fmt: skip
    for kind, records in numbered:
        _number(found, kind, records)
    return found


def protection_needs(needs: list[NeedColumns]) -> list[str]:
    """The needs of a case that say that somebody is in danger."""
    return [need.need_code for need in needs if vocabulary.need(need.need_code).group in PROTECTION_GROUPS]


def contact_value(contact: Contact) -> dict[str, Any] | None:
    """A way to reach somebody as it may be sent: always with its rules; None where it may not be used."""
    if not contact.usable:
        return None
    return {**contact.rules, "state": contact.state, "asked_on": contact.asked_on.isoformat()}


def relative_value(related: Related) -> dict[str, Any]:
    """A person outside as she may be named to a receiver."""
    return {"relationship": related.relationship, "flags": list(related.flags), **related.details}


def document_value(document: Document) -> dict[str, Any]:
    """A paper as it may be told."""
    told = {"type": document.type, "holder": document.holder, **document.details}
    return told | _dates(held_since=document.held_since, recovered_on=document.recovered_on)


def claim_value(claim: ClaimRecord) -> dict[str, Any]:
    """A claim as it may be told."""
    amounts = {
        "amount_claimed": claim.amount_claimed,
        "amount_awarded": claim.amount_awarded,
        "amount_paid": claim.amount_paid,
    }
    live = [one for one in claim.authorizations if one.is_live(home_today())]
    until = max((one.valid_until for one in live if one.valid_until), default=None)
    texts = {"respondent": claim.respondent, "facts": claim.facts, "currency": claim.currency}
    return {
        "kind": claim.kind,
        "forum": claim.forum,
        "state": claim.state,
        "remedies": list(claim.remedies),
        **{code: text for code, text in texts.items() if text},
        **{code: _amount(amount) for code, amount in amounts.items() if amount is not None},
        **_dates(lodged_on=claim.lodged_on, decided_on=claim.decided_on, lapses_on=claim.lapses_on),
        **_dates(authorized_until=until),
    }


def _dependants(related: list[Related]) -> list[Mapping[str, Any] | None]:
    along = {one.client.id for one in related if one.client and one.relationship == "travels_with"}
    return [
        {
            "relationship": one.relationship,
            "age_band": one.client.age_band,
            "sex": one.client.sex,
            "travels_along": "yes" if one.client.id in along else "unknown",
        }
        for one in related
        if one.client is not None and one.client.is_child and one.relationship in _DEPENDANT
    ]


def _number(found: dict[str, list[Item]], kind: str, records: list[Mapping[str, Any] | None]) -> None:
    category, label, _fields = RECORDS[kind]
    for number, value in enumerate(records, start=1):
        if value is None:
            continue
        belongs = category
        # A criminal matter is a category of its own, whatever record tells of it.
        if kind == "claim" and vocabulary.claim_kind(value["kind"]).criminal:
            belongs = "criminal_matter"
        found[belongs].append(Item(f"{kind}.{number}", label, dict(value), belongs))


def _dates(**dates: date | None) -> dict[str, str]:
    return {code: day.isoformat() for code, day in dates.items() if day is not None}


def _amount(amount: Decimal) -> str:
    return str(amount)
