"""Both databases for every test of the store: SQLite in a file, a real PostgreSQL where one is installed."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import numpy as np
import psycopg
import pytest
from sqlalchemy import Engine

from gis.closures import Closure
from gis.paths import Path as DrivenPath
from optimizer.model import (
    Block,
    CostRates,
    Depot,
    Driver,
    FleetState,
    Incident,
    Need,
    Place,
    Priority,
    Problem,
    Request,
    Route,
    Schedule,
    Stop,
    StopOption,
    TimeWindow,
    TravelMatrix,
    Vehicle,
    VehicleClass,
    VehicleType,
    Visit,
)
from optimizer.price import price
from optimizer.riders import Compound, RiderGroup
from scenarios.prefecture.values import Prefecture, Unit
from service.cli import app as cli
from service.database import open_database, prepare, writing
from service.exchange.documents import problem_hash
from service.rows import MapRow
from service.store.plans import Judged
from service.store.prefecture import save_prefecture
from tests.service.own_town import Run, StoredTown, store


def _programs() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("postgres")
    return folders[-1] if folders else Path(on_path).parent if on_path else None


def _as_server_user(folder: Path) -> dict[str, Any]:
    """Run as `postgres` where we are root: the server refuses root."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": "postgres", "group": account.pw_gid, "extra_groups": [], "cwd": folder}


def _wait_until_ready(socket_folder: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            psycopg.connect(host=str(socket_folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            assert server.poll() is None, "the PostgreSQL server ended"
            time.sleep(0.05)
        else:
            return
    pytest.fail("the PostgreSQL server did not answer")


@pytest.fixture(scope="session")
def postgresql_folder(
    missing: Callable[[str], NoReturn],
) -> Iterator[Path]:
    """Socket folder of a PostgreSQL server of our own, without a port."""
    programs = _programs()
    if programs is None:
        missing("no PostgreSQL server found; install it with: apt install postgresql")
    # A socket path has at most about 100 characters, and the server's user must be able to enter the folder.
    folder = Path(f"/tmp/paiche-pg-{uuid4().hex[:8]}")
    folder.mkdir(mode=0o700)
    how = _as_server_user(folder)
    data = folder / "data"
    initialise = f"-D {data} -U postgres -A trust -E UTF8 --locale=C --no-sync".split()
    subprocess.run([str(programs / "initdb"), *initialise], check=True, capture_output=True, **how)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how,
    )  # fmt: skip
    try:
        _wait_until_ready(folder, server)
        yield folder
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _new_postgresql(folder: Path, template: str = "template1") -> str:
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


@pytest.fixture(scope="session")
def postgresql_template(postgresql_folder: Path) -> str:
    """Name of a PostgreSQL database with the present tables, to be copied."""
    engine = open_database(_new_postgresql(postgresql_folder))
    prepare(engine)
    engine.dispose()
    return str(engine.url.database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the present tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    prepare(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine over a database without tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    else:
        url = _new_postgresql(request.getfixturevalue("postgresql_folder"))
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine over a database with the present tables and no rows."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("postgresql_template")
        url = _new_postgresql(request.getfixturevalue("postgresql_folder"), template)
    engine = open_database(url)
    yield engine
    engine.dispose()


MAP_ID = "tinymap"
CLOSED = {"type": "LineString", "coordinates": [[103.8, 25.5], [103.81, 25.5]]}


def _town_travel() -> TravelMatrix:
    """Four places in a row, one kilometre and 100 s apart, at every hour."""
    ids = ("base", "office", "school", "hospital")
    at = np.arange(len(ids), dtype=np.int32)
    apart = np.abs(at[:, None] - at[None, :]).astype(np.int32)
    row = {place_id: int(i) for i, place_id in enumerate(ids)}
    block = Block(
        origins=row,
        destinations=row,
        seconds=(apart * 100)[None, None],
        metres=(apart * 1000)[None, None],
    )
    return TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,))


def _car_request(request_id: str, start_s: int, origin: str, destination: str, unit_id: str) -> Request:
    window = TimeWindow(start_s=start_s, end_s=start_s)
    return Request(
        id=request_id,
        name=f"{origin}→{destination}",
        unit_id=unit_id,
        stops=(
            Stop(options=(StopOption(place_id=origin, window=window, service_s=60),), load=(2,)),
            Stop(options=(StopOption(place_id=destination),), load=(-2,)),
        ),
        skills=frozenset({"quiet"}),
        vehicle_classes=frozenset({VehicleClass.OTHER, VehicleClass.EMERGENCY}),
    )


@pytest.fixture(scope="module")
def streets_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache folder: the town of streets is the same for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def streets(tmp_path: Path, streets_cache: Path, monkeypatch: pytest.MonkeyPatch) -> StoredTown:
    """A map with a stored day in a town of streets, for a user with folders of his own."""
    for name in ("DATABASE_URL", "HOST", "PORT", "TIME_ZONE"):
        monkeypatch.delenv(f"PAICHE_{name}", raising=False)
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(streets_cache))
    return store(tmp_path, streets_cache)


@pytest.fixture
def paiche(streets: StoredTown, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in the folders of the town of streets; gives its code and both streams."""
    del streets  # only set up

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.run([*map(str, arguments)])
        shown = capfd.readouterr()
        assert "Traceback" not in shown.err
        return code, shown.out, shown.err

    return run


@pytest.fixture(scope="session")
def town() -> Prefecture:
    """A prefecture that a reader can hold in the head: two counties, one car each, two requests."""
    places = tuple(
        Place(id=id_, lon=103.80 + 0.01 * i, lat=25.50, name=name)
        for i, (id_, name) in enumerate(
            [("base", "车场"), ("hospital", "医院"), ("office", "机关"), ("school", "学校")]
        )
    )
    by_id = {place.id: place for place in places}
    rates = CostRates(vehicle_used_fen=8_000, per_km_fen=101, toll_per_km_fen=10, standing_per_day_fen=333)
    kind = VehicleType(id="sedan", name="轿车", rates=rates)
    cars = tuple(
        Vehicle(
            id=f"car-{n}", type_id="sedan", start_place_id="base", end_place_id="base", unit_id=f"county-{n}",
            county_id=f"county-{n}", plate=f"云D1234{n}", skills=frozenset({"quiet", "warm"}),
            shift=TimeWindow(start_s=0, end_s=86_400), busy=(TimeWindow(start_s=1, end_s=2),),
        )
        for n in (1, 2)
    )  # fmt: skip
    ambulance = Vehicle(
        id="amb-1", type_id="sedan", start_place_id="hospital", unit_id="city", siren=True,
        vehicle_class=VehicleClass.EMERGENCY, skills=frozenset({"ambulance"}), plate="云D0120",
    )  # fmt: skip
    return Prefecture(
        name="小城",
        synthetic=True,
        synthetic_roads=True,
        seed=1,
        size="s",
        date="2026-05-12",
        clock_s=34_800,
        units=(
            Unit(id="city", parent_id=None, name="小城市", level="prefecture"),
            Unit(id="county-1", parent_id="city", name="东县", level="county"),
            Unit(id="county-2", parent_id="city", name="西县", level="county"),
        ),
        places=places,
        compounds=(
            Compound(
                id="yard", place=by_id["office"], work_start_s=30_600, work_end_s=64_800, unit_id="city"
            ),
        ),
        rider_groups=(RiderGroup(id="g1", home=by_id["school"], count=3, compound_id="yard"),),
        shuttle_stops=(by_id["hospital"],),
        vehicle_types=(kind,),
        cars=cars,
        buses=(),
        emergency_vehicles=(ambulance,),
        drivers=(Driver(id="driver-1", unit_id="county-1", licences=frozenset({"C1"})),),
        fixed_drivers=(("car-1", "driver-1"),),
        driver_names=(("driver-1", "王师傅"),),
        depots=(Depot(place_id="base", spaces=2),),
        requests=(
            _car_request("r1", 32_400, "office", "school", "county-1"),
            _car_request("r2", 36_000, "hospital", "office", "county-2"),
        ),
        incidents=(
            Incident(
                id="i1", kind="medical", priority=Priority.P0, place_id="school", reported_s=34_500,
                needs=(Need(skill="ambulance"),),
            ),
        ),
        fleet_state=(FleetState(vehicle_id="amb-1", place_id="office", at_s=34_000, status="returning"),),
        closures=(Closure(id="c1", name="塌方", edges=(1, 2), end_s=50_000),),
    )  # fmt: skip


@pytest.fixture(scope="session")
def town_plan(town: Prefecture) -> Judged:
    """Car 1 drives both requests: base → office → school → hospital → office → base, eight kilometres."""
    problem = Problem(
        name="公务用车", date=town.date, synthetic=True, places=town.places, vehicle_types=town.vehicle_types,
        vehicles=town.cars, drivers=town.drivers, depots=town.depots, requests=town.requests,
        travel=_town_travel(),
    )  # fmt: skip

    def visit(request_id: str, stop: int, place_id: str, *times_s: int) -> Visit:
        arrival_s, start_s, depart_s = times_s
        return Visit(
            request_id=request_id, stop=stop, place_id=place_id, arrival_s=arrival_s, start_s=start_s,
            depart_s=depart_s,
        )  # fmt: skip

    route = Route(
        vehicle_id="car-1",
        driver_id="driver-1",
        start_place_id="base",
        end_place_id="base",
        start_s=32_300,
        end_s=36_460,
        visits=(
            visit("r1", 0, "office", 32_400, 32_400, 32_460),
            visit("r1", 1, "school", 32_560, 32_560, 32_560),
            visit("r2", 0, "hospital", 32_660, 36_000, 36_060),
            visit("r2", 1, "office", 36_260, 36_260, 36_260),
        ),
        distance_m=6_000,
        drive_s=600,
    )
    schedule = Schedule(routes=(route,), engine="by hand")
    return Judged(
        kind="cars",
        problem=problem,
        problem_hash=problem_hash(problem),
        schedule=schedule,
        bill=price(problem, schedule, idle=False),
        paths={"car-1": (None, _line(), None, None, None)},
    )


def _line() -> DrivenPath:
    return DrivenPath(
        profile="car", edges=(0,), entry_s=(32_460.0,), depart_s=32_460, arrive_s=32_560, distance_m=1000,
        start_offset_m=0, end_offset_m=1000, lon=(103.82, 103.83), lat=(25.5, 25.5),
    )  # fmt: skip


@pytest.fixture
def stored_town(database: Engine, town: Prefecture) -> Engine:
    """A database that holds the town and its day."""
    with writing(database) as session:
        session.add(
            MapRow(
                id=MAP_ID, source="tiny.osm", path="tiny.osm", version="v1", synthetic=True, node_count=4,
                edge_count=6, west=103.8, south=25.5, east=103.83, north=25.5, report={},
                attribution="© OpenStreetMap contributors, ODbL 1.0", added_at=datetime.now(UTC),
            )
        )  # fmt: skip
        session.flush()
        save_prefecture(
            session, town, map_id=MAP_ID, time_zone="Asia/Shanghai", closure_geometries={"c1": CLOSED}
        )
    return database
