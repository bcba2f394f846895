"""A town on one straight road for planners' tests: a letter is a place, 1 km and 100 s from the next.

``D A B C E F`` stand at kilometres 0 to 5. A car costs 1 yuan a kilometre (so metres / 10 are fen), unless a
test says otherwise, and 50 yuan for being used at all.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gis.matrix import Block, TravelMatrix, made_fifo
from gis.places import Place
from optimizer.model import (
    ALL_DAY,
    CostRates,
    Problem,
    Request,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleType,
)

LETTERS = "DABCEF"
RATES = CostRates(vehicle_used_fen=5_000, per_km_fen=100)
CAR = VehicleType(id="car", rates=RATES)


def travel(
    letters: str = LETTERS,
    *,
    profiles: Sequence[str] = ("car",),
    seconds_per_km: Sequence[int] = (100,),
    buckets: tuple[int, ...] = (0,),
) -> TravelMatrix:
    """The same road for every profile; one pace per bucket."""
    apart = np.abs(np.subtract.outer(np.arange(len(letters)), np.arange(len(letters)))).astype(np.int32)
    seconds = np.stack([apart * pace for pace in seconds_per_km])
    metres = np.stack([apart * 1_000] * len(buckets))
    seconds, metres = made_fifo(
        np.stack([seconds] * len(profiles)), np.stack([metres] * len(profiles)), buckets
    )
    at = {letter: i for i, letter in enumerate(letters)}
    block = Block(origins=at, destinations=at, seconds=seconds, metres=metres)
    return TravelMatrix(profiles=tuple(profiles), bucket_starts_s=buckets, blocks=(block,))


def places(letters: str = LETTERS) -> tuple[Place, ...]:
    return tuple(Place(id=p, lon=103 + i / 100, lat=25.0, name=f"{p}地") for i, p in enumerate(letters))


def car(vehicle_id: str, at: str = "D", **fields: Any) -> Vehicle:
    defaults: dict[str, Any] = {"type_id": "car", "start_place_id": at, "end_place_id": at}
    return Vehicle(id=vehicle_id, **(defaults | fields))


def trip(
    request_id: str, way: str, start_s: int, *, people: int = 1, stay_s: int = 0, **fields: Any
) -> Request:
    """Leave the first letter at `start_s`, stand `stay_s` at each letter between, end at the last."""
    stops = []
    for i, letter in enumerate(way):
        last = i == len(way) - 1
        window = TimeWindow(start_s=start_s, end_s=start_s) if i == 0 else ALL_DAY
        option = StopOption(place_id=letter, service_s=0 if i == 0 or last else stay_s, window=window)
        stops.append(Stop(options=(option,), load=(people,) if i == 0 else (-people,) if last else ()))
    return Request(id=request_id, stops=tuple(stops), **fields)


def day(vehicles: Sequence[Vehicle], requests: Sequence[Request], **fields: Any) -> Problem:
    defaults: dict[str, Any] = {
        "date": "2026-11-10",
        "places": places(),
        "vehicle_types": (CAR,),
        "travel": travel(),
    }
    return Problem(vehicles=tuple(vehicles), requests=tuple(requests), **(defaults | fields))
