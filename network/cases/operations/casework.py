"""Working on a case: opening, needs, notes, services, closing, and handing it over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from network.audit.trail import record
from network.cases import policies
from network.cases.card.fields import FIELDS, Field
from network.cases.card.values import check, check_all
from network.cases.envelopes import opened, sealed
from network.cases.models import CaseFile, CaseNote
from network.cases.models.casework import PRIORITIES
from network.cases.operations.contacts import DIED, stop_contact
from network.cases.operations.events import write_event
from network.cases.operations.needs import record_gaps, record_need
from network.cases.operations.team import check_colleague, join_team, restrict_client
from network.cases.queries.cards import home, home_today
from network.cases.queries.cases import get_case
from network.cases.queries.clients import get_client
from network.cases.queries.records import case_record
from network.cases.states import CaseState, Custody, moved_case
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.core.references import new_reference
from network.core.versions import expect_version
from network.tenants.context import acting

ACCOUNT = {code: FIELDS[code] for code in ("summary", "what_happened")}
NOTE_DRAFT = "case-note"
NOTE = Field("text", "case_notes", _l("Note"), "long")
_DRAWS = 5


def open_case(
    client_id: UUID,
    *,
    needs: Iterable[str] = (),
    priority: str | None = None,
    summary: str = "",
    what_happened: str = "",
    restricted: bool | None = None,
    team: Iterable[UUID] = (),
    assignee_account_id: UUID | None = None,
    place_code: str | None = None,
    origin_exchange_id: UUID | None = None,
) -> CaseFile:
    """Begin to work for a client. A case with a need that the vocabulary opens restricted makes her
    restricted to ``team`` and to who opens it, unless ``restricted`` says otherwise. The priority is by
    default the most pressing of the needs. Raises Invalid."""
    policies.check_keeps_cases(acting())
    codes = [vocabulary.need(code).code for code in dict.fromkeys(needs)]
    account = check_all(ACCOUNT, {"summary": summary, "what_happened": what_happened})
    client = get_client(client_id)
    for account_id in (acting().account_id, assignee_account_id, *team):
        join_team(client, account_id)
    if restricted or (restricted is None and any(vocabulary.need(code).opens_restricted for code in codes)):
        restrict_client(client.id)
    case = CaseFile(
        tenant_id=client.tenant_id,
        id=new_id(),
        client_id=client.id,
        restricted=client.restricted,
        state=CaseState.OPEN,
        custody=Custody.HELD,
        opened_on=home_today(),
        assignee_account_id=assignee_account_id or acting().account_id,
        priority=_priority(priority, codes),
        origin_exchange_id=origin_exchange_id,
        version=1,
        created_at=clock.now(),
        created_by=acting().account_id,
    )
    case.sealed = sealed(case, account)
    _insert_with_reference(case)
    write_event(case, "case.received" if origin_exchange_id else "case.opened")
    record("opened", "case", case.id, fields=sorted(account))
    for code in codes:
        record_need(case, code, place_code)
    return case


def update_case(case_id: UUID, changes: Mapping[str, Any], version: int) -> CaseFile:
    """Change summary, account of what happened, or priority. Raises StaleVersion with the case as it is."""
    case = get_case(case_id, lock=True)
    policies.check_may_write_case(acting(), case)
    expect_version(case, version, theirs=case_record(case))
    changes = dict(changes)
    if (priority := changes.pop("priority", None)) is not None:
        case.priority = _priority(priority, [])
    told = check_all(ACCOUNT, changes)
    held = {code: value for code, value in opened(case).items() if code not in changes}
    case.sealed = sealed(case, held | told)
    case.version += 1
    db.session.flush()
    write_event(case, "case.changed")
    record("changed", "case", case.id, fields=sorted(changes) or ["priority"])
    return case


def assign_case(case_id: UUID, account_id: UUID) -> CaseFile:
    """Make somebody of the centre responsible for the case; she joins the client's team."""
    case = get_case(case_id, lock=True)
    policies.check_may_write_case(acting(), case)
    check_colleague(account_id)
    if case.assignee_account_id != account_id:
        join_team(get_client(case.client_id), account_id)
        case.assignee_account_id = account_id
        case.version += 1
        db.session.flush()
        write_event(case, "case.assigned")
        record("assigned", "case", case.id)
    return case


def add_note(case_id: UUID, text: str) -> CaseNote:
    """Write a note about the work. It never leaves the centre and is never changed. Raises Invalid."""
    case = get_case(case_id)
    policies.check_may_write_case(acting(), case)
    return write_note(case, text)


def write_note(case: CaseFile, text: str) -> CaseNote:
    """Like ``add_note``, for a case at hand whatever its state."""
    words = check(NOTE, text)
    if not words:
        raise Invalid(fields={"text": [_("Write the note first.")]})
    note = CaseNote(
        tenant_id=case.tenant_id,
        id=new_id(),
        case_id=case.id,
        client_id=case.client_id,
        restricted=case.restricted,
        author_account_id=acting().account_id,
        at=clock.now(),
    )
    note.sealed = sealed(note, {"text": words})
    db.session.add(note)
    db.session.flush()
    write_event(case, "note.written", "note", note.id)
    record("recorded", "note", note.id)
    return note


def pause_case(case_id: UUID) -> CaseFile:
    """Let the case rest."""
    return _move(case_id, "pause", "case.paused")


def resume_case(case_id: UUID) -> CaseFile:
    """Go on with a case that rested."""
    return _move(case_id, "resume", "case.resumed")


def reopen_case(case_id: UUID) -> CaseFile:
    """Go on with a case that was closed."""
    return _move(case_id, "reopen", "case.reopened")


def close_case(case_id: UUID, reason: str, *, note: str = "") -> CaseFile:
    """End the work. ``reason`` is a code of ``reasons.case_closed``; where its flags say so, a note is
    demanded, and all contact stops in this same transaction."""
    ground = vocabulary.reason("case_closed", reason)
    case = get_case(case_id, lock=True)
    policies.check_may_move_case(acting(), case)
    target = moved_case("close", case.state)
    if ground.needs_note and not note.strip():
        raise Invalid(fields={"note": [_("Say why the case is closed.")]})
    if note.strip():
        write_note(case, note)
    if ground.record_gap:
        record_gaps(case, ground)
    if ground.stops_all_contact:
        stop_contact(case.client_id, DIED if ground.code == DIED else ground.code)
    case.state, case.closed_reason, case.closed_on = target, ground.code, home_today()
    case.version += 1
    db.session.flush()
    write_event(case, "case.closed", codes={"reasons.case_closed": ground.code})
    record("closed", "case", case.id, reason=ground.code)
    return case


def make_read_only(case_id: UUID) -> CaseFile:
    """The case was taken over by another centre: here it can be read, and changed no more."""
    case = get_case(case_id, lock=True)
    if case.custody != Custody.HANDED_OVER:
        case.custody = Custody.HANDED_OVER
        case.read_only_since = clock.now()
        case.version += 1
        db.session.flush()
        write_event(case, "case.handed_over")
        record("handed-over", "case", case.id)
    return case


def _move(case_id: UUID, move: str, event: str) -> CaseFile:
    case = get_case(case_id, lock=True)
    policies.check_may_move_case(acting(), case)
    case.state = moved_case(move, case.state)
    if move == "reopen":
        case.closed_reason = case.closed_on = None
    case.version += 1
    db.session.flush()
    write_event(case, event)
    record(move, "case", case.id)
    return case


def _priority(given: str | None, needs: list[str]) -> str:
    if given is not None:
        return vocabulary.priority(given).code
    pressing = [PRIORITIES.index(vocabulary.need(code).default_priority) for code in needs]
    return PRIORITIES[min(pressing)] if pressing else "routine"


def _insert_with_reference(case: CaseFile) -> None:
    """Insert the case under a new reference; a rare one that is taken is drawn again."""
    prefix = home().reference_prefix
    for _draw in range(_DRAWS):
        case.reference = new_reference(prefix)
        try:
            with db.session.begin_nested():
                db.session.add(case)
                db.session.flush()
        except IntegrityError:
            continue
        return
    raise Conflict(_("No free reference number was found. Try again."))
