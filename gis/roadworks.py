"""Closures in force on a router, and edge costs under any of them at once.

Nothing is changed in place: what is in force is one value that is replaced, and every metric under closures
is made from the untouched one of its bucket. So a closure can be lifted in any order and leaves no trace.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from gis.closures import Closure, closure_edges, edge_factors
from gis.costs import Costs, edge_costs, slowed
from gis.errors import ClosureError
from gis.network import RoadNetwork
from gis.search import Metric, Search
from gis.speeds import SpeedTable

_KEPT: Final = 8
_Ints = NDArray[np.int32]
Serials = frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roadwork:
    """A closure in force for the profile, with the edges it covers, ascending."""

    closure: Closure
    edges: _Ints

    def covers(self, edges: _Ints) -> bool:
        """Whether it covers any of some edges."""
        at = np.searchsorted(self.edges, edges)
        inside = at < len(self.edges)
        return bool((self.edges[at[inside]] == edges[inside]).any())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roadworks:
    """All closures in force.

    Parameters
    ----------
    version
        Rises with every change.
    by_serial
        Serial number (never used twice) → closure in force, for those that bind the profile.
    """

    version: int = 0
    serial: int = 0
    closures: tuple[Closure, ...] = ()
    by_serial: Mapping[int, Roadwork] = field(default_factory=dict)

    @property
    def binding(self) -> tuple[Closure, ...]:
        """Those that bind the profile."""
        return tuple(work.closure for work in self.by_serial.values())

    def overlapping(self, start_s: float, end_s: float) -> Serials:
        """Return the serial numbers of those that hold at any moment from `start_s` to `end_s`."""
        return frozenset(k for k, w in self.by_serial.items() if w.closure.overlaps(start_s, end_s))

    def starts_s(self, serials: Serials) -> int:
        """Return when the first of some begins."""
        return min(self.by_serial[k].closure.start_s for k in serials)

    def ends_after(self, at_s: float) -> tuple[int, ...]:
        """Moments after `at_s` at which one of them ends, ascending."""
        return tuple(sorted({w.closure.end_s for w in self.by_serial.values() if w.closure.end_s > at_s}))

    def met(self, serials: Serials, edges: Collection[int]) -> bool:
        """Whether any of some edges is covered by any of some closures."""
        listed = np.fromiter(edges, np.int32, len(edges))
        return any(self.by_serial[k].covers(listed) for k in serials)

    def closed(self, closures: Iterable[Closure], network: RoadNetwork, profile: str) -> Self:
        """Return these and more; a closure with the id of one in force takes its place."""
        added = {c.id: c for c in closures}
        by_serial = {k: w for k, w in self.by_serial.items() if w.closure.id not in added}
        covered = {c.id: closure_edges(network, c) for c in added.values()}
        binding = [c for c in added.values() if c.binds(profile)]
        new = {
            self.serial + i: Roadwork(closure=c, edges=covered[c.id]) for i, c in enumerate(binding, start=1)
        }
        return replace(
            self,
            version=self.version + 1,
            serial=self.serial + len(new),
            closures=(*(c for c in self.closures if c.id not in added), *added.values()),
            by_serial=by_serial | new,
        )

    def reopened(self, ids: Iterable[str]) -> Self:
        """Return these without some.

        Raises
        ------
        ClosureError
            Naming an id that is not in force.
        """
        gone = frozenset(ids)
        unknown = gone - {c.id for c in self.closures}
        if unknown:
            message = f"管制 {'、'.join(sorted(unknown))} 并未生效，无法解除 (no such closure in force)"
            raise ClosureError(message)
        return replace(
            self,
            version=self.version + 1,
            closures=tuple(c for c in self.closures if c.id not in gone),
            by_serial={k: w for k, w in self.by_serial.items() if w.closure.id not in gone},
        )

    def restored_after(self, current: Self) -> Self:
        """Return these as the successor of what is in force now."""
        return replace(self, version=current.version + 1, serial=current.serial)


class Metrics:
    """One metric for each bucket, made when first asked for and kept; and the last few under closures."""

    def __init__(self, network: RoadNetwork, profile: str, speeds: SpeedTable, search: Search) -> None:
        self._network, self._profile, self._speeds, self._search = network, profile, speeds, search
        self._of_bucket: dict[int, Metric] = {}
        self._under: OrderedDict[tuple[int, Serials], Metric] = OrderedDict()
        self._lock = threading.RLock()

    def under(self, bucket: int, roadworks: Roadworks, active: Serials) -> Metric:
        """Return the metric of a bucket with some of the closures in force active."""
        with self._lock:
            base = self._base(bucket)
            if not active:
                return base
            key = (bucket, active)
            self._forget_lifted(roadworks)
            if key not in self._under:
                self._under[key] = self._changed(base, [roadworks.by_serial[k] for k in active])
            self._under.move_to_end(key)
            while len(self._under) > _KEPT:
                self._under.popitem(last=False)
            return self._under[key]

    def _forget_lifted(self, roadworks: Roadworks) -> None:
        for key in [key for key in self._under if not key[1] <= roadworks.by_serial.keys()]:
            del self._under[key]

    def _base(self, bucket: int) -> Metric:
        if bucket not in self._of_bucket:
            cost = edge_costs(self._network, self._profile, self._speeds, bucket)
            self._of_bucket[bucket] = self._same_as_another(cost) or self._search.metric(cost)
        return self._of_bucket[bucket]

    def _same_as_another(self, cost: Costs) -> Metric | None:
        """Return the metric of a bucket with the same costs: two quiet hours of the day often are one."""
        return next((m for m in self._of_bucket.values() if np.array_equal(m.edge_cost, cost)), None)

    def _changed(self, base: Metric, active: Iterable[Roadwork]) -> Metric:
        edges, factor = edge_factors(self._network.edge_count, [(w.edges, w.closure.factor) for w in active])
        return self._search.changed(base, edges, slowed(base.edge_cost[edges], factor))
