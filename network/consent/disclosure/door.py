"""Opening the door: exactly what was proposed is frozen, and the disclosure is on record for ever."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from network.audit.trail import record, record_refusal
from network.cases.operations.events import add_event
from network.cases.queries import get_case, get_client
from network.cases.timeline import declare_events
from network.consent import packets
from network.consent.disclosure.proposal import propose
from network.consent.disclosure.shapes import IDENTITY, PREVIEW, Proposal, Wanted
from network.consent.models import Disclosure, DisclosureGrant, Packet, RefusalLift
from network.consent.packets import Header
from network.core import clock
from network.core.db import after_rollback, db
from network.core.errors import Invalid, NotCovered
from network.core.ids import new_id
from network.tenants.context import acting

declare_events({"disclosure.made": _l("Data left the centre")})


def disclose(wanted: Wanted, exchange_id: UUID, legal_basis: str = "consent") -> Packet:
    """Let it leave: a packet for this exchange, its disclosure, the grants used, the timeline, the audit.

    Decides anew under a lock on the client, so that no withdrawal or refusal slips in between. Raises
    ``NotCovered`` with every line that is not covered, which the audit notes, and ``Invalid`` where one focal
    point must be named.
    """
    if legal_basis != "consent":
        raise Invalid(fields={"legal_basis": [_("Data leaves by consent only.")]})
    client = get_client(get_case(wanted.case_id).client_id, lock=True)
    proposal = propose(wanted)
    if not proposal.ok or proposal.readable_until is None:
        why = next((line.code for line in proposal.missing), "not_covered")
        after_rollback("door", partial(record_refusal, "disclosed", "exchange", exchange_id, why))
        raise NotCovered(proposal.missing)
    if proposal.needs_named and wanted.named_account_id is None:
        raise Invalid(fields={"named_account_id": [_("Choose the one person who may read this.")]})
    packet = packets.freeze(
        exchange_id,
        acting().tenant,
        proposal.recipient.tenant_id,
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
    disclosure = _write(proposal, packet, client.restricted)
    _use_up_lifts(proposal, disclosure.id)
    add_event(
        wanted.case_id, "disclosure.made", "exchange", exchange_id, {"consent_purposes": wanted.purpose}
    )
    record("disclosed", "packet", packet.id, fields=disclosure.fields)
    return packet


def _write(proposal: Proposal, packet: Packet, restricted: bool) -> Disclosure:
    identity = acting()
    disclosure = Disclosure(
        tenant_id=identity.tenant,
        id=new_id(),
        client_id=proposal.client_id,
        restricted=restricted,
        case_id=proposal.wanted.case_id,
        exchange_id=packet.exchange_id,
        packet_id=packet.id,
        recipient_organization_id=proposal.recipient.organization_id,
        recipient_tenant_id=proposal.recipient.tenant_id,
        purpose=packet.purpose,
        categories=list(proposal.categories),
        fields=[f"{one.category}.{one.field}" for one in proposal.leaving],
        legal_basis=packet.legal_basis,
        account_id=identity.account,
        at=clock.now(),
    )
    db.session.add(disclosure)
    db.session.flush()
    for grant in proposal.grants:
        db.session.add(
            DisclosureGrant(
                tenant_id=identity.tenant,
                disclosure_id=disclosure.id,
                grant_id=grant.id,
                client_id=proposal.client_id,
                restricted=restricted,
            )
        )
    db.session.flush()
    return disclosure


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
