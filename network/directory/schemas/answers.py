"""What the directory answers, to programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, pre_dump

from network.directory.queries import Listing


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
    position_unknown = fields.Boolean(
        attribute="lost",
        metadata={
            "description": "Nobody knows whether it is near: it has no position and names no area that it serves."
        },
    )
    position_approximate = fields.Boolean(
        attribute="approximate", metadata={"description": "The position is that of its town."}
    )
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
    not_verified_lately = fields.Boolean(attribute="not_verified")
    organization_kind = fields.String()
    interpreted_languages = fields.List(fields.String())
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    available = fields.Float(allow_none=True)
    counted_at = fields.AwareDateTime(allow_none=True)
    next_free_at = fields.AwareDateTime(allow_none=True)
    answered_percent = fields.Integer(allow_none=True)
    usual_hours = fields.Integer(allow_none=True)
    match = fields.Nested(MatchOut, allow_none=True)


class LooserOut(Schema):
    """What could be given up to find something, and how many that finds."""

    what = fields.String()
    radius_km = fields.Float(attribute="criteria.radius_km")
    language = fields.String(attribute="criteria.language", allow_none=True)
    count = fields.Integer()


def _counts(found: Any) -> dict[str, dict[str, int]]:
    facets = found["facets"] if isinstance(found, dict) else found.facets
    return {name: dict(facet.counts) for name, facet in facets.items()}


class FindingsOut(Schema):
    """What a search found: the best fitting first, those that cannot take the client last; how many in all, and how
    many with each filter (by filter, value and count); words that were taken for others."""

    items = fields.List(fields.Nested(FoundOut), attribute="found")
    total = fields.Integer()
    more = fields.Boolean()
    looser = fields.List(fields.Nested(LooserOut))
    facets = fields.Function(_counts)
    corrected = fields.Dict(keys=fields.String(), values=fields.String())


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


class PlaceNameOut(Schema):
    """A name that a member added to a place."""

    id = fields.UUID()
    name = fields.String()
    place_code = fields.String(attribute="place.code")
    place = fields.String(attribute="place.name")
    country = fields.String(attribute="place.country")
    steward_tenant_id = fields.UUID()
    created_at = fields.AwareDateTime()


class PlaceNamesOut(Schema):
    """Names that members added to places, by name; at most 200."""

    items = fields.List(fields.Nested(PlaceNameOut))


class MissingOut(Schema):
    """How often nobody offered what was needed; `place` is empty for the rest of the country."""

    need = fields.String(attribute="need_code")
    country = fields.String()
    place = fields.String()
    number = fields.Integer()


class GapsOut(Schema):
    """Where help is missing: as your centre counted it, and as the centres have published it together."""

    own = fields.List(fields.Nested(MissingOut))
    network = fields.List(fields.Nested(MissingOut))
