"""Whom she does not want to be told: asked before anything is asked that could lead to anybody's being told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases.models import Client
from network.cases.queries.clients import get_client
from network.consent.models import Consent
from network.consent.operations.asking import write_consent
from network.consent.operations.refuse import country_of, write_refusals
from network.consent.operations.telling import note, tell
from network.consent.queries import find_latest_consent, list_unasked, live_refusals, refused_persons
from network.consent.queries.speaking import list_children_unasked
from network.consent.states import ConsentState
from network.core.errors import Conflict, Invalid

# Of how she said it, what holds for her child as well: not her case, and not her words.
HOW = ("method", "language", "witness", "identity_check")


class RefusalsNotAsked(Conflict):
    """Nothing is asked for before it is known whom she does not want to be told."""

    code = "refusals-not-asked"


def check_refusals_asked(client_ids: Iterable[UUID]) -> None:
    """Raises ``RefusalsNotAsked`` where somebody was never asked whom she does not want to be told."""
    if list_unasked(client_ids):
        raise RefusalsNotAsked(_("Ask first whom the client does not want to be told."))


def record_never(client_id: UUID, said: Mapping[str, Any]) -> Consent:
    """Record whom she does not want to be told, or that she names nobody; ``said`` as ``NeverSchema`` loads it.

    ``also``: her children for whom the same holds. Raises ``Invalid`` where neither was said, or both.
    """
    codes = [*said["never"], *([said["never_more"]] if said["never_more"] else [])]
    refusals = [{"recipient_class": code} for code in dict.fromkeys(codes)]
    if said["never_person"]:
        refusals.append({"recipient_class": "named_person", "person": said["never_person"]})
    if not refusals and not said["nobody"]:
        raise Invalid(fields={"never": [_("Choose who must not be told, or that nobody was named.")]})
    if refusals and said["nobody"]:
        raise Invalid(fields={"nobody": [_("Somebody was named above. Take one of the two answers back.")]})
    consent = _record(client_id, said, refusals)
    record_for_children(client_id, said)
    return consent


def record_for_children(client_id: UUID, said: Mapping[str, Any]) -> None:
    """All her refusals that stand by now hold for those of her children whom she named (``also``), and who were asked
    nothing yet."""
    named = set(said.get("also") or ())
    children = [child for child in list_children_unasked(client_id) if child.id in named] if named else []
    if not children:
        return
    hers = _standing(client_id)
    for child in children:
        how = {name: said.get(name) for name in HOW}
        _record(child.id, how | {"nobody": not hers}, hers)


def _standing(client_id: UUID) -> list[dict[str, Any]]:
    """Her refusals that stand, as they are recorded of somebody else. Whose bodies a class means follows from whom
    it is recorded of."""
    persons = refused_persons(client_id)
    return [
        {
            "recipient_class": one.class_code,
            "organization_id": one.organization_id,
            "country": None if one.country == country_of(one.class_code, client_id) else one.country,
            "person": persons.get(one.id, ""),
        }
        for one in live_refusals(client_id)
    ]


def _record(client_id: UUID, said: Mapping[str, Any], refusals: Sequence[Mapping[str, Any]]) -> Consent:
    client = get_client(client_id, lock=True)
    consent = find_latest_consent(client_id)
    if consent is None:
        asked = {**said, "capacity": _capacity_of(client), "never_nobody": said["nobody"]}
        consent = write_consent(client, asked, ConsentState.REFUSED)
        note(consent, ConsentState.REFUSED.value)
        record("asked-refusals", "consent", consent.id)
    written = write_refusals(consent, refusals)
    if written or said["nobody"]:
        tell(consent, "refusal.added" if written else "refusal.nobody")
    return consent


def _capacity_of(client: Client) -> str:
    if client.deceased_on is not None:
        return "next_of_kin"
    return "parent" if client.is_child else "self"
