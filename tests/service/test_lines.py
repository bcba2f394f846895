"""Packed lines come back to within six centimetres and stay small."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis.paths import Path
from service.store.lines import pack, unpack


def _path(points: list[tuple[float, float]]) -> Path:
    return Path(
        profile="car", edges=(0,), entry_s=(0.0,), depart_s=0, arrive_s=1, distance_m=1, start_offset_m=0,
        end_offset_m=1, lon=tuple(lon for lon, _ in points), lat=tuple(lat for _, lat in points),
    )  # fmt: skip


def test_consecutive_paths_become_one_line() -> None:
    packed = pack(
        [_path([(103.8, 25.5), (103.81, 25.51)]), _path([]), _path([(103.81, 25.51), (103.82, 25.5)])]
    )
    assert unpack(packed).tolist() == [[103.8, 25.5], [103.81, 25.51], [103.81, 25.51], [103.82, 25.5]]


def test_nothing_packs_to_nothing() -> None:
    assert unpack(pack([])).shape == (0, 2)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=30))
def test_points_come_back_to_half_a_millionth_of_a_degree(points: list[tuple[float, float]]) -> None:
    back = unpack(pack([_path(points)]))
    assert np.abs(back - np.array(points).reshape(-1, 2)).max(initial=0.0) <= 0.5e-6 + 1e-12
