"""What an organization is in the eyes of a refusal: every class of recipient it belongs to, and whose.

"Never my recruiter" must hit an organization that a recruiter runs, one with a recruiter on its board, and one
whose parent has. So the classes of an organization are its own and those of everybody that stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal
from uuid import UUID

from network.core import vocabulary

Via = Literal["self", "run_by", "board", "parent"]


@dataclass(frozen=True, slots=True)
class RecipientOf:
    """A class that an organization belongs to, or that stands behind it.

    ``country``: of which country that body is; None where nobody has said. ``organization_id``: the listing of that
    body, if it has one. ``via``: how it stands to the organization asked about: it is itself, it runs it, it sits
    on its board or it stands above it; for a body further behind, the first step on the way to it.
    """

    class_code: str
    country: str | None
    organization_id: UUID | None
    via: Via


@cache
def classes_around(class_code: str) -> frozenset[str]:
    """The class and every class that includes it: what a body of this class also is."""
    return frozenset(
        code
        for code in vocabulary.codes("recipient_classes")
        if class_code in vocabulary.classes_within(code)
    )


def expand(body: RecipientOf) -> frozenset[RecipientOf]:
    """The body under its class and under every class that includes it (an embassy is an authority)."""
    return frozenset(
        RecipientOf(code, body.country, body.organization_id, body.via)
        for code in classes_around(body.class_code)
    )


def is_hit_by(
    body: RecipientOf, refused_class: str, *, origin: str | None = None, destination: str | None = None
) -> bool:
    """Whether a refusal of ``refused_class`` hits this body, for a client of ``origin`` who is in ``destination``.

    An authority is of her own country or of the country where she is by its own country, whichever side its listing
    names: the police of her country are an authority of her country. Where a country is not known, refusals win.
    """
    vocabulary.check("recipient_classes", refused_class)
    whose = {"authority_origin": origin, "embassy_consulate": origin, "authority_destination": destination}
    if refused_class not in whose:
        return refused_class in classes_around(body.class_code)
    if refused_class == "embassy_consulate":
        concerned = body.class_code == "embassy_consulate"
    else:
        concerned = vocabulary.recipient_class(body.class_code).authority
    country = whose[refused_class]
    return concerned and (country is None or body.country is None or body.country == country)
