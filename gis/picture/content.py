"""What lies on the roads: lines, trips, dispatches, places, closures, and their part of the legend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon

from gis.closures import Closure, closure_edges
from gis.network import RoadNetwork
from gis.paths import Path
from gis.picture.cartography import Box, Frame, RoadLabel, label_box, line_colours
from gis.picture.pen import GREY, HALO, INK, PLACE_NAME_PT, RED, em, shape_points, stroke
from gis.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """A shuttle line on the map: its name in the legend, what its bus drives, where it stops."""

    name: str
    paths: tuple[Path, ...]
    stops: tuple[Place, ...] = ()


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


def draw_content(axes: Any, network: RoadNetwork, frame: Frame, shown: MapContent) -> list[Any]:
    """Draw everything on the roads, and return its part of the legend."""
    return [
        *_draw_lines(axes, shown.lines),
        *_draw_paths(axes, shown.trips, "公务用车行程", colour="#3b6ea5", width=0.9, alpha=0.3),
        *_draw_paths(axes, shown.dispatches, "应急车辆路线", colour=RED, width=2.0, dash=(5, 2)),
        *_draw_places(axes, frame, shown),
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


def name_boxes(frame: Frame, shown: MapContent) -> Iterator[Box]:
    """Where the names of compounds and incidents will stand."""
    size = em(PLACE_NAME_PT)
    for place in (*shown.compounds, *shown.incidents):
        left = RoadLabel(name=place.label, lon=place.lon, lat=place.lat, angle=0.0)
        x0, y0, x1, y1 = label_box(frame, left, size)
        half = (x1 - x0) / 2 + size
        side = -half if _near_east(frame, place) else half
        yield x0 + side, y0, x1 + side, y1
        yield x0 + half - 2 * size, y0, x1 - half + 2 * size, y1


_NAMED_LINES: Final = 90


def _draw_lines(axes: Any, lines: Sequence[MapLine]) -> list[Any]:
    """Draw lines ever thinner, so that where several share a road each is seen beside the others."""
    key = []
    for i, (line, colour) in enumerate(zip(lines, line_colours(len(lines)), strict=True)):
        width = 3.8 - 1.6 * i / max(len(lines) - 1, 1)
        pieces = [np.column_stack((path.lon, path.lat)) for path in line.paths if path.lon]
        stroke(axes, pieces, "white", width + 1.4, z=5, alpha=0.9)
        stroke(axes, pieces, colour, width, z=5 + (i + 1) / 1000)
        _dots(axes, line.stops, edgecolor=colour)
        if i < _NAMED_LINES:
            key.append(Line2D([], [], color=colour, linewidth=3, label=line.name))
    if len(lines) > _NAMED_LINES:
        key.append(Line2D([], [], linestyle="", label=f"另有 {len(lines) - _NAMED_LINES} 条线路"))
    if any(line.stops for line in lines):
        key.append(_dot_key("班车站点"))
    return key


def _dots(axes: Any, stops: Sequence[Place], *, edgecolor: str) -> None:
    if stops:
        at = np.array([_spot(stop) for stop in stops])
        axes.scatter(at[:, 0], at[:, 1], s=20, c="white", edgecolors=edgecolor, linewidths=1.4, zorder=6)


def _dot_key(label: str) -> Line2D:
    mark = {"marker": "o", "markersize": 5, "markerfacecolor": "white", "markeredgecolor": INK}
    return Line2D([], [], linestyle="", label=label, **mark)  # type: ignore[arg-type]


def _draw_paths(
    axes: Any,
    paths: Sequence[Path],
    label: str,
    *,
    colour: str,
    width: float,
    alpha: float = 1.0,
    dash: tuple[float, float] | None = None,
) -> list[Any]:
    """Draw trips faint below the lines, or dashed above them."""
    pieces = [np.column_stack((path.lon, path.lat)) for path in paths if path.lon]
    if not pieces:
        return []
    style: Any = (0, dash) if dash else "solid"
    z = 7.0 if dash else 4.0
    if dash:
        stroke(axes, pieces, "white", width + 1.6, z=z - 0.1)
    stroke(axes, pieces, colour, width, z=z, alpha=alpha, linestyles=[style], capstyle="butt")
    shade = max(alpha, 0.5)
    return [Line2D([], [], color=colour, linewidth=width + 0.4, alpha=shade, linestyle=style, label=label)]


_HATCHED: Final[dict[str, Any]] = {
    "facecolor": (0.82, 0.01, 0.11, 0.06),
    "edgecolor": RED,
    "hatch": "///",
    "hatch_linewidth": 0.5,
    "linewidth": 1.0,
}


def _draw_closures(axes: Any, network: RoadNetwork, closures: Sequence[Closure]) -> list[Any]:
    for closure in closures:
        shapes = np.unique(network.edge_shape[closure_edges(network, closure)]).tolist()
        pieces = [shape_points(network, s) for s in shapes]
        faint = 1.0 if closure.factor == 0 else 0.5
        if not closure.polygon:
            stroke(axes, pieces, RED, 2.6, z=3, alpha=0.75 * faint)
            stroke(axes, pieces, "white", 1.0, z=3.1, linestyles=[(0, (1.2, 1.6))], capstyle="butt")
            continue
        stroke(axes, pieces, RED, 1.0, z=3, alpha=0.6 * faint)
        axes.add_patch(Polygon(closure.polygon, zorder=2.9, **_HATCHED))
    if not closures:
        return []
    return [Patch(label="封闭或缓行", **_HATCHED)]


def _draw_places(axes: Any, frame: Frame, shown: MapContent) -> list[Any]:
    key: list[Any] = []
    if shown.stops:
        _dots(axes, shown.stops, edgecolor=GREY)
        key.append(_dot_key("其他站点"))
    for places, marker, colour, label in (
        (shown.compounds, "s", "#7a1f1f", "办公院区"),
        (shown.incidents, "^", RED, "突发事件"),
    ):
        if not places:
            continue
        at = np.array([_spot(place) for place in places])
        axes.scatter(
            at[:, 0], at[:, 1], s=90, c=colour, marker=marker, edgecolors="white", linewidths=1.2, zorder=8
        )
        for place in places:
            _write(axes, frame, place, colour)
        mark = {"marker": marker, "markersize": 9, "markerfacecolor": colour, "markeredgecolor": "white"}
        key.append(Line2D([], [], linestyle="", label=label, **mark))  # type: ignore[arg-type]
    return key


def _near_east(frame: Frame, place: Place) -> bool:
    return place.lon > frame.west + 0.88 * (frame.east - frame.west)


def _write(axes: Any, frame: Frame, place: Place, colour: str) -> None:
    """Write the name right of the mark, or left of it near the eastern border."""
    near_east = _near_east(frame, place)
    axes.annotate(
        place.label, (place.lon, place.lat), xytext=(-8 if near_east else 8, 3), textcoords="offset points",
        ha="right" if near_east else "left", fontsize=PLACE_NAME_PT, color=colour, zorder=9,
        path_effects=HALO, annotation_clip=True,
    )  # fmt: skip


def _spot(place: Place) -> tuple[float, float]:
    return place.lon, place.lat
