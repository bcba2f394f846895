"""The choice of lots as one integer program: never over capacity at any minute, then the least to pay.

Cars that nobody can tell apart are one variable a lot. How many stand in a lot is a flow along time, so that
the program has two entries for each choice, not one for each minute; with each kind and lot alone it would be
a flow in an interval network (Arkin & Silverberg 1987), which is why its relaxation is nearly whole.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ortools.math_opt.python import mathopt

from optimizer.engines.integer import Solved, solved
from optimizer.event.stays import Stay, cost_fen, obstacle, stay
from optimizer.event.values import Event, EventCar, Kind, Lot

__all__ = ["ELSEWHERE", "Choice", "Class", "Demand", "Group", "choose", "class_of", "groups_of"]

ELSEWHERE: Final = "*"
"""A lot that is not there, to count how many spaces are missing."""

END: Final = 1_000_000
"""After the last minute."""

Class = tuple[int, Kind | None]
"""(rank, None) of guests, (0, kind) of cars to stand by."""
Demand = Mapping[Class, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cars that differ in nothing that parking looks at.

    Parameters
    ----------
    stays
        Lot id → stay and cost in each lot where they may stand.
    """

    cars: tuple[EventCar, ...]
    stays: Mapping[str, tuple[Stay, int]]
    convoy: str = ""

    @property
    def first(self) -> EventCar:
        """One of them."""
        return self.cars[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which lots were chosen.

    Parameters
    ----------
    lot_of
        Car id → lot id, `ELSEWHERE` where spaces were asked for beyond those that are there.
    """

    lot_of: Mapping[str, str]
    solved: Solved


def groups_of(
    event: Event, cars: Iterable[EventCar], door_s: Mapping[str, int], together: Collection[str]
) -> tuple[Group, ...]:
    """Put cars together that are alike, with their stays in every lot.

    Parameters
    ----------
    together
        Convoys that park in one lot.
    """
    alike: dict[tuple[object, ...], list[EventCar]] = {}
    for car in sorted(cars, key=lambda car: car.id):
        limits = tuple(sorted(lot.id for lot in event.lots if not lot.units or car.unit in lot.units))
        walkers = 0 if car.drops_off else car.people
        times = (door_s.get(car.id), car.arrive_s, car.leave_s, car.drops_off, walkers)
        convoy = car.convoy if car.convoy in together else ""
        key = (car.kind, times, limits, tuple(sorted(car.lots)), car.rank, convoy, car.standby)
        alike.setdefault(key, []).append(car)
    return tuple(
        Group(
            cars=tuple(cars),
            convoy=cars[0].convoy if cars[0].convoy in together else "",
            stays={lot.id: found for lot in event.lots if (found := _stay(event, cars[0], lot, door_s))},
        )
        for cars in alike.values()
    )


def _stay(event: Event, car: EventCar, lot: Lot, door_s: Mapping[str, int]) -> tuple[Stay, int] | None:
    at_door = door_s.get(car.id)
    if obstacle(car, lot, at_door, event.settings):
        return None
    return stay(car, lot, at_door, event.settings), sum(cost_fen(event, car, lot))


def choose(
    event: Event,
    groups: Iterable[Group],
    *,
    demand: Demand | None = None,
    count: Class | None = None,
    most: int | None = None,
    elsewhere: Mapping[str, Stay] | None = None,
    fewest: Mapping[Kind, int] | None = None,
    seconds: float | None = None,
) -> Choice:
    """Choose lots for as many cars as are demanded.

    Parameters
    ----------
    demand
        How many of each class are placed; of a class that is not named as many as it happens. None: every
        guest, and nobody stands by.
    count
        Instead of the cost, place as many of this class as can be, and no more than `most`.
    elsewhere
        First car of a group → its stay in a lot that is not there: everybody finds a place, and the fewest
        further spaces are sought.
    fewest
        With `elsewhere`: no more further spaces than these, needed for as little time as can be.
    """
    model = _Model(event, tuple(groups), elsewhere or {})
    model.place(demand)
    model.never_over()
    if count is not None:
        placed = mathopt.fast_sum(model.placed(count))
        if most is not None:
            model.mip.add_linear_constraint(placed <= float(most))
        model.mip.minimize(-placed)
    elif elsewhere is not None:
        model.missing(fewest)
    else:
        model.mip.minimize(mathopt.fast_sum(model.costs))
    found = solved(model.mip, seconds=seconds)
    return Choice(lot_of=model.read(found) if found.found else {}, solved=found)


def class_of(car: EventCar) -> Class:
    """Say in whose turn a car is placed: guests by rank, then cars to stand by of each kind."""
    return (0, car.kind) if car.standby else (car.rank, None)


@dataclass(slots=True)
class _Model:
    """How many of each group stand in each lot."""

    event: Event
    groups: tuple[Group, ...]
    elsewhere: Mapping[str, Stay]
    mip: mathopt.Model = field(default_factory=mathopt.Model)
    number: dict[tuple[int, str], mathopt.Variable] = field(default_factory=dict)
    costs: list[mathopt.LinearTerm] = field(default_factory=list)

    def place(self, demand: Demand | None) -> None:
        """Give each group its variables; convoys go whole into one lot."""
        together: dict[tuple[str, str], mathopt.Variable] = {}
        for g, group in enumerate(self.groups):
            size = float(len(group.cars))
            for lot_id, (_, fen) in self._options(group):
                x = self.mip.add_integer_variable(lb=0.0, ub=size)
                self.number[g, lot_id] = x
                self.costs.append(float(fen) * x)
                if group.convoy:
                    key = (group.convoy, lot_id)
                    if key not in together:
                        together[key] = self.mip.add_binary_variable()
                    self.mip.add_linear_constraint(x == size * together[key])
            self.mip.add_linear_constraint(mathopt.fast_sum(self._of(g)) <= size)
        self._whole(together)
        for which in sorted({class_of(group.first) for group in self.groups}, key=str):
            wanted = self._wanted(which, demand)
            if wanted is not None:
                self.mip.add_linear_constraint(mathopt.fast_sum(self.placed(which)) == float(wanted))

    def _whole(self, together: Mapping[tuple[str, str], mathopt.Variable]) -> None:
        """Let a convoy of several groups use only lots that all of them may use, one at most."""
        of_convoy: dict[str, dict[str, mathopt.Variable]] = {}
        for (name, lot_id), chosen in together.items():
            of_convoy.setdefault(name, {})[lot_id] = chosen
        for name, chosen_in in of_convoy.items():
            self.mip.add_linear_constraint(mathopt.fast_sum(chosen_in.values()) <= 1.0)
            for group in self.groups:
                if group.convoy == name:
                    for lot_id, chosen in chosen_in.items():
                        if lot_id != ELSEWHERE and lot_id not in group.stays:
                            self.mip.add_linear_constraint(chosen <= 0.0)

    def _options(self, group: Group) -> list[tuple[str, tuple[Stay, int]]]:
        found = list(group.stays.items())
        if group.first.id in self.elsewhere:
            found.append((ELSEWHERE, (self.elsewhere[group.first.id], 0)))
        return found

    def _of(self, g: int) -> list[mathopt.Variable]:
        lots = [*self.groups[g].stays, ELSEWHERE]
        return [self.number[g, lot_id] for lot_id in lots if (g, lot_id) in self.number]

    def _wanted(self, which: Class, demand: Demand | None) -> int | None:
        if demand is not None:
            return demand.get(which)
        if which[0] == 0:
            return 0
        return sum(len(group.cars) for group in self.groups if class_of(group.first) == which)

    def placed(self, which: Class) -> list[mathopt.Variable]:
        """Variables of all cars of a class."""
        return [
            x for g, group in enumerate(self.groups) if class_of(group.first) == which for x in self._of(g)
        ]

    def never_over(self) -> None:
        """Carry the number of cars in each lot from minute to minute, within its spaces."""
        for lot in self.event.lots:
            for kind in Kind:
                self._carry(lot.id, kind, lot.spaces(kind))

    def _carry(self, lot_id: str, kind: Kind, most: float | mathopt.Variable) -> None:
        coming, going = self._changes(lot_id, kind)
        possible = sum(
            len(group.cars)
            for g, group in enumerate(self.groups)
            if group.first.kind is kind and (g, lot_id) in self.number
        )
        if isinstance(most, int) and possible <= most:
            return
        here: mathopt.Variable | float = 0.0
        since: list[mathopt.LinearTerm] = []
        more = False
        for minute, following in pairwise([*sorted({*coming, *going}), END]):
            since += [*coming.get(minute, ()), *going.get(minute, ())]
            more = more or minute in coming
            if more and (following == END or following in going):  # the most before somebody goes
                now = self.mip.add_variable(lb=0.0, ub=float(possible))
                self.mip.add_linear_constraint(now == here + mathopt.fast_sum(since))
                self.mip.add_linear_constraint(now <= most)
                here, since, more = now, [], False

    def _changes(
        self, lot_id: str, kind: Kind
    ) -> tuple[dict[int, list[mathopt.LinearTerm]], dict[int, list[mathopt.LinearTerm]]]:
        """Who comes and who goes, by minute; whoever goes is gone before others come in the same minute."""
        coming: dict[int, list[mathopt.LinearTerm]] = {}
        going: dict[int, list[mathopt.LinearTerm]] = {}
        for g, group in enumerate(self.groups):
            if group.first.kind is kind and (g, lot_id) in self.number:
                here = dict(self._options(group))[lot_id][0]
                coming.setdefault(here.first_minute, []).append(1.0 * self.number[g, lot_id])
                going.setdefault(here.end_minute, []).append(-1.0 * self.number[g, lot_id])
        return coming, going

    def missing(self, fewest: Mapping[Kind, int] | None) -> None:
        """Seek the fewest further spaces, or, with so many, the shortest time for which they are needed."""
        further: list[mathopt.Variable] = []
        for kind in Kind:
            most = float(sum(len(group.cars) for group in self.groups if group.first.kind is kind))
            spaces = self.mip.add_integer_variable(lb=0.0, ub=float(fewest[kind]) if fewest else most)
            further.append(spaces)
            self._carry(ELSEWHERE, kind, spaces)
        if fewest is None:
            self.mip.minimize(mathopt.fast_sum(further))
            return
        minutes = []
        for g, group in enumerate(self.groups):
            if (g, ELSEWHERE) in self.number:
                here = self.elsewhere[group.first.id]
                minutes.append(float(here.end_minute - here.first_minute) * self.number[g, ELSEWHERE])
        self.mip.minimize(mathopt.fast_sum(minutes))

    def read(self, found: Solved) -> dict[str, str]:
        """Give the cars of each group their lots, in the order of both."""
        lot_of: dict[str, str] = {}
        for g, group in enumerate(self.groups):
            left = list(group.cars)
            for lot_id in [*group.stays, ELSEWHERE]:
                times = found.of(self.number[g, lot_id]) if (g, lot_id) in self.number else 0
                lot_of |= {car.id: lot_id for car in left[:times]}
                left = left[times:]
        return lot_of
