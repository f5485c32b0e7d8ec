"""Writing down what went to and fro outside the platform: by which way, and who recorded it."""

from __future__ import annotations

from flask_babel import gettext as _

from network.core import clock, crypto
from network.core.db import db
from network.core.errors import Invalid, NotFound
from network.core.ids import new_id
from network.exchange.models import Exchange
from network.exchange.queries import get_side
from network.referrals.models import ReferralTold
from network.referrals.queries.records import TOLD_SEALED_AS, is_outside, must_be_told
from network.referrals.states import CHANNELS
from network.tenants.context import acting
from network.tenants.keys import client_key


def check_channel(channel: str | None) -> str:
    """The way in which somebody was told. Raises ``Invalid`` without one."""
    if channel not in CHANNELS:
        raise Invalid(fields={"channel": [_("Say by which way.")]})
    return channel


def write_told(exchange: Exchange, kind: str, channel: str, to: str = "") -> None:
    """Append who recorded it and by which way they were told, or told us; ``to``: the one person who was told."""
    side, tenant_id, told_id = get_side(exchange.id), acting().tenant, new_id()
    if side.role != "sender" or side.client_id is None or not is_outside(exchange):
        raise NotFound
    key = client_key(tenant_id, side.client_id) if to else None
    db.session.add(
        ReferralTold(
            tenant_id=tenant_id,
            id=told_id,
            exchange_id=exchange.id,
            client_id=side.client_id,
            restricted=side.restricted,
            version=exchange.version,
            kind=kind,
            channel=check_channel(channel),
            account_id=acting().account,
            at=clock.now(),
            sealed=crypto.seal(key, TOLD_SEALED_AS, tenant_id, told_id, {"to": to}) if key else None,
        )
    )
    db.session.flush()


def remember_to_tell(exchange: Exchange) -> None:
    """What was sealed reaches nobody who does not sign in: the home asks for a call until somebody has made it."""
    side = get_side(exchange.id)
    if side.role == "sender" and side.due_kind != "alarm" and must_be_told(exchange):
        side.open, side.unread = True, True
        side.due_at, side.due_kind = clock.now(), "tell"
        db.session.flush()
