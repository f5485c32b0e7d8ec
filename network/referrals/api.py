"""The door in JSON: referrals from either side, and the inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.consent.disclosure import Proposal, propose
from network.core.db import unit_of_work
from network.exchange.operations import Moved, Reason
from network.exchange.schemas import WordsSchema
from network.referrals import operations
from network.referrals.letter import paper, print_letter
from network.referrals.operations import Choices, Heard
from network.referrals.queries.lists import InboxRow, Row, inbox, sent
from network.referrals.schemas import (
    AppointmentSchema,
    HeardSchema,
    InboxListOut,
    InboxQuerySchema,
    LetterSchema,
    NotServedSchema,
    ReferralChoicesSchema,
    ReferralClosureSchema,
    ReferralDeclineSchema,
    ReferralListOut,
    ReferralOfCaseSchema,
    ReferralOut,
    ReferralProposalOut,
    ReferralQuerySchema,
    ReferralWithdrawalSchema,
    ServiceOutcomeSchema,
    TellingSchema,
)
from network.web.doors import run_once
from network.web.paging import Page
from network.web.versions import given_version, with_etag

blueprint = Blueprint(
    "referrals_api", __name__, url_prefix="/api/v1", description="Referrals, from both sides, and the inbox"
)
ONE = "/referrals/<uuid:exchange_id>"


@blueprint.route("/referrals", methods=["GET"])
@requires(Permission.REFERRAL_VIEW)
@blueprint.arguments(ReferralQuerySchema, location="query")
@blueprint.response(200, ReferralListOut)
def list_sent(given: dict[str, Any]) -> Page[Row]:
    """What the centre has sent and prepared, newest first; of one case, or all that are open."""
    return sent(case_id=given["case_id"], cursor=given["cursor"], size=given["limit"], done=given["done"])


@blueprint.route("/referrals", methods=["POST"])
@requires(Permission.REFERRAL_PREPARE)
@blueprint.arguments(ReferralOfCaseSchema)
@blueprint.alt_response(201, schema=ReferralOut)
def prepare(given: dict[str, Any]) -> ResponseReturnValue:
    """Prepare a referral. Nobody else sees the draft."""
    return shown(run_once(lambda: operations.prepare_referral(**given).id), 201)


@blueprint.route("/inbox", methods=["GET"])
@requires(Permission.INBOX_VIEW)
@blueprint.arguments(InboxQuerySchema, location="query")
@blueprint.response(200, InboxListOut)
def list_inbox(given: dict[str, Any]) -> Page[InboxRow]:
    """What came in: open ones, what is due first on top; with ``done``, the others. It names nobody."""
    with unit_of_work():
        page = inbox(cursor=given["cursor"], size=given["limit"], done=given["done"])
        operations.note_inbox_viewed()
    return page


@blueprint.route(ONE, methods=["GET"])
@requires(Permission.REFERRAL_VIEW, Permission.INBOX_VIEW, any_of=True)
@blueprint.alt_response(200, schema=ReferralOut)
def show(exchange_id: UUID) -> ResponseReturnValue:
    """One referral, as far as this side may see it now. Looking changes nothing."""
    return shown(exchange_id)


@blueprint.route(f"{ONE}/proposal", methods=["GET"])
@requires(Permission.REFERRAL_PREPARE)
@blueprint.response(200, ReferralProposalOut)
def show_proposal(exchange_id: UUID) -> Proposal:
    """What would leave if it were sent now, field by field, and what no grant covers. Nothing leaves."""
    return proposal_for(exchange_id, Choices())


@blueprint.route(f"{ONE}/proposal", methods=["POST"])
@requires(Permission.REFERRAL_PREPARE)
@blueprint.arguments(ReferralChoicesSchema)
@blueprint.response(200, ReferralProposalOut)
def try_choices(given: dict[str, Any], exchange_id: UUID) -> Proposal:
    """The same with choices of the sender's. Nothing leaves, nothing is kept."""
    return proposal_for(exchange_id, choices_of(given))


@blueprint.route(f"{ONE}/send", methods=["POST"])
@requires(Permission.REFERRAL_SEND)
@blueprint.arguments(ReferralChoicesSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def send(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Disclose and send. Needs If-Match. 409 with every line that no grant covers; then nothing has left."""
    return moved(exchange_id, operations.send_referral, choices_of(given))


@blueprint.route(ONE, methods=["DELETE"])
@requires(Permission.REFERRAL_PREPARE)
@blueprint.alt_response(200, schema=ReferralOut)
def discard(exchange_id: UUID) -> ResponseReturnValue:
    """Throw a draft away. Needs If-Match."""
    return moved(exchange_id, operations.discard_draft)


@blueprint.route(f"{ONE}/acknowledgement", methods=["POST"])
@requires(Permission.REFERRAL_ANSWER)
@blueprint.alt_response(200, schema=ReferralOut)
def acknowledge(exchange_id: UUID) -> ResponseReturnValue:
    """Somebody has seen it. Needs If-Match."""
    return moved(exchange_id, operations.acknowledge_referral)


@blueprint.route(f"{ONE}/acceptance", methods=["POST"])
@requires(Permission.REFERRAL_ANSWER)
@blueprint.alt_response(200, schema=ReferralOut)
def accept(exchange_id: UUID) -> ResponseReturnValue:
    """Say yes; the identity part is released. Needs If-Match."""
    return moved(exchange_id, operations.accept_referral)


@blueprint.route(f"{ONE}/decline", methods=["POST"])
@requires(Permission.REFERRAL_ANSWER)
@blueprint.arguments(ReferralDeclineSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def decline(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Say no, with a coded reason. Needs If-Match."""
    reason = Reason("decline", given["reason"])
    return moved(exchange_id, operations.decline_referral, reason, given["text"], given["on"])


@blueprint.route(f"{ONE}/questions", methods=["POST"])
@requires(Permission.REFERRAL_ANSWER)
@blueprint.arguments(WordsSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def ask(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Ask the sender; the clocks stand still until the answer. Needs If-Match."""
    return moved(exchange_id, operations.ask_sender, given["text"])


@blueprint.route(f"{ONE}/answers", methods=["POST"])
@requires(Permission.REFERRAL_SEND)
@blueprint.arguments(WordsSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def answer(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Answer the receiver's question. Needs If-Match."""
    return moved(exchange_id, operations.answer_receiver, given["text"])


@blueprint.route(f"{ONE}/appointment", methods=["POST"])
@requires(Permission.REFERRAL_RECORD_OUTCOME)
@blueprint.arguments(AppointmentSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def schedule(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Say when and where she is expected. Needs If-Match."""
    return moved(exchange_id, operations.schedule_service, given["on"], given["place"], given["text"])


@blueprint.route(f"{ONE}/appointment", methods=["PUT"])
@requires(Permission.REFERRAL_RECORD_OUTCOME)
@blueprint.arguments(AppointmentSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def change_appointment(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Move the appointment to another time or place. Needs If-Match."""
    return moved(exchange_id, operations.change_appointment, given["on"], given["place"], given["text"])


@blueprint.route(f"{ONE}/start", methods=["POST"])
@requires(Permission.REFERRAL_RECORD_OUTCOME)
@blueprint.alt_response(200, schema=ReferralOut)
def start(exchange_id: UUID) -> ResponseReturnValue:
    """The service has begun. Needs If-Match."""
    return moved(exchange_id, operations.start_service)


@blueprint.route(f"{ONE}/outcome", methods=["POST"])
@requires(Permission.REFERRAL_RECORD_OUTCOME)
@blueprint.arguments(ServiceOutcomeSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def complete(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Record what came of each need, in the order of ``needs``. Needs If-Match."""
    outcomes = dict(enumerate(given["outcomes"]))
    return moved(exchange_id, operations.complete_service, outcomes, given["text"])


@blueprint.route(f"{ONE}/not-served", methods=["POST"])
@requires(Permission.REFERRAL_RECORD_OUTCOME, Permission.REFERRAL_CLOSE, any_of=True)
@blueprint.arguments(NotServedSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def not_served(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Nobody was served, and why: by either side. Needs If-Match."""
    reason = Reason("not_served", given["reason"])
    return moved(exchange_id, operations.record_not_served, reason, given["text"])


@blueprint.route(f"{ONE}/closure", methods=["POST"])
@requires(Permission.REFERRAL_CLOSE)
@blueprint.arguments(ReferralClosureSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def close(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Close the loop with the client's own word, or why it cannot be had. Needs If-Match."""
    version = given_version()
    run_once(lambda: operations.close_referral(exchange_id, **given, expected_version=version).exchange.id)
    return shown(exchange_id)


@blueprint.route(f"{ONE}/withdrawal", methods=["POST"])
@requires(Permission.REFERRAL_SEND)
@blueprint.arguments(ReferralWithdrawalSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def withdraw(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Take it back; what was sent is sealed at once. Needs If-Match."""
    reason = Reason("withdrawal", given["reason"])
    return moved(exchange_id, operations.withdraw_referral, reason, given["text"])


@blueprint.route(f"{ONE}/heard", methods=["POST"])
@requires(Permission.REFERRAL_SEND)
@blueprint.arguments(HeardSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def heard(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """Record what an organization without a sign-in answered, and by which way. Needs If-Match."""
    outcomes = dict(enumerate(given.pop("outcomes")))
    return moved(exchange_id, operations.record_heard, Heard(**given, outcomes=outcomes))


@blueprint.route(f"{ONE}/ending-told", methods=["POST"])
@requires(Permission.REFERRAL_SEND)
@blueprint.arguments(TellingSchema)
@blueprint.alt_response(200, schema=ReferralOut)
def ending_told(given: dict[str, Any], exchange_id: UUID) -> ResponseReturnValue:
    """They were told that sharing has ended; nobody else tells an organization without a sign-in. Needs If-Match."""
    version = given_version()
    run_once(lambda: operations.tell_ended(exchange_id, given["channel"], version))
    return shown(exchange_id)


@blueprint.route(f"{ONE}/letter", methods=["GET"])
@requires(Permission.REFERRAL_SEND)
@blueprint.arguments(LetterSchema, location="query")
def letter(given: dict[str, Any], exchange_id: UUID) -> Response:
    """What they were told, on one page for the client to carry, as a PDF. Printing is on record."""
    with unit_of_work():
        content = print_letter(exchange_id, given["language"])
    return paper(content)


def choices_of(given: dict[str, Any]) -> Choices:
    """The sender's choices as the operation takes them."""
    return Choices(
        added=frozenset(given["added"]),
        left_out=frozenset(given["left_out"]),
        named_account_id=given["named_account_id"],
        priority=given["priority"],
        needed_by=given["needed_by"],
        seen=given["seen"],
        channel=given["channel"],
        told_to=given["told_to"],
    )


def proposal_for(exchange_id: UUID, choices: Choices) -> Proposal:
    """What the disclosure door proposes for a draft of ours, on record as a look at her data."""
    with unit_of_work():
        page = operations.open_referral(exchange_id)
        return propose(operations.wanted_by(page.side, page.exchange, page.referral, page.own_codes, choices))


def moved(exchange_id: UUID, operation: Callable[..., Moved], *given: Any) -> Response:
    """Make a move once, on the version that the caller saw, and answer with the referral as it then is."""
    version = given_version()
    run_once(lambda: operation(exchange_id, *given, expected_version=version).exchange.id)
    return shown(exchange_id)


def shown(exchange_id: UUID, status: int = 200) -> Response:
    """A referral as JSON, with its ETag."""
    with unit_of_work():
        page = operations.open_referral(exchange_id)
    response = jsonify(ReferralOut().dump(page))
    response.status_code = status
    return with_etag(response, page.exchange)
