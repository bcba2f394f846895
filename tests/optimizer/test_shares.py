"""Parts add up to the fen, whatever the weights."""

from hypothesis import given
from hypothesis import strategies as st

from optimizer.shares import shares


def test_a_fen_that_does_not_divide_goes_to_the_largest_remainder() -> None:
    assert shares(100, [1, 1, 1]) == (34, 33, 33)
    assert shares(10, [1, 2, 4]) == (1, 3, 6)
    assert shares(-7, [1, 1]) == (-4, -3)
    assert shares(5, [0, 0]) == (3, 2)
    assert shares(5, [0, 3]) == (0, 5)


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**7), min_size=1, max_size=12),
)
def test_parts_sum_to_the_amount_and_stay_within_one_of_their_proportion(
    amount: int, weights: list[int]
) -> None:
    parts = shares(amount, weights)
    assert sum(parts) == amount
    total = sum(weights) or len(weights)
    used = weights if any(weights) else [1] * len(weights)
    assert all(abs(part * total - amount * weight) < total for part, weight in zip(parts, used, strict=True))
