"""The judge: every hard rule of a plan, recomputed from the problem alone; shares no code with any planner.

`violations` returns nothing for a plan that may be published. What it holds a plan to:

- **Requests.** Each is served once, whole, its stops in order, by one vehicle within one trip, at the place
  of the option it names; or is in the list of unserved once. Requests of one group are served all or none.
- **Time.** A leg takes what the travel matrix says at departure, to the second. Service starts inside the
  window and lasts at least its time. A vehicle may wait anywhere, before service and after it,
  and rest on the way (`Visit.rest_s`).
- **Load.** Deliveries are on board from the start of their trip, collections to its end. In every dimension
  the load lies between nothing and the capacity at every moment.
- **Slack.** With `buffer_s`, all waiting between the end of service of one request and the start of the next
  on an empty vehicle sums up to at least that much.
- **Vehicles.** One route a day and schedule, from its start place to its end place, inside its shift, outside
  its busy times (unless it stands at its base between two trips), within the limits of its type. Visits in a
  row at one place are one stop. Depots are open when vehicles leave, reload and return, and have room for all
  that stand there.
- **Nights.** A vehicle that stays away over night ends its day there, and the plan says so.
- **Drivers.** A vehicle with named drivers has one of them, licensed, on duty, free, in one place at a time.
  Between two stays of at least 20 minutes nobody drives more than 4 hours, and nobody is on duty longer than
  a day allows.
- **Permission.** Every rule of `optimizer.policy.rules`; reserves stay; locked routes stand as the beginning
  of their vehicle's route; nothing else starts before `frozen_until_s`.
- **Money.** The objective is the decision cost of `optimizer.price`, the bound not above it, the gap its gap.

A problem is taken to be valid (`optimizer.validate`); a plan may be anything.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from optimizer.check import duty, fleet, loads, money, nights, sequence, times
from optimizer.check.advice import SoftLimits, Zone, warnings
from optimizer.check.walk import Book, Drive, drives_of, open_book, unknown_ids
from optimizer.model import Problem, Schedule, Violation

__all__ = ["SoftLimits", "Zone", "violations", "violations_together", "warnings"]

RouteRule = Callable[[Drive], Iterator[Violation]]
PlanRule = Callable[[Book, Sequence[Drive], Sequence[Schedule]], Iterator[Violation]]
DayRule = Callable[[Sequence[Drive]], Iterator[Violation]]

ROUTE_RULES: Final[tuple[RouteRule, ...]] = (
    sequence.stops_in_order,
    sequence.one_trip,
    times.legs_exist,
    times.arrivals_true,
    times.times_forward,
    times.windows_kept,
    times.sums_true,
    times.ends_right,
    nights.nothing_after_leaving,
    loads.capacity_kept,
    loads.rides_short,
    loads.sole_use_kept,
    loads.buffers_kept,
    duty.shift_kept,
    duty.busy_kept,
    duty.limits_kept,
    duty.range_kept,
    duty.reloads_at_depots,
    duty.depots_open,
    duty.driver_may,
    fleet.rules_kept,
    fleet.frozen_kept,
)
"""Rules that look at one route."""

PLAN_RULES: Final[tuple[PlanRule, ...]] = (
    sequence.served_once,
    sequence.groups_whole,
    fleet.reserves_kept,
    fleet.locks_kept,
    fleet.one_route_each,
    money.money_true,
    nights.away_told,
)
"""Rules that look at all routes of one problem."""

DAY_RULES: Final[tuple[DayRule, ...]] = (
    fleet.starts_right,
    fleet.one_place_at_once,
    duty.rest_taken,
    duty.hours_kept,
)
"""Rules that look at the day of a vehicle or driver, over the plans of several problems."""


def violations(problem: Problem, *schedules: Schedule) -> tuple[Violation, ...]:
    """Name every hard rule that a plan breaks; nothing means it may be published.

    Parameters
    ----------
    schedules
        Together the plan of the problem: each request is in one of them, a vehicle or driver is in one place
        over all of them.
    """
    book = open_book(problem)
    drives = drives_of(book, schedules)
    found = list(unknown_ids(book, schedules))
    found += [fault for drive in drives for rule in ROUTE_RULES for fault in rule(drive)]
    found += [fault for rule in PLAN_RULES for fault in rule(book, drives, schedules)]
    found += _of_the_day(drives, (book,))
    return tuple(found)


def violations_together(plans: Iterable[tuple[Problem, Schedule]]) -> tuple[Violation, ...]:
    """Judge the plans of several problems held together: each alone, then vehicles and drivers over all.

    Shuttles, cars and emergencies of one day have a problem each; a vehicle or driver with the same id in two
    of them is the same, so that hours, rest, places and depot spaces add up.
    """
    pairs = tuple(plans)
    books = tuple(open_book(problem) for problem, _schedule in pairs)
    drives = [
        drive
        for book, (_problem, schedule) in zip(books, pairs, strict=True)
        for drive in drives_of(book, (schedule,))
    ]
    alone = [fault for problem, schedule in pairs for fault in violations(problem, schedule)]
    return tuple(dict.fromkeys([*alone, *_of_the_day(drives, books)]))


def _of_the_day(drives: Sequence[Drive], books: Sequence[Book]) -> list[Violation]:
    found = [fault for rule in DAY_RULES for fault in rule(drives)]
    return [*found, *fleet.depots_have_room(drives, books)]
