"""The door of the HSDS API: read only, open to everybody; who signs in reads what is for the network, too."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import orjson
from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.exceptions import Gone as GoneError
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from network.accounts.guards import public_or
from network.accounts.permissions import Permission
from network.core.application import this_application
from network.core.db import db
from network.core.errors import Invalid, NotFound
from network.directory.hsds import asking, document, feed, profile, standard
from network.directory.hsds.feed import Fullness
from network.directory.hsds.gone import Gone
from network.directory.hsds.standing import Reader
from network.directory.hsds.streaming import MEDIA_TYPE, Stream
from network.tenants.context import find_acting
from network.tenants.keys import settings
from network.web.forms import load
from network.web.limits import open_data
from network.web.reference import render_reference
from network.web.security import bearer_token, public

BASE: Final = "/hsds/v3"
PUBLISHER: Final = "Network of migrant resource centres"
PUBLIC_SECONDS: Final = 60
PREFLIGHT_SECONDS: Final = 86_400
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
FULL: Final = Fullness(full=True)

blueprint = Blueprint("hsds", __name__, url_prefix=BASE)


@blueprint.route("", methods=["GET"])
@blueprint.route("/", methods=["GET"])
@open_data
@public
def about() -> Response:
    """Which version and profile this is, and where it is described."""
    return _told(
        {
            "version": standard.VERSION,
            "profile": f"{_address()}/profile",
            "openapi_url": f"{_address()}/openapi.json",
            "description": document.DESCRIPTION,
            "data_guide": f"{_address()}/docs",
            "publisher": {"name": PUBLISHER, "website": settings().base_url},
        }
    )


@blueprint.route("/openapi.json", methods=["GET"])
@open_data
@public
def openapi() -> Response:
    """The OpenAPI document."""
    return _told(document.openapi(_address()))


@blueprint.route("/docs", methods=["GET"])
@open_data
@public
def documentation() -> str:
    """The same, for the reader."""
    return render_reference(document.openapi(BASE), url_for("hsds.openapi"))


@blueprint.route("/profile", methods=["GET"])
@open_data
@public
def whole_profile() -> Response:
    """What our profile adds to the standard, and what it changes."""
    return _told(document.profile_document(_address()))


@blueprint.route("/profile/<string:name>.json", methods=["GET"])
@open_data
@public
def one_patch(name: str) -> Response:
    """One merge patch, by the name of the file of the standard that it changes."""
    patches = profile.patches() | {"openapi": document.openapi_patch(_address())}
    if name not in patches:
        raise NotFound
    return _told(patches[name], "application/merge-patch+json")


@blueprint.route("/services", methods=["GET", "POST"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def services() -> Response:
    """Services."""
    return _several("service", asking.ServicesSchema)


@blueprint.route("/services/<uuid:service_id>", methods=["GET"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def service(service_id: UUID) -> ResponseReturnValue:
    """One service."""
    return _one("service", service_id, "hsds.service", "service_id")


@blueprint.route("/organizations", methods=["GET", "POST"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def organizations() -> Response:
    """Organizations."""
    return _several("organization", asking.OrganizationsSchema)


@blueprint.route("/organizations/<uuid:organization_id>", methods=["GET"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def organization(organization_id: UUID) -> ResponseReturnValue:
    """One organization."""
    given = _given(asking.OrganizationSchema)
    fullness = Fullness(full=True, full_service=given["full_service"])
    return _one("organization", organization_id, "hsds.organization", "organization_id", fullness)


@blueprint.route("/service_at_locations", methods=["GET", "POST"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def service_at_locations() -> Response:
    """Services at locations."""
    return _several("service_at_location", asking.PlacesSchema)


@blueprint.route("/service_at_locations/<uuid:at_location_id>", methods=["GET"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def service_at_location(at_location_id: UUID) -> ResponseReturnValue:
    """One service at a location."""
    return _one("service_at_location", at_location_id, "hsds.service_at_location", "at_location_id")


@blueprint.route("/taxonomies", methods=["GET", "POST"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def taxonomies() -> Response:
    """Taxonomies."""
    return _several("taxonomy", asking.ListSchema)


@blueprint.route("/taxonomies/<uuid:taxonomy_id>", methods=["GET"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def taxonomy(taxonomy_id: UUID) -> ResponseReturnValue:
    """One taxonomy."""
    return _one("taxonomy", taxonomy_id, "hsds.taxonomy", "taxonomy_id")


@blueprint.route("/taxonomy_terms", methods=["GET", "POST"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def taxonomy_terms() -> Response:
    """Terms of taxonomies."""
    return _several("taxonomy_term", asking.TermsSchema)


@blueprint.route("/taxonomy_terms/<uuid:term_id>", methods=["GET"], strict_slashes=False)
@open_data
@public_or(Permission.DIRECTORY_VIEW)
def taxonomy_term(term_id: UUID) -> ResponseReturnValue:
    """One term."""
    return _one("taxonomy_term", term_id, "hsds.taxonomy_term", "term_id")


def _several(entity: str, schema: type[Schema]) -> Response:
    """A page of what was asked for, or all of it as lines."""
    given = _given(schema)
    wanted = asking.wanted(given)
    fullness = Fullness(*(bool(given.get(name)) for name in ("full", "full_service", "minimal")))
    if given["format"] == asking.NDJSON:
        lines = Stream(this_application(), find_acting(), entity, wanted, fullness)
        return Response(lines, mimetype=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    size = given["per_page"] or (asking.LARGEST_MINIMAL_PAGE if fullness.minimal else asking.PER_PAGE)
    return _told(feed.page(_reader(), entity, wanted, fullness, given["page"], size))


def _one(
    entity: str, record_id: UUID, endpoint: str, key: str, fullness: Fullness = FULL
) -> ResponseReturnValue:
    """A single one; 410 where it is gone, and on to the one that took it in."""
    if entity != "organization":
        _given(asking.EmptySchema)
    found = feed.one(_reader(), entity, record_id, fullness)
    if found is None:
        raise NotFound
    if isinstance(found, Gone):
        if found.survivor_id is None:
            raise GoneError
        values: dict[str, Any] = {key: found.survivor_id}
        return redirect(url_for(endpoint, **values), 308)
    return _told(found)


def _reader() -> Reader:
    return Reader(db.session, public=find_acting() is None)


def _given(schema: type[Schema]) -> dict[str, Any]:
    """What was asked, in the address and, for a POST, in the body. Raises for what cannot be."""
    given: dict[str, Any] = {}
    for source in (request.args, request.form):
        for name, values in source.lists():
            if name in given or len(values) > 1:
                raise Invalid(fields={name: [_("Give this once.")]})
            given[name] = values[0]
    if request.content_length and not (request.is_json or request.mimetype in FORMS):
        raise UnsupportedMediaType
    if request.is_json and request.content_length:
        body = request.get_json()
        if not isinstance(body, dict) or body.keys() & given.keys():
            raise Invalid(fields={"body": [_("Give each parameter once, in one object.")]})
        given |= {name: _as_text(value) for name, value in body.items()}
    if given.get("format", asking.JSON) not in asking.FORMATS:
        raise NotAcceptable
    return load(schema, given)


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _told(body: Any, media_type: str = "application/json") -> Response:
    """The answer with its ETag, or that nothing has changed since."""
    data = orjson.dumps(body)
    response = Response(data, mimetype=media_type)
    if request.method in ("GET", "HEAD"):
        # Weak: the same answer leaves compressed and not.
        response.set_etag(blake2b(data, digest_size=16).hexdigest(), weak=True)
        response.make_conditional(request)
        response.headers.pop("Date", None)  # the server says it
    return response


def _address() -> str:
    # The settings tell it: the Host of a request is whatever the visitor made up.
    return settings().base_url.rstrip("/") + BASE


@blueprint.after_app_request
def share(response: Response) -> Response:
    """What is public may be read by any page of anybody and kept for a minute; what is not, by neither."""
    if not request.path.startswith(BASE):
        return response
    headers = response.headers
    response.vary.update(("Authorization", "Cookie"))
    open_to_all = find_acting() is None and bearer_token() is None
    if open_to_all:
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-ID"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS" and open_to_all:
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
        headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    if request.method in ("GET", "HEAD") and response.status_code in (200, 304):
        cached = f"public, max-age={PUBLIC_SECONDS}" if open_to_all else "private, no-cache"
        headers.setdefault("Cache-Control", cached)
    return response
