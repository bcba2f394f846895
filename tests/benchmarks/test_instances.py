"""Readers and the instance checker: published solutions cost what is printed, corrupted ones are faulted."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.instances import read
from benchmarks.instances.cvrplib import read_solution
from benchmarks.instances.values import (
    FleetGroup,
    InstanceError,
    RoutingInstance,
    ScheduleInstance,
    SchoolInstance,
)
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
