"""Trips in time: when to set out, with the speeds of which bucket, around which closures.

A trip takes the speeds of the bucket in which it sets out. Where waiting for a later bucket, or for the end
of a closure, arrives earlier, that is its arrival: who leaves later never arrives earlier. A closure binds a
trip when its span overlaps the time from setting out to arriving, so a trip is searched again with the
closures it ran into until it is clean.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gis.closures import FOREVER_S
from gis.costs import NO_WAY, SHUT, Costs, milliseconds
from gis.roadworks import Metrics, Roadworks
from gis.search import Metric
from gis.trips import Spots, Trips


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way found.

    Parameters
    ----------
    edges
        Positions of the edges, in driving order.
    leave_s
        When it sets out, seconds since the start of the service day.
    cost
        Time and length, see `gis.costs`.
    metric
        What it was found under.
    """

    edges: tuple[int, ...]
    leave_s: float
    cost: int
    metric: Metric

    @property
    def arrive_s(self) -> float:
        """When it arrives, to the millisecond."""
        return self.leave_s + (self.cost >> 32) / 1000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Journeys:
    """Searches under the closures in force at one moment.

    Parameters
    ----------
    trips, metrics
        What is asked, and for which costs.
    roadworks
        The closures in force.
    bucket_starts_s
        Those of the speed table.
    """

    trips: Trips
    metrics: Metrics
    roadworks: Roadworks
    bucket_starts_s: tuple[int, ...]

    def fastest(self, origin: Spots, destination: Spots, depart_s: float) -> Way | None:
        """Return the way between two single points that arrives first, setting out at `depart_s` or later."""
        best: Way | None = None
        for leave_s in self._departures(depart_s):
            if best is not None and leave_s >= best.arrive_s:
                break
            way = self._clean(origin, destination, leave_s)
            if way is not None and (best is None or way.arrive_s < best.arrive_s):
                best = way
        return best

    def earliest(self, origins: Spots, destination: Spots, k: int, depart_s: float) -> Costs:
        """int64[origins]: costs, waiting included, to one point; exact for the `k` lowest of them."""
        best = np.full(len(origins), SHUT, np.int64)
        for leave_s in self._departures(depart_s):
            waited = _waited(depart_s, leave_s)
            if (best < waited).sum() >= min(k, len(best)):
                break
            metric = self._metric(leave_s, leave_s)
            best = np.minimum(best, self.trips.costs(metric, origins, destination)[:, 0] + waited)
        return self._confirmed(best, origins, destination, k, depart_s) if self.roadworks.by_serial else best

    def span_costs(self, origins: Spots, destinations: Spots, begin_s: int, end_s: int) -> Costs:
        """int64[origins, destinations]: costs of setting out at any moment of a span, never too low.

        The span, from `begin_s` to before `end_s`, lies in one bucket of the speed table. A closure counts
        for all of it if it holds at any moment of it, and for a pair if it begins before the pair may arrive.
        Waiting is not considered.
        """
        bucket = self._bucket_at(begin_s)
        active = self.roadworks.overlapping(begin_s, end_s - 1)
        cost = self.trips.costs(self.metrics.under(bucket, self.roadworks, active), origins, destinations)
        while True:
            arrive_s = np.where(cost < NO_WAY, end_s + milliseconds(cost) // 1000 + 1, 0)
            later = self.roadworks.overlapping(begin_s, float(arrive_s.max(initial=0))) - active
            if not later:
                return cost
            active |= later
            metric = self.metrics.under(bucket, self.roadworks, active)
            stricter = self.trips.costs(metric, origins, destinations)
            cost = np.where(arrive_s >= self.roadworks.starts_s(later), stricter, cost)

    def reach(self, origin: Spots, depart_s: float, limit_s: float) -> tuple[Costs, Costs]:
        """int64[m] twice: edge costs under all closures until the limit, costs to each edge's beginning."""
        metric = self._metric(depart_s, depart_s + limit_s)
        return metric.edge_cost.copy(), self.trips.reach(metric, origin)

    def _departures(self, depart_s: float) -> Iterator[float]:
        """Return when it may pay to set out: now, at each later bucket, and when a road reopens."""
        buckets = {s for s in self.bucket_starts_s if s > depart_s}
        return iter((depart_s, *sorted({*buckets, *self.roadworks.ends_after(depart_s)} - {FOREVER_S})))

    def _bucket_at(self, at_s: float) -> int:
        return max(0, bisect_right(self.bucket_starts_s, at_s) - 1)

    def _metric(self, depart_s: float, until_s: float) -> Metric:
        """Return the metric of a departure, under all closures that hold from then until some time."""
        active = self.roadworks.overlapping(depart_s, until_s)
        return self.metrics.under(self._bucket_at(depart_s), self.roadworks, active)

    def _clean(self, origin: Spots, destination: Spots, leave_s: float) -> Way | None:
        """Return the fastest way that sets out at `leave_s` and meets no closure before it arrives.

        The search starts as if nothing were closed: most ways meet no closure, and that is the answer. Else
        all closures until that arrival are heeded, for no way that is possible arrives earlier.
        """
        bucket, active = self._bucket_at(leave_s), frozenset[int]()
        while True:
            metric = self.metrics.under(bucket, self.roadworks, active)
            cost, edges = self.trips.route(metric, origin, destination)
            if not edges:
                return None
            way = Way(edges=edges, leave_s=leave_s, cost=cost, metric=metric)
            later = self.roadworks.overlapping(leave_s, way.arrive_s) - active
            if not self.roadworks.met(later, edges):
                return way
            active |= later

    def _confirmed(self, bound: Costs, origins: Spots, destination: Spots, k: int, depart_s: float) -> Costs:
        """Replace bounds, lowest first, by what clean ways cost, until `k` are below all other bounds."""
        cost = np.full(len(bound), SHUT, np.int64)
        for i in np.argsort(bound, kind="stable").tolist():
            if bound[i] >= NO_WAY or (cost <= bound[i]).sum() >= k:
                break
            way = self.fastest(origins.take(i), destination, depart_s)
            if way is not None:
                cost[i] = way.cost + _waited(depart_s, way.leave_s)
        return cost


def _waited(depart_s: float, leave_s: float) -> int:
    """Cost of waiting: time and no length."""
    return round((leave_s - depart_s) * 1000) << 32
