"""Readers and the instance checker: published solutions cost what is printed, corrupted ones are faulted."""

from pathlib import Path

import numpy as np
import pytest
from ortools.sat.python import cp_model

from benchmarks.instances import read
from benchmarks.instances.cvrplib import read_solution
from benchmarks.instances.values import (
    FleetGroup,
    InstanceError,
    RoutingInstance,
    ScheduleInstance,
    School,
    SchoolInstance,
    SchoolStop,
)
from benchmarks.solve import judge, solve
from benchmarks.verify import verify


@pytest.fixture
def instances(shared_data: Path) -> Path:
    return shared_data / "benchmarks"


def line(*, gaps: int = 4, **changes: object) -> RoutingInstance:
    """Nodes 0…gaps on a line, one unit apart; node i asks for 1."""
    x = np.arange(gaps + 1.0)
    n = len(x)
    fields: dict[str, object] = {
        "name": "line",
        "family": "cvrp",
        "distance": np.abs(x[:, None] - x[None, :]),
        "demand": np.array([0] + [1] * gaps),
        "ready": np.zeros(n),
        "due": np.full(n, 100.0),
        "service": np.zeros(n),
        "fleet": (FleetGroup(capacity=2, count=4),),
    }
    return RoutingInstance(**(fields | changes))  # type: ignore[arg-type]


def test_a_published_cvrp_solution_costs_what_was_published(instances: Path) -> None:
    for path in sorted((instances / "cvrp_x").glob("*.vrp")):
        instance = read(path)
        routes, cost = read_solution(path.with_suffix(".sol"))
        verdict = verify(instance, routes)
        assert verdict.feasible, verdict.faults
        assert verdict.cost == cost == instance.best.cost  # type: ignore[union-attr]


def test_published_mixed_fleet_solutions_are_feasible_and_near_the_printed_cost(instances: Path) -> None:
    for path in sorted((instances / "hfvrp_x").glob("*.vrp")):
        instance = read(path)
        assert isinstance(instance, RoutingInstance)
        assert instance.best is not None
        routes, printed = read_solution(path.with_suffix(".sol"))
        kinds = [kind for kind, group in enumerate(instance.fleet) for _ in range(group.count)]
        verdict = verify(instance, routes, vehicle_types=kinds[: len(routes)])
        assert verdict.feasible, verdict.faults
        assert verdict.cost == instance.best.cost
        scale = 100.0 if printed < 1e6 else 1e-3
        assert verdict.cost == pytest.approx(printed * scale, rel=1e-3)


@pytest.mark.parametrize(
    ("folder", "file", "nodes", "vehicles", "cost"),
    [
        ("vrptw/solomon", "R207.txt", 101, 2, 893.33),
        ("vrptw/homberger_200", "r2_2_6.txt", 201, 4, 2913.03),
        ("pdptw/li_lim_100", "lrc207.txt", 103, 3, 1062.05),
        ("darp", "a4-48.txt", 97, None, 668.82),
        ("darp", "R3a.txt", 145, None, 532.00),
    ],
)
def test_best_known_values_belong_to_their_files(
    instances: Path, folder: str, file: str, nodes: int, vehicles: int | None, cost: float
) -> None:
    instance = read(instances / folder / file)
    assert isinstance(instance, RoutingInstance)
    assert instance.size == nodes
    assert instance.best is not None
    assert (instance.best.vehicles, instance.best.cost) == (vehicles, cost)


def test_pairs_point_from_pickup_to_delivery(instances: Path) -> None:
    for file in ("pdptw/li_lim_100/lc103.txt", "darp/b3-30.txt"):
        instance = read(instances / file)
        assert isinstance(instance, RoutingInstance)
        assert 2 * len(instance.pairs) == instance.size - 1
        assert all(instance.demand[p] == -instance.demand[d] > 0 for p, d in instance.pairs)


@pytest.mark.parametrize(
    "pattern", ["cvrp_x/*.vrp", "hfvrp_x/*.vrp", "vrptw/*/*.txt", "pdptw/*/*.txt", "darp/*.txt"]
)
def test_every_instance_of_a_family_is_read_with_its_best_known_value(instances: Path, pattern: str) -> None:
    paths = sorted(instances.glob(pattern))
    assert len(paths) >= 10
    for path in paths:
        instance = read(path)
        assert isinstance(instance, RoutingInstance)
        assert instance.best is not None, path.name
        assert instance.best.cost > 0
        assert (instance.best.vehicles is not None) == instance.vehicles_first


def test_every_school_and_schedule_is_read(instances: Path) -> None:
    folders = sorted(path for path in (instances / "sbrp_park").iterdir() if path.is_dir())
    schools = [read(path) for path in folders]
    assert len(schools) == 8
    assert all(isinstance(s, SchoolInstance) and s.best and s.stops and s.schools for s in schools)
    for path in sorted([*instances.glob("mdvsp_small/*.zip"), *instances.glob("mdvsp_pepin/*.inp")]):
        schedule = read(path)
        assert isinstance(schedule, ScheduleInstance)
        assert schedule.best is not None, path.name
        assert schedule.pull_out.shape == schedule.pull_in.shape == (len(schedule.vehicles), schedule.trips)
        assert (schedule.pull_out >= 0).all()


def test_school_buses_and_vehicle_schedules_are_read(instances: Path) -> None:
    school = read(instances / "sbrp_park" / "RSRB01", max_ride_s=2_700)
    assert isinstance(school, SchoolInstance)
    assert school.best is not None
    assert school.best.vehicles == 31
    pepin = read(instances / "mdvsp_pepin" / "m4n500s0.inp")
    zipped = read(instances / "mdvsp_small" / "n50m2s0.zip")
    located = read(instances / "mdvsp_euc" / "GD-4-1000-0.txt")
    assert isinstance(pepin, ScheduleInstance)
    assert isinstance(zipped, ScheduleInstance)
    assert isinstance(located, ScheduleInstance)
    assert (pepin.trips, len(pepin.vehicles), pepin.proven_bound) == (500, 4, 1_289_114)
    assert (zipped.trips, zipped.vehicles) == (50, (15, 13))
    assert (located.trips, len(located.vehicles)) == (1_000, 4)
    assert (located.pull_out >= 500).all()


def test_every_corruption_of_routes_is_faulted() -> None:
    town = line()
    assert verify(town, [[1, 2], [3, 4]]).feasible
    assert verify(town, [[1, 2], [3, 4]]).cost == 4.0 + 8.0
    for wrong in ([[1, 2], [3]], [[1, 2], [3, 4], [4]], [[1, 2, 3], [4]], [[1, 2], [3, 9]]):
        assert not verify(town, wrong).feasible


def test_windows_and_service_are_kept_to_the_second() -> None:
    town = line(
        ready=np.array([0, 0, 0, 0, 0.0]), service=np.array([0, 2, 2, 2, 2.0]), due=np.array([12.0] * 5)
    )
    assert verify(town, [[1, 2], [3, 4]]).feasible  # 3 + 2 + 1 + 2 + 4 = 12
    late = line(service=np.array([0, 2, 2, 2, 2.0]), due=np.array([11.9] * 5))
    assert not verify(late, [[1, 2], [3, 4]]).feasible


def test_a_ride_limit_may_need_a_later_pickup_to_hold() -> None:
    # delivery at 2 opens at 50: leaving the pickup at once means a ride of 49, waiting there makes it 1
    town = line(
        gaps=2,
        demand=np.array([0, 1, -1]),
        pairs=((1, 2),),
        ready=np.array([0, 0, 50.0]),
        max_ride=1.0,
    )
    assert verify(town, [[1, 2]]).feasible
    early = line(
        gaps=2,
        demand=np.array([0, 1, -1]),
        pairs=((1, 2),),
        ready=np.array([0, 0, 50.0]),
        due=np.array([100, 40, 100.0]),
        max_ride=1.0,
    )
    assert not verify(early, [[1, 2]]).feasible
    assert not verify(town, [[2, 1]]).feasible


def test_a_route_longer_than_its_limit_is_faulted() -> None:
    assert verify(line(max_route=8.0), [[1, 2], [3, 4]]).feasible
    assert not verify(line(max_route=7.9), [[1, 2], [3, 4]]).feasible


@pytest.mark.parametrize(
    ("types", "fault"),
    [
        ([1, 0], "load 2 over 1"),
        ([0, 0], "2 vehicles of type 0, the fleet has 1"),
        ([0, 5], "type 5 does not exist"),
        ([0, -1], "type -1 does not exist"),
        ([0], "1 types for 2 routes"),
    ],
)
def test_a_wrong_vehicle_type_is_faulted(types: list[int], fault: str) -> None:
    town = line(
        gaps=3,
        fleet=(FleetGroup(capacity=2, count=1, fixed=10), FleetGroup(capacity=1, count=2, per_distance=2)),
    )
    good = verify(town, [[1, 2], [3]], vehicle_types=[0, 1])
    assert (good.faults, good.cost) == ((), 10 + 4 + 2 * 6)
    assert any(fault in found for found in verify(town, [[1, 2], [3]], vehicle_types=types).faults)


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([[1, 3, 2, 4], []], ""),
        ([[3, 1, 2, 4]], "3 is served before its pickup 1"),
        ([[1, 2, 4], [3]], "pair 1–3 is split"),
        ([[1, 3, 2]], "4 is not served"),
        ([[1, 3, 2, 4, 4]], "4 is served 2 times"),
        ([[1, 2, 3, 4]], "load 2 over 1"),
    ],
)
def test_pairs_in_the_wrong_order_split_or_too_many_are_faulted(routes: list[list[int]], fault: str) -> None:
    town = line(
        demand=np.array([0, 1, 1, -1, -1]),
        pairs=((1, 3), (2, 4)),
        fleet=(FleetGroup(capacity=1, count=4),),
    )
    faults = verify(town, routes).faults
    assert any(fault in found for found in faults) if fault else faults == ()


TRIPS = ScheduleInstance(  # trip 1 may follow trip 0, trip 2 either
    name="three",
    pull_out=np.array([[5, 6, 7], [50, 60, 70]]),
    pull_in=np.array([[1, 2, 3], [10, 20, 30]]),
    link=np.array([[-1, 4, 9], [-1, -1, 8], [-1, -1, -1]]),
    vehicles=(1, 2),
)


def test_a_vehicle_schedule_costs_its_pulls_and_links() -> None:
    verdict = verify(TRIPS, [[0, 1], [2]], depots=[0, 1])
    assert (verdict.faults, verdict.cost, verdict.vehicles) == ((), 5 + 4 + 2 + 70 + 30, 2)


@pytest.mark.parametrize(
    ("routes", "depots", "fault"),
    [
        ([[0, 1]], [0], "2 is not served"),
        ([[0, 1], [1, 2]], [0, 1], "1 is served 2 times"),
        ([[1, 0], [2]], [0, 1], "trip 0 cannot follow trip 1"),
        ([[0, 1], [2]], [0, 0], "2 vehicles from depot 0, it has 1"),
        ([[0, 1], [2]], [0, 7], "depot 7 does not exist"),
        ([[0, 1], [2]], [0], "1 depots for 2 routes"),
        ([[0, 1], [2, 3]], [0, 1], "3 does not exist"),
    ],
)
def test_a_corrupted_vehicle_schedule_is_faulted(
    routes: list[list[int]], depots: list[int], fault: str
) -> None:
    assert any(fault in found for found in verify(TRIPS, routes, depots=depots).faults)


def buses(*, max_ride_s: float = 2_700.0, students: int = 10, later_s: float = 900.0) -> SchoolInstance:
    """Two schools a hundred seconds apart, two stops each of which is ten seconds from its school."""
    second_ft = 29.33
    schools = (
        School(id=8, x=0.0, y=0.0, early_s=30_000.0, late_s=31_000.0),
        School(id=9, x=100 * second_ft, y=0.0, early_s=30_000.0 + later_s, late_s=32_000.0),
    )
    stops = tuple(
        SchoolStop(id=number, x=x * second_ft, y=10 * second_ft, school_id=school_id, students=students)
        for number, x, school_id in ((1, 0, 8), (2, 20, 8), (3, 100, 9), (4, 80, 9))
    )
    return SchoolInstance(name="buses", stops=stops, schools=schools, max_ride_s=max_ride_s)


def test_one_bus_may_serve_two_schools_where_the_bells_are_far_enough_apart() -> None:
    day = [[2, 1, 8, 4, 3, 9]]
    verdict = verify(buses(), day)
    assert (verdict.faults, verdict.vehicles, verdict.cost) == ((), 1, 1)
    # ride: 2 × (19 + 2.6 × 10) + 20 + 10; then 154.4 to drop off before the bell; 90 to the next first stop
    needed_s = 154.4 + 2 * 45 + 30 + 90
    assert verify(buses(later_s=needed_s), day).feasible
    assert not verify(buses(later_s=needed_s - 1), day).feasible
    assert verify(buses(later_s=needed_s - 1), [[2, 1, 8], [4, 3, 9]]).feasible


@pytest.mark.parametrize(
    ("day", "changes", "fault"),
    [
        ([[2, 1, 8, 3, 9]], {}, "stop 4 is not served"),
        ([[2, 1, 8, 4, 3, 3, 9]], {}, "stop 3 is served 2 times"),
        ([[2, 1, 8, 4, 3]], {}, "does not end at a school"),
        ([[2, 8, 1, 4, 3, 9]], {}, "stop 1 belongs to school 8"),
        ([[2, 1, 8, 4, 3, 9]], {"students": 34}, "68 students on 66 seats"),
        ([[2, 1, 8, 4, 3, 9]], {"max_ride_s": 119.0}, "ride of 120.0 s to school 8 over 119 s"),
    ],
)
def test_a_corrupted_school_day_is_faulted(
    day: list[list[int]], changes: dict[str, float], fault: str
) -> None:
    assert any(fault in found for found in verify(buses(**changes), day).faults)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("file", "iterations"),
    [
        ("vrptw/solomon/C105.txt", 3_000),
        ("vrptw/solomon/C201.txt", 3_000),
        ("pdptw/li_lim_100/lc207.txt", 6_000),
        ("darp/a2-20.txt", 4_000),
        ("darp/b2-16.txt", 4_000),
    ],
)
def test_the_published_optimum_of_an_easy_instance_is_reached_and_costs_what_was_published(
    instances: Path, file: str, iterations: int
) -> None:
    """So reader, metric, limits and checker mean what the authors of the figures meant."""
    instance = read(instances / file)
    assert instance.best is not None
    answer = solve(instance, seconds=None, iterations=iterations, seed=1)
    verdict = judge(instance, answer)
    assert verdict.feasible, verdict.faults
    assert round(verdict.cost, 2) == instance.best.cost
    assert instance.best.vehicles in {None, verdict.vehicles}


@pytest.mark.parametrize("file", ["n50m2s0.zip", "n50m3s0.zip"])
def test_the_optimum_of_a_small_vehicle_schedule_is_the_published_one(instances: Path, file: str) -> None:
    """A textbook flow for each depot, solved exactly, apart from all of our own planners."""
    instance = read(instances / "mdvsp_small" / file)
    assert isinstance(instance, ScheduleInstance)
    assert instance.best is not None
    routes, depots = _optimum(instance)
    verdict = verify(instance, routes, depots=depots)
    assert verdict.feasible, verdict.faults
    assert verdict.cost == instance.best.cost == instance.proven_bound


def _optimum(instance: ScheduleInstance) -> tuple[list[list[int]], list[int]]:
    model = cp_model.CpModel()
    n, depots = instance.trips, len(instance.vehicles)
    links = [(a, b) for a in range(n) for b in range(n) if instance.link[a, b] >= 0]
    step = {(d, a, b): model.new_bool_var("") for d in range(depots) for a, b in links}
    out, home = ({(d, t): model.new_bool_var("") for d in range(depots) for t in range(n)} for _ in range(2))
    for t in range(n):
        model.add_exactly_one(
            *(out[d, t] for d in range(depots)), *(step[key] for key in step if key[2] == t)
        )
        for d in range(depots):
            model.add(
                out[d, t] + sum(step[d, a, b] for a, b in links if b == t)
                == home[d, t] + sum(step[d, a, b] for a, b in links if a == t)
            )
    for d, count in enumerate(instance.vehicles):
        model.add(sum(out[d, t] for t in range(n)) <= count)
    model.minimize(
        sum(int(instance.pull_out[key]) * x for key, x in out.items())
        + sum(int(instance.pull_in[key]) * x for key, x in home.items())
        + sum(int(instance.link[a, b]) * x for (_, a, b), x in step.items())
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    after = {(d, a): b for (d, a, b), x in step.items() if solver.value(x)}
    routes, homes = [], []
    for (d, t), x in out.items():
        if solver.value(x):
            route = [t]
            while (d, route[-1]) in after:
                route.append(after[d, route[-1]])
            routes.append(route)
            homes.append(d)
    return routes, homes


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    for name, text in (
        ("a.vrp", "NAME: a\n"),
        ("b.txt", "hello\n"),
        ("c.inp", "2 3 1 1\n0 0\n"),
        ("d.txt", ""),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(InstanceError, match=name):
            read(tmp_path / name)
    with pytest.raises(InstanceError, match=r"missing\.txt"):
        read(tmp_path / "missing.txt")
