"""The decision of the door, tried on every shape of grants, refusals and recipients."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from network.consent.disclosure.coverage import (
    Asked,
    Facts,
    gives_feedback,
    wanted_categories,
)
from network.consent.disclosure.lacking import MissingGrant
from network.consent.disclosure.wording import text_of
from network.consent.policies import find_refused
from network.consent.terms import GrantTerms, Recipient
from network.core import clock, vocabulary
from network.core.errors import UnknownCode
from network.core.ids import new_id
from network.directory.recipients import RecipientOf
from network.tenants.context import scope
from tests.consent.terms import (
    NEED,
    NOW,
    SHELTER,
    asked,
    body,
    codes,
    decide,
    grant,
    recipient,
    refusal,
)
from tests.factories import staff


def test_without_a_grant_nothing_leaves_and_each_line_says_why() -> None:
    found = decide()
    assert not found.open
    assert not found.categories
    assert codes(found) == {(None, "no_grant"), ("identity", "no_grant"), ("contact", "no_grant")}


def test_what_the_purpose_proposes_leaves_under_its_grant() -> None:
    given_grant = grant()
    found = decide(grants=(given_grant,))
    assert found.open
    assert {code: grants[0].id for code, grants in found.categories.items()} == {
        "identity": given_grant.id,
        "contact": given_grant.id,
    }


def test_a_proposed_category_that_she_did_not_grant_stays_and_the_rest_leaves() -> None:
    found = decide(grants=(grant("identity"),))
    assert found.open
    assert set(found.categories) == {"identity"}
    assert codes(found) == {("contact", "no_grant")}


def test_what_is_granted_does_not_leave_unless_it_is_proposed_or_asked_for() -> None:
    wide = grant("identity", "contact", "health", "employment")
    assert set(decide(grants=(wide,)).categories) == {"identity", "contact"}
    assert set(decide(asked("health"), grants=(wide,)).categories) == {"identity", "contact", "health"}


@pytest.mark.parametrize(
    ("category", "code"),
    [
        ("health", "no_grant"),
        ("financial", "not_allowed_for_purpose"),
        ("case_notes", "never_leaves"),
        ("incident_account", "own_grant_needed"),
    ],
)
def test_what_was_added_and_is_not_covered_stops_everything(category: str, code: str) -> None:
    everything = frozenset(vocabulary.codes("data_categories"))
    some = everything - {"health"} if category == "health" else everything
    found = decide(asked(category), grants=(grant(*some),))
    assert not found.open
    assert (category, code) in codes(found)


def test_a_category_of_its_own_leaves_by_a_grant_that_names_it_alone() -> None:
    found = decide(asked("health_special"), grants=(grant(), grant("health_special")))
    assert found.open
    assert set(found.categories) == {"identity", "contact", "health_special"}


def test_a_service_may_be_asked_for_one_need_only_if_she_allowed_it_for_that_need() -> None:
    found = decide(asked(need="legal.advice"), grants=(grant(),))
    assert not found.open
    assert (None, "no_grant") in codes(found)


def test_two_needs_at_once_need_two_grants() -> None:
    both = Asked("service_provision", (NEED, "legal.advice"))
    assert not decide(both, grants=(grant(),)).open
    found = decide(both, grants=(grant(), grant(need_code="legal.advice")))
    assert found.open
    assert len(found.grants) == 2


@pytest.mark.parametrize(
    ("ended", "code"),
    [
        ({"expires_at": NOW}, "expired"),
        ({"withdrawn_at": NOW}, "no_grant"),
        ({"provisional_until": NOW}, "provisional_over"),
    ],
)
def test_a_grant_that_has_ended_opens_nothing(ended: dict[str, object], code: str) -> None:
    found = decide(grants=(grant(**ended),))
    assert not found.open
    assert (None, code) in codes(found)


def test_a_provisional_consent_holds_once_it_was_confirmed() -> None:
    confirmed = grant(provisional_until=NOW - timedelta(hours=1), confirmed_at=NOW - timedelta(hours=2))
    assert decide(grants=(confirmed,)).open
    assert confirmed.ends_at == confirmed.expires_at


def test_an_unconfirmed_provisional_consent_ends_the_packet_with_it() -> None:
    unconfirmed = grant(provisional_until=NOW + timedelta(hours=72))
    assert decide(grants=(unconfirmed,)).open
    assert unconfirmed.ends_at == NOW + timedelta(hours=72)


def by_class(class_code: str = "service_provider", country: str = "JO") -> GrantTerms:
    return grant(organization_id=None, class_code=class_code, country=country)


def test_a_grant_by_class_and_country_covers_bodies_of_exactly_that_class_in_that_country() -> None:
    assert decide(grants=(by_class(),)).open
    assert not decide(grants=(by_class(country="LB"),)).open
    assert not decide(grants=(by_class("lawyer_legal_aid"),)).open
    assert not decide(to=recipient(class_code="police"), grants=(by_class("authority_destination"),)).open


def test_a_grant_is_not_widened_by_merging_listings() -> None:
    merged_into = Recipient(
        new_id(),
        "service_provider",
        "JO",
        frozenset(
            {body("self", "service_provider", "JO"), body("parent", "service_provider", "JO", SHELTER)}
        ),
    )
    assert not decide(to=merged_into, grants=(grant(),)).open


@pytest.mark.parametrize("via", ["self", "run_by", "board", "parent"])
def test_never_my_recruiter_shuts_the_door_by_whatever_way_a_recruiter_is_in_it(via: str) -> None:
    to = recipient(body(via, "recruiter", "JO"))
    found = decide(to=to, grants=(grant(),), refusals=(refusal("recruiter"),))
    assert not found.open
    assert not found.categories
    line = found.missing[0]
    assert (line.code, line.detail["class"], line.detail["via"]) == ("refused", "recruiter", via)


def test_a_refusal_of_an_organization_holds_where_it_sits_on_the_board() -> None:
    recruiter = new_id()
    to = recipient(body("board", "service_provider", "JO", recruiter))
    assert not decide(to=to, grants=(grant(),), refusals=(refusal(organization_id=recruiter),)).open
    assert not decide(grants=(grant(),), refusals=(refusal(organization_id=SHELTER),)).open


@pytest.mark.parametrize(
    ("refused", "standing", "matches"),
    [
        ("embassy_consulate", body("self", "embassy_consulate", "BD"), True),
        ("embassy_consulate", body("self", "embassy_consulate", "PH"), False),
        ("embassy_consulate", body("self", "embassy_consulate", None), True),
        ("authority_origin", body("self", "embassy_consulate", "BD"), True),
        ("authority_origin", body("run_by", "authority_origin", "BD"), True),
        ("authority_origin", body("run_by", "police", "BD"), True),
        ("authority_origin", body("run_by", "police", "JO"), False),
        ("embassy_consulate", body("run_by", "authority_origin", "BD"), False),
        ("authority_destination", body("self", "police", "JO"), True),
        ("authority_destination", body("self", "immigration", "JO"), True),
        ("authority_destination", body("self", "authority_origin", "JO"), True),
        ("police", body("self", "authority_destination", "JO"), False),
        ("employer", body("board", "employer", "JO"), True),
        ("employer", body("board", "union", "JO"), False),
    ],
)
def test_a_refusal_matches_by_class_country_and_what_the_class_includes(
    refused: str, standing: RecipientOf, matches: bool
) -> None:
    to = recipient(standing)
    assert bool(find_refused([refusal(refused)], to, "BD")) is matches


def test_where_her_country_is_not_known_every_embassy_counts_as_hers() -> None:
    to = recipient(body("self", "embassy_consulate", "PH"))
    assert find_refused([refusal("embassy_consulate")], to, None)


def test_a_refusal_lifted_for_one_purpose_lets_that_purpose_pass_and_no_other() -> None:
    lifted = refusal("embassy_consulate", lifted_for=frozenset({"travel_document"}))
    embassy = recipient(class_code="embassy_consulate", country="BD")
    document = grant("identity", purpose="travel_document", need_code=None)
    passed = decide(asked(purpose="travel_document", need=None), embassy, (document,), (lifted,))
    assert passed.open
    assert passed.lifted == (lifted.id,)
    other = decide(asked(), embassy, (grant(),), (lifted,))
    assert not other.open


def test_lifting_a_refusal_is_no_grant() -> None:
    lifted = refusal("embassy_consulate", lifted_for=frozenset({"travel_document"}))
    embassy = recipient(class_code="embassy_consulate", country="BD")
    assert not decide(asked(purpose="travel_document", need=None), embassy, (), (lifted,)).open


@pytest.mark.parametrize(
    ("standing", "blocked"),
    [
        (body("self", "embassy_consulate", "BD"), True),
        (body("run_by", "authority_origin", "BD"), True),
        (body("board", "police", "BD"), True),
        (body("self", "embassy_consulate", "PH"), False),
        (body("self", "police", "JO"), False),
    ],
)
def test_fear_of_return_blocks_every_authority_of_her_country(standing: RecipientOf, blocked: bool) -> None:
    lifted = refusal("embassy_consulate", lifted_for=frozenset({"service_provision"}))
    found = decide(
        to=recipient(standing),
        grants=(grant(),),
        refusals=(lifted,),
        facts=Facts("BD", fear_of_return=True),
    )
    assert found.open is not blocked


def test_nothing_leaves_a_read_only_case_or_reaches_a_suspended_member() -> None:
    assert codes(decide(grants=(grant(),), facts=Facts("BD", read_only=True))) == {(None, "read_only_case")}
    assert codes(decide(to=recipient(suspended=True), grants=(grant(),))) == {(None, "recipient_suspended")}
    planned = replace(recipient(), planned=True)
    assert codes(decide(to=planned, grants=(grant(),))) == {(None, "recipient_suspended")}
    assert decide(replace(asked(), outside=True), to=planned, grants=(grant(),)).open


def test_feedback_needs_a_grant_that_names_who_gives_it() -> None:
    feedback = grant("service_history", purpose="feedback_to_centre", need_code=None)
    assert gives_feedback(recipient(), [feedback], NOW)
    assert not gives_feedback(recipient(), [grant()], NOW)
    assert not gives_feedback(recipient(class_code="police"), [by_class()], NOW)


def test_what_is_never_chosen_beforehand_is_not_proposed_even_by_its_purpose() -> None:
    assert wanted_categories(Asked("feedback_to_centre")) == ()
    assert wanted_categories(Asked("feedback_to_centre", (), frozenset({"service_history"}))) == (
        "service_history",
    )


def test_an_unknown_code_is_an_error() -> None:
    for wrong in (Asked("anything"), asked("everything"), asked(need="legal.nothing")):
        with pytest.raises(UnknownCode):
            decide(wrong, grants=(grant(),))


def test_a_number_keeps_its_order_in_a_text_from_right_to_left(app: Flask) -> None:
    contact = {"number": "+962790000001", "channels": ["call"]}
    with app.test_request_context(), force_locale("ar"):
        assert "\u2066+962 7 9000 0001\u2069؛ " in text_of("contact.1", contact)
    with app.test_request_context(), force_locale("en"):
        assert "\u2066" not in text_of("contact.1", contact)


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("Asia/Amman", datetime(2026, 11, 22, 22, 30, tzinfo=UTC), date(2027, 12, 23)),
        ("Asia/Amman", datetime(2026, 11, 22, 9, 0, tzinfo=UTC), date(2026, 12, 1)),
        # A quarter past midnight of summer is a quarter past eleven of winter, half past eleven half past midnight.
        ("Asia/Beirut", datetime(2026, 8, 1, 21, 15, tzinfo=UTC), date(2026, 12, 24)),
        ("Asia/Beirut", datetime(2026, 12, 1, 21, 30, tzinfo=UTC), date(2027, 5, 3)),
    ],
)
def test_a_yes_to_a_day_ends_on_that_day_where_it_was_said(
    app: Flask, zone: str, now: datetime, until: date
) -> None:
    missing = MissingGrant("follow_up_contact", None, ("contact",), until=until)
    with app.app_context(), scope(replace(staff(new_id()), time_zone=zone)), clock.set_to(now):
        ends = clock.now() + timedelta(days=missing.days)
        assert ends.astimezone(ZoneInfo(zone)).date() == missing.ends_on == until
