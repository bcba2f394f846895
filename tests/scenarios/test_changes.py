"""Changes are pure: what they take away, merge or reprice, by hand."""

import pytest

from optimizer import cars
from optimizer.check import violations
from optimizer.model import CostRates
from optimizer.pooling import members
from optimizer.validate import faults
from scenarios.changes import fewer_cars, leased, pooled, shuttle_tariff
from tests.optimizer.line_town import car, day, trip


def test_idle_cars_go_first_then_the_least_used_and_one_stays() -> None:
    problem = day([car("v1"), car("v2"), car("v3", "F")], [trip("r", "AB", 1_000), trip("s", "BA", 1_200)])
    base = cars.plan(problem)
    (used,) = {route.vehicle_id for route in base.routes}
    assert [v.id for v in fewer_cars(problem, base, 2).vehicles] == [used]
    assert [v.id for v in fewer_cars(problem, base, 9).vehicles] == [used]
    assert fewer_cars(problem, base, 0) == problem


def test_a_tariff_changes_only_its_types() -> None:
    problem = day([car("v1")], [])
    rates = CostRates(per_trip_fen=7)
    assert shuttle_tariff(problem, {"car": rates}).vehicle_types[0].rates == rates
    with pytest.raises(LookupError, match="bus"):
        shuttle_tariff(problem, {"bus": rates})
    hired = leased(problem, "education_bureau").vehicle_types[0].rates
    assert (hired.vehicle_used_fen, hired.per_km_fen) == (60_000, 100)  # 400 + 200 a day, 1 a kilometre


def test_two_of_one_way_share_a_car() -> None:
    asked = [trip("r", "ABA", 1_000, stay_s=3_600), trip("s", "ABA", 1_300, stay_s=3_600)]
    problem = day([car("v1"), car("v2")], asked)
    merged = pooled(problem)
    (request,) = merged.requests
    assert members(request.id) == ("r", "s")
    assert [stop.options[0].place_id for stop in request.stops] == ["A", "A", "B", "A"]
    assert faults(merged) == ()
    schedule = cars.plan(merged)
    assert violations(merged, schedule) == ()
    assert (len(schedule.routes), len(cars.plan(problem).routes)) == (1, 2)


def test_sole_use_full_cars_and_distant_times_are_left_alone() -> None:
    for other in (
        trip("s", "AB", 1_000, sole_use=True),
        trip("s", "AB", 1_000, people=4),
        trip("s", "AB", 9_000),
        trip("s", "FE", 1_000),
    ):
        problem = day([car("v1")], [trip("r", "AB", 1_000), other])
        assert pooled(problem) == problem
