"""A town with real streets and a stored day: a grid of 500 m, two cars, one bus, one ambulance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gis.coordinates import from_wgs84
from optimizer.model import (
    CostRates,
    Depot,
    Place,
    Vehicle,
    VehicleClass,
    VehicleType,
)
from optimizer.riders import Compound
from scenarios.prefecture.values import Prefecture, Unit
from service.database import open_database, prepare, writing
from service.store.maps import save_map
from service.store.prefecture import save_prefecture
from service.use_cases import corrections
from service.use_cases.roads import Roads

Run = Callable[..., tuple[int, str, str]]
"""The command line with some arguments: its code and both streams."""

STREETS = 6
STEP = 0.005
WEST, SOUTH = 103.80, 25.50
SEA = "110.5,18.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTown:
    """Where the town lies."""

    map_file: Path
    database: Path


def at(x: float, y: float, crs: str = "wgs84") -> str:
    """`"lon,lat"` of a point of the grid in a coordinate system; on a street where x or y is whole."""
    lon, lat = from_wgs84(WEST + STEP * x, SOUTH + STEP * y, crs)
    return f"{lon:.6f},{lat:.6f}"


def store(
    folder: Path, cache: Path, *, rows: Path | None = None, data_folder: Path | None = None
) -> StoredTown:
    """Write the map, read it with rows of corrections, and save a day on it."""
    folder.mkdir(parents=True, exist_ok=True)
    map_file, database = folder / "grid.osm", folder / "town.sqlite3"
    map_file.write_text(_osm(), encoding="utf-8")
    roads = Roads(map_file, cache_folder=cache, corrections=corrections.rows_of(rows))
    if data_folder is not None:
        corrections.keep_beside(rows, data_folder, roads.network.version[:16])
    engine = open_database(f"sqlite:///{database}")
    prepare(engine)
    with writing(engine) as session:
        map_id = save_map(session, roads.network, str(map_file))
        save_prefecture(session, _day(), map_id=map_id, time_zone="Asia/Shanghai", closure_geometries={})
    engine.dispose()
    return StoredTown(map_file=map_file, database=database)


def _place(place_id: str, name: str, x: float, y: float) -> Place:
    return Place(id=place_id, lon=WEST + STEP * x, lat=SOUTH + STEP * y, name=name)


def _day() -> Prefecture:
    base = _place("base", "车场", 0.5, 0)
    office = _place("office", "一号院（东街）", 3, 2.5)
    water = _place("water", "水务局", 1.5, 1)
    stops = (_place("stop-1", "北街站", 1.5, 4), _place("stop-2", "西街站", 0, 2.5))
    rates = CostRates(vehicle_used_fen=8_000, per_km_fen=100)
    kinds = (
        VehicleType(id="sedan", name="轿车", capacity=(4,), rates=rates),
        VehicleType(id="bus", name="中巴", capacity=(18,), profile="bus", rates=rates),
        VehicleType(id="ambulance", name="救护车", capacity=(3,), profile="emergency", rates=rates),
    )
    cars = tuple(
        Vehicle(
            id=f"car-{n}", type_id="sedan", start_place_id="base", end_place_id="base", unit_id="city",
            county_id="city", plate=f"云D1234{n}",
        )
        for n in (1, 2)
    )  # fmt: skip
    bus = Vehicle(
        id="bus-1", type_id="bus", start_place_id="base", end_place_id="base", unit_id="city",
        county_id="city", plate="云D55555", trips=3,
    )  # fmt: skip
    ambulance = Vehicle(
        id="amb-1", type_id="ambulance", start_place_id="base", unit_id="city", county_id="city",
        siren=True, vehicle_class=VehicleClass.EMERGENCY, skills=frozenset({"ambulance"}), plate="云D0120",
    )  # fmt: skip
    return Prefecture(
        name="棋盘城", synthetic=True, synthetic_roads=True, seed=1, size="s", date="2026-05-12",
        clock_s=34_800, units=(Unit(id="city", parent_id=None, name="棋盘市水务局", level="prefecture"),),
        places=(base, office, water, *stops),
        compounds=(Compound(id="yard", place=office, work_start_s=30_600, work_end_s=64_800),),
        rider_groups=(), shuttle_stops=stops, vehicle_types=kinds, cars=cars, buses=(bus,),
        emergency_vehicles=(ambulance,), drivers=(), fixed_drivers=(), driver_names=(),
        depots=(Depot(place_id="base", spaces=9),), requests=(), incidents=(), fleet_state=(), closures=(),
    )  # fmt: skip


def _osm() -> str:
    return "\n".join(["<osm version='0.6' generator='a test'>", *_nodes(), *_ways(), *_lake(), "</osm>"])


def _nodes() -> Iterator[str]:
    for x in range(STREETS):
        for y in range(STREETS):
            lon, lat = WEST + STEP * x, SOUTH + STEP * y
            yield f"<node id='{10 * x + y + 1}' version='1' lon='{lon:.7f}' lat='{lat:.7f}'/>"


def _lake() -> Iterator[str]:
    """A lake of 200 m in the middle of the south-western block."""
    corners = ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7))
    ids = [900 + i for i in range(len(corners))]
    for id_, (x, y) in zip(ids, corners, strict=True):
        yield f"<node id='{id_}' version='1' lon='{WEST + STEP * x:.7f}' lat='{SOUTH + STEP * y:.7f}'/>"
    refs = "".join(f"<nd ref='{id_}'/>" for id_ in (*ids, ids[0]))
    yield (f"<way id='900' version='1'>{refs}<tag k='natural' v='water'/><tag k='name' v='小湖'/></way>")


def _ways() -> Iterator[str]:
    """Streets north, then streets east; people walk along them."""
    north = [[10 * x + y + 1 for y in range(STREETS)] for x in range(STREETS)]
    east = [[10 * x + y + 1 for x in range(STREETS)] for y in range(STREETS)]
    for number, nodes in enumerate([*north, *east], 1):
        refs = "".join(f"<nd ref='{node}'/>" for node in nodes)
        tags = f"<tag k='highway' v='tertiary'/><tag k='name' v='第{number}街'/>"
        yield f"<way id='{number}' version='1'>{refs}{tags}</way>"
