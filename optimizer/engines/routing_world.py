"""A problem laid out for OR-Tools' routing model: nodes, starts and ends, constant times, penalties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.model import UNREACHABLE, Problem, Request, TimeWindow, Vehicle, VehicleType
from optimizer.timing import Call

__all__ = ["FAR", "SCALE", "Node", "World", "lookup", "penalties_of", "world_of"]


SCALE: Final = 3_600
"""Cost units per fen: seconds at a rate per hour stay whole."""


FAR: Final = 1_000_000
"""Seconds of a leg that does not exist: beyond any window."""


@dataclass(frozen=True, slots=True)
class Node:
    """One option of one stop of one request."""

    call: Call
    place: int
    window: TimeWindow
    service_s: int
    load: tuple[int, ...]
    soft_fen: int


@dataclass(frozen=True, slots=True)
class World:
    """A problem laid out for the routing model: first the nodes, then starts and ends of vehicles.

    Parameters
    ----------
    place_at
        Place index of each node; -1 for the end of a vehicle that may stop anywhere.
    """

    problem: Problem
    requests: tuple[Request, ...]
    vehicles: tuple[Vehicle, ...]
    types: Mapping[str, VehicleType]
    nodes: tuple[Node, ...]
    place_at: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    seconds: Mapping[str, NDArray[np.int64]]
    metres: Mapping[str, NDArray[np.int64]]


def world_of(problem: Problem) -> World:
    """Lay a problem out: a node for each option of a stop, then a start and an end for each free vehicle."""
    types = {t.id: t for t in problem.vehicle_types}
    vehicles = tuple(v for v in sorted(problem.vehicles, key=lambda v: v.id) if not _held(v))
    requests = tuple(
        r for r in sorted(problem.requests, key=lambda r: r.id) if all(s.options for s in r.stops)
    )
    places = _places(requests, vehicles)
    nodes = tuple(
        Node(
            Call(request_id=r.id, stop=i, option=k),
            places[option.place_id],
            option.window,
            option.service_s,
            stop.load or (0,) * len(problem.dimensions),
            option.cost_fen,
        )
        for r in requests
        for i, stop in enumerate(r.stops)
        for k, option in enumerate(stop.options)
    )
    place_at = [n.place for n in nodes]
    starts, ends = [], []
    for vehicle in vehicles:
        starts.append(len(place_at))
        ends.append(len(place_at) + 1)
        end = -1 if vehicle.end_place_id is None else places[vehicle.end_place_id]
        place_at += [places[vehicle.start_place_id], end]
    profiles = sorted({types[v.type_id].profile for v in vehicles})
    tables = {p: _tables(problem, p, list(places), requests) for p in profiles}
    return World(
        problem,
        requests,
        vehicles,
        types,
        nodes,
        tuple(place_at),
        tuple(starts),
        tuple(ends),
        {p: seconds for p, (seconds, _) in tables.items()},
        {p: metres for p, (_, metres) in tables.items()},
    )


def _held(vehicle: Vehicle) -> bool:
    return any(b.start_s <= vehicle.shift.start_s and vehicle.shift.end_s <= b.end_s for b in vehicle.busy)


def _places(requests: Sequence[Request], vehicles: Sequence[Vehicle]) -> dict[str, int]:
    ids = [option.place_id for r in requests for s in r.stops for option in s.options]
    ids += [v.start_place_id for v in vehicles]
    ids += [v.end_place_id for v in vehicles if v.end_place_id is not None]
    return {place_id: i for i, place_id in enumerate(dict.fromkeys(ids))}


def _tables(
    problem: Problem, profile: str, place_ids: Sequence[str], requests: Sequence[Request]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Longest seconds, and the metres that go with them, over the buckets that matter."""
    seconds, metres = problem.travel.dense(profile, place_ids)
    spans = [_under_way(r) for r in requests]
    first = problem.travel.bucket_at(min(s.start_s for s in spans))
    last = problem.travel.bucket_at(max(s.end_s for s in spans))
    taken = seconds[first : last + 1].astype(np.int64)
    worst = taken.argmax(axis=0)
    long_s = np.take_along_axis(taken, worst[None], axis=0)[0]
    long_m = np.take_along_axis(metres[first : last + 1].astype(np.int64), worst[None], axis=0)[0]
    lost = long_s >= UNREACHABLE
    long_s[lost], long_m[lost] = FAR, FAR
    np.fill_diagonal(long_s, 0)
    np.fill_diagonal(long_m, 0)
    return long_s, long_m


def _under_way(request: Request) -> TimeWindow:
    """When the request can be on the road at all, half an hour of approach and return around it."""
    ride_s = request.max_ride_s or 0
    first, last = (
        TimeWindow(
            start_s=min(o.window.start_s for o in stop.options),
            end_s=max(o.window.end_s for o in stop.options),
        )
        for stop in (request.stops[0], request.stops[-1])
    )
    if request.max_ride_s is None:
        return TimeWindow(start_s=first.start_s, end_s=last.end_s)
    return TimeWindow(
        start_s=max(first.start_s, last.start_s - ride_s) - 1_800,
        end_s=min(last.end_s, first.end_s + ride_s) + 1_800,
    )


def lookup(world: World, table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the values between nodes; to an open end and from it nothing."""
    at = np.array(world.place_at)
    values = table[np.ix_(np.maximum(at, 0), np.maximum(at, 0))]
    values[:, at < 0] = 0
    values[at < 0, :] = 0
    return values


def penalties_of(world: World) -> dict[str, int]:
    """Weigh what is left out: above any cost, and one request of a class above all of the lower classes."""
    metres = max((int(table[table < FAR].max(initial=0)) for table in world.metres.values()), default=0)
    rates = [world.types[v.type_id].rates for v in world.vehicles]
    dearest = max(r.vehicle_used_fen + r.per_trip_fen for r in rates) + max(
        (r.per_km_fen + r.toll_per_km_fen) * 4 * metres // 1_000
        + 8 * (r.per_hour_fen + r.overtime_per_hour_fen)
        for r in rates
    )
    penalties: dict[str, int] = {}
    unit = max(1, dearest) * SCALE
    for priority in sorted({r.priority for r in world.requests}, reverse=True):
        members = [r for r in world.requests if r.priority is priority]
        least = max(1, min(r.unserved_penalty_fen for r in members))
        for request in members:
            penalties[request.id] = min(unit * request.unserved_penalty_fen // least, 2**50)
        unit = min(sum(penalties[r.id] for r in members) + unit, 2**48)
    return penalties
