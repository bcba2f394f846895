"""A driver sick at 06:40: one command plans the shuttle and the cars anew, both judged, priced and saved."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from optimizer import cars
from optimizer.model import ALL_DAY, Driver, Problem, Request, Stop, StopOption, TimeWindow
from service.database import open_database, reading, writing
from service.kinds import CARS, MORNING
from service.rows import PlanRow, VehicleRow
from service.store.demand import get_day
from service.store.fleet import save_drivers
from service.store.plans import load_schedule, publish
from service.store.prefecture import load_prefecture
from service.store.scope import EVERYTHING
from service.use_cases.judging import judge
from service.use_cases.roads import Roads
from tests.service.own_town import Run, StoredTown

A1, C1 = frozenset({"A1"}), frozenset({"C1"})
PEOPLE = (("d1", "王师傅", A1), ("d2", "李师傅", A1), ("d3", "赵师傅", C1))


@pytest.fixture
def paiche(paiche: Run, streets: StoredTown) -> Run:
    """Run the command line on the database of the streets."""
    return lambda *arguments: paiche(*arguments, "--database", streets.database)


def employ(streets: StoredTown, people: tuple[tuple[str, str, frozenset[str]], ...]) -> None:
    """Let the first drive the bus and car 1, always; the others are spare."""
    engine = open_database(f"sqlite:///{streets.database}")
    with writing(engine) as session:
        drivers = [Driver(id=i, licences=licences) for i, _, licences in people]
        save_drivers(session, drivers, "city", {i: name for i, name, _ in people})
        for row in session.scalars(select(VehicleRow).where(VehicleRow.id.in_(["bus-1", "car-1"]))):
            row.fixed_driver_id = "d1"
    engine.dispose()


def shuttle_runs(streets: StoredTown, cache: Path) -> None:
    """Publish a line from one stop to the compound, there at 08:00."""
    engine = open_database(f"sqlite:///{streets.database}")
    with reading(engine) as session:
        day = load_prefecture(session, EVERYTHING, get_day(session, EVERYTHING))
    roads = Roads(streets.map_file, cache_folder=cache)
    places = [p for p in day.places if p.id in {"base", "stop-1", "office"}]
    at_work = TimeWindow(start_s=28_500, end_s=28_800)
    board = StopOption(place_id="stop-1", window=TimeWindow(start_s=27_000, end_s=ALL_DAY.end_s))
    riders = Request(
        id="shuttles_morning/1",
        stops=(
            Stop(options=(board,), load=(8,)),
            Stop(options=(StopOption(place_id="office", window=at_work),), load=(-8,)),
        ),
    )
    problem = Problem(
        date=day.date, places=tuple(places), vehicle_types=day.vehicle_types[:], vehicles=day.buses,
        depots=day.depots, requests=(riders,), travel=roads.travel(["bus"], places), versions=roads.versions,
    )  # fmt: skip
    judged = judge({MORNING: (problem, cars.plan(problem))}, roads)
    with writing(engine) as session:
        publish(session, get_day(session, EVERYTHING), judged[MORNING])
    engine.dispose()


def saved(streets: StoredTown, kind: str) -> PlanRow:
    engine = open_database(f"sqlite:///{streets.database}")
    with reading(engine) as session:
        found = session.scalars(select(PlanRow).where(PlanRow.kind == kind).order_by(PlanRow.number)).all()
        session.expunge_all()
    engine.dispose()
    return found[-1]


def sheet(folder: Path) -> Path:
    rows = ["编号,用车时间,人数,出发地,目的地", "甲,7:40,1,水务局,一号院", "乙,7:40,1,水务局,一号院"]
    (folder / "表.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder / "表.csv"


def test_one_command_relieves_him_in_bus_and_car(
    paiche: Run, streets: StoredTown, streets_cache: Path, tmp_path: Path
) -> None:
    employ(streets, PEOPLE)
    file = sheet(tmp_path)
    assert paiche("plan", "cars", "--requests", file)[0] == 0
    # He is on the bus when the cars leave only once the shuttle is planned: then car 1 stays.
    shuttle_runs(streets, streets_cache)
    code, shown, error = paiche("plan", "cars", "--requests", file)
    assert code == 0, error
    assert "没有可用驾驶员" in shown or "当时另有任务" in shown
    code, shown, error = paiche(
        "replan", "--planned", file, "--at", "06:40", "--driver-out", "王师傅", "--out", tmp_path / "out"
    )
    assert code == 0, error
    assert "由 李师傅 代驾，时刻不变" in shown
    shuttle, by_car = saved(streets, MORNING), saved(streets, CARS)
    assert (shuttle.number, shuttle.status, shuttle.violation_count) == (2, "draft", 0)
    assert [r.driver_id for r in load_schedule(shuttle).routes] == ["d2"]
    assert shuttle.objective_fen > 0
    assert by_car.violation_count == 0
    # With him gone, car 1 is driven by the spare driver who is not on the bus.
    assert {r.driver_id for r in load_schedule(by_car).routes if r.vehicle_id == "car-1"} == {"d3"}
    orders = (tmp_path / "out" / "orders.csv").read_text(encoding="utf-8-sig").splitlines()
    relieved = [row for row in csv.reader(orders) if "班车代驾" in row]
    assert [(row[2], row[3], row[6]) for row in relieved] == [("云D55555", "李师傅", "8")]


def test_a_bus_that_nobody_else_may_drive_is_named_by_the_judge(
    paiche: Run, streets: StoredTown, streets_cache: Path, tmp_path: Path
) -> None:
    employ(streets, (PEOPLE[0], PEOPLE[2]))
    shuttle_runs(streets, streets_cache)
    file = sheet(tmp_path)
    assert paiche("plan", "cars", "--requests", file)[0] == 0
    code, shown, _ = paiche("replan", "--planned", file, "--at", "06:40", "--driver-out", "王师傅")
    assert code == 1
    assert "没有准驾相符且有空的替班驾驶员" in shown
    assert "驾驶员 d1 已有任务" in shown
    assert saved(streets, MORNING).violation_count == 1
