"""Reading consents, grants, refusals and disclosures: of one client, always behind her centre's wall."""

from network.consent.queries.consents import (
    ConsentRecord,
    consent_record,
    find_latest_consent,
    get_consent,
    has_event,
    list_consents,
    list_events,
    list_unasked,
)
from network.consent.queries.disclosed import (
    DisclosureRecord,
    KnownTo,
    disclosures_of,
    disclosures_under,
    who_knows_what,
)
from network.consent.queries.earlier import Earlier, list_earlier
from network.consent.queries.grants import (
    WARNED_AHEAD,
    Expiring,
    expiring,
    get_grant,
    grants_by_id,
    grants_of,
    list_grants,
    live_grants,
)
from network.consent.queries.organizations import StandsWith, stands_with
from network.consent.queries.refusals import (
    get_recipient,
    get_refusal,
    has_need,
    live_refusals,
    organization_names,
    questions_of_standing,
    refused_persons,
)
from network.consent.queries.running import ended_services, running_services

__all__ = [
    "WARNED_AHEAD",
    "ConsentRecord",
    "DisclosureRecord",
    "Earlier",
    "Expiring",
    "KnownTo",
    "StandsWith",
    "consent_record",
    "disclosures_of",
    "disclosures_under",
    "ended_services",
    "expiring",
    "find_latest_consent",
    "get_consent",
    "get_grant",
    "get_recipient",
    "get_refusal",
    "grants_by_id",
    "grants_of",
    "has_event",
    "has_need",
    "list_consents",
    "list_earlier",
    "list_events",
    "list_grants",
    "list_unasked",
    "live_grants",
    "live_refusals",
    "organization_names",
    "questions_of_standing",
    "refused_persons",
    "running_services",
    "stands_with",
    "who_knows_what",
]
