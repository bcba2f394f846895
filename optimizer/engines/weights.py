"""How much leaving a request out weighs, as one integer compared before any cost.

Priority classes come first, the penalty orders requests inside a class: the weights of a class are multiples
of one more than all weights of the classes below it together. Penalties are divided by what they have in
common, and where even that is too large for 64 bits, by more.
"""

import math
from collections.abc import Mapping, Sequence

from optimizer.model import Priority, Request

LARGEST_SUM = 2**60


def weights(requests: Sequence[Request], mandatory: frozenset[str] = frozenset()) -> tuple[int, ...]:
    """Weight of each request, in the order given.

    Parameters
    ----------
    mandatory
        Ids of requests under way, which outweigh all others together.
    """
    coarse = 1
    while True:
        found = _weights(requests, mandatory, coarse)
        if sum(found) < LARGEST_SUM:
            return found
        coarse *= 10


def _weights(requests: Sequence[Request], mandatory: frozenset[str], coarse: int) -> tuple[int, ...]:
    classes: dict[int, list[Request]] = {}
    for request in requests:
        classes.setdefault(_rank(request, mandatory), []).append(request)
    weight: dict[str, int] = {}
    unit = 1
    for rank in sorted(classes, reverse=True):
        amounts = _amounts(classes[rank], coarse)
        weight |= {request_id: unit * amount for request_id, amount in amounts.items()}
        unit *= 1 + sum(amounts.values())
    return tuple(weight[request.id] for request in requests)


def _rank(request: Request, mandatory: frozenset[str]) -> int:
    return -1 if request.id in mandatory else list(Priority).index(request.priority)


def _amounts(requests: Sequence[Request], coarse: int) -> Mapping[str, int]:
    common = coarse * (math.gcd(*(request.unserved_penalty_fen for request in requests)) or 1)
    return {r.id: max(1, r.unserved_penalty_fen // common) for r in requests}
