"""Write a sketch as an OpenStreetMap file."""

from pathlib import Path
from typing import Final

import numpy as np
import osmium
from osmium.osm import mutable

from scenarios.prefecture.sketch import Sketch, TurnBan, degrees

GENERATOR: Final = "paiche synthetic prefecture"
"""`generator` in the header of every file written here: roads from it are invented."""


def write_osm(sketch: Sketch, path: Path) -> Path:
    """Write points, roads and bans as nodes, ways and relations, sorted by type and id.

    The format follows the ending of `path` (`.osm.pbf`, `.osm`, `.osm.gz`, ...). Points that no road uses and
    that carry no tag are left out. An existing file is replaced.
    """
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    lon, lat = degrees(np.array(sketch.x), np.array(sketch.y))
    used = sorted({p for road in sketch.roads for p in road.points} | set(sketch.point_tags))
    header.add_box(
        osmium.osm.Box(
            float(lon[used].min()), float(lat[used].min()), float(lon[used].max()), float(lat[used].max())
        )
    )
    with osmium.SimpleWriter(path, overwrite=True, header=header) as writer:
        places = zip(used, lon[used].tolist(), lat[used].tolist(), strict=True)
        for point, x, y in places:
            tags = sketch.point_tags.get(point)
            writer.add_node(mutable.Node(id=point + 1, version=1, location=(x, y), tags=tags))
        for i, road in enumerate(sketch.roads, start=1):
            nodes = [p + 1 for p in road.points]
            writer.add_way(mutable.Way(id=i, version=1, nodes=nodes, tags=road.tags))
        for i, ban in enumerate(sketch.bans, start=1):
            writer.add_relation(_relation(i, ban))
    return path


def _relation(i: int, ban: TurnBan) -> mutable.Relation:
    if ban.via_road is not None:
        via = ("w", ban.via_road + 1, "via")
    else:
        via = ("n", (ban.via_point or 0) + 1, "via")
    members = [("w", ban.from_road + 1, "from"), via, ("w", ban.to_road + 1, "to")]
    tags = {"type": "restriction", ban.key: ban.kind, **dict(ban.tags)}
    return mutable.Relation(id=i, version=1, members=members, tags=tags)
