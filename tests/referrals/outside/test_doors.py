"""The doors by which what was told and what was said is recorded: pages and API, at once and twice."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from uuid import UUID

from network.consent.operations import withdraw_all
from network.core import clock
from network.referrals import operations
from network.referrals.operations import Choices, Heard
from tests.attack.test_races import at_once, one_won
from tests.factories import make_account, sign_in
from tests.referrals.conftest import NEED, Desks, form_of
from tests.referrals.outside.conftest import Outside


def test_two_colleagues_at_once_record_one_answer_and_tell_once(out: Outside) -> None:
    world = out.world
    draft = world.prepare(listed=out.listed)
    tell = partial(world.act, world.sender, operations.send_referral, draft, Choices(channel="phone"))
    assert one_won(at_once(tell, tell))
    yes = partial(world.act, world.sender, operations.record_heard, draft, Heard("accept", "phone"))
    no = partial(
        world.act, world.sender, operations.record_heard, draft, Heard("decline", "phone", "no_capacity")
    )
    assert one_won(at_once(yes, no))
    assert len(world.page(world.sender, draft).told) == 2


def test_the_loop_goes_round_through_the_api_and_twice_is_once(out: Outside) -> None:
    world = out.world
    caseworker = sign_in(world.app, make_account(world.app, world.sender.tenant, "caseworker"))
    stranger = sign_in(world.app, make_account(world.app, world.stranger.tenant, "coordinator"))
    partner = sign_in(world.app, make_account(world.app, world.receiver.tenant, "partner_worker"))
    draft = caseworker.api(
        "POST",
        "/api/v1/referrals",
        {
            "case_id": str(world.case_id),
            "service_at_location_id": str(out.listed.service_at_location_id),
            "need_codes": [NEED],
        },
    ).json
    assert (draft["outside"], draft["organization_name"]) == (True, "Casa Sin Puerta")
    assert "receiver_name" not in draft
    one = f"/api/v1/referrals/{draft['id']}"
    assert caseworker.api("POST", f"{one}/send", {}, version=1).status_code == 422
    told = caseworker.api("POST", f"{one}/send", {"channel": "form"}, version=1, key="told-once").json
    again = caseworker.api("POST", f"{one}/send", {"channel": "form"}, version=1, key="told-once").json
    assert (told["state"], again["version"], len(again["told"])) == ("sent", told["version"], 1)
    body = {"move": "accept", "channel": "email"}
    for other in (stranger, partner):
        assert other.api("POST", f"{one}/heard", body, version=2).status_code in (403, 404)
        assert other.api("GET", f"{one}/letter").status_code in (403, 404)
        assert other.api("POST", f"{one}/ending-told", {"channel": "phone"}, version=2).status_code in (
            403,
            404,
        )
    for wrong in ({"move": "acknowledge"}, {"channel": "pigeon"}, {"move": "decline", "reason": "no_such"}):
        assert caseworker.api("POST", f"{one}/heard", {**body, **wrong}, version=2).status_code == 422, wrong
    assert caseworker.api("POST", f"{one}/heard", body, version=1).status_code == 412
    said = caseworker.api("POST", f"{one}/heard", body, version=2)
    assert (said.status_code, said.json["state"]) == (200, "accepted")
    letter = caseworker.api("GET", f"{one}/letter?language=ar")
    assert letter.data.startswith(b"%PDF")
    assert letter.headers["Cache-Control"] == "no-store"
    assert caseworker.api("GET", f"{one}/letter?language=tlh").status_code == 422
    assert caseworker.api("POST", f"{one}/ending-told", {"channel": "phone"}, version=3).status_code == 409
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    assert caseworker.api("GET", f"{one}/letter").status_code == 409
    ended = caseworker.api("POST", f"{one}/ending-told", {"channel": "phone"}, version=4)
    assert [told["kind"] for told in ended.json["told"]] == ["told", "heard", "ended"]
    [row] = caseworker.api("GET", f"/api/v1/referrals?case_id={world.case_id}").json["items"]
    assert (row["outside"], row["other_name"], row["open"]) == (True, "Casa Sin Puerta", False)


def test_the_pages_tell_what_may_be_told_and_record_what_was_said(out: Outside, desks: Desks) -> None:
    world, caseworker = out.world, desks.caseworker
    made = caseworker.send_form(
        f"/cases/{world.case_id}/referrals",
        {"service_at_location_id": str(out.listed.service_at_location_id), "need_codes": [NEED]},
    )
    one = made.location.removesuffix("/preview")
    preview = caseworker.get(f"{one}/preview")
    assert "Tell this first" in preview.text
    assert "What you tell them" in preview.text
    assert "What they see" not in preview.text
    assert "I have told them" in preview.text
    wrong = caseworker.send_form(f"{one}/send", form_of(preview))
    assert wrong.status_code == 422
    assert "Say how you told them." in wrong.text
    done = caseworker.send_form(f"{one}/send", form_of(preview, channel="phone"))
    assert (done.status_code, done.location) == (303, one), done.text
    page = caseworker.get(one)
    assert "waiting since" in caseworker.get("/").text
    assert "Told outside the platform" in page.text
    assert re.search(r"recorded by [^,<]+, told by telephone", page.text)
    assert caseworker.get(f"{one}/heard/acknowledge").status_code == 404
    assert caseworker.get(f"{one}/heard/complete").status_code == 409
    heard = f"{one}/heard/decline"
    assert (
        "Choose a reason."
        in caseworker.send_form(heard, form_of(caseworker.get(heard), channel="phone")).text
    )
    heard = f"{one}/heard/accept"
    assert caseworker.send_form(heard, form_of(caseworker.get(heard), channel="phone")).status_code == 303
    heard = f"{one}/heard/schedule"
    on = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    typed = form_of(caseworker.get(heard), channel="phone", on=on, place="Door 7")
    assert caseworker.send_form(heard, typed).status_code == 303
    assert "Door 7" in caseworker.get(one).text
    letter = caseworker.send_form(f"{one}/letter", {"language": "en"})
    assert letter.data.startswith(b"%PDF")
    assert letter.headers["Cache-Control"] == "no-store"
    heard = f"{one}/heard/complete"
    typed = form_of(caseworker.get(heard), channel="phone", **{"outcomes.0": "served_full"})
    assert caseworker.send_form(heard, typed).status_code == 303
    assert world.state(UUID(one.rsplit("/", 1)[1])) == "completed"
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    assert "Tell them now" in caseworker.get(one).text
    assert "Tell them by telephone: sharing has ended" in caseworker.get("/").text
    version = world.page(world.sender, UUID(one.rsplit("/", 1)[1])).exchange.version
    told = caseworker.send_form(f"{one}/ending-told", {"channel": "phone", "version": str(version)})
    assert told.status_code == 303
    assert "They were told that sharing has ended" in caseworker.get(one).text
    for path in ("", "/heard/start", "/preview"):
        assert desks.stranger.get(f"{one}{path}").status_code in (403, 404)
        assert desks.worker.get(f"{one}{path}").status_code in (403, 404)
