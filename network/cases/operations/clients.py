"""Registering a client and keeping her card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from network.audit.trail import record
from network.cases import ages, policies
from network.cases.card.fields import COLUMNS, FIELDS, SEALED
from network.cases.card.values import as_date, check_all
from network.cases.envelopes import opened, sealed
from network.cases.models import Client
from network.cases.operations.events import tell_cases_of
from network.cases.operations.search_keys import index_client
from network.cases.operations.team import join_team
from network.cases.queries.cards import card_of, home, home_today
from network.cases.queries.clients import get_client
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.core.references import new_reference
from network.core.versions import expect_version
from network.tenants.context import acting
from network.tenants.keys import create_key

CARD_FIELDS = {code: FIELDS[code] for code in (*SEALED, *COLUMNS)}
_AGE = ("age", "birth_date", "birth_year", "age_basis")
_DRAWS = 5


def create_client(data: Mapping[str, Any], *, origin_exchange_id: UUID | None = None) -> Client:
    """The client with her card and her key, on the team of who registers her. Raises Invalid. Whoever calls
    this makes her findable (``index_client``) once her contacts and papers are there too.

    ``data`` holds fields of the card by their codes, and ``age`` in years where that is what she told.
    """
    policies.check_keeps_cases(acting())
    told = check_all(CARD_FIELDS, {code: value for code, value in data.items() if code != "age"})
    if "name" not in told:
        raise Invalid(fields={"name": [_("Enter a name. A single name is enough.")]})
    told = _age_told(data, told)
    client_id = new_id()
    create_key(acting().tenant, client_id, "client")
    client = Client(
        tenant_id=acting().tenant,
        id=client_id,
        restricted=False,
        version=1,
        created_at=clock.now(),
        created_by=acting().account_id,
        origin_exchange_id=origin_exchange_id,
    )
    _write_card(client, told)
    _insert_with_reference(client)
    join_team(client, acting().account_id)
    record("registered", "client", client.id, fields=sorted(told))
    return client


def update_client(client_id: UUID, changes: Mapping[str, Any], version: int) -> Client:
    """Change fields of the card; an empty value clears one. Raises Invalid, and StaleVersion (with the card
    as it stands) where somebody else changed it since ``version``."""
    policies.check_keeps_cases(acting())
    client = get_client(client_id, lock=True)
    expect_version(client, version, theirs=card_of(client))
    told = check_all(CARD_FIELDS, {code: value for code, value in changes.items() if code != "age"})
    held = opened(client) | {code: getattr(client, code) for code in COLUMNS}
    if any(changes.get(code) for code in _AGE):
        held = {code: value for code, value in held.items() if code not in _AGE}
        told = _age_told(changes, told)
    after = {code: value for code, value in held.items() if code not in changes} | told
    if not after.get("name"):
        raise Invalid(fields={"name": [_("Enter a name. A single name is enough.")]})
    changed = sorted(code for code in CARD_FIELDS if after.get(code) != held.get(code))
    if not changed:
        return client
    _write_card(client, after)
    client.version += 1
    index_client(client)
    tell_cases_of(client.id, "client.changed", "client", client.id)
    record("changed", "client", client.id, fields=changed)
    return client


def _write_card(client: Client, told: Mapping[str, Any]) -> None:
    """Set what the centre counts by, and seal the rest."""
    birth_date = as_date(told.get("birth_date"))
    client.birth_year = birth_date.year if birth_date else told.get("birth_year")
    client.sex = told.get("sex") or "unknown"
    client.nationality = told.get("nationality")
    client.sector = told.get("sector")
    basis = told.get("age_basis", "may_be_under_18")
    client.is_child = ages.counts_as_child(basis, birth_date, client.birth_year, home_today())
    card = {code: told[code] for code in SEALED if told.get(code) not in (None, "", [])}
    client.sealed = sealed(client, card)


def _age_told(data: Mapping[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an age told as a date, in years, as a year, or not at all; the rest of ``told``'s
    fields stay. Raises Invalid."""
    basis = told.get("age_basis") or next(
        (basis for basis in ("birth_date", "age", "birth_year") if data.get(basis) not in (None, "")), None
    )
    kept = {code: value for code, value in told.items() if code not in _AGE} | {"age_basis": basis}
    today = home_today()
    if basis == "birth_date" and (birth_date := as_date(told.get("birth_date"))):
        _check_birth(birth_date.year, today, "birth_date", future=birth_date > today)
        return kept | {"birth_date": birth_date.isoformat(), "birth_year": birth_date.year}
    if basis == "age" and (years := data.get("age")) is not None:
        if isinstance(years, bool) or not isinstance(years, int) or not 0 <= years <= ages.OLDEST:
            raise Invalid(fields={"age": [_("Enter an age in years, such as 27.")]})
        return kept | {"birth_year": today.year - years}
    if basis == "age" and (year := told.get("birth_year")) is not None:
        # Told as an age some time ago, or to another centre.
        return kept | {"birth_year": year}
    if basis == "birth_year" and (year := told.get("birth_year")) is not None:
        _check_birth(year, today, "birth_year", future=year > today.year)
        return kept | {"birth_year": year}
    if basis in ("adult", "may_be_under_18"):
        return kept
    message = _("Enter an age, or choose 'adult, age not known' or 'may be under 18'.")
    raise Invalid(fields={basis or "age": [message]})


def _check_birth(year: int, today: date, field: str, *, future: bool) -> None:
    if future or year < today.year - ages.OLDEST:
        raise Invalid(fields={field: [_("Enter a date of birth in the past.")]})


def _insert_with_reference(client: Client) -> None:
    """Insert the client under a new reference; a rare one that is taken is drawn again."""
    prefix = home().reference_prefix
    for _draw in range(_DRAWS):
        client.reference = new_reference(prefix)
        try:
            with db.session.begin_nested():
                db.session.add(client)
                db.session.flush()
        except IntegrityError:
            continue
        return
    raise Conflict(_("No free reference number was found. Try again."))
