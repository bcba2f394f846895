"""What a printed map needs to know before it is drawn: frame, scale bar, ranks of roads, colours.

Pure computing; the modules beside it draw. Coordinates are WGS-84 degrees.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.coordinates import EARTH_RADIUS_M
from gis.network import CLASS_INDEX, RoadNetwork

METRES_PER_DEGREE: Final = math.radians(EARTH_RADIUS_M)
_MARGIN: Final = 0.06
_LEAST_SPAN_M: Final = 1_500.0

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The part of the world that a map shows, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def lat(self) -> float:
        """Middle parallel, on which lengths are true."""
        return (self.south + self.north) / 2

    @property
    def width_m(self) -> float:
        """Metres from west to east on the middle parallel."""
        return (self.east - self.west) * METRES_PER_DEGREE * math.cos(math.radians(self.lat))

    @property
    def height_m(self) -> float:
        """Metres from south to north."""
        return (self.north - self.south) * METRES_PER_DEGREE

    def holds(self, lon: _Array, lat: _Array) -> NDArray[np.bool_]:
        """Whether points are inside."""
        return np.asarray(
            (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north), np.bool_
        )


def frame_around(lon: _Array, lat: _Array, *, aspect: float) -> Frame:
    """Frame all points with a margin, then widen or heighten to `aspect` (width in metres ÷ height).

    A frame is at least 1.5 km across, so that a single point is shown among its streets.
    """
    middle_lat = float(lat.min() + lat.max()) / 2
    middle_lon = float(lon.min() + lon.max()) / 2
    east_m = METRES_PER_DEGREE * max(math.cos(math.radians(middle_lat)), 0.01)
    width_m = max(float(np.ptp(lon)) * east_m * (1 + 2 * _MARGIN), _LEAST_SPAN_M)
    height_m = max(float(np.ptp(lat)) * METRES_PER_DEGREE * (1 + 2 * _MARGIN), _LEAST_SPAN_M)
    width_m, height_m = max(width_m, height_m * aspect), max(height_m, width_m / aspect)
    half_lon, half_lat = width_m / east_m / 2, height_m / METRES_PER_DEGREE / 2
    return Frame(
        west=middle_lon - half_lon,
        south=middle_lat - half_lat,
        east=middle_lon + half_lon,
        north=middle_lat + half_lat,
    )


def scale_bar_m(frame: Frame, share: float = 0.2) -> int:
    """Longest of 1, 2, 5 × 10ⁿ metres that takes at most `share` of the frame's width."""
    most_m = frame.width_m * share
    power = 10 ** math.floor(math.log10(most_m))
    return int(max(step * power for step in (1, 2, 5) if step * power <= most_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadStyle:
    """How a rank of roads is drawn: widths in points for a frame of 10 km, colours, and the core if cased."""

    classes: tuple[str, ...]
    label: str
    width_pt: float
    colour: str
    core: str = ""


ROAD_STYLES: Final = (
    RoadStyle(classes=("track", "path", "bridleway"), label="", width_pt=0.35, colour="#d9d4c7"),
    RoadStyle(
        classes=("pedestrian", "footway", "steps", "cycleway", "corridor", "platform", "ferry"),
        label="",
        width_pt=0.35,
        colour="#d8d8d8",
    ),
    RoadStyle(classes=("service", "living_street", "road"), label="", width_pt=0.5, colour="#d6d4cf"),
    RoadStyle(
        classes=("residential", "unclassified", "busway"), label="街巷", width_pt=0.8, colour="#c4c1ba"
    ),
    RoadStyle(classes=("tertiary", "tertiary_link"), label="支路、乡道", width_pt=1.3, colour="#aeaaa2"),
    RoadStyle(classes=("secondary", "secondary_link"), label="次干路、县道", width_pt=1.8, colour="#98948c"),
    RoadStyle(classes=("primary", "primary_link"), label="主干路、省道", width_pt=2.3, colour="#7f7b74"),
    RoadStyle(
        classes=("trunk", "trunk_link", "motorway", "motorway_link"),
        label="快速路、高速公路",
        width_pt=3.2,
        colour="#6b6761",
        core="#f3e3b3",
    ),
)
"""From the least to the most important, in drawing order; `label` is empty where the legend stays silent."""


def shapes_in(network: RoadNetwork, frame: Frame) -> dict[int, NDArray[np.int64]]:
    """Road class → shapes of that class whose box meets the frame, each once."""
    first = network.shape_start[:-1]
    seen = (
        (np.maximum.reduceat(network.shape_lon, first) >= frame.west)
        & (np.minimum.reduceat(network.shape_lon, first) <= frame.east)
        & (np.maximum.reduceat(network.shape_lat, first) >= frame.south)
        & (np.minimum.reduceat(network.shape_lat, first) <= frame.north)
    )
    class_of = np.zeros(len(first), np.uint8)
    class_of[network.edge_shape] = network.edge_class
    return {int(c): np.flatnonzero(seen & (class_of == c)) for c in np.unique(class_of[seen])}


def style_of(class_index: int) -> int:
    """Position in `ROAD_STYLES` of a road class."""
    return _STYLE_OF[class_index]


_STYLE_OF: Final = {CLASS_INDEX[name]: i for i, style in enumerate(ROAD_STYLES) for name in style.classes}
