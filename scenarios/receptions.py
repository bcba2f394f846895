"""A made-up event: delegations that come to a conference in the morning and leave at noon or in the evening.

All of it is synthetic: names of delegations, plates of a series that nobody has, lots and their distances.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from optimizer.event.values import Event, EventCar, Kind, Lot, Way
from optimizer.policy.events import event_rates, event_settings, usual_seats
from scenarios.prefecture.plates import plates

__all__ = ["synthetic_event"]

SHARES: Final = {Kind.CAR: 0.86, Kind.MINIBUS: 0.09, Kind.COACH: 0.05}
CARS_A_UNIT: Final = 12
CONVOY_SHARE: Final = 0.3
"""Share of delegations with a convoy of their first cars."""
CONVOY_CARS: Final = 4
STANDBY_SHARE: Final = 0.02
SPARE: Final = 1.1
"""Spaces for each car that might come, all lots together."""


def synthetic_event(
    cars: int, lots: int, *, seed: int = 1, spare: float = SPARE, date: str = "2026-01-20"
) -> Event:
    """Invent an event with about so many cars.

    Parameters
    ----------
    spare
        Spaces over cars of each kind; below 1 a shortage is likely at noon.
    """
    random = np.random.default_rng(seed)
    marks = plates(random)
    coming = list(_cars(random, cars, marks))
    helping = [_standby(f"B{i + 1:03}", next(marks)[0]) for i in range(max(1, round(STANDBY_SHARE * cars)))]
    settings = event_settings()
    standby = ((Kind.CAR, max(1, len(helping) // 2)),)
    return Event(
        name="合成会议",
        date=date,
        venue="会议中心",
        door="会议中心东门",
        lots=tuple(_lots(random, coming, lots, spare)),
        cars=(*coming, *helping),
        settings=replace(settings, standby=standby),
        rates=event_rates(),
        synthetic=True,
    )


def _cars(random: np.random.Generator, count: int, marks: Iterator[tuple[str, str]]) -> Iterator[EventCar]:
    """Draw delegations of a dozen cars each: most come within the hour before nine and stay till noon."""
    made = 0
    while made < count:
        unit = f"第{made // CARS_A_UNIT + 1}代表团"
        size = min(CARS_A_UNIT, count - made)
        convoy = f"{unit}车队" if random.random() < CONVOY_SHARE and size >= CONVOY_CARS else ""
        due_s = int(300 * random.integers(94, 107))
        leave_s = int(random.choice([41_400, 43_200, 63_000], p=[0.45, 0.3, 0.25]))
        approach_s = int(60 * random.integers(8, 40))
        for k in range(size):
            together = convoy and k < CONVOY_CARS
            kind = Kind.CAR if together else _kind(random)
            shift_s = 0 if together else int(60 * random.integers(-20, 21))
            early = not together and random.random() < 0.15
            made += 1
            yield EventCar(
                id=f"C{made:04}",
                unit=unit,
                plate=next(marks)[0],
                kind=kind,
                people=int(random.integers(1, usual_seats(kind) + 1)),
                arrive_s=due_s + shift_s,
                leave_s=due_s + shift_s + 3_600 if early else leave_s,
                drops_off=bool(together or kind is not Kind.CAR or random.random() < 0.85),
                rank=1 if together else 2,
                convoy=convoy if together else "",
                approach_s=approach_s if together else None,
            )


def _kind(random: np.random.Generator) -> Kind:
    kinds = list(SHARES)
    return kinds[int(random.choice(len(kinds), p=list(SHARES.values())))]


def _standby(name: str, plate: str) -> EventCar:
    return EventCar(
        id=name, unit="机关车队", plate=plate, people=4, arrive_s=25_200, leave_s=68_400, standby=True
    )


def _lots(random: np.random.Generator, cars: list[EventCar], count: int, spare: float) -> Iterator[Lot]:
    """Share the spaces among lots that lie the farther the larger their number."""
    totals = {kind: sum(car.kind is kind for car in cars) for kind in Kind}
    parts = random.dirichlet(np.full(count, 4.0))
    for i in range(count):
        far_m = 150 + round(2_400 * i / max(1, count - 1)) + int(random.integers(0, 120))
        spaces = {kind: round(spare * parts[i] * n) for kind, n in totals.items()}
        yield Lot(
            id=f"P{i + 1}停车场",
            cars=spaces[Kind.CAR] + 1,
            minibuses=spaces[Kind.MINIBUS],
            coaches=spaces[Kind.COACH],
            way=_way(far_m, 8.0),
            bus_way=_way(far_m + 60, 6.0),
            walk_m=round(0.8 * far_m),
            gate=f"{i % 3 + 1}号门",
        )


def _way(metres: int, m_per_s: float) -> Way:
    return Way(
        there_m=metres,
        there_s=round(metres / m_per_s),
        back_m=metres + 40,
        back_s=round(metres / m_per_s) + 10,
    )
