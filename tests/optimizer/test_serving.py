"""Whether a set of requests can all be served: driven or proven impossible, against trying everything."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from optimizer.check import violations
from optimizer.engines.board import board
from optimizer.engines.serving import serve
from optimizer.hands import calls_for, driven, hands_of
from optimizer.model import (
    Driver,
    Problem,
    Request,
    Reserve,
    Schedule,
    StopOption,
    TimeWindow,
    VehicleClass,
)
from optimizer.price import decision_cost_fen
from optimizer.timing import timetable
from tests.optimizer.line_town import CAR, car, day, trip


def can(problem: Problem) -> bool | None:
    """What the engine says of all requests together; a plan it gives is judged."""
    asked = board(problem, hands_of(problem), problem.requests)
    answer = serve(asked, range(len(problem.requests)), problem.reserves)
    if answer.routes is None:
        return False if answer.certain else None
    schedule = Schedule(routes=answer.routes)
    assert violations(problem, replace(schedule, objective_fen=decision_cost_fen(problem, schedule))) == ()
    return True


def could(problem: Problem) -> bool:
    """The same by trying every request with every hand in every order."""
    table, hands = timetable(problem), hands_of(problem)
    ids = [request.id for request in problem.requests]
    for parts in _dealt(ids, len(hands)):
        used = [h for h, part in enumerate(parts) if part]
        vehicles = [hands[h].vehicle.id for h in used]
        drivers = [hands[h].driver_id for h in used if hands[h].driver_id]
        if len(set(vehicles)) < len(vehicles) or len(set(drivers)) < len(drivers):
            continue
        days = [
            next(
                (
                    route
                    for order in itertools.permutations(parts[h])
                    if (route := driven(table, hands[h], calls_for(table, order))) is not None
                ),
                None,
            )
            for h in used
        ]
        routes = tuple(route for route in days if route is not None)
        if len(routes) == len(used) and not _judged(problem, routes):
            return True
    return False


def _judged(problem: Problem, routes: tuple) -> tuple:  # type: ignore[type-arg]
    schedule = Schedule(routes=routes)
    return violations(problem, replace(schedule, objective_fen=decision_cost_fen(problem, schedule)))


def _dealt(ids: Sequence[str], hands: int) -> Iterator[list[list[str]]]:
    for given in itertools.product(range(hands), repeat=len(ids)):
        yield [[i for i, h in zip(ids, given, strict=True) if h == k] for k in range(hands)]


def windowed(request: Request, width_s: int) -> Request:
    """Let it start up to so much later."""
    first = request.stops[0]
    window = first.options[0].window
    option = replace(
        first.options[0], window=TimeWindow(start_s=window.start_s, end_s=window.start_s + width_s)
    )
    return replace(request, stops=(replace(first, options=(option,)), *request.stops[1:]))


def test_one_car_follows_when_the_time_allows_and_a_second_less_is_proven_impossible() -> None:
    assert can(day([car("v")], [trip("r", "AB", 1_000), trip("s", "BC", 1_100)])) is True
    assert can(day([car("v")], [trip("r", "AB", 1_000), trip("s", "BC", 1_099)])) is False


def test_two_kinds_that_must_be_swapped_are_swapped() -> None:
    police = car("p", vehicle_class=VehicleClass.ENFORCEMENT)
    plain = [trip("a", "AB", 1_000), trip("b", "AB", 1_000)]
    only = trip("c", "AB", 1_000, vehicle_classes=frozenset({VehicleClass.ENFORCEMENT}))
    assert can(day([police, car("v")], [plain[0], only])) is True
    assert can(day([police, car("v")], [*plain, only])) is False


def test_a_limit_of_the_day_is_seen_although_each_leg_is_allowed() -> None:
    short = replace(CAR, max_route_m=6_999)
    asked = [trip("r", "AB", 1_000), trip("s", "BA", 1_300)]  # together D-A-B-B-A-D 4 km
    assert can(day([car("v")], asked, vehicle_types=(short,))) is True
    far = [trip("r", "AB", 1_000), trip("s", "CD", 1_300), trip("t", "DA", 1_700)]
    assert can(day([car("v")], far, vehicle_types=(short,))) is False  # 8 km
    assert can(day([car("v"), car("w")], far, vehicle_types=(short,))) is True


def test_a_reserve_keeps_a_car_from_it_and_drivers_are_one_place_at_a_time() -> None:
    asked = [trip("r", "AB", 1_000), trip("s", "AB", 1_000)]
    fleet = [car("v"), car("w"), car("x")]
    assert can(day(fleet, asked, reserves=(Reserve(count=1),))) is True
    assert can(day(fleet, asked, reserves=(Reserve(count=2),))) is False
    manned = [replace(c, driver_ids=("p", "q")) for c in fleet]
    drivers = (Driver(id="p", licences=frozenset({"C1"})), Driver(id="q", licences=frozenset({"C1"})))
    assert can(day(manned, asked, drivers=drivers)) is True
    assert can(day(manned, [*asked, trip("t", "AB", 1_000)], drivers=drivers)) is False


def test_starts_that_may_move_make_no_ring_without_a_car() -> None:
    wide = [windowed(trip(i, "AB", 1_000), 3_600) for i in "rst"]
    assert can(day([car("v")], wide)) is True  # one after the other: 1,000, 1,200, 1,400


@pytest.mark.parametrize("seed", range(60))
def test_the_answer_is_that_of_trying_everything(seed: int) -> None:
    dice = random.Random(seed)
    requests = []
    for i in range(dice.randint(2, 5)):
        way = dice.sample("ABCEF", dice.randint(2, 3))
        request = trip(
            f"r{i}",
            "".join(way),
            dice.randrange(1_000, 3_000, 100),
            people=dice.choice((1, 1, 5)),
            stay_s=dice.choice((0, 200)),
            vehicle_classes=frozenset(dice.choice(((), (), (VehicleClass.ENFORCEMENT,)))),
            own_unit_only=dice.random() < 0.2,
            unit_id=dice.choice("uw"),
        )
        requests.append(windowed(request, dice.choice((0, 0, 300, 900))))
    big = replace(CAR, id="big", capacity=(6,), max_route_m=dice.choice((None, 9_000)))
    fleet = [
        car(
            f"v{k}",
            dice.choice("DC"),
            type_id=dice.choice(("car", "big")),
            unit_id=dice.choice("uw"),
            vehicle_class=dice.choice((VehicleClass.OTHER, VehicleClass.ENFORCEMENT)),
            busy=dice.choice(((), (TimeWindow(start_s=1_500, end_s=1_800),))),
        )
        for k in range(dice.randint(1, 3))
    ]
    problem = day(
        fleet,
        requests,
        vehicle_types=(CAR, big),
        buffer_s=dice.choice((0, 60)),
        reserves=dice.choice(((), (Reserve(count=1),))),
    )
    assert can(problem) is could(problem)


def test_stops_with_a_choice_of_places_are_never_called_impossible() -> None:
    problem = day([car("v")], [trip("r", "AB", 1_000), trip("s", "BC", 1_099)])
    first, second = problem.requests
    elsewhere = StopOption(place_id="A", window=TimeWindow(start_s=0, end_s=9))
    either = replace(second.stops[0], options=(*second.stops[0].options, elsewhere))
    vague = replace(second, stops=(either, *second.stops[1:]))
    assert can(replace(problem, requests=(first, vague))) is None
