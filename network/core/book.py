"""Reads the data file of the vocabulary and checks that it hangs together; ``vocabulary.py`` looks up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from network.core.terms import (
    ArrivalNeed,
    Category,
    ClaimForum,
    ClaimKind,
    ConsentMethod,
    DocumentType,
    Eligibility,
    Group,
    LegalBasis,
    Need,
    Priority,
    Purpose,
    Reason,
    RecipientClass,
    Relationship,
    ReturnKind,
    Term,
)


class BrokenVocabulary(Exception):
    """The data file says something that the product would not carry out, or points at a missing code."""


class _Priorities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    levels: tuple[Priority, ...]
    note: str


class _RecipientClasses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    classes: tuple[RecipientClass, ...]
    rule: str


class _Reasons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    decline: tuple[Reason, ...]
    handoff_decline: tuple[Reason, ...]
    withdrawal: tuple[Reason, ...]
    recall: tuple[Reason, ...]
    not_served: tuple[Reason, ...]
    client_word_not_had: tuple[Reason, ...]
    lost_to_follow_up: tuple[Reason, ...]
    not_departed: tuple[Reason, ...]
    not_arrived: tuple[Reason, ...]
    arrival_corrected: tuple[Reason, ...]
    case_closed: tuple[Reason, ...]


class _SafeContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    channel: tuple[Term, ...]
    phone_belongs_to: tuple[Term, ...]
    who_else_may_see: tuple[Term, ...]
    may_leave_message: tuple[Term, ...]
    if_another_answers: tuple[Term, ...]
    we_appear_as: tuple[Term, ...]
    check_it_is_her_or_him: tuple[Term, ...]
    hours: tuple[Term, ...]
    slip: tuple[Term, ...]
    when_not_reached: tuple[Term, ...]
    number_state: tuple[Term, ...]
    rules: tuple[str, ...]


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file as it stands, typed throughout."""

    meta: dict[str, object] = msgspec.field(name="_meta")
    groups: tuple[Group, ...]
    needs: tuple[Need, ...]
    reasons: _Reasons
    arrival_needs: tuple[ArrivalNeed, ...]
    claim_kinds: tuple[ClaimKind, ...]
    claim_forums: tuple[ClaimForum, ...]
    claim_remedies: tuple[Term, ...]
    priorities: _Priorities
    eligibility: Eligibility
    legal_bases: tuple[LegalBasis, ...]
    consent_purposes: tuple[Purpose, ...]
    recipient_classes: _RecipientClasses
    consent_methods: tuple[ConsentMethod, ...]
    consent_capacities: tuple[Term, ...]
    data_categories: tuple[Category, ...]
    relationships: tuple[Relationship, ...]
    relationship_flags: tuple[Term, ...]
    document_types: tuple[DocumentType, ...]
    document_holders: tuple[Term, ...]
    safe_contact: _SafeContact
    return_kinds: tuple[ReturnKind, ...]
    whereabouts: tuple[Term, ...]
    service_outcomes: tuple[Term, ...]
    answers: tuple[Term, ...]


Lists = Mapping[str, Mapping[str, Term]]


def read(text: bytes) -> tuple[Book, Lists]:
    """The typed book and its lists by name. Raises BrokenVocabulary for an unknown key, a wrong type, a code
    given twice, or a reference to a code that is not there."""
    try:
        book = msgspec.json.decode(text, type=Book)
    except msgspec.ValidationError as wrong:
        raise BrokenVocabulary(str(wrong)) from wrong
    lists = {name: _by_code(name, terms) for name, terms in _named_lists(book)}
    _check_references(book, lists)
    return book, MappingProxyType(lists)


def _named_lists(book: Book) -> Iterable[tuple[str, Iterable[Term]]]:
    """Every list of the book under the name that the rest of the product uses."""
    for name in book.__struct_fields__:
        if name not in ("meta", "reasons", "priorities", "eligibility", "recipient_classes", "safe_contact"):
            yield name, getattr(book, name)
    for name in book.reasons.__struct_fields__:
        list_name = f"reasons.{name}"
        entries: tuple[Reason, ...] = getattr(book.reasons, name)
        yield list_name, [msgspec.structs.replace(entry, list_name=list_name) for entry in entries]
    yield "priorities", book.priorities.levels
    yield "recipient_classes", book.recipient_classes.classes
    yield "criteria", book.eligibility.criteria
    yield "house_rules", book.eligibility.house_rules
    yield "partner_practices", book.eligibility.partner_practices
    for criterion in book.eligibility.criteria:
        if criterion.values:
            yield f"eligibility.{criterion.code}", criterion.values
    for rule in book.eligibility.house_rules:
        if rule.values:
            yield f"house_rules.{rule.code}", rule.values
    for name in book.safe_contact.__struct_fields__:
        if name != "rules":
            yield f"safe_contact.{name}", getattr(book.safe_contact, name)


def _by_code(name: str, terms: Iterable[Term]) -> Mapping[str, Term]:
    found: dict[str, Term] = {}
    for term in terms:
        if term.code in found:
            raise BrokenVocabulary(f"{name}: {term.code} is given twice")
        found[term.code] = term
    return MappingProxyType(found)


def _check_references(book: Book, lists: Lists) -> None:
    """Every code that an entry points at is there, and every purpose proposes only what it allows."""

    def known(list_name: str, codes: Iterable[str], where: str) -> None:
        for code in codes:
            if code not in lists[list_name]:
                raise BrokenVocabulary(f"{where}: {list_name} has no {code}")

    for need in book.needs:
        known("groups", [need.group], need.code)
        known("priorities", [need.default_priority], need.code)
        if not need.code.startswith(need.group + "."):
            raise BrokenVocabulary(f"{need.code}: a need's code begins with its group")
    for category in book.data_categories:
        known("data_categories", [category.parent] if category.parent else [], category.code)
    for purpose in book.consent_purposes:
        known("data_categories", purpose.allowed_categories, purpose.code)
        known("recipient_classes", purpose.typical_recipients, purpose.code)
        if not set(purpose.default_categories) <= set(purpose.allowed_categories):
            raise BrokenVocabulary(f"{purpose.code}: proposes a category that it does not allow")
    for basis in book.legal_bases:
        known("data_categories", basis.categories_max or (), basis.code)
    for recipient_class in book.recipient_classes.classes:
        known("recipient_classes", recipient_class.includes, recipient_class.code)
    for relationship in book.relationships:
        known("relationships", relationship.inverse, relationship.code)
    for criterion in book.eligibility.criteria:
        if criterion.values_from and criterion.values_from not in lists:
            raise BrokenVocabulary(f"{criterion.code}: no list {criterion.values_from}")
