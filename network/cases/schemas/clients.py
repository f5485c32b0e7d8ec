"""What is sent about a client: her card, how to reach her, her papers and people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from network.cases.card.fields import COLUMNS, FIELDS, RECORDS, SEALED
from network.cases.card.values import LONG, SHORT
from network.cases.schemas.made import codes_of, made_from, needs_field
from network.web.forms import RequestSchema, missing

CARD = {code: FIELDS[code] for code in (*SEALED, *COLUMNS)}
REACH = ("number", "client_calls_us", "at_centre", "none")
NO_NUMBER = _l("Enter a phone number that is safe to call, or choose 'no safe number'.")
CHILD_RELATIONS = ("daughter", "son", "ward", "grandchild", "niece_nephew")


def _years(least: int, most: int, **given: Any) -> fields.Integer:
    """An age, whose error names it: a list of what is wrong stands at the top, far from the field."""
    told: dict[str, Any] = {"invalid": _l("Enter the age in whole years, like 27.")}
    return fields.Integer(validate=validate.Range(least, most), error_messages=told, **given)


_age = {"age": _years(0, 120, allow_none=True)}

CardSchema = RequestSchema.from_dict(made_from(CARD.values()) | _age, name="CardSchema")
# The page shows every field of the card but the sender's reference: what comes back empty is cleared.
EditCardForm = RequestSchema.from_dict(
    made_from((field for field in CARD.values() if field.code != "reference"), load_default=None)
    | {"age": _years(0, 120, allow_none=True, load_default=None)},
    name="EditCardForm",
)
ContactSchema = RequestSchema.from_dict(made_from(RECORDS["contact"][2].values()), name="ContactSchema")
RelativeSchema = RequestSchema.from_dict(made_from(RECORDS["relative"][2].values()), name="RelativeSchema")
DocumentSchema = RequestSchema.from_dict(made_from(RECORDS["document"][2].values()), name="DocumentSchema")


class ChildAlongSchema(RequestSchema):
    """A child who came along with the client: who she is, and how old; the rest follows from the parent."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=SHORT),
        error_messages=missing(_l("Enter the name of the child.")),
    )
    relationship = fields.String(
        required=True,
        validate=validate.OneOf(CHILD_RELATIONS),
        error_messages=missing(_l("Choose what the child is to the client.")),
    )
    age = _years(0, 17, allow_none=True)
    age_basis = fields.String(validate=validate.OneOf(codes_of("age_basis")), allow_none=True)


class RegistrationSchema(CardSchema):  # type: ignore[valid-type,misc]  # its base is made at run time
    """A new client: her card, how to reach her, her papers, what opens a case, and children who came along."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=SHORT),
        error_messages=missing(_l("Enter a name. A single name is enough.")),
    )
    contacts = fields.List(fields.Nested(ContactSchema), validate=validate.Length(max=10))
    documents = fields.List(fields.Nested(DocumentSchema), validate=validate.Length(max=20))
    restricted = fields.Boolean(allow_none=True)
    team = fields.List(fields.UUID(), validate=validate.Length(max=20))
    children = fields.List(fields.Nested(ChildAlongSchema), validate=validate.Length(max=10))
    needs = needs_field()
    priority = fields.String(allow_none=True, validate=validate.OneOf(codes_of("priorities")))
    place_code = fields.String(allow_none=True, validate=validate.Length(max=80))
    what_happened = fields.String(allow_none=True, validate=validate.Length(max=LONG))
    summary = fields.String(allow_none=True, validate=validate.Length(max=LONG))


def _reaches(contact: dict[str, Any]) -> bool:
    """Whether it says where to call or write: a number, or a messenger that needs none."""
    return bool(contact.get("number")) or contact.get("channels") == ["messenger"]


class RegistrationForm(RegistrationSchema):
    """The same, as the page asks it: one answer how she can be reached, one who holds her passport."""

    reach = fields.String(
        required=True,
        validate=validate.OneOf(REACH),
        error_messages=missing(_l("Choose how the client can be reached, or that no number is safe.")),
    )
    passport_holder = fields.String(allow_none=True, validate=validate.OneOf(codes_of("document_holders")))
    passport_number = fields.String(allow_none=True, validate=validate.Length(max=SHORT))

    @post_load
    def as_records(self, data: dict[str, Any], **_ignored: Any) -> dict[str, Any]:
        """The answers as the contact and the paper that they stand for."""
        reach = data.pop("reach")
        data["contacts"] = data.get("contacts", []) if reach == "number" else [{"channels": [reach]}]
        if reach == "number" and not any(_reaches(one) for one in data["contacts"]):
            raise ValidationError({"contacts": {0: {"number": [str(NO_NUMBER)]}}})
        holder, number = data.pop("passport_holder", None), data.pop("passport_number", None)
        if holder or number:
            paper = {"type": "passport", "holder": holder or "unknown", "number": number}
            data["documents"] = [{code: value for code, value in paper.items() if value}]
        # An unticked box leaves it to the needs whether she is restricted.
        if not data.get("restricted"):
            data.pop("restricted", None)
        return data


class RegisterChildSchema(RegistrationSchema):
    """A child who is registered from her parent's card."""

    relationship = fields.String(
        required=True,
        validate=validate.OneOf(CHILD_RELATIONS),
        error_messages=missing(_l("Choose what the child is to the client.")),
    )
    travels_along = fields.Boolean(load_default=False)
    with_case = fields.Boolean(load_default=False)

    class Meta:
        """A child brings no children."""

        exclude = ("children",)


class RegisterChildForm(RegisterChildSchema):
    """The same, as the page asks it."""

    age_basis = fields.String(
        required=True,
        validate=validate.OneOf(codes_of("age_basis")),
        error_messages=missing(_l("Choose how the age is known.")),
    )


class RelationSchema(RequestSchema):
    """Who another client is to this one."""

    related_reference = fields.String(
        required=True,
        validate=validate.Length(max=40),
        error_messages=missing(_l("Enter the reference of the other client.")),
    )
    relationship = fields.String(
        required=True,
        validate=validate.OneOf(codes_of("relationships")),
        error_messages=missing(_l("Choose the relationship.")),
    )
    flags = fields.List(
        fields.String(validate=validate.OneOf(codes_of("relationship_flags"))), load_default=list
    )
    inverse_flags = fields.List(
        fields.String(validate=validate.OneOf(codes_of("relationship_flags"))), load_default=list
    )
    travels_along = fields.Boolean(load_default=False)
    note = fields.String(load_default="", validate=validate.Length(max=LONG))


class NumberStateSchema(RequestSchema):
    """Whether a number may be used."""

    state = fields.String(required=True, validate=validate.OneOf(codes_of("safe_contact.number_state")))


class RecoveredSchema(RequestSchema):
    """When a paper came back, and who holds it now."""

    recovered_on = fields.Date(load_default=None, allow_none=True)
    holder = fields.String(load_default="client", validate=validate.OneOf(codes_of("document_holders")))


class StopContactSchema(RequestSchema):
    """Why nobody may reach the client any more."""

    reason = fields.String(required=True, validate=validate.OneOf(("client_wish", "died")))
    deceased_on = fields.Date(load_default=None, allow_none=True)


class ClientSearchSchema(RequestSchema):
    """What is searched for: a name, a number, a paper, a reference."""

    question = fields.String(
        required=True,
        validate=validate.Length(min=1, max=300),
        error_messages=missing(_l("Enter a name, a number or a reference.")),
    )


class ColleagueSchema(RequestSchema):
    """Somebody of the staff: who takes a case, or joins a team."""

    account_id = fields.UUID(required=True, error_messages=missing(_l("Choose a colleague.")))


class ListQuery(Schema):
    """Which page of a list."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=600))
