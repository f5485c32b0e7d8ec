"""Preparing a handoff: to which centre, in which mode, by which journey; one exchange a person, a family together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases.models import CaseFile, Client
from network.cases.policies import check_may_write_case
from network.cases.queries.cards import home, home_today
from network.cases.queries.cases import get_case
from network.cases.queries.clients import get_client, list_related
from network.core import vocabulary
from network.core.db import db
from network.core.errors import Conflict, IllegalTransition, Invalid
from network.core.ids import new_id
from network.crossborder import policies
from network.crossborder.arrival import written_needs
from network.crossborder.models import Handoff
from network.crossborder.operations.moves import KIND, settle, tell_case
from network.crossborder.queries.receivers import choose_receiver
from network.crossborder.queries.records import get_handoff, latest_screenings, open_handoffs_of
from network.crossborder.states import MODES
from network.exchange.models import Exchange
from network.exchange.operations import lock, prepare
from network.exchange.queries import get_side
from network.tenants.context import acting
from network.tenants.queries import Reachable

MOST_TOGETHER = 12


@dataclass(frozen=True)
class Travel:
    """A journey as it is planned: the day of arrival, and what is needed then. ``dates``: for needs that have one."""

    arrival_on: date
    needs: tuple[str, ...] = ()
    dates: Mapping[str, date] | None = None


def prepare_handoff(
    case_id: UUID,
    to_tenant_id: UUID,
    mode: str,
    travel: Travel | None = None,
    *,
    parent_id: UUID | None = None,
) -> Exchange:
    """A handoff that its own centre alone sees. Raises ``Invalid`` where no agreement is in force, or where a
    return was not screened or is stopped. ``parent_id``: the declined one that it follows."""
    return prepare_family_handoff([case_id], to_tenant_id, mode, travel, parent_id=parent_id)[0]


def prepare_family_handoff(
    case_ids: Sequence[UUID],
    to_tenant_id: UUID,
    mode: str,
    travel: Travel | None = None,
    *,
    parent_id: UUID | None = None,
) -> list[Exchange]:
    """One handoff for each person, in one group: offered together, each under a consent of her own.

    The first is who is asked; a child who goes along with a parent or guardian returns under that screening.
    """
    if mode not in MODES:
        raise Invalid(fields={"mode": [_("Choose how the two centres work together.")]})
    people = [(case, get_client(case.client_id)) for case in _cases(case_ids)]
    centre = choose_receiver(to_tenant_id)
    policies.check_mode(centre, mode)
    for _case, client in people:
        policies.check_corridor(centre, client.nationality)
    if travel is not None:
        check_travel(travel)
    if policies.is_return(centre, mode, travels=travel is not None):
        check_screened(people)
    group_id = new_id() if len(people) > 1 else None
    _check_not_under_way(people)
    made = [_prepare(case, client, centre, mode, travel, group_id, parent_id) for case, client in people]
    if parent_id is not None:
        let_rest(parent_id)
    return made


def check_travel(travel: Travel) -> None:
    """A journey to come, with needs of the vocabulary; raises ``Invalid``."""
    policies.check_arrival(travel.arrival_on, home_today())
    policies.check_needs(travel.needs, travel.dates or {})


def check_screened(people: Sequence[tuple[CaseFile, Client]]) -> None:
    """Everybody who returns was asked, and nothing stands in the way. Raises ``Invalid``."""
    screenings = latest_screenings([case.id for case, _client in people])
    allowed = {client.id for case, client in people if policies.allows_return(screenings.get(case.id))}
    for case, client in people:
        stopped = screenings.get(case.id)
        if client.id in allowed or (stopped is None and _goes_with(client, allowed)):
            continue
        message = policies.why_not_allowed(stopped)
        raise Invalid(
            fields={"screening": [f"{client.reference}: {message}" if len(people) > 1 else message]}
        )


def _goes_with(child: Client, allowed: set[UUID]) -> bool:
    """Whether a child goes along with a parent or guardian whose own return was screened."""
    return child.is_child and any(
        one.client is not None
        and one.client.id in allowed
        and vocabulary.relationship(one.relationship).may_be_guardian
        for one in list_related(child.id)
    )


def _check_not_under_way(people: Sequence[tuple[CaseFile, Client]]) -> None:
    """One centre is asked at a time. Raises ``Conflict``."""
    under_way = open_handoffs_of([case.id for case, _client in people])
    if under_way:
        raise Conflict(
            _(
                "This case has been offered already, under %(reference)s. Wait for the answer, or recall it first.",
                reference=under_way[0].reference,
            ),
            exchange_id=str(under_way[0].id),
        )


def _cases(case_ids: Sequence[UUID]) -> list[CaseFile]:
    wanted = list(dict.fromkeys(case_ids))
    if not wanted or len(wanted) > MOST_TOGETHER:
        raise Invalid(fields={"case_ids": [_("Choose who is handed over.")]})
    cases = [get_case(case_id) for case_id in wanted]
    for case in cases:
        check_may_write_case(acting(), case)
    if len({case.client_id for case in cases}) < len(cases):
        raise Invalid(fields={"case_ids": [_("Choose one case for each person.")]})
    return cases


def _prepare(
    case: CaseFile,
    client: Client,
    centre: Reachable,
    mode: str,
    travel: Travel | None,
    group_id: UUID | None,
    parent_id: UUID | None,
) -> Exchange:
    exchange = prepare(
        KIND,
        "prepared",
        prefix=home().reference_prefix,
        to_organization_id=_organization_of(centre),
        to_tenant_id=centre.tenant.id,
        case_id=case.id,
        client_id=client.id,
        restricted=client.restricted,
        group_id=group_id,
        parent_id=parent_id,
    )
    db.session.add(
        Handoff(
            exchange_id=exchange.id,
            from_tenant_id=exchange.from_tenant_id,
            to_tenant_id=exchange.to_tenant_id,
            corridor_id=centre.corridor.id,
            agreement_id=centre.agreement.id,
            mode=mode,
            journey="planned" if travel else "none",
            arrival_on=travel.arrival_on if travel else None,
            arrival_needs=written_needs(travel.needs, travel.dates or {}) if travel else [],
        )
    )
    db.session.flush()
    settle(exchange, None)
    tell_case(get_side(exchange.id), "prepare")
    return exchange


def _organization_of(centre: Reachable) -> UUID:
    if centre.tenant.organization_id is None:
        raise Invalid(fields={"to_tenant_id": [_("This centre has no listing yet. Choose another.")]})
    return centre.tenant.organization_id


def let_rest(exchange_id: UUID) -> Exchange:
    """A draft that is not offered after all, or a declined handoff that goes nowhere else: off the list."""
    exchange, side = lock(exchange_id), get_side(exchange_id)
    get_handoff(exchange_id)
    if side.role != "sender" or exchange.state not in ("prepared", "declined"):
        raise IllegalTransition("let_rest", exchange.state)
    side.open, side.due_at, side.due_kind = False, None, None
    db.session.flush()
    record("let-rest", KIND, exchange_id)
    return exchange
