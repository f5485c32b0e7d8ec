"""The codes that listings hold beside those of the vocabulary."""

from __future__ import annotations

from typing import Literal, get_args

# HSDS 3.1: service.status, location.location_type, address.address_type
ServiceStatus = Literal["active", "inactive", "defunct", "temporarily closed"]
LocationType = Literal["physical", "postal", "virtual"]
ReferralMethod = Literal["in_platform", "email", "phone", "form", "walk_in", "not_accepted"]
Visibility = Literal["public", "network"]
Relation = Literal["run_by", "board", "parent"]
PracticeKind = Literal["practice", "house_rule"]
ReportState = Literal["open", "accepted", "rejected"]

SERVICE_STATUSES: tuple[ServiceStatus, ...] = get_args(ServiceStatus)
LOCATION_TYPES: tuple[LocationType, ...] = get_args(LocationType)
REFERRAL_METHODS: tuple[ReferralMethod, ...] = get_args(ReferralMethod)
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
PRACTICE_KINDS: tuple[PracticeKind, ...] = get_args(PracticeKind)
REPORT_STATES: tuple[ReportState, ...] = get_args(ReportState)

# A service that runs, or will again: what a search finds.
RUNNING: frozenset[str] = frozenset({"active", "temporarily closed"})
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
