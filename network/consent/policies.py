"""Who may give consent, what a grant covers, what a refusal forbids. Pure: terms and facts in, answers out.

A grant is read narrowly (this organization, or exactly this class in this country), a refusal widely (every
class within it, whoever runs the recipient, sits on its board or stands above it).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from network.consent.terms import GrantTerms, Recipient, RefusalTerms
from network.core import vocabulary
from network.directory.recipients import RecipientOf, is_hit_by

ORIGIN_AUTHORITY = "authority_origin"
# Refusals of these are of one country's bodies: hers.
OF_HER_COUNTRY = frozenset({"embassy_consulate", ORIGIN_AUTHORITY})
# And of these: the country where she is.
OF_THIS_COUNTRY = frozenset({"authority_destination"})
_NEAREST_FIRST = ("self", "run_by", "board", "parent")


def grant_reaches(grant: GrantTerms, recipient: Recipient) -> bool:
    """Whether the grant names this recipient."""
    return grant.reaches(recipient)


def grant_is_for(grant: GrantTerms, purpose: str, need_code: str | None) -> bool:
    """Whether the grant was given for this purpose and, where that is asked need by need, for this need."""
    return grant.purpose == purpose and grant.need_code == need_code


def grant_names(grant: GrantTerms, category: str) -> bool:
    """Whether the grant opens this category; one that needs a grant of its own is named alone or not at all."""
    if vocabulary.category(category).own_grant:
        return grant.categories == {category}
    return category in grant.categories


def find_refused(
    refusals: Iterable[RefusalTerms], recipient: Recipient, nationality: str | None
) -> list[tuple[RefusalTerms, RecipientOf]]:
    """Every refusal that covers the recipient, with the nearest of its bodies that it matches."""
    found = []
    for refusal in refusals:
        matched = _nearest(body for body in recipient.bodies if _forbids(refusal, body, nationality))
        if matched is None and refusal.organization_id == recipient.organization_id:
            matched = RecipientOf(recipient.class_code, recipient.country, recipient.organization_id, "self")
        if matched is not None:
            found.append((refusal, matched))
    return found


def _forbids(refusal: RefusalTerms, body: RecipientOf, nationality: str | None) -> bool:
    if refusal.organization_id is not None and refusal.organization_id == body.organization_id:
        return True
    if refusal.class_code is None:
        return False
    return is_hit_by(
        body,
        refusal.class_code,
        origin=refusal.country or nationality,
        destination=refusal.country,
    )


def find_authority_of_origin(recipient: Recipient, nationality: str | None) -> RecipientOf | None:
    """By which of its bodies the recipient is an authority of her country; None if it is not."""
    return _nearest(
        body for body in recipient.bodies if is_hit_by(body, ORIGIN_AUTHORITY, origin=nationality)
    )


def _nearest(bodies: Iterable[RecipientOf]) -> RecipientOf | None:
    return min(bodies, key=lambda body: (_NEAREST_FIRST.index(body.via), body.class_code), default=None)


def shown_need(code: str) -> str:
    """What a receiver may see of a need before accepting: the need, or its group only."""
    need = vocabulary.need(code)
    return need.group if need.preview == "group" else need.code


def wants_named(need_codes: Iterable[str], restricted: bool) -> bool:
    """Whether the preview goes to one named focal point only, and one service at a time is asked."""
    return restricted or any(vocabulary.need(code).preview == "named" for code in need_codes)


GUARDIANS = frozenset({"parent", "guardian", "caregiver"})
FOR_CHILDREN_ONLY = GUARDIANS | {"child_assent", "mature_minor"}
SUSPECT_FLAGS = frozenset({"possible_source_of_harm", "must_not_be_told"})
CHILD_VIEWS = ("agrees", "too_young", "disagrees")
CHILD_AGREES = frozenset({"agrees", "too_young"})


@dataclass(frozen=True)
class Tie:
    """One recorded relationship of the client to a person: which, and what applies."""

    relationship_id: UUID
    relationship: str
    flags: frozenset[str]
    person: str


def capacity_problem(capacity: str, *, is_child: bool, deceased: bool) -> str | None:
    """Why this capacity cannot give consent for this client, as a code; None if it can."""
    if deceased:
        return None if capacity == "next_of_kin" else "next_of_kin_only"
    if capacity == "next_of_kin":
        return "not_deceased"
    if is_child and capacity == "child_assent":
        return "assent_is_beside"
    if is_child and capacity not in FOR_CHILDREN_ONLY:
        return "guardian_needed"
    if not is_child and capacity in FOR_CHILDREN_ONLY:
        return "not_a_child"
    return None


def guardian_problem(chosen: Tie | None, ties: Collection[Tie], *, checked: bool) -> str | None:
    """Why this person cannot speak for the child, as a code; None if she can. Whoever is also recorded as an
    employer, a recruiter or a possible source of harm never can, by whichever tie she was chosen."""
    if chosen is None:
        return "choose_guardian"
    same_person = [tie for tie in ties if tie.person == chosen.person] or [chosen]
    for tie in (chosen, *same_person):
        if vocabulary.relationship(tie.relationship).power_over_client or tie.flags & SUSPECT_FLAGS:
            return "guardian_has_power"
    if not vocabulary.relationship(chosen.relationship).may_be_guardian:
        return "not_a_guardian"
    if not checked and "guardian_checked" not in chosen.flags:
        return "guardian_not_checked"
    return None
