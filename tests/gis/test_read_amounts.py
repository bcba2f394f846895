"""Speeds, lengths, weights and durations in every spelling, and how they reach the edges."""

import math
from pathlib import Path

import numpy as np
import pytest

from gis.network import RoadNetwork
from gis.read import read_network
from gis.read.amounts import duration_s, length_m, speed_kmh, weight_t
from tests.gis.osm_towns import Tags, of_edge, osm_xml, written


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("50 km/h", 50),
        ("50km/h", 50),
        ("50 kmh", 50),
        ("50 kph", 50),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("10 knots", 18.52),
        ("walk", 6),
        ("50;30", 30),
        ("50; 30 mph", 48.28032),
        ("80|60", 60),
        ("CN:urban", 50),
        ("CN:rural", 70),
        ("CN:motorway", 120),
        ("RU:urban", 60),
        ("DE:rural", 100),
        ("FR:zone30", 30),
        ("DE:zone:20", 20),
        ("IT:30", 30),
        ("XX:urban", 50),
        ("GB:nsl_single", 96.56064),
        ("62,5", 62.5),
    ],
)
def test_speed_limits_in_all_units(text: str, kmh: float) -> None:
    assert speed_kmh(text) == pytest.approx(kmh)


@pytest.mark.parametrize(
    "text", ["none", "signals", "variable", "unlimited", "DE:motorway", "XX:rural", "no", "none;signals"]
)
def test_a_sign_without_a_fixed_speed_states_no_limit(text: str) -> None:
    speed = speed_kmh(text)
    assert speed is not None
    assert math.isnan(speed)


@pytest.mark.parametrize("text", ["", "fast", "50 apples", "0", "-30", "999", "XX:nowhere", "50-70"])
def test_a_speed_that_cannot_be_understood_is_none(text: str) -> None:
    assert speed_kmh(text) is None


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("3.5", 3.5),
        ("3,5", 3.5),
        ("3.5 m", 3.5),
        ("3.5m", 3.5),
        ("350 cm", 3.5),
        ("4米", 4),
        ("12'6\"", 3.81),
        ("12' 6\"", 3.81),
        ("12'", 3.6576),
        ("12 ft 6 in", 3.81),
        ("10 ft", 3.048),
        ("10ft", 3.048),
        ("3.5;3.2", 3.2),
        ("3.5;default", 3.5),
    ],
)
def test_heights_and_widths_in_all_units(text: str, metres: float) -> None:
    assert length_m(text) == pytest.approx(metres)


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("7.5", 7.5),
        ("7.5t", 7.5),
        ("7.5 t", 7.5),
        ("7,5 t", 7.5),
        ("7500 kg", 7.5),
        ("7500", 7.5),
        ("10 吨", 10),
        ("16500 lbs", 7.48427),
        ("3 st", 2.721554),
    ],
)
def test_weights_in_all_units(text: str, tonnes: float) -> None:
    assert weight_t(text) == pytest.approx(tonnes, rel=1e-5)


@pytest.mark.parametrize("text", ["none", "default", "unsigned", "no_sign", "below_default", "Default"])
def test_no_stated_limit_is_infinite(text: str) -> None:
    assert length_m(text) == weight_t(text) == math.inf


@pytest.mark.parametrize("text", ["", "low", "3.5 furlongs", "-2", "0", "100", "3.5 m?"])
def test_a_height_that_cannot_be_understood_is_none(text: str) -> None:
    assert length_m(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("25", 1500), ("00:25", 1500), ("01:30", 5400), ("01:30:30", 5430), ("PT25M", 1500), ("PT1H5M", 3900),
     ("soon", None), ("0", None), ("", None)],
)  # fmt: skip
def test_durations_of_ferries(text: str, seconds: float | None) -> None:
    assert duration_s(text) == seconds


# --- on the road -----------------------------------------------------------------------------------------


def road(folder: Path, tags: Tags) -> RoadNetwork:
    return read_network(written(folder, osm_xml([("AB", {"highway": "residential", **tags})])))


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"maxspeed": "40"}, 40, 40),
        ({"maxspeed": "40", "maxspeed:forward": "60"}, 60, 40),
        ({"maxspeed:backward": "20 mph"}, math.nan, 32.18688),
        ({}, math.nan, math.nan),
        ({"maxspeed": "none"}, math.nan, math.nan),
        ({"maxspeed:type": "CN:urban"}, 50, 50),
        ({"zone:maxspeed": "DE:30"}, 30, 30),
        ({"source:maxspeed": "sign"}, math.nan, math.nan),
        ({"maxspeed": "60", "source:maxspeed": "CN:urban"}, 60, 60),
    ],
)
def test_limits_hold_by_direction(tmp_path: Path, tags: Tags, forward: float, backward: float) -> None:
    network = road(tmp_path, tags)
    found = network.edge_maxspeed_kmh[[of_edge(network, "AB"), of_edge(network, "BA")]]
    assert found == pytest.approx([forward, backward], rel=1e-5, nan_ok=True)
    assert network.report.dropped == ()


def test_size_limits_reach_both_directions(tmp_path: Path) -> None:
    network = road(tmp_path, {"maxheight": "3.2 m", "maxweight": "7500 kg", "maxwidth": "8'"})
    assert network.edge_max_height_m == pytest.approx([3.2, 3.2])
    assert network.edge_max_weight_t == pytest.approx([7.5, 7.5])
    assert network.edge_max_width_m == pytest.approx([2.4384, 2.4384])


def test_the_lowest_of_legal_and_physical_height_counts(tmp_path: Path) -> None:
    network = road(tmp_path, {"maxheight": "4.5", "maxheight:physical": "4.2", "maxweightrating": "12"})
    assert network.edge_max_height_m[0] == pytest.approx(4.2)
    assert network.edge_max_weight_t[0] == pytest.approx(12)


def test_a_road_without_limits_is_unlimited(tmp_path: Path) -> None:
    network = road(tmp_path, {"maxheight": "default"})
    for limits in (network.edge_max_height_m, network.edge_max_weight_t, network.edge_max_width_m):
        assert np.isinf(limits).all()


@pytest.mark.parametrize(
    "tag", ["maxspeed=fast", "maxheight=low", "maxweight=heavy", "maxwidth=thin", "maxspeed:forward=fast"]
)
def test_limits_that_cannot_be_understood_are_counted(tmp_path: Path, tag: str) -> None:
    key, value = tag.split("=")
    network = road(tmp_path, {key: value})
    assert dict(network.report.dropped) == {f"not understood: {tag}": 1}
    assert np.isnan(network.edge_maxspeed_kmh).all()
    assert np.isinf(network.edge_max_height_m).all()
