"""Places for one late request, ranked: what each costs and whom it delays; and who could take it when.

A `Desk` is opened once on a published day and answers many questions; nothing on it changes by asking.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from optimizer.day_state import DayState, Place, open_state
from optimizer.easing import put_off
from optimizer.happenings import cut
from optimizer.model import Problem, Request, Route, Schedule, TravelMatrix
from optimizer.timing import Timetable

__all__ = ["Could", "Desk", "Offer"]

MOST_OFFERS: Final = 10
HORIZON_S: Final = 14_400
"""How long after its wish a request is still tried: four hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One place for a request.

    Parameters
    ----------
    fen
        Decision cost that it adds to the vehicle's day.
    start_s, end_s
        Service at its first stop starts, and it is done.
    delays
        `(request id, seconds)`: who starts so much later, ahead of or behind it; inside their windows.
    new_vehicle
        Whether the vehicle would otherwise stay at home.
    """

    vehicle_id: str
    driver_id: str | None
    fen: int
    start_s: int
    end_s: int
    delays: tuple[tuple[str, int], ...] = ()
    new_vehicle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Could:
    """A vehicle that could take a request, and when at the earliest."""

    vehicle_id: str
    driver_id: str | None
    start_s: int
    fen: int


class Desk:
    """A published day, ready to answer what else fits into it.

    Parameters
    ----------
    now_s
        Nothing that begins before it changes.
    """

    def __init__(self, problem: Problem, schedule: Schedule, now_s: int = 0) -> None:
        self._left = cut(problem, schedule, now_s)
        self._state = open_state(self._left, problem, schedule)

    def offers(
        self, request: Request, *, most: int = MOST_OFFERS, travel: TravelMatrix | None = None
    ) -> tuple[Offer, ...]:
        """Rank the places for a request: the cheapest first, then who delays others least, then by id.

        Of idle vehicles that are alike in all that matters, the first by id stands for the rest.

        Parameters
        ----------
        travel
            With the ways to and from its places, where the day's matrix lacks them.
        """
        state = self._asked(request, travel)
        found = [_offer(state, request.id, fen, place) for fen, place in state.options(request.id)]
        found.sort(key=lambda o: (o.fen, sum(s for _, s in o.delays), o.vehicle_id, o.driver_id or ""))
        return tuple(_best_of_each(found))[:most]

    def could(
        self, request: Request, *, horizon_s: int = HORIZON_S, travel: TravelMatrix | None = None
    ) -> tuple[Could, ...]:
        """Say which vehicles could take it, from when on: the soonest first, up to so long after its wish.

        Every idle vehicle is named.
        """
        later = put_off(request, horizon_s)
        state = self._asked(later, travel)
        best: dict[str, Could] = {}
        for fen, place in state.options(request.id, each=True):
            offer = _offer(state, request.id, fen, place)
            could = Could(
                vehicle_id=offer.vehicle_id, driver_id=offer.driver_id, start_s=offer.start_s, fen=fen
            )
            known = best.get(could.vehicle_id)
            if known is None or (could.start_s, could.fen) < (known.start_s, known.fen):
                best[could.vehicle_id] = could
        return tuple(sorted(best.values(), key=lambda c: (c.start_s, c.fen, c.vehicle_id)))

    def _asked(self, request: Request, travel: TravelMatrix | None) -> DayState:
        """Give the day with this request beside its own."""
        table = self._state.table
        requests = MappingProxyType(dict(table.requests) | {request.id: replace(request, sole_use=True)})
        problem = table.problem if travel is None else replace(table.problem, travel=travel)
        state = self._state.copied()
        state.table = Timetable(problem=problem, requests=requests, types=table.types, depots=table.depots)
        return state


def _offer(state: DayState, request_id: str, fen: int, place: Place) -> Offer:
    now = state.places.get(place.hand.vehicle.id)
    mine = [v for v in place.route.visits if v.request_id == request_id]
    return Offer(
        vehicle_id=place.hand.vehicle.id,
        driver_id=place.hand.driver_id,
        fen=fen,
        start_s=mine[0].start_s,
        end_s=mine[-1].depart_s,
        delays=_delays(now.route if now else None, place.route),
        new_vehicle=now is None,
    )


def _delays(before: Route | None, after: Route) -> tuple[tuple[str, int], ...]:
    if before is None:
        return ()
    was = _starts(before)
    late = {i: s - was[i] for i, s in _starts(after).items() if i in was}
    return tuple((i, seconds) for i, seconds in sorted(late.items()) if seconds > 0)


def _starts(route: Route) -> dict[str, int]:
    found: dict[str, int] = {}
    for visit in route.visits:
        if visit.request_id is not None:
            found.setdefault(visit.request_id, visit.start_s)
    return found


def _best_of_each(offers: Iterable[Offer]) -> list[Offer]:
    """One place in each vehicle."""
    best: dict[str, Offer] = {}
    for offer in offers:
        best.setdefault(offer.vehicle_id, offer)
    return list(best.values())
