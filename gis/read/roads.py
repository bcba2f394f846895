"""Roads as the map draws them: whole ways with their nodes, before they are split at junctions.

Every source (OSM file, GeoPackage, corrections) becomes a `DrawnRoads`; `gis.read.build` makes the network.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.read.access import Tags
from gis.read.barriers import Barrier
from gis.read.tags import Kind, WayRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A turn restriction as it is mapped.

    Parameters
    ----------
    id
        OSM relation id, negative for a local correction.
    tags
        As mapped.
    members
        (`"n"`, `"w"` or `"r"`, OSM id, role).
    label
        Of a local correction: if it has no effect, people want to know.
    bearings
        Directions of arriving and of leaving, degrees clockwise from north, of a turn that was drawn.
    """

    id: int
    tags: Tags
    members: tuple[tuple[str, int, str], ...]
    label: str = ""
    bearings: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnRoads:
    """Ways with their nodes, barriers and turn restrictions.

    `w` ways, `p` node references. WGS-84 degrees.

    Parameters
    ----------
    kind
        Whom the rules were read for.
    way_id
        int64[w].
    way_rule
        int32[w] position in `rules`.
    way_name
        int32[w] position in `names`; name 0 is "".
    way_start
        int64[w + 1]: the references of way `i` are `way_start[i]:way_start[i + 1]`.
    ref
        int64[p] node ids.
    lon, lat
        float64[p], NaN where the file lacks the node.
    rules, rule_tags
        Meaning of each combination of tags, and the combination itself.
    names
        Distinct names.
    barriers, restrictions
        As mapped; they may speak about ways and nodes that are not here.
    unused_ways
        int64 ids of ways that the file holds but traffic does not use.
    """

    kind: Kind
    way_id: NDArray[np.int64]
    way_rule: NDArray[np.int32]
    way_name: NDArray[np.int32]
    way_start: NDArray[np.int64]
    ref: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    rules: tuple[WayRule, ...]
    rule_tags: tuple[Tags, ...]
    names: tuple[str, ...]
    barriers: tuple[Barrier, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    unused_ways: NDArray[np.int64]

    @property
    def way_of_ref(self) -> NDArray[np.int32]:
        """int32[p]: the way that each reference belongs to."""
        return np.repeat(np.arange(len(self.way_id), dtype=np.int32), np.diff(self.way_start))
