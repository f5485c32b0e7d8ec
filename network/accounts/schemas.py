"""What is sent to the gate and to the staff pages, and what they answer."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from marshmallow import Schema, ValidationError, fields, validate

from network.accounts.passwords import LONGEST
from network.accounts.permissions import ROLES
from network.web.forms import RequestSchema, missing
from network.web.i18n import LANGUAGES

NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
MISSING_EMAIL = missing(_l("Enter your e-mail address."))
MISSING_PASSWORD = missing(_l("Enter your password."))
# ISO 3166-1 alpha-2, from the Unicode territories: two letters, and none of the invented ones.
COUNTRIES = tuple(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY
)
_LANGUAGE = validate.Regexp(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


def _email(said: dict[str, Any] = MISSING_EMAIL) -> fields.Email:
    return fields.Email(required=True, validate=validate.Length(max=254), error_messages=said)


def _password() -> fields.String:
    # Its length is judged where a password is made; here it is only kept from being a burden.
    return fields.String(
        required=True, validate=validate.Length(max=LONGEST * 8), error_messages=MISSING_PASSWORD
    )


class SignInSchema(RequestSchema):
    """E-mail address and password, and where to go afterwards."""

    email = _email()
    password = _password()
    tenant = fields.String(load_default="", validate=validate.Length(max=60))
    next = fields.String(load_default="/", validate=validate.Length(max=2000))


class UnlockSchema(RequestSchema):
    """The password, to go on after the lock."""

    password = _password()
    next = fields.String(load_default="/", validate=validate.Length(max=2000))


class InviteSchema(RequestSchema):
    """A person to be invited, with her roles."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        error_messages=missing(_l("Enter the name of the person.")),
    )
    email = _email(missing(_l("Enter the e-mail address of the person.")))
    roles = fields.List(
        fields.String(validate=validate.OneOf(list(ROLES))),
        load_default=list,
        validate=validate.Length(max=len(ROLES)),
    )
    languages = fields.List(
        fields.String(validate=_LANGUAGE), load_default=list, validate=validate.Length(max=20)
    )


class RolesSchema(RequestSchema):
    """The roles that somebody is to have."""

    roles = fields.List(
        fields.String(validate=validate.OneOf(list(ROLES))),
        load_default=list,
        validate=validate.Length(max=len(ROLES)),
    )


class SuccessorSchema(RequestSchema):
    """The colleague who takes over what is in somebody's hands alone."""

    successor_id = fields.UUID(required=True, error_messages=missing(_l("Choose a colleague from the list.")))


class JoinSchema(RequestSchema):
    """An invitation's token and a password."""

    token = fields.String(required=True, validate=validate.Length(max=200))
    password = _password()


class FirstJoinSchema(JoinSchema):
    """The same, with the name and address of a tenant's first person."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        error_messages=missing(_l("Enter your name.")),
    )
    email = _email()


class ChangePasswordSchema(RequestSchema):
    """The present password and the new one."""

    current_password = _password()
    new_password = _password()


class LanguagesSchema(RequestSchema):
    """The language of the pages, and those that one speaks with clients."""

    language = fields.String(required=True, validate=validate.OneOf(list(LANGUAGES)))
    languages = fields.List(
        fields.String(validate=_LANGUAGE), load_default=list, validate=validate.Length(max=20)
    )


class WorkplaceSchema(RequestSchema):
    """The tenant to go on working for."""

    tenant_id = fields.UUID(required=True)


def _known_zone(name: str) -> None:
    """One zone is looked up: reading the list of all of them takes a quarter of a second at every start."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(str(_l("Choose a time zone from the list."))) from error


class TenantSchema(RequestSchema):
    """An organization that joins the network."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        error_messages=missing(_l("Enter the name of the organization.")),
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(["centre", "partner"]),
        error_messages=missing(_l("Choose whether it is a centre or a partner.")),
    )
    country = fields.String(
        required=True,
        validate=validate.OneOf(COUNTRIES),
        error_messages=missing(_l("Choose the country.")),
    )
    code = fields.String(
        required=True,
        validate=validate.Regexp(r"[a-z][a-z0-9-]{1,39}\Z"),
        error_messages=missing(_l("Enter a short code for the organization.")),
    )
    reference_prefix = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Z]{2,4}\Z"),
        error_messages=missing(_l("Enter two to four capital letters.")),
    )
    default_language = fields.String(load_default="en", validate=validate.OneOf(list(LANGUAGES)))
    time_zone = fields.String(load_default="UTC", validate=_known_zone)


def _country(said: LazyString) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(COUNTRIES), error_messages=missing(said))


class CorridorSchema(RequestSchema):
    """Two countries between which centres may exchange cases."""

    origin = _country(_l("Choose the country of origin."))
    destination = _country(_l("Choose the country of destination."))


class AgreementSchema(RequestSchema):
    """Two centres of a corridor, and from when to when they exchange cases."""

    origin_tenant_id = fields.UUID(
        required=True, error_messages=missing(_l("Choose the centre in the country of origin."))
    )
    destination_tenant_id = fields.UUID(
        required=True, error_messages=missing(_l("Choose the centre in the country of destination."))
    )
    from_on = fields.Date(required=True, error_messages=missing(_l("Enter the day on which it begins.")))
    until_on = fields.Date(load_default=None, allow_none=True)


class EndAgreementSchema(RequestSchema):
    """The last day of an agreement."""

    until_on = fields.Date(required=True, error_messages=missing(_l("Enter the last day.")))


class AgreementOut(Schema):
    """An agreement between two centres."""

    id = fields.UUID(attribute="agreement.id")
    corridor_id = fields.UUID(attribute="agreement.corridor_id")
    origin_tenant_id = fields.UUID(attribute="agreement.origin_tenant_id")
    destination_tenant_id = fields.UUID(attribute="agreement.destination_tenant_id")
    origin = fields.String()
    destination = fields.String()
    from_on = fields.Date(attribute="agreement.from_on")
    until_on = fields.Date(attribute="agreement.until_on", allow_none=True)


class CorridorOut(Schema):
    """A corridor with its agreements."""

    id = fields.UUID(attribute="corridor.id")
    origin = fields.String(attribute="corridor.origin")
    destination = fields.String(attribute="corridor.destination")
    agreements = fields.List(fields.Nested(AgreementOut), attribute="agreed")


class TenantOut(Schema):
    """An organization of the network."""

    id = fields.UUID()
    code = fields.String()
    kind = fields.String()
    name = fields.String()
    country = fields.String()
    status = fields.String()
    default_language = fields.String()
    time_zone = fields.String()


class OpenedTenantOut(TenantOut):
    """An organization that was opened, with the token of its first invitation."""

    invitation_token = fields.String()


class SessionOut(Schema):
    """A session that was opened, with the token to send as ``Authorization: Bearer``."""

    token = fields.String()
    tenant_id = fields.UUID()
    account_id = fields.UUID()


class IdentityOut(Schema):
    """Who is signed in, and what she may do."""

    account_id = fields.UUID()
    tenant_id = fields.UUID()
    tenant_kind = fields.String()
    tenant_name = fields.String()
    display_name = fields.String()
    language = fields.String()
    roles = fields.Function(lambda identity: sorted(identity.roles))
    permissions = fields.Function(lambda identity: sorted(identity.permissions))


class StaffMemberOut(Schema):
    """A person on the staff list."""

    id = fields.UUID()
    account_id = fields.UUID(allow_none=True)
    name = fields.String()
    email = fields.String()
    roles = fields.List(fields.String())
    state = fields.String()
    languages = fields.List(fields.String())
    successor_id = fields.UUID(allow_none=True)
    version = fields.Integer()


class InvitedOut(StaffMemberOut):
    """One person: with the token to hand over while her invitation is open, and how many restricted clients
    nobody else sees."""

    alone_with = fields.Integer()
    invitation_token = fields.String(allow_none=True)
