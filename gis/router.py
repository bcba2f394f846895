"""The router: the fastest ways over one network for one profile, at any time of day, around what is closed.

The top of the routing part of `gis`. Below it: `journeys` (time and closures), `trips` (places on roads),
`turns` (what may follow what), and the engines `hierarchy` and `dijkstra` behind `search`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path as FilePath
from typing import Final, Literal

import numpy as np

from gis.closures import Closure
from gis.costs import Costs, milliseconds, part_costs, whole_metres, whole_seconds
from gis.dijkstra import Dijkstra
from gis.errors import RouteError, SnapError
from gis.journeys import Journeys, Way
from gis.lines import line_of
from gis.matrix import UNREACHABLE, Block
from gis.network import PROFILES, RoadNetwork
from gis.paths import Path
from gis.places import Place
from gis.roadworks import Metrics, Roadworks
from gis.search import Search
from gis.snapping import MAX_SNAP_M, EdgeIndex, Snap, SnapFailure, require_none
from gis.speeds import SpeedTable, allowed_edges, default_speeds
from gis.trips import Spots, Trips, spots_of
from gis.turns import TurnGraph, turn_graph

Engine = Literal["auto", "cch", "scipy"]
ENGINES: Final[tuple[Engine, ...]] = ("auto", "cch", "scipy")
_AHEAD_S: Final = (3600, 900)
_QUARTER_S: Final = 900
_DAY_S: Final = 86_400


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
        way = self._journeys.fastest(self._spots([start]), self._spots([end]), depart_s)
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
        cost = self._journeys.earliest(origins, end, k, depart_s)
        seconds, metres = whole_seconds(cost), whole_metres(cost)
        order = np.argsort(seconds, kind="stable")[:k]
        return tuple((int(i), int(seconds[i]), int(metres[i])) for i in order if seconds[i] < UNREACHABLE)

    def reach(self, origin: Snap, depart_s: float, limit_s: float) -> tuple[Costs, Costs]:
        """Edge costs under the closures that hold until a limit, and costs to the beginning of every edge.

        int64[m] each; at least `gis.costs.NO_WAY` where an edge is shut or cannot be reached.
        """
        return self._journeys.reach(self._spots([origin]), depart_s, limit_s)

    @property
    def bucket_starts_s(self) -> tuple[int, ...]:
        """Starts of the departure buckets of travel matrices.

        Those of the speed table, and for each closure that begins or ends during the day some from an hour
        before it begins until it ends (to the quarter of an hour outside): it does not weigh on other hours,
        nor on the last hour before it where a leg is short.
        """
        around = {
            moment
            for closure in self._roadworks.binding
            for moment in (
                *((closure.start_s - ahead_s) // _QUARTER_S * _QUARTER_S for ahead_s in _AHEAD_S),
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
        """int64[origins, destinations]: costs of setting out in a span, as `Journeys.span_costs`."""
        return self._journeys.span_costs(origins, destinations, begin_s, end_s)

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

    @property
    def _journeys(self) -> Journeys:
        """Searches under what is closed now: one question sees one state of the roads."""
        return Journeys(
            trips=self._trips,
            metrics=self._metrics,
            roadworks=self._roadworks,
            bucket_starts_s=self.speeds.bucket_starts_s,
        )

    def _path(self, way: Way, start: Snap, end: Snap, depart_s: float, *, geometry: bool) -> Path:
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
