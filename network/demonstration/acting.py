"""Acting as somebody: the demonstration does everything through the operations, as its people would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from flask import Flask
from sqlalchemy import Update, select, update

from network.accounts.models import Membership
from network.accounts.operations import tidying
from network.accounts.queries import find_identity
from network.background.drain import drain
from network.background.models import OutboxRow
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import NotFound
from network.demonstration.people import Colleague
from network.tenants.context import Identity, complete_identity, job_identity, scope
from network.tenants.models import Tenant


class Stage:
    """The running platform as the demonstration uses it: one application for people, one for the worker."""

    def __init__(self, app: Flask, worker: Flask) -> None:
        self.app = app
        self.worker = worker
        self._identities: dict[UUID, Identity] = {}

    @contextmanager
    def acting(self, colleague: Colleague) -> Iterator[Identity]:
        """Act as a colleague, in one unit of work."""
        identity = self._identities.get(colleague.membership_id) or self._identify(colleague)
        with self.app.test_request_context(), scope(identity):
            complete_identity(identity)
            with unit_of_work():
                yield identity

    @contextmanager
    def looking(self, colleague: Colleague) -> Iterator[Identity]:
        """Read as a colleague: no unit of work."""
        identity = self._identities.get(colleague.membership_id) or self._identify(colleague)
        with self.app.test_request_context(), scope(identity):
            complete_identity(identity)
            yield identity

    def work(self) -> None:
        """Have the worker do what is due, also where the clock is held in the past."""
        with self.worker.app_context():
            with unit_of_work():
                db.session.execute(_bring_forward())
            drain()

    def put_off_tidying(self, until: datetime) -> None:
        """What has ended is forgotten once, and not on each day of the story: two thirds of all jobs were this."""
        with self.worker.app_context(), unit_of_work():
            waiting = update(OutboxRow).where(OutboxRow.topic == tidying.TOPIC, OutboxRow.done_at.is_(None))
            db.session.execute(
                waiting.values(available_at=until).execution_options(synchronize_session=False)
            )

    def _identify(self, colleague: Colleague) -> Identity:
        with self.app.app_context(), scope(job_identity(colleague.tenant_id)):
            account_id = db.session.scalar(
                select(Membership.account_id).where(Membership.id == colleague.membership_id)
            )
            kind = db.session.get_one(Tenant, colleague.tenant_id).kind
        bare = Identity(
            kind="staff",
            tenant_id=colleague.tenant_id,
            account_id=account_id,
            tenant_kind=kind,  # type: ignore[arg-type]  # a text of the world's data, one of the three
        )
        with self.app.app_context(), scope(bare):
            found = find_identity()
        if found is None:
            raise NotFound(colleague.email)
        self._identities[colleague.membership_id] = found
        return found


def _bring_forward() -> Update:
    """What the database's own trigger wrote stands at its own clock; to one held in the past it is due."""
    return (
        update(OutboxRow)
        .where(
            OutboxRow.topic == "exchange.moved",
            OutboxRow.done_at.is_(None),
            OutboxRow.available_at > clock.now(),
        )
        .values(available_at=clock.now())
        .execution_options(synchronize_session=False)
    )
