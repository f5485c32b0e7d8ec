"""The vocabulary: every code that a record may hold, with its labels and flags, read once from its file.

An unknown code is an error (:class:`~network.core.errors.UnknownCode`), never mapped to a default. Lists go
by name: ``needs``, ``priorities``, ``reasons.decline``, ``safe_contact.channel``, ``eligibility.sector``,
and so on; :func:`list_names` tells them all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import TypeVar, cast

from network.core.book import read
from network.core.errors import UnknownCode
from network.core.terms import (
    ArrivalNeed,
    Category,
    ClaimForum,
    ClaimKind,
    ConsentMethod,
    Criterion,
    DocumentType,
    Group,
    HouseRule,
    LegalBasis,
    Need,
    Practice,
    Priority,
    Purpose,
    Reason,
    RecipientClass,
    Relationship,
    ReturnKind,
    Term,
    is_arabic,
)

T = TypeVar("T", bound=Term)

_DATA = resources.files("network.core") / "data"
_BOOK, _LISTS = read((_DATA / "vocabulary.json").read_bytes())
_ARABIC: Mapping[str, str] = json.loads((_DATA / "vocabulary_ar.json").read_bytes())


def version() -> str:
    """The version of the data file."""
    return str(_BOOK.meta["version"])


def list_names() -> tuple[str, ...]:
    """The names of all lists, in the order of the data file."""
    return tuple(_LISTS)


def terms(list_name: str) -> Mapping[str, Term]:
    """A list's entries by code, in its own order. A list that does not exist is a fault of ours: KeyError."""
    return _LISTS[list_name]


def codes(list_name: str) -> frozenset[str]:
    """The codes of a list."""
    return frozenset(_LISTS[list_name])


def term(list_name: str, code: str) -> Term:
    """One entry of any list; raises UnknownCode."""
    found = _LISTS[list_name].get(code) if isinstance(code, str) else None
    if found is None:
        raise UnknownCode(f"{list_name} has no such code", list_name=list_name, given=str(code)[:80])
    return found


def check(list_name: str, code: str) -> str:
    """The code itself when the list holds it; raises UnknownCode."""
    return term(list_name, code).code


def label(list_name: str, code: str, locale: object = "en") -> str:
    """The label of a code in a language (BCP 47 tag or Babel locale); raises UnknownCode."""
    return term(list_name, code).label(locale)


def text(english: str, locale: object = "en") -> str:
    """A longer text of the vocabulary (a definition, a note, what a legal basis requires) in a language."""
    return _ARABIC.get(english, english) if is_arabic(locale) else english


def choices(list_name: str, locale: object = "en") -> list[tuple[str, str]]:
    """(code, label) of every entry, in the list's own order: what a form offers."""
    return [(code, entry.label(locale)) for code, entry in _LISTS[list_name].items()]


def _typed(list_name: str, kind: type[T], code: str) -> T:
    return cast("T", term(list_name, code))


def need(code: str) -> Need:
    """A need by its code, ``group.name``."""
    return _typed("needs", Need, code)


def needs(group: str | None = None) -> tuple[Need, ...]:
    """All needs, or those of one group, in the order of the vocabulary."""
    if group is None:
        return _BOOK.needs
    check("groups", group)
    return tuple(entry for entry in _BOOK.needs if entry.group == group)


def groups() -> tuple[Group, ...]:
    """The groups of needs, in the order of the vocabulary."""
    return _BOOK.groups


def reason(list_name: str, code: str) -> Reason:
    """A reason of a list, named with or without its ``reasons.`` (``decline`` or ``reasons.decline``)."""
    return _typed(_reason_list(list_name), Reason, code)


def reasons(list_name: str) -> tuple[Reason, ...]:
    """All reasons of a list, named with or without its ``reasons.``."""
    return cast("tuple[Reason, ...]", tuple(_LISTS[_reason_list(list_name)].values()))


def _reason_list(name: str) -> str:
    return name if name.startswith("reasons.") else f"reasons.{name}"


def priority(code: str) -> Priority:
    """A priority with its clocks."""
    return _typed("priorities", Priority, code)


def purpose(code: str) -> Purpose:
    """A purpose of consent."""
    return _typed("consent_purposes", Purpose, code)


def category(code: str) -> Category:
    """A category of data."""
    return _typed("data_categories", Category, code)


def recipient_class(code: str) -> RecipientClass:
    """A class of recipient."""
    return _typed("recipient_classes", RecipientClass, code)


def classes_within(code: str) -> frozenset[str]:
    """The class and every class inside it: what a refusal that names it covers."""
    found = {code}
    for inner in recipient_class(code).includes:
        found |= classes_within(inner)
    return frozenset(found)


def legal_basis(code: str) -> LegalBasis:
    """A legal basis for letting data leave."""
    return _typed("legal_bases", LegalBasis, code)


def consent_method(code: str) -> ConsentMethod:
    """A way of giving consent."""
    return _typed("consent_methods", ConsentMethod, code)


def relationship(code: str) -> Relationship:
    """How two people stand to each other."""
    return _typed("relationships", Relationship, code)


def document_type(code: str) -> DocumentType:
    """A kind of paper."""
    return _typed("document_types", DocumentType, code)


def return_kind(code: str) -> ReturnKind:
    """A kind of return."""
    return _typed("return_kinds", ReturnKind, code)


def arrival_need(code: str) -> ArrivalNeed:
    """What somebody needs on arrival."""
    return _typed("arrival_needs", ArrivalNeed, code)


def claim_kind(code: str) -> ClaimKind:
    """What a claim is about."""
    return _typed("claim_kinds", ClaimKind, code)


def claim_forum(code: str) -> ClaimForum:
    """Where a claim is lodged."""
    return _typed("claim_forums", ClaimForum, code)


def criterion(code: str) -> Criterion:
    """A condition that a service sets."""
    return _typed("criteria", Criterion, code)


def house_rule(code: str) -> HouseRule:
    """A rule that residents live under."""
    return _typed("house_rules", HouseRule, code)


def practice(code: str) -> Practice:
    """What a partner does that may endanger a client."""
    return _typed("partner_practices", Practice, code)


def eligibility_rule() -> str:
    """How unknown answers of a listing are to be read (English)."""
    return _BOOK.eligibility.rule


def safe_contact_rules() -> tuple[str, ...]:
    """The rules that travel with every telephone number (English)."""
    return _BOOK.safe_contact.rules
