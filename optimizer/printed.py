"""A printed line, driven: the bus keeps the order of its stops and leaves none before its printed time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from optimizer.legs import leg
from optimizer.line_plans import home_stop, source_of
from optimizer.lines import LineDraft
from optimizer.model import Problem, Route, Vehicle, Visit

__all__ = ["Call", "Early", "ExistingGate", "ExistingHalt", "ExistingLine", "Late", "calls_of", "driven"]

OFF_S: Final = 60
"""Less than a minute off the printed time is in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingHalt:
    """A stop near homes as it is printed.

    Parameters
    ----------
    time_s
        Departure in the morning, arrival in the evening; None where nothing is printed.
    riders
        `(group id, riders)` of those who use it.
    order
        Place in the route among halts and gates; of equal ones halts come first in the morning, gates in the
        evening.
    """

    place_id: str
    time_s: int | None
    riders: tuple[tuple[str, int], ...] = ()
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingGate:
    """A gate of a compound as it is printed: arrival in the morning, departure in the evening."""

    place_id: str
    time_s: int | None
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingLine:
    """A line of today.

    Parameters
    ----------
    bus_id
        A vehicle of the problem; a bus may have several lines, one after the other.
    halts
        Stops near homes in the order of the route.
    gates
        One or several, in the order of the route. The first halt or gate that the bus comes to has a time.
    """

    id: str
    bus_id: str
    halts: tuple[ExistingHalt, ...]
    gates: tuple[ExistingGate, ...]
    name: str = ""

    @property
    def begins_s(self) -> int:
        """First of its printed times."""
        times = [*(halt.time_s for halt in self.halts), *(gate.time_s for gate in self.gates)]
        return min(time_s for time_s in times if time_s is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A printed time that the roads do not allow."""

    line_id: str
    place_id: str
    printed_s: int
    true_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """A gate that is reached before anybody may get off there."""

    line_id: str
    place_id: str
    arrival_s: int
    opens_s: int


@dataclass(frozen=True, slots=True)
class Call:
    """A stop of a request with its printed time."""

    line_id: str
    request_id: str
    stop: int
    place_id: str
    service_s: int
    opens_s: int
    printed_s: int | None
    leaves: bool


def calls_of(draft: LineDraft, line: ExistingLine, riding: Sequence[tuple[str, int]]) -> list[Call]:
    """List the calls of a line in the order of its stops: riders ride to the next gate where they work.

    Parameters
    ----------
    riding
        Request of each party of the line, and the position of its halt.
    """
    home = home_stop(source_of(draft))
    asked = {r.id: r for r in draft.problem.requests}

    def call(request_id: str, stop: int, printed_s: int | None) -> Call:
        option = asked[request_id].stops[stop].options[0]
        return Call(
            line.id, request_id, stop, option.place_id, option.service_s, option.window.start_s, printed_s,
            leaves=stop == 0,
        )  # fmt: skip

    turns: list[tuple[tuple[int, int, int, int], Call]] = []
    for n, (request_id, h) in enumerate(riding):
        halt = line.halts[h]
        work = asked[request_id].stops[1 - home].options[0].place_id
        g = _gate(line, halt, work, morning=home == 0)
        gate = line.gates[g]
        turns.append(((halt.order, home, h, n), call(request_id, home, halt.time_s)))
        turns.append(((gate.order, 1 - home, g, n), call(request_id, 1 - home, gate.time_s)))
    calls = [one for _, one in sorted(turns, key=lambda turn: turn[0])]
    if calls and calls[0].printed_s is None:  # nobody boards where the line begins
        calls[0] = replace(calls[0], printed_s=line.begins_s)
    return calls


def _gate(line: ExistingLine, halt: ExistingHalt, place_id: str, *, morning: bool) -> int:
    """Position of the gate between which and a halt its riders ride: the nearest one on the right side."""
    there = [g for g, gate in enumerate(line.gates) if gate.place_id == place_id]
    if morning:
        return next((g for g in there if line.gates[g].order >= halt.order), there[-1])
    return next((g for g in reversed(there) if line.gates[g].order <= halt.order), there[0])


def driven(problem: Problem, bus_id: str, calls: Sequence[Call]) -> tuple[Route, list[Late], list[Early]]:
    """Drive the calls in order at true times, leaving no halt before its printed time."""
    vehicle = next(v for v in problem.vehicles if v.id == bus_id)
    profile = next(t.profile for t in problem.vehicle_types if t.id == vehicle.type_id)
    start_s = _leaving_s(problem, vehicle, profile, calls)
    at, now = vehicle.start_place_id, start_s
    visits: list[Visit] = []
    late: list[Late] = []
    early: list[Early] = []
    for i, call in enumerate(calls):
        arrival_s = now + leg(problem.travel, profile, at, call.place_id, now)[0]
        opens_s = call.opens_s if call.leaves or _ends_here(calls, i) else 0
        begin_s = max(arrival_s, _held_s(calls, i), opens_s)
        if not call.leaves and at != call.place_id and call.opens_s - arrival_s >= OFF_S:
            early.append(
                Early(line_id=call.line_id, place_id=call.place_id, arrival_s=arrival_s, opens_s=call.opens_s)
            )
        now, at = begin_s + call.service_s, call.place_id
        true_s = now if call.leaves else arrival_s
        printed_s = call.printed_s
        if printed_s is not None and true_s >= printed_s + OFF_S and _last_here(calls, i):
            late.append(Late(line_id=call.line_id, place_id=at, printed_s=printed_s, true_s=true_s))
        visits.append(
            Visit(
                request_id=call.request_id, stop=call.stop, place_id=at, arrival_s=arrival_s,
                start_s=begin_s, depart_s=now,
            )
        )  # fmt: skip
    return _route(problem, vehicle, profile, start_s, visits), late, early


def _held_s(calls: Sequence[Call], i: int) -> int:
    """When boarding begins at the earliest, so that the bus drives on at the printed departure."""
    call = calls[i]
    return 0 if call.printed_s is None or not call.leaves else call.printed_s - _standing_s(calls, i)


def _ends_here(calls: Sequence[Call], i: int) -> bool:
    """Whether the line ends at this place: riders who come too soon wait in the bus, which goes nowhere else.

    At a gate on the way they get off at once; that they are too soon is for the judge to say.
    """
    rest = (call for call in calls[i:] if call.line_id == calls[i].line_id)
    return all(call.place_id == calls[i].place_id for call in rest)


def _last_here(calls: Sequence[Call], i: int) -> bool:
    """Whether the bus drives on after this call: a printed departure is that of all who board there."""
    return i + 1 == len(calls) or calls[i + 1].place_id != calls[i].place_id


def _standing_s(calls: Sequence[Call], i: int) -> int:
    """Seconds of standing from this call on, until the bus drives on."""
    last = next(j for j in range(i, len(calls)) if _last_here(calls, j))
    return sum(call.service_s for call in calls[i : last + 1])


def _leaving_s(problem: Problem, vehicle: Vehicle, profile: str, calls: Sequence[Call]) -> int:
    """Leave so that the first halt is reached in time for its printed time."""
    call = calls[0]
    by_s = _held_s(calls, 0)
    leave_s = by_s
    for _ in range(3):
        leave_s = (
            by_s - leg(problem.travel, profile, vehicle.start_place_id, call.place_id, max(0, leave_s))[0]
        )
    return max(0, leave_s)


def _route(problem: Problem, vehicle: Vehicle, profile: str, start_s: int, visits: Sequence[Visit]) -> Route:
    end = vehicle.end_place_id or visits[-1].place_id
    places = [vehicle.start_place_id, *(v.place_id for v in visits), end]
    departures = [start_s, *(v.depart_s for v in visits)]
    legs = [
        leg(problem.travel, profile, a, b, at)
        for (a, b), at in zip(pairwise(places), departures, strict=True)
    ]
    return Route(
        vehicle_id=vehicle.id,
        start_place_id=vehicle.start_place_id,
        end_place_id=end,
        start_s=start_s,
        end_s=departures[-1] + legs[-1][0],
        visits=tuple(visits),
        distance_m=sum(metres for _, metres in legs),
        drive_s=sum(seconds for seconds, _ in legs),
    )
