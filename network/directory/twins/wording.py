"""Why two listings may be one, in words."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from network.directory import wording
from network.directory.queries.duplicates import Pair

REASONS: Final[dict[str, LazyString]] = {
    "name": _l("Alike by name"),
    "phone": _l("Same number"),
    "site": _l("Same website"),
    "mail": _l("Same e-mail"),
    "near": _l("Next to each other"),
}
STEPS = 20  # metres: closer than that is one door


def reasons(pair: Pair) -> list[str]:
    """What speaks for it, how far they are from each other, and that two organizations offer it."""
    told = [str(REASONS[code]) for code in pair.why if code != "near" or pair.metres is None]
    if pair.metres is not None:
        told.append(_away(pair.metres))
    if pair.apart:
        told.append(_("Of two organizations"))
    return told


def _away(metres: int) -> str:
    if metres <= STEPS:
        return _("At the same place")
    if metres < 1000:
        rounded = max(10, round(metres, -1))
        return ngettext("%(num)s metre from each other", "%(num)s metres from each other", rounded)
    return _("%(distance)s from each other", distance=wording.distance(metres / 1000))
