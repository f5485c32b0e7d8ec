"""What members tell the steward of a listing: that something is wrong, or how a field should read; and her answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.background.outbox import enqueue
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid, NotFound
from network.core.ids import new_id
from network.directory import fields
from network.directory.models import ListingReport, ListingSuggestion, Phone
from network.directory.operations import parts
from network.directory.operations.editing import check_section, write_hours, write_section
from network.directory.operations.trust import KINDS, Listed, get_listing
from network.directory.queries.reports import as_json
from network.directory.queries.sections import section_of, values_in, week_of
from network.directory.schemas.keeping import PARTS, Field, HoursSchema, schema_of, sections_of
from network.directory.states import LISTING_PROBLEMS
from network.tenants.context import acting
from network.web.forms import RequestSchema


@dataclass(frozen=True, slots=True)
class Proposal:
    """One field as somebody would have it; None empties it.

    Of a listing any field of its sections, and ``week`` for its hours. Of a number of it a field; without a field the
    number is to go; without a row ``value`` is a number to add.
    """

    entity: str
    entity_id: UUID | None
    field: str | None
    value: Any


WEEK = "week"
# How a service that was reported as gone is closed.
CLOSINGS = ("for_good", "for_now")
_OF_A_NUMBER = frozenset({"number", "extension", "description"})
# What only its steward decides.
_NOT_SUGGESTED = frozenset({"visibility"})


def report_problem(kind: str, listing_id: UUID, problem: str, proposals: Sequence[Proposal] = ()) -> UUID:
    """Tell the steward what is wrong with a listing; with ``proposals``, how it should read. Said twice, it is one."""
    listing = get_listing(kind, listing_id)
    fields.one_of("problem", problem, LISTING_PROBLEMS)
    standing = db.session.scalar(
        select(ListingReport.id).where(
            getattr(ListingReport, f"{kind}_id") == listing_id,
            ListingReport.from_tenant_id == acting().tenant,
            ListingReport.problem == problem,
            ListingReport.state == "open",
        )
    )
    if standing is not None and not proposals:
        return standing
    return _report(kind, listing, None if standing else problem, proposals)


def suggest(kind: str, listing_id: UUID, proposals: Sequence[Proposal]) -> UUID:
    """Propose how fields of a listing should read; the steward takes each by itself. Raises Invalid for none."""
    return _report(kind, get_listing(kind, listing_id), None, proposals, required=True)


def _report(
    kind: str,
    listing: Listed,
    problem: str | None,
    proposals: Sequence[Proposal],
    *,
    required: bool = False,
) -> UUID:
    report = ListingReport(
        id=new_id(),
        from_tenant_id=acting().tenant,
        steward_tenant_id=listing.steward_tenant_id,
        problem=problem,
        created_at=clock.now(),
        **{f"{kind}_id": listing.id},
    )
    db.session.add(report)
    db.session.flush()
    # The report holds on to its listing: whoever makes it confidential comes before, and is seen now, or comes after,
    # and empties what was suggested.
    db.session.refresh(listing)
    changed = [(one, seen) for one in proposals if (seen := _seen(kind, listing, one)) != as_json(one.value)]
    if required and not changed:
        raise Invalid(_("Change at least one field."))
    for one, seen in changed:
        db.session.add(
            ListingSuggestion(
                id=new_id(),
                report_id=report.id,
                from_tenant_id=acting().tenant,
                steward_tenant_id=listing.steward_tenant_id,
                entity=one.entity,
                entity_id=one.entity_id,
                field=one.field,
                seen=seen,
                proposed=as_json(one.value),
            )
        )
    db.session.flush()
    record("listing.reported", kind, listing.id, reason=problem or "suggestion")
    return report.id


def suggestible(kind: str, *, confidential: bool = False) -> Mapping[str, tuple[Field, ...]]:
    """What anybody may correct of a listing, section by section; never what its steward keeps sealed."""
    return {
        name: tuple(one for one in section if one.name not in _NOT_SUGGESTED)
        for name, section in sections_of(kind, confidential=confidential).items()
        if name != "private"
    }


def _seen(kind: str, listing: Listed, one: Proposal) -> Any:
    """What stands there now; the row is the listing or a number of it, and the value one that it takes."""
    if one.entity == "phone":
        return _seen_number(kind, listing, one)
    if one.entity != kind or one.entity_id != listing.id:
        raise NotFound
    if one.field == WEEK and kind != "organization":
        _check_typed(HoursSchema, one.value, WEEK)
        return {name: value for name, value in week_of(kind, listing.id).items() if value}
    hidden = getattr(listing, "confidential", False)
    held = next(
        (s for s in suggestible(kind, confidential=hidden).values() if _names(s) >= {one.field}), None
    )
    if held is None or one.field is None:
        raise fields.wrong(str(one.field), _("There is no such code."))
    spec = next(field for field in held if field.name == one.field)
    _check_typed(schema_of((spec,)), {one.field: one.value}, one.field)
    standing = values_in(kind, listing, _names(held))
    section = section_of(kind, one.field)
    if section is not None:
        check_section(section, standing | {one.field: one.value})
    else:
        parts.check_value(kind, one.field, one.value)
    return as_json(standing[one.field])


def _check_typed(schema: type[RequestSchema], value: Any, name: str) -> None:
    """Raise Invalid for what the form of this field would not take, whatever a program has sent."""
    wrong = schema().validate(value)
    if wrong:
        raise fields.wrong(name, _("This is not a value of this field."))


def _names(section: tuple[Field, ...]) -> set[str]:
    return {one.name for one in section}


def _seen_number(kind: str, listing: Listed, one: Proposal) -> Any:
    if getattr(listing, "confidential", False):
        raise fields.wrong("number", _("A confidential place has no number. Give it to the service."))
    if one.entity_id is None:
        if one.field is not None:
            raise fields.wrong(one.field, _("There is no such code."))
        _check_typed(schema_of(PARTS["phone"]), one.value, "number")
        given: Mapping[str, Any] = one.value
        for name, value in given.items():
            parts.check_value("phone", name, value)
        return None
    row: Any = db.session.get(Phone, one.entity_id)
    if row is None or getattr(row, f"{kind}_id") != listing.id:
        raise NotFound
    if one.field is None:
        return {name: as_json(getattr(row, name)) for name in sorted(_OF_A_NUMBER)}
    if one.field not in _OF_A_NUMBER:
        raise fields.wrong(one.field, _("There is no such code."))
    spec = next(field for field in PARTS["phone"] if field.name == one.field)
    _check_typed(schema_of((spec,)), {one.field: one.value}, one.field)
    parts.check_value("phone", one.field, one.value)
    return as_json(getattr(row, one.field))


def answer_report(
    report_id: UUID, accepted: bool, taken: Mapping[UUID, bool], closed: str | None = None
) -> UUID:
    """As the steward: whether the problem was there, and each suggestion taken or not. What is taken is written.

    Where it does not exist any more it is closed in the same act: ``closed`` says of a service whether ``for_good`` or
    ``for_now``; an organization or a place is removed. Raises NotFound, Conflict if it was answered, and Invalid where
    a suggestion has no answer.
    """
    report = db.session.get(ListingReport, report_id, with_for_update=True)
    if report is None or report.steward_tenant_id != acting().tenant:
        raise NotFound
    if report.state != "open":
        raise Conflict(_("This report was answered already."))
    now = clock.now()
    suggestions = db.session.scalars(
        select(ListingSuggestion)
        .where(ListingSuggestion.report_id == report_id, ListingSuggestion.state == "open")
        .order_by(ListingSuggestion.id)
    ).all()
    open_ones = [one for one in suggestions if one.id not in taken]
    if open_ones:
        raise Invalid(fields={f"taken.{one.id}": [_("Say yes or no to each field.")] for one in open_ones})
    _write(report, [one for one in suggestions if taken[one.id]])
    for one in suggestions:
        one.state, one.resolved_at = "accepted" if taken[one.id] else "rejected", now
    if report.problem == "closed" and accepted:
        _close(*_about(report), closed)
    right = accepted if report.problem or report.reason_code else any(taken.values())
    report.state, report.resolved_at = "accepted" if right else "rejected", now
    db.session.flush()
    record("listing.report_resolved", "listing_report", report_id, reason=report.state)
    return report_id


def _close(kind: str, listing_id: UUID, closed: str | None) -> None:
    """Take what is closed for good off the directory; say of a service that it is closed for now."""
    if kind == "service":
        fields.one_of("closed", closed or "", CLOSINGS)
        if closed == "for_now":
            parts.change("service", listing_id, {"status": "temporarily closed"})
            enqueue(parts.GONE, listing_id)
            return
    if get_listing(kind, listing_id).removed_at is None:
        parts.remove(kind, listing_id)


def _about(report: ListingReport) -> tuple[str, UUID]:
    """The kind and the id of the listing that a report is about."""
    [about] = [(kind, owner) for kind in KINDS if (owner := getattr(report, f"{kind}_id")) is not None]
    return about


def _write(report: ListingReport, taken: Sequence[ListingSuggestion]) -> None:
    """Write what was taken: fields of one section together, as its form would."""
    kind, listing_id = _about(report)
    sections: dict[str, dict[str, Any]] = {}
    for one in taken:
        if one.entity_id is None:
            _add(one, kind, listing_id)
        elif one.field is None:
            parts.remove(one.entity, one.entity_id)
        elif one.entity == kind and one.field == WEEK:
            write_hours(kind, one.entity_id, one.proposed or {})
        elif one.entity == kind and (section := section_of(kind, one.field)) is not None:
            sections.setdefault(section, {})[one.field] = one.proposed
        else:
            parts.change(one.entity, one.entity_id, {one.field: one.proposed})
    for section, values in sections.items():
        listing = get_listing(kind, listing_id)
        hidden = getattr(listing, "confidential", False)
        held = "town" if hidden and section == "place" else section
        names = _names(sections_of(kind, confidential=hidden)[held])
        write_section(kind, listing_id, held, values_in(kind, listing, names) | values)


def _add(one: ListingSuggestion, kind: str, listing_id: UUID) -> None:
    """A row that was proposed is added where the report was made."""
    known = parts.editable_fields(one.entity) if one.entity in parts.PARTS else frozenset()
    given = {
        name: value for name, value in (one.proposed or {}).items() if name in known and value is not None
    }
    if not given:
        raise Invalid(fields={f"taken.{one.id}": [_("This cannot be taken by itself. Add it by hand.")]})
    parts.add_part(one.entity, given, **{f"{kind}_id": listing_id})
