"""How few buses the lines of a problem need, where one bus may serve several compounds and start times.

A quick answer before any fleet is chosen, and to questions like "what would fifteen minutes at one compound
save": all buses alike, every stop where its request would like it best, every bus at each compound at the
last moment of its window. The chains of trips are searched by `optimizer.engines.chains`; evening lines are
the same with time running backwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.chains import Chains, Lines, solve
from optimizer.errors import Unsupported
from optimizer.model import Problem, Request, Stop, VehicleType

__all__ = ["BusCount", "count_buses"]

NO_LIMIT_S: Final = 86_400

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusCount:
    """What the lines need.

    Parameters
    ----------
    buses, trips
        Of the plan found: a bus makes one trip or several.
    at_least
        Buses that any plan with these stops and times needs, proven.
    impossible
        Requests with more riders than seats, or too long a ride even alone.
    """

    buses: int
    trips: int
    at_least: int
    impossible: tuple[str, ...]


def count_buses(
    problem: Problem,
    *,
    seats: int | None = None,
    later_s: Mapping[str, int] | None = None,
    seed: int = 0,
    iterations: int = 20_000,
) -> BusCount:
    """Count the buses that the riders of morning or of evening lines need.

    Parameters
    ----------
    problem
        As `optimizer.lines` makes it: a request boards at a stop and alights at a compound, or the other way
        round.
    seats
        Of each bus; None: those of the largest on offer.
    later_s
        Place id of a compound → by how much its windows are moved.

    Raises
    ------
    Unsupported
        Requests that are no lines: other than two stops, or both directions at once.
    """
    if not problem.requests:
        return BusCount(buses=0, trips=0, at_least=0, impossible=())
    kind = max(problem.vehicle_types, key=lambda t: (t.capacity[0], t.id))
    lines = _lines(problem, kind, kind.capacity[0] if seats is None else seats, later_s or {})
    return _counted(problem, solve(lines, seed=seed, iterations=iterations))


def _counted(problem: Problem, found: Chains) -> BusCount:
    return BusCount(
        buses=len(found.buses),
        trips=sum(len(bus) for bus in found.buses),
        at_least=found.bound,
        impossible=tuple(problem.requests[i].id for i in found.impossible),
    )


def _lines(problem: Problem, kind: VehicleType, seats: int, later_s: Mapping[str, int]) -> Lines:
    morning = _is_morning(problem)
    at_home, at_work = (0, 1) if morning else (1, 0)
    homes = [request.stops[at_home] for request in problem.requests]
    works = [_moved(request.stops[at_work], later_s, morning=morning) for request in problem.requests]
    targets = sorted(set(works))
    target = np.array([targets.index(work) for work in works], dtype=np.int64)
    moment_s = np.array([second for _, second in targets], dtype=np.int64)
    drive = _drives(problem, kind, [home.options[0].place_id for home in homes], targets)
    if not morning:
        drive = drive.transpose(0, 2, 1)
    n, own = len(homes), np.arange(len(homes))
    at_target = n + np.arange(len(targets))
    standing_s = np.array(
        [max(request.stops[at_work].options[0].service_s for request in problem.requests)] * len(targets)
    )
    rides = [request.max_ride_s for request in problem.requests if request.max_ride_s is not None]
    arrive = moment_s if morning else -moment_s
    return Lines(
        target=target,
        load=np.array([abs(home.load[0]) if home.load else 0 for home in homes], dtype=np.int64),
        dwell=np.array([home.options[0].service_s for home in homes], dtype=np.int64),
        leg=drive[target, own, :n],
        to_target=drive[target, own, at_target[target]],
        from_target=drive[np.arange(len(targets)), at_target][:, :n],
        arrive=arrive,
        free=arrive + standing_s,
        seats=seats,
        longest_ride=min(rides, default=NO_LIMIT_S),
    )


def _drives(
    problem: Problem, kind: VehicleType, homes: Sequence[str], targets: Sequence[tuple[str, int]]
) -> Ints:
    """Seconds `[target, from, to]` between stops, then targets, as they are at each target's moment."""
    ids = (*homes, *(place_id for place_id, _ in targets))
    seconds, _ = problem.travel.dense(kind.profile, ids)
    same = np.equal.outer(np.array(ids), np.array(ids))
    buckets = [problem.travel.bucket_at(moment_s) for _, moment_s in targets]
    found: Ints = np.where(same, 0, seconds[buckets]).astype(np.int64)
    return found


def _is_morning(problem: Problem) -> bool:
    """Whether riders go to compounds; raise where that is not the same for all."""
    ways = {_boards_first(request) for request in problem.requests}
    if len(ways) != 1:
        field = "Problem.requests"
        raise Unsupported(field, "只能计算同一方向的班车（都去单位，或都回家）")
    return ways.pop()


def _boards_first(request: Request) -> bool:
    """Whether a request is bound to a time where it ends, not where it begins."""
    if len(request.stops) != 2:
        field = "Request.stops"
        raise Unsupported(field, f"{request.id} 有 {len(request.stops)} 站；班车乘客只有上、下两站")
    first, last = (stop.options[0].window for stop in request.stops)
    return last.end_s - last.start_s < first.end_s - first.start_s


def _moved(stop: Stop, later_s: Mapping[str, int], *, morning: bool) -> tuple[str, int]:
    """Place and moment at work: the last of a morning window, the first of an evening one."""
    option = stop.options[0]
    moment_s = option.window.end_s if morning else option.window.start_s
    return option.place_id, moment_s + later_s.get(option.place_id, 0)
