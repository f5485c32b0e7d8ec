"""What may be asked of the printer: a booklet of an area, or a slip of a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from babel import Locale
from flask_babel import gettext as _
from marshmallow import fields, validate

from network.core import vocabulary
from network.core.errors import Invalid
from network.directory import geo
from network.directory.asking import asked
from network.directory.geo import Point
from network.directory.printed.booklet import Wish
from network.directory.printed.slip import NAMED, SHOWS
from network.directory.printed.slip_words import slip_languages
from network.directory.queries import Area
from network.web.forms import RequestSchema
from network.web.i18n import LANGUAGES

REACHES: Final = ("area", "country", "10", "25", "50", "100")
READERS: Final = ("staff", "public")


class BookletSchema(RequestSchema):
    """Where, how far around, which groups of needs, in which language, and who may read it."""

    place = fields.String(load_default=None, validate=validate.Length(max=80))
    place_code = fields.String(load_default=None, validate=validate.Length(max=80))
    reach = fields.String(load_default="area", validate=validate.OneOf(REACHES))
    groups = fields.List(
        fields.String(validate=validate.OneOf([group.code for group in vocabulary.groups()])),
        load_default=list,
        validate=validate.Length(max=20),
    )
    language = fields.String(load_default="en", validate=validate.OneOf(list(LANGUAGES)))
    readers = fields.String(load_default="staff", validate=validate.OneOf(READERS))


class SlipSchema(RequestSchema):
    """Which place of the service, in which language, how much it tells, and on what paper."""

    service_at_location_id = fields.UUID(required=True)
    language = fields.String(
        required=True, validate=validate.OneOf([words.language for words in slip_languages()])
    )
    shows = fields.String(load_default=NAMED, validate=validate.OneOf(SHOWS))
    paper = fields.String(load_default="a5", validate=validate.OneOf(("a5", "receipt")))


def wish(given: Mapping[str, Any]) -> Wish:
    """What is to be printed; without a place, around the acting tenant's own."""
    return Wish(
        _area(given), tuple(dict.fromkeys(given["groups"])), given["language"], given["readers"] == "public"
    )


def _area(given: Mapping[str, Any]) -> Area:
    start = asked({"place": given["place"], "place_code": given["place_code"]}).criteria
    if start.point is None or start.country is None:
        raise Invalid(fields={"place": [_("Enter a town or an area.")]})
    language, reach = given["language"], given["reach"]
    if reach == "country":
        name = Locale.parse(language, sep="-").territories.get(start.country, start.country)
        return Area(start.country, name)
    if reach == "area":
        return _first_level(start.point, start.country, start.place, language)
    place = geo.find_town(start.place, start.country)
    name = place.label(language) if place else start.place
    return Area(start.country, name, point=start.point, radius_km=float(reach))


def _first_level(point: Point, country: str, named: str, language: str) -> Area:
    place = geo.find_town(named, country) or geo.nearest_place(point)
    area = geo.find_place(place.area) if place.area else None
    found = area or place
    return Area(country, found.label(language), code=found.code)
