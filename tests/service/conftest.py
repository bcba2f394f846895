"""Both databases for every test of the store: SQLite in a file, a real PostgreSQL where one is installed."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from service.database import open_database, prepare


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


def _new_postgresql(folder: Path) -> str:
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


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


@pytest.fixture
def database(empty_database: Engine) -> Engine:
    """An engine over a database with the present tables and no rows."""
    prepare(empty_database)
    return empty_database
