"""A day of cars while it is changed: who is to do what, and the cheapest places for more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer.engines.board import window_of
from optimizer.hands import Hand, calls_for, driven, hands_of
from optimizer.happenings import Left
from optimizer.likeness import signature
from optimizer.model import Priority, Problem, Request, Route, Schedule
from optimizer.price import other_driver_fen, route_lines
from optimizer.reserves import holds
from optimizer.timing import Timetable, timetable

__all__ = ["DayState", "Place", "day_fen", "open_state"]

CLASS_WEIGHT: Final = 10**9
"""Fen by which a request of a class that is left out outweighs all penalties of the class below."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a hand is to do after what it has begun, and its whole day."""

    hand: Hand
    ahead: tuple[str, ...]
    route: Route


class DayState:
    """Places by vehicle; `loose` are the requests that need one, in the order of their weight."""

    def __init__(self, table: Timetable, hands: Sequence[Hand], loose: Sequence[str]) -> None:
        self.table, self.hands = table, tuple(hands)
        self._reserves = [
            ({v.id for v in table.problem.vehicles if holds(r, v)}, r.count) for r in table.problem.reserves
        ]
        self.loose = tuple(sorted(dict.fromkeys(loose), key=self._rank))
        self.places: dict[str, Place] = {}

    @property
    def placed(self) -> set[str]:
        """Ids of requests that have a place."""
        return {i for place in self.places.values() for i in place.ahead}

    def copied(self) -> "DayState":
        """Give a copy that can be changed alone."""
        other = DayState(self.table, self.hands, self.loose)
        other.places = dict(self.places)
        return other

    def take_over(self, other: "DayState") -> None:
        """Become as the other is."""
        self.places = dict(other.places)

    def put(self, place: Place) -> None:
        """Let a hand do this and nothing else."""
        self.places[place.hand.vehicle.id] = place

    def clear(self, vehicle_ids: Iterable[str]) -> None:
        """Take what is ahead from these vehicles; what they have begun stays."""
        for vehicle_id in vehicle_ids:
            place = self.places.pop(vehicle_id)
            if place.hand.begun is not None:
                self.put(Place(place.hand, (), place.hand.begun))

    def weight_out(self) -> int:
        """Weigh what is loose and has no place: by class, then by penalty."""
        out = [self.table.requests[i] for i in self.loose if i not in self.placed]
        classes = list(Priority)[::-1]
        return sum(CLASS_WEIGHT ** (1 + classes.index(r.priority)) + r.unserved_penalty_fen for r in out)

    def insert_all(self, request_ids: Sequence[str]) -> None:
        """Put each where it adds least cost, nobody else moved; those of a group go together or stay out."""
        for unit in self._units(request_ids):
            trial = dict(self.places)
            for request_id in unit:
                best = self.cheapest(request_id)
                if best is None:
                    self.places = trial
                    break
                self.put(best)

    def _units(self, request_ids: Sequence[str]) -> list[list[str]]:
        units: dict[str, list[str]] = {}
        for request_id in sorted(dict.fromkeys(request_ids), key=self._rank):
            group_id = self.table.requests[request_id].group_id
            units.setdefault(f"g {group_id}" if group_id is not None else f"r {request_id}", []).append(
                request_id
            )
        return [unit for unit in units.values() if self._is_whole(unit)]

    def _is_whole(self, unit: Sequence[str]) -> bool:
        """Whether all of its group that have no place are in it."""
        group_id = self.table.requests[unit[0]].group_id
        if group_id is None:
            return True
        busy = {v.request_id for place in self.places.values() for v in place.route.visits}
        members = [r.id for r in self.table.problem.requests if r.group_id == group_id]
        return all(i in unit or i in busy for i in members)

    def cheapest(self, request_id: str) -> Place | None:
        """Find the place that adds least decision cost, ties by vehicle and driver."""
        best: tuple[int, str, str] | None = None
        found: Place | None = None
        for fen, place in self.options(request_id):
            key = fen, place.hand.vehicle.id, place.hand.driver_id or ""
            if best is None or key < best:
                best, found = key, place
        return found

    def options(self, request_id: str, *, each: bool = False) -> Iterator[tuple[int, Place]]:
        """Give every place for one more request, with the decision cost it adds.

        Parameters
        ----------
        each
            Whether every idle hand is asked; otherwise one stands for those that are alike.
        """
        request = self.table.requests[request_id]
        first = request.stops[0].options[0].place_id
        for hand, ahead, now in self._able(request, each=each):
            if not self._knows_way(hand, first):
                continue
            before = day_fen(self.table, hand, now) if now is not None else 0
            for at in self._positions(ahead, request):
                order = (*ahead[:at], request_id, *ahead[at:])
                route = driven(self.table, hand, calls_for(self.table, order))
                if route is not None:
                    yield day_fen(self.table, hand, route) - before, Place(hand, order, route)

    def _able(self, request: Request, *, each: bool) -> Iterator[tuple[Hand, tuple[str, ...], Route | None]]:
        """Hands in use, then of idle ones that are alike the first, as far as reserves let them go."""
        for place in self.places.values():
            yield place.hand, place.ahead, place.route
        taken = {place.hand.driver_id for place in self.places.values()} - {None}
        named = request.vehicle_ids | request.forbidden_vehicle_ids
        seen: set[object] = set()
        for hand in self.hands:
            if hand.vehicle.id in self.places or hand.driver_id in taken or self._is_kept(hand):
                continue
            like = hand.vehicle if hand.vehicle.id in named else signature(hand.vehicle)
            if each or like not in seen:
                seen.add(like)
                yield hand, (), None

    def _is_kept(self, hand: Hand) -> bool:
        """Whether using this idle hand would break a reserve."""
        for fitting, count in self._reserves:
            moving = sum(vehicle_id in self.places for vehicle_id in fitting)
            if hand.vehicle.id in fitting and moving + 1 > max(0, len(fitting) - count):
                return True
        return False

    def _positions(self, ahead: Sequence[str], request: Request) -> Iterator[int]:
        """Give the positions after none that starts later and before none that must start earlier."""
        window = window_of(request)
        for at in range(len(ahead) + 1):
            late = at and window_of(self.table.requests[ahead[at - 1]]).start_s > window.end_s
            early = at < len(ahead) and window_of(self.table.requests[ahead[at]]).end_s < window.start_s
            if not late and not early:
                yield at

    def _knows_way(self, hand: Hand, first: str) -> bool:
        """Whether the matrix holds the way to the first stop from anywhere the hand may come from."""
        travel = self.table.problem.travel
        start = hand.vehicle.start_place_id
        return start == first or travel.holds(start, first)

    def _rank(self, request_id: str) -> tuple[Priority, int, str]:
        request = self.table.requests[request_id]
        return request.priority, -request.unserved_penalty_fen, request_id


def day_fen(table: Timetable, hand: Hand, route: Route) -> int:
    """Decision cost of a day."""
    rates = table.types[hand.vehicle.type_id].rates
    fen = sum(line.amount_fen for line in route_lines(route, rates) if line.decision)
    return fen + other_driver_fen(hand.vehicle, route.driver_id)


def open_state(left: Left, problem: Problem, schedule: Schedule) -> DayState:
    """Begin with what still stands of the plan; what no longer can be driven is loose too.

    A vehicle that nothing has happened to keeps its route to the second.
    """
    table = timetable(left.problem)
    hands = hands_of(left.problem, left.begun)
    old = {r.id: r for r in problem.requests}
    before = {v.id: v for v in problem.vehicles}
    unchanged = {r.id for r in left.problem.requests if old.get(r.id) == r}
    loose = list(left.loose)
    places: list[Place] = []
    routes = {route.vehicle_id: route for route in schedule.routes}
    for vehicle in left.problem.vehicles:
        ahead, begun = left.ahead.get(vehicle.id, ()), left.begun.get(vehicle.id)
        if not ahead and begun is None:
            continue
        route, driver_id = routes[vehicle.id], left.drivers.get(vehicle.id)
        hand = next((h for h in hands if h.vehicle.id == vehicle.id and h.driver_id == driver_id), None)
        if hand is None:
            hand = Hand(vehicle=vehicle, driver_id=driver_id, begun=begun)
        asked = {v.request_id for v in route.visits if v.request_id is not None}
        same = replace(vehicle, trips=0) == replace(before[vehicle.id], trips=0)
        if same and asked <= unchanged and asked == {*ahead, *_requests(begun)} and _is_prefix(begun, route):
            places.append(Place(hand, ahead, route))
            continue
        place, out = _largest(table, hand, ahead)
        loose += out
        places += [place] if place is not None else []
    state = DayState(table, hands, loose)
    for place in places:
        state.put(place)
    return state


def _requests(route: Route | None) -> set[str]:
    return set() if route is None else {v.request_id for v in route.visits if v.request_id is not None}


def _is_prefix(begun: Route | None, route: Route) -> bool:
    return begun is None or route.visits[: len(begun.visits)] == begun.visits


def _largest(table: Timetable, hand: Hand, ahead: tuple[str, ...]) -> tuple[Place | None, list[str]]:
    """Leave out the last requests until the day can be driven; what has begun is driven anyway."""
    rest, out = list(ahead), list[str]()
    while rest:
        route = driven(table, hand, calls_for(table, rest))
        if route is not None:
            return Place(hand, tuple(rest), route), out
        without = [[i for i in rest if i != j] for j in rest]
        able = next((r for r in reversed(without) if r and driven(table, hand, calls_for(table, r))), None)
        shorter = able if able is not None else rest[:-1]
        out += [i for i in rest if i not in shorter]
        rest = shorter
    return (None if hand.begun is None else Place(hand, (), hand.begun)), out
