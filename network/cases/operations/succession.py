"""When somebody leaves: the restricted clients whom nobody else sees go to the colleague named to take over."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from network.accounts.operations import leaving
from network.accounts.permissions import Permission
from network.accounts.queries import at_work, get_membership, list_able
from network.audit.trail import record
from network.cases.models import CaseFile, Client
from network.cases.operations.events import tell_cases_of, write_event
from network.cases.operations.team import join_team
from network.cases.queries.teams import count_out_of_reach, list_out_of_reach
from network.cases.states import CaseState
from network.core.db import db

leaving.declare_charge(count_out_of_reach)


def pass_on_clients(membership_id: UUID) -> int:
    """Put the successor on the team of each client whom only somebody who left could see, and make the open cases
    hers. Runs as the tenant's own job, for who manages staff may see none of it. Returns how many clients.

    Nothing happens while somebody at work sees them, or where the successor has left as well: then they are
    counted on the staff page until another is named.
    """
    able = at_work(lock=True)
    membership = get_membership(membership_id)
    heirs = {one.id: one.account_id for one in list_able(Permission.CASE_EDIT)}
    heir = heirs.get(membership.successor_id) if membership.successor_id else None
    if heir is None:
        return 0
    gone = leaving.held_by(membership)
    clients = list_out_of_reach(able, gone)
    for client in clients:
        _pass_on(client, gone, heir)
    return len(clients)


def _pass_on(client: Client, gone: Collection[UUID], heir: UUID) -> None:
    join_team(client, heir)
    record("joined-team", "client", client.id, reason="succession")
    tell_cases_of(client.id, "client.passed_on", "client", client.id)
    hers = select(CaseFile).where(
        CaseFile.tenant_id == client.tenant_id,
        CaseFile.client_id == client.id,
        CaseFile.assignee_account_id.in_(sorted(gone)),
        CaseFile.state != CaseState.CLOSED,
    )
    for case in db.session.scalars(hers.with_for_update()):
        case.assignee_account_id = heir
        case.version += 1
        db.session.flush()
        write_event(case, "case.assigned")
        record("assigned", "case", case.id, reason="succession")
