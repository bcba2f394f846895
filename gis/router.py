"""The router: the fastest ways over one network for one profile, at any time of day, around what is closed.

A trip takes the speeds of the bucket in which it sets out. Where waiting for a later bucket, or for the end
of a closure, arrives earlier, that is its arrival: who leaves later never arrives earlier. A closure binds a
trip when its span overlaps the time from setting out to arriving, so a trip is searched again with the
closures it ran into until it is clean.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gis.closures import FOREVER_S, Closure
from gis.costs import NO_WAY, SHUT, Costs, milliseconds, part_costs, whole_metres, whole_seconds
from gis.dijkstra import Dijkstra
from gis.errors import RouteError, SnapError
from gis.lines import line_of
from gis.matrix import UNREACHABLE, Block
from gis.network import PROFILES, RoadNetwork
from gis.paths import Path
from gis.places import Place
from gis.roadworks import Metrics, Roadworks
from gis.search import Metric, Search
from gis.snapping import MAX_SNAP_M, EdgeIndex, Snap, SnapFailure, require_none
from gis.speeds import SpeedTable, allowed_edges, default_speeds
from gis.trips import Spots, Trips, spots_of
from gis.turns import TurnGraph, turn_graph

Engine = Literal["auto", "cch", "scipy"]
ENGINES: Final[tuple[Engine, ...]] = ("auto", "cch", "scipy")
_AHEAD_S: Final = 3600
_QUARTER_S: Final = 900
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A way found: the edges, when it sets out, and the metric it was found under."""

    edges: tuple[int, ...]
    leave_s: float
    cost: int
    metric: Metric

    @property
    def arrive_s(self) -> float:
        return self.leave_s + (self.cost >> 32) / 1000.0


class Router:
    """Fastest ways for one profile.

    Parameters
    ----------
    network
        The roads.
    profile
        One of `gis.network.PROFILES`.
    speeds
        Speeds by class and time of day; by default those of the package.
    engine
        `"cch"` (customizable contraction hierarchy), `"scipy"` (Dijkstra), or `"auto"`: the first that can be
        used on this machine.
    cache_folder
        Where the elimination order is kept for the next start; nothing is kept by default.
    progress
        Called with a sentence before each step that takes long.

    Raises
    ------
    RouteError
        When the network has no connected roads for the profile, or the engine named cannot be used here.
    """

    def __init__(
        self,
        network: RoadNetwork,
        *,
        profile: str = "car",
        speeds: SpeedTable | None = None,
        engine: Engine = "auto",
        cache_folder: FilePath | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        if profile not in PROFILES:
            message = f"未知车型 {profile!r}，应为 {', '.join(PROFILES)} 之一 (unknown profile)"
            raise RouteError(message)
        self.network, self.profile = network, profile
        self.speeds = speeds if speeds is not None else default_speeds()
        allowed = allowed_edges(network, self.speeds.profile(profile))
        self.graph: TurnGraph = turn_graph(network, profile, allowed)
        search = _search(self.graph, network, engine, cache_folder, progress or _silent)
        self.engine = search.name
        self._trips = Trips(network=network, graph=self.graph, search=search)
        self._metrics = Metrics(network, profile, self.speeds, search)
        self._roadworks = Roadworks()

    # --- snapping ----------------------------------------------------------------------------------------

    @cached_property
    def index(self) -> EdgeIndex:
        """The roads a trip may begin or end on."""
        return EdgeIndex(self.network, self.graph.routable)

    def try_snap(
        self, places: Sequence[Place], *, max_distance_m: float = MAX_SNAP_M
    ) -> tuple[tuple[Snap, ...], tuple[SnapFailure, ...]]:
        """Nearest points on routable roads, and the places that are too far from any.

        Raises
        ------
        CoordinateError
            For coordinates that are not numbers, out of range or swapped.
        """
        return self.index.snap(places, max_distance_m=max_distance_m)

    def snap(self, places: Sequence[Place], *, max_distance_m: float = MAX_SNAP_M) -> tuple[Snap, ...]:
        """Nearest points on routable roads, one for each place.

        Raises
        ------
        SnapError
            Naming every place that is too far, and how far it is.
        CoordinateError
            For coordinates that are not numbers, out of range or swapped.
        """
        snaps, far = self.try_snap(places, max_distance_m=max_distance_m)
        require_none(far, self.profile, max_distance_m, self.index.shift_hint(places) if far else None)
        return snaps

    # --- closures ----------------------------------------------------------------------------------------

    @property
    def road_version(self) -> int:
        """Rises with every change of what is closed."""
        return self._roadworks.version

    @property
    def closures(self) -> tuple[Closure, ...]:
        """Every closure in force, also those that do not bind this profile."""
        return self._roadworks.closures

    def close(self, closures: Iterable[Closure]) -> None:
        """Put closures and slow-downs in force; one with the id of another takes its place.

        Raises
        ------
        ClosureError
            If one contradicts itself or names unknown edges; then none is put in force.
        """
        self._roadworks = self._roadworks.closed(closures, self.network, self.profile)

    def reopen(self, ids: Iterable[str]) -> None:
        """Lift closures by id, in any order; what is left counts exactly as if they had never been.

        Raises
        ------
        ClosureError
            Naming an id that is not in force; then none is lifted.
        """
        self._roadworks = self._roadworks.reopened(ids)

    @contextmanager
    def with_closures(self, closures: Iterable[Closure]) -> Iterator[None]:
        """Put closures in force for the length of a `with` block, then restore what was in force before."""
        before = self._roadworks
        self.close(closures)
        try:
            yield
        finally:
            self._roadworks = before.restored_after(self._roadworks)

    # --- ways --------------------------------------------------------------------------------------------

    def path(
        self, origin: Place | Snap, destination: Place | Snap, depart_s: float, *, geometry: bool = True
    ) -> Path:
        """Return the fastest way that sets out at or after `depart_s`.

        Parameters
        ----------
        origin, destination
            Places are snapped with the default limit.
        depart_s
            Seconds since the start of the service day.
        geometry
            Whether to draw the line.

        Raises
        ------
        RouteError
            Naming both places, when closures leave no way.
        SnapError, CoordinateError
            As `snap`.
        """
        (start,), (end,) = self._snapped([origin]), self._snapped([destination])
        way = self._fastest(self._spots([start]), self._spots([end]), depart_s)
        if way is None:
            message = (
                f"{self.profile} 无法从 {start.place.label} 到 {end.place.label}：道路封闭或不连通"
                f"（现有管制 {len(self.closures)} 处），请解除相关管制或换车型 (no way)"
            )
            raise RouteError(message)
        return self._path(way, start, end, depart_s, geometry=geometry)

    def nearest(
        self, sources: Sequence[Place | Snap], target: Place | Snap, k: int, depart_s: float
    ) -> tuple[tuple[int, int, int], ...]:
        """Return the `k` sources that reach the target first, as (position, seconds, metres).

        Sources without a way are left out; ties go to the earlier position.

        Raises
        ------
        SnapError, CoordinateError
            As `snap`.
        """
        origins, end = self._spots(sources), self._spots([target])
        seconds, metres = self._earliest(origins, end, k, depart_s)
        order = np.argsort(seconds, kind="stable")[:k]
        return tuple((int(i), int(seconds[i]), int(metres[i])) for i in order if seconds[i] < UNREACHABLE)

    def reach(self, origin: Snap, depart_s: float, limit_s: float) -> tuple[Costs, Costs]:
        """Edge costs under the closures that hold until a limit, and costs to the beginning of every edge.

        int64[m] each; at least `gis.costs.NO_WAY` where an edge is shut or cannot be reached.
        """
        active = self._roadworks.overlapping(depart_s, depart_s + limit_s)
        metric = self._metrics.under(self._bucket_at(depart_s), self._roadworks, active)
        return metric.edge_cost.copy(), self._trips.reach(metric, self._spots([origin]))

    @property
    def bucket_starts_s(self) -> tuple[int, ...]:
        """Starts of the departure buckets of travel matrices.

        Those of the speed table, and for each closure that begins or ends during the day one from an hour
        before it begins until it ends (to the quarter of an hour outside): it does not weigh on other hours.
        """
        around = {
            moment
            for closure in self._roadworks.binding
            for moment in (
                (closure.start_s - _AHEAD_S) // _QUARTER_S * _QUARTER_S,
                -(-closure.end_s // _QUARTER_S) * _QUARTER_S,
            )
            if 0 < moment < _DAY_S
        }
        return tuple(sorted(around | set(self.speeds.bucket_starts_s)))

    def block(self, origins: Sequence[Place | Snap], destinations: Sequence[Place | Snap]) -> Block:
        """Seconds and metres of all pairs in all `bucket_starts_s`, as in `gis.travel.travel_matrix`."""
        from gis.travel import block_of

        starts = self.bucket_starts_s
        return block_of((self,), (self._snapped(origins),), (self._snapped(destinations),), starts)

    def bucket_costs(self, origins: Spots, destinations: Spots, bucket: int) -> Costs:
        """`span_costs` of a whole bucket of the speed table."""
        return self.span_costs(
            origins, destinations, *(*self.speeds.bucket_starts_s, UNREACHABLE)[bucket:][:2]
        )

    def span_costs(self, origins: Spots, destinations: Spots, begin_s: int, end_s: int) -> Costs:
        """int64[origins, destinations]: costs of setting out at any moment of a span, never too low.

        The span, from `begin_s` to before `end_s`, lies in one bucket of the speed table. A closure counts
        for all of it if it holds at any moment of it, and for a pair if it begins before the pair may arrive.
        Waiting is not considered.
        """
        roadworks, bucket = self._roadworks, self._bucket_at(begin_s)
        active = roadworks.overlapping(begin_s, end_s - 1)
        cost = self._trips.costs(self._metrics.under(bucket, roadworks, active), origins, destinations)
        while True:
            arrive_s = np.where(cost < NO_WAY, end_s + milliseconds(cost) // 1000 + 1, 0)
            later = roadworks.overlapping(begin_s, float(arrive_s.max(initial=0))) - active
            if not later:
                return cost
            active |= later
            stricter = self._trips.costs(
                self._metrics.under(bucket, roadworks, active), origins, destinations
            )
            cost = np.where(arrive_s >= roadworks.starts_s(later), stricter, cost)

    # --- inside ------------------------------------------------------------------------------------------

    def _snapped(self, places: Sequence[Place | Snap]) -> tuple[Snap, ...]:
        fresh = iter(self.snap([p for p in places if isinstance(p, Place)]))
        return tuple(next(fresh) if isinstance(p, Place) else p for p in places)

    def _spots(self, places: Sequence[Place | Snap]) -> Spots:
        snaps = self._snapped(places)
        spots = spots_of(self.network, snaps)
        if (self.graph.edge_start[spots.edge] < 0).any():
            foreign = next(s for s in snaps if (self.graph.edge_start[list(s.edges)] < 0).any())
            message = (
                f"{foreign.place.label} 落在 {self.profile} 不可通行的道路上：它是为别的车型匹配的，"
                f"请传入地点本身，或用本车型重新匹配 (snapped for another profile)"
            )
            raise SnapError(message)
        return spots

    def _bucket_at(self, at_s: float) -> int:
        return max(0, bisect_right(self.speeds.bucket_starts_s, at_s) - 1)

    def _departures(self, roadworks: Roadworks, depart_s: float) -> Iterator[float]:
        """Return when it may pay to set out: now, at each later bucket, and when a road reopens."""
        buckets = (s for s in self.speeds.bucket_starts_s if s > depart_s)
        return iter((depart_s, *sorted({*buckets, *roadworks.ends_after(depart_s)} - {FOREVER_S})))

    def _fastest(self, origin: Spots, destination: Spots, depart_s: float) -> _Way | None:
        roadworks, best = self._roadworks, None
        for leave_s in self._departures(roadworks, depart_s):
            if best is not None and leave_s >= best.arrive_s:
                break
            way = self._clean(roadworks, origin, destination, leave_s)
            if way is not None and (best is None or way.arrive_s < best.arrive_s):
                best = way
        return best

    def _clean(self, roadworks: Roadworks, origin: Spots, destination: Spots, leave_s: float) -> _Way | None:
        """Return the fastest way that sets out at `leave_s` and meets no closure before it arrives.

        The search starts as if nothing were closed: most ways meet no closure, and that is the answer. Else
        all closures until that arrival are heeded, for no way that is possible arrives earlier.
        """
        bucket, active = self._bucket_at(leave_s), frozenset[int]()
        while True:
            metric = self._metrics.under(bucket, roadworks, active)
            cost, edges = self._trips.route(metric, origin, destination)
            if not edges:
                return None
            way = _Way(edges=edges, leave_s=leave_s, cost=cost, metric=metric)
            later = roadworks.overlapping(leave_s, way.arrive_s) - active
            if not roadworks.met(later, edges):
                return way
            active |= later

    def _earliest(
        self, origins: Spots, destination: Spots, k: int, depart_s: float
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Seconds and metres from each origin; exact for the first `k`, never too high for the others."""
        roadworks = self._roadworks
        best = np.full(len(origins), SHUT, np.int64)
        for leave_s in self._departures(roadworks, depart_s):
            waited = round((leave_s - depart_s) * 1000)
            if (milliseconds(best) < waited).sum() >= min(k, len(best)):
                break
            active = roadworks.overlapping(leave_s, leave_s)
            metric = self._metrics.under(self._bucket_at(leave_s), roadworks, active)
            best = np.minimum(best, self._trips.costs(metric, origins, destination)[:, 0] + (waited << 32))
        if roadworks.by_serial:
            best = self._confirmed(best, origins, destination, k, depart_s)
        return whole_seconds(best), whole_metres(best)

    def _confirmed(self, bound: Costs, origins: Spots, destination: Spots, k: int, depart_s: float) -> Costs:
        """Replace bounds, lowest first, by what clean ways cost, until `k` are below all other bounds."""
        cost = np.full(len(bound), SHUT, np.int64)
        for i in np.argsort(bound, kind="stable").tolist():
            if bound[i] >= NO_WAY or (cost <= bound[i]).sum() >= k:
                break
            way = self._fastest(origins.take(i), destination, depart_s)
            if way is not None:
                cost[i] = way.cost + (round((way.leave_s - depart_s) * 1000) << 32)
        return cost

    def _path(self, way: _Way, start: Snap, end: Snap, depart_s: float, *, geometry: bool) -> Path:
        edges = np.array(way.edges, np.int32)
        start_m = start.offsets_m[start.edges.index(way.edges[0])]
        end_m = end.offsets_m[end.edges.index(way.edges[-1])]
        length_m = self.network.edge_length_m[edges]
        cost = way.metric.edge_cost[edges]
        behind = part_costs(cost[:1], np.array([start_m]), length_m[:1])
        passed_ms = np.concatenate(([0], np.cumsum(milliseconds(cost))[:-1] - milliseconds(behind)))
        lon, lat = line_of(self.network, edges, start_m, end_m) if geometry else (np.empty(0), np.empty(0))
        return Path(
            profile=self.profile,
            edges=way.edges,
            entry_s=tuple((way.leave_s + passed_ms / 1000.0).tolist()),
            depart_s=depart_s,
            arrive_s=way.arrive_s,
            distance_m=float(length_m[:-1].sum() + end_m - start_m),
            start_offset_m=start_m,
            end_offset_m=end_m,
            lon=tuple(lon.tolist()),
            lat=tuple(lat.tolist()),
        )


def _search(
    graph: TurnGraph,
    network: RoadNetwork,
    engine: Engine,
    cache_folder: FilePath | None,
    progress: Callable[[str], None],
) -> Search:
    if engine not in ENGINES:
        message = f"未知引擎 {engine!r}，应为 {', '.join(ENGINES)} 之一 (unknown engine)"
        raise RouteError(message)
    if engine == "scipy":
        return Dijkstra(graph)
    try:
        from gis.hierarchy import Hierarchy
    except ImportError as error:
        if engine == "cch":
            message = f"本机无法使用 cch 引擎（{error}），请改用 engine='auto' (engine cannot be used here)"
            raise RouteError(message) from error
        return Dijkstra(graph)
    return Hierarchy(graph, network, cache_folder=cache_folder, progress=progress)


def _silent(_: str) -> None:
    """Say nothing."""
