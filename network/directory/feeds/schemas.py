"""What the doors of imports and exports take and tell."""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request, request
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from network.core.errors import Invalid
from network.directory.feeds import mapping
from network.directory.feeds.operations import LONGEST_SOURCE
from network.directory.feeds.reading.archives import LARGEST_FILE
from network.directory.feeds.records import Unreadable
from network.directory.states import IMPORT_OUTCOMES, VISIBILITIES
from network.web.forms import RequestSchema

BODY_BYTES = LARGEST_FILE + 1024 * 1024


class UploadSchema(RequestSchema):
    """Beside the file: where it comes from, which mapping it takes, who may read what comes of it."""

    source = fields.String(required=True, validate=validate.Length(1, LONGEST_SOURCE))
    mapping = fields.String(load_default=None, metadata={"description": "The name of a stored mapping."})
    visibility = fields.String(load_default="network", validate=validate.OneOf(VISIBILITIES))
    confidential = fields.Boolean(load_default=False)


class RowsQuery(RequestSchema):
    """Which rows of an import."""

    outcome = fields.String(load_default=None, validate=validate.OneOf(IMPORT_OUTCOMES))
    entity = fields.String(load_default=None, validate=validate.Length(max=40))
    doubtful = fields.Boolean(load_default=False)
    cursor = fields.String(load_default=None)


class RowsPageQuery(RowsQuery):
    """Which rows a page shows: without a wish those that somebody had better look at."""

    every = fields.Boolean(load_default=False)


class CursorQuery(RequestSchema):
    """The next page of a list."""

    cursor = fields.String(load_default=None)


class ExportQuery(RequestSchema):
    """Whose listings: those that one keeps oneself, or all that may be read."""

    whose = fields.String(load_default="own", validate=validate.OneOf(("own", "all")))


class ImportOut(Schema):
    """Where an import stands."""

    id = fields.UUID(required=True)
    source = fields.String(required=True)
    state = fields.String(required=True)
    problem = fields.String(allow_none=True)
    size_bytes = fields.Integer(required=True)
    records = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    position = fields.Integer(required=True)
    totals = fields.Dict(required=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)


class PartOut(Schema):
    """A page of a list, and what asks for the next one; nothing where there is none."""

    next_cursor = fields.String(allow_none=True)


class ImportsOut(PartOut):
    """A page of imports."""

    items = fields.List(fields.Nested(ImportOut), required=True)


class NotInSourceOut(Schema):
    """A listing that its source no longer holds."""

    source_id = fields.UUID(required=True)
    entity = fields.String(required=True)
    entity_id = fields.UUID(required=True)
    name = fields.String(required=True)
    source = fields.String(required=True)
    since = fields.DateTime(required=True)


class NotInSourcesOut(PartOut):
    """A page of them, those that have been missing longest first."""

    items = fields.List(fields.Nested(NotInSourceOut), required=True)


class StillThereSchema(RequestSchema):
    """Whether a listing that its source no longer holds is still there."""

    still_there = fields.Boolean(required=True)


class AskedAfterOut(Schema):
    """The listing about which an answer was given."""

    entity_id = fields.UUID(required=True)


class PlaceCode(Schema):
    """A place of the gazetteer by its code."""

    code = fields.String(required=True)


class RowOut(Schema):
    """What becomes of a row, and why."""

    number = fields.Integer(required=True)
    line = fields.String(required=True)
    entity = fields.String(required=True)
    foreign_id = fields.String(required=True)
    outcome = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)
    changes = fields.Dict(required=True)
    doubts = fields.List(fields.List(fields.String()), required=True)
    meant = fields.Dict(
        keys=fields.String(),
        values=fields.Pluck(PlaceCode, "code"),
        metadata={
            "description": "By field: the code of the one place that a town with a slip may be. Never taken."
        },
    )


class RowsOut(PartOut):
    """A page of rows."""

    items = fields.List(fields.Nested(RowOut), required=True)


def _closed(answer: Response) -> Response:
    for file in request.files.values():
        file.close()
    return answer


def uploaded(given: dict[str, Any]) -> dict[str, Any]:
    """The file of this request with what was said of it, as ``operations.start_import`` takes it. Raises Invalid."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(fields={"file": [_("Choose a file.")]})
    own = request.files.get("mapping_file")
    try:
        found = mapping.named(given["mapping"]) if given["mapping"] else None
        if own is not None and own.filename:
            found = mapping.parse(own.stream.read(mapping.LARGEST_MAPPING + 1))
            own.stream.seek(0)
    except Unreadable as wrong:
        raise Invalid(fields={"mapping": [mapping.told(wrong)]}) from None
    data = sent.stream.read(LARGEST_FILE + 1)
    sent.stream.seek(0)  # the door reads it again, to know the request by
    after_this_request(_closed)
    return {
        "data": data,
        "file_name": sent.filename,
        "source": given["source"],
        "mapped": found,
        "visibility": given["visibility"],
        "confidential": given["confidential"],
    }
