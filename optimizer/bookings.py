"""Booking lists of a day: who rides, and which lines to close, enlarge or double for it.

A line that fewer people book than its threshold is proposed for closing, one that more people book than it
has seats for a larger bus or a second one. Nothing is changed here: a proposal is a sentence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from optimizer.policy.calendar import Day, DayKind
from optimizer.policy.tariffs import CommuterTerms
from optimizer.riders import RiderGroup

__all__ = ["LineBooking", "Proposal", "Remedy", "booked_groups", "proposals", "riding"]


class Remedy(StrEnum):
    """What is proposed for a line."""

    KEEP = "keep"
    CLOSE = "close"
    LARGER_BUS = "larger_bus"
    SECOND_BUS = "second_bus"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBooking:
    """One line and how many people booked it.

    Parameters
    ----------
    seats
        Licensed capacity without the driver.
    planned, booked
        Riders of the timetable, and those of them who booked; more where more people come than were planned.
    days
        On how many days the line has run so far; 0 for a line that is to be opened.
    """

    line_id: str
    name: str
    seats: int
    planned: int
    booked: int
    days: int = 0

    @property
    def load_percent(self) -> int:
        """Booked seats in a hundred, rounded down."""
        return 100 * self.booked // self.seats if self.seats else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What to do with a line, and why, in a sentence with its figures."""

    line_id: str
    remedy: Remedy
    sentence: str


def riding(groups: Iterable[RiderGroup], day: Day) -> tuple[RiderGroup, ...]:
    """Return who rides that day: on a make-up workday (调休补班) everybody who rides at all."""
    return tuple(group for group in groups if _rides(group, day))


def booked_groups(groups: Iterable[RiderGroup], booked: Mapping[str, int]) -> tuple[RiderGroup, ...]:
    """Return the groups with as many riders as booked; groups that nobody booked for are left out."""
    return tuple(replace(g, count=booked[g.id]) for g in groups if booked.get(g.id, 0) > 0)


def proposals(
    bookings: Sequence[LineBooking], seats_on_offer: Sequence[int], terms: CommuterTerms
) -> tuple[Proposal, ...]:
    """Say for each line whether to keep it, close it, or send a larger or a second bus.

    Parameters
    ----------
    seats_on_offer
        Seats, without the driver's, of the sizes of bus that could drive instead.
    terms
        The load that a line must have after a month, and the riders that open one.
    """
    return tuple(_proposal(booking, seats_on_offer, terms) for booking in bookings)


def _rides(group: RiderGroup, day: Day) -> bool:
    if not group.weekdays:
        return day.is_workday
    if day.kind is DayKind.HOLIDAY:
        return False
    return day.kind is DayKind.MAKE_UP or day.date.weekday() in group.weekdays


def _proposal(booking: LineBooking, seats_on_offer: Sequence[int], terms: CommuterTerms) -> Proposal:
    if booking.booked > booking.seats:
        return _overfull(booking, seats_on_offer)
    if booking.days < terms.days_month:
        return _young(booking, terms)
    keep, load = terms.keep_load_percent, booking.load_percent
    figures = f"预约 {booking.booked} 人，{booking.seats} 座，满载率 {load} %"
    if 100 * booking.booked < keep * booking.seats:
        lacking = -(-keep * booking.seats // 100) - booking.booked
        sentence = f"{booking.name}：{figures}，低于 {keep} %，建议停开（再有 {lacking} 人即可保留）"
        return Proposal(line_id=booking.line_id, remedy=Remedy.CLOSE, sentence=sentence)
    return _kept(booking, f"{figures}，不低于 {keep} %，保留")


def _young(booking: LineBooking, terms: CommuterTerms) -> Proposal:
    """Judge a line in its first month by the riders that open one; a small bus by the load it must reach."""
    least = min(terms.open_riders, -(-terms.keep_load_percent * booking.seats // 100))
    if booking.booked >= least:
        return _kept(booking, f"预约 {booking.booked} 人，达到开线的 {least} 人，保留")
    short = f"预约 {booking.booked} 人，不足开线的 {least} 人"
    sentence = f"{booking.name}：{short}，建议停开（还差 {least - booking.booked} 人）"
    return Proposal(line_id=booking.line_id, remedy=Remedy.CLOSE, sentence=sentence)


def _overfull(booking: LineBooking, seats_on_offer: Sequence[int]) -> Proposal:
    over = booking.booked - booking.seats
    figures = f"{booking.name}：预约 {booking.booked} 人，只有 {booking.seats} 座，多 {over} 人"
    larger = min((seats for seats in seats_on_offer if seats >= booking.booked), default=None)
    if larger is not None:
        sentence = f"{figures}，建议换 {larger} 座（不含驾驶员）的车"
        return Proposal(line_id=booking.line_id, remedy=Remedy.LARGER_BUS, sentence=sentence)
    second = min((seats for seats in seats_on_offer if seats >= over), default=None)
    which = f"一辆 {second} 座（不含驾驶员）的车" if second is not None else "第二辆车"
    sentence = f"{figures}，没有坐得下的车，建议加开{which}"
    return Proposal(line_id=booking.line_id, remedy=Remedy.SECOND_BUS, sentence=sentence)


def _kept(booking: LineBooking, why: str) -> Proposal:
    return Proposal(line_id=booking.line_id, remedy=Remedy.KEEP, sentence=f"{booking.name}：{why}")
