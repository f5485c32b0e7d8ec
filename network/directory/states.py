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
# What somebody tells the steward of a listing, beside the reasons of the vocabulary that say it too.
ListingProblem = Literal[
    "closed", "moved", "refuses_migrants", "wrong_hours", "wrong_number", "duplicate", "unsafe", "other"
]
# What the service promises to tell whoever referred.
FeedbackPromise = Literal["none", "served_or_not", "outcome"]
ExceptionKind = Literal["holiday", "ramadan", "closure", "other"]
ChangeAction = Literal["created", "changed", "removed"]
ClaimState = Literal["invited", "claimed", "declined", "withdrawn"]
# How somebody found out that a listing is right; ``own``: it is her own organization's.
VerificationMethod = Literal["phone", "visit", "message", "website", "own"]
DoNotListReason = Literal["closed_for_good", "asked_not_to_be", "unsafe", "fraud", "not_ours", "other"]
QuarantineReason = Literal[
    "not_a_value", "out_of_range", "too_long", "unknown_code", "dangling", "duplicate", "no_place_for_it"
]
# An import: the file is there; it was compared with the directory; it is being carried out; that is done; it could
# not be read; somebody gave it up.
ImportState = Literal["uploaded", "planned", "running", "done", "failed", "given_up"]
# What an import does, or did, with one row.
ImportOutcome = Literal["created", "changed", "merged", "suggested", "unchanged", "refused"]
# HSDS 3.1: schedule.freq, schedule.wkst
Frequency = Literal["WEEKLY", "MONTHLY"]
# What a row of history, an attribute, a note of a source or a quarantined value may be about: HSDS's names, and
# those of our profile.
Entity = Literal[
    "organization", "program", "service", "location", "service_at_location", "organization_identifier", "url",
    "funding", "contact", "phone", "address", "accessibility", "language", "schedule", "service_area", "cost_option",
    "required_document", "service_capacity", "attribute", "organization_role", "service_eligibility",
    "service_practice", "schedule_exception",
]  # fmt: skip
# What has no listing above it: stewarded by the headquarters, or by whoever imported it.
Reference = Literal["taxonomy", "taxonomy_term", "unit", "meta_table_description", "metadata"]

SERVICE_STATUSES: tuple[ServiceStatus, ...] = get_args(ServiceStatus)
LOCATION_TYPES: tuple[LocationType, ...] = get_args(LocationType)
REFERRAL_METHODS: tuple[ReferralMethod, ...] = get_args(ReferralMethod)
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
PRACTICE_KINDS: tuple[PracticeKind, ...] = get_args(PracticeKind)
REPORT_STATES: tuple[ReportState, ...] = get_args(ReportState)
LISTING_PROBLEMS: tuple[ListingProblem, ...] = get_args(ListingProblem)
FEEDBACK_PROMISES: tuple[FeedbackPromise, ...] = get_args(FeedbackPromise)
EXCEPTION_KINDS: tuple[ExceptionKind, ...] = get_args(ExceptionKind)
CHANGE_ACTIONS: tuple[ChangeAction, ...] = get_args(ChangeAction)
CLAIM_STATES: tuple[ClaimState, ...] = get_args(ClaimState)
QUARANTINE_REASONS: tuple[QuarantineReason, ...] = get_args(QuarantineReason)
VERIFICATION_METHODS: tuple[VerificationMethod, ...] = get_args(VerificationMethod)
DO_NOT_LIST_REASONS: tuple[DoNotListReason, ...] = get_args(DoNotListReason)
IMPORT_STATES: tuple[ImportState, ...] = get_args(ImportState)
IMPORT_OUTCOMES: tuple[ImportOutcome, ...] = get_args(ImportOutcome)
FREQUENCIES: tuple[Frequency, ...] = get_args(Frequency)
ENTITIES: tuple[Entity, ...] = get_args(Entity)
REFERENCES: tuple[Reference, ...] = get_args(Reference)
MERGEABLE = ("organization", "service", "location")

# A service that runs, or will again: what a search finds.
RUNNING: frozenset[str] = frozenset({"active", "temporarily closed"})
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
