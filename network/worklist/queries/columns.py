"""What the statements of the home name: columns, and what is bound when they run."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    Date,
    DateTime,
    bindparam,
    cast,
    null,
)

from network.cases.models import CaseFile
from network.consent.models import Consent, ConsentGrant
from network.crossborder.models import FollowUp, Handoff, HandoffContact, HandoffMilestone, ReturnScreening
from network.directory.models import (
    ListingClaim,
    ListingReport,
    ListingSource,
    Location,
    Organization,
    Service,
)
from network.exchange.models import Exchange, ExchangeSide
from network.referrals.models import Referral
from network.tenants.models import Tenant

CASE, SIDE = CaseFile.__table__.c, ExchangeSide.__table__.c
EXCHANGE, REFERRAL, HANDOFF = Exchange.__table__.c, Referral.__table__.c, Handoff.__table__.c
TENANT, CONSENT, GRANT = Tenant.__table__.c, Consent.__table__.c, ConsentGrant.__table__.c
FOLLOW_UP, SCREENING = FollowUp.__table__.c, ReturnScreening.__table__.c
MILESTONE, CONTACT = HandoffMilestone.__table__.c, HandoffContact.__table__.c
SERVICE, ORGANIZATION = Service.__table__.c, Organization.__table__.c
REPORT, CLAIM = ListingReport.__table__.c, ListingClaim.__table__.c
PLACE = Location.__table__.c
SOURCE = ListingSource.__table__.c
MINE: BindParameter[Any] = bindparam("tenant")
ME: BindParameter[Any] = bindparam("account")
NOW = bindparam("now", type_=DateTime(timezone=True))
NO_DAY, NO_TIME = cast(null(), Date), cast(null(), DateTime(timezone=True))
# So many tasks at most, of one kind as of all.
MOST = 60


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The end of a day, at a place."""
    return datetime.combine(day, time(23, 59), zone)
