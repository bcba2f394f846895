"""Add road maps: a file, or a place or box fetched from the net; list what there is."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from gis.errors import CoordinateError, MapFileError
from gis.network import RoadNetwork
from gis.read import read_network
from service.store.maps import save_map
from service.use_cases import corrections
from service.use_cases.copies import keep_copy, require_folder
from service.use_cases.steps import Steps

if TYPE_CHECKING:
    from gis.read.vector import FieldMap

VECTOR_SUFFIXES: Final = frozenset({".gpkg", ".shp", ".geojson"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSource:
    """A map file and how to read it.

    Parameters
    ----------
    corrections
        Rows (`.csv`, `.toml`) that are applied to the roads; None: those that stand, see `corrections`.
    field_map, crs
        For GeoPackage and Shapefile: what the columns mean (`"highway=等级,name=名称"` or a `.toml` file with
        `columns`, `values`, `default_class`), and the coordinate system, e.g. `"EPSG:4490"`.
    """

    path: Path
    corrections: Path | None = None
    field_map: str | None = None
    crs: str | None = None


def read_map(source: MapSource, cache_folder: Path | None = None) -> RoadNetwork:
    """Read an OpenStreetMap file, or roads of a GeoPackage or Shapefile, with its corrections.

    Raises
    ------
    MapFileError, CorrectionError
        A file cannot be used; the message names it.
    """
    rows = corrections.rows_of(source.corrections)
    if source.path.suffix.lower() not in VECTOR_SUFFIXES:
        if source.field_map is not None or source.crs is not None:
            message = f"{source.path.name} 不是 .gpkg 或 .shp，不能使用 --field-map 和 --crs；请去掉它们"
            raise MapFileError(message)
        return read_network(source.path, corrections=rows, cache_folder=cache_folder)
    from gis.read.vector import FROM_OSM, read_roads

    meaning = FROM_OSM if source.field_map is None else parse_field_map(source.field_map)
    return read_roads(source.path, field_map=meaning, crs=source.crs, corrections=rows)


def parse_field_map(text: str) -> "FieldMap":
    """Read the meaning of columns from `KEY=COLUMN,…` or from a `.toml` file."""
    from gis.read.vector import FieldMap

    try:
        if text.endswith(".toml"):
            return FieldMap(**tomllib.loads(Path(text).read_text(encoding="utf-8")))
        return FieldMap(columns=dict(pair.split("=", 1) for pair in text.split(",")))
    except (OSError, TypeError, ValueError) as error:
        message = f"字段对应 {text!r} 不可用（{error}）；请写成 highway=等级,name=名称，或给出 .toml 文件"
        raise MapFileError(message) from None


def add_map(
    session: Session, source: MapSource, *, data_folder: Path, cache_folder: Path, steps: Steps
) -> tuple[str, RoadNetwork]:
    """Read a map file, keep a copy of it and of its corrections under the data folder, and record it.

    The corrections stand from then on: they are applied to each new extract that brings none of its own.

    Returns
    -------
    tuple
        Id of the map, and the network that was read.

    Raises
    ------
    MapFileError, CorrectionError
        A file cannot be used; nothing is kept.
    OutputError
        The copy cannot be written.
    """
    require_folder(data_folder)
    applied = source.corrections or corrections.standing(data_folder)
    with steps.step("map", f"读取地图 {source.path.name}") as step:
        network = read_map(replace(source, corrections=applied), cache_folder)
        step.note = f"{network.node_count:,} 个路口，{network.edge_count:,} 条有向路段"
    map_id = network.version[:16]
    kept = keep_copy(source.path, data_folder / "maps", map_id)
    corrections.keep_beside(applied, data_folder, map_id)
    if source.corrections is not None:
        corrections.let_stand(source.corrections, data_folder)
    return save_map(session, network, str(kept)), network


def fetch_map(data_folder: Path, *, place: str | None, box: str | None, steps: Steps) -> Path:
    """Download the roads of a place, or of a box `"west,south,east,north"` in WGS-84 degrees.

    Raises
    ------
    CoordinateError
        The box is not four numbers in that order.
    DownloadError
        The place is unknown, or the map service cannot be reached.
    """
    from gis.read.download import download

    asked = place if box is None else box
    with steps.step("download", f"下载地图 {asked}"):
        folder = data_folder / "maps"
        folder.mkdir(parents=True, exist_ok=True)
        if box is None:
            return download(place=place, folder=folder)
        return download(box=parse_box(box), folder=folder)


def parse_box(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north from their text."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        message = f"范围 {text!r} 应为四个数：西,南,东,北，例如 103.7,25.4,103.9,25.6 (WGS-84)"
        raise CoordinateError(message) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = f"范围 {text!r} 不成立：应满足 西 < 东（±180°）、南 < 北（±90°），经度在前"
        raise CoordinateError(message)
    return west, south, east, north
