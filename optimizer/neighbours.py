"""Which hands and requests can have to do with one more request: what the travel matrix connects."""

from collections.abc import Sequence

from optimizer.hands import Hand
from optimizer.model import Request, TravelMatrix

__all__ = ["neighbourhood"]


def neighbourhood(
    hands: Sequence[Hand], served: Sequence[Request], asked: Sequence[Request], travel: TravelMatrix
) -> tuple[list[Hand], list[Request]]:
    """Give the hands and served requests that are connected with those asked by ways that the matrix holds.

    A hand is connected with a request if the matrix holds the way to it from where the hand starts or has
    begun. What is not connected keeps doing what it does, whatever is asked here.
    """
    starts = [{hand.vehicle.start_place_id, *_on_the_way(hand)} for hand in hands]
    firsts = {r.id: {o.place_id for o in r.stops[0].options} for r in (*served, *asked)}
    wanted = {place_id for places in firsts.values() for place_id in places}
    leads_to = {place_id: _reached(place_id, wanted, travel) for s in starts for place_id in s}
    reach = [{p for place_id in s for p in leads_to[place_id]} for s in starts]
    inside, grown = {r.id for r in asked}, True
    near: list[int] = []
    while grown:
        at = {p for i in inside for p in firsts[i]}
        near = [h for h, places in enumerate(reach) if places & at]
        ground = {p for h in near for p in reach[h]}
        more = inside | {r.id for r in served if firsts[r.id] & ground}
        grown, inside = len(more) > len(inside), more
    return [hands[h] for h in near], [r for r in served if r.id in inside]


def _reached(place_id: str, wanted: set[str], travel: TravelMatrix) -> set[str]:
    """Those of the wanted places to which the matrix holds the way."""
    blocks = [b for b in travel.blocks if place_id in b.origins]
    return {p for p in wanted if p == place_id or any(p in b.destinations for b in blocks)}


def _on_the_way(hand: Hand) -> tuple[str, ...]:
    return () if hand.begun is None else (hand.begun.end_place_id, hand.begun.visits[-1].place_id)
