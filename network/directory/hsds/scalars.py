"""Single values as a request may give them: strictly read, and nothing else that Python would read as one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from marshmallow import fields

_WHOLE: Final = re.compile(r"-?[0-9]{1,40}\Z", re.ASCII)
_DECIMAL: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?\Z", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE | re.ASCII)
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+ -][0-9]{2}:?[0-9]{2})?)?\Z",
    re.ASCII,
)


class Whole(fields.Integer):
    """A whole number as digits, and nothing else that Python would read as one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not _WHOLE.match(str(value)):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Decimal(fields.Float):
    """A number as JSON writes it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if not _DECIMAL.match(str(value)):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """``true`` or ``false``; some languages write them with a capital."""

    truthy = {"true", "True"}
    falsy = {"false", "False"}


class Identifier(fields.UUID):
    """A UUID in its usual form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        if not _UUID.match(str(value)):
            raise self.make_error("invalid_uuid")
        return super()._deserialize(value, attr, data, **kwargs)


class Instant(fields.String):
    """ISO 8601 with or without time and offset; without an offset it is UTC. A plus may have become a space."""

    default_error_messages = {"invalid_instant": _l("Give a date and time as in 2026-11-22T09:30:00Z.")}  # type: ignore[dict-item]  # said when it is shown

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if not _INSTANT.match(text):
            raise self.make_error("invalid_instant")
        whole = text[:11].upper().replace(" ", "T") + text[11:].upper().replace(" ", "+")
        try:
            found = datetime.fromisoformat(whole)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid_instant") from None
