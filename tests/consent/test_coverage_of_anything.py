"""What holds of the door's decision whatever was granted and refused."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from network.consent.disclosure.coverage import (
    Asked,
    Facts,
    cover,
)
from network.consent.policies import find_refused
from network.consent.states import GrantState
from network.consent.terms import GrantTerms, Recipient, RefusalTerms
from network.core import vocabulary
from network.core.ids import new_id
from network.directory.recipients import RecipientOf
from tests.consent.terms import (
    NEED,
    NOW,
    SHELTER,
    grant,
    recipient,
    refusal,
)

CATEGORIES = sorted(vocabulary.codes("data_categories"))
PURPOSES = sorted(vocabulary.codes("consent_purposes"))
CLASSES = sorted(vocabulary.codes("recipient_classes"))
COUNTRIES = ["JO", "BD", "LB", None]
NEEDS = [NEED, "legal.advice", None]
ORGANIZATIONS: list[UUID | None] = [SHELTER, new_id(), None]

standings = st.builds(
    RecipientOf,
    via=st.sampled_from(["self", "run_by", "board", "parent"]),
    class_code=st.sampled_from(CLASSES),
    country=st.sampled_from(COUNTRIES),
    organization_id=st.sampled_from(ORGANIZATIONS),
)
instants = st.sampled_from([NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])
ends = st.none() | instants


@st.composite
def any_grants(draw: st.DrawFn) -> GrantTerms:
    organization = draw(st.sampled_from(ORGANIZATIONS))
    return grant(
        *draw(st.sets(st.sampled_from(CATEGORIES), min_size=1, max_size=6)),
        purpose=draw(st.sampled_from(PURPOSES[:3] + ["service_provision"] * 3)),
        need_code=draw(st.sampled_from(NEEDS)),
        organization_id=organization,
        class_code=None if organization else draw(st.sampled_from(CLASSES)),
        country=None if organization else draw(st.sampled_from(["JO", "BD"])),
        expires_at=draw(instants),
        withdrawn_at=draw(ends),
        provisional_until=draw(ends),
        confirmed_at=draw(ends),
    )


@st.composite
def any_refusals(draw: st.DrawFn) -> RefusalTerms:
    return refusal(
        draw(st.none() | st.sampled_from(CLASSES)),
        organization_id=draw(st.sampled_from(ORGANIZATIONS)),
        country=draw(st.sampled_from(COUNTRIES)),
    )


@st.composite
def any_recipients(draw: st.DrawFn) -> Recipient:
    more = draw(st.lists(standings, max_size=4))
    return recipient(
        *more, class_code=draw(st.sampled_from(CLASSES)), country=draw(st.sampled_from(["JO", "BD"]))
    )


@st.composite
def any_asked(draw: st.DrawFn) -> Asked:
    return Asked(
        draw(st.sampled_from(["service_provision", "service_provision", *PURPOSES])),
        tuple(draw(st.lists(st.sampled_from([NEED, "legal.advice"]), max_size=2))),
        frozenset(draw(st.sets(st.sampled_from(CATEGORIES), max_size=4))),
        frozenset(draw(st.sets(st.sampled_from(CATEGORIES), max_size=2))),
    )


@given(any_asked(), any_recipients(), st.lists(any_grants(), max_size=6), st.sampled_from([None, "BD", "PH"]))
def test_whatever_leaves_is_covered_by_live_grants_and_allowed_by_the_purpose(
    what: Asked, to: Recipient, grants: list[GrantTerms], nationality: str | None
) -> None:
    found = cover(what, to, grants, [], Facts(nationality), NOW)
    allowed = set(vocabulary.purpose(what.purpose).allowed_categories)
    if found.open:
        assert found.grants
    for category, used in found.categories.items():
        assert category in allowed
        assert not vocabulary.category(category).never_leaves
        assert category not in what.left_out
        for one in used:
            assert category in one.categories
            assert one.purpose == what.purpose
            assert one.state(NOW) is GrantState.LIVE
            assert one.organization_id in (None, to.organization_id)
            if one.organization_id is None:
                assert (one.class_code, one.country) == (to.class_code, to.country)
            if vocabulary.category(category).own_grant:
                assert one.categories == {category}


@given(
    any_asked(), any_recipients(), st.lists(any_grants(), max_size=6), st.lists(any_refusals(), max_size=3)
)
def test_any_refusal_that_matches_empties_the_result(
    what: Asked, to: Recipient, grants: list[GrantTerms], refusals: list[RefusalTerms]
) -> None:
    found = cover(what, to, grants, refusals, Facts("BD"), NOW)
    if find_refused(refusals, to, "BD"):
        assert not found.open
        assert not found.categories
        assert {line.code for line in found.missing} == {"refused"}
    # The plain reading of a refusal, whatever the rest of the rules say.
    for one in refusals:
        if any(
            standing.class_code == one.class_code
            and one.class_code not in ("embassy_consulate", "authority_origin")
            and one.country in (None, standing.country)
            for standing in to.bodies
        ) or one.organization_id in {standing.organization_id for standing in to.bodies} - {None}:
            assert not found.open


@given(any_asked(), any_recipients(), st.lists(any_grants(), max_size=6))
def test_without_a_live_grant_nothing_leaves(what: Asked, to: Recipient, grants: list[GrantTerms]) -> None:
    dead = [one for one in grants if one.state(NOW) is not GrantState.LIVE]
    found = cover(what, to, dead, [], Facts("BD"), NOW)
    assert not found.open
    assert not found.categories
    assert found.missing
