"""A day of fixed-time car requests, compiled to arrays: what each costs alone, and what can follow what.

A request whose first stop opens at a fixed second is a *task*: where and when it starts and ends, by the
profile of the vehicle. A request that opens a window is taken at the window's start. All legs are the
matrix's values at the moment of departure, first in, first out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gis.matrix import TravelError
from optimizer.legs import leg
from optimizer.likeness import alike_groups, allowed
from optimizer.model import UNREACHABLE, Request, Vehicle
from optimizer.rests import LONGEST_DRIVE_S, SHORTEST_REST_S, rests_on_the_way
from optimizer.task_legs import NEVER, Legs, Rows, stacked
from optimizer.timing import Timetable, free_times

__all__ = ["Grid", "Legs", "grid", "part"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Tasks × vehicles of one block; `n` tasks by start, `m` vehicles by id, `p` profiles, `k` bases.

    Parameters
    ----------
    start_s
        `[n]`.
    end_s, task_m
        `[p, n]`: when and after how many metres a task is done.
    link
        `[p, n, n]`: from the end of one task to the start of another; `at_s` is the arrival.
    out, home
        `[k, n]`: latest departure from a base to a task's start; arrival at a base from a task's end.
    profile, out_base, home_base
        `[m]`: which row of the arrays above is the vehicle's; an open end has a row of zero metres.
    may
        `[m, n]`: whether a vehicle may and can serve a task alone, within rules, limits and free times.
    open_s, close_s
        `[m, i]` free intervals; missing ones open never.
    group
        `[m]`: vehicles with one number are alike in all that matters.
    exact
        Whether every task starts at a fixed second, so that a plan on the grid is a plan of the problem.
    """

    tasks: tuple[Request, ...]
    vehicles: tuple[Vehicle, ...]
    start_s: Ints
    end_s: Ints
    task_m: Ints
    link: Legs
    out: Legs
    home: Legs
    profile: Ints
    out_base: Ints
    home_base: Ints
    may: Flags
    open_s: Ints
    close_s: Ints
    group: Ints
    exact: bool


def grid(
    table: Timetable, requests: Sequence[Request], vehicles: Sequence[Vehicle], *, loose: bool = False
) -> Grid:
    """Compile requests and vehicles; pairs that the matrix does not hold cannot be driven.

    Parameters
    ----------
    loose
        Whether tasks that may start later are taken not to break a limit of riding or driving: starting later
        may keep it.
    """
    tasks = tuple(sorted(requests, key=lambda r: (_start_s(r), r.id)))
    fleet = tuple(sorted(vehicles, key=lambda v: v.id))
    profiles = sorted({table.types[v.type_id].profile for v in fleet})
    runs = [
        [_alone(table, profile, task, bound=not loose or _is_fixed(task)) for task in tasks]
        for profile in profiles
    ]
    start_s = np.array([_start_s(t) for t in tasks], np.int64)
    end_s = np.array([[run[0] for run in row] for row in runs], np.int64).reshape(len(profiles), len(tasks))
    task_m = np.array([[run[1] for run in row] for row in runs], np.int64).reshape(end_s.shape)
    rows = [Rows(table, p, tasks, fleet, start_s, end_s[i]) for i, p in enumerate(profiles)]
    link = stacked([r.link() for r in rows])
    out_at, outs = _bases(table, profiles, rows, fleet, home=False)
    home_at, homes = _bases(table, profiles, rows, fleet, home=True)
    open_s, close_s = _free(table, fleet)
    profile = np.array([profiles.index(table.types[v.type_id].profile) for v in fleet], np.int64)
    group = alike_groups(fleet, tasks)
    can = outs.possible[out_at] & homes.possible[home_at] & (end_s < NEVER)[profile]
    inside = _inside(outs.at_s[out_at], homes.at_s[home_at], open_s, close_s)
    return Grid(
        tasks=tasks,
        vehicles=fleet,
        start_s=start_s,
        end_s=end_s,
        task_m=task_m,
        link=link,
        out=outs,
        home=homes,
        profile=profile,
        out_base=out_at,
        home_base=home_at,
        may=can & inside & allowed(table, fleet, tasks),
        open_s=open_s,
        close_s=close_s,
        group=group,
        exact=all(_is_fixed(t) for t in tasks),
    )


def part(whole: Grid, tasks: Sequence[int], vehicles: Sequence[int]) -> Grid:
    """Cut some tasks (ascending) and vehicles (ascending) out of a grid."""
    t, v = np.array(tasks, np.int64), np.array(vehicles, np.int64)
    return replace(
        whole,
        tasks=tuple(whole.tasks[i] for i in tasks),
        vehicles=tuple(whole.vehicles[i] for i in vehicles),
        start_s=whole.start_s[t],
        end_s=whole.end_s[:, t],
        task_m=whole.task_m[:, t],
        link=_cut(whole.link, np.ix_(np.arange(len(whole.end_s)), t, t)),
        out=_cut(whole.out, np.ix_(np.arange(len(whole.out.metres)), t)),
        home=_cut(whole.home, np.ix_(np.arange(len(whole.home.metres)), t)),
        profile=whole.profile[v],
        out_base=whole.out_base[v],
        home_base=whole.home_base[v],
        may=whole.may[v[:, None], t[None, :]],
        open_s=whole.open_s[v],
        close_s=whole.close_s[v],
        group=whole.group[v],
    )


def _cut(legs: Legs, at: tuple[Ints, ...]) -> Legs:
    return Legs(legs.metres[at], legs.at_s[at], legs.possible[at])


def _start_s(request: Request) -> int:
    return request.stops[0].options[0].window.start_s


def _is_fixed(request: Request) -> bool:
    window = request.stops[0].options[0].window
    return window.start_s == window.end_s and all(len(stop.options) == 1 for stop in request.stops)


def _alone(table: Timetable, profile: str, request: Request, *, bound: bool) -> tuple[int, int]:
    """When the task ends and its metres; `NEVER` where a window, a road or (`bound`) a limit forbids it."""
    first = request.stops[0].options[0]
    at, now, metres = first.place_id, first.window.start_s + first.service_s, 0
    left_s, arrival_s, driven_s = now, now, 0
    for stop in request.stops[1:]:
        option = stop.options[0]
        driven_s = 0 if now - arrival_s >= SHORTEST_REST_S else driven_s
        try:
            seconds, length = leg(table.problem.travel, profile, at, option.place_id, now)
        except TravelError:
            return NEVER, 0
        rests = rests_on_the_way(driven_s, seconds) if bound and seconds < UNREACHABLE else 0
        arrival_s = now + seconds + SHORTEST_REST_S * rests
        begin_s = max(arrival_s, option.window.start_s)
        driven_s = max(0, driven_s + seconds - LONGEST_DRIVE_S * rests)
        if seconds == UNREACHABLE or begin_s > option.window.end_s:
            return NEVER, 0
        at, now, metres = option.place_id, begin_s + option.service_s, metres + length
    too_long = bound and request.max_ride_s is not None and arrival_s - left_s > request.max_ride_s
    return (NEVER, 0) if too_long else (now, metres)


def _bases(
    table: Timetable, profiles: Sequence[str], rows: Sequence[Rows], fleet: Sequence[Vehicle], *, home: bool
) -> tuple[Ints, Legs]:
    """Row of each vehicle, and the rows: one per profile and base."""
    keys = [(table.types[v.type_id].profile, v.end_place_id if home else v.start_place_id) for v in fleet]
    at = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    found = []
    for profile, place_id in at:
        row = rows[profiles.index(profile)]
        found.append(row.home(place_id) if home or place_id is None else row.out(place_id))
    return np.array([at[key] for key in keys], np.int64), stacked(found)


def _free(table: Timetable, fleet: Sequence[Vehicle]) -> tuple[Ints, Ints]:
    free = [free_times(table, v) for v in fleet]
    widest = max((len(f) for f in free), default=0) or 1
    open_s = np.full((len(fleet), widest), NEVER)
    close_s = np.full((len(fleet), widest), -NEVER)
    for i, windows in enumerate(free):
        for j, window in enumerate(windows):
            open_s[i, j], close_s[i, j] = window.start_s, window.end_s
    return open_s, close_s


def _inside(leave_s: Ints, back_s: Ints, open_s: Ints, close_s: Ints) -> Flags:
    """Whether a duty `[m, …]` lies in one free interval of its vehicle."""
    fits = np.zeros(leave_s.shape, np.bool_)
    shape = (-1,) + (1,) * (leave_s.ndim - 1)
    for j in range(open_s.shape[1]):
        fits |= (leave_s >= open_s[:, j].reshape(shape)) & (back_s <= close_s[:, j].reshape(shape))
    return fits
