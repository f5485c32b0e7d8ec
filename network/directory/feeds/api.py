"""Imports and exports of listings in JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.db import unit_of_work
from network.directory.feeds import operations, queries
from network.directory.feeds.schemas import (
    BODY_BYTES,
    AskedAfterOut,
    CursorQuery,
    ExportQuery,
    ImportOut,
    ImportsOut,
    NotInSourcesOut,
    RowsOut,
    RowsQuery,
    StillThereSchema,
    UploadSchema,
    uploaded,
)
from network.directory.feeds.sources import missing as gone
from network.directory.feeds.writing import sending
from network.web.doors import run_once
from network.web.security import takes_files

blueprint = Blueprint(
    "feeds_api", __name__, url_prefix="/api/v1", description="Imports and exports of listings"
)


@blueprint.route("/listing-imports", methods=["POST"])
@takes_files(BODY_BYTES)
@requires(Permission.LISTING_IMPORT)
@blueprint.arguments(UploadSchema, location="form")
@blueprint.response(201, ImportOut)
def upload(given: dict[str, Any]) -> Any:
    """Send a file (multipart/form-data, field ``file``, 25 MB at most; a mapping of one's own as ``mapping_file``).

    It is compared with the directory in the background; nothing is written before it is started.
    """
    wanted = uploaded(given)
    return queries.get_import(run_once(lambda: operations.start_import(**wanted)))


@blueprint.route("/listing-imports", methods=["GET"])
@requires(Permission.LISTING_IMPORT)
@blueprint.arguments(CursorQuery, location="query")
@blueprint.response(200, ImportsOut)
def imports(given: dict[str, Any]) -> Any:
    """The imports of this organization, newest first."""
    return queries.list_imports(given["cursor"])


@blueprint.route("/listing-imports/<uuid:import_id>", methods=["GET"])
@requires(Permission.LISTING_IMPORT)
@blueprint.response(200, ImportOut)
def one_import(import_id: UUID) -> Any:
    """Where an import stands: ``position`` of ``rows``, and how many rows of which outcome."""
    return queries.get_import(import_id)


@blueprint.route("/listing-imports/<uuid:import_id>/rows", methods=["GET"])
@requires(Permission.LISTING_IMPORT)
@blueprint.arguments(RowsQuery, location="query")
@blueprint.response(200, RowsOut)
def rows(given: dict[str, Any], import_id: UUID) -> Any:
    """What would become of each row, or did, with the values that were set aside."""
    return queries.list_rows(queries.get_import(import_id), **given)


@blueprint.route("/listing-imports/<uuid:import_id>/start", methods=["POST"])
@requires(Permission.LISTING_IMPORT)
@blueprint.response(202, ImportOut)
def start(import_id: UUID) -> Any:
    """Have an import carried out in the background."""

    def begun() -> UUID:
        operations.begin_import(import_id)
        return import_id

    return queries.get_import(run_once(begun))


@blueprint.route("/listing-imports/<uuid:import_id>", methods=["DELETE"])
@requires(Permission.LISTING_IMPORT)
@blueprint.response(204)
def give_up(import_id: UUID) -> None:
    """Give an import up; nothing of its file is kept."""
    with unit_of_work():
        operations.give_up_import(import_id)


@blueprint.route("/listing-imports/missing", methods=["GET"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(CursorQuery, location="query")
@blueprint.response(200, NotInSourcesOut)
def missing(given: dict[str, Any]) -> Any:
    """Listings of this organization that their source no longer holds. They are kept until somebody answers."""
    return gone.list_missing(given["cursor"])


@blueprint.route("/listing-imports/missing/<uuid:source_id>", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(StillThereSchema)
@blueprint.response(200, AskedAfterOut)
def answer_missing(given: dict[str, Any], source_id: UUID) -> Any:
    """Say that it is still there, or have it taken off the list."""
    return {"entity_id": run_once(lambda: gone.answer_missing(source_id, **given))}


@blueprint.route("/listing-exports/<string:form>", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(ExportQuery, location="query")
def export(given: dict[str, Any], form: str) -> Response:
    """Listings as a file: json, ndjson, csv (a zipped datapackage) or xlsx."""
    return sending.exported(form, own=given["whose"] == "own")
