"""Who boards where today: those who are named, then everybody else by the shortest walks."""

import numpy as np

from gis.matrix import UNREACHABLE
from gis.places import Place
from optimizer.boarding import OpenHalt, OpenLine, boarding
from optimizer.riders import RiderGroup

HOME = Place(id="home", lon=103.0, lat=25.0)
GATES = {"yi": "north", "er": "south"}
FAR = UNREACHABLE


def group(name: str, count: int, compound: str = "yi") -> RiderGroup:
    return RiderGroup(id=name, home=HOME, count=count, compound_id=compound)


def line(*halts: OpenHalt, seats: int = 20, gate: str = "north") -> OpenLine:
    return OpenLine(gate_ids=frozenset({gate}), seats=seats, halts=halts)


def walks(*rows: tuple[int, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.array(rows, np.int32)


def test_who_is_named_boards_there_and_others_where_it_is_nearest() -> None:
    lines = [line(OpenHalt(stop=0, group_ids=("a",)), OpenHalt(stop=1))]
    found = boarding([group("a", 3), group("b", 2)], GATES, lines, walks((700, 10), (20, 400)), 800)
    # A halt with names and no number has room for nobody else.
    assert found.riders == {(0, 0): (("a", 3),), (0, 1): (("b", 2),)}
    assert found.unknown == ()


def test_counted_halts_take_so_many_the_nearest_first_however_far() -> None:
    lines = [line(OpenHalt(stop=0, people=4))]
    groups = [group("a", 3), group("b", 3)]
    found = boarding(groups, GATES, lines, walks((900,), (100,)), 800)
    assert found.riders == {(0, 0): (("b", 3), ("a", 1))}


def test_uncounted_halts_take_nobody_beyond_the_limit_and_no_more_than_seats() -> None:
    lines = [line(OpenHalt(stop=0), seats=4)]
    groups = [group("a", 3), group("b", 3), group("c", 3)]
    found = boarding(groups, GATES, lines, walks((10,), (20,), (900,)), 800)
    assert found.riders == {(0, 0): (("a", 3), ("b", 1))}


def test_nobody_boards_a_line_to_another_compound_or_from_where_no_way_leads() -> None:
    lines = [line(OpenHalt(stop=0), gate="south")]
    groups = [group("a", 3), group("b", 3, "er")]
    assert boarding(groups, GATES, lines, walks((10,), (FAR,)), 800).riders == {}


def test_names_that_nobody_knows_are_told() -> None:
    lines = [line(OpenHalt(stop=0, group_ids=("x", "b", "a")))]
    found = boarding([group("a", 1), group("b", 1, "er")], GATES, lines, walks((10,), (10,)), 800)
    assert found.unknown == ((0, 0, "x"), (0, 0, "b"))
    assert found.riders == {(0, 0): (("a", 1),)}
