"""Finding a client by a name, a number, a paper or a reference, by keyed hashes that only equal ones meet.

The database compares hashes; the names themselves are opened for the likeliest few alone, and ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Float, LargeBinary, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from network.cases import names, numbers
from network.cases.envelopes import opened
from network.cases.models import CaseFile, Client
from network.cases.queries.cards import ClientCard, card_of, home
from network.cases.queries.columns import ClientColumns, columns_of
from network.core.crypto import keyed_hash
from network.core.db import db
from network.core.errors import Invalid
from network.core.references import is_valid_reference, normalise_reference
from network.tenants.context import acting
from network.tenants.keys import token_secret, unwrap_key
from network.tenants.models import StoredKey

How = Literal["name", "number", "document", "reference"]
MOST_OPENED = 50
MOST_SHOWN = 20
TOKEN_BYTES = 16
FEWEST_DIGITS = 6
LONGEST_QUESTION = 300
# Nobody is shown who answers far less well than the best.
WORTH_SHOWING = 0.6

_CANDIDATES = text(
    """
    SELECT t.client_id, sum(q.weight) AS weight
    FROM unnest(:tokens, :weights) AS q (token, weight)
    JOIN client_token t ON t.tenant_id = :tenant AND t.token = q.token
    GROUP BY t.client_id
    ORDER BY 2 DESC, 1 DESC
    LIMIT :most
    """
).bindparams(
    bindparam("tokens", type_=ARRAY(LargeBinary())),
    bindparam("weights", type_=ARRAY(Float())),
    bindparam("tenant", type_=Uuid()),
)
_CLIENT, _KEY = Client.__table__.c, StoredKey.__table__.c
# Each with her key: whose key was destroyed is found by nobody.
_OPENABLE = select(*columns_of(Client, ClientColumns), _KEY.wrapped).where(
    _CLIENT.tenant_id == bindparam("tenant"),
    _CLIENT.id == func.any(bindparam("clients", type_=ARRAY(Uuid()))),
    _KEY.tenant_id == _CLIENT.tenant_id,
    _KEY.id == _CLIENT.id,
)


@dataclass(frozen=True)
class ClientHit:
    """A client who answers what was asked, and by what she was found. ``score``: 0 to 1."""

    client_id: UUID
    reference: str
    name: str
    other_names: tuple[str, ...]
    age_band: str
    sex: str
    nationality: str | None
    restricted: bool
    how: How
    score: float


def token(secret: bytes, form: str) -> bytes:
    """The keyed hash under which a form of a name or number is stored."""
    return keyed_hash(secret, form)[:TOKEN_BYTES]


def search_clients(question: str) -> list[ClientHit]:
    """The clients who answer a name, a number, a paper or a reference, best first, at most 20."""
    asked = question.replace("\x00", " ")[:LONGEST_QUESTION].strip()
    if not asked:
        return []
    if is_valid_reference(asked):
        found = _by_reference(normalise_reference(asked))
        if found:
            return found
    exact = _by_number(asked)
    return exact or _by_name(asked)


def client_by_reference(text: str) -> UUID:
    """The client whose reference this is; raises Invalid under ``related_reference``."""
    reference = normalise_reference(text)
    statement = select(Client.id).where(Client.tenant_id == acting().tenant, Client.reference == reference)
    found = db.session.scalars(statement).one_or_none() if is_valid_reference(text) else None
    if found is None:
        raise Invalid(fields={"related_reference": [_("No client has this reference.")]})
    return found


def _by_reference(reference: str) -> list[ClientHit]:
    mine = acting().tenant
    of_case = select(CaseFile.client_id).where(CaseFile.tenant_id == mine, CaseFile.reference == reference)
    statement = select(Client).where(
        Client.tenant_id == mine, (Client.reference == reference) | Client.id.in_(of_case)
    )
    return [_hit(card_of(client), "reference", 1.0) for client in db.session.scalars(statement)]


def _by_number(asked: str) -> list[ClientHit]:
    digits = sum(sign.isdecimal() for sign in asked)
    if digits >= FEWEST_DIGITS:
        found = _clients(_found(dict.fromkeys(numbers.phone_keys(asked, home().country), 1.0)))
        if found:
            return [_hit(card_of(client), "number", 1.0) for client in found[:MOST_SHOWN]]
    if not digits:
        return []
    found = _clients(_found(dict.fromkeys(numbers.document_keys(asked), 1.0)))
    return [_hit(card_of(client), "document", 1.0) for client in found[:MOST_SHOWN]]


def _by_name(asked: str) -> list[ClientHit]:
    weights = {form: key.weight for form, key in names.keys(asked).items()}
    found = [(client, opened(client)) for client in _clients(_found(weights))]
    scores = names.likenesses(
        asked, [(held.get("name", ""), *held.get("other_names", ())) for _client, held in found]
    )
    answering = [(score, *one) for score, one in zip(scores, found, strict=True) if score > 0]
    answering.sort(key=lambda one: (-one[0], one[1].reference))
    worth = answering[0][0] * WORTH_SHOWING if answering else 0
    return [
        _hit(card_of(client, held), "name", score)
        for score, client, held in answering[:MOST_SHOWN]
        if score >= worth
    ]


def _found(weights: dict[str, float]) -> list[UUID]:
    """The likeliest clients by the forms that they share, best first."""
    if not weights:
        return []
    secret = token_secret(acting().tenant)
    rows = db.session.execute(
        _CANDIDATES,
        {
            "tokens": [token(secret, form) for form in weights],
            "weights": list(weights.values()),
            "tenant": acting().tenant,
            "most": MOST_OPENED,
        },
    )
    return [row.client_id for row in rows]


def _clients(client_ids: list[UUID]) -> list[ClientColumns]:
    if not client_ids:
        return []
    asked = {"tenant": acting().tenant, "clients": client_ids}
    found = []
    for *columns, wrapped in db.session.execute(_OPENABLE, asked).all():
        client = ClientColumns(*columns)
        unwrap_key(client.tenant_id, client.id, wrapped)
        found.append(client)
    return found


def _hit(card: ClientCard, how: How, score: float) -> ClientHit:
    return ClientHit(
        client_id=card.id,
        reference=card.reference,
        name=card.name,
        other_names=card.other_names,
        age_band=card.age_band,
        sex=card.sex,
        nationality=card.nationality,
        restricted=card.restricted,
        how=how,
        score=score,
    )
