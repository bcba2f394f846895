"""Car requests of a workday at fixed times.

A request leaves at a fixed time: the window of its first stop is `[t, t + tolerance]`. Later stops keep the
window `ALL_DAY`: how long the legs take is the roads' matter, so that a request contradicts no network. A
round trip is three stops or more (pick-up, the destinations with the time spent there as `service_s`, return
to the office); a one-way trip is two. Loads board at the first stop and alight at the last.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from gis.places import Place
from optimizer.model import (
    Priority,
    Request,
    Stop,
    StopOption,
    TimeWindow,
    Vehicle,
    VehicleClass,
    VehicleType,
)
from scenarios.prefecture.destinations import Destinations
from scenarios.prefecture.ground import Ground, to_metres
from scenarios.prefecture.organisation import Organisation, shares

_PEOPLE: Final = ((1, 0.51), (2, 0.32), (3, 0.11), (4, 0.04), (5, 0.01), (6, 0.004), (12, 0.006))
_CATEGORIES: Final = ("会议", "调研", "督查检查", "项目现场", "接待", "送件", "培训", "下乡")
_SPECIAL: Final = (
    (VehicleClass.ENFORCEMENT, "执法检查", 0.035),
    (VehicleClass.SPECIAL_TECH, "监测采样", 0.012),
)
_URGENT: Final = frozenset({"接待", "督查检查"})
_SMALL_CAR: Final = 4
_RURAL, _AWAY = 0.18, 0.07
_ONE_WAY, _TWO_PLACES = 0.20, 0.16
_BUSY_AT_MOST: Final = 0.72
_BOARDING_S: Final = 120
_LATEST_END_S: Final = 79_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outing:
    """A trip before it becomes a request; seconds since the start of the service day.

    Parameters
    ----------
    halts
        (place, seconds spent there) after the pick-up; a single one is a one-way trip.
    far
        Whether it leaves the town.
    """

    start_s: int
    people: int
    halts: tuple[tuple[Place, int], ...]
    far: bool
    vehicle_class: VehicleClass | None = None
    category: str = ""


@dataclass(slots=True, kw_only=True)
class _Means:
    """What a region's cars can still take on, so that no request asks for what nobody has.

    Parameters
    ----------
    at_once
        How many cars may be out at the same moment.
    large
        Seats for passengers of the cars with more than four, ascending.
    classes
        Cars that units may share, by class.
    secret
        Units with a confidential car of their own.
    out
        Cars that are out, by quarter of an hour.
    """

    at_once: int
    large: list[int]
    classes: Counter[VehicleClass]
    secret: set[str]
    out: list[int] = field(default_factory=lambda: [0] * 192)


def make_requests(
    ground: Ground,
    rng: np.random.Generator,
    organisation: Organisation,
    destinations: Destinations,
    cars: list[Vehicle],
    kinds: tuple[VehicleType, ...],
    *,
    count: int,
    tolerance_s: int = 0,
) -> tuple[Request, ...]:
    """Make the day's requests, spread over the regions as their cars are.

    No more than about three quarters of a region's cars are wanted at the same moment, by a rough guess of
    the driving times. Most trips stay in town, some go to villages, a few to other counties. What a request
    needs in seats and class, some car of its region has.

    Parameters
    ----------
    tolerance_s
        How long after the wished time a car may still come.
    """
    office = {place.id: place for place in organisation.places}
    seats = {kind.id: kind.capacity[0] for kind in kinds}
    requests: list[Request] = []
    for region, many in enumerate(shares(count, len(organisation.leaves))):
        mine = [car for car in cars if car.county_id == f"county-{region:02}" and (car.marked or car.exempt)]
        means = _means(mine, seats)
        for _ in range(many):
            unit = organisation.units[int(rng.choice(organisation.leaves[region]))]
            home = office[unit.place_id]
            outing = _specified(rng, _outing(ground, rng, home, destinations, region, means), unit.id, means)
            request_id = f"request-{len(requests) + 1:05}"
            requests.append(_request(rng, request_id, (unit.id, home), outing, tolerance_s))
    return tuple(requests)


def _means(cars: list[Vehicle], seats: Mapping[str, int]) -> _Means:
    shared = [car for car in cars if car.lendable]
    return _Means(
        at_once=max(2, int(_BUSY_AT_MOST * len(shared))),
        large=sorted(seats[car.type_id] for car in shared if seats[car.type_id] > _SMALL_CAR),
        classes=Counter(car.vehicle_class for car in shared),
        secret={car.unit_id for car in cars if car.vehicle_class is VehicleClass.CONFIDENTIAL},
    )


def _outing(
    ground: Ground,
    rng: np.random.Generator,
    home: Place,
    destinations: Destinations,
    region: int,
    means: _Means,
) -> Outing:
    """Draw trips until one fits between the others of the region (after 30 tries, take the last)."""
    for _ in range(30):
        outing = _draw(rng, home, destinations, region)
        end_s = outing.start_s + _guess_s(ground, home, outing)
        quarters = range(outing.start_s // 900, min(end_s // 900 + 1, len(means.out)))
        if end_s < _LATEST_END_S and max(means.out[q] for q in quarters) < means.at_once:
            break
    for quarter in quarters:
        means.out[quarter] += 1
    return outing


def _draw(rng: np.random.Generator, home: Place, destinations: Destinations, region: int) -> Outing:
    pool, waits, far = _goal(rng, destinations, region)
    halts = [_halt(rng, destinations, pool, waits)]
    style = float(rng.random())
    if style < _TWO_PLACES:
        halts.append(_halt(rng, destinations, pool, (1_200, 3_600)))
    if style > 1 - _ONE_WAY:
        halts = [(halts[0][0], 0)]
    else:
        halts.append((home, 0))
    people = int(rng.choice([n for n, _ in _PEOPLE], p=[share for _, share in _PEOPLE]))
    return Outing(start_s=_start_s(rng, far=far), people=people, halts=tuple(halts), far=far)


def _goal(
    rng: np.random.Generator, destinations: Destinations, region: int
) -> tuple[tuple[int, ...], tuple[int, int], bool]:
    """Where a trip may go, how long it stays there (seconds, from and to), and whether that is far."""
    dice, regions = float(rng.random()), len(destinations.town)
    if dice < _AWAY and regions > 1:
        other = 1 + int(rng.integers(regions - 1)) if region == 0 else 0
        return destinations.town[other], (5_400, 12_600), True
    if dice < _AWAY + _RURAL:
        return destinations.land[region] or destinations.town[region], (2_700, 9_000), True
    return destinations.town[region], (1_800, 7_200), False


def _halt(
    rng: np.random.Generator, destinations: Destinations, pool: tuple[int, ...], waits: tuple[int, int]
) -> tuple[Place, int]:
    wait_s = int(rng.integers(waits[0] // 300, waits[1] // 300 + 1)) * 300
    return destinations.places[int(rng.choice(pool))], wait_s


def _start_s(rng: np.random.Generator, *, far: bool) -> int:
    """Two waves, at nine and at half past two; who goes far leaves early."""
    dice = float(rng.random())
    if far:
        hour = rng.normal(8.6, 0.6) if dice < 0.8 else rng.normal(13.6, 0.4)
    elif dice < 0.86:
        hour = rng.normal(9.2, 0.7) if dice < 0.48 else rng.normal(14.6, 0.7)
    else:
        hour = rng.uniform(8, 17)
    return int(np.clip(round(hour * 12) * 300, 25_200, 63_000))


def _guess_s(ground: Ground, home: Place, outing: Outing) -> int:
    """Rough length of a trip: crow-fly metres at 30 km/h, the stays, and the way back to the base."""
    lon = np.array([home.lon, *(place.lon for place, _ in outing.halts), home.lon])
    lat = np.array([home.lat, *(place.lat for place, _ in outing.halts), home.lat])
    x, y = to_metres(ground.origin, lon, lat)
    away_m = float(np.hypot(np.diff(x), np.diff(y)).sum())
    return int(away_m / 8.3) + 900 + sum(wait_s for _, wait_s in outing.halts)


def _specified(rng: np.random.Generator, outing: Outing, unit_id: str, means: _Means) -> Outing:
    """Say what the trip is for and what it needs, within what the region still has."""
    if unit_id in means.secret and rng.random() < 0.5:
        means.secret.discard(unit_id)
        return replace(outing, people=1, vehicle_class=VehicleClass.CONFIDENTIAL, category="机要通信")
    if outing.people > _SMALL_CAR:
        fitting = [seats for seats in means.large if seats >= outing.people]
        if fitting:
            means.large.remove(fitting[0])
        else:
            outing = replace(outing, people=_SMALL_CAR)
    dice = float(rng.random())
    for vehicle_class, category, share in _SPECIAL:
        if dice < share and outing.people <= _SMALL_CAR and means.classes[vehicle_class]:
            means.classes[vehicle_class] -= 1
            return replace(outing, vehicle_class=vehicle_class, category=category)
        dice -= share
    return replace(outing, category=_CATEGORIES[int(rng.integers(len(_CATEGORIES)))])


def _request(
    rng: np.random.Generator, request_id: str, applicant: tuple[str, Place], outing: Outing, tolerance_s: int
) -> Request:
    unit_id, home = applicant
    confidential = outing.vehicle_class is VehicleClass.CONFIDENTIAL
    easy = len(outing.halts) == 1 or outing.far
    shareable = not confidential and outing.people <= 3 and rng.random() < (0.6 if easy else 0.25)
    urgent = outing.category in _URGENT or rng.random() < 0.08
    return Request(
        id=request_id,
        name=f"{outing.category}：{home.label}→{outing.halts[0][0].label}",
        stops=_stops(home, outing, tolerance_s),
        unit_id=unit_id,
        category=outing.category,
        priority=Priority.P3 if urgent else Priority.P4,
        unserved_penalty_fen=100_000 if urgent else 50_000,
        sole_use=not shareable,
        vehicle_classes=frozenset({outing.vehicle_class} if outing.vehicle_class else ()),
    )


def _stops(home: Place, outing: Outing, tolerance_s: int) -> tuple[Stop, ...]:
    window = TimeWindow(start_s=outing.start_s, end_s=outing.start_s + tolerance_s)
    board = StopOption(place_id=home.id, window=window, service_s=_BOARDING_S)
    alight = StopOption(place_id=outing.halts[-1][0].id, service_s=_BOARDING_S)
    between = [StopOption(place_id=place.id, service_s=wait_s) for place, wait_s in outing.halts[:-1]]
    return (
        Stop(options=(board,), load=(outing.people,)),
        *(Stop(options=(option,)) for option in between),
        Stop(options=(alight,), load=(-outing.people,)),
    )
