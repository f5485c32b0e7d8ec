"""Who may do what: the one page. A role belongs to one kind of tenant and is a set of permissions.

Managing staff opens no case; whoever runs the network sees none; a monitoring officer sees no name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.tenants.context import TenantKind


class Permission(StrEnum):
    """One thing that a role allows."""

    HOME_VIEW = "home.view"
    OWN_ACCOUNT = "account.own"
    VOCABULARY_VIEW = "vocabulary.view"
    DIRECTORY_VIEW = "directory.view"
    LISTING_EDIT = "listing.edit"
    LISTING_IMPORT = "listing.import"
    CAPACITY_SAY = "capacity.say"
    FOCAL_POINT_NAME = "focal-point.name"
    CLIENT_VIEW = "client.view"
    CLIENT_EDIT = "client.edit"
    CLIENT_REGISTER = "client.register"
    CASE_VIEW = "case.view"
    CASE_EDIT = "case.edit"
    CONSENT_RECORD = "consent.record"
    CONSENT_REVIEW = "consent.review"
    REFERRAL_VIEW = "referral.view"
    REFERRAL_PREPARE = "referral.prepare"
    REFERRAL_SEND = "referral.send"
    REFERRAL_CLOSE = "referral.close"
    INBOX_VIEW = "inbox.view"
    REFERRAL_ANSWER = "referral.answer"
    REFERRAL_RECORD_OUTCOME = "referral.record-outcome"
    HANDOFF_VIEW = "handoff.view"
    HANDOFF_PREPARE = "handoff.prepare"
    HANDOFF_OFFER = "handoff.offer"
    HANDOFF_ANSWER = "handoff.answer"
    ARRIVAL_VIEW = "arrival.view"
    ARRIVAL_RECORD = "arrival.record"
    TAKE_OVER = "handoff.take-over"
    FOLLOW_UP_VIEW = "follow-up.view"
    FOLLOW_UP_RECORD = "follow-up.record"
    RETURN_SCREEN = "return.screen"
    RETURN_REVIEW = "return.review"
    STAFF_MANAGE = "staff.manage"
    TENANT_MANAGE = "tenant.manage"
    CORRIDOR_MANAGE = "corridor.manage"
    FIGURES_VIEW = "figures.view"
    AUDIT_VIEW = "audit.view"


P = Permission


@dataclass(frozen=True)
class Role:
    """A role: its name for the reader, the kind of tenant that may give it, and what it allows."""

    label: LazyString
    tenant_kind: TenantKind
    permissions: frozenset[Permission]


EVERYBODY = frozenset({P.HOME_VIEW, P.OWN_ACCOUNT, P.VOCABULARY_VIEW, P.DIRECTORY_VIEW})

# A referral that comes in is answered in the same way by a partner and by a centre that is asked.
RECEIVING = frozenset({P.INBOX_VIEW, P.REFERRAL_ANSWER, P.REFERRAL_RECORD_OUTCOME, P.CAPACITY_SAY})

INTAKE = EVERYBODY | {P.CLIENT_VIEW, P.CLIENT_EDIT, P.CLIENT_REGISTER}

CASEWORK = (
    INTAKE
    | RECEIVING
    | {P.CASE_VIEW, P.CASE_EDIT, P.CONSENT_RECORD, P.CONSENT_REVIEW}
    | {P.REFERRAL_VIEW, P.REFERRAL_PREPARE, P.REFERRAL_SEND, P.REFERRAL_CLOSE}
    | {P.HANDOFF_VIEW, P.HANDOFF_PREPARE, P.HANDOFF_OFFER, P.RETURN_SCREEN}
    | {P.ARRIVAL_VIEW, P.ARRIVAL_RECORD, P.TAKE_OVER, P.FOLLOW_UP_VIEW, P.FOLLOW_UP_RECORD}
)

ROLES: dict[str, Role] = {
    "coordinator": Role(
        _l("Coordinator"),
        "centre",
        CASEWORK
        | {
            P.HANDOFF_ANSWER,
            P.RETURN_REVIEW,
            P.LISTING_EDIT,
            P.LISTING_IMPORT,
            P.FOCAL_POINT_NAME,
            P.FIGURES_VIEW,
            P.AUDIT_VIEW,
        },
    ),
    "caseworker": Role(_l("Caseworker"), "centre", CASEWORK),
    "intake": Role(_l("Intake worker"), "centre", INTAKE),
    "monitoring_officer": Role(_l("Monitoring officer"), "centre", EVERYBODY | {P.FIGURES_VIEW}),
    "centre_administrator": Role(
        _l("Centre administrator"),
        "centre",
        EVERYBODY
        | {
            P.STAFF_MANAGE,
            P.LISTING_EDIT,
            P.LISTING_IMPORT,
            P.CAPACITY_SAY,
            P.FOCAL_POINT_NAME,
            P.AUDIT_VIEW,
        },
    ),
    "partner_manager": Role(
        _l("Partner manager"),
        "partner",
        EVERYBODY
        | RECEIVING
        | {
            P.STAFF_MANAGE,
            P.LISTING_EDIT,
            P.LISTING_IMPORT,
            P.FOCAL_POINT_NAME,
            P.FIGURES_VIEW,
            P.AUDIT_VIEW,
        },
    ),
    "partner_worker": Role(_l("Partner worker"), "partner", EVERYBODY | RECEIVING),
    "network_administrator": Role(
        _l("Network administrator"),
        "network",
        EVERYBODY
        | {P.TENANT_MANAGE, P.CORRIDOR_MANAGE, P.LISTING_EDIT, P.LISTING_IMPORT, P.CAPACITY_SAY}
        | {P.STAFF_MANAGE, P.FIGURES_VIEW, P.AUDIT_VIEW},
    ),
}

# Who manages the staff of a tenant of each kind: the role of its first invitation.
FIRST_ROLE: dict[TenantKind, str] = {
    "centre": "centre_administrator",
    "partner": "partner_manager",
    "network": "network_administrator",
}


def permissions_of(roles: Iterable[str], tenant_kind: TenantKind | None) -> frozenset[str]:
    """What these roles allow in a tenant of this kind; a role of another kind, or unknown, allows nothing."""
    held: frozenset[str] = frozenset()
    for name in roles:
        role = ROLES.get(name)
        if role is not None and role.tenant_kind == tenant_kind:
            held |= role.permissions
    return held


def roles_for(tenant_kind: TenantKind | None) -> dict[str, Role]:
    """The roles that a tenant of this kind may give, in the order of the page."""
    return {name: role for name, role in ROLES.items() if role.tenant_kind == tenant_kind}


def roles_with(permission: Permission) -> list[str]:
    """The roles that allow this."""
    return [name for name, role in ROLES.items() if permission in role.permissions]
