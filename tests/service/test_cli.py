"""Every expected failure of the command line is one line that names the value and loses nothing."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from service.cli import app as cli
from service.cli.failures import FAILED_CODE, INTERRUPTED_CODE, UNEXPECTED_CODE, USAGE_CODE
from service.database import open_database, prepare

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a user with empty folders."""
    for name in ("DATABASE_URL", "HOST", "PORT", "TIME_ZONE"):
        monkeypatch.delenv(f"PAICHE_{name}", raising=False)
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def paiche(home: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process; gives its code and both streams."""
    del home  # only set up

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.run([str(argument) for argument in arguments])
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return run


def _one_line(error: str) -> str:
    """Return the line, after the steps that had been done, of a failure."""
    assert "Traceback" not in error
    lines = [line for line in error.splitlines() if not re.match(r"\s+\d+\.\d s  ", line)]
    assert len(lines) == 1, error
    assert lines[0].startswith("paiche: ")
    return lines[0]


def test_help_is_chinese_first_and_names_every_command(paiche: Run) -> None:
    code, shown, error = paiche("--help")
    assert (code, error) == (0, "")
    for word in ("派车", "demo", "plan", "dispatch", "costs", "scenario", "map", "serve"):
        assert word in shown
    assert paiche("plan", "--help")[0] == 0


def test_version_is_shown(paiche: Run) -> None:
    assert paiche("--version")[1].startswith("paiche ")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["demo", "--size", "xl"], "xl"),
        (["demo", "--seed", "-1"], "-1"),
        (["demo", "--seed", "one"], "one"),
        (["serve", "--port", "70000"], "70000"),
        (["costs", "--by", "colour"], "colour"),
        (["costs", "--date", "12.5.2026"], "12.5.2026"),
        (["plan", "trains"], "trains"),
        (["plan", "shuttles", "--detour", "0.5"], "0.5"),
        (["fly"], "fly"),
        (["map", "add"], "--place"),
        (["map", "add", "a.osm", "--place", "曲靖市"], "--place"),
    ],
)
def test_wrong_use_is_one_line_that_names_the_value(paiche: Run, arguments: list[str], named: str) -> None:
    code, _, error = paiche(*arguments)
    assert code == USAGE_CODE
    assert named in _one_line(error)


OSM_HEAD = '<?xml version="1.0"?>\n<osm version="0.6">\n'
OSM_NODES = '<node id="1" lat="25.5" lon="103.8"/><node id="2" lat="25.51" lon="103.8"/>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm.pbf", b""),
        ("empty.osm", b""),
        ("letter.osm.pbf", b"Dear colleagues, " * 50),
        ("cut.osm", (OSM_HEAD + OSM_NODES).encode()),
        ("cut.osm.gz", b"\x1f\x8b\x08\x00half"),
        ("houses.osm", (OSM_HEAD + OSM_NODES + "</osm>").encode()),
        ("roads.txt", b"roads"),
    ],
)
@pytest.mark.parametrize("command", ["add", "demo"])
def test_a_map_file_that_cannot_be_used_is_named(
    paiche: Run, home: Path, command: str, name: str, content: bytes
) -> None:
    file = home / name
    file.write_bytes(content)
    arguments = ["map", "add", file] if command == "add" else ["demo", "--no-serve", "--osm", file]
    code, _, error = paiche(*arguments)
    assert code == FAILED_CODE
    assert name in _one_line(error)
    assert file.read_bytes() == content


def test_a_map_file_that_is_not_there_is_named(paiche: Run, home: Path) -> None:
    code, _, error = paiche("map", "add", home / "nowhere.osm.pbf")
    assert code == FAILED_CODE
    assert "nowhere.osm.pbf" in _one_line(error)


@pytest.mark.parametrize(
    "box",
    [
        "103.7,25.4,103.9",
        "25.4,103.7,25.6,103.9",
        "103.9,25.4,103.7,25.6",
        "a,b,c,d",
        "nan,25,104,26",
        "1,1,1,1",
    ],
)
def test_a_box_that_is_none_or_is_swapped_is_named(paiche: Run, box: str) -> None:
    code, _, error = paiche("map", "add", "--box", box)
    assert code == FAILED_CODE
    assert box in _one_line(error)


def test_a_map_is_added_once_and_listed(paiche: Run, helsinki_pbf: Path, home: Path) -> None:
    code, shown, _ = paiche("map", "add", helsinki_pbf)
    assert code == 0
    assert "已读取" in shown
    assert paiche("map", "add", helsinki_pbf)[0] == 0
    code, shown, _ = paiche("map", "show")
    assert (code, shown.count("Helsinki")) == (0, 1)
    assert "OpenStreetMap" in shown
    assert len(list((home / "data" / "maps").iterdir())) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["costs"],
        ["plan", "cars"],
        ["plan", "shuttles"],
        ["dispatch"],
        ["scenario", "compare"],
        ["map", "show"],
    ],
)
def test_commands_that_need_a_day_say_where_to_get_one(paiche: Run, home: Path, arguments: list[str]) -> None:
    code, _, error = paiche(*arguments)
    assert code == FAILED_CODE
    assert "paiche demo" in _one_line(error)
    assert not (home / "data" / "paiche.sqlite3").exists()


def test_an_empty_database_has_no_day(paiche: Run, home: Path) -> None:
    engine = open_database(f"sqlite:///{home / 'empty.sqlite3'}")
    prepare(engine)
    engine.dispose()
    code, _, error = paiche("plan", "cars", "--database", home / "empty.sqlite3")
    assert code == FAILED_CODE
    assert "还没有任何一天" in _one_line(error)


@pytest.mark.parametrize(
    "command", [["costs"], ["map", "show"], ["serve", "--port", "0"], ["demo", "--no-serve"]]
)
def test_a_broken_database_is_named_and_left_as_it_is(paiche: Run, home: Path, command: list[str]) -> None:
    if command[0] == "serve":
        command = ["serve", "--port", str(_free_port())]
    path = home / "broken.sqlite3"
    path.write_bytes(b"SQLite format 3\x00" + b"\x00" * 3_000)
    before = path.read_bytes()
    code, _, error = paiche(*command, "--database", path)
    assert code == FAILED_CODE
    assert "broken.sqlite3" in _one_line(error)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_as_it_is(paiche: Run, home: Path) -> None:
    path = home / "guests.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE guests (name TEXT)")
    connection.close()
    for command in (["demo", "--no-serve"], ["costs"], ["map", "add", path]):
        code, _, error = paiche(*command, "--database", path)
        assert code == FAILED_CODE
        assert "guests" in _one_line(error)


@pytest.mark.parametrize("url", ["mysql://x/y", "no://where", "postgresql://127.0.0.1:1/none"])
def test_a_database_address_that_does_not_work_is_named(paiche: Run, url: str) -> None:
    code, _, error = paiche("costs", "--database", url)
    assert code == FAILED_CODE
    assert url.split("//")[1][:6] in _one_line(error)


@pytest.mark.parametrize("inner", ["file/out", "file"])
def test_an_output_folder_that_cannot_be_is_refused_before_any_work(
    paiche: Run, home: Path, inner: str
) -> None:
    (home / "file").write_text("not a folder", encoding="utf-8")
    code, _, error = paiche("demo", "--no-serve", "--out", home / inner)
    assert code == FAILED_CODE
    assert inner in _one_line(error)
    assert (home / "file").read_text(encoding="utf-8") == "not a folder"


def test_a_data_folder_that_cannot_be_is_named(
    paiche: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(home / "file"))
    code, _, error = paiche("serve", "--port", _free_port())
    assert code == FAILED_CODE
    assert str(home / "file") in _one_line(error)


@pytest.mark.parametrize("command", [["serve"], ["demo"]])
def test_a_port_in_use_is_named_with_the_way_out_before_any_work(
    paiche: Run, home: Path, command: list[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, error = paiche(*command, "--port", port)
    assert code == FAILED_CODE
    line = _one_line(error)
    assert f"端口 {port} 已被占用" in line
    assert "--port" in line
    assert not (home / "data").exists()


def test_a_host_that_is_not_ours_is_named(paiche: Run) -> None:
    code, _, error = paiche("serve", "--host", "192.0.2.1", "--port", _free_port())
    assert code == FAILED_CODE
    assert "192.0.2.1" in _one_line(error)


def test_a_setting_that_cannot_be_names_its_variable(paiche: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAICHE_PORT", "eighty")
    code, _, error = paiche("serve")
    assert code == FAILED_CODE
    assert "PAICHE_PORT='eighty'" in _one_line(error)


def test_what_nobody_expected_is_one_line_and_a_log(
    paiche: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        message = "the\nroof fell in"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("service.database.require_present", fail)
    code, _, error = paiche("costs")
    assert code == UNEXPECTED_CODE
    log = home / "data" / "logs" / "paiche.log"
    assert str(log) in _one_line(error)
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_an_interruption_is_one_line(paiche: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("service.database.require_present", interrupt)
    code, _, error = paiche("costs")
    assert code == INTERRUPTED_CODE
    assert "已中断" in _one_line(error)


def test_the_installed_command_fails_in_one_line_too(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", "costs", "--database", home / "no.db"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == FAILED_CODE
    assert "no.db" in _one_line(done.stderr)


def test_the_last_demo_stays_when_the_next_one_fails(paiche: Run, home: Path) -> None:
    kept = home / "data" / "demo.sqlite3"
    kept.parent.mkdir()
    kept.write_bytes(b"the last demo")
    assert paiche("demo", "--no-serve", "--osm", home / "none.osm")[0] == FAILED_CODE
    assert kept.read_bytes() == b"the last demo"
    assert {path.name for path in kept.parent.iterdir() if path.is_file()} <= {"demo.sqlite3", "demo.lock"}


def test_a_second_demo_at_the_same_time_is_kept_out(paiche: Run, home: Path) -> None:
    (home / "data").mkdir()
    with FileLock(home / "data" / "demo.lock"):
        code, _, error = paiche("demo", "--no-serve")
    assert code == FAILED_CODE
    assert "另一个演示正在写" in _one_line(error)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_a_correction_that_cannot_be_understood_is_named(paiche: Run, helsinki_pbf: Path, home: Path) -> None:
    rows = home / "corrections.csv"
    rows.write_text("kind,way\nfly_over,12\n", encoding="utf-8")
    code, _, error = paiche("map", "add", helsinki_pbf, "--corrections", rows)
    assert code == FAILED_CODE
    assert "fly_over" in _one_line(error)
    assert not (home / "data" / "maps").exists()


def test_field_maps_are_for_vector_files_only(paiche: Run, helsinki_pbf: Path, home: Path) -> None:
    code, _, error = paiche("map", "add", helsinki_pbf, "--crs", "EPSG:4490")
    assert code == FAILED_CODE
    assert "--crs" in _one_line(error)
    code, _, error = paiche("map", "add", _town_roads(home), "--field-map", "highway")
    assert code == FAILED_CODE
    assert "'highway'" in _one_line(error)


def _town_roads(folder: Path) -> Path:
    lines = [[[103.80, 25.50], [103.81, 25.50]], [[103.81, 25.50], [103.81, 25.51]]]
    features = [
        {
            "type": "Feature",
            "properties": {"等级": "primary", "名称": f"路{i}"},
            "geometry": {"type": "LineString", "coordinates": line},
        }
        for i, line in enumerate(lines)
    ]
    path = folder / "town.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_roads_of_a_vector_file_are_added_with_a_field_map(paiche: Run, home: Path) -> None:
    arguments = [
        "map",
        "add",
        _town_roads(home),
        "--field-map",
        "highway=等级,name=名称",
        "--crs",
        "EPSG:4326",
    ]
    code, shown, error = paiche(*arguments)
    assert (code, "Traceback" in error) == (0, False)
    assert "town.geojson" in shown
    assert "town.geojson" in paiche("map", "show")[1]
