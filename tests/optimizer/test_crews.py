"""Drivers of the day: as many vehicles as can be, at least price, those who have driven least so far."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.crews import man
from optimizer.model import Block, Driver, Place, Problem, TravelMatrix, Vehicle, VehicleType

H = 3_600


def problem(drivers: tuple[Driver, ...], **of_vehicle: Any) -> Problem:
    """One car at one place, which any of these may drive."""
    drivers = tuple(replace(driver, licences=frozenset({"C1"})) for driver in drivers)
    nothing = np.zeros((1, 1, 1, 1), np.int32)
    block = Block(origins={"p": 0}, destinations={"p": 0}, seconds=nothing, metres=nothing)
    car = Vehicle(id="v", type_id="car", start_place_id="p", driver_ids=tuple(d.id for d in drivers))
    return Problem(
        date="2026-03-02",
        places=(Place(id="p", lon=103.8, lat=25.5),),
        vehicle_types=(VehicleType(id="car"),),
        vehicles=(replace(car, **of_vehicle),),
        drivers=drivers,
        requests=(),
        travel=TravelMatrix(profiles=("car",), bucket_starts_s=(0,), blocks=(block,)),
    )


@pytest.mark.parametrize(("hours", "chosen"), [((30, 8), "b"), ((8, 30), "a")])
def test_of_two_drivers_the_one_with_fewer_hours_this_week_is_taken(
    hours: tuple[int, int], chosen: str
) -> None:
    drivers = tuple(Driver(id=name, week_s=n * H) for name, n in zip("ab", hours, strict=True))
    assert man(problem(drivers)).driver_of == {"v": chosen}


def test_hours_of_other_plans_today_count_too() -> None:
    drivers = (Driver(id="a", today_s=H), Driver(id="b"))
    assert man(problem(drivers)).driver_of == {"v": "b"}


def test_a_price_goes_before_fair_hours() -> None:
    drivers = (Driver(id="a", week_s=30 * H), Driver(id="b"))
    usual = problem(drivers, own_driver_id="a", other_driver_fen=100)
    assert man(usual).driver_of == {"v": "a"}
