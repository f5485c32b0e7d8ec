"""Days on which the hours of a whole country do not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import RAISE, Schema, fields, validate

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.directory import operations
from network.directory.keeping_api.door import CursorSchema, HistoryOut, blueprint, several
from network.directory.queries import holdings
from network.directory.queries.holidays import get_day, history_of_days, list_days
from network.directory.schemas import CreatedOut
from network.directory.schemas.keeping import (
    HOLIDAY,
    PARTS,
    named_schema,
)
from network.web.doors import run_once
from network.web.forms import RequestSchema
from network.web.versions import given_version, with_etag

ENTITY = "schedule_exception"


class CountrySchema(RequestSchema):
    """One country, or all."""

    country = fields.String(load_default=None, validate=validate.Regexp(r"[A-Z]{2}\Z"))


class HolidayOut(Schema):
    """Days of a country, both ends included."""

    id = fields.UUID()
    country = fields.String()
    first_on = fields.Date()
    last_on = fields.Date()
    kind = fields.String()
    closed = fields.Boolean()
    opens_at = fields.String(allow_none=True)
    closes_at = fields.String(allow_none=True)
    description = fields.String(allow_none=True)


HolidaysOut = several(
    "HolidaysOut", HolidayOut, "Days that lie ahead or ended in the last month, by country and day."
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The state of a row, for its ETag."""

    version: int


@blueprint.route("/holidays", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(CountrySchema, location="query", unknown=RAISE)
@blueprint.response(200, HolidaysOut)
def holidays(given: dict[str, Any]) -> dict[str, Any]:
    """The days that hide the hours of a country; a service may keep its week on them."""
    return {"items": list_days(given["country"])}


@blueprint.route("/holidays", methods=["POST"])
@requires(Permission.TENANT_MANAGE)
@blueprint.arguments(named_schema("HolidaySchema", HOLIDAY))
@blueprint.response(201, CreatedOut)
def add_holiday(given: dict[str, Any]) -> dict[str, UUID]:
    """Keep days of a country: closed, or from when to when it is open."""
    country = given.pop("country")
    return {"id": run_once(lambda: operations.add_holiday(country, given))}


@blueprint.route("/holidays/history", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(CursorSchema, location="query", unknown=RAISE)
@blueprint.response(200, HistoryOut)
def holidays_history(given: dict[str, Any]) -> Any:
    """Who changed which days of which country, newest first."""
    return history_of_days(cursor=given["cursor"])


@blueprint.route("/holidays/<uuid:exception_id>", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
def holiday(exception_id: UUID) -> Response:
    """Days of a country, and the ETag by which they are changed."""
    told = HolidayOut().dump(get_day(exception_id))
    return with_etag(jsonify(told), _Seen(holdings.part_version(ENTITY, exception_id)))


@blueprint.route("/holidays/<uuid:exception_id>", methods=["PUT"])
@requires(Permission.TENANT_MANAGE)
@blueprint.arguments(named_schema("HolidayDaysSchema", PARTS[ENTITY]))
@blueprint.response(200, CreatedOut)
def save_holiday(given: dict[str, Any], exception_id: UUID) -> dict[str, UUID]:
    """Say the days anew; the country stays. Needs If-Match."""
    version = given_version()
    return {"id": run_once(lambda: operations.change_holiday(exception_id, given, version))}


@blueprint.route("/holidays/<uuid:exception_id>", methods=["DELETE"])
@requires(Permission.TENANT_MANAGE)
@blueprint.response(204)
def remove_holiday(exception_id: UUID) -> None:
    """Take the days back."""
    run_once(lambda: operations.remove_holiday(exception_id))
