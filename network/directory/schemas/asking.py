"""What is asked of the directory, by forms and programs alike."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from network.core import vocabulary
from network.directory.eligibility import Profile
from network.directory.search import LARGEST_RADIUS_KM, LIMIT, SMALLEST_RADIUS_KM
from network.directory.search.criteria import LAST_PAGE, LONGEST_TEXT, NOW
from network.directory.states import WEEKDAYS
from network.web.forms import RequestSchema, coded, missing

_LANGUAGE = validate.Regexp(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_COUNTRY = validate.Regexp(r"[A-Z]{2}\Z")
_NEEDS = validate.OneOf(sorted(vocabulary.codes("needs")))
_RADIUS = validate.Range(SMALLEST_RADIUS_KM, LARGEST_RADIUS_KM)
SEXES = ("female", "male", "other")
OLDEST = 120
MIDDAY = "12:00"


class ChildSchema(RequestSchema):
    """A child who comes along."""

    sex = fields.String(load_default=None, validate=validate.OneOf(SEXES))
    age = fields.Integer(load_default=None, validate=validate.Range(0, OLDEST))


class ProfileSchema(RequestSchema):
    """Whom a service is looked for. Everything may be left out."""

    sex = fields.String(load_default=None, validate=validate.OneOf(SEXES))
    age = fields.Integer(load_default=None, validate=validate.Range(0, OLDEST))
    nationality = fields.String(load_default=None, validate=_COUNTRY)
    legal_status = coded("eligibility.legal_status", load_default=None)
    sector = coded("eligibility.sector", load_default=None)
    has_documents = fields.Boolean(load_default=None)
    children = fields.List(fields.Nested(ChildSchema), load_default=list, validate=validate.Length(max=20))


def profile(given: dict[str, Any] | None) -> Profile | None:
    """The profile that was sent, or None where nothing was said."""
    if not given or not any(value not in (None, []) for value in given.values()):
        return None
    children = tuple((child["sex"], child["age"]) for child in given["children"])
    return Profile(**(given | {"children": children}))


class CriteriaSchema(RequestSchema):
    """What is searched: any of the needs, near a place."""

    needs = fields.List(fields.String(validate=_NEEDS), load_default=list, validate=validate.Length(max=20))
    place = fields.String(load_default=None, validate=validate.Length(max=80))
    place_code = fields.String(load_default=None, validate=validate.Length(max=80))
    latitude = fields.Float(load_default=None, validate=validate.Range(-90, 90))
    longitude = fields.Float(load_default=None, validate=validate.Range(-180, 180))
    radius_km = fields.Float(load_default=None, validate=_RADIUS)
    language = fields.String(load_default=None, validate=_LANGUAGE)
    interpreters = fields.Boolean(load_default=False)
    organization_id = fields.UUID(load_default=None)
    text = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))
    open_at = fields.String(load_default="", validate=validate.Length(max=40))
    # The two inputs of a form that "SU 10:00" is made of.
    open_day = fields.String(load_default=None, validate=validate.OneOf((NOW, *WEEKDAYS)))
    open_time = fields.String(load_default=None, validate=validate.Length(max=10))
    capacity = fields.Boolean(load_default=False)
    verified = fields.Boolean(load_default=False)
    stale = fields.Boolean(load_default=False)
    referrals = fields.Boolean(load_default=False)
    kinds = fields.List(coded("recipient_classes"), load_default=list, validate=validate.Length(max=20))
    countries = fields.List(
        fields.String(validate=_COUNTRY), load_default=list, validate=validate.Length(max=20)
    )
    page = fields.Integer(load_default=1, validate=validate.Range(1, LAST_PAGE))
    limit = fields.Integer(load_default=None, validate=validate.Range(1, LIMIT))

    @post_load
    def one_moment(self, data: dict[str, Any], **_ignored: Any) -> dict[str, Any]:
        """The day and the time of a form are one moment."""
        day, time = data.pop("open_day", None), data.pop("open_time", None)
        if day == NOW:
            data["open_at"] = NOW
        elif day:
            data["open_at"] = f"{day} {(time or MIDDAY).zfill(5)}"
        return data

    @validates_schema
    def whole_position(self, data: dict[str, Any], **_ignored: Any) -> None:
        """Latitude and longitude come together."""
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise ValidationError(_("Give latitude and longitude together."), "latitude")


class SearchSchema(CriteriaSchema):
    """A search that has somebody in mind; it is kept on the server."""

    profile = fields.Nested(ProfileSchema, load_default=None)
    case_id = fields.UUID(load_default=None)


class FilterSchema(CriteriaSchema):
    """Criteria that a centre keeps under a name."""

    label = fields.String(
        required=True,
        validate=validate.Length(min=1, max=80),
        error_messages=missing(_l("Enter a name for the filter.")),
    )


class GapSchema(RequestSchema):
    """That nobody offers what is needed at a place."""

    need = fields.String(required=True, validate=_NEEDS)
    place_code = fields.String(required=True, validate=validate.Length(max=80))


class GapsSchema(RequestSchema):
    """Of which country the network's figures are asked for."""

    country = fields.String(load_default="", validate=validate.Regexp(r"([A-Z]{2})?\Z"))


class PlaceNameSchema(RequestSchema):
    """A name by which people ask for a place of the gazetteer."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    place_code = fields.String(required=True, validate=validate.Length(max=80))


class PlaceNameFormSchema(RequestSchema):
    """The same from a form, where the place may be typed."""

    name = fields.String(
        required=True, validate=validate.Length(min=1, max=80), error_messages=missing(_l("Enter a name."))
    )
    place = fields.String(load_default="", validate=validate.Length(max=80))
    place_code = fields.String(load_default="", validate=validate.Length(max=80))


class PlaceNamesSchema(RequestSchema):
    """Which names are asked for."""

    country = fields.String(load_default=None, validate=_COUNTRY)
