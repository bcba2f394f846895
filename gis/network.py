"""The road network as a value: directed edges in flat arrays, split at junctions, with forbidden turns.

Nothing here depends on the time of day or on one vehicle: `gis.speeds` turns classes into speeds and
`gis.router` turns both into travel times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

PROFILES: Final = ("car", "bus", "truck", "emergency", "foot")
PROFILE_BIT: Final[Mapping[str, int]] = {name: 1 << i for i, name in enumerate(PROFILES)}

ROAD_CLASSES: Final = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service",
    "road", "track", "busway", "pedestrian", "footway", "path", "steps", "cycleway", "bridleway", "corridor",
    "platform", "ferry",
)  # fmt: skip
CLASS_INDEX: Final[Mapping[str, int]] = {name: i for i, name in enumerate(ROAD_CLASSES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """What a reader took, left out and why, in plain counts.

    Parameters
    ----------
    read
        e.g. `{"ways": 24_801, "nodes": 59_012, "edges": 138_440, "turn restrictions": 337}`.
    dropped
        Reason → count, e.g. `{"access=private": 812, "ferry": 3, "restriction: via way missing": 2}`.
    warnings
        One sentence each, for people.
    """

    read: tuple[tuple[str, int], ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadNetwork:
    """Directed road edges between junctions, in read-only numpy arrays.

    `n` nodes, `m` directed edges, `k` shapes (a two-way road is two edges that share one shape), `r`
    forbidden turn sequences. Coordinates are WGS-84 degrees, longitude first.

    Parameters
    ----------
    source, version
        File name or place that was read; hex hash of the content, the options and the corrections.
    kind
        `"drive"` holds what vehicles may use, `"walk"` what pedestrians may use.
    synthetic
        Whether the roads are invented; every output made from them must say so.
    node_id
        int64[n] OSM node id (negative where there is none).
    node_lon, node_lat
        float64[n].
    edge_from, edge_to
        int32[m] node positions.
    edge_way
        int64[m] OSM way id (negative for roads from corrections or other files).
    edge_class
        uint8[m] position in `ROAD_CLASSES`.
    edge_name
        int32[m] position in `names`; name 0 is "".
    edge_length_m
        float64[m] length along the shape (geodesic or equivalent to better than 0.5 %).
    edge_maxspeed_kmh
        float32[m], NaN where the map does not say.
    edge_access
        uint8[m] bits of `PROFILE_BIT`: who may drive this edge in this direction.
    edge_max_height_m, edge_max_weight_t, edge_max_width_m
        float32[m], infinite where unlimited.
    edge_shape, edge_reversed
        int32[m], bool[m]: the shape an edge follows, and whether against its order.
    shape_start, shape_lon, shape_lat
        int32[k + 1], float64[...]: points of shape `s` are `shape_start[s]:shape_start[s + 1]`.
    ban_start, ban_edges, ban_profiles
        int32[r + 1], int32[...], uint8[r]: sequence `r` of two or more consecutive edges that the profiles in
        the bits may not drive in one go (node-via: two edges; via-way: three or more; `only_*` restrictions
        arrive here as bans too; a barrier is a short edge of its own that only some may use).
    names
        Distinct road names, `names[0] == ""`.
    report
        What was read and dropped.
    """

    source: str
    version: str
    kind: Literal["drive", "walk"]
    synthetic: bool
    node_id: NDArray[np.int64]
    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    edge_way: NDArray[np.int64]
    edge_class: NDArray[np.uint8]
    edge_name: NDArray[np.int32]
    edge_length_m: NDArray[np.float64]
    edge_maxspeed_kmh: NDArray[np.float32]
    edge_access: NDArray[np.uint8]
    edge_max_height_m: NDArray[np.float32]
    edge_max_weight_t: NDArray[np.float32]
    edge_max_width_m: NDArray[np.float32]
    edge_shape: NDArray[np.int32]
    edge_reversed: NDArray[np.bool_]
    shape_start: NDArray[np.int32]
    shape_lon: NDArray[np.float64]
    shape_lat: NDArray[np.float64]
    ban_start: NDArray[np.int32]
    ban_edges: NDArray[np.int32]
    ban_profiles: NDArray[np.uint8]
    names: tuple[str, ...]
    report: ReadReport

    @property
    def node_count(self) -> int:
        """Number of junction nodes."""
        return len(self.node_id)

    @property
    def edge_count(self) -> int:
        """Number of directed edges."""
        return len(self.edge_from)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in WGS-84 degrees."""
        return (
            float(self.node_lon.min()),
            float(self.node_lat.min()),
            float(self.node_lon.max()),
            float(self.node_lat.max()),
        )

    def edge_points(self, edge: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes and latitudes of one edge's shape, in driving order."""
        s = self.edge_shape[edge]
        points = slice(self.shape_start[s], self.shape_start[s + 1])
        lon, lat = self.shape_lon[points], self.shape_lat[points]
        return (lon[::-1], lat[::-1]) if self.edge_reversed[edge] else (lon, lat)

    def edge_label(self, edge: int) -> str:
        """Return the road's name, or its class and way id where it has none."""
        name = self.names[self.edge_name[edge]]
        return name or f"{ROAD_CLASSES[self.edge_class[edge]]} way/{self.edge_way[edge]}"
