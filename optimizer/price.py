"""What a plan costs: lines per vehicle in integer fen, each rounded half-even once.

`price` bills what a `Schedule` says; whether it may be believed is `optimizer.check`'s matter. Decision lines
enter the objective, standing lines do not. No floating-point number touches money.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from optimizer.aboard import occupied_legs
from optimizer.legs import leg
from optimizer.model import (
    CostBreakdown,
    CostLine,
    CostRates,
    Problem,
    Request,
    Route,
    Schedule,
    Vehicle,
    VehicleType,
)


def price(problem: Problem, schedule: Schedule, *, idle: bool = True) -> CostBreakdown:
    """Bill a plan: the lines of each route in its order, then the standing lines of vehicles that stay.

    A route bills `vehicle_used` and `trip` (if it drives at all), `km` beyond the included metres, `toll` on
    every kilometre, `hour` beyond the included seconds, `overtime` beyond the regular ones, `standing`,
    `other_driver` where it is not its usual one who drives, and `night` for each night away, which no plan
    can change. Lines of no amount are left out.

    Parameters
    ----------
    idle
        Whether vehicles without a route have their standing line too: a vehicle that is kept costs its day.

    Raises
    ------
    LookupError
        A route's vehicle, or a vehicle's type, is not in the problem.
    """
    rates = _rates_by_vehicle(problem)
    requests = {request.id: request for request in problem.requests}
    vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
    lines = [
        line
        for route in schedule.routes
        for line in (
            *route_lines(route, _of(rates, route)),
            *_other_driver(route, vehicles[route.vehicle_id]),
            *_nights(route, requests, _of(rates, route)),
        )
    ]
    if idle:
        moved = {route.vehicle_id for route in schedule.routes}
        lines += [
            line for v in problem.vehicles if v.id not in moved for line in _standing(v.id, rates[v.id])
        ]
    return CostBreakdown(lines=tuple(lines))


def route_lines(route: Route, rates: CostRates) -> tuple[CostLine, ...]:
    """Lines of one route at given rates; usable for rates that are not the vehicle's own (another tariff)."""
    duty_s = route.end_s - route.start_s
    drives = bool(route.visits) or route.distance_m > 0
    trips = 1 + sum(visit.request_id is None for visit in route.visits)
    beyond_m = max(0, route.distance_m - rates.included_m)
    beyond_s = max(0, duty_s - rates.included_s)
    overtime_s = max(0, duty_s - rates.regular_hours_s)
    lines = [
        _line("vehicle_used", route, int(drives), rates.vehicle_used_fen),
        _line("trip", route, trips if drives else 0, rates.per_trip_fen),
        _line("km", route, beyond_m, rates.per_km_fen, per=1_000),
        _line("toll", route, route.distance_m, rates.toll_per_km_fen, per=1_000),
        _line("hour", route, beyond_s, rates.per_hour_fen, per=3_600),
        _line("overtime", route, overtime_s, rates.overtime_per_hour_fen, per=3_600),
        *_standing(route.vehicle_id, rates),
    ]
    return tuple(line for line in lines if line.amount_fen)


def decision_cost_fen(problem: Problem, schedule: Schedule) -> int:
    """Sum what planning can change: the objective of a plan, in fen."""
    return price(problem, schedule, idle=False).decision_fen


def soft_cost_fen(problem: Problem, schedule: Schedule) -> int:
    """Sum of `StopOption.cost_fen` over the options taken: reported apart, in no bill."""
    requests = {request.id: request for request in problem.requests}
    return sum(
        requests[visit.request_id].stops[visit.stop].options[visit.option].cost_fen
        for route in schedule.routes
        for visit in route.visits
        if visit.request_id is not None
    )


def loaded_m(problem: Problem, schedule: Schedule) -> int:
    """Metres driven with a request under way (`optimizer.aboard.spans`)."""
    return sum(metres for _route, metres in _loaded(problem, schedule))


def empty_m(problem: Problem, schedule: Schedule) -> int:
    """Metres driven with no request under way (空驶): to the first stop, between requests, and home."""
    return sum(route.distance_m for route in schedule.routes) - loaded_m(problem, schedule)


def least_cost_fen(problem: Problem, schedule: Schedule) -> int:
    """Cost of driving the served requests without an empty metre: kilometres and toll of loaded legs alone.

    At the rates of the vehicles that drive them; the part of the decision cost that no better plan of the
    same trips avoids, taken out of the denominator of the gap.
    """
    rates = _rates_by_vehicle(problem)
    return sum(_distance_cost_fen(metres, _of(rates, route)) for route, metres in _loaded(problem, schedule))


def gap(problem: Problem, schedule: Schedule, bound_fen: int) -> float | None:
    """Relative distance to a proven bound, as a fraction: (cost − bound) / (cost − least cost).

    0 where cost and bound agree; None where the plan has nothing above its least cost to compare with.
    """
    cost = decision_cost_fen(problem, schedule)
    if cost == bound_fen:
        return 0.0
    avoidable = cost - least_cost_fen(problem, schedule)
    return (cost - bound_fen) / avoidable if avoidable > 0 else None


def half_even(numerator: int, denominator: int) -> int:
    """Exact quotient of integers, rounded half-even; the denominator is positive."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1))


def _line(kind: str, route: Route, quantity: int, rate_fen: int, *, per: int = 1) -> CostLine:
    amount = half_even(quantity * rate_fen, per)
    return CostLine(
        kind=kind, vehicle_id=route.vehicle_id, quantity=quantity, rate_fen=rate_fen, amount_fen=amount
    )


def _standing(vehicle_id: str, rates: CostRates) -> tuple[CostLine, ...]:
    rate = rates.standing_per_day_fen
    line = CostLine(
        kind="standing", vehicle_id=vehicle_id, quantity=1, rate_fen=rate, amount_fen=rate, decision=False
    )
    return (line,) if rate else ()


def other_driver_fen(vehicle: Vehicle, driver_id: str | None) -> int:
    """Give what it costs that this driver has the vehicle; its usual one and a nameless one cost nothing."""
    strange = bool(vehicle.own_driver_id) and driver_id not in {None, vehicle.own_driver_id}
    return vehicle.other_driver_fen if strange else 0


def _other_driver(route: Route, vehicle: Vehicle) -> tuple[CostLine, ...]:
    fen = other_driver_fen(vehicle, route.driver_id)
    return (_line("other_driver", route, 1, fen),) if fen else ()


def _nights(route: Route, requests: Mapping[str, Request], rates: CostRates) -> tuple[CostLine, ...]:
    asked = {visit.request_id for visit in route.visits} & requests.keys()
    nights = sum(back.nights for i in asked if (back := requests[i or ""].back) is not None)
    line = replace(_line("night", route, nights, rates.per_night_fen), decision=False)
    return (line,) if line.amount_fen else ()


def _distance_cost_fen(metres: int, rates: CostRates) -> int:
    beyond = max(0, metres - rates.included_m)
    return half_even(beyond * rates.per_km_fen, 1_000) + half_even(metres * rates.toll_per_km_fen, 1_000)


def _loaded(problem: Problem, schedule: Schedule) -> Iterator[tuple[Route, int]]:
    requests = {request.id: request for request in problem.requests}
    types = {kind.id: kind for kind in problem.vehicle_types}
    profiles = {vehicle.id: types[vehicle.type_id].profile for vehicle in problem.vehicles}
    for route in schedule.routes:
        yield route, _loaded_of(problem, route, profiles[route.vehicle_id], requests)


def _loaded_of(problem: Problem, route: Route, profile: str, requests: dict[str, Request]) -> int:
    occupied = occupied_legs(route.visits, requests, len(problem.dimensions))
    places = [route.start_place_id, *(visit.place_id for visit in route.visits), route.end_place_id]
    departures = [route.start_s, *(visit.depart_s for visit in route.visits)]
    legs = zip(pairwise(places), departures, occupied, strict=True)
    return sum(
        leg(problem.travel, profile, origin, destination, depart_s)[1]
        for (origin, destination), depart_s, on_board in legs
        if on_board
    )


def _rates_by_vehicle(problem: Problem) -> dict[str, CostRates]:
    types: dict[str, VehicleType] = {kind.id: kind for kind in problem.vehicle_types}
    return {vehicle.id: _type(types, vehicle).rates for vehicle in problem.vehicles}


def _type(types: dict[str, VehicleType], vehicle: Vehicle) -> VehicleType:
    if vehicle.type_id not in types:
        message = f"车辆 {vehicle.id!r} 的车型 {vehicle.type_id!r} 不在问题的车型表中，无法计价"
        raise LookupError(message)
    return types[vehicle.type_id]


def _of(rates: dict[str, CostRates], route: Route) -> CostRates:
    if route.vehicle_id not in rates:
        message = f"路线的车辆 {route.vehicle_id!r} 不在问题的车辆表中，无法计价"
        raise LookupError(message)
    return rates[route.vehicle_id]
