"""Read maps into a `RoadNetwork`.

`read_network` takes an OpenStreetMap file (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`); roads from a GeoPackage or
a Shapefile come through `gis.read.vector.read_roads`; `gis.read.download.download` fetches a place from the net.
"""

from pathlib import Path
from typing import Literal

from gis.errors import MapFileError
from gis.network import RoadNetwork
from gis.read.build import Origin, build
from gis.read.osm import SUFFIXES, is_marked_synthetic, read_ways
from gis.read.report import Progress, Tally, describe

__all__ = ["describe", "read_network"]


def read_network(
    path: str | Path,
    *,
    kind: Literal["drive", "walk"] = "drive",
    corrections: tuple[object, ...] = (),
    ferries: bool = False,
    cache_folder: str | Path | None = None,
    progress: Progress | None = None,
) -> RoadNetwork:
    """Read the roads of an OpenStreetMap file.

    Raises
    ------
    MapFileError
        If the file is missing, empty, truncated, of an unknown kind, or holds no roads.
    """
    file = _checked(Path(path))
    tally = Tally()
    roads = read_ways(file, kind, tally, ferries=ferries)
    return build(roads, Origin(source=file.name, synthetic=is_marked_synthetic(file)), tally)


def _checked(path: Path) -> Path:
    if not path.is_file():
        message = f"找不到地图文件 / no map file at {str(path)!r}; check the path"
        raise MapFileError(message)
    if not path.name.lower().endswith(SUFFIXES):
        message = (
            f"不支持的地图格式 / {path.name!r} is no {', '.join(SUFFIXES)}; convert it or use read_roads"
        )
        raise MapFileError(message)
    if path.stat().st_size == 0:
        message = f"地图文件是空的 / the map file {str(path)!r} is empty; download it again"
        raise MapFileError(message)
    return path
