"""Recording what she allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Table, insert

from network.audit.trail import record
from network.cases.models import Client
from network.cases.queries.clients import get_client
from network.cases.queries.columns import ClientColumns
from network.consent.answers import NO
from network.consent.models import Consent, ConsentGrant
from network.consent.operations.asking import NOT_ALLOWED, problems_of_asking, write_consent
from network.consent.operations.never import record_for_children
from network.consent.operations.refuse import write_refusals
from network.consent.operations.telling import note, set_clocks, tell, visits_changed
from network.consent.states import ConsentState
from network.core import vocabulary
from network.core.db import write_later
from network.core.errors import Invalid
from network.core.ids import new_id
from network.directory.queries import check_listed

_NEW = insert(cast(Table, ConsentGrant.__table__))  # whoever reads it back asks the database


def record_consent(client_id: UUID, data: Mapping[str, Any]) -> Consent:
    """Record what she allowed and refused, and how she was asked; ``data`` as ``ConsentSchema`` loads it.

    Without any grant it records that she was asked and said no. Raises ``Invalid`` where the way she was
    asked lacks what it needs, or a grant asks for what its purpose cannot carry.
    """
    return record_consent_of(get_client(client_id, lock=True), data)


def record_consent_of(client: Client | ClientColumns, data: Mapping[str, Any]) -> Consent:
    """The same for a client whom the caller has locked."""
    wrong = problems_of_asking(client, data)
    grants: list[Mapping[str, Any]] = []
    for place, grant in enumerate(data.get("grants") or ()):
        if grant.get("answer") in NOT_ALLOWED:
            continue
        for name, lines in problems_of_grant(grant, data).items():
            wrong.setdefault(f"grants.{place}.{name}", []).extend(lines)
        grants.append(grant)
    check_listed({one["organization_id"] for one in grants if one.get("organization_id") is not None})
    if wrong:
        raise Invalid(fields=wrong)
    state = ConsentState.GIVEN if grants else ConsentState.REFUSED
    consent = write_consent(client, {**data, "said_no": _said_no(data)}, state)
    for grant in grants:
        _write_grant(consent, grant)
    note(consent, state.value)
    write_refusals(consent, data.get("refusals") or ())
    record_for_children(client.id, data)
    tell(consent, f"consent.{state.value}")
    visits_changed(client.id, {one["purpose"] for one in grants})
    record(state.value, "consent", consent.id, fields=sorted({one["purpose"] for one in grants}))
    return consent


def _said_no(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Each question that was answered with no: for which purpose and need, and of whom."""
    return [
        *(data.get("said_no") or ()),
        *(
            {"purpose": one["purpose"], "need": _need_of(one), **_whom(one)}
            for one in data.get("grants") or ()
            if one.get("answer") == NO
        ),
    ]


def _whom(grant: Mapping[str, Any]) -> dict[str, str | None]:
    """Of whom it was asked: of one organization, or of every body of a class in a country."""
    organization_id = grant.get("organization_id")
    if organization_id is not None:
        return {"to": str(organization_id)}
    return {
        "to": None,
        "recipient_class": grant.get("recipient_class"),
        "recipient_country": grant.get("recipient_country"),
    }


def _need_of(grant: Mapping[str, Any]) -> str | None:
    return grant.get("need") if vocabulary.purpose(grant["purpose"]).per == "need" else None


def problems_of_grant(grant: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """What makes a grant impossible: a category its purpose cannot carry, no need, no recipient."""
    if grant.get("answer") == "unanswered":
        return {"answer": [_("Choose yes or no.")]}
    purpose = vocabulary.purpose(grant["purpose"])
    categories = [vocabulary.category(code) for code in grant["categories"]]
    wrong: dict[str, list[str]] = {}
    if never := [one for one in categories if one.never_leaves or one.code not in purpose.allowed_categories]:
        wrong["categories"] = [
            _(
                "%(what)s cannot be given for this purpose.",
                what=", ".join(one.label(_locale()) for one in never),
            )
        ]
    elif len(categories) > 1 and any(one.own_grant for one in categories):
        own = [one.label(_locale()) for one in categories if one.own_grant]
        wrong["categories"] = [_("Ask for this by itself: %(what)s.", what=", ".join(own))]
    elif not categories and purpose.allowed_categories and purpose.default_categories:
        wrong["categories"] = [_("Choose what may be told.")]
    if purpose.per == "need" and not grant.get("need"):
        wrong["need"] = [_("Choose the need that this is for.")]
    if grant.get("organization_id") is None and not (
        grant.get("recipient_class") and grant.get("recipient_country")
    ):
        wrong["organization_id"] = [_("Choose who may be told: one organization, or a kind and a country.")]
    if purpose.confirm_understanding and not asked.get("understood"):
        wrong["purpose"] = [_("Explain what follows from this, and record that it was understood.")]
    return wrong


def _locale() -> str:
    return str(get_locale() or "en")


def _write_grant(consent: Consent, given: Mapping[str, Any]) -> None:
    expires_at: datetime = consent.given_at + timedelta(days=given["days"])
    organization_id = given.get("organization_id")
    grant_id = new_id()
    write_later(
        _NEW,
        {
            "tenant_id": consent.tenant_id,
            "id": grant_id,
            "consent_id": consent.id,
            "client_id": consent.client_id,
            "restricted": consent.restricted,
            "purpose": given["purpose"],
            "need_code": _need_of(given),
            "categories": sorted(set(given["categories"])),
            "recipient_organization_id": organization_id,
            "recipient_class": None if organization_id else given["recipient_class"],
            "recipient_country": None if organization_id else given["recipient_country"],
            "onward": bool(given.get("onward")),
            "expires_at": expires_at,
            "created_at": consent.given_at,
        },
    )
    note(consent, "given", grant_id=grant_id)
    set_clocks(grant_id, expires_at)
