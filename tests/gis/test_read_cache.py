"""What was read is kept by content, and a damaged copy is never trusted."""

import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from gis.network import RoadNetwork
from gis.read import Correction, read_network
from gis.read.cache import content_key, load, save
from tests.gis.osm_towns import drives, osm_xml, written

ROAD = {"highway": "residential", "name": "人民路"}
WAYS = [("ABCD", ROAD), ("CG", {**ROAD, "maxspeed": "40"}), ("FG", ROAD)]


def same(a: RoadNetwork, b: RoadNetwork) -> bool:
    for field in fields(RoadNetwork):
        x, y = getattr(a, field.name), getattr(b, field.name)
        equal = np.array_equal(x, y, equal_nan=x.dtype.kind == "f") if isinstance(x, np.ndarray) else x == y
        if not equal:
            return False
    return True


@pytest.fixture
def town(tmp_path: Path) -> Path:
    row = ({"restriction": "no_left_turn"}, (("from", 2, "way"), ("via", "G", "node"), ("to", 3, "way")))
    return written(tmp_path, osm_xml(WAYS, restrictions=[row]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "maps"


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_the_second_reading_comes_from_the_cache_and_is_the_same(town: Path, folder: Path) -> None:
    first = read_network(town, cache_folder=folder)
    (path,) = kept(folder)
    before = path.stat().st_mtime_ns
    second = read_network(town, cache_folder=folder)
    assert same(first, second)
    assert path.stat().st_mtime_ns == before
    assert not second.edge_length_m.flags.writeable
    assert same(first, read_network(town))


def test_a_cached_network_is_really_read_from_the_cache(town: Path, folder: Path) -> None:
    network = read_network(town, cache_folder=folder)
    (path,) = kept(folder)
    marked = RoadNetwork(
        **{f.name: getattr(network, f.name) for f in fields(RoadNetwork)} | {"synthetic": True}
    )
    save(marked, path)
    assert read_network(town, cache_folder=folder).synthetic


def test_other_content_kind_options_or_corrections_are_kept_apart(town: Path, folder: Path) -> None:
    read_network(town, cache_folder=folder)
    read_network(town, kind="walk", cache_folder=folder)
    read_network(town, ferries=True, cache_folder=folder)
    closed = read_network(town, corrections=(Correction(kind="close_way", way=3),), cache_folder=folder)
    assert "FG" not in drives(closed)
    town.write_text(town.read_text().replace("40", "50"))
    changed = read_network(town, cache_folder=folder)
    assert 50 in changed.edge_maxspeed_kmh
    assert len(kept(folder)) == 5
    assert len({path.name for path in kept(folder)}) == 5


def test_the_version_tells_content_and_settings_apart_but_not_names(town: Path, tmp_path: Path) -> None:
    copy = written(tmp_path, town.read_text(), "copy.osm")
    assert content_key(town, ("drive",)) == content_key(copy, ("drive",))
    assert content_key(town, ("drive",)) != content_key(town, ("walk",))
    assert read_network(town).version == read_network(copy).version
    assert read_network(copy).source == "copy.osm"


def test_the_same_content_under_another_name_keeps_its_own_name(
    town: Path, tmp_path: Path, folder: Path
) -> None:
    read_network(town, cache_folder=folder)
    (tmp_path / "other").mkdir()
    copy = written(tmp_path / "other", town.read_text(), "town.osm.old.osm")
    assert read_network(copy, cache_folder=folder).source == "town.osm.old.osm"
    assert len(kept(folder)) == 1


def test_every_flipped_byte_is_noticed_or_harmless(town: Path, folder: Path, tmp_path: Path) -> None:
    network = read_network(town, cache_folder=folder)
    content = kept(folder)[0].read_bytes()
    damaged = tmp_path / "damaged.npz"
    noticed = 0
    for position in range(0, len(content), 29):
        flipped = bytearray(content)
        flipped[position] ^= 0x55
        damaged.write_bytes(flipped)
        found = load(damaged, network.version)
        noticed += found is None
        assert found is None or same(found, network)
    assert noticed > 50


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_damaged_cache_is_rebuilt_and_said_so(town: Path, folder: Path, share: float) -> None:
    network = read_network(town, cache_folder=folder)
    (path,) = kept(folder)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    again = read_network(town, cache_folder=folder)
    assert np.array_equal(again.edge_length_m, network.edge_length_m)
    assert ["damaged" in warning for warning in again.report.warnings] == [True]
    assert path.read_bytes() == content
    assert read_network(town, cache_folder=folder).report.warnings == ()


def test_a_cache_of_another_version_is_rebuilt(town: Path, folder: Path) -> None:
    network = read_network(town, cache_folder=folder)
    (path,) = kept(folder)
    other = RoadNetwork(
        **{f.name: getattr(network, f.name) for f in fields(RoadNetwork)} | {"version": "0" * 32}
    )
    save(other, path)
    assert load(path, network.version) is None
    assert read_network(town, cache_folder=folder).version == network.version


def test_nothing_half_written_is_left_behind(
    town: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = read_network(town)

    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", no_space)
    with pytest.raises(OSError, match="No space"):
        save(network, folder / "x.npz")
    assert kept(folder) == []
    assert "No space left" in read_network(town, cache_folder=folder).report.warnings[0]


def test_a_folder_that_cannot_be_written_is_a_warning(town: Path, tmp_path: Path) -> None:
    obstacle = written(tmp_path, "a file, not a folder", "cache")
    network = read_network(town, cache_folder=obstacle / "maps")
    (warning,) = network.report.warnings
    assert "cannot keep the network" in warning
    assert str(obstacle) in warning
    assert drives(network) == drives(read_network(town))


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not files there")
def test_a_folder_in_place_of_the_cached_file_does_not_stop_the_work(town: Path, folder: Path) -> None:
    read_network(town, cache_folder=folder)
    (path,) = kept(folder)
    path.unlink()
    path.mkdir()
    network = read_network(town, cache_folder=folder)
    assert drives(network) == drives(read_network(town))
    assert len(network.report.warnings) == 2
