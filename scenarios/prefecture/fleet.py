"""Official cars, commuter buses and drivers of the prefecture."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from optimizer.model import Depot, Driver, TimeWindow, Vehicle, VehicleClass, VehicleType
from optimizer.policy.licences import licence_for_seats
from optimizer.policy.rules import MARKING
from optimizer.policy.tariffs import lease_rates, lease_tariff
from optimizer.policy.vehicles import default_vehicle_types
from scenarios.prefecture.organisation import Organisation, shares

CAR_SHIFT: Final = TimeWindow(start_s=23_400, end_s=82_800)
_BUS_SHIFT: Final = TimeWindow(start_s=18_000, end_s=79_200)

_CAR_TYPES: Final = (
    ("sedan_petrol", 0.50),
    ("sedan_battery", 0.26),
    ("mpv_petrol", 0.18),
    ("coach_19_diesel", 0.06),
)
_CLASSES: Final = (
    (VehicleClass.OTHER, 0.55), (VehicleClass.EMERGENCY, 0.15), (VehicleClass.ENFORCEMENT, 0.16),
    (VehicleClass.SPECIAL_TECH, 0.07), (VehicleClass.POST_ASSIGNED, 0.03), (VehicleClass.CONFIDENTIAL, 0.04),
)  # fmt: skip
_BUS_MIX: Final = (
    "coach_49_diesel", "hired_45", "coach_33_diesel", "hired_53", "coach_49_battery", "coach_19_diesel",
    "hired_33", "coach_49_diesel", "hired_45", "coach_45_diesel",
)  # fmt: skip
_UNMARKED_SHARE: Final = 0.03

_HIRED: Final = {33: "university", 45: "university", 53: "education_bureau"}
"""Seats of hired buses and the published tariff each is hired by."""

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Drivers, all of them invented.

    Parameters
    ----------
    fixed
        (vehicle id, driver id): a vehicle's own driver.
    names
        (driver id, name), the names obviously invented.
    """

    drivers: tuple[Driver, ...]
    fixed: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]


def vehicle_types() -> tuple[VehicleType, ...]:
    """Return the default kinds and those added here: buses of other sizes, hired buses, emergency kinds.

    The rates of buses with 33 and 45 seats lie between those of 19 and 49 seats in proportion to the seats;
    emergency kinds without figures of their own take those of the nearest default kind.
    """
    known = {kind.id: kind for kind in default_vehicle_types()}
    coaches = [_between(known, seats) for seats in (33, 45)]
    hired = [_hired(seats) for seats in _HIRED]
    special = [
        replace(known["supplies_truck"], id="pump_truck", name="排涝抢险车"),
        replace(known["supplies_truck"], id="cold_van", name="疫苗冷藏车", profile="car"),
        replace(known["mpv_petrol"], id="offroad", name="越野抢险车"),
    ]
    return (*known.values(), *coaches, *hired, *special)


def make_cars(
    rng: np.random.Generator, organisation: Organisation, count: int, plates: Iterator[tuple[str, str]]
) -> list[Vehicle]:
    """Make `count` official cars, each at a base of its region and held by one of its units."""
    cars: list[Vehicle] = []
    for region, size in enumerate(shares(count, len(organisation.leaves))):
        kinds = _mixed(rng, _CAR_TYPES, size)
        classes = _mixed(rng, _CLASSES, size)
        leaves, bases = organisation.leaves[region], organisation.bases[region]
        for at, (kind, vehicle_class) in enumerate(zip(kinds, classes, strict=True)):
            secret = vehicle_class is VehicleClass.CONFIDENTIAL and kind.startswith("sedan")
            ordinary = vehicle_class is not VehicleClass.CONFIDENTIAL
            cars.append(
                _car(
                    f"car-{len(cars) + 1:04}",
                    kind,
                    vehicle_class if secret or ordinary else VehicleClass.OTHER,
                    unmarked=bool(rng.random() < _UNMARKED_SHARE),
                    owner=(organisation.units[leaves[at % len(leaves)]].id, f"county-{region:02}"),
                    base=bases[at % len(bases)],
                    plate=next(plates),
                )
            )
    return cars


def make_buses(
    count: int, bases: tuple[str, str], county_id: str, plates: Iterator[tuple[str, str]]
) -> list[Vehicle]:
    """Make commuter buses: own ones at the first base, hired ones at the second."""
    buses = []
    for i in range(count):
        kind = _BUS_MIX[i % len(_BUS_MIX)]
        base = bases[1] if kind.startswith("hired") else bases[0]
        ordinary, green = next(plates)
        buses.append(
            Vehicle(
                id=f"bus-{i + 1:03}",
                type_id=kind,
                start_place_id=base,
                end_place_id=base,
                shift=_BUS_SHIFT,
                unit_id=county_id,
                county_id=county_id,
                plate=green if kind.endswith("battery") else ordinary,
            )
        )
    return buses


def make_drivers(
    rng: np.random.Generator, vehicles: list[Vehicle], count: int, kinds: tuple[VehicleType, ...]
) -> Crew:
    """Make drivers: one who belongs to each vehicle while they last, the rest in reserve."""
    seats = {kind.id: kind.capacity[0] + 1 for kind in kinds}
    drivers, fixed = [], []
    for i in range(count):
        vehicle = vehicles[i] if i < len(vehicles) else None
        licence = (
            licence_for_seats(seats[vehicle.type_id]) if vehicle else ("C1", "B1", "A1")[int(rng.integers(3))]
        )
        driver_id = f"driver-{i + 1:04}"
        drivers.append(
            Driver(
                id=driver_id,
                unit_id=vehicle.unit_id if vehicle else "",
                licences=frozenset({licence}),
                shift=vehicle.shift if vehicle else CAR_SHIFT,
            )
        )
        if vehicle:
            fixed.append((vehicle.id, driver_id))
    names = tuple((d.id, f"驾驶员 {i:04}") for i, d in enumerate(drivers, start=1))
    return Crew(drivers=tuple(drivers), fixed=tuple(fixed), names=names)


def depots_of(vehicles: list[Vehicle]) -> tuple[Depot, ...]:
    """List every place where vehicles start, once, without a limit of spaces."""
    ids = sorted({vehicle.start_place_id for vehicle in vehicles})
    return tuple(Depot(place_id=place_id) for place_id in ids)


def _car(
    car_id: str,
    kind: str,
    vehicle_class: VehicleClass,
    *,
    unmarked: bool,
    owner: tuple[str, str],
    base: str,
    plate: tuple[str, str],
) -> Vehicle:
    exempt = unmarked and vehicle_class in {VehicleClass.CONFIDENTIAL, VehicleClass.ENFORCEMENT}
    kept = vehicle_class in {VehicleClass.CONFIDENTIAL, VehicleClass.POST_ASSIGNED}
    return Vehicle(
        id=car_id,
        type_id=kind,
        start_place_id=base,
        end_place_id=base,
        shift=CAR_SHIFT,
        vehicle_class=vehicle_class,
        unit_id=owner[0],
        county_id=owner[1],
        plate=plate[1] if kind.endswith("battery") else plate[0],
        marked=not unmarked,
        lendable=not kept,
        exempt=frozenset({MARKING}) if exempt else frozenset(),
    )


def _mixed(rng: np.random.Generator, mix: tuple[tuple[_Kind, float], ...], count: int) -> list[_Kind]:
    """Values in the given shares (largest remainders), shuffled."""
    exact = np.array([share for _, share in mix]) * count
    amounts = np.floor(exact).astype(int)
    amounts[np.argsort(amounts - exact, kind="stable")[: count - int(amounts.sum())]] += 1
    values = [value for (value, _), amount in zip(mix, amounts.tolist(), strict=True) for _ in range(amount)]
    return [values[i] for i in rng.permutation(count).tolist()]


def _between(known: dict[str, VehicleType], seats: int) -> VehicleType:
    """Return a diesel coach whose rates lie between those of 19 and 49 seats."""
    small, large = known["coach_19_diesel"], known["coach_49_diesel"]
    share = (seats - 19) / 30

    def mean(field: str) -> int:
        low, high = int(getattr(small.rates, field)), int(getattr(large.rates, field))
        return round(low + share * (high - low))

    fields = (
        "vehicle_used_fen",
        "per_km_fen",
        "toll_per_km_fen",
        "overtime_per_hour_fen",
        "standing_per_day_fen",
    )
    rates = replace(small.rates, **{field: mean(field) for field in fields})
    return replace(
        large, id=f"coach_{seats}_diesel", name=f"{seats}座客车（柴油）", capacity=(seats - 1,), rates=rates
    )


def _hired(seats: int) -> VehicleType:
    """Return a bus with driver, hired by the day."""
    return VehicleType(
        id=f"hired_{seats}",
        name=f"{seats}座租赁客车",
        capacity=(seats - 1,),
        profile="bus",
        energy="diesel",
        rates=lease_rates(lease_tariff(_HIRED[seats], seats)),
    )
