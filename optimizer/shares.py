"""Dividing whole amounts so that the parts add up."""

from collections.abc import Sequence


def shares(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a signed amount in proportion to weights, by largest remainder; the parts sum to it exactly.

    Equal remainders go to the earlier part; weights that are all zero count as equal.

    Parameters
    ----------
    amount
        Fen, metres, seconds or a count.
    weights
        Not negative, at least one.
    """
    used = list(weights) if any(weights) else [1] * len(weights)
    total, size = sum(used), abs(amount)
    parts = [size * weight // total for weight in used]
    rest = [size * weight % total for weight in used]
    for i in sorted(range(len(used)), key=lambda i: (-rest[i], i))[: size - sum(parts)]:
        parts[i] += 1
    return tuple(parts) if amount >= 0 else tuple(-part for part in parts)
