"""Distances of an event on its roads: from the door to the lots and back, on foot to the venue, from far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gis.matrix import UNREACHABLE, TravelMatrix
from gis.places import Place
from optimizer.event.values import EventCar, Kind, Lot, Way
from optimizer.model import TimeWindow
from service.intake.events import ArrivalSheet, LotSheet
from service.use_cases.roads import Roads

LONGEST_WALK_M: Final = 10_000
PROFILES: Final = ("car", "bus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Lots and cars with all their distances, and what could not be found."""

    lots: tuple[Lot, ...]
    cars: tuple[EventCar, ...]
    remarks: tuple[str, ...] = ()


def measured(lots: LotSheet, arrivals: ArrivalSheet, venue: Place, door: Place, roads: Roads) -> Ground:
    """Fill in what the sheets do not give; lots that nobody can reach are closed and named."""
    origins = {place.id: place for place in arrivals.origins.values()}
    far = [place for place in origins.values() if place.id != door.id]
    places = {place.id: place for place in (door, *lots.places.values(), *far)}
    travel = roads.travel(PROFILES, tuple(places.values()))
    remarks: list[str] = []
    walked = _walked(lots, venue, roads, remarks)
    about_s = min((car.arrive_s for car in arrivals.cars), default=0)
    driven = tuple(_driven(lot, lots, door, travel, about_s, remarks) for lot in walked)
    cars = tuple(_approached(car, arrivals.origins, door, travel, remarks) for car in arrivals.cars)
    return Ground(lots=driven, cars=cars, remarks=tuple(dict.fromkeys(remarks)))


def _walked(lots: LotSheet, venue: Place, roads: Roads, remarks: list[str]) -> Sequence[Lot]:
    asked = [lot for lot in lots.lots if lot.id not in lots.walks]
    places = [lots.places[lot.id] for lot in asked]
    metres = roads.walking.distances(places, [venue], LONGEST_WALK_M)[:, 0].tolist() if asked else []
    walk_m = dict(zip((lot.id for lot in asked), metres, strict=True))
    found: list[Lot] = []
    for lot in lots.lots:
        if walk_m.get(lot.id, 0) >= UNREACHABLE:
            remarks.append(f"停车场 {lot.id} 步行 {LONGEST_WALK_M // 1_000} 公里以内到不了会场，按此距离计")
        found.append(replace(lot, walk_m=min(LONGEST_WALK_M, walk_m.get(lot.id, lot.walk_m))))
    return found


def _driven(
    lot: Lot, lots: LotSheet, door: Place, travel: TravelMatrix, about_s: int, remarks: list[str]
) -> Lot:
    """Measure the drive of each kind; a lot to which no road leads is closed and named."""
    if lot.id in lots.drives:
        return lot
    ways = {p: _way(travel, p, door.id, lots.places[lot.id].id, about_s) for p in PROFILES}
    needed = ["car"] * bool(lot.cars) + ["bus"] * bool(lot.minibuses + lot.coaches)
    if any(ways[profile] is None for profile in needed):
        remarks.append(f"停车场 {lot.id} 与落客点之间没有可行的道路，未使用")
        return replace(lot, open=TimeWindow(start_s=0, end_s=0))
    car, bus = ways["car"] or Way(), ways["bus"] or Way()
    return replace(lot, way=car, bus_way=bus)


def _way(travel: TravelMatrix, profile: str, door_id: str, lot_id: str, about_s: int) -> Way | None:
    there_s, there_m = travel.travel(profile, door_id, lot_id, about_s)
    back_s, back_m = travel.travel(profile, lot_id, door_id, about_s)
    if UNREACHABLE in {there_s, back_s}:
        return None
    return Way(there_m=there_m, there_s=there_s, back_m=back_m, back_s=back_s)


def _approached(
    car: EventCar, origins: Mapping[str, Place], door: Place, travel: TravelMatrix, remarks: list[str]
) -> EventCar:
    """Say how long a car drives to the door, by the hour at which it sets out."""
    if car.id not in origins:
        return car
    profile = "car" if car.kind is Kind.CAR else "bus"
    start_s = max(0, car.arrive_s - 3_600)
    seconds, _ = travel.travel(profile, origins[car.id].id, door.id, start_s)
    if seconds >= UNREACHABLE:
        remarks.append(f"{car.label} 的出发地没有道路到落客点，未计算出发时间")
        return car
    return replace(car, approach_s=seconds)
