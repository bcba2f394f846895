"""What lies on the roads: trips, dispatches, places, closures, and their part of the legend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon

from gis.closures import Closure, closure_edges
from gis.network import RoadNetwork
from gis.paths import Path
from gis.picture.cartography import Frame
from gis.picture.labels import PlaceLabel
from gis.picture.lines import MapLine, draw_lines, draw_stops, stop_key
from gis.picture.pen import AMBER, BLUE, BROWN, GREY, HALO, PLACE_NAME_PT, RED, shape_points, stroke
from gis.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class MapContent:
    """What lies on the roads.

    Parameters
    ----------
    lines
        Shuttle lines, coloured in this order, with their stops.
    stops
        Further stops, on no line.
    compounds
        Office compounds, with their names.
    trips
        Official cars' trips, drawn faintly.
    incidents, dispatches
        Where something happened, and what drives there.
    closures
        Closed or slowed areas and roads, hatched in red.
    """

    lines: tuple[MapLine, ...] = ()
    stops: tuple[Place, ...] = ()
    compounds: tuple[Place, ...] = ()
    trips: tuple[Path, ...] = ()
    incidents: tuple[Place, ...] = ()
    dispatches: tuple[Path, ...] = ()
    closures: tuple[Closure, ...] = ()


def draw_content(
    axes: Any, network: RoadNetwork, frame: Frame, shown: MapContent, labels: Sequence[PlaceLabel]
) -> list[Any]:
    """Draw everything on the roads, and return its part of the legend."""
    return [
        *draw_lines(axes, network, frame, shown.lines),
        *_draw_trips(axes, network, shown.trips),
        *_draw_dispatches(axes, shown.dispatches),
        *_draw_places(axes, shown, labels),
        *_draw_closures(axes, network, shown.closures),
    ]


def focus(shown: MapContent) -> Iterator[tuple[float, float]]:
    """Points that must be on the map: lines, stops, compounds and incidents, or else what drives there."""
    stops = [stop for line in shown.lines for stop in line.stops]
    places = (*stops, *shown.stops, *shown.compounds, *shown.incidents)
    yield from map(_spot, places)
    paths = [path for line in shown.lines for path in line.paths]
    for path in paths if places or paths else (*shown.dispatches, *shown.trips):
        yield from zip(path.lon, path.lat, strict=True)


def names(shown: MapContent) -> list[str]:
    """All that is written on the map and in the legend about it."""
    return [*(line.name for line in shown.lines), *(p.label for p in (*shown.compounds, *shown.incidents))]


def _draw_trips(axes: Any, network: RoadNetwork, trips: Sequence[Path]) -> list[Any]:
    """Draw roads that official cars drive faintly, the wider the more trips."""
    if not trips:
        return []
    edges = np.array([edge for path in trips for edge in path.edges], np.int64)
    shapes, count = np.unique(network.edge_shape[edges], return_counts=True)
    for width in np.unique(widths := np.minimum(np.ceil(np.log2(count + 1)), 4)):
        pieces = [shape_points(network, s) for s in shapes[widths == width].tolist()]
        stroke(axes, pieces, BLUE, 0.6 + 0.6 * width, z=4, alpha=0.4)
    return [Line2D([], [], color=BLUE, linewidth=1.8, alpha=0.6, label="公务用车行程（粗细示次数）")]


def _draw_dispatches(axes: Any, dispatches: Sequence[Path]) -> list[Any]:
    """Draw what drives to an incident dashed, above everything."""
    pieces = [np.column_stack((path.lon, path.lat)) for path in dispatches if path.lon]
    if not pieces:
        return []
    dash: Any = (0, (5, 2))
    stroke(axes, pieces, "white", 3.6, z=6.9)
    stroke(axes, pieces, RED, 2.0, z=7, linestyles=[dash], capstyle="butt")
    return [Line2D([], [], color=RED, linewidth=2.4, linestyle=dash, label="应急车辆路线")]


def _draw_closures(axes: Any, network: RoadNetwork, closures: Sequence[Closure]) -> list[Any]:
    """Hatch closed areas and dot closed roads in red; slowed ones in amber."""
    key = []
    for colour, label, some in (
        (AMBER, "缓行", [c for c in closures if c.factor > 0]),
        (RED, "封闭", [c for c in closures if c.factor == 0]),
    ):
        hatched: dict[str, Any] = {"facecolor": (*to_rgb(colour), 0.05), "edgecolor": (*to_rgb(colour), 0.75)}
        hatched |= {"hatch": "///" if colour == RED else "\\\\", "hatch_linewidth": 0.5, "linewidth": 1.0}
        for closure in some:
            shapes = np.unique(network.edge_shape[closure_edges(network, closure)]).tolist()
            pieces = [shape_points(network, s) for s in shapes]
            if closure.polygon:
                axes.add_patch(Polygon(closure.polygon, zorder=2.9, **hatched))
                stroke(axes, pieces if closure.factor == 0 else [], colour, 1.0, z=3, alpha=0.6)
            else:
                stroke(axes, pieces, colour, 2.6, z=3, alpha=0.75)
                stroke(axes, pieces, "white", 1.0, z=3.1, linestyles=[(0, (1.2, 1.6))], capstyle="butt")
        if some:
            key.append(Patch(label=label, **hatched))
    return key


def _draw_places(axes: Any, shown: MapContent, labels: Sequence[PlaceLabel]) -> list[Any]:
    """Draw stops that no line serves, then compounds and incidents with their names."""
    key: list[Any] = []
    served = {_spot(stop) for line in shown.lines for stop in line.stops}
    spare = [stop for stop in shown.stops if _spot(stop) not in served]
    if spare:
        draw_stops(axes, spare, colour=GREY)
        key.append(stop_key("其他站点", GREY))
    for places, marker, colour, label in (
        (shown.compounds, "s", BROWN, "办公院区"),
        (shown.incidents, "^", RED, "突发事件"),
    ):
        if places:
            at = np.array([_spot(place) for place in places])
            pen = {"s": 90, "c": colour, "marker": marker, "edgecolors": "white", "linewidths": 1.2}
            axes.scatter(at[:, 0], at[:, 1], zorder=8, **pen)
            mark = {"marker": marker, "markersize": 9, "markerfacecolor": colour, "markeredgecolor": "white"}
            key.append(Line2D([], [], linestyle="", label=label, **mark))  # type: ignore[arg-type]
    incidents = {place.id for place in shown.incidents}
    for name in labels:
        _write(axes, name, RED if name.place.id in incidents else BROWN)
    return key


def _write(axes: Any, label: PlaceLabel, colour: str) -> None:
    sides: Any = {-1: ("right", "top"), 0: ("center", "center"), 1: ("left", "bottom")}
    axes.annotate(
        label.place.label,
        (label.place.lon, label.place.lat),
        xytext=(8 * label.across, 7 * label.up),
        textcoords="offset points",
        ha=sides[label.across][0],
        va=sides[label.up][1],
        fontsize=PLACE_NAME_PT,
        color=colour,
        zorder=9,
        path_effects=HALO,
        annotation_clip=True,
    )


def _spot(place: Place) -> tuple[float, float]:
    return place.lon, place.lat
