"""Whatever people ask of a circulator: everybody walks, rides or is named, and no seat is taken twice."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.matrix import UNREACHABLE, Block, TravelMatrix
from gis.places import Place
from optimizer.check import violations
from optimizer.circulator import CirculatorSettings, WaveGroup, plan
from optimizer.model import TimeWindow, Vehicle, VehicleType

NOON = 43_200
LETTERS = "DABCEF"
APART = np.abs(np.subtract.outer(np.arange(6), np.arange(6))).astype(np.int32)[None, None]
AT = {letter: i for i, letter in enumerate(LETTERS)}
TRAVEL = TravelMatrix(
    profiles=("car",),
    bucket_starts_s=(0,),
    blocks=(Block(origins=AT, destinations=AT, seconds=100 * APART, metres=1_000 * APART),),
)
PLACE = {letter: Place(id=letter, lon=103 + i / 100, lat=25.0) for i, letter in enumerate(LETTERS)}

groups = st.lists(
    st.builds(
        lambda at, count, walk_m, early_s, late_s: WaveGroup(
            id="", place=PLACE[at], count=count, walk_m=walk_m,
            window=TimeWindow(start_s=NOON - early_s, end_s=NOON + late_s),
        ),
        st.sampled_from("ACEF"),
        st.integers(1, 40),
        st.one_of(st.integers(0, 3_000), st.just(UNREACHABLE)),
        st.integers(0, 2_000),
        st.integers(1, 6_000),
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(groups, st.lists(st.integers(1, 30), max_size=2), st.one_of(st.none(), st.integers(1, 80)))
def test_everybody_walks_rides_or_is_named_and_no_seat_is_taken_twice(
    drawn: list[WaveGroup], seats: list[int], canteen: int | None
) -> None:
    asked = CirculatorSettings(starts_s=(NOON, NOON + 1_200, NOON + 2_400), seats=canteen)
    people = [
        WaveGroup(id=f"{i}", place=g.place, count=g.count, window=g.window, walk_m=g.walk_m)
        for i, g in enumerate(drawn)
    ]
    kinds = [VehicleType(id=f"{i}", capacity=(number,)) for i, number in enumerate(seats)]
    buses = [Vehicle(id=f"bus-{k.id}", type_id=k.id, start_place_id="D", end_place_id="D") for k in kinds]
    found = plan(
        people, PLACE["B"], kinds, buses, TRAVEL, date="2026-11-10", places=(PLACE["D"],), settings=asked,
        work_limit=100,
    )  # fmt: skip
    told = sum(walk.count for walk in found.walks) + sum(left.count for left in found.left_out) + found.riders
    assert told == sum(group.count for group in people)
    assert all(walk.walk_m <= asked.walk_max_m for walk in found.walks)
    assert canteen is None or all(wave.seated <= canteen for wave in found.waves)
    if found.problem is not None and found.schedule is not None:
        assert violations(found.problem, found.schedule) == ()
