"""Registering a client in one go: card, safe contact, papers, and the case that begins with her needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.cases.models import Client
from network.cases.operations.casework import open_case
from network.cases.operations.clients import create_client
from network.cases.operations.contacts import add_contact
from network.cases.operations.documents import record_document
from network.cases.operations.relations import SEX_OF, link_clients
from network.cases.operations.search_keys import index_client
from network.cases.operations.team import join_team, restrict_client
from network.cases.queries.cases import list_cases_of, list_needs
from network.cases.queries.clients import get_client, list_team
from network.cases.states import CaseState
from network.core import vocabulary
from network.core.errors import Invalid
from network.directory.geo import get_place

# What registration takes beside the fields of the card.
OF_CASE = ("needs", "priority", "summary", "what_happened", "place_code")
_BESIDE = ("contacts", "documents", "restricted", "team", "children", *OF_CASE)
# The group of needs that a child who travels along has in common with her parent.
RETURN = "return"


def register_client(data: Mapping[str, Any]) -> Client:
    """Register a client. ``data`` holds, beside the fields of her card and ``age``:

    ``contacts`` and ``documents`` (lists of such records), ``restricted``, ``team`` (accounts), what opens a
    case at once: ``needs`` (codes), ``what_happened``, ``summary``, ``priority``, ``place_code``; and
    ``children`` who came along: each a client of her own, with a case of her own where a case is opened.
    Raises Invalid, for everything that is wrong with the card at once.
    """
    if data.get("place_code"):
        get_place(data["place_code"])
    client = create_client({code: value for code, value in data.items() if code not in _BESIDE})
    for place, contact in enumerate(data.get("contacts") or ()):
        with _named(f"contacts.{place}."):
            add_contact(client.id, contact, index=False)
    for place, document in enumerate(data.get("documents") or ()):
        with _named(f"documents.{place}."):
            record_document(client.id, document, index=False)
    for account_id in data.get("team") or ():
        join_team(client, account_id)
    if data.get("restricted"):
        restrict_client(client.id)
    index_client(client)
    if any(data.get(code) for code in ("needs", "what_happened", "summary")):
        told = {code: data[code] for code in OF_CASE if data.get(code)}
        open_case(client.id, restricted=data.get("restricted"), **told)
    for place, child in enumerate(data.get("children") or ()):
        hers = {"nationality": client.nationality, **child}
        with _named(f"children.{place}."):
            register_child(client.id, hers, hers.pop("relationship"), travels_along=True, with_case=True)
    return client


def register_child(
    parent_id: UUID,
    data: Mapping[str, Any],
    relationship: str,
    *,
    travels_along: bool = False,
    with_case: bool = False,
) -> Client:
    """Register a child as a client of her own, linked to a client, with the same team and as restricted.

    ``relationship`` is who the child is to the client: ``daughter``, ``son``, ``niece_nephew``; the first two
    say the sex where it is not told. ``with_case``: the child has a case of her own as well, if the client has
    one that is open, and in it whatever the client needs for a return that they make together.
    """
    parent = get_client(parent_id)
    data = {"sex": SEX_OF.get(relationship), **data}
    told = [data.get(code) for code in ("age_basis", "age", "birth_date", "birth_year")]
    if all(value in (None, "") for value in told):  # an infant's age is 0
        raise Invalid(fields={"age": [_("Enter the child's age in years, or choose 'may be under 18'.")]})
    child = register_client(data)
    for account_id in list_team(parent.id):
        join_team(child, account_id)
    link_clients(parent.id, child.id, relationship, travels_along=travels_along)
    if parent.restricted:
        restrict_client(child.id)
    if with_case:
        _open_along(parent, child, travels_along)
    return child


def _open_along(parent: Client, child: Client, travels_along: bool) -> None:
    open_ones = [case for case in list_cases_of(parent.id) if case.state == CaseState.OPEN]
    if not open_ones:
        return
    wanted = [need for need in list_needs(open_ones[0].id) if vocabulary.need(need.need_code).group == RETURN]
    open_case(child.id, needs=[need.need_code for need in wanted] if travels_along else ())


@contextmanager
def _named(prefix: str) -> Iterator[None]:
    """Name the fields of a part as the whole names them."""
    try:
        yield
    except Invalid as wrong:
        raise Invalid(
            wrong.message, {prefix + name: lines for name, lines in wrong.fields.items()}
        ) from wrong
