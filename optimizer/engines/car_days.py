"""A compiled day of car requests as vehicle scheduling: vehicles alike in all that matters are a group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.engines.vehicle_scheduling import Day, Rates
from optimizer.model import VehicleType
from optimizer.tasks import Grid

__all__ = ["Groups", "groups_of", "task_penalties"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNLIMITED: Final = 10**9
LIGHTEST: Final = 1e7
"""Penalty in fen of leaving out a request of the lowest class: more than any car costs a day."""
HEAVIEST: Final = 1e14
"""Penalties stay below it, so that a fen still counts beside them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """A day of groups, and the vehicles of each by their numbers in the grid."""

    day: Day
    members: tuple[tuple[int, ...], ...]


def groups_of(grid: Grid, types: Mapping[str, VehicleType]) -> Groups:
    """Put together what has the same rates, limits, ends, hours, and may serve the same tasks.

    Parameters
    ----------
    types
        By id.
    """
    members: dict[tuple[object, ...], list[int]] = {}
    for v, vehicle in enumerate(grid.vehicles):
        kind = types[vehicle.type_id]
        ends = int(grid.out_base[v]), int(grid.home_base[v])
        hours = grid.open_s[v].tobytes(), grid.close_s[v].tobytes()
        key = (kind.rates, kind.max_route_m, kind.max_route_s, ends, hours, grid.may[v].tobytes())
        members.setdefault(key, []).append(v)
    first = np.array([group[0] for group in members.values()], np.int64)
    counts = np.array([len(group) for group in members.values()], np.int64)
    kinds = [types[grid.vehicles[v].type_id] for v in first]
    return Groups(
        day=_day(grid, first, counts, _rates(kinds)), members=tuple(tuple(g) for g in members.values())
    )


def _day(grid: Grid, first: Ints, counts: Ints, rates: Rates) -> Day:
    out, home = grid.out_base[first], grid.home_base[first]
    places = [grid.vehicles[v].start_place_id for v in first]
    numbers: dict[str, int] = {}
    for task in grid.tasks:
        if task.group_id is not None:
            numbers.setdefault(task.group_id, len(numbers))
    return Day(
        start_s=grid.start_s,
        end_s=grid.end_s,
        task_m=grid.task_m,
        possible=grid.link.possible,
        link_m=grid.link.metres,
        table=grid.profile[first],
        may=grid.may[first],
        out_m=grid.out.metres[out],
        leave_s=grid.out.at_s[out],
        home_m=grid.home.metres[home],
        back_s=grid.home.at_s[home],
        open_s=grid.open_s[first],
        close_s=grid.close_s[first],
        rates=rates,
        base=np.unique(places, return_inverse=True)[1].astype(np.int64),
        counts=counts,
        penalty=task_penalties(grid),
        together=np.array([-1 if t.group_id is None else numbers[t.group_id] for t in grid.tasks], np.int64),
    )


def _rates(kinds: Sequence[VehicleType]) -> Rates:
    rates = [kind.rates for kind in kinds]
    return Rates(
        fixed=_ints(r.vehicle_used_fen + r.per_trip_fen for r in rates),
        per_km=_ints(r.per_km_fen for r in rates),
        toll_per_km=_ints(r.toll_per_km_fen for r in rates),
        per_hour=_ints(r.per_hour_fen for r in rates),
        overtime_per_hour=_ints(r.overtime_per_hour_fen for r in rates),
        included_m=_ints(r.included_m for r in rates),
        included_s=_ints(r.included_s for r in rates),
        regular_s=_ints(r.regular_hours_s for r in rates),
        longest_m=_ints(UNLIMITED if k.max_route_m is None else k.max_route_m for k in kinds),
        longest_s=_ints(UNLIMITED if k.max_route_s is None else k.max_route_s for k in kinds),
    )


def _ints(amounts: Iterable[int]) -> Ints:
    return np.array(list(amounts), np.int64)


def task_penalties(grid: Grid) -> Floats:
    """Penalty of leaving out each task: within a class by its own, above all lower classes together."""
    penalties = np.zeros(len(grid.tasks))
    unit = LIGHTEST
    for priority in sorted({t.priority for t in grid.tasks}, reverse=True):
        members = [i for i, t in enumerate(grid.tasks) if t.priority is priority]
        own = np.array([max(1, grid.tasks[i].unserved_penalty_fen) for i in members], float)
        penalties[members] = np.minimum(np.round(unit * own / own.min()), HEAVIEST)
        unit += float(penalties[members].sum())
    return penalties
