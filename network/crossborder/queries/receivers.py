"""To which centre a case can be handed, and what would leave for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.cases.queries.cards import home, home_today
from network.cases.queries.cases import get_case, list_claims, list_needs
from network.cases.queries.clients import get_client, list_related
from network.cases.states import NeedState, moves_of_claim
from network.consent.disclosure import Lacking, Proposal, Wanted, find_lacking, propose
from network.consent.questions import CONTACT_LATER
from network.consent.terms import GrantTerms
from network.core import vocabulary
from network.core.errors import Invalid, NotFound
from network.crossborder.arrival import read_needs
from network.crossborder.models import Handoff
from network.crossborder.planning import contact_until
from network.crossborder.queries.records import get_handoff, list_members
from network.exchange.models import Exchange
from network.exchange.queries import get_exchange, get_side
from network.tenants.context import acting
from network.tenants.queries import (
    Reachable,
    agreement_in_force,
    centres_over_corridors,
    corridors_between,
    get_tenant,
)

PURPOSE = "case_transfer"
CONTACT_PURPOSE, CLAIM_PURPOSE = CONTACT_LATER, "claim_pursuit"
TRAVEL = "travel"


def list_receivers(case_id: UUID, but: frozenset[UUID] = frozenset()) -> list[Reachable]:
    """The centres to which this client's case can be offered today, without those that were asked before."""
    nationality = get_client(get_case(case_id).client_id).nationality
    return [
        one
        for one in centres_over_corridors(acting().tenant, home_today())
        if one.tenant.id not in but and nationality in (None, one.corridor.origin)
    ]


def choose_receiver(to_tenant_id: UUID) -> Reachable:
    """The centre with the agreement that lets it be asked today. Raises ``Invalid`` with what stands in the way."""
    own = home()
    reachable = centres_over_corridors(own.id, home_today())
    found = next((one for one in reachable if one.tenant.id == to_tenant_id), None)
    if found is not None and found.tenant.organization_id is not None:
        return found
    raise Invalid(fields={"to_tenant_id": [_why_not(own.country, to_tenant_id)]})


def _why_not(country: str, to_tenant_id: UUID) -> str:
    try:
        other = get_tenant(to_tenant_id)
    except NotFound:
        return _("Choose a centre.")
    if other.kind != "centre" or other.id == acting().tenant:
        return _("Choose a centre.")
    if not corridors_between(country, other.country):
        return _("There is no corridor between your country and that centre's.")
    own, today = acting().tenant, home_today()
    if not (agreement_in_force(own, other.id, today) or agreement_in_force(other.id, own, today)):
        return _(
            "No agreement with this centre is in force today. Choose another centre, or ask headquarters."
        )
    return _("This centre cannot receive cases at present. Choose another.")


def wanted_for(
    exchange_id: UUID,
    *,
    added: frozenset[str] = frozenset(),
    left_out: frozenset[str] = frozenset(),
    named_account_id: UUID | None = None,
    without_travel: bool = False,
    assumed: tuple[GrantTerms, ...] = (),
    apart: frozenset[UUID] = frozenset(),
) -> Wanted:
    """What an offer asks the disclosure door for: the purpose's own categories, what was added, and the travel
    plan where there is one and it is told. ``assumed``: as it would be if she had said yes to these as well.
    ``apart``: handoffs of others of her group of which nothing is told, by their answer."""
    exchange, handoff, side = get_exchange(exchange_id), get_handoff(exchange_id), get_side(exchange_id)
    if side.role != "sender" or side.case_id is None:
        raise NotFound
    arrival = None if without_travel else handoff.arrival_on
    travels = frozenset({TRAVEL}) if arrival is not None else frozenset()
    wanted = Wanted(
        case_id=side.case_id,
        recipient_organization_id=exchange.to_organization_id,
        purpose=PURPOSE,
        need_codes=_needs_told(side.case_id),
        added=added | travels,
        left_out=left_out,
        named_account_id=named_account_id,
    )
    facts = _facts(wanted, exchange, handoff, assumed) | {"travels_with": _travels_with(exchange, apart)}
    if arrival is not None:
        return replace(
            wanted, preview_extra=facts | _arrival(handoff, arrival), beside=_journey(handoff, arrival)
        )
    return replace(wanted, preview_extra=facts)


def wanted_for_member(exchange_id: UUID, choices: Mapping[str, Any]) -> Wanted:
    """The same for somebody who goes along: what was chosen for all of the group holds, who reads it among it."""
    of_all = {
        name: choices[name] for name in ("named_account_id", "without_travel", "apart") if name in choices
    }
    return wanted_for(exchange_id, **of_all, assumed=choices.get("assumed", ()))


def lacking_for(exchange_id: UUID, proposal: Proposal) -> Lacking | None:
    """What this person has to be asked before the offer. A grown-up also, whether they may contact her after the
    return, and may pursue her claim; of a child the least is asked."""
    handoff, case_id = get_handoff(exchange_id), proposal.wanted.case_id
    if proposal.known.card.is_child:
        return find_lacking(proposal)
    beside = [CONTACT_PURPOSE] if handoff.mode != "pre_departure" else []
    if any(moves_of_claim(one.state) for one in list_claims(case_id)):
        beside.append(CLAIM_PURPOSE)
    lacking = find_lacking(proposal, beside)
    if lacking is None or handoff.arrival_on is None:
        return lacking
    until = contact_until(handoff.arrival_on)
    return replace(
        lacking,
        grants=tuple(
            replace(one, until=until) if one.purpose == CONTACT_PURPOSE else one for one in lacking.grants
        ),
    )


def may_be_contacted(wanted: Wanted, assumed: tuple[GrantTerms, ...] = ()) -> bool:
    """Whether she allowed this organization to contact her after the return: a grant of its own."""
    asked = replace(
        wanted,
        purpose=CONTACT_PURPOSE,
        need_codes=(),
        added=frozenset(),
        left_out=frozenset(),
        preview_extra={},
    )
    return propose(asked, assumed).ok


def may_tell_travel(exchange_id: UUID) -> bool:
    """Whether she allowed, by now, that this centre is told when and how she comes."""
    return propose(replace(wanted_for(exchange_id, added=frozenset({TRAVEL})), preview_extra={})).ok


def _journey(handoff: Handoff, on: date) -> dict[str, dict[str, Any]]:
    """The travel plan, for the identity part: it leaves under the grant that names travel."""
    plan: dict[str, Any] = {"arrival_on": on.isoformat()}
    if handoff.arrival_needs:
        plan["arrival_needs"] = [need.code for need in read_needs(handoff.arrival_needs)]
    return {TRAVEL: plan}


def _needs_told(case_id: UUID) -> tuple[str, ...]:
    """The needs that are open. One that a single named colleague alone may read is told after accepting, among
    the protection needs, where she allowed that."""
    return tuple(
        one.need_code
        for one in list_needs(case_id)
        if one.state in (NeedState.OPEN, NeedState.IN_PROGRESS)
        and vocabulary.need(one.need_code).preview != "named"
    )


def _facts(
    wanted: Wanted, exchange: Exchange, handoff: Handoff, assumed: tuple[GrantTerms, ...]
) -> dict[str, Any]:
    """What is told beside the data, naming nobody: the mode, and whether she may be contacted."""
    return {
        "mode": handoff.mode,
        "follow_up_contact": "yes" if may_be_contacted(wanted, assumed) else "no",
    }


def _arrival(handoff: Handoff, on: date) -> dict[str, Any]:
    """Of the journey, what names nobody: the week, and what is needed then."""
    needs = read_needs(handoff.arrival_needs)
    return {
        "arrival_week": (on - timedelta(days=on.weekday())).isoformat(),
        "arrival_needs": [need.code for need in needs if need.printed == "yes"],
    }


def _travels_with(exchange: Exchange, apart: frozenset[UUID]) -> list[str]:
    """Who the others of the group are to this person, under the references of their own handoffs:
    ``AH-7K3MTM:daughter``."""
    by_client = {
        side.client_id: member
        for side, member in list_members(exchange)
        if side.client_id is not None and member.id not in apart
    }
    client_id = get_side(exchange.id).client_id
    if not by_client or client_id is None:
        return []
    found: dict[UUID, str] = {}
    for one in list_related(client_id):
        if one.client is None or one.client.id not in by_client:
            continue
        if found.get(one.client.id, "travels_with") == "travels_with":
            found[one.client.id] = one.relationship
    return [
        f"{member.reference}:{found.get(other, 'travels_with')}"
        for other, member in by_client.items()
        if other is not None
    ]
