"""How everything on the map is stroked: the colours, the paper and the pen."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib import patheffects
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from gis.network import RoadNetwork

SIZE_IN: Final = (14.0, 9.6)
DPI: Final = 150
MAP_BOX: Final = (0.012, 0.018, 0.786, 0.915)
PAPER, INK, GREY = "#fbfaf7", "#2b2b2b", "#77736c"
RED, AMBER, BROWN, BLUE = "#d0021b", "#d98200", "#7a1f1f", "#5b8fc7"
ROAD_NAME_PT, PLACE_NAME_PT = 7.0, 10.0
HALO: Final = [patheffects.withStroke(linewidth=2.6, foreground="white")]

Points = NDArray[np.float64]


def shape_points(network: RoadNetwork, shape: int) -> Points:
    """Longitude and latitude of each point of a shape."""
    cut = slice(network.shape_start[shape], network.shape_start[shape + 1])
    return np.column_stack((network.shape_lon[cut], network.shape_lat[cut]))


def stroke(axes: Any, pieces: Sequence[Points], colour: str, width: float, *, z: float, **more: Any) -> None:
    """Stroke many lines with one pen, `width` in points."""
    if pieces:
        more.setdefault("capstyle", "round")
        axes.add_collection(
            LineCollection(pieces, colors=colour, linewidths=width, zorder=z, joinstyle="round", **more),
            autolim=False,
        )


def em(size_pt: float) -> float:
    """Return the size of a character as a share of the map's width."""
    return size_pt / (72 * SIZE_IN[0] * MAP_BOX[2])
