"""Hands × tasks of one question: who could do what alone, and what could follow what, as arrays.

A task may start anywhere in the window of its first stop. All entries are necessary conditions, exact for
tasks at fixed times up to limits, rests and absences between two tasks: who reads them drives the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.hands import Hand, whereabouts
from optimizer.likeness import allowed
from optimizer.model import Problem, Request, TimeWindow, Vehicle
from optimizer.tasks import Grid, grid
from optimizer.timing import Timetable, timetable

__all__ = ["Board", "board", "window_of"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`h` hands, `n` tasks, `p` profiles.

    Parameters
    ----------
    table
        Of the problem with these tasks, among others, as its requests: what drives the result.
    profile
        `[h]`.
    may
        `[h, n]`: whether the hand could do the task with nothing else to do.
    link
        `[p, n, n]`: whether the second could follow the first.
    out_m, home_m
        `[h, n]`: metres to the start of the task, and home from its end.
    link_m, task_m
        `[p, n, n]`, `[p, n]`: metres between tasks, and of each.
    exact
        Whether every stop has a single option, so that the arrays leave nothing out.
    """

    table: Timetable
    hands: tuple[Hand, ...]
    tasks: tuple[Request, ...]
    profile: Ints
    may: Flags
    link: Flags
    out_m: Ints
    home_m: Ints
    link_m: Ints
    task_m: Ints
    exact: bool


def board(problem: Problem, hands: Sequence[Hand], tasks: Sequence[Request]) -> Board:
    """Compile hands and tasks; tasks that are not the problem's are asked beside its own.

    Parameters
    ----------
    hands
        By vehicle id, with what they have begun; none of that is among the tasks.
    """
    asked = {r.id: r for r in problem.requests} | {t.id: t for t in tasks}
    table = timetable(replace(problem, requests=tuple(asked.values())))
    fleet = tuple(_standing(table, hand) for hand in hands)
    there = timetable(replace(problem, vehicles=fleet, requests=tuple(tasks)))
    early = grid(there, tasks, fleet, loose=True)
    at = _places_of(early, tasks)
    last_s = np.array([window_of(task).end_s for task in tasks], np.int64)
    link = early.link.at_s[:, at][:, :, at] + problem.buffer_s <= last_s
    link[:, np.arange(len(tasks)), np.arange(len(tasks))] = False
    may = early.may[:, at]
    _open_windows(there, early, tasks, may)
    return Board(
        table=table,
        hands=tuple(hands),
        tasks=tuple(tasks),
        profile=early.profile,
        may=may,
        link=link,
        out_m=early.out.metres[early.out_base][:, at],
        home_m=early.home.metres[early.home_base][:, at],
        link_m=early.link.metres[:, at][:, :, at],
        task_m=early.task_m[:, at],
        exact=all(len(stop.options) == 1 for task in tasks for stop in task.stops),
    )


def window_of(task: Request) -> TimeWindow:
    """Give the window in which the task may start."""
    return task.stops[0].options[0].window


def _open_windows(table: Timetable, early: Grid, tasks: Sequence[Request], may: Flags) -> None:
    """Where a task may start later: reach it by its last second, be home from its first, in one free time."""
    wide = [i for i, task in enumerate(tasks) if window_of(task).end_s > window_of(task).start_s]
    if not wide:
        return
    fleet = early.vehicles
    opened = [tasks[i] for i in wide]
    late = grid(table, [_last_start(task) for task in opened], fleet, loose=True)
    at, late_at = _places_of(early, opened), _places_of(late, opened)
    leave_s = late.out.at_s[late.out_base][:, late_at]
    back_s = early.home.at_s[early.home_base][:, at]
    inside = np.zeros(leave_s.shape, np.bool_)
    for k in range(early.open_s.shape[1]):
        inside |= (leave_s >= early.open_s[:, k, None]) & (back_s <= early.close_s[:, k, None])
    roads = late.out.possible[late.out_base][:, late_at] & early.home.possible[early.home_base][:, at]
    may[:, wide] = inside & roads & allowed(table, fleet, opened)


def _places_of(compiled: Grid, tasks: Sequence[Request]) -> Ints:
    """Where the tasks stand in a grid, which is in an order of its own."""
    order = {task.id: i for i, task in enumerate(compiled.tasks)}
    return np.array([order[task.id] for task in tasks], np.int64)


def _standing(table: Timetable, hand: Hand) -> Vehicle:
    """Put the vehicle where and when the hand can take on more."""
    if hand.begun is None:
        return replace(hand.vehicle, driver_ids=())
    place_id, from_s = whereabouts(table, hand)
    vehicle = hand.vehicle
    end_s = max(vehicle.shift.end_s, hand.begun.end_s, from_s)
    later = tuple(b for b in vehicle.busy if b.end_s > from_s)
    shift = TimeWindow(start_s=from_s, end_s=end_s)
    return replace(vehicle, start_place_id=place_id, shift=shift, busy=later, driver_ids=())


def _last_start(task: Request) -> Request:
    """Put the task at its last start."""
    end_s = window_of(task).end_s
    first, last = task.stops[0], TimeWindow(start_s=end_s, end_s=end_s)
    options = tuple(replace(option, window=last) for option in first.options)
    return replace(task, stops=(replace(first, options=options), *task.stops[1:]))
