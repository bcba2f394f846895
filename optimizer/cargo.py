"""Goods by weight and volume: dimensions of a problem where anybody asks for room, and nowhere else."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from optimizer.model import Problem, Request, Stop, VehicleType

__all__ = ["GOODS", "fitted", "with_goods", "with_room"]

GOODS: Final = ("kg", "litres")
"""Dimensions after the seats, in the order of `Stop.load`."""


def with_goods(request: Request, kg: int, litres: int) -> Request:
    """Put goods on board at the first stop and off at the last."""
    first, *between, last = request.stops
    on, off = (kg, litres), (-kg, -litres)
    return replace(request, stops=(_loaded(first, on), *between, _loaded(last, off)))


def with_room(problem: Problem, also: Iterable[Request] = ()) -> Problem:
    """Make weight and volume dimensions where a request of a problem of seats has goods.

    The room of a vehicle for them is that of its type (`VehicleType.cargo_kg`, `cargo_litres`).

    Parameters
    ----------
    also
        Requests that may be brought later: goods of theirs need the dimensions too.
    """
    asked = (*problem.requests, *also)
    if problem.dimensions != ("seats",) or not any(_has_goods(request) for request in asked):
        return problem
    return replace(
        problem,
        dimensions=(*problem.dimensions, *GOODS),
        vehicle_types=tuple(_roomy(kind) for kind in problem.vehicle_types),
        requests=tuple(_padded(request) for request in problem.requests),
    )


def fitted(problem: Problem, request: Request) -> Request:
    """Give a request that is brought later one amount for each dimension of the problem."""
    return _padded(request) if len(problem.dimensions) > 1 else request


def _has_goods(request: Request) -> bool:
    return any(len(stop.load) > 1 for stop in request.stops)


def _loaded(stop: Stop, goods: tuple[int, ...]) -> Stop:
    return replace(stop, load=((stop.load or (0,))[0], *goods))


def _roomy(kind: VehicleType) -> VehicleType:
    return replace(kind, capacity=(*kind.capacity, kind.cargo_kg, kind.cargo_litres))


def _padded(request: Request) -> Request:
    return replace(request, stops=tuple(_full(stop) for stop in request.stops))


def _full(stop: Stop) -> Stop:
    return replace(stop, load=stop.load + (0,) * (1 + len(GOODS) - len(stop.load))) if stop.load else stop
