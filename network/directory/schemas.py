"""What is asked of the directory and what it answers, for pages and programs alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, pre_dump, validate, validates_schema

from network.core import vocabulary
from network.directory.eligibility import Profile
from network.directory.queries import Listing
from network.directory.search import LARGEST_RADIUS_KM, SMALLEST_RADIUS_KM
from network.web.forms import RequestSchema, coded

_LANGUAGE = validate.Regexp(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_COUNTRY = validate.Regexp(r"[A-Z]{2}\Z")
_NEEDS = validate.OneOf(sorted(vocabulary.codes("needs")))
_RADIUS = validate.Range(SMALLEST_RADIUS_KM, LARGEST_RADIUS_KM)
SEXES = ("female", "male", "other")
OLDEST = 120


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
    organization_id = fields.UUID(load_default=None)

    @validates_schema
    def whole_position(self, data: dict[str, Any], **_ignored: Any) -> None:
        """Latitude and longitude come together."""
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise ValidationError(_("Give latitude and longitude together."), "latitude")


class SearchSchema(CriteriaSchema):
    """A search that has somebody in mind; it is kept on the server."""

    profile = fields.Nested(ProfileSchema, load_default=None)
    case_id = fields.UUID(load_default=None)


class GapSchema(RequestSchema):
    """That nobody offers what is needed at a place."""

    need = fields.String(required=True, validate=_NEEDS)
    place_code = fields.String(required=True, validate=validate.Length(max=80))


class MatchOut(Schema):
    """Whether a service takes somebody: codes of reasons.decline, and criteria that it does not state."""

    verdict = fields.String()
    reasons = fields.List(fields.String())
    not_stated = fields.List(fields.String(), attribute="unknown")


class OpenOut(Schema):
    """Whether it is open; times in the zone of the location."""

    state = fields.String()
    until = fields.AwareDateTime(allow_none=True)
    opens_at = fields.AwareDateTime(allow_none=True)


class OpeningOut(Schema):
    """Weekly hours, as HSDS writes days; minutes of the day, past 1440 on the next."""

    byday = fields.Function(lambda opening: ",".join(opening.weekdays))
    opens = fields.Integer()
    closes = fields.Integer()
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)


class FoundOut(Schema):
    """A service at a location as a search finds it."""

    service_at_location_id = fields.UUID()
    service_id = fields.UUID()
    organization_id = fields.UUID()
    service_name = fields.String()
    service_alternate_name = fields.String(allow_none=True)
    organization_name = fields.String()
    organization_alternate_name = fields.String(allow_none=True)
    need_codes = fields.List(fields.String())
    languages = fields.List(fields.String())
    town = fields.String()
    country = fields.String()
    confidential = fields.Boolean()
    distance_km = fields.Float(allow_none=True)
    open = fields.Nested(OpenOut)
    eligibility = fields.Dict()
    practices = fields.Dict()
    house_rules = fields.Dict()
    referral_method = fields.String()
    other_referral_methods = fields.List(fields.String())
    response_hours = fields.Integer(allow_none=True)
    cost = fields.String(allow_none=True)
    status = fields.String()
    alert = fields.String(allow_none=True)
    held = fields.Boolean()
    takes_referrals = fields.Boolean()
    invented = fields.Boolean()
    verified_on = fields.Date(allow_none=True)
    match = fields.Nested(MatchOut, allow_none=True)


class LooserOut(Schema):
    """What could be given up to find something, and how many that finds."""

    what = fields.String()
    radius_km = fields.Float(attribute="criteria.radius_km")
    language = fields.String(attribute="criteria.language", allow_none=True)
    count = fields.Integer()


class FindingsOut(Schema):
    """What a search found: nearest first, those that cannot take the client last."""

    items = fields.List(fields.Nested(FoundOut), attribute="found")
    more = fields.Boolean()
    looser = fields.List(fields.Nested(LooserOut))


class SearchOut(FindingsOut):
    """A search that was kept, and what it finds now."""

    id = fields.UUID()
    case_id = fields.UUID(allow_none=True)


class PhoneOut(Schema):
    """A number to call."""

    number = fields.String()
    extension = fields.Integer(allow_none=True)
    type = fields.String(allow_none=True)
    description = fields.String(allow_none=True)


class LocationOut(Schema):
    """A place where a service is offered; of a confidential one, its town."""

    service_at_location_id = fields.UUID()
    location_id = fields.UUID()
    town = fields.String()
    country = fields.String()
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    confidential = fields.Boolean()
    address = fields.List(fields.String())
    time_zone = fields.String(attribute="zone")
    openings = fields.List(fields.Nested(OpeningOut), attribute="hours.openings")
    phones = fields.List(fields.Nested(PhoneOut))
    languages = fields.List(fields.String())


class ServiceOut(Schema):
    """A service with everything that its page tells."""

    id = fields.UUID(attribute="service_id")
    name = fields.String(attribute="service_name")
    alternate_name = fields.String(attribute="service_alternate_name", allow_none=True)
    description = fields.String()
    organization_id = fields.UUID()
    organization_name = fields.String()
    needs = fields.List(fields.String(), attribute="need_codes")
    status = fields.String()
    alert = fields.String(allow_none=True)
    eligibility = fields.Dict()
    practices = fields.Dict()
    house_rules = fields.Dict()
    interpretation_services = fields.String(allow_none=True)
    application_process = fields.String(allow_none=True)
    referral_method = fields.String()
    other_referral_methods = fields.List(fields.String())
    response_hours = fields.Integer(allow_none=True)
    cost = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    website = fields.String(allow_none=True)
    held = fields.Boolean()
    takes_referrals = fields.Boolean()
    visibility = fields.String()
    invented = fields.Boolean()
    verified_on = fields.Date(allow_none=True)


class ServiceWithLocationsOut(ServiceOut):
    """A service and where it is offered: made from its listings, one a location."""

    locations = fields.List(fields.Nested(LocationOut))

    @pre_dump
    def once(self, listings: Sequence[Listing], **_ignored: Any) -> dict[str, Any]:
        """What its listings share, and the listings."""
        names = [field.attribute or name for name, field in self.fields.items() if name != "locations"]
        return {name: getattr(listings[0], name) for name in names} | {"locations": listings}


class BodyOut(Schema):
    """Who runs an organization, sits on its board or stands above it."""

    relation = fields.String()
    class_code = fields.String()
    country = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    organization_id = fields.UUID(allow_none=True)


class OrganizationOut(Schema):
    """An organization, who stands behind it, and what it offers."""

    id = fields.UUID(attribute="organization.id")
    name = fields.String(attribute="organization.name")
    alternate_name = fields.String(attribute="organization.alternate_name", allow_none=True)
    description = fields.String(attribute="organization.description")
    email = fields.String(attribute="organization.email", allow_none=True)
    website = fields.String(attribute="organization.website", allow_none=True)
    country = fields.String(attribute="organization.country")
    recipient_class = fields.String(attribute="organization.recipient_class")
    parent_organization_id = fields.UUID(attribute="organization.parent_organization_id", allow_none=True)
    visibility = fields.String(attribute="organization.visibility")
    invented = fields.Boolean(attribute="organization.invented")
    verified_on = fields.Date(attribute="organization.verified_on", allow_none=True)
    tenant_id = fields.UUID(allow_none=True)
    bodies = fields.List(fields.Nested(BodyOut))
    services = fields.List(fields.Nested(ServiceOut))


class TermOut(Schema):
    """A group of needs, or a need with its group."""

    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    description = fields.String()
    parent_id = fields.UUID(allow_none=True)


class TermsOut(Schema):
    """The taxonomy of needs."""

    items = fields.List(fields.Nested(TermOut))


class CreatedOut(Schema):
    """The id of what was recorded."""

    id = fields.UUID()
