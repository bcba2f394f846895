"""Read maps into a `RoadNetwork`.

`read_network` takes an OpenStreetMap file (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`); roads of a GeoPackage
or a Shapefile come through `gis.read.vector.read_roads`; `gis.read.download.download` fetches a place.
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal

from gis.errors import MapFileError
from gis.network import RoadNetwork
from gis.read.amend import amended
from gis.read.build import Origin, build
from gis.read.cache import cache_file, content_key, load, save
from gis.read.corrections import Correction, load_corrections
from gis.read.osm import SUFFIXES, is_marked_synthetic, read_ways
from gis.read.report import Progress, Tally, describe

__all__ = ["Correction", "describe", "load_corrections", "read_network"]


def read_network(
    path: str | Path,
    *,
    kind: Literal["drive", "walk"] = "drive",
    corrections: tuple[Correction, ...] = (),
    ferries: bool = False,
    cache_folder: str | Path | None = None,
    progress: Progress | None = None,
) -> RoadNetwork:
    """Read the roads of an OpenStreetMap file.

    Parameters
    ----------
    path
        A `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2` file; a `generator` in it that holds the word
        "synthetic" marks invented roads.
    kind
        `"drive"` for cars, buses, trucks and emergency vehicles, `"walk"` for people on foot.
    corrections
        Local corrections, applied in order; those that match nothing become warnings of the report.
    ferries
        Whether ferries count as roads.
    cache_folder
        Where to keep the result, by content; a damaged copy is read anew, and a folder that cannot be written
        becomes a warning.
    progress
        Called with the finished part and what is being done.

    Returns
    -------
    WGS-84, split at junctions; `describe` says what was read and what was left out.

    Raises
    ------
    MapFileError
        If the file is missing, empty, truncated, of an unknown kind, or holds no roads.
    """
    file = _checked(Path(path))
    say = progress or _silent
    say(0.0, f"读取 {file.name} / reading")
    version = content_key(file, (kind, ferries, corrections))
    kept = None if cache_folder is None else cache_file(Path(cache_folder), file, kind, version)
    network, doubts = _cached(kept, version)
    if network is None:
        network = _read(file, kind, corrections, ferries, version, say)
        doubts += _keep(network, kept)
    say(1.0, "完成 / done")
    return _as_read_from(network, file.name, doubts)


def _read(
    file: Path,
    kind: Literal["drive", "walk"],
    corrections: tuple[Correction, ...],
    ferries: bool,
    version: str,
    say: Progress,
) -> RoadNetwork:
    tally = Tally()
    roads = read_ways(file, kind, tally, ferries=ferries)
    say(0.6, f"{len(roads.way_id):,} 条道路 / roads")
    roads = amended(roads, corrections, tally)
    say(0.7, "连接路口 / joining")
    origin = Origin(source=file.name, version=version, synthetic=is_marked_synthetic(file))
    return build(roads, origin, tally)


def _silent(_part: float, _what: str) -> None:
    """Tell nobody."""


def _checked(path: Path) -> Path:
    if not path.is_file():
        message = f"找不到地图文件，请核对路径 / no map file at {str(path)!r}; check the path"
        raise MapFileError(message)
    if not path.name.lower().endswith(SUFFIXES):
        message = (
            "不支持的地图格式，请用 .osm.pbf、.osm、.osm.gz、.gpkg 或 .shp / "
            f"cannot read {path.name!r}; expected {', '.join(SUFFIXES)}, "
            "or use read_roads for .gpkg and .shp"
        )
        raise MapFileError(message)
    if path.stat().st_size == 0:
        message = (
            f"地图文件是空的，请重新下载或另选文件 / the map file {str(path)!r} is empty; download it again"
        )
        raise MapFileError(message)
    return path


def _cached(kept: Path | None, version: str) -> tuple[RoadNetwork | None, tuple[str, ...]]:
    """Return the network that was kept, or None and a warning if what was kept is damaged."""
    if kept is None:
        return None, ()
    try:
        network = load(kept, version)
    except (FileNotFoundError, NotADirectoryError):
        return None, ()
    doubt = f"缓存已损坏，已重新读取 / the cached {kept.name} was damaged and has been read anew"
    return network, () if network is not None else (doubt,)


def _keep(network: RoadNetwork, kept: Path | None) -> tuple[str, ...]:
    if kept is None:
        return ()
    try:
        save(network, kept)
    except OSError as error:
        return (f"无法写入缓存 / cannot keep the network in {str(kept.parent)!r}: {error.strerror}",)
    return ()


def _as_read_from(network: RoadNetwork, source: str, warnings: tuple[str, ...]) -> RoadNetwork:
    if network.source == source and not warnings:
        return network
    report = replace(network.report, warnings=(*network.report.warnings, *warnings))
    return replace(network, source=source, report=report)
