"""The states of a membership and of a session."""

from __future__ import annotations

from enum import StrEnum


class MembershipState(StrEnum):
    """Whether a person may work for a tenant: invited, active, or inactive (deactivated)."""

    INVITED = "invited"
    ACTIVE = "active"
    INACTIVE = "inactive"


class InvitationPurpose(StrEnum):
    """What an invitation opens: the way in, or a new password for somebody who forgot hers."""

    JOIN = "join"
    RESET = "reset"


class Assurance(StrEnum):
    """By what a session was opened; a second factor adds a value here."""

    PASSWORD_ONLY = "password_only"  # noqa: S105  # the name of a level, not a password
