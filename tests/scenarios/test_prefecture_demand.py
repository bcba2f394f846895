"""A workday invented on synthetic and on real roads."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gis.closures import closure_edges
from gis.matrix import Block, TravelMatrix
from gis.network import RoadNetwork
from gis.read import read_network
from gis.router import Router
from optimizer.model import Problem, Request, VehicleClass
from optimizer.policy.rules import may_serve
from scenarios.prefecture import Prefecture, generate, write_roads
from scenarios.prefecture.ground import GroundError
from scenarios.prefecture.plates import PLATE, SERIES
from scenarios.prefecture.sizes import Size

SEED = 3


def made(folder: Path, size: Size) -> tuple[RoadNetwork, Prefecture]:
    network = read_network(write_roads(folder / f"{size}.osm.pbf", size=size, seed=SEED))
    return network, generate(network, size=size, seed=SEED)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[RoadNetwork, Prefecture]:
    return made(tmp_path_factory.mktemp("s"), "s")


@pytest.fixture(scope="module")
def middle(tmp_path_factory: pytest.TempPathFactory) -> tuple[RoadNetwork, Prefecture]:
    return made(tmp_path_factory.mktemp("m"), "m")


@pytest.fixture(scope="module")
def real(shared_data: Path) -> tuple[RoadNetwork, Prefecture]:
    network = read_network(shared_data / "osm" / "cn_guixi_jiangxi.osm")
    return network, generate(network, size="s", seed=SEED)


def day_of(prefecture: Prefecture) -> Problem:
    nowhere = np.zeros((4, 1, 0, 0), np.int32)
    travel = TravelMatrix(
        profiles=("car", "bus", "truck", "emergency"),
        bucket_starts_s=(0,),
        blocks=(Block(origins={}, destinations={}, seconds=nowhere, metres=nowhere),),
    )
    return Problem(
        date=prefecture.date,
        places=prefecture.places,
        vehicle_types=prefecture.vehicle_types,
        vehicles=prefecture.cars,
        requests=prefecture.requests,
        travel=travel,
    )


def people(request: Request) -> int:
    return request.stops[0].load[0]


def place_ids_named(prefecture: Prefecture) -> set[str]:
    vehicles = (*prefecture.cars, *prefecture.buses, *prefecture.emergency_vehicles)
    named = {vehicle.start_place_id for vehicle in vehicles} | {v.end_place_id or "" for v in vehicles}
    named |= {depot.place_id for depot in prefecture.depots}
    named |= {o.place_id for request in prefecture.requests for stop in request.stops for o in stop.options}
    named |= {incident.place_id for incident in prefecture.incidents}
    named |= {state.place_id for state in prefecture.fleet_state}
    return named | {unit.place_id for unit in prefecture.units if unit.place_id}


def assert_ids_hold_together(prefecture: Prefecture) -> None:
    vehicles = (*prefecture.cars, *prefecture.buses, *prefecture.emergency_vehicles)
    for ids in (
        [place.id for place in prefecture.places],
        [vehicle.id for vehicle in vehicles],
        [vehicle.plate for vehicle in vehicles],
        [driver.id for driver in prefecture.drivers],
        [request.id for request in prefecture.requests],
        [unit.id for unit in prefecture.units],
        [group.id for group in prefecture.rider_groups],
        [kind.id for kind in prefecture.vehicle_types],
    ):
        assert len(set(ids)) == len(ids)
    assert place_ids_named(prefecture) <= {place.id for place in prefecture.places}
    types = {kind.id for kind in prefecture.vehicle_types}
    units = {unit.id for unit in prefecture.units}
    assert {vehicle.type_id for vehicle in vehicles} <= types
    assert {vehicle.unit_id for vehicle in vehicles} <= units
    assert {request.unit_id for request in prefecture.requests} <= units
    assert {unit.parent_id for unit in prefecture.units if unit.parent_id} <= units


def assert_everyone_is_served_by_some_car_of_the_county(prefecture: Prefecture) -> None:
    problem = day_of(prefecture)
    kinds = {kind.id: kind for kind in prefecture.vehicle_types}
    counties: dict[str, list[int]] = {}
    for i, car in enumerate(prefecture.cars):
        counties.setdefault(car.county_id, []).append(i)
    county_of = {unit.id: unit.id.split("-b")[0] for unit in prefecture.units}
    for request in prefecture.requests:
        cars = [prefecture.cars[i] for i in counties[county_of[request.unit_id]]]
        fitting = (may_serve(problem, car, request, kinds[car.type_id]) is None for car in cars)
        assert any(fitting), request.name


def assert_places_are_on_the_roads(network: RoadNetwork, prefecture: Prefecture) -> None:
    homes = {group.home.id for group in prefecture.rider_groups}
    for profile in ("car", "truck"):
        places = [place for place in prefecture.places if place.id not in homes]
        router = Router(network, profile=profile, engine="scipy")
        assert max(snap.distance_m for snap in router.snap(places, max_distance_m=150.0)) < 150.0
    stops = [*prefecture.shuttle_stops, *(compound.place for compound in prefecture.compounds)]
    Router(network, profile="bus", engine="scipy").snap(stops, max_distance_m=150.0)


def test_the_small_day_has_its_exact_amounts(small: tuple[RoadNetwork, Prefecture]) -> None:
    _, day = small
    assert len(day.cars) + len(day.emergency_vehicles) == 50
    assert len(day.requests) == 60
    assert sum(group.count for group in day.rider_groups) == 300
    assert 8 <= len(day.shuttle_stops) <= 20
    assert Counter(unit.level for unit in day.units)["county"] == 1 + 2


def test_the_middle_day_has_its_exact_amounts(middle: tuple[RoadNetwork, Prefecture]) -> None:
    _, day = middle
    levels = Counter(unit.level for unit in day.units)
    assert len(day.cars) + len(day.emergency_vehicles) == 722
    assert len(day.requests) == 800
    assert sum(group.count for group in day.rider_groups) == 1_700
    assert 40 <= len(day.shuttle_stops) <= 60
    assert levels["unit"] == 150
    assert levels["county"] == 1 + 18


@pytest.mark.slow
def test_the_large_prefecture_has_its_exact_amounts(tmp_path: Path) -> None:
    network, day = made(tmp_path, "l")
    assert network.edge_count >= 300_000
    assert len(day.cars) + len(day.emergency_vehicles) == 6_000
    assert len(day.emergency_vehicles) >= 200
    assert len(day.requests) == 7_000
    assert sum(group.count for group in day.rider_groups) == 5_000
    assert len(day.shuttle_stops) == 120
    assert_ids_hold_together(day)
    assert_everyone_is_served_by_some_car_of_the_county(day)


def test_the_same_network_size_and_seed_give_the_same_day(small: tuple[RoadNetwork, Prefecture]) -> None:
    network, day = small
    assert generate(network, size="s", seed=SEED) == day
    assert generate(network, size="s", seed=SEED + 1).requests != day.requests


def test_another_map_gives_another_day(small: tuple[RoadNetwork, Prefecture]) -> None:
    network, day = small
    other = generate(replace(network, version="another"), size="s", seed=SEED)
    assert other.requests != day.requests


def test_the_day_says_that_it_is_invented(
    small: tuple[RoadNetwork, Prefecture], real: tuple[RoadNetwork, Prefecture]
) -> None:
    for _, day in (small, real):
        assert day.synthetic
        assert "虚构" in day.name
    assert small[1].synthetic_roads
    assert not real[1].synthetic_roads
    facilities = [place.name for place in real[1].places if place.id.startswith("dest-")]
    assert all(name.endswith("（虚构）") for name in facilities)


def test_ids_are_unique_and_known(
    small: tuple[RoadNetwork, Prefecture],
    middle: tuple[RoadNetwork, Prefecture],
    real: tuple[RoadNetwork, Prefecture],
) -> None:
    for _, day in (small, middle, real):
        assert_ids_hold_together(day)


def test_every_plate_is_valid_of_the_invented_series_and_green_on_battery_cars(
    middle: tuple[RoadNetwork, Prefecture],
) -> None:
    _, day = middle
    energy = {kind.id: kind.energy for kind in day.vehicle_types}
    vehicles = (*day.cars, *day.buses, *day.emergency_vehicles)
    for vehicle in vehicles:
        assert PLATE.match(vehicle.plate), vehicle.plate
        assert vehicle.plate.startswith(SERIES)
        assert len(vehicle.plate) == (8 if energy[vehicle.type_id] == "battery" else 7)


def test_a_plate_with_the_letter_i_or_o_is_no_plate() -> None:
    assert not PLATE.match("云XI2345")
    assert not PLATE.match("云XO2345")
    assert PLATE.match("云XA2345")
    assert PLATE.match("云XD12345")


def test_places_lie_on_synthetic_roads(small: tuple[RoadNetwork, Prefecture]) -> None:
    assert_places_are_on_the_roads(*small)


def test_places_lie_on_real_roads(real: tuple[RoadNetwork, Prefecture]) -> None:
    assert_places_are_on_the_roads(*real)


def test_each_request_fits_some_car_of_its_county(
    small: tuple[RoadNetwork, Prefecture],
    middle: tuple[RoadNetwork, Prefecture],
    real: tuple[RoadNetwork, Prefecture],
) -> None:
    for _, day in (small, middle, real):
        assert_everyone_is_served_by_some_car_of_the_county(day)


def test_requests_start_at_a_fixed_time_in_the_working_day(middle: tuple[RoadNetwork, Prefecture]) -> None:
    for request in middle[1].requests:
        window = request.stops[0].options[0].window
        assert window.start_s == window.end_s
        assert 7 * 3_600 <= window.start_s <= 17.5 * 3_600
        assert sum(stop.load[0] for stop in request.stops if stop.load) == 0


def test_a_tolerance_widens_the_pick_up(small: tuple[RoadNetwork, Prefecture]) -> None:
    day = generate(small[0], size="s", seed=SEED, tolerance_s=600)
    windows = [request.stops[0].options[0].window for request in day.requests]
    assert {window.end_s - window.start_s for window in windows} == {600}


def test_about_1_8_people_ride_and_some_trips_can_be_shared(middle: tuple[RoadNetwork, Prefecture]) -> None:
    requests = middle[1].requests
    assert 1.6 < np.mean([people(request) for request in requests]) < 2.0
    assert 0.2 < np.mean([not request.sole_use for request in requests]) < 0.6


def test_confidential_trips_are_never_shared_and_stay_with_their_unit(
    middle: tuple[RoadNetwork, Prefecture],
) -> None:
    _, day = middle
    secret = [r for r in day.requests if VehicleClass.CONFIDENTIAL in r.vehicle_classes]
    owners = {car.unit_id for car in day.cars if car.vehicle_class is VehicleClass.CONFIDENTIAL}
    assert secret
    assert all(request.sole_use and request.unit_id in owners for request in secret)


def test_homes_lie_near_stops_but_for_a_few(middle: tuple[RoadNetwork, Prefecture]) -> None:
    _, day = middle
    stops = np.array([(stop.lon, stop.lat) for stop in day.shuttle_stops])
    homes = np.array([(group.home.lon, group.home.lat) for group in day.rider_groups])
    metres = np.array((100_400.0, 111_000.0))
    away = np.hypot(*((homes[:, None] - stops[None]) * metres).transpose(2, 0, 1)).min(axis=1)
    assert 0.94 < (away < 600).mean() < 1.0


def test_buses_seat_all_staff(
    small: tuple[RoadNetwork, Prefecture], middle: tuple[RoadNetwork, Prefecture]
) -> None:
    for _, day in (small, middle):
        seats = {kind.id: kind.capacity[0] for kind in day.vehicle_types}
        assert sum(seats[bus.type_id] for bus in day.buses) >= sum(g.count for g in day.rider_groups)


def test_own_drivers_may_drive_their_vehicles(small: tuple[RoadNetwork, Prefecture]) -> None:
    _, day = small
    drivers = {driver.id: driver for driver in day.drivers}
    vehicles = {v.id: v for v in (*day.cars, *day.buses, *day.emergency_vehicles)}
    assert {vehicle_id for vehicle_id, _ in day.fixed_drivers} == vehicles.keys()
    coach = next(bus for bus in day.buses if bus.type_id == "coach_49_diesel")
    assert drivers[dict(day.fixed_drivers)[coach.id]].licences == {"A1"}
    assert all(name.startswith("驾驶员 ") for _, name in day.driver_names)


def test_each_need_of_the_incidents_meets_enough_free_vehicles(
    small: tuple[RoadNetwork, Prefecture], middle: tuple[RoadNetwork, Prefecture]
) -> None:
    for _, day in (small, middle):
        free = {state.vehicle_id for state in day.fleet_state if state.status == "available"}
        skills = Counter(s for v in day.emergency_vehicles if v.id in free for s in v.skills)
        assert len(day.incidents) == 3
        for incident in day.incidents:
            assert incident.reported_s <= day.clock_s == 34_800
            assert all(skills[need.skill] >= need.count for need in incident.needs)


def test_closures_shut_roads_but_cut_nobody_off(
    small: tuple[RoadNetwork, Prefecture], real: tuple[RoadNetwork, Prefecture]
) -> None:
    for network, day in (small, real):
        shut = [closure for closure in day.closures if closure.factor == 0.0]
        assert shut
        assert all(len(closure_edges(network, closure)) for closure in day.closures)
        router = Router(network, profile="emergency", engine="scipy")
        router.close(day.closures)
        places = {place.id: place for place in day.places}
        for incident in day.incidents:
            for start in {state.place_id for state in day.fleet_state}:
                path = router.path(places[start], places[incident.place_id], day.clock_s)
                assert path.arrive_s - day.clock_s < 3 * 3_600


def test_a_region_of_a_small_real_map_is_called_by_its_direction(
    real: tuple[RoadNetwork, Prefecture],
) -> None:
    counties = [unit.name for unit in real[1].units if unit.level == "county"]
    assert counties[0] == "中心片区"
    assert all(name.endswith("片区") for name in counties)


def test_counties_on_synthetic_roads_are_the_ones_drawn_there(small: tuple[RoadNetwork, Prefecture]) -> None:
    names = [unit.name for unit in small[1].units if unit.level == "county"]
    assert names[0] == "云岚市本级"
    assert all(name.endswith("县") for name in names[1:])


def test_roads_of_another_seed_are_treated_as_any_other_map(small: tuple[RoadNetwork, Prefecture]) -> None:
    day = generate(small[0], size="s", seed=SEED + 1)
    counties = [unit.name for unit in day.units if unit.level == "county"]
    assert counties[0] == "中心片区"
    assert day.synthetic_roads


def test_a_map_too_small_for_a_day_is_refused(small: tuple[RoadNetwork, Prefecture]) -> None:
    network, _ = small
    with pytest.raises(GroundError, match="0 条可用路段"):
        generate(network, size="s", seed=SEED, routable=np.zeros(network.edge_count, np.bool_))
