"""What each of those who share a car pays: by the distance that each would have gone alone, to the fen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from optimizer.legs import leg
from optimizer.model import UNREACHABLE, Problem, Request
from optimizer.shares import shares

__all__ = ["CostPart", "cost_split", "direct_m"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPart:
    """What one request pays of a shared ride, and the distance that decides it."""

    request_id: str
    unit_id: str
    direct_m: int
    amount_fen: int


def cost_split(
    problem: Problem, requests: Sequence[Request], amount_fen: int, *, profile: str
) -> tuple[CostPart, ...]:
    """Split the cost of a shared ride by direct distance; the parts sum to it exactly.

    A fen that does not divide goes to the largest remainder, of equal ones to the first id. Where nobody goes
    any distance, all pay alike.

    Parameters
    ----------
    problem
        Holds the roads; the requests as they were asked, before they were merged.

    Raises
    ------
    gis.matrix.TravelError
        The matrix does not hold a way of a request.
    """
    asked = sorted(requests, key=lambda r: r.id)
    metres = [direct_m(problem, request, profile=profile) for request in asked]
    parts = shares(amount_fen, metres) if asked else ()
    return tuple(
        CostPart(request_id=r.id, unit_id=r.unit_id, direct_m=m, amount_fen=part)
        for r, m, part in zip(asked, metres, parts, strict=True)
    )


def direct_m(problem: Problem, request: Request, *, profile: str) -> int:
    """Metres of a request alone, from stop to stop as wished; a way that does not exist counts nothing."""
    total, now = 0, request.stops[0].options[0].window.start_s
    for here, there in pairwise(stop.options[0] for stop in request.stops):
        now += here.service_s
        seconds, metres = leg(problem.travel, profile, here.place_id, there.place_id, now)
        if seconds != UNREACHABLE:
            now, total = now + seconds, total + metres
    return total
