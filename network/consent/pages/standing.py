"""What stands: grants, refusals, who was told what and when, and how she was asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.accounts.queries import names_of
from network.audit.trail import record
from network.cases.parts import acts_in
from network.cases.queries import list_cases_of
from network.consent.disclosure import wording
from network.consent.pages.showing import blueprint, case_and_card, grant_rows, refusal_rows, show
from network.consent.queries import (
    KnownTo,
    consent_record,
    expiring,
    get_consent,
    list_consents,
    list_grants,
    live_grants,
    organization_names,
    who_knows_what,
)
from network.consent.terms import GrantTerms
from network.consent.wording import said_no_lines
from network.core import clock
from network.core.db import unit_of_work
from network.core.errors import NotFound


@blueprint.get("/cases/<uuid:case_id>/consent")
@requires(Permission.CASE_VIEW)
def of_case(case_id: UUID) -> ResponseReturnValue:
    """What she allows now, what she refuses, and what has ended."""
    with unit_of_work():
        case, card = case_and_card(case_id)
        now = clock.now()
        grants, known = list_grants(card.id), who_knows_what(card.id)
        live = [one for one in grants if one.state(now) == "live"]
        page: dict[str, Any] = {
            "grants": grant_rows(live),
            "ended": grant_rows(one for one in grants if one.state(now) != "live"),
            "refusals": refusal_rows(card.id),
            "consents": list_consents(card.id),
            "known": known,
            "stops": stops(live, known),
        }
        record("viewed", "consent", case_id, fields=["grants", "refusals"])
    return show("of_case", case=case, card=card, now=now, next_steps=acts_in(case_id), **page)


@blueprint.get("/cases/<uuid:case_id>/parts/consent")
@requires(Permission.CASE_VIEW)
def part(case_id: UUID) -> ResponseReturnValue:
    """The case page's part: what stands, in a few lines. Without htmx, the whole page."""
    if not request.headers.get("HX-Request"):
        return redirect(url_for(".of_case", case_id=case_id))
    with unit_of_work():
        case, card = case_and_card(case_id)
        page: dict[str, Any] = {
            "grants": grant_rows(live_grants(card.id)),
            "refusals": refusal_rows(card.id),
            "expiring": {one.grant_id for one in expiring(card.id)},
            "known": who_knows_what(card.id),
        }
        record("viewed", "consent", case_id, fields=["grants", "refusals"])
    return show("part", case=case, card=card, **page)


@blueprint.get("/cases/<uuid:case_id>/consent/told")
@requires(Permission.CASE_VIEW)
def told(case_id: UUID) -> ResponseReturnValue:
    """Who was told what, when."""
    with unit_of_work():
        case, card = case_and_card(case_id)
        known = who_knows_what(card.id)
        names = names_of({one.account_id for each in known for one in each.disclosures})
        record("viewed", "disclosure", case_id)
    return show(
        "told", case=case, card=card, known=known, names=names, now=clock.now(), field_words=field_words
    )


@blueprint.get("/consents/<uuid:consent_id>")
@requires(Permission.CASE_VIEW)
def asked(consent_id: UUID) -> ResponseReturnValue:
    """One time she was asked: how, by whom, and what she said."""
    with unit_of_work():
        consent = consent_record(get_consent(consent_id))
        case_id = consent.case_id or next((case.id for case in list_cases_of(consent.client_id)), None)
        if case_id is None:
            raise NotFound
        case, card = case_and_card(case_id)
        grants = [terms for terms in list_grants(consent.client_id) if terms.consent_id == consent.id]
        names = names_of({consent.recorded_by})
        record("viewed", "consent", consent_id, fields=["restatement"])
    about: dict[str, Any] = {
        "consent": consent,
        "grants": grant_rows(grants),
        "names": names,
        "now": clock.now(),
        "said_no": said_no_lines(consent.asked.get("said_no") or ()),
    }
    return show("asked", case=case, card=card, **about)


def stops(grants: Iterable[GrantTerms], known: Iterable[KnownTo]) -> list[tuple[UUID, str]]:
    """The organizations for which there is something to stop: a grant names them, or something lies with them."""
    found = organization_names({one.organization_id for one in grants if one.organization_id})
    found |= {
        one.organization_id: one.organization
        for one in known
        if any(told.sealed_at is None for told in one.disclosures)
    }
    return sorted(found.items(), key=lambda one: one[1].casefold())


def field_words(fields: tuple[str, ...]) -> list[str]:
    """The names of fields that were told, in words, each once."""
    found = []
    for code in fields:
        category, _dot, field = code.partition(".")
        found.append(
            str(wording.preview_label(field) if category == "preview" else wording.field_label(field))
        )
    return list(dict.fromkeys(found))
