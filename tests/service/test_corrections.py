"""Local corrections are given once and applied to every map that is read after them."""

from pathlib import Path

import pytest

from service.cli import app as cli
from tests.service import own_town


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with empty folders, and the town's map in `town/grid.osm`."""
    for name in ("DATABASE_URL", "HOST", "PORT", "TIME_ZONE"):
        monkeypatch.delenv(f"PAICHE_{name}", raising=False)
    monkeypatch.setenv("PAICHE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PAICHE_CACHE_FOLDER", str(tmp_path / "cache"))
    own_town.store(tmp_path / "town", tmp_path / "cache")
    return tmp_path


def _added(home: Path, capfd: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert cli.run(["map", "add", str(home / "town" / "grid.osm"), *map(str, arguments)]) == 0
    return capfd.readouterr().out


def _one_way(folder: Path, *ways: int) -> Path:
    rows = "".join(f"set_oneway,{way},yes\n" for way in ways)
    (folder / "mine.csv").write_text(f"kind,way,oneway\n{rows}", encoding="utf-8")
    return folder / "mine.csv"


def test_corrections_given_once_are_applied_to_the_next_extract(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "edges: 120" in _added(home, capfd), "60 blocks, both ways"
    assert "edges: 115" in _added(home, capfd, "--corrections", _one_way(home, 1))
    (home / "mine.csv").unlink()
    assert "edges: 115" in _added(home, capfd), "of the copy that stands"
    assert "edges: 110" in _added(home, capfd, "--corrections", _one_way(home, 1, 2))
    assert "edges: 110" in _added(home, capfd)
    assert [path.name for path in (home / "data").glob("corrections.*")] == ["corrections.csv"]
    assert "edges: 120" in _added(home, capfd, "--corrections", _one_way(home)), "an empty list lifts them"


def test_corrections_that_cannot_be_understood_leave_those_that_stand(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _added(home, capfd, "--corrections", _one_way(home, 1))
    (home / "bad.csv").write_text("kind,way\nfly_over,12\n", encoding="utf-8")
    assert (
        cli.run(["map", "add", str(home / "town" / "grid.osm"), "--corrections", str(home / "bad.csv")]) == 1
    )
    assert "edges: 115" in _added(home, capfd)


def test_a_stored_day_finds_its_roads_with_the_corrections_of_then(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    town = own_town.store(home, home / "cache", rows=_one_way(home, 1), data_folder=home / "data")
    _added(home, capfd, "--corrections", _one_way(home, 2))  # what stands now is another matter
    place = ("--place", own_town.at(2.5, 3), "--database", str(town.database))
    assert cli.run(["dispatch", *place]) == 0
    capfd.readouterr()
    for file in (home / "data" / "maps").glob("*-corrections.csv"):
        file.unlink()
    assert cli.run(["dispatch", *place]) == 1
    assert "与当天数据保存时不同" in capfd.readouterr().err
