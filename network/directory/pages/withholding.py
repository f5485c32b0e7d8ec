"""Taking a listing out of the directory: removed and put back, or withheld, so that no import brings it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import Conflict
from network.directory import keeping_wording as words
from network.directory import operations, queries
from network.directory.pages.keeping import ADDRESSES, address_of, back_to, kind_of, read_at, show
from network.directory.pages.searching import blueprint
from network.directory.queries import keeping
from network.directory.states import DO_NOT_LIST_REASONS
from network.tenants.context import acting
from network.web.doors import run_once
from network.web.versions import given_version


@blueprint.get("/listings/<string:plural>/<uuid:listing_id>/withhold")
@requires(Permission.LISTING_EDIT)
def withhold_form(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Ask why it is not to be listed."""
    kind = kind_of(plural)
    if acting().tenant_kind == "network":
        listing: Any = operations.get_listing(kind, listing_id)
    else:
        listing = keeping.get_mine(kind, listing_id)
    reasons = [(code, words.REASONS[code]) for code in DO_NOT_LIST_REASONS]
    own = listing.steward_tenant_id == acting().tenant
    back = address_of(kind, listing_id) if own else read_at(kind, listing)
    return show("withhold", kind=kind, plural=plural, listing=listing, reasons=reasons, back=back)


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/withhold")
@requires(Permission.LISTING_EDIT)
def withhold(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Take it out of the directory, whatever is imported."""
    kind = kind_of(plural)
    try:
        run_once(lambda: operations.withhold(kind, listing_id, request.form.get("reason", "")))
    except Conflict as refused:
        flash(str(refused), "error")
        return redirect(_after(kind, listing_id), 303)
    flash(_("It is not listed any more, whatever is imported."), "success")
    return redirect(_after(kind, listing_id), 303)


@blueprint.get("/directory/withheld")
@requires(Permission.TENANT_MANAGE)
def withheld() -> ResponseReturnValue:
    """What is withheld in the network, by whom and why."""
    counts = {ADDRESSES[kind]: count for kind, count in keeping.count_withheld().items()}
    most = max(counts, key=lambda plural: counts[plural])  # the first of them where there is nothing at all
    plural = request.args.get("kind", most)
    page = keeping.list_withheld(kind_of(plural), cursor=request.args.get("cursor"))
    following = page.next_cursor and url_for(".withheld", kind=plural, cursor=page.next_cursor)
    return show("withheld", page=page, plural=plural, following=following, counts=counts)


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/list-again")
@requires(Permission.LISTING_EDIT)
def list_again(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """List what was withheld."""
    kind = kind_of(plural)
    run_once(lambda: operations.list_again(kind, listing_id))
    flash(_said_again(kind, listing_id), "success")
    return redirect(_after(kind, listing_id), 303)


def _said_again(kind: str, listing_id: UUID) -> str:
    """Whether what was put back, or is withheld no longer, is found again; or what still stands in its way."""
    listing: Any = operations.get_listing(kind, listing_id)
    above = None if kind == "organization" else queries.get_organization(listing.organization_id)
    if listing.removed_at is not None:
        return _("It is no longer withheld. It is still removed: nobody finds it until it is put back.")
    if listing.do_not_list:
        return _("It was put back, but nobody finds it: it is still withheld.")
    if above is not None and (above.removed_at is not None or above.do_not_list):
        return _("It was put back, but nobody finds it: its organization is not listed.")
    return _("It is listed again.")


def _after(kind: str, listing_id: UUID) -> str:
    """Her own page of the listing; the headquarters go to where everybody reads it."""
    listing: Any = operations.get_listing(kind, listing_id)
    if listing.steward_tenant_id == acting().tenant:
        return address_of(kind, listing_id)
    return url_for(".withheld", kind=ADDRESSES[kind])


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/remove")
@requires(Permission.LISTING_EDIT)
def remove_listing(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Take a listing off the directory; it can be put back."""
    kind, version = kind_of(plural), given_version()
    run_once(lambda: _done(operations.remove, kind, listing_id, version))
    return back_to(kind, listing_id, _("It was removed. You can put it back."))


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/restore")
@requires(Permission.LISTING_EDIT)
def restore_listing(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Put a listing back."""
    kind, version = kind_of(plural), given_version()
    run_once(lambda: _done(operations.restore, kind, listing_id, version))
    return back_to(kind, listing_id, _said_again(kind, listing_id))


def _done(operation: Any, kind: str, listing_id: UUID, version: int) -> UUID:
    operation(kind, listing_id, version=version)
    return listing_id
