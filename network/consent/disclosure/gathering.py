"""What a decision is made from: asked of the database in as few journeys as the answers allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from network.cases.queries import (
    CaseRecord,
    ClientCard,
    Item,
    data_by_category,
    list_related,
    lock_client_of,
    open_case_with_card,
    questions_of_facts,
    questions_of_opening,
)
from network.consent.disclosure import wording
from network.consent.disclosure.coverage import Asked, Facts, cover
from network.consent.disclosure.shapes import Gathered, Wanted
from network.consent.queries import (
    get_recipient,
    grants_of,
    has_need,
    list_grants,
    live_refusals,
    questions_of_standing,
)
from network.consent.terms import GrantTerms
from network.core import clock
from network.core.asking import Question, asked_together

FEAR_OF_RETURN = "legal.asylum"


def gather(wanted: Wanted, assumed: tuple[GrantTerms, ...] = (), *, lock: bool = False) -> Gathered:
    """Everything, as it stands in the database now; with ``lock`` the client is locked before it is read.

    ``assumed``: grants that nobody gave yet. Raises ``NotFound`` and ``UnknownCode``.
    """
    beforehand = _of_client(wanted, wanted.client_id) if wanted.client_id is not None else []
    with asked_together(*questions_of_opening(wanted.case_id, lock=lock), *beforehand):
        if lock:
            lock_client_of(wanted.case_id)
        case, card = open_case_with_card(wanted.case_id)
        with asked_together(*_of_client(wanted, card.id)):
            return _gathered(wanted, case, card, assumed)


def with_assumed(known: Gathered, assumed: tuple[GrantTerms, ...]) -> Gathered:
    """The same, decided as if these grants had been given, too."""
    grants = (*assumed, *known.given)
    coverage = cover(known.asked, known.recipient, grants, known.refusals, known.facts, known.now)
    return replace(known, assumed=assumed, coverage=coverage)


def _of_client(wanted: Wanted, client_id: UUID) -> list[Question]:
    return [
        *questions_of_facts(client_id, wanted.case_id),
        *questions_of_standing(client_id, wanted.recipient_organization_id, FEAR_OF_RETURN),
        grants_of(client_id),
    ]


def _gathered(
    wanted: Wanted, case: CaseRecord, card: ClientCard, assumed: tuple[GrantTerms, ...]
) -> Gathered:
    related = list_related(card.id)
    recipient = get_recipient(wanted.recipient_organization_id)
    given, refusals, now = list_grants(card.id), live_refusals(card.id), clock.now()
    asked, facts = _asked(wanted), _facts(card, case)
    return Gathered(
        case=case,
        card=card,
        related=related,
        recipient=recipient,
        given=given,
        refusals=refusals,
        asked=asked,
        facts=facts,
        data=_with(data_by_category(card, case, related), wanted.beside),
        now=now,
        coverage=cover(asked, recipient, (*assumed, *given), refusals, facts, now),
        assumed=assumed,
    )


def _with(data: Mapping[str, list[Item]], beside: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Item]]:
    more = {
        category: [Item(name, wording.field_label(name), value, category) for name, value in fields.items()]
        for category, fields in beside.items()
    }
    return {category: [*data.get(category, []), *more.get(category, [])] for category in {**data, **more}}


def _asked(wanted: Wanted) -> Asked:
    added = frozenset(code.split(".", 1)[0] for code in wanted.added)
    whole = frozenset(code for code in wanted.left_out if "." not in code)
    return Asked(wanted.purpose, wanted.need_codes, added, whole, wanted.outside)


def _facts(card: ClientCard, case: CaseRecord) -> Facts:
    fears = has_need(card.id, FEAR_OF_RETURN)
    return Facts(card.nationality, fear_of_return=fears, read_only=not case.writable)
