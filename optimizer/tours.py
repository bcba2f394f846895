"""A common car ride, driven stop by stop: whether everybody puts up with it, and how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gis.matrix import TravelError
from optimizer.engines.pool_tours import ALIGHT_S
from optimizer.feasible import LONGEST_DRIVE_S
from optimizer.legs import leg
from optimizer.model import ALL_DAY, UNREACHABLE, Problem, Request, Stop, StopOption, TimeWindow

__all__ = ["Ride", "Tolerance", "Tour", "ride_of", "seconds_between"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What people put up with.

    Parameters
    ----------
    shift_s
        They are picked up no more than this before or after the wished time.
    detour_s
        They arrive, or are back, no more than this later than alone.
    stay_s
        How much later still they may be back because the others stay longer.
    """

    shift_s: int = 900
    detour_s: int = 900
    stay_s: int = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """A request taken apart: from where to where, when, how long there, and back or not."""

    request: Request
    tolerance: Tolerance
    origin: str
    destination: str
    start_s: int
    boarding_s: int
    stay_s: int
    home: str | None
    people: tuple[int, ...]
    arrive_s: int
    end_s: int


def ride_of(problem: Problem, profile: str, request: Request, tolerance: Tolerance) -> Ride | None:
    """Take a request apart; None where it is neither a one-way nor a round trip with one place to stay.

    Times are those of the trip alone, by the profile.
    """
    if any(len(stop.options) != 1 for stop in request.stops) or not 2 <= len(request.stops) <= 3:
        return None
    options = [stop.options[0] for stop in request.stops]
    first, place = options[0], options[1]
    if any(o.window != ALL_DAY for o in options[1:]):
        return None
    leave_s = first.window.start_s + first.service_s
    out_s = seconds_between(problem, profile, first.place_id, place.place_id, leave_s)
    if out_s is None or out_s > LONGEST_DRIVE_S:
        return None
    arrive_s, home = leave_s + out_s, None
    end_s = arrive_s
    if len(options) == 3:
        home = options[2].place_id
        back_s = seconds_between(problem, profile, place.place_id, home, arrive_s + place.service_s)
        if back_s is None or back_s > LONGEST_DRIVE_S:
            return None
        end_s = arrive_s + place.service_s + back_s
    return Ride(
        request=request,
        tolerance=tolerance,
        origin=first.place_id,
        destination=place.place_id,
        start_s=first.window.start_s,
        boarding_s=first.service_s,
        stay_s=place.service_s,
        home=home,
        people=tuple(request.stops[0].load),
        arrive_s=arrive_s,
        end_s=end_s,
    )


def seconds_between(
    problem: Problem, profile: str, origin: str, destination: str, depart_s: int
) -> int | None:
    """Give the seconds of a leg; None where there is no way, or none is known."""
    try:
        seconds, _ = leg(problem.travel, profile, origin, destination, depart_s)
    except TravelError:
        return None
    return None if seconds == UNREACHABLE else seconds


class Tour:
    """One order of a common ride, driven stop by stop; each step says whether everybody puts up with it."""

    def __init__(self, problem: Problem, profile: str, boarding: Sequence[Ride], start_s: int) -> None:
        self.problem, self.profile = problem, profile
        self.riders, self.start_s = boarding, start_s
        self.at, self.now = boarding[0].origin, start_s
        self.arrived: dict[str, int] = {}
        self.stops: list[Stop] = []

    def copy(self) -> "Tour":
        """Give another tour that stands where this one does."""
        other = Tour(self.problem, self.profile, self.riders, self.start_s)
        other.at, other.now = self.at, self.now
        other.arrived, other.stops = dict(self.arrived), list(self.stops)
        return other

    def board(self) -> bool:
        """Pick everyone up, within the shift that each accepts."""
        for i, ride in enumerate(self.riders):
            shift_s = ride.tolerance.shift_s
            if not self._drive(ride.origin):
                return False
            self.now = max(self.now, ride.start_s - shift_s)
            if self.now > ride.start_s + shift_s:
                return False
            window = TimeWindow(start_s=ride.start_s - shift_s, end_s=ride.start_s + shift_s)
            self._stand(ride.boarding_s, _at(self.start_s) if i == 0 else window, ride.people)
        return True

    def go_out(self, places: Sequence[str]) -> bool:
        """Bring everyone to their place, not much later than alone; stay at the last one."""
        for place in places:
            going = [ride for ride in self.riders if ride.destination == place]
            if not self._drive(place):
                return False
            if any(self.now > ride.arrive_s + ride.tolerance.detour_s for ride in going):
                return False
            self.arrived[place] = self.now
            one_way = going[0].home is None
            stay_s = max(ride.stay_s for ride in going) if one_way or place == places[-1] else ALIGHT_S
            self._stand(stay_s, None, _minus(going) if one_way else ())
        return True

    def come_back(self, places: Sequence[str], homes: Sequence[str]) -> bool:
        """Collect everyone in the opposite order once their stay is over, and bring them home."""
        if not homes:
            return True
        self._wait_for_the_others(places)
        for place in reversed(places[:-1]):
            if not self._drive(place):
                return False
            self._stand(ALIGHT_S, None, ())
        for home in homes:
            going = [ride for ride in self.riders if ride.home == home]
            if not self._drive(home) or any(_too_late(ride, self.now) for ride in going):
                return False
            self._stand(going[0].request.stops[-1].options[0].service_s, None, _minus(going))
        return True

    def _wait_for_the_others(self, places: Sequence[str]) -> None:
        """Lengthen the stay at the last place until those who were dropped before are ready."""
        now, at, short_s = self.now, self.at, 0
        for place in reversed(places[:-1]):
            seconds = seconds_between(self.problem, self.profile, at, place, now)
            if seconds is None:
                return
            now, at = now + seconds, place
            ready_s = self.arrived[place] + max(r.stay_s for r in self.riders if r.destination == place)
            short_s = max(short_s, ready_s - now)
            now += ALIGHT_S
        option = self.stops[-1].options[0]
        longer = replace(option, service_s=option.service_s + short_s)
        self.stops[-1] = replace(self.stops[-1], options=(longer,))
        self.now += short_s

    def _drive(self, place: str) -> bool:
        seconds = seconds_between(self.problem, self.profile, self.at, place, self.now)
        if seconds is None:
            return False
        self.at, self.now = place, self.now + seconds
        return True

    def _stand(self, service_s: int, window: TimeWindow | None, load: tuple[int, ...]) -> None:
        option = StopOption(place_id=self.at, window=window or ALL_DAY, service_s=service_s)
        self.stops.append(Stop(options=(option,), load=load))
        self.now += service_s


def _minus(riders: Sequence[Ride]) -> tuple[int, ...]:
    """Everybody gets off."""
    return tuple(-sum(column) for column in zip(*(ride.people for ride in riders), strict=True))


def _too_late(ride: Ride, back_s: int) -> bool:
    return back_s > ride.end_s + ride.tolerance.detour_s + ride.tolerance.stay_s


def _at(second: int) -> TimeWindow:
    return TimeWindow(start_s=second, end_s=second)
