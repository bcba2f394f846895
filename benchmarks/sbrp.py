"""School buses of Park as lines with fixed arrivals, chained on buses; conventions in `instances.park`.

Times are whole milliseconds, drives rounded up, so that a plan keeps its times with real numbers too.
"""

import time

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import Answer
from benchmarks.instances.park import BOARDING_S, DROP_OFF_S, SEATS, SPEED_FT_S, STOP_S
from benchmarks.instances.values import SchoolInstance
from optimizer.engines import chains

__all__ = ["solve_school", "with_school_ids"]

MS = 1_000


def solve_school(
    instance: SchoolInstance, *, seconds: float | None, iterations: int | None, seed: int
) -> Answer:
    """Search for few buses; compiling and the proof of the bound count as set-up."""
    start = time.perf_counter()
    lines = school_lines(instance)
    bound = chains.solve(lines, seed=seed, iterations=1).bound  # compiles
    ready = time.perf_counter()
    found = chains.solve(lines, seed=seed, seconds=seconds, iterations=iterations, with_bound=False)
    ended = time.perf_counter()
    routes = tuple(with_school_ids(instance, bus) for bus in found.buses)
    return Answer(
        routes=routes,
        vehicle_types=(0,) * len(routes),
        seconds=ended - ready,
        setup_seconds=ready - start,
        iterations=found.iterations,
        bound=bound,
    )


def with_school_ids(instance: SchoolInstance, bus: tuple[chains.Trip, ...]) -> tuple[int, ...]:
    """Write a bus's day as the ids of stops and, after each trip's, of its school."""
    day: list[int] = []
    for trip in bus:
        day += [instance.stops[s].id for s in trip.stops]
        day.append(instance.schools[trip.target].id)
    return tuple(day)


def school_lines(instance: SchoolInstance) -> chains.Lines:
    """Write an instance as lines; position of a school is its target."""
    number = {school.id: i for i, school in enumerate(instance.schools)}
    target = np.array([number[stop.school_id] for stop in instance.stops], dtype=np.int64)
    students = np.array([stop.students for stop in instance.stops], dtype=np.int64)
    stops = np.array([(stop.x, stop.y) for stop in instance.stops])
    schools = np.array([(school.x, school.y) for school in instance.schools])
    early = np.array([round(school.early_s * MS) for school in instance.schools], dtype=np.int64)
    return chains.Lines(
        target=target,
        load=students,
        dwell=np.rint(MS * (STOP_S + BOARDING_S * students)).astype(np.int64),
        leg=_drive_ms(stops[:, None], stops[None]),
        to_target=_drive_ms(stops, schools[target]),
        from_target=_drive_ms(schools[:, None], stops[None]),
        arrive=early - round(DROP_OFF_S * MS),
        free=early,
        seats=SEATS,
        longest_ride=int(instance.max_ride_s * MS),
    )


def _drive_ms(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.int64]:
    feet: NDArray[np.float64] = np.abs(start - end).sum(axis=-1)
    milliseconds: NDArray[np.int64] = np.ceil(feet / SPEED_FT_S * MS).astype(np.int64)
    return milliseconds
