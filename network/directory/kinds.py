"""What kind of body an organization is, in words of the directory.

The vocabulary names the same classes as a client does who allows or refuses: "a service I am referred to".
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.core import vocabulary
from network.web.i18n import language

_NAMES: Mapping[str, LazyString] = {
    "own_centre": _l("Migrant resource centre"),
    "centre": _l("Migrant resource centre"),
    "service_provider": _l("Service provider"),
    "embassy_consulate": _l("Embassy, consulate or labour attaché"),
    "authority_origin": _l("Authority of a country of origin, or a body that it runs"),
    "authority_destination": _l("Authority of a country of destination"),
    "employer": _l("Employer, or a body with employers on its board"),
    "compatriots": _l("Community of people from one country"),
}
# What no organization is: people, and whom a client names.
_NOT_OFFERED = frozenset(
    {"own_centre", "named_person", "named_organization", "family", "spouse", "father_of_child", "public"}
)


def kind_label(code: str) -> str:
    """The kind of an organization, or of a body behind one, for the reader."""
    return str(_NAMES.get(code) or vocabulary.label("recipient_classes", code, language()))


def kind_choices() -> list[tuple[str, str]]:
    """(code, label) of the kinds that an organization may be."""
    codes = vocabulary.codes("recipient_classes")
    return [(code, kind_label(code)) for code in codes if code not in _NOT_OFFERED]
