"""What is taken along on paper: a booklet of an area, and a slip of one service.

Neither address says anything of a client: the language of a slip comes from her card on the server, and is posted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.core import clock, vocabulary
from network.core.db import db, unit_of_work
from network.core.errors import Invalid, NotFound, TooMany
from network.directory import acts, queries, wording
from network.directory.acts import TakingAlong
from network.directory.asking import home
from network.directory.pages.searching import blueprint
from network.directory.printed.booklet import make_booklet
from network.directory.printed.slip import FULL, NAMED, SILENT, make_slip
from network.directory.printed.slip_words import find_slip_words, slip_languages
from network.directory.printed.wishes import BookletSchema, SlipSchema, wish
from network.tenants.context import acting
from network.web import forms
from network.web.i18n import LANGUAGES, language

REACHES = (
    ("area", _l("The whole governorate or province")),
    ("10", _l("10 km around it")),
    ("25", _l("25 km around it")),
    ("50", _l("50 km around it")),
    ("100", _l("100 km around it")),
    ("country", _l("The whole country")),
)
READERS = (
    ("staff", _l("Staff of the network: every listing")),
    ("public", _l("Anybody: public listings only, to be handed out")),
)
SHOWS = (
    (NAMED, _l("The organization's name")),
    (SILENT, _l("No name at all: the number, the place and the hours")),
    (FULL, _l("The organization, the service and what it helps with")),
)
# So many services are set in about a second; two thousand in less than ten.
SMALL_BOOKLET, WAIT_S = 200, 30
_LARGE = Lock()
PAPERS = (("a5", _l("A5 sheet")), ("receipt", _l("Receipt roll, 72 mm")))


@blueprint.get("/directory/booklet")
@requires(Permission.DIRECTORY_VIEW)
def booklet() -> ResponseReturnValue:
    """Choose what a booklet holds."""
    start = home()
    return _booklet_page({"place": start.name if start else "", "reach": "area", "language": language()})


@blueprint.get("/directory/booklet.pdf")
@requires(Permission.DIRECTORY_VIEW)
def print_booklet() -> ResponseReturnValue:
    """The booklet itself."""
    try:
        wanted = wish(forms.load(BookletSchema, request.args))
        needs = [need.code for code in wanted.groups for need in vocabulary.needs(code)]
        listings = queries.booklet_listings(wanted.area, needs, wanted.public_only)
    except Invalid as wrong:
        return _booklet_page(request.args, wrong.fields), 422
    today = clock.today(acting().time_zone)
    db.session.remove()  # no connection is held while the pages are set
    with _at_work(len(listings)):
        return _file(make_booklet(wanted, listings, today), "directory.pdf")


@contextmanager
def _at_work(size: int) -> Iterator[None]:
    """A large booklet keeps a thread busy for seconds: each process makes one at a time, others are told to wait."""
    if size <= SMALL_BOOKLET:
        yield
        return
    if not _LARGE.acquire(blocking=False):
        raise TooMany(
            WAIT_S, _("Another large booklet is being made. Wait half a minute, or choose a smaller area.")
        )
    try:
        yield
    finally:
        _LARGE.release()


def _booklet_page(values: Any, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "directory/booklet.html",
        values=values,
        errors=errors or {},
        reaches=REACHES,
        readers=READERS,
        groups=[(group.code, group.label(language())) for group in vocabulary.groups()],
        spoken=list(LANGUAGES.items()),
    )


@blueprint.get("/directory/services/<uuid:service_id>/slip")
@requires(Permission.DIRECTORY_VIEW)
def slip(service_id: UUID) -> ResponseReturnValue:
    """Choose what a slip tells. From a client's search: in her language, and as silent as she wants."""
    named = request.args.get("search")
    kept = queries.get_search(forms.as_uuid(named, "search")) if named else None
    case_id = kept.case_id if kept is not None else _case_named_in_address()
    known = _taking_along(case_id) if case_id is not None else TakingAlong()
    spoken = next((one for one in known.languages if find_slip_words(one)), language())
    return _slip_page(service_id, {"language": spoken.split("-")[0]}, known=known, search=kept)


def _case_named_in_address() -> UUID | None:
    """The case from whose referral the reader comes; who may not see it learns nothing."""
    named = request.args.get("case")
    return forms.as_uuid(named, "case") if named else None


def _taking_along(case_id: UUID) -> TakingAlong:
    with unit_of_work():
        record("viewed", "case", case_id, fields=["languages", "slip"])
        return acts.taking_along(case_id)


@blueprint.post("/directory/services/<uuid:service_id>/slip")
@requires(Permission.DIRECTORY_VIEW)
def print_slip(service_id: UUID) -> ResponseReturnValue:
    """The slip itself. Posted, so that the language in which somebody reads stands in no address; keeps nothing."""
    try:
        given = forms.load(SlipSchema, request.form)
    except Invalid as wrong:
        return _slip_page(service_id, request.form, wrong.fields), 422
    listing = queries.listing(given["service_at_location_id"])
    words = find_slip_words(given["language"])
    if listing.service_id != service_id or words is None:
        raise NotFound
    return _file(make_slip(listing, words, given["shows"], given["paper"] == "receipt"), "slip.pdf")


def _slip_page(
    service_id: UUID,
    values: Any,
    errors: dict[str, list[str]] | None = None,
    known: TakingAlong | None = None,
    search: queries.SavedSearch | None = None,
) -> str:
    listings = queries.listings_of_service(service_id)
    if not listings:
        raise NotFound
    known = known or TakingAlong()
    # The name of a place whose address is secret mostly says why somebody goes there.
    silent = listings[0].confidential or bool(known.paper & {"no_slip", "number_only"})
    return render_template(
        "directory/slip.html",
        service=listings[0],
        places=[(str(one.service_at_location_id), wording.town(one.town, one.country)) for one in listings],
        values=values,
        errors=errors or {},
        known=known,
        usual=SILENT if silent else NAMED,
        search=search,
        spoken=[
            (words.language, words.own_name if words.read else f"{words.own_name} *")
            for words in slip_languages()
        ],
        shows=SHOWS,
        papers=PAPERS,
    )


def _file(content: bytes, name: str) -> Response:
    """A file under a name that says nothing; what listings it holds is kept by nobody on the way."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
