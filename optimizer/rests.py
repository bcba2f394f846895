"""Ways that are too long to be driven at once: twenty minutes of rest at a stop, or on the way.

Source: 道路交通安全法实施条例 第六十二条第七项 (over 4 hours of driving need 20 minutes of rest).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer.model import UNREACHABLE, Route, TimeWindow, Vehicle, Visit
from optimizer.timing import (
    Call,
    Timetable,
    as_route,
    free_times,
    latest_departure,
    leg,
    onward,
    slack_s,
    stays_after,
)

__all__ = ["LONGEST_DRIVE_S", "SHORTEST_REST_S", "resting_route", "rests_on_the_way"]

LONGEST_DRIVE_S: Final = 14_400
SHORTEST_REST_S: Final = 1_200


def rests_on_the_way(driven_s: int, seconds: int) -> int:
    """Count the rests that a leg needs after so much driving without one."""
    return max(0, -(-(driven_s + seconds) // LONGEST_DRIVE_S) - 1)


def resting_route(
    table: Timetable, vehicle: Vehicle, calls: Sequence[Call], *, driver_id: str | None = None
) -> Route | None:
    """Time the calls with the rests that they need; None where a window, the shift or a road forbids it.

    Rest is taken at the stop before a leg that may be driven at once after it, on the way of a longer one;
    before the first people board, where leaving sooner for it brings the vehicle home earlier.
    """
    for free in free_times(table, vehicle):
        ways = (
            _Driving(table, vehicle, driver_id, sooner).through(calls, free)
            for sooner in (0, SHORTEST_REST_S)
        )
        found = [route for route in ways if route is not None]
        if found:
            return min(found, key=lambda route: (route.end_s, -route.start_s))
    return None


@dataclass(slots=True)
class _Driving:
    """A vehicle under way: how long it has been driven since the last rest."""

    table: Timetable
    vehicle: Vehicle
    driver_id: str | None
    sooner_s: int
    driven_s: int = 0

    def through(self, calls: Sequence[Call], free: TimeWindow) -> Route | None:
        """Drive all calls inside a free time."""
        start = self._leaving(calls[0], free)
        if start is None:
            return None
        visits, before = [start], None
        for call in calls:
            place_id = self.table.requests[call.request_id].stops[call.stop].options[call.option].place_id
            rest_s = self._rest(visits, place_id)
            # Rest on the way is like leaving later by as much, but for the pace, which is that of leaving.
            came = None if rest_s is None else onward(self.table, self.vehicle, [call], visits[-1], before)
            if came is None or rest_s is None:
                return None
            later = self._arrived(call, came[0], rest_s, slack_s(self.table, before, call))
            if later is None:
                return None
            visits.append(later)
            before = call
        return self._home(visits, free)

    def _leaving(self, first: Call, free: TimeWindow) -> Visit | None:
        """Leave as late as reaches the first stop by its opening, rests included."""
        option = self.table.requests[first.request_id].stops[first.stop].options[first.option]
        start_s = latest_departure(self.table, self.vehicle, option.place_id, option.window.start_s, free)
        seconds = self._seconds(self.vehicle.start_place_id, option.place_id, start_s)
        if seconds is None:
            return None
        start_s -= SHORTEST_REST_S * rests_on_the_way(0, seconds) + self.sooner_s
        start_s = max(free.start_s, start_s)
        return Visit(
            request_id=None,
            place_id=self.vehicle.start_place_id,
            arrival_s=start_s,
            start_s=start_s,
            depart_s=start_s,
        )

    def _rest(self, visits: list[Visit], place_id: str) -> int | None:
        """Rest before the leg if that does, else count what is rested on it; None without a road."""
        here = visits[-1]
        if here.depart_s - here.arrival_s >= SHORTEST_REST_S:
            self.driven_s = 0
        seconds = self._seconds(here.place_id, place_id, here.depart_s)
        if seconds is not None and self.driven_s + seconds > LONGEST_DRIVE_S >= seconds:
            visits[-1] = here = replace(here, depart_s=here.arrival_s + SHORTEST_REST_S)
            self.driven_s = 0
            seconds = self._seconds(here.place_id, place_id, here.depart_s)
        if seconds is None:
            return None
        rests = rests_on_the_way(self.driven_s, seconds)
        self.driven_s = max(0, self.driven_s + seconds - LONGEST_DRIVE_S * rests)
        return SHORTEST_REST_S * rests

    def _arrived(self, call: Call, visit: Visit, rest_s: int, slack: int) -> Visit | None:
        """Put off an arrival by the rest on the way; None where its window has closed then."""
        option = self.table.requests[call.request_id].stops[call.stop].options[call.option]
        arrival_s = visit.arrival_s + rest_s
        begin_s = max(arrival_s + slack, option.window.start_s)
        if begin_s > option.window.end_s:
            return None
        return replace(
            visit,
            arrival_s=arrival_s,
            start_s=begin_s,
            depart_s=begin_s + option.service_s,
            rest_s=rest_s,
        )

    def _home(self, visits: list[Visit], free: TimeWindow) -> Route | None:
        last = visits[-1]
        stays = self.vehicle.end_place_id is None or stays_after(self.table, last.request_id)
        end_place_id = last.place_id if stays else self.vehicle.end_place_id or last.place_id
        rest_s = self._rest(visits, end_place_id)
        if rest_s is None:
            return None
        start, *rest = visits
        route = as_route(self.table, self.vehicle, self.driver_id, start.start_s, rest)
        route = replace(route, end_s=route.end_s + rest_s, rest_s=rest_s)
        return route if route.end_s <= free.end_s else None

    def _seconds(self, origin_id: str, destination_id: str, depart_s: int) -> int | None:
        profile = self.table.types[self.vehicle.type_id].profile
        seconds, _ = leg(self.table, profile, origin_id, destination_id, depart_s)
        return None if seconds == UNREACHABLE else seconds
