"""Every flag of the vocabulary is read by a feature, or stands on the list of those that are not, with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import network
from network.core import vocabulary
from tests.core.test_glossary import flags_of_the_types

CODE = Path(network.__file__).parent
WITHOUT_CONSENT = "the ways past consent (danger to life, legal obligation) have no door yet"

# Where each flag is read: one place of several. Whoever moves that code moves the line here.
READ = {
    ("Need", "group"): "consent/policies.py",
    ("Need", "definition"): "cases/pages/showing.py",
    ("Need", "preview"): "consent/policies.py",
    ("Need", "opens_restricted"): "cases/operations/casework.py",
    ("Need", "default_priority"): "referrals/policies.py",
    ("Need", "time_critical"): "referrals/operations/prepare.py",
    ("Need", "note"): "cases/pages/showing.py",
    ("Reason", "kind"): "referrals/wording.py",
    ("Reason", "side"): "referrals/policies.py",
    ("Reason", "next"): "crossborder/operations/told.py",
    ("Reason", "offers"): "crossborder/wording.py",
    ("Reason", "retry"): "crossborder/operations/follow_ups.py",
    ("Reason", "moves_to"): "crossborder/operations/journey.py",
    ("Reason", "counts_as"): "crossborder/operations/journey.py",
    ("Reason", "automatic"): "referrals/policies.py",
    ("Reason", "needs_note"): "cases/operations/casework.py",
    ("Reason", "needs_date"): "exchange/operations.py",
    ("Reason", "needs_attempts"): "crossborder/policies.py",
    ("Reason", "no_note"): "exchange/operations.py",
    ("Reason", "sensitive"): "crossborder/operations/follow_up_moves.py",
    ("Reason", "no_reason_shown_to"): "exchange/operations.py",
    ("Reason", "alarm"): "crossborder/operations/follow_ups.py",
    ("Reason", "stops_all_contact"): "cases/operations/casework.py",
    ("Reason", "stop_number"): "crossborder/operations/follow_ups.py",
    ("Reason", "seals"): "referrals/operations/finish.py",
    ("Reason", "opens_incident"): "cases/operations/incidents.py",
    ("Reason", "opens_incident_if"): "crossborder/operations/follow_ups.py",
    ("Reason", "record_gap"): "referrals/operations/flags.py",
    ("Reason", "flags_listing"): "directory/operations/own.py",
    ("Reason", "suspends"): "directory/operations/own.py",
    ("Reason", "report_to"): "referrals/operations/flags.py",
    ("Reason", "handover_required"): "crossborder/wording.py",
    ("Priority", "acknowledge_minutes"): "referrals/clockwork.py",
    ("Priority", "decide_minutes"): "exchange/clocks.py",
    ("Priority", "served_within_hours"): "exchange/clocks.py",
    ("Priority", "clock"): "referrals/clockwork.py",
    ("Priority", "phone_first"): "templates/referrals/preview.html",
    ("Priority", "use"): "referrals/wording.py",
    ("Criterion", "type"): "directory/eligibility.py",
    ("Criterion", "values"): "core/book.py",
    ("Criterion", "values_from"): "directory/eligibility.py",
    ("HouseRule", "type"): "directory/practices.py",
    ("HouseRule", "values"): "core/book.py",
    ("Purpose", "default_categories"): "consent/disclosure/coverage.py",
    ("Purpose", "allowed_categories"): "consent/disclosure/coverage.py",
    ("Purpose", "typical_recipients"): "consent/pages/asking.py",
    ("Purpose", "per"): "consent/disclosure/coverage.py",
    ("Purpose", "confirm_understanding"): "consent/operations/give.py",
    ("Purpose", "revocable_note"): "consent/pages/asking.py",
    ("Purpose", "note"): "consent/pages/asking.py",
    ("RecipientClass", "authority"): "directory/recipients.py",
    ("RecipientClass", "includes"): "core/vocabulary.py",
    ("ConsentMethod", "needs_witness"): "consent/operations/asking.py",
    ("ConsentMethod", "needs_identity_check"): "consent/operations/asking.py",
    ("ConsentMethod", "needs_supporter"): "consent/operations/asking.py",
    ("ConsentMethod", "needs_name_of_carrier"): "consent/operations/asking.py",
    ("ConsentMethod", "provisional_hours"): "consent/operations/asking.py",
    ("ConsentMethod", "note"): "consent/wording.py",
    ("Category", "by_default"): "consent/disclosure/coverage.py",
    ("Category", "own_grant"): "consent/disclosure/coverage.py",
    ("Category", "never_leaves"): "consent/disclosure/coverage.py",
    ("Relationship", "inverse"): "cases/operations/relations.py",
    ("Relationship", "may_be_guardian"): "cases/operations/relations.py",
    ("Relationship", "power_over_client"): "cases/operations/relations.py",
    ("Relationship", "guarded"): "cases/queries/cases.py",
    ("Relationship", "needs_note"): "cases/operations/relations.py",
    ("Relationship", "note"): "cases/pages/showing.py",
    ("DocumentType", "needs_note"): "cases/operations/documents.py",
    ("DocumentType", "note"): "cases/pages/showing.py",
    ("ArrivalNeed", "on_printed_board"): "crossborder/arrival.py",
    ("ArrivalNeed", "needs_date"): "crossborder/arrival.py",
    ("ReturnKind", "free"): "crossborder/policies.py",
    ("ReturnKind", "review"): "crossborder/policies.py",
    ("ClaimKind", "money"): "cases/operations/claims.py",
    ("ClaimKind", "criminal"): "cases/queries/facts.py",
    ("ClaimKind", "restricted"): "cases/operations/claims.py",
    ("ClaimKind", "mediation"): "cases/operations/claims.py",
    ("ClaimKind", "claimant"): "cases/pages/showing.py",
    ("ClaimKind", "side"): "cases/pages/showing.py",
    ("ClaimKind", "needs_note"): "cases/operations/claims.py",
    ("ClaimKind", "note"): "cases/pages/showing.py",
    ("ClaimForum", "kind"): "cases/operations/claims.py",
    ("ClaimForum", "is_authority_of"): "cases/pages/showing.py",
    ("ClaimForum", "examples"): "cases/pages/showing.py",
    ("ClaimForum", "warning"): "cases/pages/showing.py",
    ("ClaimForum", "verify"): "cases/pages/showing.py",
    ("ClaimForum", "needs_note"): "cases/operations/claims.py",
}

# Flags that no code reads, and why that is no fault of the feature that they concern.
UNREAD = {
    ("Group", "order"): "the data file lists the groups in this order already",
    ("Need", "iasc_form"): "the printed inter-agency form and the figures are not built yet",
    ("Reason", "counts_as_lost"): "figures are not built yet",
    ("Reason", "note"): "no page shows notes beside reasons yet",
    ("Reason", "note_to"): "the one reason that has it is a decline, whose note the sender alone reads",
    ("Priority", "on_overdue"): "a sentence about what clocks do; telephone texts are not built yet",
    ("Value", "guarded"): "a preview shows no sector at all",
    ("Criterion", "fields"): "the directory checks children along by columns of its own",
    ("Criterion", "unit"): "ages are in years everywhere",
    ("Criterion", "standard"): "names the standard for the reader of the data",
    ("Criterion", "guarded"): "a preview shows no legal status at all",
    ("Practice", "values_yes_no_unknown"): "true of every practice",
    ("LegalBasis", "second_person"): WITHOUT_CONSENT,
    ("LegalBasis", "may_override_refusal"): WITHOUT_CONSENT,
    ("LegalBasis", "expires"): WITHOUT_CONSENT,
    ("LegalBasis", "expires_after_hours"): WITHOUT_CONSENT,
    ("LegalBasis", "expires_after_days"): WITHOUT_CONSENT,
    ("LegalBasis", "categories_max"): WITHOUT_CONSENT,
    ("LegalBasis", "requires"): WITHOUT_CONSENT,
    ("LegalBasis", "note"): WITHOUT_CONSENT,
    ("Purpose", "ask_separately"): "true of every purpose: each is a question of its own",
    ("Category", "parent"): "each category is granted and shown on its own, whatever it was split from",
    ("Category", "contents"): "said to the client in consent's own plain words",
    (
        "Category",
        "sensitivity",
    ): "what travels is decided by grants and by own_grant; nothing is counted by it yet",
    ("Category", "note"): "for the reader of the data",
    ("DocumentType", "guarded"): "a preview lists no document at all",
    ("ArrivalNeed", "sensitive"): "the printed board, which would leave them out, goes by on_printed_board",
    ("ClaimKind", "pursued_in"): "the mode of a handoff is chosen without a proposal yet",
    ("ClaimForum", "side"): "a forum is offered wherever the claim is lodged; not built yet",
}


def reads(source: str, flag: str) -> bool:
    """Whether code or a template takes the flag from an entry: ``entry.flag``, or the name as a text."""
    return re.search(rf"\.{flag}\b|[\"']{flag}[\"']", source) is not None


def test_every_flag_is_read_or_has_a_reason_not_to_be() -> None:
    flags = flags_of_the_types()
    assert flags - READ.keys() - UNREAD.keys() == set(), "nobody reads it: carry it out, or say why not"
    assert (READ.keys() | UNREAD.keys()) - flags == set(), "there is no such flag any more"
    assert READ.keys() & UNREAD.keys() == set()


def test_each_flag_is_read_where_it_is_said_to_be() -> None:
    wrong = {
        (kind, flag): place
        for (kind, flag), place in READ.items()
        if not reads((CODE / place).read_text("utf-8"), flag)
    }
    assert wrong == {}


def test_groups_are_listed_in_their_order() -> None:
    orders = [group.order for group in vocabulary.groups()]
    assert orders == sorted(orders)


def test_every_reason_is_a_sentence() -> None:
    assert [flag for flag, reason in UNREAD.items() if len(reason.split()) < 4] == []


def test_the_search_for_a_reader_finds_one() -> None:
    assert reads("if need.preview == 'named':", "preview")
    assert reads('getattr(term, part) for part in ("warning", "note")', "note")
    assert not reads("preview = 1; need.previewed", "preview")
