"""What may be asked of the HSDS API: the standard's parameters and ours, strictly read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate, validates_schema

from network.directory.eligibility import OLDEST, Profile
from network.directory.geo import Point
from network.directory.hsds.scalars import Decimal, Flag, Identifier, Instant, Whole
from network.directory.search import LARGEST_RADIUS_KM, SMALLEST_RADIUS_KM
from network.web.forms import RequestSchema, coded

JSON, NDJSON = "json", "ndjson"
FORMATS: Final = (JSON, NDJSON)
PER_PAGE: Final = 50
LARGEST_PAGE: Final = 500
LARGEST_MINIMAL_PAGE: Final = 10_000
LAST_PAGE: Final = 1_000_000
LONGEST_SEARCH: Final = 200
RADIUS_M: Final = 50_000


def _text(description: str, longest: int = LONGEST_SEARCH) -> fields.String:
    return fields.String(
        load_default=None, validate=validate.Length(max=longest), metadata={"description": description}
    )


def _id(description: str) -> Identifier:
    return Identifier(load_default=None, metadata={"description": description})


def _flag(description: str) -> Flag:
    return Flag(load_default=False, metadata={"description": description})


def _instant(description: str) -> Instant:
    return Instant(load_default=None, metadata={"description": description, "format": "date-time"})


class ListSchema(RequestSchema):
    """What every list takes."""

    search = _text("Full text search.")
    page = Whole(
        load_default=1,
        validate=validate.Range(1, LAST_PAGE),
        metadata={"description": "The page of the result, from 1."},
    )
    per_page = Whole(
        load_default=None,
        validate=validate.Range(1, LARGEST_PAGE),
        metadata={"description": f"How many on a page; {PER_PAGE} if not said."},
    )
    format = fields.String(
        load_default=JSON,
        validate=validate.OneOf(FORMATS),
        metadata={
            "description": "json, or ndjson: everything that was found, an object a line, without pages."
        },
    )


class TermsSchema(ListSchema):
    """Terms of a taxonomy."""

    taxonomy_id = _id("Terms of this taxonomy.")
    top_only = _flag("Terms without a parent alone.")
    parent_id = _id("Terms below this one.")


class ListingsSchema(ListSchema):
    """What lists of services, organizations and services at locations take."""

    taxonomy_term_id = _id("With this term.")
    taxonomy_id = _id("With any term of this taxonomy.")
    organization_id = _id("Of this organization.")
    modified_after = _instant("Changed at or after this instant; tombstones of what is gone are told too.")
    full = _flag("Fully nested.")


class OrganizationsSchema(ListingsSchema):
    """Organizations."""

    full_service = _flag("With their services fully nested.")


class OrganizationSchema(RequestSchema):
    """One organization."""

    full_service = _flag("With its services fully nested.")


class EmptySchema(RequestSchema):
    """Nothing may be asked."""


class PlacedSchema(ListingsSchema):
    """Services and services at locations: where, when, for whom."""

    lat = Decimal(
        load_default=None,
        validate=validate.Range(-90, 90),
        metadata={
            "description": "Latitude of a point (WGS 84); with lon. What is found is told nearest first."
        },
    )
    lon = Decimal(
        load_default=None,
        validate=validate.Range(-180, 180),
        metadata={"description": "Longitude of the point."},
    )
    radius_m = Whole(
        load_default=None,
        validate=validate.Range(int(SMALLEST_RADIUS_KM * 1000), int(LARGEST_RADIUS_KM * 1000)),
        metadata={"description": f"Metres around the point; {RADIUS_M} if not said."},
    )
    open_at = _instant("Open at this instant, as far as hours are known.")
    language = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z"),
        metadata={"description": "Spoken there (BCP 47)."},
    )
    sex = fields.String(
        load_default=None,
        validate=validate.OneOf(("female", "male", "other")),
        metadata={"description": "Without those that do not take somebody of this sex."},
    )
    age = Whole(
        load_default=None,
        validate=validate.Range(0, OLDEST),
        metadata={"description": "Without those that do not take somebody of this age."},
    )
    nationality = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[A-Z]{2}\Z"),
        metadata={"description": "Without those that do not take this nationality (ISO 3166-1 alpha-2)."},
    )
    legal_status = coded(
        "eligibility.legal_status",
        load_default=None,
        metadata={"description": "Without those that do not take this status."},
    )
    sector = coded(
        "eligibility.sector",
        load_default=None,
        metadata={"description": "Without those that do not take this sector of work."},
    )
    has_documents = Flag(
        load_default=None, metadata={"description": "false: without those that demand documents."}
    )

    @validates_schema
    def whole_position(self, data: dict[str, Any], **_ignored: Any) -> None:
        """Latitude and longitude come together, and a radius needs them."""
        given = [data.get("lat") is not None, data.get("lon") is not None]
        if any(given) and not all(given):
            raise ValidationError(_("Give latitude and longitude together."), "lat" if given[0] else "lon")
        if data.get("radius_m") is not None and not all(given):
            raise ValidationError(_("Give latitude and longitude together."), "radius_m")


class ServicesSchema(PlacedSchema):
    """Services."""

    minimal = _flag(
        "The id and the time of the last change (and what the standard requires) alone; "
        f"{LARGEST_MINIMAL_PAGE} on a page if per_page is not said."
    )


class PlacesSchema(PlacedSchema):
    """Services at locations."""

    postcode = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={
            "description": "At a location or in a service area of this postal code; with proximity, around it."
        },
    )
    proximity = Whole(
        load_default=None,
        validate=validate.Range(1, int(LARGEST_RADIUS_KM * 1000)),
        metadata={"description": "Metres around the middle of the postcode."},
    )

    @validates_schema
    def around_something(self, data: dict[str, Any], **_ignored: Any) -> None:
        """A proximity is one to a postcode."""
        if data.get("proximity") is not None and not data.get("postcode"):
            raise ValidationError(_("Give a postcode with proximity."), "proximity")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which listings are asked for; all of it must hold. What is None is not asked."""

    search: str | None = None
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: datetime | None = None
    point: Point | None = None
    radius_m: int = RADIUS_M
    open_at: datetime | None = None
    language: str | None = None
    profile: Profile | None = None
    postcode: str | None = None
    proximity: int | None = None
    parent_id: UUID | None = None
    top_only: bool = False

    @property
    def for_a_copy(self) -> bool:
        """Whether nothing but the time of a change is asked: then what is gone belongs to the answer."""
        narrowing = (self.search, self.taxonomy_term_id, self.taxonomy_id, self.point, self.open_at, self.language,
                     self.profile, self.postcode)  # fmt: skip
        return self.modified_after is not None and all(one is None for one in narrowing)


_OF_A_PERSON: Final = ("sex", "age", "nationality", "legal_status", "sector", "has_documents")


def wanted(given: Mapping[str, Any]) -> Wanted:
    """What a checked request asks for."""
    person: dict[str, Any] = {name: given.get(name) for name in _OF_A_PERSON}
    somebody = any(value is not None for value in person.values())
    names = Wanted.__dataclass_fields__
    known = {name: value for name, value in given.items() if name in names and value is not None}
    if isinstance(known.get("search"), str):
        known["search"] = known["search"].strip() or None
    if given.get("lat") is not None:
        known["point"] = Point(given["lat"], given["lon"])
    return Wanted(**known, profile=Profile(**person) if somebody else None)
