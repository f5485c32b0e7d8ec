"""Answering for the own record of a case that was taken over, once the permission behind it is gone."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases.operations import add_event
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.crossborder.models import DeletionRequest
from network.crossborder.operations.moves import raise_alarm, settle_alarm
from network.crossborder.queries.records import find_deletion_request, get_handoff
from network.exchange.queries import get_side
from network.tenants.context import acting

# Her permission is gone: it cannot be the ground for keeping what it allowed.
CONSENT = "consent"


def open_deletion_request(exchange_id: UUID) -> DeletionRequest | None:
    """Ask the centre that took the case over what becomes of its record, once. None where it has none."""
    side = get_side(exchange_id)
    if side.role != "receiver" or side.case_id is None or side.client_id is None:
        return None
    known = find_deletion_request(exchange_id)
    if known is not None:
        return known
    request = DeletionRequest(
        tenant_id=side.tenant_id,
        id=new_id(),
        client_id=side.client_id,
        restricted=side.restricted,
        case_id=side.case_id,
        exchange_id=exchange_id,
        opened_at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    add_event(side.case_id, "deletion.requested", "deletion_request", request.id)
    record("opened", "deletion_request", request.id)
    raise_alarm(exchange_id)
    return request


def keep_record(exchange_id: UUID, legal_basis: str) -> DeletionRequest:
    """Answer that the record is kept, and on which legal basis other than the permission that is gone."""
    get_handoff(exchange_id)  # another's is not there, and a referral is none
    request = find_deletion_request(exchange_id, lock=True)
    if request is None or request.answer is not None:
        raise Conflict(_("There is nothing to answer."))
    if vocabulary.legal_basis(legal_basis).code == CONSENT:
        raise Invalid(
            fields={"legal_basis": [_("The permission was taken back. Choose another legal basis.")]}
        )
    request.answer, request.legal_basis = "kept", legal_basis
    request.answered_at, request.answered_by = clock.now(), acting().account
    db.session.flush()
    add_event(request.case_id, "deletion.kept", "deletion_request", request.id, {"legal_bases": legal_basis})
    record("kept", "deletion_request", request.id, reason=legal_basis)
    settle_alarm(exchange_id)
    return request
