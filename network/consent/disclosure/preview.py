"""The part that is seen before anybody has accepted. It names nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from network.cases.queries import PreviewFacts
from network.consent.policies import shown_need
from network.core.errors import Invalid

# Spoken by so many of those who migrate that a language alone leads to nobody. Any other is left out.
COMMON_LANGUAGES: Final = frozenset({
    "am", "ar", "bn", "en", "es", "fa", "fil", "fr", "gu", "ha", "hi", "id", "jv", "km", "ku", "ml", "mr",
    "ms", "my", "ne", "om", "pa", "ps", "pt", "ro", "ru", "si", "so", "sw", "ta", "te", "th", "ti", "tl",
    "tr", "uk", "ur", "uz", "vi", "zh",
})  # fmt: skip
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+/-]{0,59}\Z")
_MOST_CODES: Final = 40


def preview_content(
    facts: PreviewFacts, need_codes: Iterable[str], extra: Mapping[str, Any]
) -> dict[str, Any]:
    """What a receiver may see before accepting, by field; what is not known is left out."""
    content: dict[str, Any] = {
        "needs": list(dict.fromkeys(shown_need(code) for code in need_codes)),
        "age_band": facts.age_band,
        "sex": facts.sex,
        "languages": [code for code in facts.languages if code.split("-")[0] in COMMON_LANGUAGES],
        "children": [age_band for age_band, _sex in facts.children],
    }
    for name, value in extra.items():
        if name in content or not names_nobody(name) or not names_nobody(value):
            raise Invalid("a preview holds codes, dates and figures only", fields={"preview_extra": [name]})
        content[name] = list(value) if isinstance(value, tuple) else value
    return {name: value for name, value in content.items() if value not in (None, "", [])}


def names_nobody(value: object) -> bool:
    """Whether it is a code, a date, a figure or a list of codes: never words that somebody typed."""
    if value is None or isinstance(value, bool | int):
        return True
    if isinstance(value, str):
        return bool(_CODE.match(value)) or not value
    if isinstance(value, list | tuple):
        return len(value) <= _MOST_CODES and all(isinstance(one, str) and names_nobody(one) for one in value)
    return False
