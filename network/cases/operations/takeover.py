"""A client and case of our own, made from the packet in which another centre handed them over.

Everything that came is kept: what our card has no field for, or does not accept, goes into a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.cases.card.fields import FIELDS
from network.cases.card.reading import lines_of, record_kind
from network.cases.card.values import as_date, check, check_record
from network.cases.models import CaseFile, Client
from network.cases.operations.casework import open_case, write_note
from network.cases.operations.claims import FIELDS as CLAIM_FIELDS
from network.cases.operations.claims import record_claim
from network.cases.operations.clients import CARD_FIELDS, create_client
from network.cases.operations.contacts import add_contact
from network.cases.operations.documents import record_document
from network.cases.operations.relations import add_relative
from network.cases.operations.search_keys import index_client
from network.cases.states import ClaimState
from network.core import vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid

Content = Mapping[str, Mapping[str, Any]]


def register_from_packet(
    data: Content,
    origin: UUID,
    *,
    needs: Iterable[str] = (),
    restricted: bool | None = None,
    assignee_account_id: UUID | None = None,
    place_code: str | None = None,
) -> tuple[Client, CaseFile]:
    """Take over a person's file: a new client and case in this centre. ``data`` is the packet's content by
    category and field; ``origin`` the exchange that it came by. Raises UnknownCode for a category that the
    vocabulary does not hold, and Invalid where the packet names nobody."""
    for category in data:
        if vocabulary.category(category).never_leaves:
            raise Invalid(fields={category: [_("This never travels.")]})
    came = {field: value for fields in data.values() for field, value in fields.items()}
    kept: dict[str, Any] = {}
    card = _card(came, kept)
    if "name" not in card:
        raise Invalid(fields={"name": [_("The packet names nobody: ask the sender for the identity part.")]})
    client = create_client(card | {"came_by": "other_centre"}, origin_exchange_id=origin)
    wanted = dict.fromkeys([*needs, *_known_needs(came, kept)])
    case = open_case(
        client.id,
        needs=wanted,
        what_happened=_account(came, kept),
        restricted=restricted,
        assignee_account_id=assignee_account_id,
        place_code=place_code,
        origin_exchange_id=origin,
    )
    _records(client, case, came, kept)
    index_client(client)
    if kept:
        write_note(case, _as_note(kept))
    return client, case


def _card(came: Mapping[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """The fields that our card takes; the others are kept for the note."""
    card: dict[str, Any] = {}
    for code, value in came.items():
        if record_kind(code) or code in ("what_happened", "protection_needs"):
            continue
        field = CARD_FIELDS.get(code)
        try:
            checked = check(field, value) if field else None
        except Invalid:
            checked = None
        if checked is not None:
            card[code] = checked
        elif value not in (None, "", []):
            kept[code] = value
    card["age_basis"] = _basis(card)
    return card


def _basis(card: Mapping[str, Any]) -> str:
    """How the age is known, as far as what came tells: in doubt she may be under 18."""
    told = card.get("age_basis")
    if "birth_date" in card:
        return "birth_date"
    if "birth_year" in card:
        return "age" if told == "age" else "birth_year"
    return "adult" if told == "adult" else "may_be_under_18"


def _known_needs(came: Mapping[str, Any], kept: dict[str, Any]) -> list[str]:
    codes = came.get("protection_needs") or []
    known = vocabulary.codes("needs")
    unknown = [code for code in codes if code not in known]
    if unknown:
        kept["protection_needs"] = unknown
    return [code for code in codes if code in known]


def _account(came: Mapping[str, Any], kept: dict[str, Any]) -> str:
    try:
        return check(FIELDS["what_happened"], came.get("what_happened")) or ""
    except Invalid:
        kept["what_happened"] = came["what_happened"]
        return ""


def _records(client: Client, case: CaseFile, came: Mapping[str, Any], kept: dict[str, Any]) -> None:
    """Contacts, papers, relatives and claims; a record that is not accepted goes into the note."""
    makers: dict[str, Callable[[Mapping[str, Any]], object]] = {
        "contact": lambda value: add_contact(client.id, value, index=False),
        "document": lambda value: record_document(client.id, value, index=False),
        "relative": lambda value: add_relative(client.id, value),
        "claim": lambda value: _claim(case, value),
    }
    for code, value in came.items():
        kind = record_kind(code)
        if kind is None:
            continue
        make = makers.get(kind)
        try:
            if make is None or not isinstance(value, Mapping):
                raise Invalid
            with db.session.begin_nested():
                make(value)
        except (Invalid, Conflict):
            kept[code] = value


def _claim(case: CaseFile, value: Mapping[str, Any]) -> None:
    """A claim as far as it has come; who is responsible for pursuing it is the handoff's matter."""
    told = check_record("claim", value)
    claim = record_claim(case.id, {code: told[code] for code in CLAIM_FIELDS if code in told})
    if told.get("state"):
        claim.state = ClaimState(told["state"])
    claim.decided_on = as_date(told.get("decided_on"))
    claim.currency = told.get("currency")
    claim.amount_awarded, claim.amount_paid = told.get("amount_awarded"), told.get("amount_paid")
    db.session.flush()


def _as_note(kept: Mapping[str, Any]) -> str:
    lines = [_("Came with the handover, in the sender's words:")]
    for code, value in kept.items():
        lines += [f"{line.label}: {line.text}" for line in lines_of(code, value)]
    return "\n".join(lines)
