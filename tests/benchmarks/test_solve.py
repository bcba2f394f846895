"""`python -m benchmarks solve`: one JSON object for any family, exit codes, errors in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main

KEYS = [
    "instance", "family", "objective", "cost", "vehicles", "feasible", "bound", "gap_to_best_known",
    "seconds", "setup_seconds", "iterations", "routes", "vehicle_types", "depots", "faults",
]  # fmt: skip

# Four customers on a line, ten units apart, the depot at 0; vehicles hold two.
CVRP = """NAME: line
DIMENSION: 5
EDGE_WEIGHT_TYPE: EUC_2D
CAPACITY: 2
NODE_COORD_SECTION
1 0 0
2 10 0
3 20 0
4 30 0
5 40 0
DEMAND_SECTION
1 0
2 1
3 1
4 1
5 1
DEPOT_SECTION
1
-1
EOF
"""
CVRP_SOLUTION = "Route #1: 1 2\nRoute #2: 3 4\nCost 120\n"

# The same customers; one large vehicle at 300 and a cheap small one: all with the large, 80 × 100 + 300.
HFVRP = CVRP.replace("CAPACITY: 2\n", "").replace(
    "DEPOT_SECTION",
    "CAPACITY_SECTION\n1 1\n2 4\nVEHICLES_FIXED_COST_SECTION\n1 100\n2 300\n"
    "VEHICLES_UNIT_DISTANCE_COST_SECTION\n1 100\n2 100\nDEPOT_SECTION",
)

SOLOMON = """LINE

VEHICLE
NUMBER     CAPACITY
  4         2

CUSTOMER
CUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE

    0  0 0 0 0 200 0
    1 10 0 1 0 200 5
    2 20 0 1 0 200 5
    3 30 0 1 0 200 5
    4 40 0 1 0 200 5
"""

LI_LIM = """2 2 1
0 0 0 0 0 200 0 0 0
1 10 0 1 0 200 5 0 2
2 20 0 -1 0 200 5 1 0
3 30 0 1 0 200 5 0 4
4 40 0 -1 0 200 5 3 0
"""

# Requests 1 → 3 and 2 → 4, one vehicle of three seats; rides of at most 30.
DARP = """1 4 480 3 30
0 0 0 0 0 0 1440
1 10 0 1 1 0 1440
2 20 0 1 1 0 1440
3 30 0 1 -1 0 1440
4 40 0 1 -1 0 1440
"""


def solved(capsys: pytest.CaptureFixture[str], path: Path, *more: str, code: int = 0) -> dict[str, Any]:
    assert main(["solve", str(path), "--iterations", "300", "--seed", "1", "--json", *more]) == code
    out, err = capsys.readouterr()
    assert err == ""
    row: dict[str, Any] = json.loads(out)
    assert list(row) == KEYS
    assert row["seconds"] >= 0
    assert row["setup_seconds"] >= 0
    assert row["iterations"] == 300
    return row


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_cvrp_is_solved_in_the_numbering_of_its_solution(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    written(tmp_path, "line.sol", CVRP_SOLUTION)
    row = solved(capsys, written(tmp_path, "line.vrp", CVRP))
    assert (row["family"], row["objective"], row["cost"], row["feasible"]) == ("cvrp", "distance", 120, True)
    assert sorted(sorted(route) for route in row["routes"]) == [[1, 2], [3, 4]]
    assert (row["vehicles"], row["gap_to_best_known"], row["bound"]) == (2, 0, None)
    assert (row["vehicle_types"], row["depots"]) == ([0, 0], [])


def test_a_mixed_fleet_names_the_type_of_each_route(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    row = solved(capsys, written(tmp_path, "line.vrp", HFVRP))
    assert (row["family"], row["cost"], row["vehicle_types"]) == ("hfvrp", 80 * 100 + 300, [1])
    assert sorted(row["routes"][0]) == [1, 2, 3, 4]
    assert row["gap_to_best_known"] is None


def test_windows_count_vehicles_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    best = {"line": {"best_known_cost": 100, "solved_with_vehicles": 2}}
    written(tmp_path, "BKS.json", json.dumps(best))
    path = written(tmp_path, "line.txt", SOLOMON)
    row = solved(capsys, path)
    assert (row["instance"], row["family"], row["objective"]) == ("LINE", "vrptw", "vehicles")
    assert (row["vehicles"], row["cost"], row["gap_to_best_known"]) == (2, 120, 20)
    assert solved(capsys, path, "--objective", "distance")["objective"] == "distance"


def test_no_gap_is_told_where_the_fleets_differ(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    written(tmp_path, "BKS.json", json.dumps({"line": {"best_known_cost": 100, "solved_with_vehicles": 1}}))
    assert solved(capsys, written(tmp_path, "line.txt", SOLOMON))["gap_to_best_known"] is None


def test_pickups_and_deliveries_keep_the_numbers_of_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    row = solved(capsys, written(tmp_path, "line.txt", LI_LIM))
    assert (row["family"], row["objective"], row["cost"]) == ("pdptw", "vehicles", 80)
    assert row["routes"] == [[1, 2, 3, 4]]


def test_rides_are_numbered_i_and_n_plus_i(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    row = solved(capsys, written(tmp_path, "line.txt", DARP))
    assert (row["family"], row["objective"], row["cost"], row["vehicles"]) == ("darp", "distance", 80, 1)
    assert row["routes"] == [[1, 2, 3, 4]]


def test_the_same_seed_and_iterations_print_the_same_routes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = written(tmp_path, "line.txt", SOLOMON)
    assert solved(capsys, path)["routes"] == solved(capsys, path)["routes"]


def test_without_json_a_sentence_is_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    written(tmp_path, "line.sol", CVRP_SOLUTION)
    assert main(["solve", str(written(tmp_path, "line.vrp", CVRP)), "--iterations", "50"]) == 0
    assert capsys.readouterr().out.startswith("line: cost 120.00, 2 vehicles, +0.00 %, feasible, ")


def test_an_answer_that_breaks_a_rule_ends_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    impossible = DARP.replace("0 0 0 0 0 0 1440", "0 0 0 0 0 0 60")  # the way to 4 and back takes 84
    row = solved(capsys, written(tmp_path, "line.txt", impossible), code=1)
    assert not row["feasible"]
    assert "is not served" in row["faults"][0]
    assert row["gap_to_best_known"] is None


GARBLED = {
    "empty.vrp": "",
    "empty.txt": "",
    "words.txt": "once upon\na time\n",
    "cut.vrp": CVRP.split("4 30 0", maxsplit=1)[0],
    "uncounted.vrp": CVRP.replace("5 40 0\n", "").replace("5 1\n", ""),
    "letters.vrp": CVRP.replace("2 10 0", "2 ten 0"),
    "no_capacity.vrp": CVRP.replace("CAPACITY: 2\n", ""),
    "nan.vrp": CVRP.replace("2 10 0", "2 nan 0"),
    "huge.vrp": CVRP.replace("2 10 0", "2 1e12 0"),
    "cut.txt": DARP.split("3 30", maxsplit=1)[0],
    "letters.txt": DARP.replace("2 20", "2 x"),
    "one_end.txt": LI_LIM.split("4 40", maxsplit=1)[0],
    "unlike.txt": LI_LIM.replace("2 20 0 -1", "2 20 0 -2"),
    "no_cars.txt": SOLOMON.replace("  4         2", "  0         2"),
    "depot_only.txt": SOLOMON.split("    1 10", maxsplit=1)[0],
    "cut.inp": "2 3 1 1\n0 0\n",
    "letters.inp": "2 3 one 1\n",
    "not_a.zip": "hello",
}


@pytest.mark.parametrize("name", GARBLED)
def test_a_garbled_file_is_named_in_one_line(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = written(tmp_path, name, GARBLED[name])
    assert main(["solve", str(path), "--iterations", "5", "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert path.stem in err or "line" in err


def test_a_missing_file_is_named_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["solve", str(tmp_path / "nowhere.vrp"), "--iterations", "5"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "nowhere.vrp: no such file" in err


SCHOOLS = "ID\tX\tY\tAMEARLY\tAMLATE\n8\t0\t0\t800\t830\n9\t0\t0\t900\t930\n"
SCHOOL_STOPS = """ID\tX_COORD\tY_COORD\tEP_ID\tSTUDENT_COUNT
1\t2933\t0\t8\t40
2\t5866\t0\t8\t20
3\t2933\t0\t9\t40
4\t5866\t0\t9\t20
"""


def test_one_school_bus_serves_two_schools_an_hour_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    written(tmp_path, "Stops.txt", SCHOOL_STOPS)
    written(tmp_path, "Schools.txt", SCHOOLS)
    row = solved(capsys, tmp_path)
    assert (row["family"], row["objective"], row["feasible"]) == ("sbrp", "vehicles", True)
    assert (row["cost"], row["vehicles"], row["bound"]) == (1, 1, 1)
    assert row["routes"] == [[2, 1, 8, 4, 3, 9]]


def test_a_short_ride_limit_needs_more_school_buses(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    written(tmp_path, "Stops.txt", SCHOOL_STOPS)
    written(tmp_path, "Schools.txt", SCHOOLS)
    # Both stops of a school take 200 s of driving, 38 s of standing and 156 s of boarding: 394 s.
    assert solved(capsys, tmp_path, "--max-ride", "394")["vehicles"] == 1
    assert solved(capsys, tmp_path, "--max-ride", "393")["vehicles"] == 2
    row = solved(capsys, tmp_path, "--max-ride", "250", code=1)  # stop 2 alone takes 271 s
    assert row["faults"] == ["stop 2 is not served", "stop 4 is not served"]


@pytest.mark.parametrize(
    ("stops", "schools", "named"),
    [
        (SCHOOL_STOPS.replace("\t9\t40", "\t7\t40"), SCHOOLS, "stop 3 belongs to school 7"),
        (SCHOOL_STOPS.replace("\t9\t40", "\t9\t0"), SCHOOLS, "0 students at stop 3"),
        (SCHOOL_STOPS.replace("5866", "nan"), SCHOOLS, "not numbers of feet"),
        (SCHOOL_STOPS.replace("4\t5866", "3\t5866"), SCHOOLS, "stands twice"),
        (SCHOOL_STOPS, SCHOOLS.replace("900", "9900"), "no time of day"),
        (SCHOOL_STOPS, SCHOOLS.replace("900", "nine"), "damaged"),
        (SCHOOL_STOPS.replace("EP_ID", "SCHOOL"), SCHOOLS, "expected the columns"),
    ],
)
def test_damaged_school_files_are_named_in_one_line(
    stops: str, schools: str, named: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    written(tmp_path, "Stops.txt", stops)
    written(tmp_path, "Schools.txt", schools)
    assert main(["solve", str(tmp_path), "--iterations", "5"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert named in err


def test_a_vehicle_schedule_is_solved_with_a_bound(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trips = written(tmp_path, "two.inp", "1 2 2\n-1 5 5\n6 -1 1\n6 -1 -1\n")
    assert main(["solve", str(trips), "--iterations", "5", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["family"], row["cost"], row["bound"], row["feasible"]) == ("mdvsp", 12, 12, True)
    assert (row["routes"], row["depots"]) == ([[0, 1]], [0])


def test_trips_that_no_vehicle_is_left_for_are_told_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trips = written(tmp_path, "two.inp", "1 2 1\n-1 5 5\n6 -1 -1\n6 -1 -1\n")
    assert main(["solve", str(trips), "--iterations", "5", "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "two: no plan found serves all 2 trips; 1 are left" in err


@pytest.mark.parametrize("limit", [("--seconds", "0"), ("--iterations", "-3"), ("--seconds", "soon"), ()])
def test_a_limit_that_is_none_is_refused(
    limit: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["solve", str(written(tmp_path, "line.vrp", CVRP)), *limit])
    assert ended.value.code == 2
    assert "--seconds" in capsys.readouterr().err.splitlines()[-1] or limit[0] == "--iterations"
