"""An arrival that was recorded wrongly: of somebody else, too early, or on another day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from network.cases.queries.cards import home_today
from network.consent import packets
from network.core import clock, vocabulary
from network.core.errors import Conflict, Invalid
from network.crossborder import policies
from network.crossborder.models import Handoff
from network.crossborder.operations.follow_up_plan import move_plan
from network.crossborder.operations.journey import await_news
from network.crossborder.operations.milestones import retell_arrival, take_arrival_back
from network.crossborder.operations.moves import acting_zone, move_journey, raise_alarm, settle_alarm
from network.crossborder.queries.records import get_handoff
from network.exchange.messages import write_message
from network.exchange.models import Exchange
from network.exchange.operations import Given, Moved, Reason
from network.exchange.queries import get_side

REASONS = "arrival_corrected"
# Of a day without an hour: the middle of it, so that it is the same day where both centres are.
MIDDAY = time(12)


def correction_by(reason: str) -> str:
    """The move to which a reason leads: a wrong day is mended, everything else takes the arrival back."""
    known = vocabulary.reason(REASONS, reason)
    return "redate_arrival" if known.needs_date else "take_back_arrival"


def correct_arrival(
    exchange_id: UUID,
    reason: str,
    arrived_on: date | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> Moved:
    """Take an arrival back, before the take-over, or mend the day of it. Both sides see it, and why."""
    if correction_by(reason) == "redate_arrival":
        return _redate(exchange_id, reason, arrived_on, note, expected_version)
    return _take_back(exchange_id, reason, note, expected_version)


def _take_back(exchange_id: UUID, reason: str, note: str, expected_version: int | None) -> Moved:
    """The journey stands where it stood before, what was told of the arrival stands no more, and who is on the way
    is waited for anew; who had not arrived is looked for again."""

    def undo(exchange: Exchange, handoff: Handoff) -> None:
        handoff.arrived_at = None
        _say(exchange, note)

    moved = move_journey(
        exchange_id,
        "take_back_arrival",
        side="receiver",
        given=Given(reason=Reason(REASONS, reason), text=note),
        expected_version=expected_version,
        change=undo,
    )
    take_arrival_back(exchange_id)
    journey = get_handoff(exchange_id).journey
    if journey == "departed":
        await_news(moved.exchange)
    if journey == "not_arrived":
        raise_alarm(exchange_id)
    else:
        settle_alarm(exchange_id)
    return moved


def _redate(
    exchange_id: UUID, reason: str, arrived_on: date | None, note: str, expected_version: int | None
) -> Moved:
    """Another day: what was told and what was planned from it move along. Not once nothing more may be told."""
    if arrived_on is None:
        raise Invalid(fields={"arrived_on": [_("Enter a date.")]})
    before: list[date] = []

    def mend(exchange: Exchange, handoff: Handoff) -> None:
        if not policies.may_tell(packets.packet_of(exchange.id)):
            raise Conflict(_("Nothing more may be told to the other centre, so this stays as it was told."))
        before.append(_day_of(handoff.arrived_at))
        _check_day(arrived_on, handoff)
        handoff.arrived_at = min(datetime.combine(arrived_on, MIDDAY, _zone()), clock.now())
        _say(exchange, note)

    moved = move_journey(
        exchange_id,
        "redate_arrival",
        side="receiver",
        given=Given(reason=Reason(REASONS, reason), text=note, on=clock.now()),
        expected_version=expected_version,
        change=mend,
    )
    handoff, side = get_handoff(exchange_id), get_side(exchange_id)
    if handoff.arrived_at is not None:
        retell_arrival(exchange_id, handoff.arrived_at)
    if side.case_id is not None and handoff.taken_over_at is not None:
        move_plan(side.case_id, before[0], arrived_on)
    return moved


def _check_day(arrived_on: date, handoff: Handoff) -> None:
    """A day that has come, and not before she left; a day less, because the sun rises earlier elsewhere."""
    if arrived_on > home_today():
        raise Invalid(
            fields={
                "arrived_on": [
                    _("Enter a day that has come. If it is still to come, choose the reason above.")
                ]
            }
        )
    if handoff.departed_at is not None and arrived_on < _day_of(handoff.departed_at) - timedelta(days=1):
        raise Invalid(fields={"arrived_on": [_("Enter a day that is not before the departure.")]})


def _day_of(at: datetime | None) -> date:
    return (at or clock.now()).astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(acting_zone())


def _say(exchange: Exchange, note: str) -> None:
    if note.strip():
        write_message(exchange, "note", note)
