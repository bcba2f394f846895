"""The travel matrix as a value: lookups by hour, first in first out, saving, pickling by path."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis.matrix import UNREACHABLE, Block, TravelError, TravelMatrix, made_fifo

STARTS = (0, 100, 300)


def block(
    rows: dict[str, int], columns: dict[str, int], seconds: list[list[list[int]]], metres: int = 7
) -> Block:
    times = np.array([seconds], np.int32)
    return Block(
        origins=rows,
        destinations=columns,
        seconds=times,
        metres=np.where(times == UNREACHABLE, UNREACHABLE, metres).astype(np.int32),
    )


def matrix(*blocks: Block) -> TravelMatrix:
    return TravelMatrix(profiles=("car",), bucket_starts_s=STARTS, blocks=blocks)


PAIR = block({"a": 0}, {"b": 0}, [[[50]], [[10]], [[30]]])


def test_the_bucket_of_the_departure_answers() -> None:
    travel = matrix(PAIR)
    assert [travel.travel("car", "a", "b", t)[0] for t in (-5, 0, 50, 100, 299, 300, 99_999)] == [
        50, 50, 50, 10, 10, 30, 30,
    ]  # fmt: skip


def test_waiting_for_a_faster_bucket_is_taken_where_it_arrives_earlier() -> None:
    travel = matrix(PAIR)
    assert travel.travel("car", "a", "b", 80) == (30, 7)  # 20 s of waiting and 10 s of driving
    assert travel.travel("car", "a", "b", 60) == (50, 7)  # both arrive at 110


def test_a_pair_that_opens_later_is_waited_for() -> None:
    travel = matrix(block({"a": 0}, {"b": 0}, [[[UNREACHABLE]], [[10]], [[UNREACHABLE]]]))
    assert travel.travel("car", "a", "b", 40) == (70, 7)
    assert travel.travel("car", "a", "b", 300) == (UNREACHABLE, UNREACHABLE)


def test_the_first_block_that_holds_a_pair_answers() -> None:
    travel = matrix(
        block({"a": 0}, {"b": 0}, [[[1]]] * 3),
        block({"a": 0, "c": 1}, {"b": 0, "c": 1}, [[[2, 3], [4, 5]]] * 3),
    )
    assert [travel.travel("car", o, d, 0)[0] for o, d in (("a", "b"), ("a", "c"), ("c", "b"))] == [1, 3, 4]
    assert travel.holds("c", "c")
    assert not travel.holds("b", "a")
    seconds, _ = travel.dense("car", ["b", "a", "c"])
    assert seconds[0].tolist() == [[UNREACHABLE] * 3, [1, UNREACHABLE, 3], [4, UNREACHABLE, 5]]


def test_what_is_not_held_is_named() -> None:
    with pytest.raises(TravelError, match=r"'b' → 'a'"):
        matrix(PAIR).travel("car", "b", "a", 0)
    with pytest.raises(TravelError, match=r"'tram'.*car"):
        matrix(PAIR).travel("tram", "a", "b", 0)


def test_saving_maps_the_arrays_and_pickles_as_the_path(tmp_path: Path) -> None:
    saved = matrix(PAIR, block({"x": 0, "y": 0}, {"z": 0}, [[[9]]] * 3)).save(tmp_path / "travel")
    assert isinstance(saved.blocks[0].seconds, np.memmap)
    parcel = pickle.dumps(saved)
    assert len(parcel) < 1000
    again = pickle.loads(parcel)
    assert again.path == tmp_path / "travel"
    assert again.travel("car", "a", "b", 80) == (30, 7)
    assert again.travel("car", "y", "z", 0) == (9, 7)
    assert (again.profiles, again.bucket_starts_s) == (("car",), STARTS)


def test_an_unsaved_matrix_pickles_with_its_arrays() -> None:
    assert pickle.loads(pickle.dumps(matrix(PAIR))).travel("car", "a", "b", 80) == (30, 7)


def arrays(values: list[int]) -> NDArray[np.int32]:
    return np.array(values, np.int32).reshape(1, 3, 1, 1)


def test_fifo_lowers_a_bucket_to_what_waiting_gives() -> None:
    seconds, metres = made_fifo(arrays([500, 400, 20]), arrays([1, 2, 3]), STARTS)
    assert seconds.ravel().tolist() == [100 + 200 + 20, 200 + 20, 20]
    assert metres.ravel().tolist() == [3, 3, 3]


def test_fifo_leaves_alone_what_is_in_order() -> None:
    seconds, metres = made_fifo(arrays([50, 100, 300]), arrays([1, 2, 3]), STARTS)
    assert seconds.ravel().tolist() == [50, 100, 300]
    assert metres.ravel().tolist() == [1, 2, 3]


@given(st.lists(st.one_of(st.integers(0, 2000), st.just(UNREACHABLE)), min_size=3, max_size=3))
def test_who_leaves_later_never_arrives_earlier(values: list[int]) -> None:
    seconds, metres = made_fifo(arrays(values), arrays([1, 2, 3]), STARTS)
    one = Block(origins={"a": 0}, destinations={"b": 0}, seconds=seconds, metres=metres)
    travel = matrix(one)
    arrivals = [t + travel.travel("car", "a", "b", t)[0] for t in range(0, 500, 7)]
    assert arrivals == sorted(arrivals)
