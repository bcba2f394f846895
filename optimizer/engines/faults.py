"""Which tasks in a row nobody can drive, wherever he comes from and however rested he is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gis.matrix import TravelError
from optimizer.engines.board import Board, window_of
from optimizer.feasible import rested_route
from optimizer.hands import calls_for
from optimizer.model import ALL_DAY, Request, TimeWindow, Vehicle
from optimizer.timing import timetable

__all__ = ["Faults"]

TRIED_EVERY_S: Final = 300
"""Starts of an open window that are tried one by one, besides the one that timing chooses."""


class Faults:
    """Looks for the shortest part of a day that nobody can drive, and remembers what it has tried."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._known: dict[tuple[int, tuple[int, ...]], bool] = {}

    def part(self, vehicle: Vehicle, profile: int, chain: tuple[int, ...]) -> tuple[int, ...] | None:
        """Find the shortest row of tasks in the chain that cannot be driven in any context, if there is one.

        Parameters
        ----------
        vehicle
            Any of the profile.
        """
        for length in range(1, len(chain) + 1):
            for at in range(len(chain) - length + 1):
                row = chain[at : at + length]
                if not self._possible(vehicle, profile, row):
                    return row
        return None

    def never(self, task: int) -> bool:
        """Whether nobody of any profile could do the task, wherever he comes from."""
        of_profile = {
            int(p): hand.vehicle for p, hand in zip(self.board.profile, self.board.hands, strict=True)
        }
        return not any(self._possible(vehicle, p, (task,)) for p, vehicle in of_profile.items())

    def followers(
        self, vehicle: Vehicle, profile: int, first: int, others: Sequence[int]
    ) -> list[tuple[int, ...]]:
        """List the pairs of a task with one that the arrays let follow it and that cannot be driven."""
        after = [j for j in others if self.board.link[profile, first, j]]
        return [(first, j) for j in after if not self._possible(vehicle, profile, (first, j))]

    def _possible(self, vehicle: Vehicle, profile: int, row: tuple[int, ...]) -> bool:
        if (profile, row) not in self._known:
            self._known[profile, row] = self._can(vehicle, row)
        return self._known[profile, row]

    def _can(self, vehicle: Vehicle, row: tuple[int, ...]) -> bool:
        """Whether somebody who stands rested at the first stop, and may stay at the last, could drive it."""
        tasks = [self.board.tasks[i] for i in row]
        able = self._drives(vehicle, tasks)
        if able is not None:
            return able
        # A limit of riding or driving: another start may keep it, where one in time does not.
        return any(self._drives(vehicle, [first, *tasks[1:]]) for first in _starts(tasks[0]))

    def _drives(self, vehicle: Vehicle, tasks: list[Request]) -> bool | None:
        """Say whether it can be driven; None where it can in time, but a limit is broken."""
        problem, types = self.board.table.problem, self.board.table.types
        kind = replace(types[vehicle.type_id], max_route_m=None, max_route_s=None, max_stops=None)
        place_id = tasks[0].stops[0].options[0].place_id
        there = Vehicle(id=vehicle.id, type_id=kind.id, start_place_id=place_id, shift=EVER)
        table = timetable(
            replace(problem, vehicle_types=(kind,), vehicles=(there,), requests=tuple(tasks), depots=())
        )
        calls = calls_for(table, [task.id for task in tasks])
        try:
            route, broken = rested_route(table, there, calls)
        except TravelError:
            return False
        if route is None:
            return False
        return True if broken is None else None


EVER: Final = TimeWindow(start_s=-ALL_DAY.end_s, end_s=10 * ALL_DAY.end_s)


def _starts(task: Request) -> list[Request]:
    """Give the task at fixed starts inside its window."""
    window, stop = window_of(task), task.stops[0]
    found: list[Request] = []
    for at_s in range(window.start_s, window.end_s + 1, TRIED_EVERY_S):
        fixed = TimeWindow(start_s=at_s, end_s=at_s)
        options = tuple(replace(option, window=fixed) for option in stop.options)
        found.append(replace(task, stops=(replace(stop, options=options), *task.stops[1:])))
    return found
