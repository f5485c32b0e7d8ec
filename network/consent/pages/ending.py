"""Taking consent back, in two taps: what will happen is said before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.consent import operations as do
from network.consent.pages.showing import blueprint, case_and_card, done, grant_rows, show
from network.consent.queries import (
    DisclosureRecord,
    StandsWith,
    disclosures_of,
    disclosures_under,
    ended_services,
    list_grants,
    live_grants,
    running_services,
    stands_with,
)
from network.consent.schemas import WithdrawSchema
from network.consent.terms import GrantTerms
from network.core import clock
from network.core.db import unit_of_work
from network.core.errors import Invalid, NotFound
from network.web import forms
from network.web.doors import run_once


@dataclass(frozen=True)
class _Part:
    """What is to be taken back: one grant, everything for one organization, or, where neither is named, all."""

    grant_id: UUID | None
    organization_id: UUID | None

    def address(self) -> dict[str, UUID]:
        """The same as the address carries it."""
        named = {"grant": self.grant_id, "organization": self.organization_id}
        return {name: value for name, value in named.items() if value is not None}


@blueprint.get("/cases/<uuid:case_id>/consent/withdrawal")
@requires(Permission.CONSENT_RECORD)
def withdrawal(case_id: UUID) -> ResponseReturnValue:
    """Say what will happen: of one grant (``grant``), of all for one organization (``organization``), or of
    everything."""
    return _page(case_id, _part())


@blueprint.post("/cases/<uuid:case_id>/consent/withdrawal")
@requires(Permission.CONSENT_RECORD)
def withdraw(case_id: UUID) -> ResponseReturnValue:
    """Carry it out: what was sent is sealed when the next page shows."""
    part = _part()
    try:
        given = forms.load(WithdrawSchema, request.form)
        sent = _sent_under(case_id, part)
        run_once(lambda: _withdraw(case_id, part, given["leaves"]))
    except Invalid as wrong:
        return _page(case_id, part, wrong.fields)
    said = _("Consent is withdrawn. Whatever was sent under it is sealed.")
    if not sent:
        said = _("Consent is withdrawn. Nothing had been sent under it.")
    elif given["leaves"] == "service" and any(one.sealed_at is None for one in sent):
        said = _("Consent is withdrawn, what was sent is sealed, and the request to the service is recalled.")
    return done(".of_case", said, case_id=case_id)


def _withdraw(case_id: UUID, part: _Part, leaves: str) -> UUID:
    _case, card = case_and_card(case_id)
    if part.grant_id is not None:
        _mine(card.id, part.grant_id)
        return do.withdraw_grant(part.grant_id, leaves).id
    if part.organization_id is not None:
        do.withdraw_from(card.id, part.organization_id, leaves)
    else:
        do.withdraw_all(card.id, leaves)
    return card.id


def _sent_under(case_id: UUID, part: _Part) -> list[DisclosureRecord]:
    """What was ever sent under it, sealed by now or not: asked again, the answer stays the same."""
    _case, card = case_and_card(case_id)
    told = disclosures_of(card.id)
    if part.grant_id is not None:
        return [one for one in told if part.grant_id in one.grant_ids]
    if part.organization_id is not None:
        return [one for one in told if one.organization_id == part.organization_id]
    return told


def _part() -> _Part:
    grant, organization = request.args.get("grant"), request.args.get("organization")
    return _Part(
        forms.as_uuid(grant, "grant") if grant else None,
        forms.as_uuid(organization, "organization") if organization and not grant else None,
    )


def _mine(client_id: UUID, grant_id: UUID) -> None:
    """The grant is this client's; raises ``NotFound``."""
    if grant_id not in {terms.id for terms in list_grants(client_id)}:
        raise NotFound


def _stays_with(
    client_id: UUID, grants: Iterable[GrantTerms], sealed: Collection[DisclosureRecord]
) -> list[tuple[UUID, str]]:
    """Whom it concerns that can read something else of hers all the same: (organization, name)."""
    whom = {terms.organization_id for terms in grants} | {one.organization_id for one in sealed}
    gone, now = {one.id for one in sealed}, clock.now()
    left = (one for one in disclosures_of(client_id) if one.organization_id in whom and one.id not in gone)
    return list({one.organization_id: one.organization for one in left if one.is_open(now)}.items())


def _page(case_id: UUID, part: _Part, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    stands: StandsWith | None = None
    with unit_of_work():
        case, card = case_and_card(case_id)
        grants = live_grants(card.id)
        if part.grant_id is not None:
            _mine(card.id, part.grant_id)
            grants = tuple(terms for terms in grants if terms.id == part.grant_id)
            disclosed = disclosures_under([part.grant_id])
        elif part.organization_id is not None:
            stands = stands_with(card.id, part.organization_id)
            grants, disclosed = stands.named, list(stands.lying)
        else:
            disclosed = [one for one in disclosures_of(card.id) if one.sealed_at is None]
        asked = [one.exchange_id for one in disclosed]
        page: dict[str, Any] = {"grants": grant_rows(grants), "disclosed": disclosed}
        page["stays"] = _stays_with(card.id, grants, disclosed) if part.grant_id is not None else []
        page |= {"running": running_services(asked), "ended": ended_services(asked)}
        record("viewed", "consent", case_id, fields=["grants"])
    values = request.form if errors else {"leaves": "sharing"}
    return show(
        "withdrawal", errors, case=case, card=card, part=part.address(), stands=stands, values=values, **page
    )
