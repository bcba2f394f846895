"""Roads from a GeoPackage, a Shapefile or any other vector file that GDAL reads, in any coordinate system.

Columns become OpenStreetMap tags through a field map, so every rule of `gis.read.tags` holds here too. Lines
meet where an end of one lies on another; lines that only cross do not (bridges).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
import pyogrio.errors
import shapely
from pyproj.exceptions import CRSError

from gis.errors import MapFileError
from gis.network import RoadNetwork
from gis.read.amend import amended
from gis.read.build import Origin, build
from gis.read.cache import content_key
from gis.read.corrections import Correction
from gis.read.lines import Lines, joined, node_ids
from gis.read.report import Tally
from gis.read.roads import DrawnRoads
from gis.read.tags import Kind, WayRule, way_rule

_NAME_KEYS: Final = ("name", "name:zh", "ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """How the columns of a file become OpenStreetMap tags.

    Parameters
    ----------
    columns
        OpenStreetMap key (`highway`, `name`, `oneway`, `maxspeed`, `maxheight`, `access`, …) → column.
    values
        Key → the file's value → OpenStreetMap's, e.g. `{"highway": {"高速": "motorway"}}`; others stay.
    default_class
        Class of features without one; "" leaves them out.
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    default_class: str = ""


FROM_OSM: Final = FieldMap(columns={"highway": "highway", "name": "name", "oneway": "oneway"})
"""For files that were exported from OpenStreetMap."""


def read_roads(
    path: str | Path,
    *,
    field_map: FieldMap | Mapping[str, str] = FROM_OSM,
    crs: str | int | None = None,
    layer: str | None = None,
    kind: Kind = "drive",
    corrections: tuple[Correction, ...] = (),
    join_m: float = 0.5,
) -> RoadNetwork:
    """Read roads from a vector file.

    Parameters
    ----------
    path
        `.gpkg`, `.shp`, `.geojson`, …
    field_map
        What the columns mean; a plain mapping gives the columns alone.
    crs
        Coordinate system, e.g. `"EPSG:4547"` or 4490 (CGCS2000); None takes what the file says.
    layer
        Of a file with several.
    kind
        For vehicles or for people on foot.
    corrections
        As for `gis.read.read_network`; ways are `-1 - feature number`.
    join_m
        Ends this near to each other, or to a line, meet.

    Returns
    -------
    The same kind of network as from an OpenStreetMap file; ids are negative.

    Raises
    ------
    MapFileError
        If the file, the layer, a column or the coordinate system is missing, or no road is left.
    """
    file, tally = Path(path), Tally()
    meaning = field_map if isinstance(field_map, FieldMap) else FieldMap(columns=field_map)
    table = _table(file, layer)
    _need_columns(table, meaning, file)
    lines = _lines(_in_degrees(table, crs, file), tally)
    roads = _drawn(lines, _tags(table, meaning), kind, join_m, tally)
    roads = amended(roads, corrections, tally)
    settings = (kind, meaning, str(crs), layer, join_m, corrections)
    return build(roads, Origin(source=file.name, version=_version(file, settings)), tally)


# --- the file --------------------------------------------------------------------------------------------


def _table(file: Path, layer: str | None) -> geopandas.GeoDataFrame:
    if not file.exists():
        message = f"找不到地图文件，请核对路径 / no map file at {str(file)!r}; check the path"
        raise MapFileError(message)
    try:
        table = geopandas.read_file(file, layer=layer, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        message = (
            f"无法读取矢量地图，请核对文件和图层 / cannot read {str(file)!r} (layer {layer!r}): {reason}"
        )
        raise MapFileError(message) from error
    if table.empty:
        message = f"矢量地图中没有要素，请另选图层 / no features in {str(file)!r}; choose another layer"
        raise MapFileError(message)
    return table


def _need_columns(table: geopandas.GeoDataFrame, meaning: FieldMap, file: Path) -> None:
    missing = sorted(column for column in meaning.columns.values() if column not in table.columns)
    if missing:
        held = ", ".join(str(column) for column in table.columns if column != "geometry")
        message = (
            "字段不存在，请更正字段对应 / "
            f"{file.name!r} lacks the columns {', '.join(missing)}; it has {held}"
        )
        raise MapFileError(message)


def _in_degrees(table: geopandas.GeoDataFrame, crs: str | int | None, file: Path) -> geopandas.GeoSeries:
    geometry = table.geometry
    try:
        if crs is not None:
            geometry = geometry.set_crs(crs, allow_override=True)
        if geometry.crs is None:
            message = (
                "坐标系未知，请用 --crs 注明 / "
                f'{file.name!r} does not say its coordinate system; give crs, e.g. "EPSG:4490"'
            )
            raise MapFileError(message)
        degrees = geometry.to_crs(4326)
    except CRSError as error:
        message = (
            "坐标系无效，请写成如 EPSG:4547 / "
            f'unknown coordinate system {crs!r}; give one such as "EPSG:4547"'
        )
        raise MapFileError(message) from error
    west, south, east, north = degrees.total_bounds
    if not (-180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0):
        given = geometry.crs.to_string()
        message = (
            "坐标超出范围，请更正 --crs / "
            f"coordinates of {file.name!r} do not fit {given}; give the right crs"
        )
        raise MapFileError(message)
    return degrees


def _version(file: Path, settings: tuple[object, ...]) -> str:
    """Hash the file and, for a Shapefile, the files beside it that belong to it."""
    parts = (
        sorted(f for f in file.parent.glob(f"{file.stem}.*") if f.is_file())
        if file.suffix == ".shp"
        else [file]
    )
    keys = [content_key(part, ()) for part in parts]
    return content_key(file, (*settings, *keys))


# --- tags ------------------------------------------------------------------------------------------------


def _tags(table: geopandas.GeoDataFrame, meaning: FieldMap) -> list[dict[str, str]]:
    """Tags of every feature."""
    rows: list[dict[str, str]] = [{} for _ in range(len(table))]
    for key, column in meaning.columns.items():
        values = meaning.values.get(key, {})
        for tags, value in zip(rows, table[column].tolist(), strict=True):
            text = _text(value)
            if text:
                tags[key] = values.get(text, text)
    for tags in rows:
        if meaning.default_class:
            tags.setdefault("highway", meaning.default_class)
    return rows


def _text(value: Any) -> str:
    """Write a cell as a mapper would: 60.0 is `60`, an empty cell is ""."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT are empty cells
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


# --- lines -----------------------------------------------------------------------------------------------


def _lines(geometry: geopandas.GeoSeries, tally: Tally) -> Lines:
    shapes = np.asarray(geometry.array, dtype=object)
    parts, row = shapely.get_parts(shapes, return_index=True)
    is_line = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    tally.dropped["features that are no lines"] += len(set(range(len(shapes))) - set(row[is_line].tolist()))
    parts, row = parts[is_line], row[is_line]
    points, index = shapely.get_coordinates(parts, return_index=True)
    start = np.concatenate([[0], np.cumsum(np.bincount(index, minlength=len(parts)))])
    return Lines(row=row, start=start, lon=points[:, 0], lat=points[:, 1])


def _drawn(lines: Lines, tags: list[dict[str, str]], kind: Kind, join_m: float, tally: Tally) -> DrawnRoads:
    rules, rule_tags, rule_of_row = _rules(tags, kind)
    kept = np.array([not rules[rule_of_row[row]].drop for row in lines.row.tolist()], dtype=bool)
    for row in lines.row[~kept].tolist():
        tally.dropped[rules[rule_of_row[row]].drop] += 1
    chosen = joined(lines.chosen(kept), join_m)
    names = ["", *sorted({_name(tags[row]) for row in chosen.row.tolist()} - {""})]
    position = {name: i for i, name in enumerate(names)}
    tally.read["ways"] += len(chosen.row)
    for row in chosen.row.tolist():
        tally.dropped.update(rules[rule_of_row[row]].notes)
    return DrawnRoads(
        kind=kind,
        way_id=-1 - chosen.row,
        way_rule=np.array([rule_of_row[row] for row in chosen.row.tolist()], dtype=np.int32),
        way_name=np.array([position[_name(tags[row])] for row in chosen.row.tolist()], dtype=np.int32),
        way_start=chosen.start,
        ref=node_ids(chosen, join_m),
        lon=chosen.lon,
        lat=chosen.lat,
        rules=tuple(rules),
        rule_tags=tuple(rule_tags),
        names=tuple(names),
        unused_ways=np.sort(-1 - np.unique(lines.row[~kept])),
    )


def _rules(tags: list[dict[str, str]], kind: Kind) -> tuple[list[WayRule], list[dict[str, str]], list[int]]:
    """Read each combination of tags once."""
    rules: list[WayRule] = []
    rule_tags: list[dict[str, str]] = []
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    of_row = []
    for row in tags:
        meaning = {key: value for key, value in row.items() if key not in _NAME_KEYS}
        key = tuple(sorted(meaning.items()))
        if key not in seen:
            seen[key] = len(rules)
            rules.append(way_rule(meaning, kind, ferries=True))
            rule_tags.append(meaning)
        of_row.append(seen[key])
    return rules, rule_tags, of_row


def _name(tags: Mapping[str, str]) -> str:
    return next((tags[key] for key in _NAME_KEYS if tags.get(key)), "")
