"""What a steward fills in, section by section: each short enough for a phone. One table for forms and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from network.core import vocabulary
from network.core.errors import Invalid
from network.directory import formats
from network.directory.fields import LONGEST_NAME, LONGEST_TEXT
from network.directory.states import LISTING_PROBLEMS, VERIFICATION_METHODS, WEEKDAYS
from network.web.forms import RequestSchema, missing

Kind = Literal[
    "text", "words", "email", "web", "tel", "number", "decimal", "date", "time", "choice", "choices", "tick"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One input. ``options`` names where its codes come from; see ``keeping_wording.options``."""

    name: str
    kind: Kind = "text"
    required: bool = False
    options: str = ""


def _choice(name: str, options: str, *, required: bool = False) -> Field:
    return Field(name, "choice", required, options)


def _choices(name: str, options: str) -> Field:
    return Field(name, "choices", False, options)


_VISIBILITY = _choice("visibility", "visibility", required=True)
_NAME = Field("name", required=True)

SECTIONS: Mapping[str, Mapping[str, tuple[Field, ...]]] = {
    "organization": {
        "about": (
            _NAME, Field("alternate_name"), Field("description", "words"),
            _choice("country", "countries", required=True),
            _choice("recipient_class", "recipient_classes", required=True), _VISIBILITY,
        ),
        "contact": (Field("email", "email"), Field("website", "web")),
        "register": (
            Field("legal_status"), Field("year_incorporated", "number"), Field("tax_status"), Field("tax_id"),
        ),
    },
    "service": {
        "about": (
            _NAME, Field("alternate_name"), Field("description", "words"),
            _choice("status", "status", required=True), Field("alert"), _VISIBILITY,
        ),
        "needs": (_choices("needs", "needs"),),
        "referral": (
            _choice("referral_method", "referral_method", required=True),
            _choices("other_referral_methods", "referral_method"), Field("response_hours", "number"),
            Field("application_process", "words"), Field("next_step", "words"),
            _choice("feedback_promised", "feedback_promised"), Field("wait_time"),
        ),
        "contact": (Field("email", "email"), Field("url", "web")),
        "languages": (
            _choices("languages", "languages"), _choices("interpreted", "languages"),
            Field("interpretation_services"),
        ),
        "whom": (
            _choices("sex", "eligibility.sex"), Field("age_min", "number"), Field("age_max", "number"),
            _choice("children_accepted", "yes_no"), Field("girls_up_to", "number"), Field("boys_up_to", "number"),
            _choice("pregnant_served", "yes_no"), _choice("female_staff", "yes_no"),
        ),
        "standing": (
            _choices("legal_status", "eligibility.legal_status"), _choices("person_kind", "eligibility.person_kind"),
            _choices("sector", "eligibility.sector"), Field("nationality_include"), Field("nationality_exclude"),
        ),
        "papers": (
            _choices("documents_required", "document_types"), _choice("works_without_documents", "yes_no"),
            _choice("referral_required", "eligibility.referral_required"),
            _choice("membership", "eligibility.membership"),
        ),
        "care": (
            _choices("disability_access", "disabilities"), Field("health_limits"),
            Field("eligibility_description", "words"),
        ),
        "practices": tuple(_choice(code, "yes_no_unknown") for code in vocabulary.terms("partner_practices")),
        "house-rules": tuple(
            Field(code, "number") if vocabulary.house_rule(code).type == "integer"
            else _choice(code, f"house_rules.{code}")
            for code in vocabulary.terms("house_rules")
        ),
        "cost": (_choice("cost", "eligibility.cost"), Field("fees_description")),
        "holidays": (Field("open_on_holidays", "tick"),),
    },
    "location": {
        "place": (
            Field("place", required=True), Field("latitude", "decimal"), Field("longitude", "decimal"),
            Field("time_zone"),
        ),
        "about": (
            Field("name"), Field("alternate_name"), Field("description", "words"), Field("transportation", "words"),
            _VISIBILITY,
        ),
    },
}  # fmt: skip
# Of a confidential place: what the network reads, and what its steward keeps sealed.
HIDDEN_SECTIONS: Mapping[str, tuple[Field, ...]] = {
    "town": (Field("place", required=True), _VISIBILITY),
    "private": (
        Field("name"), Field("attention"), Field("address_1"), Field("address_2"), Field("city"),
        Field("postal_code"), Field("phones", "tel"), Field("transportation", "words"), Field("description", "words"),
    ),
}  # fmt: skip
PARTS: Mapping[str, tuple[Field, ...]] = {
    "phone": (Field("number", "tel", required=True), Field("extension", "number"), Field("description")),
    "contact": (Field("name"), Field("title"), Field("department"), Field("email", "email")),
    "organization_role": (
        _choice("relation", "relation", required=True), _choice("class_code", "recipient_classes", required=True),
        _choice("country", "countries"), Field("name"),
    ),
    "url": (Field("label"), Field("url", "web", required=True)),
    "funding": (Field("source", required=True),),
    "program": (_NAME, Field("description", "words")),
    "organization_identifier": (
        Field("identifier_type", required=True), Field("identifier", required=True), Field("identifier_scheme"),
    ),
    "required_document": (Field("document", required=True),),
    "cost_option": (
        Field("option"), Field("amount", "decimal"), Field("currency"), Field("amount_description"),
    ),
    "schedule_exception": (
        Field("first_on", "date", required=True), Field("last_on", "date", required=True),
        _choice("kind", "exception_kind", required=True), Field("closed", "tick"), Field("opens_at", "time"),
        Field("closes_at", "time"), Field("description"),
    ),
    "address": (
        Field("attention"), Field("address_1", required=True), Field("address_2"), Field("city", required=True),
        Field("region"), Field("state_province"), Field("postal_code"), _choice("country", "countries", required=True),
    ),
    "accessibility": (Field("description", required=True), Field("details", "words"), Field("url", "web")),
}  # fmt: skip
# Days on which the hours of a whole country do not hold.
HOLIDAY: tuple[Field, ...] = (_choice("country", "countries", required=True), *PARTS["schedule_exception"])
# What a new listing is asked for; the rest is filled in afterwards.
NEW: Mapping[str, tuple[Field, ...]] = {
    "organization": (
        Field("name", required=True),
        Field("description", "words"),
        Field("country", "choice", True, "countries"),
        Field("recipient_class", "choice", True, "recipient_classes"),
        _VISIBILITY,
    ),
    "service": (
        Field("name", required=True),
        Field("needs", "choices", True, "needs"),
        Field("referral_method", "choice", True, "referral_method"),
        _VISIBILITY,
    ),
    "location": (Field("place", required=True), Field("name"), Field("confidential", "tick"), _VISIBILITY),
}
# What may hang on each kind of listing, in the order of its page; of a confidential place, days with other hours.
PARTS_OF: Mapping[str, tuple[str, ...]] = {
    "organization": (
        *("phone", "contact", "organization_role", "program", "url", "funding", "organization_identifier"),
    ),
    "service": ("schedule_exception", "phone", "contact", "required_document", "cost_option", "url"),
    "location": ("address", "phone", "contact", "accessibility", "schedule_exception"),
}


def sections_of(kind: str, *, confidential: bool = False) -> Mapping[str, tuple[Field, ...]]:
    """The sections of a listing, by name; none for a kind that there is not."""
    return HIDDEN_SECTIONS if confidential else SECTIONS.get(kind, {})


def parts_of(kind: str, *, confidential: bool = False) -> tuple[str, ...]:
    """What may hang on a listing."""
    return ("schedule_exception",) if confidential else PARTS_OF.get(kind, ())


@cache
def schema_of(section: tuple[Field, ...]) -> type[RequestSchema]:
    """The schema of a section or a part."""
    named: dict[str, Any] = {one.name: _field(one) for one in section}
    return RequestSchema.from_dict(named)  # type: ignore[return-value]  # it makes a subclass of ours


def named_schema(name: str, section: tuple[Field, ...]) -> type[RequestSchema]:
    """The same under a name of its own, by which a document tells it."""
    return type(name, (schema_of(section),), {"__doc__": schema_of(section).__doc__})


def _field(one: Field) -> Any:
    given: dict[str, Any] = (
        {"required": True, "error_messages": missing(_l("This field is required."))}
        if one.required
        else {"load_default": None}
    )
    if one.kind == "number":
        return fields.Integer(validate=validate.Range(0, 1_000_000), **given)
    if one.kind == "decimal":
        return fields.Float(**given)
    if one.kind == "date":
        return fields.Date(**given)
    if one.kind == "tick":
        return fields.Boolean(load_default=False)
    if one.kind == "choices":
        return fields.List(fields.String(), load_default=list, validate=validate.Length(max=200))
    if one.kind == "email":
        return fields.String(validate=[validate.Length(max=LONGEST_NAME), _mail], **given)
    longest = LONGEST_TEXT if one.kind == "words" else LONGEST_NAME
    return fields.String(validate=validate.Length(max=longest), **given)


def _mail(typed: str) -> None:
    try:
        formats.email("email", typed)
    except Invalid as wrong:
        raise ValidationError(wrong.fields["email"]) from wrong


class VerifySchema(RequestSchema):
    """How somebody found out that a listing is right."""

    how = fields.String(load_default="phone", validate=validate.OneOf(VERIFICATION_METHODS))


class CapacitySchema(RequestSchema):
    """What is free now."""

    unit_id = fields.UUID(required=True)
    available = fields.Integer(
        required=True,
        validate=validate.Range(0, 100_000),
        error_messages=missing(_l("Say how much is free.")),
    )
    maximum = fields.Integer(load_default=None, validate=validate.Range(0, 100_000))
    next_free_on = fields.Date(load_default=None)


class ListingProblemSchema(RequestSchema):
    """What is wrong with a service."""

    problem = fields.String(
        required=True,
        validate=validate.OneOf(LISTING_PROBLEMS),
        error_messages=missing(_l("Choose what is wrong.")),
    )


_TIME = validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z")


def _hours() -> dict[str, Any]:
    return {
        f"{day.lower()}_{end}{nth}": fields.String(load_default=None, validate=_TIME)
        for day in WEEKDAYS
        for nth in ("", "_2")
        for end in ("opens", "closes")
    }


class HoursSchema(RequestSchema.from_dict(_hours())):  # type: ignore[misc]  # made by name, twenty-eight of a kind
    """The week: from when to when on each day, twice where there is a break. 00:00 as an end is midnight."""

    @validates_schema
    def whole(self, data: dict[str, Any], **_ignored: Any) -> None:
        """An opening has a closing."""
        wrong = {
            name: [str(_l("Enter both times, or none."))]
            for name in data
            if "_opens" in name and (data[name] is None) != (data[name.replace("_opens", "_closes")] is None)
        }
        if wrong:
            raise ValidationError(wrong)
