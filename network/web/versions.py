"""Versions at the door: ``ETag`` and ``If-Match`` for programs, a hidden field ``version`` for pages."""

from __future__ import annotations

import re

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import PreconditionRequired

from network.core.errors import Invalid
from network.core.versions import Versioned
from network.web.security import wants_json

FIELD = "version"
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"\Z')


def etag(record: Versioned) -> str:
    """The ETag of a record: its version in quotes."""
    return f'"{record.version}"'


def with_etag(response: Response, record: Versioned) -> Response:
    """The answer, with the ETag by which the record can be changed."""
    response.headers["ETag"] = etag(record)
    return response


def unless_unchanged(response: Response) -> Response:
    """The answer, or a 304 if the asker has the same already: for counters that a page asks for again and again.

    The browser may keep it until it asks, so it must hold figures alone, and nothing of a person.
    """
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def given_version() -> int:
    """The version that the sender saw. The API demands ``If-Match`` (428 without), a form its ``version``."""
    if wants_json():
        header = request.headers.get("If-Match")
        if header is None:
            raise PreconditionRequired(_("Send If-Match with the ETag of the version that you saw."))
        matched = _ETAG.match(header.strip())
        if matched is None:
            raise Invalid(fields={"If-Match": [_("This is not an ETag of ours.")]})
        return int(matched[1])
    text = request.form.get(FIELD, "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(fields={FIELD: [_("Reload the page and try again.")]})
    return int(text)
