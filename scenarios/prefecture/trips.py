"""Car requests of a workday at fixed times.

A request leaves at a fixed time: the window of its first stop is `[t, t + tolerance]`. Later stops keep the
window `ALL_DAY`: how long the legs take is the roads' matter, so that a request contradicts no network. A
round trip is three stops or more (pick-up, the destinations with the time spent there as `service_s`, return
to the office); a one-way trip is two. Loads board at the first stop and alight at the last.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gis.places import Place
from optimizer.model import Priority, Request, Stop, StopOption, TimeWindow, Vehicle, VehicleClass
from scenarios.prefecture.ground import Ground, Label, pick, place_beside, to_metres
from scenarios.prefecture.organisation import Organisation, shares
from scenarios.prefecture.regions import Region
from scenarios.prefecture.sizes import DemandSize

_PEOPLE: Final = ((1, 0.50), (2, 0.32), (3, 0.11), (4, 0.045), (5, 0.012), (6, 0.005), (12, 0.008))
_CATEGORIES: Final = ("会议", "调研", "督查检查", "项目现场", "接待", "送件", "培训", "下乡")
_SPECIAL: Final = (
    (VehicleClass.ENFORCEMENT, "执法检查", 0.035),
    (VehicleClass.SPECIAL_TECH, "监测采样", 0.012),
)
_FACILITIES_TOWN: Final = (
    "会议中心",
    "政务服务中心",
    "人民医院",
    "客运站",
    "学校",
    "项目工地",
    "档案馆",
    "会展中心",
)
_FACILITIES_LAND: Final = ("村委会", "水库工地", "卫生院", "护林站", "产业园", "公路项目部", "水文站", "小学")
_RURAL, _AWAY = 0.22, 0.13
_BUSY_AT_MOST: Final = 0.72
_BOARDING_S: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Destinations:
    """Places that requests go to, by region: in town, and on the land around it."""

    places: tuple[Place, ...]
    town: tuple[tuple[int, ...], ...]
    land: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One request before it becomes a `Request`; times in seconds since the start of the service day.

    Parameters
    ----------
    halts
        (place, seconds spent there) after the pick-up.
    """

    start_s: int
    people: int
    halts: tuple[tuple[Place, int], ...]
    far: bool


@dataclass(slots=True, kw_only=True)
class _Busy:
    """How many cars of a region are out, by quarter of an hour."""

    limit: int
    out: list[int] = field(default_factory=lambda: [0] * 192)

    def has_room(self, start_s: int, end_s: int) -> bool:
        return max(self.out[start_s // 900 : end_s // 900 + 1]) < self.limit

    def take(self, start_s: int, end_s: int) -> None:
        for quarter in range(start_s // 900, end_s // 900 + 1):
            self.out[quarter] += 1


def find_destinations(
    ground: Ground,
    rng: np.random.Generator,
    regions: tuple[Region, ...],
    label: Label,
    count: int,
    *,
    real: bool,
) -> Destinations:
    """Choose the places that requests of each region go to: half of them in town.

    Parameters
    ----------
    real
        Whether the roads are real: then the names say that the facility is invented.
    """
    places: list[Place] = []
    town: list[tuple[int, ...]] = []
    land: list[tuple[int, ...]] = []
    suffix = "（虚构）" if real else ""
    for region, size in zip(regions, shares(count, len(regions)), strict=True):
        outside = np.setdiff1d(region.land, region.town)
        inside = region.town if len(region.town) else region.land
        for edges, names, group, many in (
            (inside, _FACILITIES_TOWN, town, size - size // 2),
            (outside if len(outside) > 20 else region.land, _FACILITIES_LAND, land, size // 2),
        ):
            first = len(places)
            for edge in pick(rng, ground, edges, many):
                name = f"{label(edge)}{names[int(rng.integers(len(names)))]}{suffix}"
                places.append(place_beside(ground, rng, edge, f"dest-{len(places) + 1:04}", name))
            group.append(tuple(range(first, len(places))))
    return Destinations(places=tuple(places), town=tuple(town), land=tuple(land))


def make_requests(
    ground: Ground,
    rng: np.random.Generator,
    organisation: Organisation,
    destinations: Destinations,
    cars: list[Vehicle],
    demand: DemandSize,
    *,
    tolerance_s: int = 0,
) -> tuple[Request, ...]:
    """Make the day's requests, spread over the regions as their cars are.

    No more than about three quarters of a region's cars are wanted at the same moment, by a rough guess of
    the driving times. Most trips stay in town, some go to villages, a few to other counties.

    Parameters
    ----------
    tolerance_s
        How long after the wished time a car may still come.
    """
    office = {place.id: place for place in organisation.places}
    requests: list[Request] = []
    for region, count in enumerate(shares(demand.requests, len(organisation.leaves))):
        mine = [car for car in cars if car.county_id == f"county-{region:02}" and car.lendable and car.marked]
        busy = _Busy(limit=max(2, int(_BUSY_AT_MOST * len(mine))))
        secret = _confidential_units(cars, region)
        for _ in range(count):
            unit = organisation.units[int(rng.choice(organisation.leaves[region]))]
            secretly = unit.id in secret and rng.random() < 0.5
            home = office[unit.place_id]
            plan = _plan(ground, rng, home, destinations, region, busy)
            if secretly:
                secret.discard(unit.id)
                plan = Plan(start_s=plan.start_s, people=1, halts=plan.halts, far=plan.far)
            request_id = f"request-{len(requests) + 1:05}"
            requests.append(
                _request(rng, request_id, unit.id, home, plan, secret=secretly, tolerance_s=tolerance_s)
            )
    return tuple(requests)


def _confidential_units(cars: list[Vehicle], region: int) -> set[str]:
    """Units of a region that have a confidential car of their own that may be dispatched."""
    return {
        car.unit_id
        for car in cars
        if car.county_id == f"county-{region:02}"
        and car.vehicle_class is VehicleClass.CONFIDENTIAL
        and (car.marked or car.exempt)
    }


def _plan(
    ground: Ground,
    rng: np.random.Generator,
    home: Place,
    destinations: Destinations,
    region: int,
    busy: _Busy,
) -> Plan:
    """Draw trips until one fits between the others of the region (after 30 tries, take it as it is)."""
    for _ in range(30):
        plan = _draw(rng, home, destinations, region)
        end_s = plan.start_s + _guess_s(ground, home, plan)
        if end_s < 79_200 and busy.has_room(plan.start_s, end_s):
            break
    busy.take(plan.start_s, min(end_s, 170_000))
    return plan


def _draw(rng: np.random.Generator, home: Place, destinations: Destinations, region: int) -> Plan:
    dice = float(rng.random())
    regions = len(destinations.town)
    if dice < _AWAY and regions > 1:
        other = int(rng.integers(regions - 1)) if region == 0 else 0
        other = other + 1 if region == 0 else other
        pool, waits, far = destinations.town[other] or destinations.land[other], (5_400, 12_600), True
    elif dice < _AWAY + _RURAL:
        pool, waits, far = destinations.land[region] or destinations.town[region], (2_700, 9_000), True
    else:
        pool, waits, far = destinations.town[region], (1_800, 7_200), False
    halts = [_halt(rng, destinations, pool, waits)]
    style = float(rng.random())
    if style < 0.16:
        halts.append(_halt(rng, destinations, pool, (1_200, 3_600)))
    people = int(rng.choice([n for n, _ in _PEOPLE], p=[share for _, share in _PEOPLE]))
    one_way = style > 0.80
    if one_way:
        halts = [(halts[0][0], 0)]
    else:
        halts.append((home, 0))
    return Plan(start_s=_start_s(rng, far=far), people=people, halts=tuple(halts), far=far)


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
    else:
        hour = (
            rng.normal(9.2, 0.7)
            if dice < 0.48
            else rng.normal(14.6, 0.7)
            if dice < 0.86
            else rng.uniform(8, 17)
        )
    return int(np.clip(round(hour * 12) * 300, 25_200, 63_000))


def _guess_s(ground: Ground, home: Place, plan: Plan) -> int:
    """Rough length of a trip: crow-fly metres at 30 km/h, the stays, and the way back to the base."""
    lon = np.array([home.lon, *(place.lon for place, _ in plan.halts), home.lon])
    lat = np.array([home.lat, *(place.lat for place, _ in plan.halts), home.lat])
    x, y = to_metres(ground.origin, lon, lat)
    away_m = float(np.hypot(np.diff(x), np.diff(y)).sum())
    return int(away_m / 8.3) + 900 + sum(wait_s for _, wait_s in plan.halts)


def _request(
    rng: np.random.Generator,
    request_id: str,
    unit_id: str,
    home: Place,
    plan: Plan,
    *,
    secret: bool,
    tolerance_s: int,
) -> Request:
    classes, category = _class_and_category(rng, plan, secret=secret)
    one_way = len(plan.halts) == 1
    shareable = not secret and plan.people <= 3 and rng.random() < (0.6 if one_way or plan.far else 0.25)
    priority = Priority.P3 if category in {"接待", "督查检查"} or rng.random() < 0.08 else Priority.P4
    window = TimeWindow(start_s=plan.start_s, end_s=plan.start_s + tolerance_s)
    stops = [
        Stop(
            options=(StopOption(place_id=home.id, window=window, service_s=_BOARDING_S),), load=(plan.people,)
        )
    ]
    for place, wait_s in plan.halts[:-1]:
        stops.append(Stop(options=(StopOption(place_id=place.id, service_s=wait_s),)))
    stops.append(
        Stop(
            options=(StopOption(place_id=plan.halts[-1][0].id, service_s=_BOARDING_S),), load=(-plan.people,)
        )
    )
    return Request(
        id=request_id,
        name=f"{category}：{home.label}→{plan.halts[0][0].label}",
        stops=tuple(stops),
        unit_id=unit_id,
        category=category,
        priority=priority,
        unserved_penalty_fen=100_000 if priority is Priority.P3 else 50_000,
        sole_use=not shareable,
        vehicle_classes=classes,
    )


def _class_and_category(
    rng: np.random.Generator, plan: Plan, *, secret: bool
) -> tuple[frozenset[VehicleClass], str]:
    """Most requests take any car; a few need a class; confidential ones their own unit's car."""
    if secret:
        return frozenset({VehicleClass.CONFIDENTIAL}), "机要通信"
    dice = float(rng.random())
    for vehicle_class, category, share in _SPECIAL:
        if plan.people <= 4 and dice < share:
            return frozenset({vehicle_class}), category
        dice -= share
    return frozenset(), _CATEGORIES[int(rng.integers(len(_CATEGORIES)))]
