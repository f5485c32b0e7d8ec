"""Who works with a client, and whether she is restricted to them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.accounts.queries import at_work, stay_at_work
from network.audit.trail import record
from network.cases import policies
from network.cases.models import CaseFile, Client, ClientTeam
from network.cases.operations.events import tell_cases_of, write_event
from network.cases.queries.clients import get_client
from network.cases.states import CaseState
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid, NotFound
from network.tenants.context import acting


def join_team(client: Client, account_id: UUID | None) -> bool:
    """Put somebody on the client's team; False where she is on it, or where it is nobody."""
    if account_id is None:
        return False
    if db.session.get(ClientTeam, (client.tenant_id, client.id, account_id)) is not None:
        return False
    db.session.add(
        ClientTeam(
            tenant_id=client.tenant_id,
            client_id=client.id,
            account_id=account_id,
            added_at=clock.now(),
            added_by=acting().account_id,
        )
    )
    db.session.flush()
    return True


def add_to_team(client_id: UUID, account_id: UUID) -> Client:
    """Let somebody of the centre work with the client. Of a restricted one, only her team may."""
    policies.check_keeps_cases(acting())
    client = get_client(client_id)
    check_colleague(account_id)
    if join_team(client, account_id):
        record("joined-team", "client", client.id)
    return client


def check_colleague(account_id: UUID) -> None:
    """Only somebody who works here now can be given a client or case. Raises Invalid."""
    if account_id not in at_work():
        raise Invalid(fields={"account_id": [_("Choose a colleague from the list.")]})


def remove_from_team(client_id: UUID, account_id: UUID) -> Client:
    """Take somebody off the team. Raises NotFound for somebody who is not on it.

    Of a restricted client, whoever does this takes over the open cases that were hers. Raises Conflict where
    nobody at work here would see the client then, and for oneself while a case is one's own.
    """
    policies.check_keeps_cases(acting())
    at_work(lock=True)
    client = get_client(client_id, lock=True)
    member = db.session.get(ClientTeam, (client.tenant_id, client.id, account_id))
    if member is None:
        raise NotFound
    if client.restricted:
        _check_can_be_spared(client, account_id)
        _take_cases_over(client, account_id)
    record("left-team", "client", client.id)
    db.session.delete(member)
    db.session.flush()
    return client


def _check_can_be_spared(client: Client, account_id: UUID) -> None:
    """Others see the client and have her case. Somebody who was shut out sees nothing, so she does not count."""
    team = db.session.scalars(
        select(ClientTeam.account_id).where(
            ClientTeam.tenant_id == client.tenant_id, ClientTeam.client_id == client.id
        )
    )
    able = {acting().account_id, *at_work()}
    if not (set(team) - {account_id}) & able:
        raise Conflict(_("Add somebody else first: nobody could see this client any more."))


def _take_cases_over(client: Client, account_id: UUID) -> None:
    """A case is not left with somebody who can no longer see it."""
    hers = select(CaseFile).where(
        CaseFile.tenant_id == client.tenant_id,
        CaseFile.client_id == client.id,
        CaseFile.assignee_account_id == account_id,
        CaseFile.state != CaseState.CLOSED,
    )
    for case in db.session.scalars(hers.with_for_update()):
        if account_id == acting().account_id:
            raise Conflict(_("Give the case to a colleague first."))
        case.assignee_account_id = acting().account_id
        case.version += 1
        write_event(case, "case.assigned")
        record("assigned", "case", case.id)


def restrict_client(client_id: UUID, team: Iterable[UUID] = ()) -> Client:
    """From now on only her team sees the client, anywhere: whoever does this is on it, and ``team`` is."""
    policies.check_keeps_cases(acting())
    stay_at_work()
    client = get_client(client_id, lock=True)
    # First the team, then the restriction: the other way round, nobody could see her any more.
    for account_id in (acting().account_id, *team):
        join_team(client, account_id)
    if not client.restricted:
        _set(client, restricted=True)
        tell_cases_of(client.id, "client.restricted", "client", client.id)
        record("restricted", "client", client.id)
    return client


def unrestrict_client(client_id: UUID) -> Client:
    """Everybody of the centre who works with clients sees her again. Only her team can do this."""
    policies.check_keeps_cases(acting())
    client = get_client(client_id, lock=True)
    if client.restricted:
        _set(client, restricted=False)
        tell_cases_of(client.id, "client.unrestricted", "client", client.id)
        record("unrestricted", "client", client.id)
    return client


def _set(client: Client, *, restricted: bool) -> None:
    """Change her row; the database carries it to every row below her, past what the session remembers."""
    db.session.flush()  # what was said of her before is written as it was said, and follows her
    client.restricted = restricted
    client.version += 1
    db.session.flush()
    for row in list(db.session.identity_map.values()):
        if getattr(row, "client_id", None) == client.id and hasattr(row, "restricted"):
            db.session.expire(row, ["restricted"])
