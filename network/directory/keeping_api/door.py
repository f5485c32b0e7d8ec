"""What the doors of this package share: the blueprint, kinds of listings, history."""

from __future__ import annotations

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from network.core.errors import NotFound
from network.web.forms import RequestSchema

blueprint = Blueprint("listings_api", __name__, url_prefix="/api/v1", description="Keeping listings")
# Which fields there are depends on the section or the part that the address names; GET on it shows them.
FIELDS = {
    "required": True,
    "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
}
KINDS = {"organizations": "organization", "services": "service", "locations": "location"}


class ChangeOut(Schema):
    """One change of a listing; of a confidential place, that it changed and not what."""

    at = fields.AwareDateTime(attribute="change.at")
    entity = fields.String(attribute="change.entity")
    entity_id = fields.UUID(attribute="change.entity_id")
    action = fields.String(attribute="change.action")
    field = fields.String(attribute="change.field", allow_none=True)
    old_value = fields.Raw(attribute="change.old_value", allow_none=True)
    new_value = fields.Raw(attribute="change.new_value", allow_none=True)
    withheld = fields.Boolean(attribute="change.withheld")
    by = fields.String()
    by_roles = fields.String(attribute="change.by_roles", allow_none=True)


def several(name: str, one: type[Schema], told: str, *, paged: bool = False) -> type[Schema]:
    """The answer that holds several, in the order that ``told`` says; with the cursor of the next page."""
    more = {"next_cursor": fields.String(allow_none=True)} if paged else {}
    made = Schema.from_dict({"items": fields.List(fields.Nested(one)), **more}, name=name)
    made.__doc__ = told
    return made


HistoryOut = several("HistoryOut", ChangeOut, "Changes, newest first.", paged=True)


class CursorSchema(RequestSchema):
    """Where a list goes on."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=600))


def kind_of(plural: str) -> str:
    """The kind of listing that an address names; raises NotFound."""
    if plural not in KINDS:
        raise NotFound
    return KINDS[plural]
