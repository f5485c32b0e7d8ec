"""Two listings that are one, and an organization that keeps its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.accounts.schemas import TenantSchema
from network.core.errors import Conflict, Invalid, NotFound
from network.directory import keeping_wording as words
from network.directory import operations, queries
from network.directory.pages.keeping import ADDRESSES, address_of, back_to, kind_of, show
from network.directory.pages.offered import towns_told
from network.directory.pages.searching import blueprint
from network.directory.queries import keeping
from network.directory.queries.duplicates import are_many, find_duplicates, last_looked, merges_of_ours
from network.directory.schemas.keeping import SECTIONS, Field
from network.directory.twins.wording import reasons
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import LANGUAGES

AT_ONCE = 15  # pairs on a page: what is decided makes room for the next


@blueprint.get("/listings/duplicates")
@requires(Permission.LISTING_EDIT)
def duplicates() -> ResponseReturnValue:
    """Pairs that may be one, and what was merged, to be parted again."""
    plural = request.args.get("kind", "organizations")
    kind = kind_of(plural)
    merged = [
        (one, _name(kind, one.kept_id), _name(kind, one.merged_id))
        for one in merges_of_ours()
        if one.entity == kind
    ]
    found = find_duplicates(kind)
    pairs = [(one, reasons(one)) for one in found[:AT_ONCE]]
    both = [one for pair, _why in pairs for one in (pair.first, pair.second)] if kind == "service" else []
    many = are_many(kind)
    return show(
        "duplicates",
        pairs=pairs,
        more=len(found) > AT_ONCE,
        plural=plural,
        kind=kind,
        merged=merged,
        places=towns_told(both),
        many=many,
        looked_at=last_looked(kind) if many else None,
    )


@blueprint.post("/listings/duplicates")
@requires(Permission.LISTING_EDIT)
def look_again() -> ResponseReturnValue:
    """Have our many listings compared now, and not only when their time comes."""
    plural = request.form.get("kind", "organizations")
    kind_of(plural)
    run_once(operations.ask_for_twins)
    flash(_("Your listings are being compared. Come back in some minutes."), "success")
    return redirect(url_for(".duplicates", kind=plural), 303)


def _name(kind: str, listing_id: UUID) -> str:
    listing: Any = operations.get_listing(kind, listing_id)
    return listing.name or words.town_of(listing)


def _compared(kind: str) -> list[Field]:
    """The plain fields of a listing: each can be taken from the one that goes."""
    composed = {"needs", "languages", "interpreted", "place", "other_referral_methods"}
    names = operations.editable_fields(kind)
    return [
        one
        for section in SECTIONS[kind].values()
        for one in section
        if one.name in names and one.name not in composed
    ]


@blueprint.get("/listings/duplicates/<string:plural>/<uuid:first_id>/<uuid:second_id>")
@requires(Permission.LISTING_EDIT)
def compare(plural: str, first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Two listings side by side: which stays, and which fields come from the other."""
    kind = kind_of(plural)
    first, second = keeping.get_mine(kind, first_id), keeping.get_mine(kind, second_id)
    rows = [
        (one.name, words.label_of(one.name), words.shown(one, getattr(first, one.name)) or "–",
         words.shown(one, getattr(second, one.name)) or "–")
        for one in _compared(kind)
        if getattr(first, one.name) not in (None, "") or getattr(second, one.name) not in (None, "")
    ]  # fmt: skip
    both = (first_id, second_id)
    places = dict.fromkeys(both, "") | towns_told(both if kind == "service" else ())
    told: dict[str, Any] = {"kind": kind, "plural": plural, "first": first, "second": second, "rows": rows}
    return show("compare", **told, places=places, above=_above(kind, first, second))


def _above(kind: str, first: Any, second: Any) -> tuple[UUID, UUID] | None:
    """The organizations of two listings that cannot be merged before these are."""
    if kind == "organization" or first.organization_id == second.organization_id:
        return None
    return first.organization_id, second.organization_id


@blueprint.post("/listings/duplicates/<string:plural>/<uuid:first_id>/<uuid:second_id>")
@requires(Permission.LISTING_EDIT)
def join(plural: str, first_id: UUID, second_id: UUID) -> ResponseReturnValue:
    """Merge the second into the first, or remember that they are two."""
    kind = kind_of(plural)
    for one in (first_id, second_id):
        keeping.get_mine(kind, one)
    if request.form.get("decision") == "two":
        run_once(lambda: operations.mark_not_duplicate(kind, first_id, second_id))
        flash(_("Remembered: they are two."), "success")
        return redirect(url_for(".duplicates", kind=plural), 303)
    known = {one.name for one in _compared(kind)}
    take = [name for name in known if request.form.get(name) == "second"]
    try:
        run_once(lambda: operations.merge(kind, first_id, second_id, take))
    except Conflict as refused:
        flash(str(refused), "error")
        return redirect(url_for(".compare", plural=plural, first_id=first_id, second_id=second_id), 303)
    return back_to(kind, first_id, _("Merged. You can part them again under duplicates."))


@blueprint.post("/listings/merges/<uuid:merge_id>/undo")
@requires(Permission.LISTING_EDIT)
def part_again(merge_id: UUID) -> ResponseReturnValue:
    """Part two listings again."""
    kind = next((one.entity for one in merges_of_ours() if one.id == merge_id), "organization")
    try:
        run_once(lambda: operations.undo_merge(merge_id))
    except Conflict as refused:
        flash(str(refused), "error")
    else:
        flash(_("They are two again."), "success")
    return redirect(url_for(".duplicates", kind=ADDRESSES[kind]), 303)


# taking over


@blueprint.get("/listings/organizations/<uuid:organization_id>/invite")
@requires(Permission.TENANT_MANAGE)
def invite_form(organization_id: UUID) -> ResponseReturnValue:
    """Ask how the organization is called as a member."""
    return _inviting(organization_id)


@blueprint.post("/listings/organizations/<uuid:organization_id>/invite")
@requires(Permission.TENANT_MANAGE)
def invite(organization_id: UUID) -> ResponseReturnValue:
    """Open a partner for it; the link for its first person is on the member's page."""
    organization = queries.get_organization(organization_id)
    try:
        if request.form.get("member_id"):
            return _invited(organization_id, forms.as_uuid(request.form["member_id"], "member_id"))
        names = ("code", "reference_prefix", "default_language", "time_zone")
        asked = request.form.copy()
        asked.update({"kind": "partner", "name": organization.name, "country": organization.country})
        given = forms.load(TenantSchema, asked)
        about = {name: given[name] for name in names if name in given}
        claim_id = run_once(lambda: operations.invite_to_claim(organization_id, **about))
    except Invalid as wrong:
        return _inviting(organization_id, wrong.fields, 422)
    claim = queries.get_claim(claim_id)
    flash(
        _("Invited. Give this link to its first person; the listing is theirs once they say yes."), "success"
    )
    return redirect(url_for("accounts_pages.tenant", tenant_id=claim.tenant_id), 303)


def _invited(organization_id: UUID, member_id: UUID) -> ResponseReturnValue:
    run_once(lambda: operations.invite_to_claim(organization_id, member_id))
    flash(_("Invited. The member sees it under its own listings."), "success")
    return redirect(url_for(".organization", organization_id=organization_id), 303)


def _inviting(
    organization_id: UUID, errors: dict[str, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    organization = queries.get_organization(organization_id)
    return show(
        "invite",
        status,
        organization=organization,
        claim=queries.standing_claim(organization_id),
        tongues=list(LANGUAGES.items()),
        members=[(str(one.id), one.name) for one in queries.members_to_invite(organization)],
        errors=errors or {},
        values=request.form or {"time_zone": queries.time_zone_of(organization)},
    )


@blueprint.post("/listings/claims/<uuid:claim_id>/withdraw")
@requires(Permission.TENANT_MANAGE)
def withdraw_claim(claim_id: UUID) -> ResponseReturnValue:
    """Take back an invitation that nobody has answered."""
    run_once(lambda: operations.withdraw_claim(claim_id))
    flash(_("The invitation was taken back."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/listings/claims/<uuid:claim_id>")
@requires(Permission.LISTING_EDIT)
def claim(claim_id: UUID) -> ResponseReturnValue:
    """The listing that one may take over, before one says yes."""
    asked = queries.get_claim(claim_id)
    if asked.tenant_id != acting().tenant or asked.state != "invited":
        raise NotFound
    own = queries.organization_of_tenant(acting().tenant)
    return show("claim", claim=asked, page=queries.organization_page(asked.organization_id), own=own)


@blueprint.post("/listings/claims/<uuid:claim_id>")
@requires(Permission.LISTING_EDIT)
def answer_claim(claim_id: UUID) -> ResponseReturnValue:
    """Take the listing over, or leave it with its steward."""
    accepted = request.form.get("answer") == "yes"
    asked = queries.get_claim(claim_id)
    organization_id = asked.organization_id
    run_once(lambda: operations.answer_claim(claim_id, accepted=accepted))
    if not accepted:
        flash(_("The listing stays with who keeps it now."), "success")
        return redirect(url_for(".mine"), 303)
    flash(_("You keep this listing now. Look through it and verify it."), "success")
    return redirect(address_of("organization", organization_id), 303)
