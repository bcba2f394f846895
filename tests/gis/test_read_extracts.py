"""Real extracts: counts that a change of the reader must not move without a reason."""

from pathlib import Path

import numpy as np
import pytest

from gis.network import CLASS_INDEX, PROFILE_BIT, ROAD_CLASSES, RoadNetwork
from gis.read import describe, read_network
from gis.speeds import allowed_edges


def extract(shared_data: Path, name: str) -> Path:
    path = shared_data / "osm" / name
    if not path.is_file():
        pytest.skip(f"no extract {name} in {shared_data / 'osm'}")
    return path


def whole(network: RoadNetwork) -> None:
    """What holds for every network."""
    n, k = network.node_count, len(network.shape_start) - 1
    for ends in (network.edge_from, network.edge_to):
        assert ends.min() >= 0
        assert ends.max() < n
    assert (network.edge_from != network.edge_to).all()
    assert set(network.edge_shape.tolist()) <= set(range(k))
    assert (np.diff(network.shape_start) >= 2).all()
    assert network.shape_start[-1] == len(network.shape_lon) == len(network.shape_lat)
    assert (network.edge_access > 0).all()
    assert np.isfinite(network.edge_length_m).all()
    assert (network.edge_length_m >= 0).all()
    assert not (network.edge_maxspeed_kmh <= 0).any()
    assert network.edge_class.max() < len(ROAD_CLASSES)
    assert network.edge_name.max() < len(network.names)
    assert np.unique(network.edge_from).size + np.setdiff1d(network.edge_to, network.edge_from).size == n
    shapes_begin_and_end_at_their_nodes(network)
    bans_are_consecutive(network)


def shapes_begin_and_end_at_their_nodes(network: RoadNetwork) -> None:
    begin = network.shape_start[network.edge_shape]
    end = network.shape_start[network.edge_shape + 1] - 1
    first = np.where(network.edge_reversed, end, begin)
    last = np.where(network.edge_reversed, begin, end)
    assert np.array_equal(network.shape_lon[first], network.node_lon[network.edge_from])
    assert np.array_equal(network.shape_lat[last], network.node_lat[network.edge_to])


def bans_are_consecutive(network: RoadNetwork) -> None:
    for i, bits in enumerate(network.ban_profiles.tolist()):
        edges = network.ban_edges[network.ban_start[i] : network.ban_start[i + 1]]
        assert len(edges) >= 2
        assert np.array_equal(network.edge_to[edges[:-1]], network.edge_from[edges[1:]])
        assert all(int(access) & bits == bits for access in network.edge_access[edges])


def car_edges(network: RoadNetwork) -> int:
    return int(((network.edge_access & PROFILE_BIT["car"]) > 0).sum())


def counts(network: RoadNetwork) -> dict[str, int]:
    return dict(network.report.read)


def test_porto(shared_data: Path) -> None:
    network = read_network(extract(shared_data, "porto_portugal.osm.pbf"))
    whole(network)
    assert 150_000 < car_edges(network) < 175_000
    assert counts(network)["turn restrictions"] >= 325
    west, south, east, north = network.bounds
    assert -9 < west < east < -8
    assert 40.8 < south < north < 41.4
    assert "Rua de Santa Catarina" in network.names
    assert network.report.warnings == ()


def test_porto_on_foot(shared_data: Path) -> None:
    network = read_network(extract(shared_data, "porto_portugal.osm.pbf"), kind="walk")
    whole(network)
    assert network.edge_count > 190_000
    assert len(network.ban_profiles) == 0
    assert CLASS_INDEX["motorway"] not in network.edge_class
    assert allowed_edges(network, "foot").all()


def test_columbus(shared_data: Path) -> None:
    network = read_network(extract(shared_data, "columbus_oh.sorted.osm.pbf"))
    whole(network)
    assert 50_000 < car_edges(network) < 60_000
    assert counts(network)["turn restrictions"] == 9


def test_guixi(shared_data: Path) -> None:
    network = read_network(extract(shared_data, "cn_guixi_jiangxi.osm"))
    whole(network)
    assert 690 <= car_edges(network) <= 740
    assert np.isnan(network.edge_maxspeed_kmh).all()
    assert any("路" in name for name in network.names)
    assert "行车路网" in describe(network)


def test_haidian(shared_data: Path) -> None:
    network = read_network(extract(shared_data, "cn_beijing_haidian_tsinghua.osm"))
    whole(network)
    assert 1_500 <= car_edges(network) <= 1_800
    assert dict(network.report.dropped)["turn restriction: conditional, not applied"] == 3


def test_helsinki(helsinki_pbf: Path) -> None:
    drive, walk = read_network(helsinki_pbf), read_network(helsinki_pbf, kind="walk")
    whole(drive)
    whole(walk)
    assert walk.edge_count > drive.edge_count > 1_000
    assert np.isfinite(drive.edge_maxspeed_kmh).mean() > 0.5
