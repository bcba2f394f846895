"""The tables go forward and back on both databases, and are what the rows say."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from service.database import WRITES, open_database, prepare, require_present
from service.errors import DatabaseDamaged, DatabaseError, DatabaseForeign, DatabaseNewer
from service.migrations import run
from service.rows import Row


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_an_empty_database_gets_every_table_once(empty_database: Engine) -> None:
    assert prepare(empty_database) == "empty"
    assert prepare(empty_database) == "present"
    assert _tables(empty_database) == set(Row.metadata.tables)


def test_the_migrations_make_exactly_what_the_rows_say(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_the_migrations_go_back_to_nothing_and_forward_again(database: Engine) -> None:
    with database.execution_options(**{WRITES: True}).begin() as connection:
        run.downgrade(connection, "base")
    assert _tables(database) == set()
    assert prepare(database) == "empty"
    assert _tables(database) == set(Row.metadata.tables)


def test_a_migration_that_fails_half_way_leaves_nothing(
    empty_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upgrade_then_stop(connection: object) -> None:
        original(connection)  # type: ignore[arg-type]
        message = "power cut"
        raise RuntimeError(message)

    original = run.upgrade
    monkeypatch.setattr(run, "upgrade", upgrade_then_stop)
    with pytest.raises(RuntimeError, match="power cut"):
        prepare(empty_database)
    monkeypatch.undo()
    assert prepare(empty_database) == "empty"


def test_tables_of_somebody_else_are_left_alone(empty_database: Engine) -> None:
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE guests (name TEXT)"))
        connection.execute(text("INSERT INTO guests VALUES ('王')"))
    with pytest.raises(DatabaseForeign, match="guests"):
        prepare(empty_database)
    with empty_database.connect() as connection:
        assert connection.execute(text("SELECT name FROM guests")).scalars().all() == ["王"]


def test_a_database_of_a_later_version_is_left_alone(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match="9999"):
        prepare(database)


def test_a_database_that_lacks_a_table_is_named_damaged(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("DROP TABLE trip_paths"))
    with pytest.raises(DatabaseDamaged, match="trip_paths"):
        prepare(database)


@pytest.mark.parametrize("keep", [100, 5_000], ids=["header only", "half"])
def test_a_truncated_file_is_reported_in_one_line_and_kept(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cut.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    prepare(engine)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    engine.dispose()
    path.write_bytes(path.read_bytes()[:keep])
    before = path.read_bytes()
    again = open_database(f"sqlite:///{path}")
    with pytest.raises(DatabaseError) as caught:
        prepare(again)
    again.dispose()
    assert "cut.sqlite3" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_reported_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite3"
    path.write_text("亲爱的同事：" * 500, encoding="utf-8")
    before = path.read_bytes()
    engine = open_database(f"sqlite:///{path}")
    with pytest.raises(DatabaseDamaged, match=r"letter\.sqlite3"):
        prepare(engine)
    engine.dispose()
    assert path.read_bytes() == before


def test_reading_commands_never_make_a_database(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    with pytest.raises(DatabaseError, match="没有数据库"):
        require_present(engine)
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x/y", "sqlite//x"])
def test_a_database_address_that_cannot_be_names_itself(url: str) -> None:
    with pytest.raises(DatabaseError, match="不认识的数据库地址"):
        open_database(url)


def test_an_address_that_cannot_be_is_shown_without_its_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database("mysql://me:secret@host/name")
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_one_line_without_the_password() -> None:
    engine = open_database("postgresql://me:secret@127.0.0.1:1/none")
    with pytest.raises(DatabaseDamaged) as caught:
        prepare(engine)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
