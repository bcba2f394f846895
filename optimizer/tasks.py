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
from optimizer.timing import Timetable, free_times

__all__ = ["Grid", "Legs", "grid", "part"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = 10**9
"""A second that never comes."""


@dataclass(frozen=True, slots=True)
class Legs:
    """Between tasks, or bases and tasks: metres, the moment at the far end, and whether it can be.

    `at_s` is the departure for legs to a task, the arrival for legs from one.
    """

    metres: Ints
    at_s: Ints
    possible: Flags


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
    rows = [_Rows(table, p, tasks, fleet, start_s, end_s[i]) for i, p in enumerate(profiles)]
    link = _stacked([r.link() for r in rows])
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


class _Rows:
    """Legs of one profile, by the matrix's buckets."""

    def __init__(
        self,
        table: Timetable,
        profile: str,
        tasks: Sequence[Request],
        fleet: Sequence[Vehicle],
        start_s: Ints,
        end_s: Ints,
    ) -> None:
        self.profile, self.start_s, self.end_s = profile, start_s, end_s
        self.buffer_s = table.problem.buffer_s
        first = [t.stops[0].options[0].place_id for t in tasks]
        last = [t.stops[-1].options[0].place_id for t in tasks]
        mine = [v for v in fleet if table.types[v.type_id].profile == profile]
        ends = [place for v in mine for place in (v.start_place_id, v.end_place_id) if place is not None]
        self.ids = {place_id: i for i, place_id in enumerate(dict.fromkeys([*first, *last, *ends]))}
        self.seconds, self.metres = table.problem.travel.dense(profile, list(self.ids))
        for b in range(len(self.seconds)):
            np.fill_diagonal(self.seconds[b], 0)
            np.fill_diagonal(self.metres[b], 0)
        self.buckets = np.array(table.problem.travel.bucket_starts_s, np.int64)
        self.stays = np.array([t.back is not None for t in tasks], np.bool_)
        self.first = np.array([self.ids[i] for i in first], np.int64)
        self.last = np.array([self.ids[i] for i in last], np.int64)

    def link(self) -> Legs:
        """From the end of each task to the start of each other; nothing follows one that stays away."""
        metres, at_s = self._onward(self.last[:, None], self.first[None, :], self.end_s[:, None])
        possible = (at_s + self.buffer_s <= self.start_s[None, :]) & ~self.stays[:, None]
        np.fill_diagonal(possible, False)
        return Legs(metres, at_s, possible)

    def home(self, place_id: str | None) -> Legs:
        """From the end of each task to a base; an open end is reached at once, as where it stays away."""
        if place_id is None:
            return Legs(np.zeros_like(self.end_s), self.end_s, np.ones(len(self.end_s), np.bool_))
        base = np.full(len(self.last), self.ids[place_id])
        metres, at_s = self._onward(self.last, np.where(self.stays, self.last, base), self.end_s)
        return Legs(metres, at_s, at_s < NEVER)

    def out(self, place_id: str) -> Legs:
        """Latest departure from a base that reaches each task's start in time."""
        base = self.ids[place_id]
        metres = np.zeros(len(self.first), np.int64)
        at_s = np.full(len(self.first), -NEVER)
        for b in range(len(self.buckets)):
            seconds = self.seconds[b, base, self.first].astype(np.int64)
            opens = self.buckets[b] if b else -NEVER // 2
            closes = self.buckets[b + 1] if b + 1 < len(self.buckets) else NEVER
            leave = np.minimum(self.start_s - seconds, closes - 1)
            taken = (leave >= opens) & (seconds < UNREACHABLE)
            at_s[taken] = leave[taken]
            metres[taken] = self.metres[b, base, self.first][taken]
        return Legs(metres, at_s, at_s > -NEVER)

    def _onward(self, origin: Ints, destination: Ints, depart_s: Ints) -> tuple[Ints, Ints]:
        """Metres and arrival of legs that leave at `depart_s`: `TravelMatrix.travel`, for whole arrays."""
        origin, destination, depart_s = np.broadcast_arrays(origin, destination, depart_s)
        bucket = np.maximum(0, np.searchsorted(self.buckets, depart_s, side="right") - 1)
        seconds = self.seconds[bucket, origin, destination].astype(np.int64)
        metres = self.metres[bucket, origin, destination].astype(np.int64)
        following = np.minimum(bucket + 1, len(self.buckets) - 1)
        later = self.seconds[following, origin, destination].astype(np.int64)
        waited = self.buckets[following] - depart_s + later
        better = (bucket < following) & (later < UNREACHABLE) & (waited < seconds)
        seconds = np.where(better, waited, seconds)
        metres = np.where(better, self.metres[following, origin, destination], metres)
        lost = (seconds >= UNREACHABLE) | (depart_s >= NEVER)
        return np.where(lost, 0, metres), np.where(lost, NEVER, depart_s + seconds)


def _stacked(legs: Sequence[Legs]) -> Legs:
    return Legs(
        np.stack([part.metres for part in legs]),
        np.stack([part.at_s for part in legs]),
        np.stack([part.possible for part in legs]),
    )


def _bases(
    table: Timetable, profiles: Sequence[str], rows: Sequence[_Rows], fleet: Sequence[Vehicle], *, home: bool
) -> tuple[Ints, Legs]:
    """Row of each vehicle, and the rows: one per profile and base."""
    keys = [(table.types[v.type_id].profile, v.end_place_id if home else v.start_place_id) for v in fleet]
    at = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    found = []
    for profile, place_id in at:
        row = rows[profiles.index(profile)]
        found.append(row.home(place_id) if home or place_id is None else row.out(place_id))
    return np.array([at[key] for key in keys], np.int64), _stacked(found)


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
