"""The database: one engine per URL, sessions that read and sessions that write, and its state.

SQLite runs in WAL mode with foreign keys on; writers take the write lock at once (`BEGIN IMMEDIATE`), so that
two of them queue up instead of failing half-way. PostgreSQL needs none of this.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from service.errors import DatabaseDamaged, DatabaseError, DatabaseForeign, DatabaseNewer
from service.words import why

BUSY_TIMEOUT_MS: Final = 15_000
BACKENDS: Final = frozenset({"sqlite", "postgresql"})
WRITES: Final = "paiche_writes"
_TROUBLES: Final = {
    "database disk image is malformed": "内容已损坏或不完整",
    "file is not a database": "不是数据库文件",
    "unable to open database file": "无法打开或建立",
    "attempt to write a readonly database": "只读",
    "database is locked": "正被另一个程序长时间占用",
    "database or disk is full": "磁盘已满",
    "disk I/O error": "读写磁盘出错",
}
"""What SQLite says, in the words of the people who read it."""


def open_database(url: str) -> Engine:
    """Make an engine for `url`; nothing is read or written yet, but an SQLite file's folder is made.

    Raises
    ------
    DatabaseError
        The URL is none, its driver is unknown, or the folder cannot be made.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    _make_folder(parsed)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Session over one consistent state; what it changes is thrown away."""
    with _explained(engine), Session(engine) as session:
        yield session
        session.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Session that commits everything at its end, or nothing."""
    with (
        _explained(engine),
        Session(engine.execution_options(**{WRITES: True})) as session,
        session.begin(),
    ):
        yield session


def prepare(engine: Engine) -> str:
    """Bring an empty or older database to the present tables; return what was found.

    The migrations run in one transaction: a database is never left half-written by us.

    Returns
    -------
    str
        `"empty"`, `"older"` or `"present"`.

    Raises
    ------
    DatabaseForeign, DatabaseNewer, DatabaseDamaged
        It is not ours, or not one that we can read; it is left as it is.
    """
    from service.migrations import run

    with _explained(engine):
        found = state(engine)
        if found != "present":
            with engine.execution_options(**{WRITES: True}).begin() as connection:
                run.upgrade(connection)
        elif engine.dialect.name == "sqlite":
            _probe_write(engine)
    return found


def require_present(engine: Engine) -> None:
    """Raise unless the database exists with the present tables; never makes one."""
    path = sqlite_path(engine.url)
    if path is not None and not path.exists():
        message = f"没有数据库 {path}；请先运行 paiche demo 或 paiche serve，或用 --database 指定另一个"
        raise DatabaseError(message)
    with _explained(engine):
        found = state(engine)
    if found != "present":
        name = {"empty": "是空的", "older": "由较早的版本写成"}[found]
        message = f"数据库 {label(engine.url)} {name}；请先运行 paiche serve 或 paiche demo 让它更新"
        raise DatabaseError(message)


def state(engine: Engine) -> str:
    """`"empty"`, `"older"` or `"present"`; anything else is an error that says what was found."""
    from service.migrations import run

    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        versions = _versions(connection, tables)
    if tables <= {"alembic_version"} and not versions:
        return "empty"
    if len(versions) != 1:
        raise DatabaseForeign(_foreign(engine.url, tables))
    (version,) = versions
    if version not in run.revisions():
        shown = f"数据库 {label(engine.url)} 由更新的版本写成（{version}）"
        message = f"{shown}；请升级 paiche，或用 --database 指定另一个"
        raise DatabaseNewer(message)
    if version != run.head():
        return "older"
    if lacking := run.tables() - tables:
        shown = f"数据库 {label(engine.url)} 不完整，缺少 {', '.join(sorted(lacking))}"
        message = f"{shown}；请从备份恢复，或用 --database 指定另一个"
        raise DatabaseDamaged(message)
    return "present"


def label(url: URL) -> str:
    """Show the database to people: its file, or its URL without the password."""
    path = sqlite_path(url)
    return str(path) if path is not None else url.render_as_string(hide_password=True)


def sqlite_path(url: URL) -> Path | None:
    """File of an SQLite URL; None for servers and for memory."""
    named = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if named else None


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        known = parsed.get_backend_name() in BACKENDS and bool(parsed.get_dialect())
    except (ArgumentError, NoSuchModuleError, ValueError):
        known = False
    if not known:
        shown = re.sub(r":[^:@/]*@", ":***@", url)  # never a password
        message = (
            f"不认识的数据库地址 {shown!r}；请用 sqlite:////路径/文件.sqlite3 或 postgresql://用户@主机/库名"
        )
        raise DatabaseError(message)
    return parsed


def _make_folder(url: URL) -> None:
    path = sqlite_path(url)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = (
            f"数据库文件夹 {path.parent} 无法建立（{why(error)}）；"
            "请用 PAICHE_DATA_FOLDER 或 PAICHE_DATABASE_URL 指定可写的位置"
        )
        raise DatabaseError(message) from None


def _prepare_sqlite(connection: Any, record: Any) -> None:
    del record
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    # With these on, INSERT OR REPLACE fires the triggers that guard the ledger.
    cursor.execute("PRAGMA recursive_triggers=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _probe_write(engine: Engine) -> None:
    with engine.execution_options(**{WRITES: True}).connect() as connection:
        connection.execute(text("SELECT 1"))


def _versions(connection: Connection, tables: set[str]) -> list[str]:
    if "alembic_version" not in tables:
        return []
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _foreign(url: URL, tables: set[str]) -> str:
    shown = ", ".join(sorted(tables)[:3])
    return (
        f"数据库 {label(url)} 里有不属于 paiche 的表（{shown} 等 {len(tables)} 个）或建库未完成；"
        "没有改动它，请用 --database 或 PAICHE_DATABASE_URL 指定另一个"
    )


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """Turn the driver's own troubles (not our broken rules) into one line."""
    try:
        yield
    except DBAPIError as error:
        if not _is_trouble(error):
            raise
        said = str(error.orig).strip().splitlines()[0]
        reason = next((words for begin, words in _TROUBLES.items() if said.startswith(begin)), said)
        message = (
            f"数据库 {label(engine.url)} 无法使用（{reason}）；没有改动它，"
            "请检查文件和权限、从备份恢复，或用 --database 指定另一个"
        )
        raise DatabaseDamaged(message) from error


def _is_trouble(error: DBAPIError) -> bool:
    return type(error).__name__ in {"OperationalError", "DatabaseError", "InterfaceError", "InternalError"}
