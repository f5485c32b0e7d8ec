"""What is answered about clients and cases."""

from __future__ import annotations

from marshmallow import Schema, fields


class IdOut(Schema):
    """What was made or changed."""

    id = fields.UUID()


class ClientRowOut(Schema):
    """A client as a list shows her: nothing that names her."""

    id = fields.UUID()
    reference = fields.String()
    restricted = fields.Boolean()
    is_child = fields.Boolean()
    age_band = fields.String()
    sex = fields.String()
    nationality = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()


class ClientHitOut(Schema):
    """A client who answers a search."""

    client_id = fields.UUID()
    reference = fields.String()
    name = fields.String()
    other_names = fields.List(fields.String())
    age_band = fields.String()
    sex = fields.String()
    nationality = fields.String(allow_none=True)
    restricted = fields.Boolean()
    how = fields.String()
    score = fields.Float()


class ContactOut(Schema):
    """A way to reach a client: the number never without its rules."""

    id = fields.UUID()
    version = fields.Integer()
    state = fields.String()
    asked_on = fields.Date()
    rules = fields.Dict()


class DocumentOut(Schema):
    """A paper of the client's."""

    id = fields.UUID()
    version = fields.Integer()
    type = fields.String()
    holder = fields.String()
    held_since = fields.Date(allow_none=True)
    recovered_on = fields.Date(allow_none=True)
    details = fields.Dict()


class RelatedOut(Schema):
    """Who somebody is to the client."""

    id = fields.UUID()
    relationship = fields.String()
    flags = fields.List(fields.String())
    client_id = fields.Function(lambda one: str(one.client.id) if one.client else None)
    details = fields.Dict()


class CaseOut(Schema):
    """A case, opened."""

    id = fields.UUID()
    client_id = fields.UUID()
    reference = fields.String()
    version = fields.Integer()
    restricted = fields.Boolean()
    state = fields.String()
    closed_reason = fields.String(allow_none=True)
    opened_on = fields.Date()
    closed_on = fields.Date(allow_none=True)
    assignee_account_id = fields.UUID(allow_none=True)
    priority = fields.String()
    custody = fields.String()
    summary = fields.String()
    what_happened = fields.String()


class CaseRowOut(Schema):
    """A case as a list shows it: nothing that names anybody."""

    id = fields.UUID()
    client_id = fields.UUID()
    reference = fields.String()
    client_reference = fields.String()
    restricted = fields.Boolean()
    state = fields.String()
    custody = fields.String()
    priority = fields.String()
    opened_on = fields.Date()
    assignee_account_id = fields.UUID(allow_none=True)
    age_band = fields.String()
    sex = fields.String()
    nationality = fields.String(allow_none=True)
    needs = fields.List(fields.String())


class ClientOut(Schema):
    """A client's card with what belongs to it."""

    id = fields.UUID()
    reference = fields.String()
    version = fields.Integer()
    restricted = fields.Boolean()
    is_child = fields.Boolean()
    name = fields.String()
    other_names = fields.List(fields.String())
    sex = fields.String()
    nationality = fields.String(allow_none=True)
    age = fields.Integer(allow_none=True)
    age_band = fields.String()
    age_basis = fields.String()
    birth_date = fields.Date(allow_none=True)
    birth_year = fields.Integer(allow_none=True)
    languages = fields.List(fields.String())
    sector = fields.String(allow_none=True)
    contact_stopped_at = fields.AwareDateTime(allow_none=True)
    details = fields.Dict()


class CaseNeedOut(Schema):
    """A need of a case."""

    id = fields.UUID()
    need_code = fields.String()
    state = fields.String()
    place_code = fields.String(allow_none=True)
    recorded_on = fields.Date()
    ended_on = fields.Date(allow_none=True)


class CaseEventOut(Schema):
    """A line of a case's timeline."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    kind = fields.String()
    actor_account_id = fields.UUID(allow_none=True)
    subject_kind = fields.String(allow_none=True)
    subject_id = fields.UUID(allow_none=True)
    codes = fields.Dict()


class CaseNoteOut(Schema):
    """A note."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    author_account_id = fields.UUID(allow_none=True)
    text = fields.String()


class ServiceRecordOut(Schema):
    """A service delivered."""

    id = fields.UUID()
    need_code = fields.String()
    delivered_on = fields.Date()
    mode = fields.String()
    outcome = fields.String()
    organization_id = fields.UUID(allow_none=True)
    exchange_id = fields.UUID(allow_none=True)


class AuthorizationOut(Schema):
    """An authorization."""

    id = fields.UUID()
    instrument = fields.String()
    scope = fields.List(fields.String())
    signed_on = fields.Date()
    valid_until = fields.Date(allow_none=True)
    revoked_on = fields.Date(allow_none=True)
    evidence = fields.String()


class ClaimOut(Schema):
    """A claim, opened."""

    id = fields.UUID()
    case_id = fields.UUID()
    version = fields.Integer()
    kind = fields.String()
    forum = fields.String()
    state = fields.String()
    remedies = fields.List(fields.String())
    remedies_obtained = fields.List(fields.String())
    amount_claimed = fields.Decimal(as_string=True, allow_none=True)
    amount_awarded = fields.Decimal(as_string=True, allow_none=True)
    amount_paid = fields.Decimal(as_string=True, allow_none=True)
    currency = fields.String(allow_none=True)
    lodged_on = fields.Date(allow_none=True)
    decided_on = fields.Date(allow_none=True)
    paid_on = fields.Date(allow_none=True)
    lapses_on = fields.Date(allow_none=True)
    respondent = fields.String()
    facts = fields.String()
    authorizations = fields.List(fields.Nested(AuthorizationOut))


class ClientPageOut(Schema):
    """A client's card with her contacts, papers, people and cases."""

    client = fields.Nested(ClientOut)
    contacts = fields.List(fields.Nested(ContactOut))
    documents = fields.List(fields.Nested(DocumentOut))
    related = fields.List(fields.Nested(RelatedOut))
    team = fields.List(fields.UUID())
    case_ids = fields.List(fields.UUID())


class CasePageOut(Schema):
    """A case with all that belongs to it on this floor."""

    case = fields.Nested(CaseOut)
    card = fields.Nested(ClientOut)
    needs = fields.List(fields.Nested(CaseNeedOut))
    events = fields.List(fields.Nested(CaseEventOut))
    notes = fields.List(fields.Nested(CaseNoteOut))
    contacts = fields.List(fields.Nested(ContactOut))
    documents = fields.List(fields.Nested(DocumentOut))
    related = fields.List(fields.Nested(RelatedOut))
    claims = fields.List(fields.Nested(ClaimOut))
    services = fields.List(fields.Nested(ServiceRecordOut))
    team = fields.List(fields.UUID())


class ClientListOut(Schema):
    """A page of the centre's clients."""

    items = fields.List(fields.Nested(ClientRowOut))
    next_cursor = fields.String(allow_none=True)


class CaseListOut(Schema):
    """A page of the centre's cases."""

    items = fields.List(fields.Nested(CaseRowOut))
    next_cursor = fields.String(allow_none=True)
