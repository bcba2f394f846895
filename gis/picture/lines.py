"""Shuttle lines: each in its colour, side by side where several drive over one road."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from matplotlib.lines import Line2D

from gis.colours import line_colours
from gis.coordinates import to_plane
from gis.network import RoadNetwork
from gis.paths import Path
from gis.picture.cartography import METRES_PER_DEGREE, Frame
from gis.picture.pen import INK, Points, em, stroke
from gis.places import Place

WIDTH_PT: Final = 2.6
_NAMED_LINES: Final = 90
_SIDES: Final = (0, 1, -1, 2, -2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """A shuttle line on the map: its name in the legend, what its bus drives, where it stops."""

    name: str
    paths: tuple[Path, ...]
    stops: tuple[Place, ...] = ()


def draw_lines(axes: Any, network: RoadNetwork, frame: Frame, lines: Sequence[MapLine]) -> list[Any]:
    """Draw lines and their stops, and return their part of the legend."""
    key = []
    metres_pt = frame.width_m * em(1.0)
    for i, (line, colour, side) in enumerate(
        zip(lines, line_colours(len(lines)), sides(network, lines), strict=True)
    ):
        pieces = list(_beside(line.paths, side * (WIDTH_PT + 0.5) * metres_pt, frame))
        stroke(axes, pieces, "white", WIDTH_PT + 1.4, z=5, alpha=0.9)
        stroke(axes, pieces, colour, WIDTH_PT, z=5 + (i + 1) / 1000)
        draw_stops(axes, line.stops, colour=colour)
        if i < _NAMED_LINES:
            key.append(Line2D([], [], color=colour, linewidth=3, label=line.name))
    if len(lines) > _NAMED_LINES:
        key.append(Line2D([], [], linestyle="", label=f"另有 {len(lines) - _NAMED_LINES} 条线路"))
    if any(line.stops for line in lines):
        key.append(stop_key("班车站点", INK))
    return key


def sides(network: RoadNetwork, lines: Sequence[MapLine]) -> tuple[int, ...]:
    """How many widths to move each line to its left: lines that share a road get different places there.

    Each takes the first of 0, 1, -1, 2, -2 that no earlier line on one of its roads has; where all five are
    taken, the one that fewest of them have.
    """
    roads = [{int(network.edge_shape[e]) for path in line.paths for e in path.edges} for line in lines]
    chosen: list[int] = []
    for i, own in enumerate(roads):
        there = [chosen[j] for j in range(i) if own & roads[j]]
        chosen.append(min(_SIDES, key=there.count))
    return tuple(chosen)


def draw_stops(axes: Any, stops: Sequence[Place], *, colour: str) -> None:
    """Draw stops as small rings."""
    if stops:
        at = np.array([(stop.lon, stop.lat) for stop in stops])
        axes.scatter(at[:, 0], at[:, 1], s=22, c="white", edgecolors=colour, linewidths=1.4, zorder=6)


def stop_key(label: str, colour: str) -> Line2D:
    """Return the legend of a ring."""
    mark = {"marker": "o", "markersize": 5, "markerfacecolor": "white", "markeredgecolor": colour}
    return Line2D([], [], linestyle="", label=label, **mark)  # type: ignore[arg-type]


def _beside(paths: Sequence[Path], metres: float, frame: Frame) -> Iterator[Points]:
    """Lines of paths, moved to their left; one that is too short or twisted to be moved stays."""
    degrees = METRES_PER_DEGREE * np.array([np.cos(np.radians(frame.lat)), 1.0])
    for path in paths:
        if not path.lon:
            continue
        points = np.column_stack((path.lon, path.lat))
        plane = shapely.LineString(np.column_stack(to_plane(path.lon, path.lat, lat0=frame.lat)))
        moved = shapely.offset_curve(plane, metres, join_style="round") if metres and plane.length else plane
        parts = [part for part in shapely.get_parts(moved) if not part.is_empty]
        if parts:
            yield from (shapely.get_coordinates(part) / degrees for part in parts)
        else:
            yield points
