"""The whole day, as a user runs it: from a map to the ledger, the documents and the service."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import gtfs_guru
import jsonschema
import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import text

from service.cli import app as cli
from service.database import open_database
from service.exchange.documents import load_plans, load_problems
from service.exchange.schemas import schemas

SUMMARY_KEYS = {
    "synthetic": None,
    "map": {"source", "nodes", "edges"},
    "shuttles": {"riders", "served", "lines", "buses", "violations", "cost_fen"},
    "cars": {"requests", "served", "unserved", "vehicles_used", "violations", "cost_fen"},
    "emergency": {"incidents", "dispatched", "closures", "violations"},
    "ledger": {"trips", "total_fen"},
    "scenarios": None,
    "contracts": None,
    "seconds": None,
}
KINDS = {"shuttles_morning", "shuttles_evening", "cars", "emergency"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What one run left behind."""

    out: Path
    data: Path
    summary: dict[str, Any]

    def document(self, name: str) -> dict[str, Any]:
        """Read one of its documents."""
        found: dict[str, Any] = json.loads((self.out / name).read_text(encoding="utf-8"))
        return found


def _run_demo(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Demo:
    for name in ("DATABASE_URL", "TIME_ZONE"):
        monkeypatch.delenv(f"PAICHE_{name}", raising=False)
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(folder / "data"))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(folder / "cache"))
    out = folder / "out"
    code = cli.run(["demo", "--no-serve", "--out", str(out), *map(str, arguments)])
    assert code == 0
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return Demo(out=out, data=folder / "data", summary=summary)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The synthetic prefecture of size s."""
    with pytest.MonkeyPatch.context() as patch:
        yield _run_demo(tmp_path_factory.mktemp("small"), patch, "--size", "s", "--seed", "1")


@pytest.fixture(scope="module")
def guixi(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Demo]:
    """A real county town."""
    extract = shared_data / "osm" / "cn_guixi_jiangxi.osm"
    if not extract.exists():
        pytest.skip(f"no extract of Guixi at {extract}")
    with pytest.MonkeyPatch.context() as patch:
        yield _run_demo(tmp_path_factory.mktemp("guixi"), patch, "--osm", extract)


@pytest.fixture(params=["small", "guixi"])
def demo(request: pytest.FixtureRequest) -> Demo:
    """Each of the two days."""
    found: Demo = request.getfixturevalue(request.param)
    return found


def test_the_summary_has_the_agreed_keys(demo: Demo) -> None:
    assert set(demo.summary) == set(SUMMARY_KEYS)
    for name, keys in SUMMARY_KEYS.items():
        assert keys is None or set(demo.summary[name]) == keys
    assert all(set(change) == {"name", "saving_fen", "unserved"} for change in demo.summary["scenarios"])
    contracts = demo.summary["contracts"]
    assert [c["total_fen"] for c in contracts] == sorted(c["total_fen"] for c in contracts)
    assert {"round_trip", "month", "year", "own_diesel"} <= {c["id"] for c in contracts}
    assert demo.summary["seconds"]["total"] > 0


def test_every_document_holds_to_its_schema(demo: Demo) -> None:
    for name in ("problem", "schedule", "summary"):
        jsonschema.Draft202012Validator(schemas()[name]).validate(demo.document(f"{name}.json"))


def test_neither_judge_finds_anything(demo: Demo) -> None:
    assert [demo.summary[part]["violations"] for part in ("shuttles", "cars", "emergency")] == [0, 0, 0]
    plans = demo.document("schedule.json")["plans"]
    assert {kind: plan["violations"] for kind, plan in plans.items()} == {kind: [] for kind in KINDS}


def test_nine_of_ten_are_served_and_the_rest_have_reasons(demo: Demo) -> None:
    shuttles, cars = demo.summary["shuttles"], demo.summary["cars"]
    assert shuttles["served"] >= 0.9 * shuttles["riders"] > 0
    assert cars["served"] >= 0.9 * cars["requests"] > 0
    assert len(cars["unserved"]) == cars["requests"] - cars["served"]
    assert all(left["reason"] for left in cars["unserved"])
    assert demo.summary["emergency"]["dispatched"] >= 1


def test_the_ledger_is_the_sum_of_the_plans_and_of_the_trips_cost_lines(demo: Demo) -> None:
    plans = demo.document("schedule.json")["plans"]
    assert all(
        plan["cost_fen"] == sum(line["amount_fen"] for line in plan["lines"]) for plan in plans.values()
    )
    total_fen = sum(plan["cost_fen"] for plan in plans.values())
    assert demo.summary["ledger"]["total_fen"] == total_fen
    assert demo.summary["shuttles"]["cost_fen"] + demo.summary["cars"]["cost_fen"] < total_fen


def test_the_database_holds_every_trip_to_the_fen(small: Demo) -> None:
    engine = open_database(f"sqlite:///{small.data / 'demo.sqlite3'}")
    with engine.connect() as connection:

        def one(statement: str) -> int:
            return int(connection.execute(text(statement)).scalar_one())

        ledger = small.summary["ledger"]
        assert one("SELECT SUM(amount_fen) FROM ledger_entries") == ledger["total_fen"]
        assert one("SELECT SUM(amount_fen) FROM cost_lines WHERE basis = 'actual'") == ledger["total_fen"]
        assert one("SELECT COUNT(*) FROM trips WHERE status = 'SETTLED'") == ledger["trips"]
        assert one("SELECT COUNT(*) FROM trips WHERE actual_m <> planned_m") == 0
        served = "SELECT COUNT(DISTINCT request_id) FROM order_requests JOIN requests ON id = request_id"
        assert one(f"{served} WHERE plan_kind = 'cars'") == small.summary["cars"]["served"]
        planned = sum(
            route["distance_m"]
            for plan in small.document("schedule.json")["plans"].values()
            for route in plan["schedule"]["routes"]
        )
        assert one("SELECT SUM(planned_m) FROM trips") == planned
    engine.dispose()


def test_the_documents_can_be_judged_again_from_themselves(
    demo: Demo, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plan", "check", str(demo.out)]) == 0
    assert "核对结果" in capfd.readouterr().out
    assert load_problems(demo.out / "problem.json").keys() == KINDS


def _spoil(folder: Path, demo: Demo, name: str, change: Any) -> Path:
    shutil.copytree(demo.out, folder, dirs_exist_ok=True)
    document = demo.document(name)
    change(document["plans"]["cars"])
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return folder


def _double_id(plan: dict[str, Any]) -> None:
    plan["requests"][1]["id"] = plan["requests"][0]["id"]


def _negative_seats(plan: dict[str, Any]) -> None:
    plan["vehicle_types"][0]["capacity"] = [-4]


def _window_backwards(plan: dict[str, Any]) -> None:
    plan["requests"][0]["stops"][0]["options"][0]["window"] = {"start_s": 36_000, "end_s": 32_000}


@pytest.mark.parametrize(
    ("change", "named"), [(_double_id, "重复"), (_negative_seats, "-4"), (_window_backwards, "申请")]
)
def test_a_problem_that_contradicts_itself_is_one_line(
    small: Demo, tmp_path: Path, capfd: pytest.CaptureFixture[str], change: Any, named: str
) -> None:
    assert cli.run(["plan", "check", str(_spoil(tmp_path, small, "problem.json", change))]) == 1
    error = capfd.readouterr().err
    assert named in error
    assert error.count("\n") == 1


def _late(plan: dict[str, Any]) -> None:
    visit = plan["schedule"]["routes"][0]["visits"][0]
    visit["start_s"], visit["depart_s"] = visit["depart_s"] + 60, visit["start_s"]


def test_a_plan_with_times_out_of_order_is_faulted(
    small: Demo, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plan", "check", str(_spoil(tmp_path, small, "schedule.json", _late))]) == 1
    shown = capfd.readouterr()
    assert shown.err == ""
    assert "公务用车：" in shown.out


def test_the_map_layers_say_where_they_are_from_and_show_no_home(demo: Demo) -> None:
    layers = demo.document("map.geojson")
    assert layers["synthetic"] is True
    assert layers["attribution"]
    seen = {feature["properties"]["layer"] for feature in layers["features"]}
    assert seen == {"closure", "stop", "compound", "incident", "vehicle", "drive"}
    for feature in layers["features"]:
        about = feature["properties"]
        if about["layer"] == "drive":
            assert len(about["entry_s"]) == len(about["edges"]) > 0
            assert about["entry_s"] == sorted(about["entry_s"])
            assert about["arrive_s"] <= about["due_s"] + 2


def test_an_outside_validator_accepts_the_feed_of_the_lines(demo: Demo) -> None:
    judged = gtfs_guru.validate(str(demo.out / "gtfs.zip"))
    assert [f"{found.code}: {found.message}" for found in judged.errors()] == []
    with zipfile.ZipFile(demo.out / "gtfs.zip") as feed:
        trips = feed.read("trips.txt").decode().splitlines()[1:]
    assert len(trips) == demo.summary["shuttles"]["lines"]
    assert not [trip for trip in trips if trip.endswith(",")]  # each has its shape


def test_the_timetables_name_every_line_and_every_stop_in_every_document(demo: Demo) -> None:
    lines = [f for f in demo.document("lines.geojson")["features"] if f["properties"]["layer"] == "line"]
    names = {feature["properties"]["name"] for feature in lines}
    stops = {stop.split(" ", 1)[1] for feature in lines for stop in feature["properties"]["stops"]}
    assert len(lines) == len(names) == demo.summary["shuttles"]["lines"]
    printed = _squeezed(*(page.extract_text() for page in PdfReader(demo.out / "timetables.pdf").pages))
    page = _squeezed(unescape((demo.out / "lines.html").read_text(encoding="utf-8")))
    book = openpyxl.load_workbook(demo.out / "timetables.xlsx")
    cells = {str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row}
    for name in names | stops:
        assert _squeezed(name) in printed
        assert _squeezed(name) in page
        assert name in cells
    assert names <= set(book.sheetnames)
    assert any(sheet.startswith("合同比较") for sheet in book.sheetnames)


def test_what_is_posted_names_no_group_of_riders(demo: Demo) -> None:
    cards = "".join(page.extract_text() for page in PdfReader(demo.out / "notices.pdf").pages)
    assert "开车" in cards
    texts = [
        cards,
        *((demo.out / name).read_text(encoding="utf-8") for name in ("lines.html", "lines.geojson")),
    ]
    assert not [text for text in texts if "riders-" in text]


def _squeezed(*texts: str) -> str:
    return "".join("".join(texts).split())


def test_real_roads_name_openstreetmap(guixi: Demo) -> None:
    assert "OpenStreetMap" in guixi.document("map.geojson")["attribution"]
    assert guixi.summary["map"]["source"] == "cn_guixi_jiangxi.osm"


def test_the_picture_is_a_png_of_some_size(demo: Demo) -> None:
    picture = (demo.out / "map.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 100_000


def test_a_second_run_gives_the_same_plans_and_replaces_the_files_whole(
    small: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "out" / "summary.json").write_text("old", encoding="utf-8")
    again = _run_demo(tmp_path, monkeypatch, "--size", "s", "--seed", "1")
    assert again.document("problem.json") == small.document("problem.json")
    before, after = (load_plans(d.out / "schedule.json") for d in (small, again))
    assert {kind: plan.schedule for kind, plan in before.items()} == {
        kind: plan.schedule for kind, plan in after.items()
    }
    assert (again.out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not list(again.out.glob(".paiche-*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["costs"], "合计"),
        (["costs", "--by", "vehicle", "--limit", "3"], "只列出 3"),
        (["costs", "--by", "unit"], "单位"),
        (["costs", "--by", "account"], "里程"),
        (["plan", "shuttles"], "2026-09-15-shuttles_morning-2"),
        (["plan", "cars"], "2026-09-15-cars-2"),
        (["dispatch"], "2026-09-15-emergency-2"),
        (["scenario", "compare"], "拼车"),
        (["map", "show"], "synthetic-s-1"),
    ],
)
def test_the_commands_work_on_the_demo_day(
    small: Demo,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(small.data))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(small.data.parent / "cache"))
    assert cli.run([*arguments, "--database", "demo"]) == 0
    assert said in capfd.readouterr().out


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _fetch(address: str, server: subprocess.Popen[str]) -> bytes:
    for _ in range(600):
        try:
            with urlopen(address, timeout=60) as answer:
                body: bytes = answer.read()
                return body
        except URLError:
            assert server.poll() is None, "the service ended"
            time.sleep(0.1)
    pytest.fail("the service did not answer")


def test_the_demo_day_is_served_and_stops_politely(small: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(small.data))
    port = _free_port()
    program = "from service.cli import main; main()"
    arguments = ["serve", "--database", "demo", "--port", str(port)]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert json.loads(_fetch(f"http://127.0.0.1:{port}/healthz", server))["status"] == "ok"
        day = json.loads(_fetch(f"http://127.0.0.1:{port}/v1/day", server))
        assert len(day["trips"]) <= small.summary["ledger"]["trips"]
        assert {plan["kind"] for plan in day["plans"]} == KINDS
        assert json.loads(_fetch(f"http://127.0.0.1:{port}/v1/day.geojson", server))["features"]
        server.send_signal(signal.SIGINT)
        shown, error = server.communicate(timeout=60)
    assert server.returncode == 0
    assert str(port) in shown
    assert error == ""


def _asked_of(demo: Demo, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(demo.data))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(demo.data.parent / "cache"))
    return cli.run([*map(str, arguments), "--database", "demo"])


def test_the_planned_day_survives_what_happens_and_finds_places_for_late_requests(
    small: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    problem, plan = load_problems(small.out / "problem.json"), load_plans(small.out / "schedule.json")
    routes = sorted(plan["cars"].schedule.routes, key=lambda r: len(r.visits), reverse=True)
    driver, last = routes[1].driver_id, routes[2].visits[-1].request_id
    out = tmp_path / "changed"
    told = ["--at", "10:00", "--breakdown", routes[0].vehicle_id, "--driver-out", driver, "--cancel", last]
    assert _asked_of(small, monkeypatch, "replan", *told, "--out", out) == 0
    changed = load_plans(out / "schedule.json")["cars"].schedule
    broken = [r for r in changed.routes if r.vehicle_id == routes[0].vehicle_id]
    assert all(v.start_s <= 36_000 for r in broken for v in r.visits)
    his = [r for r in changed.routes if r.driver_id == driver]
    begun = {v.request_id for v in routes[1].visits if v.start_s < 36_000}
    assert {v.request_id for r in his for v in r.visits if v.stop == 0 and v.start_s > 39_600} <= begun
    stayed = {r.vehicle_id: r for r in routes[3:] if r.visits[0].start_s < 36_000}
    now = {r.vehicle_id: r for r in changed.routes}
    assert stayed
    assert all(now[v].visits[0] == route.visits[0] for v, route in stayed.items())
    assert "违规 0 处" in capfd.readouterr().out
    # A late request between two places of the day, and one that nobody knows.
    places = {p.id: p for p in problem["cars"].places}
    a, b = (places[v.place_id] for v in routes[3].visits[:2])
    sheet = tmp_path / "late.csv"
    sheet.write_text(
        f'编号,出发时间,人数,出发地,目的地\nL1,15:00,2,"{a.lon},{a.lat}","{b.lon},{b.lat}"\n',
        encoding="utf-8",
    )
    assert _asked_of(small, monkeypatch, "offers", "--requests", sheet, "--at", "10:00") == 0
    said = capfd.readouterr().out
    assert "L1" in said
    assert "能承担的车" in said
    assert _asked_of(small, monkeypatch, "replan", "--at", "10:00", "--breakdown", "云A00000") != 0
    assert "当天没有车辆 '云A00000'" in capfd.readouterr().err
