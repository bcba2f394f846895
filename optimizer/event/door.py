"""When cars stop at the door: so many bays, each for so long; nobody late, as little early as possible."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ortools.math_opt.python import mathopt

from optimizer.engines.integer import Solved, solved
from optimizer.event.values import Event, EventCar, convoys_of

__all__ = ["DoorTimes", "door_times"]

TURNED_AWAY: Final = 100_000
"""Price of a car that finds no bay, in seconds of coming early: cars that make room for one more move each
into the place of the next, so that all their moves together last less than a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorTimes:
    """When each car stops at the door.

    Parameters
    ----------
    door_s
        Car id → second; cars that do not stop there are not in it.
    turned_away
        Cars for which there is no bay in their time.
    proven
        Whether no other times turn fewer away and ask the others to come less early.
    """

    door_s: dict[str, int]
    turned_away: frozenset[str] = frozenset()
    proven: bool = True


def door_times(event: Event, *, seconds: float | None = None) -> DoorTimes:
    """Give every car that stops at the door its time there.

    Without a number of bays everybody comes when it says. With one, time is cut into slots as long as a stop,
    and each slot takes as many cars as there are bays; cars of a convoy follow each other without a gap.
    """
    stopping = [car for car in event.cars if car.drops_off and not car.standby]
    if event.settings.bays is None:
        return DoorTimes(door_s={car.id: car.arrive_s for car in stopping})
    model = _Model(mathopt.Model(), event.settings.bays)
    for party in _parties(event, stopping):
        model.add(party, event)
    model.limit()
    found = solved(model.mip, seconds=seconds)
    return model.read(found, event.settings.dwell_s)


def _parties(event: Event, stopping: list[EventCar]) -> Iterator[tuple[EventCar, ...]]:
    """Give each convoy, and each car beside them, alone."""
    yield from (cars for cars in convoys_of(event).values() if cars[0].drops_off)
    yield from ((car,) for car in sorted(stopping, key=lambda car: car.id) if not car.convoy)


def _in_order(alone: Iterable[EventCar], door_s: dict[str, int]) -> dict[str, int]:
    """Among cars that are due at one time, and had times found for them, let the lower id come first."""
    due: dict[int, list[str]] = {}
    for car in {car.id: car for car in alone if car.id in door_s}.values():
        due.setdefault(car.arrive_s, []).append(car.id)
    for ids in due.values():
        door_s = door_s | dict(zip(sorted(ids), sorted(door_s[i] for i in ids), strict=True))
    return door_s


@dataclass(slots=True)
class _Model:
    """Slot of the first car of each party, one variable for each that is possible."""

    mip: mathopt.Model
    bays: int
    costs: list[mathopt.LinearTerm] = field(default_factory=list)
    taken: dict[int, list[mathopt.LinearTerm]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    first: list[tuple[tuple[EventCar, ...], int, mathopt.Variable]] = field(default_factory=list)

    def add(self, cars: tuple[EventCar, ...], event: Event) -> None:
        """Add a party: each slot in which it may begin, or none."""
        dwell_s, early_s = event.settings.dwell_s, event.settings.early_s
        length = -(-len(cars) // self.bays)
        due_s = cars[0].arrive_s
        self.asked |= {car.id for car in cars}
        last = due_s // dwell_s - (length - 1)
        ways: list[mathopt.Variable] = []
        for slot in range(max(0, -(-(due_s - early_s) // dwell_s)), last + 1):
            begins = self.mip.add_binary_variable()
            ways.append(begins)
            self.first.append((cars, slot, begins))
            for k in range(length):
                here = min(self.bays, len(cars) - k * self.bays)
                self.taken.setdefault(slot + k, []).append(here * begins)
                self.costs.append(float(here * (due_s - (slot + k) * dwell_s)) * begins)
        away = self.mip.add_binary_variable()
        self.costs.append(float(TURNED_AWAY * len(cars)) * away)
        self.mip.add_linear_constraint(mathopt.fast_sum([*ways, away]) == 1.0)

    def limit(self) -> None:
        """No more cars in a slot than there are bays, and the least to pay."""
        for terms in self.taken.values():
            self.mip.add_linear_constraint(mathopt.fast_sum(terms) <= float(self.bays))
        self.mip.minimize(mathopt.fast_sum(self.costs))

    def read(self, found: Solved, dwell_s: int) -> DoorTimes:
        """Read the slots; who is in none is turned away."""
        door_s = {
            car.id: (slot + k // self.bays) * dwell_s
            for cars, slot, begins in self.first
            if found.found and found.of(begins)
            for k, car in enumerate(cars)
        }
        door_s = _in_order([cars[0] for cars, _, _ in self.first if not cars[0].convoy], door_s)
        return DoorTimes(
            door_s=door_s,
            turned_away=frozenset(self.asked - door_s.keys()),
            proven=found.found and found.cost == found.bound,
        )
