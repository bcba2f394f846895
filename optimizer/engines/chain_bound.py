"""How many buses any plan of `optimizer.engines.chains` needs: a flow of seats from bus to bus.

Riders may be split freely and every trip may take the best way for each rider on it; what stays is the number
of seats, the number of trips that each target needs (for its riders, and for stops of which no two fit on one
trip), and the targets that a stop can be reached from in time. A plan is such a flow, so the least flow from
the yard, divided by the seats, is a lower bound. Drives must obey the triangle inequality.
"""

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from optimizer.engines.chaining.layout import I64, World

__all__ = ["fewest_buses"]


def fewest_buses(world: World) -> int:
    """Return a proven lower bound on the buses."""
    n, m = len(world.load), len(world.gap)
    seats = int(world.limits[0])
    need = np.array([seats * _fewest_trips(world, np.flatnonzero(world.target == b)) for b in range(m)])
    yard, ends, enters, stops = 0, 1 + np.arange(m), 1 + m + np.arange(m), 1 + 2 * m + np.arange(n)
    alone = world.dwell + world.onward
    reach = world.back + alone[None, :] <= world.gap[:, world.target]
    a, s = np.nonzero(reach)
    pairs = np.zeros((m, m), dtype=bool)
    pairs[a, world.target[s]] = True
    p, q = np.nonzero(pairs)
    most = int(need.sum()) + seats * n
    flow = SimpleMinCostFlow()

    def arcs(tail: object, head: object, unit: int) -> None:
        tails, heads = np.broadcast_arrays(np.asarray(tail), np.asarray(head))
        flow.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), heads.astype(np.int32),
            np.full(len(tails), most), np.full(len(tails), unit),
        )  # fmt: skip

    arcs(ends[a], stops[s], 0)
    arcs(yard, stops, 1)
    arcs(ends[p], enters[q], 0)
    arcs(yard, enters, 1)
    arcs(ends, yard, 0)
    # Seats that are filled come out at the target: what enters a stop leaves at its target's end.
    padding = need - np.bincount(world.target, weights=world.load, minlength=m).astype(np.int64)
    arcs(enters, ends, 0)
    supplies = np.zeros(1 + 2 * m + n, dtype=np.int64)
    supplies[stops] = -world.load
    supplies[enters] -= padding
    supplies[ends] += need
    supplies[yard] -= supplies.sum()
    flow.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        message = f"the flow that bounds the buses ended with {status}; expected an optimum"
        raise RuntimeError(message)
    return -(-int(flow.optimal_cost()) // seats)


def _fewest_trips(world: World, stops: I64) -> int:
    """How many trips the stops of one target need at least."""
    seats, longest = world.limits
    loads, dwell = world.load[stops], world.dwell[stops]
    way = world.leg[np.ix_(stops, stops)] + world.onward[stops][None, :]
    ride = dwell[:, None] + dwell[None, :] + np.minimum(way, way.T)
    apart = (loads[:, None] + loads[None, :] > seats) | (ride > longest)
    np.fill_diagonal(apart, val=False)
    return max(-(-int(loads.sum()) // int(seats)), *(_clique(apart, i) for i in range(len(stops))), 0)


def _clique(apart: NDArray[np.bool_], first: int) -> int:
    """Gather stops greedily of which no two fit on one trip, beginning with one."""
    size, left = 1, np.flatnonzero(apart[first])
    while len(left):
        among = apart[np.ix_(left, left)]
        chosen = int(among.sum(axis=1).argmax())
        size, left = size + 1, left[among[chosen]]
    return size
