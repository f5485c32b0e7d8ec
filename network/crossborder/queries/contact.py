"""Until when somebody who returned may be visited: by what she told the centre that she left, or the one at home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from network.cases.queries.cards import home
from network.cases.queries.clients import get_client
from network.consent.policies import find_refused
from network.consent.queries import get_recipient, list_grants, live_grants, live_refusals
from network.core import clock
from network.core.db import db
from network.crossborder.models import FollowUp, Handoff, HandoffContact
from network.crossborder.queries.receivers import CONTACT_PURPOSE
from network.crossborder.states import OPEN_FOLLOW_UPS
from network.exchange.models import Exchange, ExchangeSide
from network.tenants.context import acting

# Of these the other centre visits her, or will.
TOLD_OF = ("offered", "in_review", "clarification", "accepted", "taken_over", "closed")


@dataclass(frozen=True)
class AskAgain:
    """Her leave ends on a day before a visit that is planned: she is asked anew before it."""

    by: date
    visit_on: date


def contact_ends(client_id: UUID, organization_id: UUID) -> datetime | None:
    """Until when this organization may contact her by the grants that stand; None where none does, or where she
    refuses it: a refusal wins over every grant."""
    recipient = get_recipient(organization_id)
    refused = find_refused(live_refusals(client_id), recipient, get_client(client_id).nationality)
    if any(CONTACT_PURPOSE not in refusal.lifted_for for refusal, _body in refused):
        return None
    return max(
        (
            grant.ends_at
            for grant in live_grants(client_id)
            if grant.purpose == CONTACT_PURPOSE and grant.reaches(recipient)
        ),
        default=None,
    )


def find_contact(exchange_id: UUID) -> HandoffContact | None:
    """What the sender of a handoff says of it; None where she was never asked, or said no."""
    return db.session.scalars(
        select(HandoffContact)
        .where(HandoffContact.exchange_id == exchange_id)
        .execution_options(populate_existing=True)
    ).first()


def may_visit(client_id: UUID, exchange_id: UUID | None) -> bool:
    """Whether she may be contacted today: she told us so, or the centre from which she came."""
    ends = _ends(client_id, exchange_id)
    return ends is not None and ends > clock.now()


def ask_again(client_id: UUID, visits: Sequence[FollowUp]) -> AskAgain | None:
    """By when she has to be asked anew, so that the visits planned can be made; None where her leave outlasts them."""
    planned = [one for one in visits if one.state in OPEN_FOLLOW_UPS]
    exchange_id = next((one.exchange_id for one in planned if one.exchange_id is not None), None)
    ends = _ends(client_id, exchange_id) if planned else None
    if ends is None:
        return None
    last = ends.astimezone(ZoneInfo(home().time_zone)).date()
    beyond = min((one.due_on for one in planned if one.due_on >= last), default=None)
    return AskAgain(last, beyond) if beyond is not None else None


def told_of_contact(client_id: UUID) -> list[UUID]:
    """The handoffs of a client to centres that visit her, or will: those to be told when her leave changes."""
    return list(
        db.session.scalars(
            select(Exchange.id)
            .join(ExchangeSide, ExchangeSide.exchange_id == Exchange.id)
            .join(Handoff, Handoff.exchange_id == Exchange.id)
            .where(
                ExchangeSide.tenant_id == acting().tenant,
                ExchangeSide.client_id == client_id,
                ExchangeSide.role == "sender",
                Exchange.sent_at.is_not(None),
                Exchange.state.in_(TOLD_OF),
                Handoff.mode != "pre_departure",
            )
            .order_by(Exchange.id)
        )
    )


def took_it_back(client_id: UUID) -> bool:
    """Whether she told us that we contact her no more: withdrawn, or refused."""
    ours = home().organization_id
    if ours is None:
        return False
    recipient = get_recipient(ours)
    if find_refused(live_refusals(client_id), recipient, get_client(client_id).nationality):
        return True
    return any(
        grant.withdrawn_at is not None and grant.purpose == CONTACT_PURPOSE and grant.reaches(recipient)
        for grant in list_grants(client_id)
    )


def _ends(client_id: UUID, exchange_id: UUID | None) -> datetime | None:
    """The later end of what she told us and what she told the centre that she left. Whoever took it back here, and did
    not allow it again, took it back whatever she had told them there."""
    ours = home().organization_id
    ends = contact_ends(client_id, ours) if ours is not None else None
    if ends is None and took_it_back(client_id):
        return None
    told = find_contact(exchange_id) if exchange_id is not None else None
    return max((one for one in (ends, told.until if told is not None else None) if one), default=None)
