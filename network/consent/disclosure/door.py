"""Opening the door: exactly what was proposed is frozen, and the disclosure is on record for ever."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, insert, select

from network.audit.trail import record, record_refusal
from network.cases.operations.events import write_event
from network.cases.timeline import declare_events
from network.consent import packets
from network.consent.disclosure.proposal import decide
from network.consent.disclosure.shapes import IDENTITY, PREVIEW, Proposal, Wanted
from network.consent.models import Disclosure, DisclosureGrant, Packet, RefusalLift
from network.consent.packets import Header
from network.core import clock
from network.core.db import after_rollback, db, write_later
from network.core.errors import Invalid, NotCovered
from network.core.ids import new_id
from network.tenants.context import acting

declare_events({"disclosure.made": _l("Data left the centre")})

_DISCLOSED = insert(cast(Table, Disclosure.__table__))
_UNDER = insert(cast(Table, DisclosureGrant.__table__))


def disclose(
    wanted: Wanted,
    exchange_id: UUID,
    legal_basis: str = "consent",
    *,
    agreed: Callable[[Proposal], None] = lambda _proposal: None,
) -> Packet:
    """Let it leave: a packet for this exchange, its disclosure, the grants used, the timeline, the audit.

    Decides anew under a lock on the client, so that no withdrawal or refusal slips in between. Raises
    ``NotCovered`` with every line that is not covered, which the audit notes, and ``Invalid`` where one focal
    point must be named. ``agreed`` is shown exactly what is about to be frozen, and raises what it likes.
    """
    if legal_basis != "consent":
        raise Invalid(fields={"legal_basis": [_("Data leaves by consent only.")]})
    proposal = decide(wanted, lock=True)
    if not proposal.ok or proposal.readable_until is None:
        why = next((line.code for line in proposal.missing), "not_covered")
        after_rollback("door", partial(record_refusal, "disclosed", "exchange", exchange_id, why))
        raise NotCovered(proposal.missing)
    if proposal.needs_named and wanted.named_account_id is None and not wanted.told_to_one:
        raise Invalid(fields={"named_account_id": [_("Choose the one person who may read this.")]})
    agreed(proposal)
    packet = packets.freeze(
        exchange_id,
        acting().tenant,
        None if wanted.outside else proposal.recipient.tenant_id,
        Header(
            purpose=wanted.purpose,
            legal_basis=proposal.legal_basis,
            categories=proposal.categories,
            onward=proposal.onward,
            feedback=proposal.feedback,
            readable_until=proposal.readable_until,
            named_account_id=wanted.named_account_id,
        ),
        {PREVIEW: proposal.content(PREVIEW), IDENTITY: proposal.content(IDENTITY)},
    )
    disclosed = [f"{one.category}.{one.field}" for one in proposal.leaving]
    _use_up_lifts(proposal, _write(proposal, packet, disclosed))
    codes = {"consent_purposes": wanted.purpose}
    write_event(proposal.case, "disclosure.made", "exchange", exchange_id, codes)
    record("disclosed", "packet", packet.id, fields=disclosed)
    return packet


def _write(proposal: Proposal, packet: Packet, disclosed: list[str]) -> UUID:
    """The disclosure and the grants under which it was made: kept for ever, so written past the ORM."""
    identity, case = acting(), proposal.case
    about = {"tenant_id": identity.tenant, "client_id": case.client_id, "restricted": case.restricted}
    disclosure_id = new_id()
    write_later(
        _DISCLOSED,
        {
            **about,
            "id": disclosure_id,
            "case_id": case.id,
            "exchange_id": packet.exchange_id,
            "packet_id": packet.id,
            "recipient_organization_id": proposal.recipient.organization_id,
            "recipient_tenant_id": packet.to_tenant_id,
            "purpose": packet.purpose,
            "categories": list(proposal.categories),
            "fields": disclosed,
            "legal_basis": packet.legal_basis,
            "account_id": identity.account,
            "at": clock.now(),
        },
    )
    used = [{**about, "disclosure_id": disclosure_id, "grant_id": grant.id} for grant in proposal.grants]
    write_later(_UNDER, *used)
    return disclosure_id


def _use_up_lifts(proposal: Proposal, disclosure_id: UUID) -> None:
    """A refusal that she lifted once stands again from here on."""
    if not proposal.lifted:
        return
    lifts = db.session.scalars(
        select(RefusalLift).where(
            RefusalLift.tenant_id == acting().tenant,
            RefusalLift.refusal_id.in_(proposal.lifted),
            RefusalLift.purpose == proposal.wanted.purpose,
            RefusalLift.used_at.is_(None),
        )
    )
    for lift in lifts:
        lift.used_at, lift.disclosure_id = clock.now(), disclosure_id
    db.session.flush()
