"""What hangs on a listing of one's own, one part at a time; each has its own ETag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, jsonify

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import NotFound
from network.directory import operations
from network.directory.keeping_api.door import FIELDS, blueprint, kind_of
from network.directory.queries import holdings, keeping
from network.directory.queries.reports import as_json
from network.directory.schemas import CreatedOut
from network.directory.schemas.keeping import (
    PARTS,
    parts_of,
    schema_of,
)
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version, with_etag


@dataclass(frozen=True, slots=True)
class _Seen:
    """The state of a part, for its ETag."""

    version: int


@blueprint.route("/listings/<plural>/<uuid:listing_id>/parts", methods=["GET"])
@requires(Permission.LISTING_EDIT)
def parts(plural: str, listing_id: UUID) -> Response:
    """Telephones, contacts, addresses, prices, papers, days with other hours… of a listing of yours."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    entities = parts_of(kind, confidential=getattr(listing, "confidential", False))
    hanging = holdings.parts_of(kind, listing_id, entities)
    return jsonify({entity: [_told(entity, row) for row in rows] for entity, rows in hanging.items()})


@blueprint.route("/listings/<plural>/<uuid:listing_id>/parts/<entity>", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.doc(requestBody=FIELDS)
@blueprint.response(201, CreatedOut)
def add_part(plural: str, listing_id: UUID, entity: str) -> dict[str, UUID]:
    """Add a part to a listing of yours, with the fields that its form has."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    if entity not in parts_of(kind, confidential=getattr(listing, "confidential", False)):
        raise NotFound
    given = forms.load_json(schema_of(PARTS[entity]))
    return {"id": run_once(lambda: operations.add_part(entity, given, **{f"{kind}_id": listing_id}))}


@blueprint.route("/listing-parts/<entity>/<uuid:part_id>", methods=["GET"])
@requires(Permission.LISTING_EDIT)
def part(entity: str, part_id: UUID) -> Response:
    """A part of a listing of yours, and the ETag by which it is changed."""
    row = _mine(entity, part_id)
    return with_etag(jsonify(_told(entity, row)), _Seen(holdings.part_version(entity, part_id)))


@blueprint.route("/listing-parts/<entity>/<uuid:part_id>", methods=["PUT"])
@requires(Permission.LISTING_EDIT)
@blueprint.doc(requestBody=FIELDS)
@blueprint.response(200, CreatedOut)
def save_part(entity: str, part_id: UUID) -> dict[str, UUID]:
    """Save a part. Needs If-Match; what is left out is emptied."""
    _mine(entity, part_id)
    given, version = forms.load_json(schema_of(PARTS[entity])), given_version()
    return {"id": run_once(lambda: _changed(entity, part_id, given, version))}


@blueprint.route("/listing-parts/<entity>/<uuid:part_id>", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def remove_part(entity: str, part_id: UUID) -> None:
    """Take a part away. Needs If-Match."""
    _mine(entity, part_id)
    version = given_version()
    run_once(lambda: _removed(entity, part_id, version))


def _mine(entity: str, part_id: UUID) -> Any:
    if entity not in PARTS:
        raise NotFound
    return holdings.get_part(entity, part_id)


def _told(entity: str, row: Any) -> dict[str, Any]:
    return {"id": str(row.id), **{one.name: as_json(getattr(row, one.name)) for one in PARTS[entity]}}


def _changed(entity: str, part_id: UUID, given: dict[str, Any], version: int) -> UUID:
    operations.change(entity, part_id, given, version=version)
    return part_id


def _removed(entity: str, part_id: UUID, version: int) -> UUID:
    operations.remove(entity, part_id, version=version)
    return part_id
