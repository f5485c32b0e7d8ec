"""What is asked of the trail, by the page and by the API, and what the API answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from network.audit.models import OUTCOMES
from network.oversight.queries import PLATFORM
from network.oversight.wording import ACTIONS
from network.web.forms import RequestSchema
from network.web.paging import LARGEST_PAGE, PAGE_SIZE

# Days before and after which there is another, in every time zone.
A_DAY = validate.Range(date(1970, 1, 1), date(2969, 12, 31))


class TrailQuery(RequestSchema):
    """Which entries. ``who`` is an account, or ``platform``; ``about`` a reference or an id."""

    since = fields.Date(load_default=None, validate=A_DAY)
    until = fields.Date(load_default=None, validate=A_DAY)
    action = fields.String(load_default=None, validate=validate.OneOf(list(ACTIONS)))
    who = fields.String(
        load_default=None,
        validate=validate.Regexp(rf"({PLATFORM}|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})\Z"),
    )
    about = fields.String(load_default=None, validate=validate.Length(max=60))
    outcome = fields.String(load_default=None, validate=validate.OneOf(OUTCOMES))

    @validates_schema
    def in_order(self, data: dict[str, Any], **_ignored: Any) -> None:
        """A period begins before it ends."""
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError({"until": [_l("The last day lies before the first.")]})


class TrailPageQuery(TrailQuery):
    """Which entries, and which page of them."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=600))


class TrailApiQuery(TrailPageQuery):
    """The same for a program, which also says how many it takes at once."""

    size = fields.Integer(load_default=PAGE_SIZE, validate=validate.Range(1, LARGEST_PAGE))


class EntryOut(Schema):
    """One entry: codes and ids, with the colleague's name and the record's reference where there is one."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    actor_kind = fields.String()
    account_id = fields.UUID(allow_none=True)
    name = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    action = fields.String()
    object_kind = fields.String()
    object_id = fields.UUID(allow_none=True)
    reference = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    outcome = fields.String()
    reason = fields.String(allow_none=True)
    request_id = fields.String(allow_none=True)
    hash = fields.Function(lambda entry: entry.hash.hex())


class TrailOut(Schema):
    """A page of the trail, newest first."""

    items = fields.List(fields.Nested(EntryOut))
    next_cursor = fields.String(allow_none=True)
