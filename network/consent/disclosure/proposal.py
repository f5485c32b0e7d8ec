"""What would leave: gathered, decided and split in two, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from network.cases.queries import ClientCard, Item, Related, preview_facts
from network.consent.disclosure import wording
from network.consent.disclosure.coverage import Asked, Coverage, cover, gives_feedback, wanted_categories
from network.consent.disclosure.gathering import gather, with_assumed
from network.consent.disclosure.preview import preview_content
from network.consent.disclosure.shapes import (
    IDENTITY,
    PREVIEW,
    Gathered,
    Leaving,
    Offer,
    Proposal,
    Wanted,
    Warned,
)
from network.consent.policies import shown_need, wants_named
from network.consent.terms import GrantTerms, RefusalTerms
from network.core import vocabulary
from network.directory.practices import to_hear
from network.directory.queries import practices_of

SOON = timedelta(days=14)


def propose(wanted: Wanted, assumed: tuple[GrantTerms, ...] = ()) -> Proposal:
    """What would leave for this case, recipient and purpose. Writes nothing.

    ``assumed``: grants that nobody gave yet, to show what would leave after a yes; nothing leaves under them.

    Raises ``NotFound`` and ``UnknownCode``; what is not covered is told, not raised.
    """
    known = gather(wanted, assumed)
    decided = _decided(wanted, known)
    return replace(
        decided,
        warnings=_warnings(wanted, known.coverage, decided.grants, decided.feedback, known.now),
        offers=_offers(wanted, known),
        assumed=frozenset(one.id for one in assumed),
    )


def decide(wanted: Wanted, *, lock: bool = False) -> Proposal:
    """The same for whoever acts on it at once: without the warnings and offers that a page shows before. With ``lock``
    the client is locked first, so that no withdrawal or refusal slips in until the unit ends."""
    return _decided(wanted, gather(wanted, lock=lock))


def decide_with(proposal: Proposal, assumed: tuple[GrantTerms, ...]) -> Proposal:
    """What would leave under these grants, too, by all else that the proposal was made from."""
    return _decided(proposal.wanted, with_assumed(proposal.known, assumed))


def _decided(wanted: Wanted, known: Gathered) -> Proposal:
    coverage = known.coverage
    leaving: tuple[Leaving, ...] = ()
    if coverage.open:
        leaving = _preview(wanted, known.card, known.related, coverage)
        leaving += _identity(wanted, known.data, coverage, known.refusals)
    used = coverage.grants if coverage.open else ()
    return Proposal(
        wanted=wanted,
        case=known.case,
        recipient=known.recipient,
        leaving=leaving,
        missing=coverage.missing,
        warnings=(),
        offers=(),
        grants=used,
        lifted=coverage.lifted if coverage.open else (),
        needs_named=wants_named(wanted.need_codes, known.card.restricted),
        readable_until=min((grant.ends_at for grant in used), default=None),
        onward=bool(used) and all(grant.onward for grant in used),
        feedback=gives_feedback(known.recipient, known.grants, known.now),
        legal_basis=_basis(known.card, used),
        ok=coverage.open,
        known=known,
    )


def _basis(card: ClientCard, used: tuple[GrantTerms, ...]) -> str:
    spoken_for = card.is_child and all(
        grant.capacity in ("parent", "guardian", "caregiver") for grant in used
    )
    return "consent_guardian" if used and spoken_for else "consent"


def _preview(
    wanted: Wanted, card: ClientCard, related: list[Related], coverage: Coverage
) -> tuple[Leaving, ...]:
    content = preview_content(preview_facts(card, related), wanted.need_codes, wanted.preview_extra)
    grant_id = coverage.grants[0].id
    return tuple(
        Leaving(PREVIEW, name, wording.preview_label(name), value, PREVIEW, grant_id)
        for name, value in content.items()
        if f"{PREVIEW}.{name}" not in wanted.left_out
    )


def _identity(
    wanted: Wanted,
    data: Mapping[str, list[Item]],
    coverage: Coverage,
    refusals: tuple[RefusalTerms, ...],
) -> tuple[Leaving, ...]:
    leaving = [
        Leaving(category, item.field, item.label, item.value, IDENTITY, used[0].id)
        for category, used in coverage.categories.items()
        for item in _chosen(wanted, category, data.get(category, []))
    ]
    if "identity" in coverage.categories:
        leaving += _needs_by_name(wanted, coverage) + _terms(wanted, coverage, refusals)
    return tuple(leaving)


def _needs_by_name(wanted: Wanted, coverage: Coverage) -> tuple[Leaving, ...]:
    """What is asked for, by name, where the preview tells its group only: whoever accepts must know it."""
    named = list(dict.fromkeys(wanted.need_codes))
    asked_apart = vocabulary.purpose(wanted.purpose).per == "need"
    if not asked_apart or [shown_need(code) for code in named] == named:
        return ()
    grant_id = coverage.categories["identity"][0].id
    return (Leaving("identity", "needs", wording.preview_label("needs"), named, IDENTITY, grant_id),)


def _terms(wanted: Wanted, coverage: Coverage, refusals: tuple[RefusalTerms, ...]) -> tuple[Leaving, ...]:
    """Whoever may pass it on, or takes the case over, is told whom she has refused: it binds them too."""
    passes_on = all(grant.onward for grant in coverage.grants) or wanted.purpose == "case_transfer"
    refused = sorted({one.class_code for one in refusals if one.class_code})
    if not (passes_on and refused) or "identity.never_to" in wanted.left_out:
        return ()
    grant_id = coverage.categories["identity"][0].id
    return (Leaving("identity", "never_to", wording.preview_label("never_to"), refused, IDENTITY, grant_id),)


def _chosen(wanted: Wanted, category: str, items: list[Item]) -> list[Item]:
    """The fields of a category that leave: all but those left out; papers, and single fields, one by one."""
    single = {code for code in wanted.added if code.startswith(f"{category}.")}
    one_by_one = category == "documents" or (single and category not in wanted.added)
    return [
        item
        for item in items
        if f"{category}.{item.field}" not in wanted.left_out
        and (not one_by_one or f"{category}.{item.field}" in single)
    ]


def _offers(wanted: Wanted, known: Gathered) -> tuple[Offer, ...]:
    """Everything that the purpose allows, as far as there is anything to tell."""
    allowed = vocabulary.purpose(wanted.purpose).allowed_categories
    everything = Asked(wanted.purpose, wanted.need_codes, frozenset(allowed), outside=wanted.outside)
    opened = cover(everything, known.recipient, known.grants, (), known.facts, known.now).categories
    chosen = set(wanted_categories(known.asked))
    offers = []
    for category in wanted_categories(everything):
        items = known.data.get(category, [])
        if category == "documents":
            offers += [
                Offer(
                    f"{category}.{item.field}",
                    category,
                    wording.text_of(item.field, item.value),
                    category in opened,
                    f"{category}.{item.field}" in wanted.added,
                )
                for item in items
            ]
        elif items:
            label = wording.category_label(category)
            offers.append(Offer(category, category, label, category in opened, category in chosen))
    return tuple(offers)


def _warnings(
    wanted: Wanted, coverage: Coverage, used: tuple[GrantTerms, ...], feedback: bool, now: datetime
) -> tuple[Warned, ...]:
    found = []
    if coverage.open:
        ends_at = min(grant.ends_at for grant in used)
        if any(grant.provisional_until is not None and grant.confirmed_at is None for grant in used):
            found.append(Warned("provisional", {"until": ends_at}))
        elif ends_at <= now + SOON:
            found.append(Warned("ends_soon", {"until": ends_at}))
        if coverage.lifted:
            found.append(Warned("lift_used"))
        if not feedback:
            found.append(Warned("no_feedback"))
    if "documents" in wanted.added:
        found.append(Warned("choose_documents"))
    return (*found, *_practices(wanted))


def _practices(wanted: Wanted) -> tuple[Warned, ...]:
    """What the recipient does that may endanger her, over all its services for these needs."""
    found = practices_of(wanted.recipient_organization_id, wanted.need_codes)
    codes = dict.fromkeys(code for practices in found for code in to_hear(practices).warnings)
    return tuple(Warned("practice", {"practice": code}) for code in codes)
