"""Claims as they move, and incidents."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from network.cases import operations as do
from network.cases import queries as read
from network.cases.models import Incident
from network.core import clock
from network.core.db import db
from network.core.errors import IllegalTransition, Invalid, StaleVersion, UnknownCode
from tests.cases.conftest import RINA, Act, Centre

SAFE = RINA["contacts"][0]
TODAY = clock.today("UTC")


def kinds(case_id: UUID) -> list[str]:
    return [event.kind for event in reversed(read.list_events(case_id))]


def test_a_wage_claim_is_authorized_awarded_and_paid(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        claim = do.record_claim(
            case.id,
            {"kind": "wages_unpaid", "respondent": "Blue Thread", "amount_claimed": "1040", "currency": "JOD",
             "remedies": ["money"]},
        )  # fmt: skip
        signed = do.sign_authorization(
            claim.id,
            scope=["lodge", "represent", "receive_payment"],
            signed_on=TODAY,
            valid_until=TODAY + timedelta(days=365),
            evidence="Signed before two witnesses",
        )
        do.move_claim(claim.id, "lodge", {"forum": "labour_court"}, claim.version)
        do.move_claim(claim.id, "award", {"amount_awarded": "900"}, claim.version)
        do.move_claim(
            claim.id, "pay", {"amount_paid": "900.50", "remedies_obtained": ["money"]}, claim.version
        )
        (record,) = read.list_claims(case.id)
        assert (record.state, record.amount_paid, record.respondent) == (
            "paid",
            Decimal("900.50"),
            "Blue Thread",
        )
        assert record.authorizations[0].is_live(TODAY)
        do.revoke_authorization(signed.id)
        assert not read.list_claims(case.id)[0].authorizations[0].is_live(TODAY)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "kind"),
        ({"kind": "wages_unpaid", "amount_claimed": "100"}, "currency"),
        ({"kind": "wages_unpaid", "amount_claimed": "-1", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "wages_unpaid", "amount_claimed": "1e99", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "wages_unpaid", "amount_claimed": "many", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "wages_unpaid", "amount_claimed": "1", "currency": "XYZW"}, "currency"),
        ({"kind": "documents_withheld", "amount_claimed": "1", "currency": "JOD"}, "amount_claimed"),
        ({"kind": "violence", "forum": "community_mediation"}, "forum"),
        ({"kind": "trafficking", "forum": "labour_conciliation"}, "forum"),
        ({"kind": "other"}, "facts"),
        ({"kind": "wages_unpaid", "lodged_on": "2026-01-01"}, "forum"),
        ({"kind": "wages"}, "kind"),
    ],
)
def test_what_a_claim_cannot_be_is_refused(centre: Centre, act: Act, data: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused, act(centre.rana):
        do.record_claim(do.open_case(do.register_client(RINA).id).id, data)
    assert field in refused.value.fields


def test_a_claim_moves_only_as_claims_move(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        claim = do.record_claim(case.id, {"kind": "wages_unpaid"})
        for move in ("pay", "award", "fly"):
            with pytest.raises(IllegalTransition):
                do.move_claim(claim.id, move, {}, claim.version)
        with pytest.raises(StaleVersion):
            do.move_claim(claim.id, "withdraw", {}, 7)


def test_a_claim_of_violence_restricts(centre: Centre, act: Act) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        do.record_claim(case.id, {"kind": "sexual_harassment"})
        assert read.get_case(case.id).restricted


def test_an_incident_is_opened_by_a_reason_that_opens_one_and_closed_with_what_was_done(
    centre: Centre, act: Act
) -> None:
    with act(centre.rana):
        case = do.open_case(do.register_client(RINA).id)
        incident = do.open_incident(
            "withdrawal.sent_wrong_recipient", case_id=case.id, note="To the wrong desk."
        )
        assert kinds(case.id)[-1] == "incident.opened"
        with pytest.raises(Invalid):
            do.close_incident(incident.id, done="")
        do.close_incident(incident.id, done="Sealed, and she was told.", client_told_on=TODAY)
        assert db.session.get(Incident, (centre.id, incident.id)).state == "closed"
        for other in ("withdrawal.client_wish", "nonsense", "withdrawal.", "decline.no_capacity"):
            with pytest.raises(UnknownCode):
                do.open_incident(other)
        assert do.open_incident("recall.data_incident").client_id is None
