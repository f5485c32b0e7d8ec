"""What is sent to the pages and the API of consent: what was asked, and what she said."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from network.cases.card.values import countries
from network.consent.answers import NO, SAID, YES
from network.consent.policies import CHILD_VIEWS
from network.consent.questions import LONGEST_DAYS, OWN_LONGEST, days_of, longest_of
from network.web.forms import RequestSchema, coded, missing

WORDS = 2000
NAME = 200
ANSWERS = (*SAID, "unanswered")
# What an interpreter may be tied to; the first two may not interpret this at all.
TIES = ("none", "employer", "recruiter", "family", "compatriots", "embassy_consulate", "unknown")
LEAVES = ("sharing", "service")
RECIPIENT = ("organization_id", "recipient_class", "recipient_country")
DAYS = validate.Range(1, max(LONGEST_DAYS, *OWN_LONGEST.values()))
_LANGUAGE = validate.Regexp(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


def _words(most: int = WORDS, **given: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=most), load_default="", **given)


def _country(**given: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(sorted(countries())), load_default=None, allow_none=True, **given
    )


def check_days(purpose: str, days: int | None) -> None:
    """A yes has an end, by what it is for. Raises ``ValidationError``."""
    if days is not None and days > longest_of(purpose):
        raise ValidationError(str(_l("At most %(count)s days.", count=longest_of(purpose))), "days")


class GrantSchema(RequestSchema):
    """One question and its answer: for which purpose, what, to whom. A no is kept as what was said; what was not asked
    is neither allowed nor kept; what everything hangs on is not left ``unanswered``."""

    purpose = coded("consent_purposes", required=True)
    need = coded("needs", load_default=None, allow_none=True)
    categories = fields.List(coded("data_categories"), load_default=list, validate=validate.Length(max=30))
    organization_id = fields.UUID(load_default=None, allow_none=True)
    recipient_class = coded("recipient_classes", load_default=None, allow_none=True)
    recipient_country = _country()
    days = fields.Integer(load_default=None, allow_none=True, validate=DAYS)
    onward = fields.Boolean(load_default=None, allow_none=True)
    answer = fields.String(load_default="yes", validate=validate.OneOf(ANSWERS))

    @validates_schema
    def no_longer_than_it_may(self, data: dict[str, Any], **_ignored: Any) -> None:
        """A yes has an end, by what it is for."""
        check_days(data.get("purpose", ""), data.get("days"))


class RefusalSchema(RequestSchema):
    """Never to this class, organization or person; and how it was said, where she was never asked before."""

    recipient_class = coded("recipient_classes", load_default=None, allow_none=True)
    organization_id = fields.UUID(load_default=None, allow_none=True)
    person = _words(NAME)
    country = _country()
    method = coded("consent_methods", load_default=None, allow_none=True)
    language = fields.String(load_default=None, allow_none=True, validate=_LANGUAGE)
    witness = _words(NAME)
    identity_check = _words(NAME)
    supporter = _words(NAME)
    carrier = _words(NAME)


class NeverSchema(RequestSchema):
    """Whom she does not want to be told, or that she names nobody, and how she said it. ``also``: her children for whom
    the same holds."""

    never = fields.List(coded("recipient_classes"), load_default=list, validate=validate.Length(max=30))
    never_more = coded("recipient_classes", load_default=None, allow_none=True)
    never_person = _words(NAME)
    nobody = fields.Boolean(load_default=False)
    also = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=30))
    method = coded("consent_methods", required=True, error_messages=missing(_l("Choose how it is said.")))
    language = fields.String(
        required=True, validate=_LANGUAGE, error_messages=missing(_l("Choose the language."))
    )
    witness = _words(NAME)
    identity_check = _words(NAME)


class AskedSchema(RequestSchema):
    """How she was asked: who speaks, in which way, in which language, with which interpreter."""

    capacity = coded("consent_capacities", required=True, error_messages=missing(_l("Choose who says it.")))
    method = coded("consent_methods", required=True, error_messages=missing(_l("Choose how it is said.")))
    language = fields.String(
        required=True, validate=_LANGUAGE, error_messages=missing(_l("Choose the language."))
    )
    restatement = fields.String(
        required=True,
        validate=validate.Length(
            min=2,
            max=WORDS,
            error=_l("Write what was said, in a few words."),  # type: ignore[arg-type]  # told when it is read
        ),
        error_messages=missing(_l("Write down, in the client's own words, what was understood.")),
    )
    witness = _words(NAME)
    identity_check = _words(NAME)
    supporter = _words(NAME)
    carrier = _words(NAME)
    interpreter = fields.Boolean(load_default=False)
    interpreter_name = _words(NAME)
    interpreter_tie = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(TIES))
    guardian_relationship_id = fields.UUID(load_default=None, allow_none=True)
    guardian_checked = fields.Boolean(load_default=False)
    child_view = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CHILD_VIEWS))
    notice_version = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    evidence = _words()


class ConsentSchema(AskedSchema):
    """A consent with its grants and refusals. ``days``, ``onward`` and the recipient hold for grants that
    do not say.

    ``never`` and ``never_person`` are refusals in short: classes of recipients, and one person's name; ``also``: her
    children, asked nothing yet, for whom her refusals hold, those that stood before included.
    """

    case_id = fields.UUID(load_default=None, allow_none=True)
    understood = fields.Boolean(load_default=False)
    days = fields.Integer(load_default=None, allow_none=True, validate=DAYS)
    onward = fields.Boolean(load_default=False)
    organization_id = fields.UUID(load_default=None, allow_none=True)
    recipient_class = coded("recipient_classes", load_default=None, allow_none=True)
    recipient_country = _country()
    grants = fields.List(fields.Nested(GrantSchema), load_default=list, validate=validate.Length(max=30))
    refusals = fields.List(fields.Nested(RefusalSchema), load_default=list, validate=validate.Length(max=30))
    never = fields.List(coded("recipient_classes"), load_default=list, validate=validate.Length(max=30))
    never_person = _words(NAME)
    also = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=30))

    @post_load
    def fill_in(self, data: dict[str, Any], **_ignored: Any) -> dict[str, Any]:
        """Give each grant its end and its terms, and make refusals of what was ticked."""
        for grant in data["grants"]:
            grant["days"] = grant["days"] or data["days"] or days_of(grant["purpose"])
            check_days(grant["purpose"], grant["days"])
            grant["onward"] = data["onward"] if grant["onward"] is None else grant["onward"]
            if grant["organization_id"] is None and grant["recipient_class"] is None:
                grant |= {name: data[name] for name in RECIPIENT}
        refusals = [*data["refusals"], *({"recipient_class": code} for code in data.pop("never"))]
        if person := data.pop("never_person"):
            refusals.append({"recipient_class": "named_person", "person": person})
        return data | {"refusals": refusals}


class ChildSaidSchema(RequestSchema):
    """Who speaks for a child who goes along, and what the child says."""

    client_id = fields.UUID(required=True)
    guardian_relationship_id = fields.UUID(required=True)
    guardian_checked = fields.Boolean(load_default=False)
    child_view = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CHILD_VIEWS))


class AnswerSchema(RequestSchema):
    """What was said to one question."""

    question = fields.String(required=True, validate=validate.Length(max=200))
    answer = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(SAID))


class ShortConsentSchema(AskedSchema):
    """What was said to each question, where consent is missing. ``asked``: the mark of what the page asked.

    ``main`` answers what everything hangs on, where that has no answer of its own; ``answers`` are those beside it.
    ``shown_without`` and ``holds``: to which questions, and for how many hours, the page has taken no yes when it
    showed what would leave.
    """

    class Meta:
        """Whose guardian, and what a child says, is told child by child."""

        exclude = ("guardian_relationship_id", "guardian_checked", "child_view", "notice_version")

    asked = fields.String(required=True, validate=validate.Length(max=100))
    main = fields.String(load_default=YES, validate=validate.OneOf((YES, NO)))
    answers = fields.List(fields.Nested(AnswerSchema), load_default=list, validate=validate.Length(max=60))
    shown_without = fields.List(
        fields.String(validate=validate.Length(max=200)), load_default=list, validate=validate.Length(max=60)
    )
    holds = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 1000))
    children = fields.List(
        fields.Nested(ChildSaidSchema), load_default=list, validate=validate.Length(max=30)
    )


class ConfirmSchema(AskedSchema):
    """How a provisional consent was confirmed. Who speaks stays as it was."""

    class Meta:
        """What stays as it was is not sent again."""

        exclude = ("capacity", "restatement", "notice_version")


class ExtendSchema(AskedSchema):
    """How she was asked anew, and for how many days from now."""

    days = fields.Integer(required=True, validate=DAYS)


class WithdrawSchema(RequestSchema):
    """Whether she stops sharing, or leaves the service as well."""

    leaves = fields.String(
        required=True,
        validate=validate.OneOf(LEAVES),
        error_messages=missing(_l("Choose: only stop sharing, or leave the service as well.")),
    )


class LiftSchema(RequestSchema):
    """For which purpose a refusal is lifted, once."""

    purpose = coded(
        "consent_purposes", required=True, error_messages=missing(_l("Choose what it is lifted for."))
    )


class WantedSchema(RequestSchema):
    """What is asked of the door, to see what would leave."""

    recipient_organization_id = fields.UUID(required=True)
    purpose = coded("consent_purposes", required=True)
    need_codes = fields.List(coded("needs"), load_default=list, validate=validate.Length(max=20))
    added = fields.List(
        fields.String(validate=validate.Length(max=80)), load_default=list, validate=validate.Length(max=60)
    )
    left_out = fields.List(
        fields.String(validate=validate.Length(max=80)), load_default=list, validate=validate.Length(max=200)
    )
