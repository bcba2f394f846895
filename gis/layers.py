"""Layers for maps: roads, places, routes and areas as GeoJSON (RFC 7946) and as GeoDataFrames.

All coordinates are WGS-84 degrees, longitude first, to 6 decimals (11 cm). Units are in the property names.
Every feature has an `id` and the property `layer`, so one file may hold several layers. Collections carry two
members of their own, `attribution` and `synthetic`: whoever shows the data shows them too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, TypedDict

import numpy as np
import shapely

from gis.closures import Closure, closure_edges
from gis.network import PROFILE_BIT, ROAD_CLASSES, RoadNetwork
from gis.paths import Path
from gis.places import Place

if TYPE_CHECKING:
    import geopandas

OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"
SYNTHETIC_ATTRIBUTION: Final = "合成数据 Synthetic data"
_DIGITS: Final = 6

Properties = Mapping[str, Any]


class Feature(TypedDict):
    """A GeoJSON feature."""

    type: str
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


def attribution(network: RoadNetwork, *, synthetic: bool = False) -> str:
    """Whom every map made from these roads must name.

    Parameters
    ----------
    synthetic
        Whether what is shown on the roads (people, vehicles, requests) is made up.
    """
    if network.synthetic:
        return SYNTHETIC_ATTRIBUTION
    return f"{OSM_ATTRIBUTION} · {SYNTHETIC_ATTRIBUTION}" if synthetic else OSM_ATTRIBUTION


def road_features(network: RoadNetwork, shapes: Iterable[int] | None = None) -> Iterator[Feature]:
    """Roads as lines, one per shape: a two-way road once.

    Parameters
    ----------
    shapes
        Positions of the shapes wanted, in the order wanted; all by default.
    """
    forward, backward = _edges_by_shape(network)
    for s in range(len(forward)) if shapes is None else shapes:
        edge = int(forward[s] if forward[s] >= 0 else backward[s])
        points = slice(network.shape_start[s], network.shape_start[s + 1])
        yield {
            "type": "Feature",
            "id": f"road-{s}",
            "geometry": _line(network.shape_lon[points], network.shape_lat[points]),
            "properties": {
                "layer": "road",
                "way_id": int(network.edge_way[edge]),
                "name": network.names[network.edge_name[edge]],
                "road_class": ROAD_CLASSES[network.edge_class[edge]],
                "length_m": round(float(network.edge_length_m[edge]), 1),
                "maxspeed_kmh": _number(network.edge_maxspeed_kmh[edge]),
                "max_height_m": _number(network.edge_max_height_m[edge]),
                "max_weight_t": _number(network.edge_max_weight_t[edge]),
                "forward_profiles": _profiles(network, int(forward[s])),
                "backward_profiles": _profiles(network, int(backward[s])),
            },
        }


def place_features(
    places: Iterable[Place], layer: str, properties: Mapping[str, Properties] | None = None
) -> Iterator[Feature]:
    """Places as points: stops, compounds, vehicles, incidents.

    Parameters
    ----------
    layer
        e.g. `"stop"`, `"vehicle"`.
    properties
        Place id → more properties, with units in their names.
    """
    for place in places:
        yield {
            "type": "Feature",
            "id": f"{layer}-{place.id}",
            "geometry": {"type": "Point", "coordinates": [_degree(place.lon), _degree(place.lat)]},
            "properties": {"layer": layer, "name": place.label, **(properties or {}).get(place.id, {})},
        }


def path_features(
    paths: Iterable[Path],
    layer: str = "route",
    *,
    ids: Sequence[str] | None = None,
    properties: Sequence[Properties] | None = None,
) -> Iterator[Feature]:
    """Driven paths as lines, with departure, arrival and length.

    Parameters
    ----------
    ids
        One per path; by default the position.
    properties
        More properties, one mapping per path.
    """
    for i, path in enumerate(paths):
        yield {
            "type": "Feature",
            "id": f"{layer}-{ids[i] if ids else i}",
            "geometry": _line(path.lon, path.lat),
            "properties": {
                "layer": layer,
                "profile": path.profile,
                "depart_s": round(path.depart_s),
                "arrive_s": round(path.arrive_s),
                "distance_m": round(path.distance_m),
                **(properties[i] if properties else {}),
            },
        }


def closure_features(network: RoadNetwork, closures: Iterable[Closure]) -> Iterator[Feature]:
    """Closures and slow-downs: the area where there is one, else the roads.

    Raises
    ------
    ClosureError
        If a closure contradicts itself or names edges that the network does not have.
    """
    for closure in closures:
        edges = closure_edges(network, closure)
        shapes = sorted(set(network.edge_shape[edges].tolist()))
        area = shapely.Polygon(closure.polygon) if closure.polygon else None
        yield {
            "type": "Feature",
            "id": f"closure-{closure.id}",
            "geometry": _geometry(area) if area is not None else _lines(network, shapes),
            "properties": {
                "layer": "closure",
                "name": closure.label,
                "start_s": closure.start_s,
                "end_s": closure.end_s,
                "speed_factor": closure.factor,
                "profiles": list(closure.profiles),
                "roads": len(shapes),
            },
        }


def area_features(
    areas: Iterable[tuple[str, shapely.Geometry, Properties]], layer: str = "area"
) -> Iterator[Feature]:
    """Polygons such as isochrones: id, shapely geometry in degrees, and properties of each."""
    for area_id, geometry, properties in areas:
        yield {
            "type": "Feature",
            "id": f"{layer}-{area_id}",
            "geometry": _geometry(geometry),
            "properties": {"layer": layer, **properties},
        }


def feature_collection(
    features: Iterable[Feature], *, attribution: str, synthetic: bool, name: str = ""
) -> dict[str, Any]:
    """One FeatureCollection in memory; for large ones use `write_geojson`.

    Parameters
    ----------
    attribution
        From the function of that name.
    synthetic
        Whether roads or data in it are made up.
    """
    head = _head(attribution, name, synthetic=synthetic)
    return {**head, "features": list(features)}


def write_geojson(
    file: FilePath, features: Iterable[Feature], *, attribution: str, synthetic: bool, name: str = ""
) -> int:
    """Write a FeatureCollection feature by feature and return their number.

    The file appears under its name only when it is complete.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    head = json.dumps(_head(attribution, name, synthetic=synthetic), ensure_ascii=False)
    partial = file.with_name(f".{file.name}.partial")
    count = 0
    try:
        with partial.open("w", encoding="utf-8") as out:
            out.write(f'{head[:-1]}, "features": [')
            for feature in features:
                text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
                out.write(f"{',' if count else ''}\n{text}")
                count += 1
            out.write("\n]}\n")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return count


def frame(features: Iterable[Feature]) -> "geopandas.GeoDataFrame":
    """Return the features as a GeoDataFrame in EPSG:4326, indexed by their ids."""
    import geopandas

    rows = list(features)
    shapes = [json.dumps(row["geometry"]) if row["geometry"] else None for row in rows]
    geometries = np.array(shapely.from_geojson(shapes, on_invalid="raise"), dtype=object)
    table = geopandas.GeoDataFrame(
        [row["properties"] for row in rows],
        geometry=geometries,
        crs="EPSG:4326",
        index=[row["id"] for row in rows],
    )
    table.index.name = "id"
    return table


def _head(attribution: str, name: str, *, synthetic: bool) -> dict[str, Any]:
    head = {"type": "FeatureCollection", "attribution": attribution, "synthetic": synthetic}
    return {**head, "name": name} if name else head


def _edges_by_shape(network: RoadNetwork) -> tuple[np.ndarray, np.ndarray]:
    """Edge along each shape and edge against it, -1 where there is none."""
    along, against = (np.full(len(network.shape_start) - 1, -1, np.int64) for _ in range(2))
    edges = np.arange(network.edge_count)
    back = network.edge_reversed
    along[network.edge_shape[~back]] = edges[~back]
    against[network.edge_shape[back]] = edges[back]
    return along, against


def _profiles(network: RoadNetwork, edge: int) -> list[str]:
    if edge < 0:
        return []
    return [name for name, bit in PROFILE_BIT.items() if network.edge_access[edge] & bit]


def _number(value: float) -> float | None:
    return round(float(value), 2) if np.isfinite(value) else None


def _degree(value: float) -> float:
    return round(float(value), _DIGITS)


def _line(lon: Sequence[float] | np.ndarray, lat: Sequence[float] | np.ndarray) -> dict[str, Any] | None:
    """Draw a line without points that rounding made equal; one that has no length is a point."""
    points = np.round(np.column_stack((lon, lat)).astype(np.float64), _DIGITS)
    if not len(points):
        return None
    keep = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
    coordinates = points[keep].tolist()
    if len(coordinates) == 1:
        return {"type": "Point", "coordinates": coordinates[0]}
    return {"type": "LineString", "coordinates": coordinates}


def _lines(network: RoadNetwork, shapes: Sequence[int]) -> dict[str, Any]:
    cuts = [slice(network.shape_start[s], network.shape_start[s + 1]) for s in shapes]
    lines = [_line(network.shape_lon[cut], network.shape_lat[cut]) for cut in cuts]
    return {
        "type": "MultiLineString",
        "coordinates": [line["coordinates"] for line in lines if line and line["type"] == "LineString"],
    }


def _geometry(geometry: shapely.Geometry) -> dict[str, Any] | None:
    """Round to 6 decimals, outer rings counter-clockwise as RFC 7946 asks; None where nothing is left."""
    valid = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    rounded = shapely.set_precision(valid, 10.0**-_DIGITS)
    if rounded.is_empty:
        return None
    plain: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(rounded)))
    plain["coordinates"] = _rounded(plain["coordinates"])
    return plain


def _rounded(nested: Any) -> Any:
    return [_rounded(part) for part in nested] if isinstance(nested, list) else round(float(nested), _DIGITS)
