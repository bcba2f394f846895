"""Broken files, folders, boxes and databases through the command line: one line, a way out, nothing lost."""

import json
import re
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import osmnx
import pytest

from service.cli import app as cli
from service.cli.failures import FAILED_CODE
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
    del home

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.run([str(argument) for argument in arguments])
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def obstacle(home: Path) -> Path:
    """A file where a folder should be: nobody, root neither, can write into it."""
    path = home / "file"
    path.write_text("mine", encoding="utf-8")
    return path


@pytest.fixture
def overpass(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A map service on the loopback that knows of no road anywhere."""

    class Nothing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            content = json.dumps({"elements": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Nothing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setattr(osmnx.settings, "overpass_url", f"http://127.0.0.1:{server.server_port}/api")
    monkeypatch.setattr(osmnx.settings, "overpass_rate_limit", False)
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)  # osmnx replaces it
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def one_line(error: str) -> str:
    """Return the failure, after the steps that had been taken."""
    assert "Traceback" not in error
    (line,) = [line for line in error.splitlines() if not re.match(r"\s+\d+\.\d s  ", line)]
    assert line.startswith("paiche: ")
    return line


@pytest.mark.parametrize("command", ["add", "demo"])
def test_half_of_a_real_extract_is_named_with_the_way_out(
    paiche: Run, home: Path, helsinki_pbf: Path, command: str
) -> None:
    whole = helsinki_pbf.read_bytes()
    file = home / "half.osm.pbf"
    file.write_bytes(whole[: len(whole) // 2])
    arguments = ("map", "add", file) if command == "add" else ("demo", "--no-serve", "--osm", file)
    code, _, error = paiche(*arguments)
    assert code == FAILED_CODE
    assert "half.osm.pbf" in one_line(error)
    assert "请重新下载或另选文件" in error
    assert not (home / "data" / "demo.sqlite3").exists()


@pytest.mark.usefixtures("overpass")
def test_a_box_without_roads_is_named_with_the_way_out(paiche: Run, home: Path) -> None:
    code, _, error = paiche("map", "add", "--box", "110.50,18.00,110.51,18.01")
    assert code == FAILED_CODE
    line = one_line(error)
    assert "110.5" in line
    assert "此范围内没有道路，请扩大范围" in line
    assert list((home / "data").rglob("*.pbf")) == []


def test_a_data_folder_that_cannot_be_written_is_known_before_the_map_is_read(
    paiche: Run, home: Path, obstacle: Path, helsinki_pbf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(obstacle))
    code, _, error = paiche("map", "add", helsinki_pbf, "--database", home / "maps.sqlite3")
    assert code == FAILED_CODE
    assert str(obstacle) in one_line(error)
    assert "PAICHE_DATA_FOLDER" in error
    assert "读取地图" not in error
    assert obstacle.read_text(encoding="utf-8") == "mine"


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(
    paiche: Run, obstacle: Path, helsinki_pbf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(obstacle))
    code, shown, _ = paiche("map", "add", helsinki_pbf)
    assert code == 0
    assert f"无法写入缓存 / cannot keep the network in '{obstacle}'" in shown
    assert obstacle.read_text(encoding="utf-8") == "mine"


def test_a_database_in_a_folder_that_cannot_be_is_named(paiche: Run, obstacle: Path) -> None:
    code, _, error = paiche("costs", "--database", obstacle / "inner" / "a.sqlite3")
    assert code == FAILED_CODE
    assert str(obstacle / "inner") in one_line(error)
    assert "PAICHE_DATA_FOLDER" in error


def _prepared(path: Path) -> None:
    engine = open_database(f"sqlite:///{path}")
    prepare(engine)
    engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _without_a_table(path: Path) -> None:
    _change(path, "DROP TABLE trip_paths")


def _without_its_version(path: Path) -> None:
    _change(path, "DELETE FROM alembic_version")


def _of_tomorrow(path: Path) -> None:
    _change(path, "UPDATE alembic_version SET version_num = '9999'")


def _cut_in_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_without_a_table, "缺少 trip_paths"),
        (_without_its_version, "建库未完成"),
        (_of_tomorrow, "9999"),
        (_cut_in_half, "已损坏或不完整"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [("costs",), ("plan", "cars"), ("dispatch",), ("map", "show"), ("demo", "--no-serve")],
    ids=lambda command: command[0],
)
def test_a_half_written_database_is_named_and_left_as_it_is(
    paiche: Run, home: Path, spoil: Callable[[Path], None], said: str, command: tuple[str, ...]
) -> None:
    path = home / "half.sqlite3"
    _prepared(path)
    spoil(path)
    before = path.read_bytes()
    code, _, error = paiche(*command, "--database", path)
    assert code == FAILED_CODE
    line = one_line(error)
    assert "half.sqlite3" in line
    assert said in line
    assert "--database" in line, "the way out"
    assert path.read_bytes() == before


def test_a_database_held_by_somebody_else_is_waited_for_and_then_named(
    paiche: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.database.BUSY_TIMEOUT_MS", 50)
    path = home / "held.sqlite3"
    _prepared(path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code, _, error = paiche("demo", "--no-serve", "--database", path)
    holder.close()
    assert code == FAILED_CODE
    assert "正被另一个程序长时间占用" in one_line(error)
