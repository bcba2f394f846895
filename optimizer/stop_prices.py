"""What a stop is worth to the present lines: what serving it adds, per stop and compound."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.line_plans import Planned, source_of
from optimizer.model import Route, VehicleType

__all__ = ["stop_prices_fen"]

HOUR_S: Final = 3_600
DEAREST_FEN: Final = 10_000_000
"""A stop that no bus gets to."""

Costs = NDArray[np.float64]


def stop_prices_fen(planned: Planned) -> Mapping[tuple[int, str], int]:
    """Price each stop for each compound: its own price, and the least that one more halt there costs.

    A stop on a line counts as much as leaving it out would save, any other as much as going there adds to the
    line of the compound that passes nearest: kilometres, hours and tolls at the rates of its bus. So do the
    routes of location-routing price facilities that are chosen anew (Prodhon & Prins 2014).
    """
    source = source_of(planned.draft)
    adds = {route.vehicle_id: _adds_fen(planned, route) for route in planned.schedule.routes}
    price: dict[tuple[int, str], int] = {}
    for compound in source.compounds:
        lines = [adds[vehicle_id] for vehicle_id in _serving(planned, compound.id)]
        least = np.minimum.reduce(lines) if lines else np.zeros(len(source.stops))
        for s, fen in enumerate(least.tolist()):
            price[s, compound.id] = source.stop_fen(s) + round(min(max(fen, 0.0), DEAREST_FEN))
    return price


def _serving(planned: Planned, compound_id: str) -> list[str]:
    """Vehicles that carry riders of a compound."""
    requests, parties = planned.draft.problem.requests, planned.draft.parties
    mine = {r.id for r, p in zip(requests, parties, strict=True) if p.compound.id == compound_id}
    return [r.vehicle_id for r in planned.schedule.routes if any(v.request_id in mine for v in r.visits)]


def _adds_fen(planned: Planned, route: Route) -> Costs:
    """Cost that a halt at each stop adds to a route, `float64[stop]`."""
    problem, source = planned.draft.problem, source_of(planned.draft)
    vehicle = next(v for v in problem.vehicles if v.id == route.vehicle_id)
    kind = next(t for t in problem.vehicle_types if t.id == vehicle.type_id)
    stops = [place.id for place in source.stops]
    places = [route.start_place_id, *(v.place_id for v in route.visits), route.end_place_id]
    places = [places[0], *(b for a, b in pairwise(places) if a != b)]
    ids = list(dict.fromkeys((*stops, *places)))
    bucket = problem.travel.bucket_at(route.start_s)
    legs = [table[bucket].astype(np.float64) for table in problem.travel.dense(kind.profile, ids)]
    for table in legs:
        np.fill_diagonal(table, 0)
    cost = _leg_fen(kind, route, legs[0], legs[1])
    dwell = source.settings.dwell_s * _per_hour_fen(kind, route) / HOUR_S
    on = [ids.index(place) for place in places]
    candidates = cost[on[:-1], : len(stops)] + cost[: len(stops), on[1:]].T
    found = (candidates - cost[on[:-1], on[1:]][:, None]).min(axis=0) + dwell
    for before, here, after in zip(on, on[1:], on[2:], strict=False):
        if here < len(stops):
            found[here] = cost[before, here] + cost[here, after] - cost[before, after] + dwell
    return np.asarray(found, np.float64)


def _leg_fen(kind: VehicleType, route: Route, seconds: Costs, metres: Costs) -> Costs:
    rates = kind.rates
    per_km = rates.toll_per_km_fen + (rates.per_km_fen if route.distance_m > rates.included_m else 0)
    return metres * per_km / 1_000 + seconds * _per_hour_fen(kind, route) / HOUR_S


def _per_hour_fen(kind: VehicleType, route: Route) -> int:
    beyond = route.end_s - route.start_s > kind.rates.included_s
    return kind.rates.per_hour_fen if beyond else 0
