"""Speeds by class, hour and profile: exact figures of the table, and clear words about a broken one."""

from pathlib import Path

import numpy as np
import pytest

from gis.errors import SpeedTableError
from gis.network import PROFILE_BIT, PROFILES, ROAD_CLASSES
from gis.speeds import allowed_edges, default_speeds, edge_speed_kmh, load_speeds
from tests.gis.towns import Road, town

TABLE = default_speeds()
#  A —— B —— C     AB: primary without a limit; BC: primary, 60 km/h
TWO = town(
    {"A": (0, 0), "B": (100, 0), "C": (200, 0)},
    (Road(ends="AB", road_class="primary"), Road(ends="BC", road_class="primary", maxspeed_kmh=60)),
)
UNTAGGED, TAGGED = 0, 2
NIGHT, MORNING_PEAK, DAY = 0, 1, 2


def own_table(folder: Path, old: str, new: str) -> Path:
    """The table of the package with one thing changed."""
    text = (Path(__file__).parents[2] / "gis" / "data" / "speeds_cn.toml").read_text(encoding="utf-8")
    assert old in text
    path = folder / "own.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_default_buckets_begin_at_the_hours_people_know() -> None:
    assert [s // 3600 for s in TABLE.bucket_starts_s] == [0, 7, 9, 17, 19, 22]
    assert TABLE.bucket_names[1] == "morning peak"
    assert TABLE.region == "cn"
    assert TABLE.valid_from == "2026-01-01"
    assert TABLE.sources


def test_every_profile_has_a_speed_on_every_class() -> None:
    for profile in PROFILES:
        for road_class in ROAD_CLASSES:
            assert 1.0 <= TABLE.speed_kmh(road_class, profile) <= 120.0


def test_a_class_speed_is_scaled_by_the_profile_and_capped_by_its_top_speed() -> None:
    assert TABLE.speed_kmh("primary", "car") == 48.0
    assert TABLE.speed_kmh("primary", "bus") == pytest.approx(48.0 * 0.88)
    assert TABLE.speed_kmh("motorway", "emergency") == 120.0
    assert TABLE.speed_kmh(ROAD_CLASSES.index("steps"), "foot") == 2.4


def test_a_peak_slows_cars_more_than_emergency_vehicles_and_not_people_on_foot() -> None:
    assert TABLE.factor("primary", MORNING_PEAK) == pytest.approx(0.60)
    assert TABLE.factor("primary", MORNING_PEAK, "emergency") == pytest.approx(0.80)
    assert TABLE.factor("primary", MORNING_PEAK, "foot") == 1.0


def test_an_untagged_edge_moves_at_its_class_speed_in_every_bucket() -> None:
    assert edge_speed_kmh(TWO, "car", TABLE, DAY)[UNTAGGED] == pytest.approx(48.0 * 0.90)
    assert edge_speed_kmh(TWO, "car", TABLE, MORNING_PEAK)[UNTAGGED] == pytest.approx(48.0 * 0.60)
    assert edge_speed_kmh(TWO, "emergency", TABLE, MORNING_PEAK)[UNTAGGED] == pytest.approx(48 * 1.2 * 0.80)


def test_a_tagged_limit_counts_by_the_part_that_is_covered_in_practice() -> None:
    assert edge_speed_kmh(TWO, "car", TABLE, DAY)[TAGGED] == pytest.approx(60 * 0.75 * 0.90, rel=1e-6)
    assert edge_speed_kmh(TWO, "truck", TABLE, DAY)[TAGGED] == pytest.approx(
        60 * 0.75 * 0.82 * 0.90, rel=1e-6
    )


def test_people_on_foot_do_not_care_about_limits() -> None:
    assert edge_speed_kmh(TWO, "foot", TABLE, MORNING_PEAK).tolist() == [4.8] * 4


def test_top_speed_holds_in_an_empty_night() -> None:
    motorway = town({"A": (0, 0), "B": (100, 0)}, (Road(ends="AB", road_class="motorway", maxspeed_kmh=200),))
    assert edge_speed_kmh(motorway, "car", TABLE, NIGHT).tolist() == [120.0, 120.0]
    assert edge_speed_kmh(motorway, "truck", TABLE, NIGHT).tolist() == [90.0, 90.0]


def test_access_bits_decide_who_may_use_an_edge() -> None:
    lane = town({"A": (0, 0), "B": (100, 0)}, (Road(ends="AB", access=("bus", "emergency")),))
    assert [p for p in PROFILES if allowed_edges(lane, p).all()] == ["bus", "emergency"]


@pytest.mark.parametrize(
    ("limits", "who"),
    [
        ({"max_height_m": 2.5}, ["car", "foot"]),
        ({"max_height_m": 3.0}, ["car", "emergency", "foot"]),
        ({"max_weight_t": 5.0}, ["car", "emergency", "foot"]),
        ({"max_weight_t": 18.0}, ["car", "bus", "emergency", "foot"]),
        ({"max_width_m": 2.4}, ["car", "emergency", "foot"]),
        ({}, list(PROFILES)),
    ],
)
def test_limits_stop_the_vehicles_that_do_not_fit(limits: dict[str, float], who: list[str]) -> None:
    street = town({"A": (0, 0), "B": (100, 0)}, (Road(ends="AB", **limits),))  # type: ignore[arg-type]
    assert [p for p in PROFILES if allowed_edges(street, p).all()] == who


def test_a_limit_that_is_just_met_lets_pass(tmp_path: Path) -> None:
    table = load_speeds(own_table(tmp_path, "height_m = 1.9", "height_m = 2.5"))
    street = town({"A": (0, 0), "B": (100, 0)}, (Road(ends="AB", max_height_m=2.5),))
    assert allowed_edges(street, table.profile("car")).all()


def test_an_exemption_is_data(tmp_path: Path) -> None:
    street = town({"A": (0, 0), "B": (100, 0)}, (Road(ends="AB", max_weight_t=3.5),))
    strict = load_speeds(own_table(tmp_path, 'exempt = ["weight"]', "exempt = []"))
    assert allowed_edges(street, TABLE.profile("emergency")).all()
    assert not allowed_edges(street, strict.profile("emergency")).any()


def test_an_edited_table_is_used(tmp_path: Path) -> None:
    table = load_speeds(own_table(tmp_path, "primary = 48.0", "primary = 30.0"))
    assert edge_speed_kmh(TWO, "car", table, DAY)[UNTAGGED] == pytest.approx(27.0)
    assert edge_speed_kmh(TWO, table.profile("car"), table, DAY)[UNTAGGED] == pytest.approx(27.0)


def test_profiles_carry_the_bits_of_the_network() -> None:
    assert {p.name: p.bit for p in TABLE.profiles} == dict(PROFILE_BIT)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("primary = 48.0", "", "lacks the road classes primary"),
        ("primary = 48.0", "primary = 0", "class_kmh. primary is 0"),
        ("primary = 48.0", "primary = 480", "from 1 to 200"),
        ("primary = 48.0", 'primary = "fast"', "'fast'"),
        ("primary = 48.0", "primary = true", "is True"),
        ("primary = 48.0", "primary = 48.0\nboulevard = 40", "unknown boulevard"),
        ("[limit_share]", "[limits]", "unknown limits"),
        ('start = "00:00"', 'start = "01:00"', "must start at 00:00"),
        ('start = "09:00"', 'start = "06:00"', "must start at 00:00 and rise"),
        ('start = "09:00"', 'start = "9 o\'clock"', "is not a time of day"),
        ('start = "09:00"', 'start = "25:00"', "is not a time of day"),
        ("trunk = 0.65", "trunk = 0", "morning peak' trunk is 0"),
        ("trunk = 0.65", "avenue = 0.6", "unknown avenue"),
        ("peak_share = 0.5", "peak_share = 5", "peak_share is 5"),
        ("top_kmh = 90.0", "", "top_kmh is None"),
        ('exempt = ["weight"]', 'exempt = ["speed"]', "unknown speed"),
        ("[profile.truck]", "[profile.tank]", "unknown tank"),
        ("[class_kmh]", "[class_kmh", "not valid TOML"),
    ],
)
def test_a_broken_table_is_named_in_one_line(tmp_path: Path, old: str, new: str, why: str) -> None:
    path = own_table(tmp_path, old, new)
    with pytest.raises(SpeedTableError, match=why) as caught:
        load_speeds(path)
    assert "own.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_table_or_region_or_profile_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpeedTableError, match="nowhere"):
        load_speeds(tmp_path / "nowhere.toml")
    with pytest.raises(SpeedTableError, match="'mars'"):
        default_speeds("mars")
    with pytest.raises(SpeedTableError, match="'boat'"):
        TABLE.profile("boat")
    with pytest.raises(SpeedTableError, match="'avenue'"):
        TABLE.speed_kmh("avenue", "car")


def test_speeds_are_positive_everywhere() -> None:
    for bucket in range(len(TABLE.bucket_starts_s)):
        for profile in PROFILES:
            assert (edge_speed_kmh(TWO, profile, TABLE, bucket) > 0).all()
    assert np.isfinite(edge_speed_kmh(TWO, "car")).all()
