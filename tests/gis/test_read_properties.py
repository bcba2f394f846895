"""Whatever is drawn: nothing is lost, nothing is invented, and damage is always said in one line."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import MapFileError
from gis.network import RoadNetwork
from gis.read import read_network
from tests.gis.osm_towns import PLAN, Tags, at, osm_xml, written

LETTERS = "ABCDEFGHIJ"
LETTER_AT = {(round(at(x)[0], 7), round(at(x)[1], 7)): x for x in PLAN}
ONE_WAY = {"yes": (True, False), "-1": (False, True), "no": (True, True)}

paths = st.lists(st.sampled_from(LETTERS), min_size=2, max_size=7).map("".join)
streets = st.tuples(paths, st.sampled_from(sorted(ONE_WAY)))
towns = st.lists(streets, min_size=1, max_size=6)


def drawn(town: list[tuple[str, str]]) -> Counter[str]:
    """Every step from letter to letter that the ways allow."""
    steps: Counter[str] = Counter()
    for path, one_way in town:
        along, against = ONE_WAY[one_way]
        for a, b in pairwise(path):
            if a != b:
                steps.update([a + b] * along + [b + a] * against)
    return steps


def driven(network: RoadNetwork) -> Counter[str]:
    """Every step from letter to letter that the edges make."""
    steps: Counter[str] = Counter()
    for edge in range(network.edge_count):
        lon, lat = network.edge_points(edge)
        word = [LETTER_AT[round(float(x), 7), round(float(y), 7)] for x, y in zip(lon, lat, strict=True)]
        steps.update(a + b for a, b in pairwise(word))
    return steps


def read(town: list[tuple[str, str]]) -> RoadNetwork:
    ways: list[tuple[str, Tags]] = [
        (path, {"highway": "tertiary", "oneway": one_way}) for path, one_way in town
    ]
    with TemporaryDirectory() as folder:
        return read_network(written(Path(folder), osm_xml(ways)))


@given(town=towns.filter(drawn))
@settings(max_examples=60)
def test_cutting_at_junctions_loses_no_step_and_invents_none(town: list[tuple[str, str]]) -> None:
    assert driven(read(town)) == drawn(town)


@given(town=towns.filter(drawn))
@settings(max_examples=60)
def test_no_edge_runs_through_a_junction_or_ends_where_it_begins(town: list[tuple[str, str]]) -> None:
    network = read(town)
    junctions = {chr(i) for i in network.node_id.tolist()}
    for edge in range(network.edge_count):
        lon, lat = network.edge_points(edge)
        inner = {
            LETTER_AT[round(float(x), 7), round(float(y), 7)]
            for x, y in zip(lon[1:-1], lat[1:-1], strict=True)
        }
        assert not inner & junctions
    assert (network.edge_from != network.edge_to).all()


@given(town=towns.filter(drawn), cut=st.integers(min_value=1, max_value=5))
@settings(max_examples=40)
def test_how_a_road_is_divided_into_ways_does_not_matter(town: list[tuple[str, str]], cut: int) -> None:
    parts = [(p, o) for path, o in town for p in (path[: cut + 1], path[cut:]) if len(p) > 1]
    assert driven(read(parts)) == driven(read(town))


@pytest.fixture(scope="module")
def town_pbf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("pbf")
    source = written(
        folder,
        osm_xml([("ABCDE", {"highway": "primary", "name": "人民路"}), ("CGJ", {"highway": "service"})]),
    )
    target = folder / "town.osm.pbf"
    with osmium.SimpleWriter(str(target)) as writer:
        osmium.apply(str(source), writer)
    return target.read_bytes()


@given(data=st.data())
@settings(max_examples=150)
def test_a_flipped_byte_gives_a_network_or_one_line(town_pbf: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(min_value=0, max_value=len(town_pbf) - 1))
    value = data.draw(st.integers(min_value=1, max_value=255))
    content = bytearray(town_pbf)
    content[position] ^= value
    with TemporaryDirectory() as folder:
        path = Path(folder) / "town.osm.pbf"
        path.write_bytes(content)
        said = what_is_said_of(path)
    assert "\n" not in said


def what_is_said_of(path: Path) -> str:
    """The error that reading raises, or "" if there are roads."""
    try:
        return "" if read_network(path).edge_count else "no edges and no error\n"
    except MapFileError as error:
        return str(error)
