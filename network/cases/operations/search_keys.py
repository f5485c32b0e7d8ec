"""Keeping up the keyed hashes by which a client is found: of her names, numbers and papers."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from network.cases import names, numbers
from network.cases.envelopes import opened
from network.cases.models import Client, ClientToken
from network.cases.queries.cards import home
from network.cases.queries.clients import list_contacts, list_documents
from network.cases.queries.search import token
from network.core.db import db
from network.tenants.keys import token_secret

MOST_TOKENS = 600


def index_client(client: Client) -> None:
    """Make the client findable by what her card, contacts and papers hold now, and by nothing else."""
    db.session.flush()
    secret = token_secret(client.tenant_id)
    wanted = {token(secret, form) for form in sorted(_forms(client))[:MOST_TOKENS]}
    of_client = (ClientToken.tenant_id == client.tenant_id) & (ClientToken.client_id == client.id)
    held = {bytes(one) for one in db.session.scalars(select(ClientToken.token).where(of_client))}
    if gone := held - wanted:
        db.session.execute(delete(ClientToken).where(of_client, ClientToken.token.in_(gone)))
    if fresh := wanted - held:
        db.session.execute(
            insert(ClientToken),
            [
                {
                    "tenant_id": client.tenant_id,
                    "token": one,
                    "client_id": client.id,
                    "restricted": client.restricted,
                }
                for one in sorted(fresh)
            ],
        )


def _forms(client: Client) -> set[str]:
    card, country = opened(client), home().country
    forms: set[str] = set()
    for name in (card.get("name", ""), *card.get("other_names", ())):
        forms |= names.keys(name).keys()
    for contact in list_contacts(client.id):
        if contact.number:
            forms |= numbers.phone_keys(contact.number, country)
    for document in list_documents(client.id):
        forms |= numbers.document_keys(document.details.get("number", ""))
    return forms
