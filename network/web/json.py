"""JSON in and out: strict about what it reads (no NaN, no endless nesting), quick about what it writes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from flask.json.provider import JSONProvider
from flask_babel.speaklater import LazyString


class StrictJSON(JSONProvider):
    """orjson for the whole application. Instants and identifiers become text by themselves."""

    def dumps(self, obj: Any, **_ignored: Any) -> str:
        """The JSON text of ``obj``."""
        return orjson.dumps(obj, default=_told).decode()

    def loads(self, s: str | bytes, **_ignored: Any) -> Any:
        """What a JSON text says; raises ``ValueError``, whatever is wrong with it."""
        return orjson.loads(s)


def _told(value: Any) -> Any:
    if isinstance(value, LazyString | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
