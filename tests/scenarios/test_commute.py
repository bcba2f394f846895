"""A commute of asked amounts on any roads."""

from pathlib import Path

import pytest

from gis.network import RoadNetwork
from gis.read import read_network
from scenarios.prefecture.commute import CommuteTown, commute_town


def made(network: RoadNetwork, seed: int = 1) -> CommuteTown:
    return commute_town(network, size="s", seed=seed, riders=200, groups=50, stops=6, buses=5)


@pytest.fixture(scope="module")
def network(shared_data: Path) -> RoadNetwork:
    path = shared_data / "osm" / "cn_guixi_jiangxi.osm"
    if not path.is_file():
        pytest.skip(f"no extract {path.name} in {path.parent}")
    return read_network(path)


def test_a_commute_has_the_amounts_asked_for_and_fits_together(network: RoadNetwork) -> None:
    town = made(network)
    assert (len(town.groups), sum(g.count for g in town.groups), len(town.buses)) == (50, 200, 5)
    assert 0 < len(town.stops) <= 6
    assert {g.compound_id for g in town.groups} <= {c.id for c in town.compounds}
    assert {bus.type_id for bus in town.buses} == {kind.id for kind in town.vehicle_types}
    assert {bus.start_place_id for bus in town.buses} <= {yard.id for yard in town.yards}


def test_the_same_seed_gives_the_same_commute_and_another_gives_another(network: RoadNetwork) -> None:
    assert made(network) == made(network)
    assert made(network) != made(network, seed=2)
