"""The roads of the map, by rank, and their names."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.lines import Line2D

from gis.network import RoadNetwork
from gis.picture.cartography import ROAD_STYLES, Frame, RoadStyle, shapes_in, style_of
from gis.picture.labels import RoadLabel
from gis.picture.pen import HALO, ROAD_NAME_PT, Points, shape_points, stroke


def draw_roads(axes: Any, network: RoadNetwork, frame: Frame) -> list[Any]:
    """Draw least important roads first; the wider the frame, the thinner they are."""
    by_style: dict[int, list[Points]] = {}
    for class_index, shapes in shapes_in(network, frame).items():
        by_style.setdefault(style_of(class_index), []).extend(shape_points(network, s) for s in shapes)
    thickness = float(np.clip((10_000 / frame.width_m) ** 0.4, 0.45, 2.2))
    key = []
    for rank, style in enumerate(ROAD_STYLES):
        pieces = by_style.get(rank, [])
        width = style.width_pt * thickness
        stroke(axes, pieces, style.colour, width, z=1 + rank / 100)
        if style.core:
            stroke(axes, pieces, style.core, width * 0.5, z=1.5)
        if pieces and style.label:
            key.append(_road_key(style, width))
    return key[::-1]


def _road_key(style: RoadStyle, width: float) -> Line2D:
    if not style.core:
        return Line2D([], [], color=style.colour, linewidth=max(width, 1.0), label=style.label)
    casing = [patheffects.Stroke(linewidth=width + 0.5, foreground=style.colour), patheffects.Normal()]
    return Line2D([], [], color=style.core, linewidth=width / 2, label=style.label, path_effects=casing)


def write_road_names(axes: Any, labels: Sequence[RoadLabel]) -> None:
    """Write names along their roads, above everything drawn on them."""
    for label in labels:
        axes.text(
            label.lon, label.lat, label.name, rotation=label.angle, rotation_mode="anchor", ha="center",
            va="center", fontsize=ROAD_NAME_PT, color="#4d4943", zorder=7.5,
            path_effects=HALO, clip_on=True,
        )  # fmt: skip
